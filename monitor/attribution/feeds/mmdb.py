"""Read an MMDB file of any known form: networks and what is recorded of them.

Each distinct record is decoded once, by `maxminddb`, within the library's bounds on depth, values and octets; the
networks then point at it. A file whose form is not known is refused with the forms that are, and so is one with a
record that does not say what its form promises: a database that changed is not half right.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import maxminddb
import numpy as np
import polars as pl
from maxminddb.decoder import Decoder

from monitor.address import format_addresses
from monitor.attribution.feeds.assembly import refused
from monitor.attribution.feeds.contract import LARGEST_DATABASE_OCTETS, RECORDED, Records
from monitor.attribution.feeds.mmdb_shapes import SHAPES, Facts, Shape, UnfitRecordError, shape_of
from monitor.attribution.feeds.mmdb_tree import NotATreeError, Tree, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_SEPARATOR_OCTETS: Final = 16
_VERSIONS: Final = (4, 6)
_KEYS_SHOWN: Final = 12
_RECORDS_LOOKED_AT: Final = 4096  # to recognise the form, evenly over the file; a large one has a million
_FACTS: Final = {name: RECORDED[name] for name in Facts._fields}


def read_mmdb(content: bytes, file: str) -> Records:
    """Read a database.

    Raises:
        ProblemsFound: it is no MMDB, of no known form, or a record is not what the form says.
    """
    if len(content) > LARGEST_DATABASE_OCTETS:
        raise refused(file, f"it is larger than {LARGEST_DATABASE_OCTETS // 1024 // 1024} MiB.")
    try:
        with maxminddb.open_database(BytesIO(content), maxminddb.MODE_FD) as reader:
            about = reader.metadata()
        if about.ip_version not in _VERSIONS:
            raise refused(file, f"its addresses are of version {about.ip_version}.")
        tree = walk(content, node_count=about.node_count, record_size=about.record_size, ip_version=about.ip_version)
        places, record_of = np.unique(tree.place, return_inverse=True)
        decoder = Decoder(content, about.search_tree_size + _SEPARATOR_OCTETS)
        some = places[:: -(-len(places) // _RECORDS_LOOKED_AT) or 1].tolist()
        shape = _shape([decoder.decode(place)[0] for place in some], file)
        facts = _facts((decoder.decode(place)[0] for place in places.tolist()), shape, tree, record_of, file)
    except (maxminddb.InvalidDatabaseError, NotATreeError, ValueError, TypeError, KeyError, OverflowError) as error:
        reason = str(error).rstrip(".") or "it ends too early"
        raise refused(file, f"it cannot be read as MMDB: {reason}.") from error
    ranges = {
        "version": tree.version,
        "first_high": tree.first_high,
        "first_low": tree.first_low,
        "last_high": tree.last_high,
        "last_low": tree.last_low,
    }
    frame = pl.concat([pl.DataFrame(ranges), facts[pl.Series(record_of, dtype=pl.UInt32)]], how="horizontal")
    return Records(frame.select(RECORDED.names()), shape.name, shape.place, shape.network, _built(about.build_epoch))


def _shape(records: list[Any], file: str) -> Shape:
    keys = {key for record in records if isinstance(record, dict) for key in record}
    shape = shape_of(key for key in keys if isinstance(key, str))
    if shape is None:
        seen = ", ".join(sorted(str(key)[:40] for key in keys)[:_KEYS_SHOWN]) or "none"
        known = "; ".join(shape.about for shape in SHAPES)
        raise refused(file, f"its records are of no known form: their keys are {seen}.", f"Known are: {known}.")
    return shape


def _facts(records: Iterable[Any], shape: Shape, tree: Tree, record_of: NDArray[np.intp], file: str) -> pl.DataFrame:
    """Read each distinct record as the form has it and let go of it. Columns out: `Facts`, one row for each record."""
    read: list[Facts] = []
    for place, record in enumerate(records):
        try:
            read.append(shape.read(record if isinstance(record, dict) else {}))
        except UnfitRecordError as error:
            first = int((record_of == place).argmax())
            raise refused(file, f"{_network(tree, first)}: {error}.", f"Read as {shape.about}.") from None
    return pl.DataFrame(read, schema=_FACTS, orient="row")


def _network(tree: Tree, row: int) -> str:
    at = slice(row, row + 1)
    first = format_addresses(tree.version[at], tree.first_high[at], tree.first_low[at])[0]
    last = format_addresses(tree.version[at], tree.last_high[at], tree.last_low[at])[0]
    return f"{first} to {last}"


def _built(epoch: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(epoch, UTC) if isinstance(epoch, int) and epoch > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
