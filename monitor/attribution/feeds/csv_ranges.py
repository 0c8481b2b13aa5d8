"""Read a CSV file of ranges: who announces them, or where they are.

Three forms, told by the first row that holds an address, with or without one row of headings above it:

- `first,last,country` (DB-IP, ip-location-db): a place;
- `first,last,number,name` (DB-IP ASN, ip-location-db ASN): a network;
- `network,country`, the network in CIDR: a place.

A row that is not of that form refuses the file, with its line: a database is made by a machine. Ranges may overlap;
what then holds is for the atlas to say. Text that a reader cannot decode as UTF-8 is kept with marks in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.address import ParsedAddresses, parse_addresses
from monitor.attribution.feeds.assembly import refused
from monitor.attribution.feeds.contract import LARGEST_DATABASE_OCTETS, RECORDED, Records
from monitor.attribution.feeds.networks import read_networks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_KNOWN: Final = "Known are: first,last,country; first,last,number,name; network,country."
_MOST_CELLS: Final = 4
_RANGE: Final = ["version", "first_high", "first_low", "last_high", "last_low"]


def read_csv_ranges(content: bytes, file: str) -> Records:
    """Read a database of ranges.

    Raises:
        ProblemsFound: it is no CSV of a known form, or a row is not of that form.
    """
    if len(content) > LARGEST_DATABASE_OCTETS:
        raise refused(file, f"it is larger than {LARGEST_DATABASE_OCTETS // 1024 // 1024} MiB.")
    rows, skipped = _cells(content, file)
    cells = [name for name in rows.columns if rows[name].null_count() < rows.height]
    if len(cells) == 2:  # noqa: PLR2004 - network,country
        ranges = read_networks(rows["0"])
        wrong = ranges["fault"].is_not_null()
        facts = {"country": rows["1"]}
        return _records(ranges, wrong, facts, file, skipped, "cidr_country")
    first, last = parse_addresses(rows["0"]), parse_addresses(rows["1"])
    wrong = pl.Series((first.version == 0) | (first.version != last.version) | _before(last, first))
    ranges = pl.DataFrame(
        dict(zip(_RANGE, (first.version, first.high, first.low, last.high, last.low), strict=True)),
    )
    if len(cells) == 3:  # noqa: PLR2004 - first,last,country
        return _records(ranges, wrong, {"country": rows["2"]}, file, skipped, "range_country")
    number = rows["2"].str.replace("^(?i)AS", "").cast(pl.UInt32, strict=False)
    wrong |= number.is_null() & (rows["2"].fill_null("") != "")
    facts = {"as_number": number.replace(0, None), "as_name": rows["3"]}
    return _records(ranges, wrong, facts, file, skipped, "range_as")


def _cells(content: bytes, file: str) -> tuple[pl.DataFrame, int]:
    """Read up to four cells of every row as text, trimmed, an empty one as null; and how many headings were above."""
    schema = {str(place): pl.String for place in range(_MOST_CELLS)}
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").encode()
    try:
        rows = pl.read_csv(text, has_header=False, schema=schema, missing_columns="insert")
    except pl.exceptions.PolarsError as error:
        reason = str(error).partition("\n")[0]
        raise refused(file, f"it is not CSV of two to four cells: {reason}.", _KNOWN) from error
    rows = rows.with_columns(pl.all().str.strip_chars().replace("", None))
    if rows.is_empty():
        raise refused(file, "there is no row in it.", _KNOWN)
    heading = int(read_networks(rows["0"].head(1))["fault"][0] is not None)
    if heading == rows.height:
        raise refused(file, "there is no row with an address in it.", _KNOWN)
    return rows.slice(heading), heading


def _before(one: ParsedAddresses, other: ParsedAddresses) -> NDArray[np.bool_]:
    less: NDArray[np.bool_] = (one.high < other.high) | ((one.high == other.high) & (one.low < other.low))
    return less


def _records(
    ranges: pl.DataFrame, wrong: pl.Series, facts: dict[str, pl.Series], file: str, skipped: int, shape: str
) -> Records:
    country = facts.get("country")
    if country is not None:
        country = country.str.to_uppercase()
        wrong |= ~country.fill_null("ZZ").str.contains("^[A-Z]{2}$")
        facts = {"country": country}
    if wrong.any():
        line = int(wrong.arg_max() or 0) + 1 + skipped
        what = "the row does not hold a range and what is said of it."
        raise refused(file, what, f"It was read as {shape.replace('_', ', ')}. {_KNOWN}", line=line)
    given = ranges.select(_RANGE).with_columns(**facts)
    frame = given.with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in RECORDED.items() if name not in given.columns
    )
    return Records(
        frame.select(pl.col(name).cast(dtype) for name, dtype in RECORDED.items()),
        shape,
        place=country is not None,
        network=country is None,
    )
