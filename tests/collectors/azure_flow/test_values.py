"""Values of a piece are read, opened, or told."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
import pytest

from collectors.azure_flow.groups import Group
from collectors.azure_flow.values import NOTHING, AzureRecord, JsonDecoder
from collectors.azure_nsg import LAYOUT
from collectors.contract import Batch, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD = "1767225600,10.20.0.5,192.0.2.9,50514,443,T,O,A,B,,,,"


class Record(AzureRecord):
    """A record that tells how many tuples it has."""

    tuples: msgspec.Raw = msgspec.field(name="flowTuples", default=NOTHING)


def groups(record: Record, line: int) -> Iterator[Group]:
    """Give one group."""
    yield Group(line, [GOOD] * msgspec.json.decode(record.tuples, type=int), None, "", {})


def decoder() -> JsonDecoder[Record]:
    """Make a decoder of a log of such records."""
    return JsonDecoder(Record, "Flow", "tuples", groups, LAYOUT)


def of(value: object) -> object:
    """Spell a number as a record with so many tuples, and a list as one that holds records."""
    return {"records": [of(each) for each in value]} if isinstance(value, list) else {"flowTuples": value}


def decode(*values: object) -> Batch:
    """Decode values, one a line."""
    text = "".join(json.dumps(value) + "\n" for value in values)
    return decoder().decode(Piece(text.encode(), 1, 0))


@pytest.mark.parametrize(
    ("value", "records"), [(1, 1), (3, 3), ([1, [2, 3]], 6), (0, 1), ([], 1), ([[[[[[[[1]]]]]]]], 1)]
)
def test_records_are_counted_at_any_level(value: object, records: int) -> None:
    """What holds no tuple counts as one that was passed over."""
    batch = decode(of(value))
    flows = sum(part.frame.height for part in batch.flows)

    assert (batch.records, flows + batch.passed_over.total()) == (records, records)


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({}, "the record has no flowTuples"),
        ({"flowTuples": "x"}, "the record is of another form: Expected `int`, got `str`"),
        (5, "the record is of another form: Expected `object`, got `int`"),
    ],
)
def test_what_is_wrong_with_a_record_is_told(value: object, what: str) -> None:
    """With its line."""
    assert [(bad.line, bad.what) for bad in decode(of(1), value).bad] == [(2, what)]


def test_another_category_is_passed_over_whatever_it_holds() -> None:
    """It is not ours to read."""
    batch = decode({"category": "Other", "flowTuples": "x"}, {"category": "Flow", "flowTuples": 1})

    assert (batch.records, batch.passed_over) == (2, Counter({"another category": 1}))


def test_records_that_are_nested_too_deep_are_told() -> None:
    """And no others."""
    value = of(1)
    for _ in range(9):
        value = {"records": [value]}

    assert [bad.reason for bad in decode(value).bad] == ["nested_too_deep"]


def test_nothing_is_carried_on() -> None:
    """A record stands for itself."""
    made = decoder()
    made.resume(made.state())

    assert made.state() == ""
