"""Records of an Azure log, also where one holds a list of records, as Microsoft's own example does.

Decides what becomes of a value that is no record of the log. Refuses to know how a log's own part is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

import msgspec

from collectors.azure_flow.groups import NO_TUPLES, Found, batch_of
from collectors.contract import BadRecord
from collectors.json_records import NOT_READ, json_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from collectors.azure_flow.groups import Group
    from collectors.azure_flow.tuples import Layout
    from collectors.contract import Batch, Piece

NOT_A_RECORD: Final = "not_a_record"
NESTED_TOO_DEEP: Final = "nested_too_deep"
NOTHING: Final = msgspec.Raw()
"""Stands for a member that a record does not have."""
CATEGORY_ELSE: Final = "another category"
# Records within records within records; Microsoft's example has one level.
_LEVELS: Final = 8


class AzureRecord(msgspec.Struct):
    """What every record of these logs has: its category, or the records that it holds in the place of its own."""

    category: str | None = None
    records: list[msgspec.Raw] | None = None


T = TypeVar("T", bound=AzureRecord)


class JsonDecoder(Generic[T]):
    """Decodes the records of one category; carries nothing from record to record.

    `part` is the member that holds what is told, read in a second step: another category may have another thing of the
    same name. `groups` gives the groups of a record that has it.
    """

    def __init__(
        self, record: type[T], category: str, part: str, groups: Callable[[T, int], Iterable[Group]], layout: Layout
    ) -> None:
        """Take a log's form; `layout` is that of its tuples."""
        self._decoder = msgspec.json.Decoder(record)
        self._category = category
        self._part = part
        self._groups = groups
        self._layout = layout

    def state(self) -> str:
        """Nothing."""
        return ""

    def resume(self, state: str) -> None:
        """Go on from nothing."""

    def decode(self, piece: Piece) -> Batch:
        """Decode complete values."""
        records = json_records(piece)
        found = Found()
        for value, line in zip(records.values, records.lines, strict=True):
            if isinstance(value, BadRecord):
                found.tell(value)
            else:
                self._read(value, line, found, _LEVELS)
            found.place += 1
        return batch_of(found, self._layout)

    def _read(self, value: msgspec.Raw, line: int, found: Found, levels: int) -> None:
        try:
            record = self._decoder.decode(value)
            if record.records is None:
                self._take(record, line, found)
        except NOT_READ as error:
            found.tell(BadRecord(line, NOT_A_RECORD, f"the record is of another form: {error}"))
            return
        if record.records is None:
            return
        if not record.records:
            found.passed_over[NO_TUPLES] += 1
        elif not levels:
            found.tell(BadRecord(line, NESTED_TOO_DEEP, f"records are nested more than {_LEVELS} deep"))
        else:
            for each in record.records:
                self._read(each, line, found, levels - 1)

    def _take(self, record: T, line: int, found: Found) -> None:
        """Take the groups of a record that holds no others."""
        if record.category not in {self._category, None}:
            found.passed_over[CATEGORY_ELSE] += 1
        elif getattr(record, self._part) is NOTHING:
            name = record.__struct_encode_fields__[record.__struct_fields__.index(self._part)]
            found.tell(BadRecord(line, NOT_A_RECORD, f"the record has no {name}"))
        else:
            found.add(self._groups(record, line))
