"""Lines as columns: how a field is handed on, and how a problem is said."""

from __future__ import annotations

import numpy as np
import pytest

from collectors.aws_vpc.fields import VERSION_2
from collectors.aws_vpc.read import read_records
from collectors.aws_vpc.records import small_number
from tests.collectors.aws_vpc.decoding import with_field


def test_long_text_is_shortened() -> None:
    """A bad record is shown on one line of a terminal."""
    assert (
        read_records(with_field("bytes", "x" * 500), VERSION_2).describe(0) == f"bytes `{'x' * 60}...` is not a number"
    )


def test_what_a_terminal_would_act_on_is_escaped() -> None:
    """The input cannot write into the log of the reader."""
    what = read_records(with_field("bytes", "\x1b[2J\u202e"), VERSION_2).describe(0)

    assert what == r"bytes `\x1b[2J\u202e` is not a number"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("255", 255),
        ("256", None),
        ("006", 6),
        ("+6", 6),
        ("-6", None),
        ("-", None),
        ("+", None),
        ("", None),
        ("tcp", None),
        ("٦", None),
        ("0" * 5000 + "6", 6),
        ("9" * 5000, None),
    ],
)
def test_asmall_number_is_zero_to_255(text: str, value: int | None) -> None:
    """However long its text is."""
    assert small_number(text) == value


def test_lines_are_taken_out_whole() -> None:
    """With their ends."""
    records = read_records(b"a\nbc\r\n\nd", ("region",))

    assert records.lines_of(np.array([1, 3])) == b"bc\r\nd\n"


def test_addresses_stand_at_their_codes() -> None:
    """Each distinct text once, the same in all columns."""
    records = read_records(b"10.0.0.1 10.0.0.2\n10.0.0.2 -\n", ("srcaddr", "dstaddr"))
    absent = np.uint32(2**32 - 1)
    texts = records.addresses.text.to_list()

    ends = [records.address(name, absent).tolist() for name in ("srcaddr", "dstaddr", "pkt-srcaddr")]

    assert [[texts[code] if code != absent else None for code in codes] for codes in ends] == [
        ["10.0.0.1", "10.0.0.2"],
        ["10.0.0.2", None],
        [None, None],
    ]
