"""Records of an Azure log, also where one holds a list of records, as Microsoft's own example does.

Decides what becomes of a value that is no record of the log. Refuses to know how a record is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from collectors.azure_flow.groups import NO_TUPLES, Found
from collectors.contract import BadRecord
from collectors.json_records import NOT_READ, json_records

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectors.contract import Batch, Piece

NOT_A_RECORD: Final = "not_a_record"
NESTED_TOO_DEEP: Final = "nested_too_deep"
NOTHING: Final = msgspec.Raw()
"""Stands for a member that a record does not have."""
CATEGORY_ELSE: Final = "another category"
# Records within records within records; Microsoft's example has one level.
_LEVELS: Final = 8


class NoRecordError(Exception):
    """A value lacks what every record of this log has; the message names the field."""


class JsonDecoder:
    """Decodes one input; carries nothing from record to record.

    `groups` adds the groups of a value to what is found, or gives the records inside; `batch` makes a batch of that.
    """

    def __init__(
        self,
        groups: Callable[[msgspec.Raw, int, Found], list[msgspec.Raw] | None],
        batch: Callable[[Found], Batch],
    ) -> None:
        """Only store."""
        self._groups = groups
        self._batch = batch

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
        return self._batch(found)

    def _read(self, value: msgspec.Raw, line: int, found: Found, levels: int) -> None:
        try:
            inside = self._groups(value, line, found)
        except NoRecordError as error:
            found.tell(BadRecord(line, NOT_A_RECORD, f"the record has no {error}"))
            return
        except NOT_READ as error:
            found.tell(BadRecord(line, NOT_A_RECORD, f"the record is of another form: {error}"))
            return
        if inside is None:
            return
        if not inside:
            found.passed_over[NO_TUPLES] += 1
        elif not levels:
            found.tell(BadRecord(line, NESTED_TOO_DEEP, f"records are nested more than {_LEVELS} deep"))
        else:
            for each in inside:
                self._read(each, line, found, levels - 1)
