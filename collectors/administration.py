"""What the decoders of audit logs have in common: records of a piece become rows of administration.

Decides that text which is no address stays under its own name as an attribute, that a record with a time that cannot be
read is a bad one, and one without any time is a row. Refuses to know what any field means: a source says which of its
fields fill which columns.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import msgspec
import numpy as np
import polars as pl

from collectors.contract import SAMPLED_BAD_RECORDS, Admins, BadRecord, Batch
from collectors.instants import instants
from collectors.typed_values import ValueReader, shown
from monitor import schema
from monitor.address import ParsedAddresses, parse_addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from collectors.contract import Piece

T = TypeVar("T")

NOT_A_TIME: Final = "not_a_time"
MISSING_FIELD: Final = "missing_field"
# Written where there is no address to tell: they stand for "any" and "none" (RFC 4291 section 2.5.2, RFC 1122).
UNSPECIFIED: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - read in logs, bound to nothing
_ENCODE_LINES: Final = msgspec.json.Encoder().encode_lines
_EMPTY: Final = b':""'
_COLUMNS: Final = {
    "actor": pl.String(),
    "actor_kind": schema.ACTOR_KINDS,
    "actor_country": pl.String(),
    "action": pl.String(),
    "target": pl.String(),
    "success": pl.Boolean(),
    "justification": pl.String(),
    "observer": pl.String(),
    "account": pl.String(),
    "network_id": pl.String(),
    "region_hint": pl.String(),
    "service_hint": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a value that was read is no row: it is passed over as something else, or it is a bad record."""

    reason: str
    what: str = ""

    @property
    def bad(self) -> bool:
        """Whether it is a bad record."""
        return bool(self.what)


@dataclass(frozen=True, slots=True)
class Actions:
    """Rows of administration, as the texts of the source.

    `columns` has those of `schema.ADMIN` that the source fills, and `access` (as in `contract.Admins`) where it tells
    that. `time` and `time_field` are the texts of the times and the name of their field; `address` and `address_field`,
    `target_address` likewise. `attributes` are texts by name. `record` says which of the records each row is of; null:
    each is one row.
    """

    columns: pl.DataFrame
    time: pl.Series
    time_field: str
    address: pl.Series
    address_field: str
    attributes: Mapping[str, Sequence[str | None]]
    target_address: pl.Series | None = None
    record: NDArray[np.intp] | None = None


class AuditDecoder(Generic[T]):
    """Decodes the values of one input; each stands alone, so that nothing is carried from one to the next."""

    def __init__(
        self,
        record: type[T],
        unfit: Callable[[T], Unfit | None],
        actions: Callable[[Sequence[T]], Actions],
        opened: Callable[[T], T] | None = None,
    ) -> None:
        """`opened` takes a record out of what it was sent in; `unfit` says why one is no row, `actions` makes rows."""
        self._reader = ValueReader(record)
        self._opened = opened
        self._unfit = unfit
        self._actions = actions

    def state(self) -> str:
        """Nothing."""
        return ""

    def resume(self, state: str) -> None:
        """Go on, with nothing to know."""

    def decode(self, piece: Piece) -> Batch:
        """Decode whole values."""
        values = self._reader.read(piece)
        records, lines = values.records, values.lines
        if self._opened:
            records = list(map(self._opened, records))
        unfit = [self._unfit(record) for record in records]
        said = _Said(values.bad, values.bad_by_reason, records=len(unfit) + values.bad_by_reason.total())
        numbers = np.arange(len(records)) if values.numbers is None else values.numbers
        if any(unfit):
            said.add(unfit, lines, numbers)
            fit = [place for place, each in enumerate(unfit) if each is None]
            records, lines, numbers = [records[place] for place in fit], lines[fit], numbers[fit]
        rows = _rows(self._actions(records), lines, numbers, said) if records else None
        return Batch(
            admins=(rows,) if rows else (),
            records=said.records,
            bad=tuple(bad for _, bad in sorted(said.bad, key=itemgetter(0))[:SAMPLED_BAD_RECORDS]),
            bad_by_reason=said.bad_by_reason,
            passed_over=said.passed_over,
        )


@dataclass(slots=True)
class _Said:
    """What became of the records that are no rows; `bad` has the number of the value before each."""

    bad: list[tuple[int, BadRecord]]
    bad_by_reason: Counter[str]
    records: int
    passed_over: Counter[str] = field(default_factory=Counter)

    def add(self, unfit: Sequence[Unfit | None], lines: NDArray[np.uint64], numbers: NDArray[np.int64]) -> None:
        sampled = 0
        for each, line, number in zip(unfit, lines.tolist(), numbers.tolist(), strict=True):
            if each is None:
                continue
            if not each.bad:
                self.passed_over[each.reason] += 1
                continue
            self.bad_by_reason[each.reason] += 1
            if sampled < SAMPLED_BAD_RECORDS:
                self.bad.append((number, BadRecord(line, each.reason, each.what)))
                sampled += 1


def _rows(actions: Actions, lines: NDArray[np.uint64], numbers: NDArray[np.int64], said: _Said) -> Admins:
    record = np.arange(len(lines)) if actions.record is None else actions.record
    time = instants(actions.time)
    addresses, positions, attributes = _addresses(actions)
    height = len(time)
    frame = pl.DataFrame(
        [
            pl.Series("line", lines[record]),
            time.alias("time"),
            *(
                actions.columns[name].cast(dtype)
                if name in actions.columns.columns
                else pl.Series(name, [None], dtype=dtype).new_from_index(0, height)
                for name, dtype in _COLUMNS.items()
            ),
            *([actions.columns["access"]] if "access" in actions.columns.columns else ()),
            *positions,
            attribute_texts(attributes, height),
        ]
    )
    wrong = time.is_null() & actions.time.is_not_null()
    if wrong.any():
        rows = np.flatnonzero(wrong.to_numpy())
        _, first = np.unique(record[rows], return_index=True)
        said.bad_by_reason[NOT_A_TIME] += len(first)
        for row in rows[first][:SAMPLED_BAD_RECORDS].tolist():
            what = f"{actions.time_field} `{shown(str(actions.time[row]))}` is not a time"
            number = record[row]
            said.bad.append((int(numbers[number]), BadRecord(int(lines[number]), NOT_A_TIME, what)))
        frame = frame.filter(~wrong)
    return Admins(frame, addresses)


def _addresses(actions: Actions) -> tuple[ParsedAddresses, list[pl.Series], Mapping[str, Sequence[str | None]]]:
    """Addresses, the rows' positions in them, and the attributes with what is no address."""
    texts = [actions.address, *([] if actions.target_address is None else [actions.target_address])]
    distinct = pl.concat([each.alias("text") for each in texts]).unique().drop_nulls()
    addresses = parse_addresses(pl.Series("text", [without_port(text) for text in distinct.to_list()], dtype=pl.String))
    known = pl.Series((addresses.version != 0) & ~addresses.text.is_in(list(UNSPECIFIED)).fill_null(False).to_numpy())
    place = pl.Series(np.arange(len(distinct), dtype=np.uint32)).zip_with(
        known, pl.Series([None], dtype=pl.UInt32).new_from_index(0, len(distinct))
    )
    found = [_replaced(each, distinct, place) for each in texts]
    height = len(actions.address)
    at_target = found[1] if len(found) > 1 else pl.Series([None], dtype=pl.UInt32).new_from_index(0, height)
    other = actions.address.zip_with(found[0].is_null(), pl.Series([None], dtype=pl.String).new_from_index(0, height))
    attributes = {**actions.attributes}
    if other.null_count() < height:
        attributes[actions.address_field] = other.to_list()
    return addresses, [found[0].alias("actor_address"), at_target.alias("target_address")], attributes


def _replaced(texts: pl.Series, distinct: pl.Series, place: pl.Series) -> pl.Series:
    return texts.replace_strict(distinct, place, default=None, return_dtype=pl.UInt32)


def without_port(text: str) -> str:
    """Address of `192.0.2.1:443` and `[2001:db8::1]:443`; any other text as it is."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    address, colon, port = text.partition(":")
    return address if colon and port.isdigit() and "." in address else text


def attribute_texts(attributes: Mapping[str, Sequence[str | None]], height: int) -> pl.Series:
    """One JSON object a row, of the texts that are neither null nor empty, in the order of the names."""
    told = {name: texts for name, texts in attributes.items() if any(texts)}
    if not told:
        return pl.Series("attributes", ["{}"], dtype=pl.String).new_from_index(0, height)
    keys = {f"f{number}": name for number, name in enumerate(told)}
    row = msgspec.defstruct(
        "Attributes", [(key, str | None, None) for key in keys], rename=keys, omit_defaults=True, gc=False
    )
    lines = _ENCODE_LINES(map(row, *told.values()))
    if _EMPTY in lines:
        kept = ([text or None for text in texts] if "" in texts else texts for texts in told.values())
        lines = _ENCODE_LINES(map(row, *kept))
    return pl.Series("attributes", [lines.decode().removesuffix("\n")]).str.split("\n").explode()


def text_columns(columns: Mapping[str, Sequence[str | None]]) -> pl.DataFrame:
    """Texts as columns; an empty text tells nothing and is null."""
    return pl.DataFrame([_text_column(name, values) for name, values in columns.items()])


def _text_column(name: str, values: Sequence[str | None]) -> pl.Series:
    # Of the fields that a source may have, most tell nothing throughout a file.
    if not any(values):
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, len(values))
    column = pl.Series(name, values, dtype=pl.String)
    empty = column == ""
    return column.set(empty, None) if empty.any() else column


def lists(said: pl.DataFrame) -> dict[str, Sequence[str | None]]:
    """The columns that tell anything, as lists."""
    return {each.name: each.to_list() for each in said.get_columns() if each.null_count() < len(each)}


def column(records: Iterable[Any], name: str) -> list[Any]:
    """One field of every record."""
    return list(map(attrgetter(name), records))


def texts_of(values: Iterable[object]) -> list[str | None]:
    """Values of one field as JSON would spell them, text without quotes; null where there is nothing to tell."""
    return [value if value is None or value.__class__ is str else _spelled(value) for value in values]


def _spelled(value: object) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
