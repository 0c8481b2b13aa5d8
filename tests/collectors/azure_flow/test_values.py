"""Values of a piece are read, opened, or told."""

from __future__ import annotations

import json

import msgspec
import pytest

from collectors.azure_flow.groups import Found, Group, batch_of
from collectors.azure_flow.values import JsonDecoder, NoRecordError
from collectors.azure_nsg import LAYOUT
from collectors.contract import Batch, Piece

GOOD = "1767225600,10.20.0.5,192.0.2.9,50514,443,T,O,A,B,,,,"


def groups(value: msgspec.Raw, line: int, found: Found) -> list[msgspec.Raw] | None:
    """Take a number for so many tuples, a list for records inside, and a text for a record that lacks something."""
    said = msgspec.json.decode(value)
    if isinstance(said, str):
        raise NoRecordError(said)
    if isinstance(said, list):
        return [msgspec.Raw(json.dumps(each).encode()) for each in said]
    found.add([Group(line, [GOOD] * said, None, "", {})])
    return None


def decode(*values: object) -> Batch:
    """Decode values, one a line."""
    text = "".join(json.dumps(value) + "\n" for value in values)
    return JsonDecoder(groups, lambda found: batch_of(found, LAYOUT)).decode(Piece(text.encode(), 1, 0))


@pytest.mark.parametrize(
    ("value", "records"), [(1, 1), (3, 3), ([1, [2, 3]], 6), (0, 1), ([], 1), ([[[[[[[[1]]]]]]]], 1)]
)
def test_records_are_counted_at_any_level(value: object, records: int) -> None:
    """What holds no tuple counts as one that was passed over."""
    batch = decode(value)
    flows = sum(part.frame.height for part in batch.flows)

    assert (batch.records, flows + batch.passed_over.total()) == (records, records)


def test_what_a_record_lacks_is_told() -> None:
    """With its line."""
    assert [(bad.line, bad.what) for bad in decode(1, "properties").bad] == [(2, "the record has no properties")]


def test_nothing_is_carried_on() -> None:
    """A record stands for itself."""
    decoder = JsonDecoder(groups, lambda found: batch_of(found, LAYOUT))
    decoder.resume(decoder.state())

    assert decoder.state() == ""
