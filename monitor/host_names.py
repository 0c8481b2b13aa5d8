"""Host names of whole columns: what is a name at all, and which of a set of suffixes each one ends with.

Decides which text is a host name (not an address, not a path, no word that no resolver would take) and the longest
suffix at a label boundary. A name is what a client said or a certificate holds; refuses to resolve one, and to know
whose it is. Work is done once for each distinct name of a part, and nothing is remembered between two parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

NO_NAME: Final = -1
NO_SUFFIX: Final = -1

# Source: RFC 1035 section 2.3.4, in characters: a name that is not encoded yet is shorter than its encoded form.
_LONGEST_NAME: Final = 253
# The wildcard is that of a certificate. A last label that is a number makes it an address (WHATWG URL, section 3.5).
_NAME: Final = r"^(?:\*\.)?(?:{label}\.)*{label}$"
_ASCII_NAME: Final = _NAME.format(label="[a-z0-9_-]{1,63}")
_ANY_NAME: Final = _NAME.format(label=r"[\p{L}\p{M}\p{N}_-]{1,63}")
_LAST_IS_NUMBER: Final = r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$"
_PORT: Final = r"^([^:]*):[0-9]{1,5}$"
# What people and browsers write for a full stop between labels. Source: RFC 3490 section 3.1.
_OTHER_DOTS: Final = "[\u3002\uff0e\uff61]"


def canonical(names: pl.Series) -> pl.Series:
    """Names as they are compared: lower case, without port and last dot; null for what is no host name.

    Internationalised names stay as they are written, encoded or not: `SuffixIndex` knows both spellings.
    """
    short = names.str.len_bytes() <= 4 * _LONGEST_NAME
    text = pl.select(pl.when(short).then(names.str.strip_chars())).to_series()
    encoded = text.str.len_bytes() == text.str.len_chars()
    found = _compared(text, _ASCII_NAME)
    if not encoded.all():  # rare, and slower
        at = (~encoded.fill_null(value=True)).arg_true()
        found = found.scatter(at, _compared(text.gather(at).str.normalize("NFKC"), _ANY_NAME))
    return found.alias(names.name)


def _compared(text: pl.Series, name: str) -> pl.Series:
    text = text.str.to_lowercase().str.replace(_PORT, "$1")
    if name is _ANY_NAME:
        text = text.str.replace_all(_OTHER_DOTS, ".")
    text = text.str.strip_suffix(".")
    fits = text.str.contains(name) & ~text.str.contains(_LAST_IS_NUMBER) & (text.str.len_chars() <= _LONGEST_NAME)
    return pl.select(pl.when(fits).then(text)).to_series()


@dataclass(frozen=True, slots=True, eq=False)
class HostNames:
    """The distinct names of a column, and which of them each row has (NO_NAME: none, or what is no host name)."""

    distinct: pl.Series
    of_row: Numbers

    @classmethod
    def of(cls, column: pl.Series) -> HostNames:
        """Number the names of a column. Columns in: text or null, as the source wrote it."""
        if column.null_count() == len(column):
            return cls(pl.Series([], dtype=pl.String), np.full(len(column), NO_NAME, dtype=np.int64))
        written = column.alias("written").unique().drop_nulls()
        names = pl.DataFrame({"written": written, "name": canonical(written)})
        distinct = names["name"].unique(maintain_order=True).drop_nulls()
        numbered = pl.DataFrame({"name": distinct}).with_row_index("number")
        known = names.join(numbered, on="name", how="left").select("written", "number")
        joined = column.to_frame("written").join(known, on="written", how="left", maintain_order="left")
        return cls(distinct, joined["number"].cast(pl.Int64).fill_null(NO_NAME).to_numpy())

    def spread(self, per_name: NDArray[np.integer], none: int) -> Numbers:
        """What is known of each name, row by row; `none` where a row has no name."""
        return np.append(per_name.astype(np.int64), none)[self.of_row]


@dataclass(frozen=True, slots=True, eq=False)
class SuffixIndex:
    """Suffixes by the number of their labels, each with its position; an encoded suffix also as it is read."""

    by_labels: Mapping[int, pl.DataFrame]

    @classmethod
    def of(cls, suffixes: Iterable[str]) -> SuffixIndex:
        """Build the index. `suffixes` are distinct, in the form of `fields.Domain`."""
        spelled = [
            (spelling, place) for place, suffix in enumerate(suffixes) for spelling in {suffix, _readable(suffix)}
        ]
        table = pl.DataFrame(spelled, schema={"suffix": pl.String, "place": pl.Int64}, orient="row")
        labels = table["suffix"].str.count_matches(".", literal=True) + 1
        parts = table.with_columns(labels.alias("labels")).partition_by("labels", as_dict=True, include_key=False)
        return cls({int(key[0]): part.unique("suffix", keep="first") for key, part in sorted(parts.items())})

    def longest(self, names: pl.Series) -> Numbers:
        """Position of the longest suffix that each name ends with at a label boundary; NO_SUFFIX for none."""
        found: Numbers = np.full(len(names), NO_SUFFIX, dtype=np.int64)
        if not len(names) or not self.by_labels:
            return found
        most = max(self.by_labels)
        # Only the last labels are cut apart, so that a name of a hundred labels costs no more than another.
        tail = names.str.extract(rf"((?:[^.]+\.){{0,{most - 1}}}[^.]+)$").str.split(".")
        count = tail.list.len()
        for labels, table in self.by_labels.items():  # ascending: a longer one replaces a shorter one
            ending = pl.select(pl.when(count >= labels).then(tail.list.tail(labels).list.join("."))).to_series()
            place = ending.to_frame("suffix").join(table, on="suffix", how="left", maintain_order="left")["place"]
            at = place.fill_null(NO_SUFFIX).to_numpy()
            found = np.where(at == NO_SUFFIX, found, at)
        return found


def _readable(suffix: str) -> str:
    """An encoded suffix in the letters that people read, in the form of `canonical`; itself where it has none."""
    if "xn--" not in suffix:
        return suffix
    try:
        return suffix.encode("ascii").decode("idna").lower()
    except UnicodeError:
        return suffix
