"""Messages of CloudWatch Logs hold flow log lines."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from collectors.aws_vpc.messages import read_messages
from collectors.contract import Framing, Piece
from collectors.files import InputFile

if TYPE_CHECKING:
    from pathlib import Path


def piece(*values: object) -> Piece:
    """Give values one a line."""
    return Piece("".join(json.dumps(value) + "\n" for value in values).encode(), 1, 0)


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        pytest.param({"message": "a b"}, ["a b"], id="one"),
        pytest.param({"message": "a b\n"}, ["a b"], id="with a line end"),
        pytest.param({"message": "a\nb\n"}, ["a", "b"], id="several lines"),
        pytest.param({"message": ""}, [""], id="empty"),
        pytest.param({"logEvents": [{"message": "a"}, {"message": "b"}]}, ["a", "b"], id="envelope"),
        pytest.param({"events": [{"message": "a"}]}, ["a"], id="list of events"),
    ],
)
def test_messages_are_found(value: object, texts: list[str]) -> None:
    """Each with the line of its value."""
    found = read_messages(piece({"message": "first"}, value))

    assert (found.texts, found.lines) == (["first", *texts], [1, *[2] * len(texts)])


@pytest.mark.parametrize(
    ("value", "passed_over"),
    [
        ({"messageType": "CONTROL_MESSAGE", "logEvents": [{"message": "checking"}]}, "control message"),
        ({"messageType": "DATA_MESSAGE", "logEvents": []}, "no log events"),
    ],
)
def test_what_holds_no_record_is_passed_over(value: object, passed_over: str) -> None:
    """And counted by what it is."""
    assert read_messages(piece(value)).passed_over == Counter({passed_over: 1})


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({}, "the value has neither message nor logEvents"),
        ([], "the value holds no messages: Expected `object`, got `array`"),
        ({"message": 5}, "the value holds no messages: Expected `str | null`, got `int` - at `$.message`"),
    ],
)
def test_a_value_of_another_form_is_told(value: object, what: str) -> None:
    """With the place of what is wrong."""
    assert [(bad.reason, bad.what) for _, bad in read_messages(piece(value)).bad] == [("not_a_record", what)]


def test_every_line_has_an_end() -> None:
    """Text that is no UTF-8 cannot come out of JSON; half a character is replaced."""
    found = read_messages(piece({"message": "a"}, {"message": "b"}))

    assert found.data == b"a\nb\n"


def test_control_messages_among_small_documents_are_told_apart(tmp_path: Path) -> None:
    """The documents come in one piece; each is of its own type."""
    log = tmp_path / "delivered.json"
    types = ("DATA_MESSAGE", "CONTROL_MESSAGE", "DATA_MESSAGE")
    documents = [{"messageType": type_, "logEvents": [{"message": type_[0]}, {"message": "x"}]} for type_ in types]
    log.write_text("\n".join(json.dumps(each) for each in documents), encoding="utf-8")
    with InputFile.open(log) as file:
        file.framing = Framing.JSON
        (found,) = [read_messages(piece) for piece in file.pieces()]

    assert (found.texts, found.lines, found.passed_over) == (
        ["D", "x", "D", "x"],
        [1, 1, 3, 3],
        Counter({"control message": 2}),
    )


def test_an_envelope_behind_one_that_is_cut_off_is_read_as_its_own_type_says() -> None:
    """The events of the other are a control message all the same."""
    envelope = b'{"messageType":"DATA_MESSAGE","logEvents":[{"message":"2 line"}]}'
    piece = Piece(b'{"message":"checking\n' + envelope, 1, 40, before=b'{"messageType":"CONTROL_MESSAGE","logEvents":[')
    found = read_messages(piece)

    assert (found.texts, found.lines, found.passed_over) == (["2 line"], [2], Counter({"control message": 1}))
