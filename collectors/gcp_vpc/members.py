"""Members of the payloads of many entries: the distinct values of each, and the flat texts that they become.

Decides the order of attributes: Google's own members in the order of `KNOWN`, whatever their order in an entry, then
those that this tool does not know, as they come. What a value says is asked once for each distinct one. Refuses to know
what any member means.

Source: Google Cloud, "About VPC Flow Logs records", read 2026-11.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
import numpy as np
import polars as pl

from collectors.json_records import NOT_READ
from monitor.combinations import distinct_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from collectors.gcp_vpc.metadata import Metadata

T = TypeVar("T")

KNOWN: Final = (
    "reporter", "rtt_msec", "round_trip_time", "src_gateway", "dest_gateway", "src_instance", "dest_instance",
    "src_vpc", "dest_vpc", "src_location", "dest_location", "src_gke_details", "dest_gke_details",
    "src_google_service", "dest_google_service", "internet_routing_details", "load_balancing", "network_service", "psc",
)  # fmt: skip
_NOTHING: Final = msgspec.Raw(b"")
# `bytes_sent`: "Number of user payload bytes sent from the source".
_LAYER: Final = ',"octets_layer":"payload"'

# A JSON text without an escape, and a whole number, which are spelled alike again.
_PLAIN: Final = r'^"[^"\\]*"$'
_WHOLE: Final = r"^-?[1-9][0-9]{0,14}$"


@dataclass(frozen=True, slots=True)
class Coded:
    """The distinct JSON texts of a member, and which of them each row has; no text: it is not there."""

    ids: NDArray[np.intp]
    texts: pl.Series

    def spread(self, distinct: Sequence[str | None]) -> pl.Series:
        """Give each row what stands for its text."""
        return pl.Series(distinct, dtype=pl.String).gather(pl.Series(self.ids.astype(np.uint32)))


@dataclass(slots=True)
class PartedTexts:
    """JSON texts of the members of many objects, taken part by part; of those that are not known, by row."""

    others: dict[int, list[tuple[str, msgspec.Raw]]] = field(default_factory=dict)
    _parts: dict[str, list[tuple[int, int, bytes]]] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict)

    def add(
        self,
        objects: Sequence[Mapping[str, msgspec.Raw]],
        wanted: Iterable[str],
        known: AbstractSet[str],
        prefix: str = "",
    ) -> None:
        """Take the wanted members of the objects of so many rows more, and under `prefix` those that are not known."""
        begin = self._rows.get(prefix, 0)
        self._rows[prefix] = begin + len(objects)
        names: set[str] = set().union(*objects)
        for name in wanted:
            if name in names:
                values = [each.get(name, _NOTHING) for each in objects]
                self._parts.setdefault(name, []).append((begin, len(objects), _lines(values)))
        if not names <= known:
            for row, each in enumerate(objects, begin):
                if not each.keys() <= known:
                    others = [(prefix + name, value) for name, value in each.items() if name not in known]
                    self.others.setdefault(row, []).extend(others)

    def has(self, name: str) -> bool:
        """Whether any object has a member."""
        return name in self._parts

    def column(self, name: str, height: int) -> pl.Series | None:
        """Texts of a member, no text where it is not there; null where no object has it."""
        if name not in self._parts:
            return None
        texts, at = [], 0
        for begin, rows, lines in self._parts[name]:
            texts += [b"\n" * (begin - at), lines, b"\n"]
            at = begin + rows
        joined = b"".join([*texts, b"\n" * (height - at)])
        return pl.Series(name, [joined[:-1].decode()]).str.split("\n").explode()


@dataclass(slots=True)
class Members:
    """Members of so many payloads by name; `wrong` are the rows in which one cannot be read, with the reason."""

    metadata: Metadata
    height: int
    parted: PartedTexts
    wrong: dict[int, Exception] = field(default_factory=dict)
    _coded: dict[str, Coded] = field(default_factory=dict)

    def texts(self, name: str) -> pl.Series:
        """JSON texts of a member; no text where it is not there."""
        texts = self.parted.column(name, self.height)
        return pl.Series([""]).new_from_index(0, self.height) if texts is None else texts

    def coded(self, name: str) -> Coded:
        """Distinct values of a member."""
        if name not in self._coded:
            texts = self.parted.column(name, self.height)
            if texts is None:
                self._coded[name] = Coded(np.zeros(self.height, dtype=np.intp), pl.Series([""]))
            else:
                found = distinct_texts(texts)
                self._coded[name] = Coded(found.ids, texts.gather(pl.Series(found.row_of.astype(np.uint32))))
        return self._coded[name]

    def said(self, name: str, reader: Callable[[str], T], nothing: T) -> list[T]:
        """What each distinct value of a known member says; rows are wrong where it cannot be read."""
        coded = self.coded(name)
        said, errors = [], {}
        for number, text in enumerate(coded.texts.to_list()):
            try:
                said.append(reader(text) if text else nothing)
            except NOT_READ as error:
                said.append(nothing)
                errors[number] = error
        self.blame(np.arange(self.height), coded.ids, errors)
        return said

    def blame(self, rows: NDArray[np.intp], ids: NDArray[np.intp], errors: Mapping[int, Exception]) -> None:
        """Rows whose id has an error cannot be read."""
        if errors:
            for place in np.flatnonzero(np.isin(ids, list(errors))).tolist():
                self.wrong.setdefault(int(rows[place]), errors[int(ids[place])])

    def objects(self) -> pl.Series:
        """One JSON object a row, of all members that say something, flat; and what Google counts as octets."""
        counted = pl.lit(self.texts("bytes_sent")).is_in(["", "null"]).not_()
        layer = pl.select(pl.when(counted).then(pl.lit(_LAYER)).otherwise(pl.lit(""))).to_series()
        texts = [layer, *(self._members(name) for name in KNOWN if self.parted.has(name))]
        if self.parted.others:
            others = [""] * self.height
            for row, members in self.parted.others.items():
                others[row] = self._others(row, members)
            texts.append(pl.Series(others, dtype=pl.String))
        body = pl.select(pl.concat_str(texts)).to_series()
        return pl.select(pl.concat_str(pl.lit("{"), pl.lit(body).str.strip_prefix(","), pl.lit("}"))).to_series()

    def _others(self, row: int, members: Iterable[tuple[str, msgspec.Raw]]) -> str:
        try:
            return "".join([self.metadata.text(name, str(value, "utf-8")) for name, value in members])
        except NOT_READ as error:
            self.wrong.setdefault(row, error)
            return ""

    def _members(self, name: str) -> pl.Series:
        """`,"name":"value"` for each row, or no text."""
        texts = pl.lit(self.coded(name).texts)
        key = f',"{name}":'
        plain = pl.when(texts.str.contains(_PLAIN)).then(pl.concat_str(pl.lit(key), texts))
        whole = plain.when(texts.str.contains(_WHOLE)).then(pl.concat_str(pl.lit(f'{key}"'), texts, pl.lit('"')))
        made = pl.select(whole).to_series()
        if made.null_count():
            said = self.said(name, lambda text: self.metadata.text(name, text), "")
            made = made.fill_null(pl.Series(said, dtype=pl.String))
        return made.gather(pl.Series(self.coded(name).ids.astype(np.uint32)))


def _lines(values: Sequence[msgspec.Raw]) -> bytes:
    """JSON values one a line; a line end in one, which is laid out over several, becomes a space."""
    joined = b"\n".join(values)
    if joined.count(b"\n") == len(values) - 1:
        return joined
    return b"\n".join(bytes(value).replace(b"\n", b" ") for value in values)
