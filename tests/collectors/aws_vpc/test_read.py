"""Which lines are records, and why the others are none."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.aws_vpc.fields import DOCUMENTED, VERSION_2
from collectors.aws_vpc.read import _readable, _split, read_records
from collectors.aws_vpc.records import HEADER, REASONS
from tests.collectors.aws_vpc.decoding import GOOD, with_field

ANY_LINES = st.lists(
    st.one_of(
        st.binary(max_size=8).map(lambda line: line.replace(b"\n", b"")),
        st.lists(st.sampled_from([b"", b" ", b'"', b'""', b"\r", b"\0", b"-", b"5", b"\xff", b"\xc3\xa9", b"#"])).map(
            b"".join
        ),
    ),
    max_size=30,
)
FIELDS = st.sampled_from(
    [("bytes",), ("srcaddr",), ("region",), ("log-status",), ("bytes", "region"), ("type", "version"), VERSION_2]
)


def reasons(data: bytes, fields: tuple[str, ...] = VERSION_2) -> list[str]:
    """Give the reason of every line, empty for records."""
    return [REASONS[code] for code in read_records(data, fields).reasons]


@pytest.mark.parametrize(
    ("line", "reason", "what"),
    [
        pytest.param(GOOD[:-4] + b"\n", "too_few_fields", "13 fields where the format has 14", id="too few"),
        pytest.param(b"\n", "too_few_fields", "the line is empty where the format has 14", id="empty line"),
        pytest.param(b"x\n", "too_few_fields", "1 field where the format has 14", id="one"),
        pytest.param(GOOD[:-1] + b" \n", "too_many_fields", "15 fields where the format has 14", id="trailing space"),
        pytest.param(with_field("bytes", ""), "empty_field", "bytes is empty", id="empty number"),
        pytest.param(with_field("account-id", ""), "empty_field", "account-id is empty", id="empty text"),
        pytest.param(with_field("bytes", "12x"), "not_a_number", "bytes `12x` is not a number", id="number"),
        pytest.param(with_field("protocol", "tcp"), "not_a_number", "protocol `tcp` is not a number", id="protocol"),
        pytest.param(with_field("version", "v2"), "not_a_number", "version `v2` is not a number", id="version"),
        pytest.param(with_field("srcport", "65536"), "out_of_range", "srcport `65536` is out of range", id="port"),
        pytest.param(with_field("bytes", "-5"), "out_of_range", "bytes `-5` is out of range", id="negative"),
        pytest.param(with_field("dstport", "-5"), "out_of_range", "dstport `-5` is out of range", id="negative port"),
        pytest.param(
            with_field("end", "253402300800"), "out_of_range", "end `253402300800` is out of range", id="year 10000"
        ),
        pytest.param(with_field("protocol", "256"), "out_of_range", "protocol `256` is out of range", id="octet"),
        pytest.param(
            with_field("srcaddr", "10.0.0"), "not_an_address", "srcaddr `10.0.0` is not an address", id="address"
        ),
        pytest.param(
            with_field("action", "DROP"), "unknown_word", "action `DROP` is not a word of this format", id="action"
        ),
        pytest.param(
            with_field("log-status", "ok"), "unknown_word", "log-status `ok` is not a word of this format", id="status"
        ),
        pytest.param(with_field("end", "1767225599"), "end_before_start", "end lies before start", id="end"),
    ],
)
def test_a_line_that_is_no_record_says_why(line: bytes, reason: str, what: str) -> None:
    """With the field and its text, amid lines that are records."""
    records = read_records(GOOD + line + GOOD, VERSION_2)

    assert [REASONS[code] for code in records.reasons] == ["", reason, ""]
    assert records.describe(1) == what
    assert records.good().rows.tolist() == [0, 2]


@given(ANY_LINES, FIELDS)
def test_every_line_is_one_row(lines: list[bytes], fields: tuple[str, ...]) -> None:
    """Blank lines, quotes, carriage returns and NUL do not move rows against lines."""
    data = b"".join(line + b"\n" for line in lines)
    types = {name: pl.Int64() if name == "bytes" else pl.String() for name in fields}

    assert _split(data, fields, types).height == len(lines)


@given(ANY_LINES)
def test_text_is_kept_as_it_stands(lines: list[bytes]) -> None:
    """But for what is no text: each field of a line is what plain splitting gives."""
    parts = [_readable(line + b"\n")[:-1].removesuffix(b"\r").decode() for line in lines]
    data = b"".join(line + b"\n" for line in lines)

    frame = _split(data, ("type", "region"), {"type": pl.String(), "region": pl.String()})

    expected = [(*part.split(" "), "")[:2] for part in parts]
    assert [(first or "", second or "") for first, second in frame.iter_rows()] == expected


def test_text_that_is_sound_is_not_copied() -> None:
    """The usual input is plain ASCII, and large."""
    data = GOOD * 3

    assert _readable(data) is data


@pytest.mark.parametrize(
    ("data", "readable"),
    [
        (b"a\r\n", b"a\r\n"),
        (b"a\rb\n", b"a\xef\xbf\xbdb\n"),
        (b"a\r\r\n", b"a\xef\xbf\xbd\r\n"),
        (b"caf\xc3\xa9\n", b"caf\xc3\xa9\n"),
        (b"caf\xe9\n", b"caf\xef\xbf\xbd\n"),
    ],
)
def test_what_is_no_text_is_marked(data: bytes, readable: bytes) -> None:
    """A stray carriage return and octets that are not UTF-8."""
    assert _readable(data) == readable


def test_a_repeated_header_is_neither_record_nor_broken() -> None:
    """It says nothing new."""
    records = read_records(GOOD + " ".join(VERSION_2).encode() + b"\n" + GOOD, VERSION_2)

    assert (records.reasons.tolist(), records.broken.tolist()) == ([0, HEADER, 0], [])


def test_reading_ends_before_another_header() -> None:
    """What follows has other columns."""
    records = read_records(GOOD + b"srcaddr dstaddr\n" + GOOD, VERSION_2)

    assert (records.lines, records.octets, records.frame.height) == (1, len(GOOD), 1)


def test_a_header_is_found_where_any_text_would_be_a_record() -> None:
    """A format of free text alone cannot tell it by its numbers."""
    records = read_records(b"a b\nregion type\nc d\nsrcaddr type\n", ("region", "type"))

    assert (records.reasons.tolist(), records.lines) == ([0, HEADER, 0], 3)


@pytest.mark.parametrize("name", sorted(DOCUMENTED))
def test_a_dash_is_unknown_in_every_field(name: str) -> None:
    """Never broken."""
    assert reasons(b"-\n", (name,)) == [""]
