"""Which lines are header and which are records."""

from __future__ import annotations

import pytest

from tests.collectors.zeek.decoding import bad, decode, decoder, events, log, pieces, read

_FIELDS = "ts uid id.orig_h id.resp_h conn_state"
_RECORD = "1791374400 C1 10.0.0.1 10.0.0.2 SF"


def test_a_decoder_goes_on_under_the_header_of_a_state() -> None:
    """The header is not seen again."""
    text = log("conn", _FIELDS, _RECORD).encode()
    *header, record = pieces(text, 1)
    first, second = decoder(), decoder()
    for piece in header:
        first.decode(piece)
    second.resume(first.state())

    assert [each["src_address"] for each in read([second.decode(record)]).events] == ["10.0.0.1"]


@pytest.mark.parametrize("line", ["", "  ", "1\tC1", "[1]", "\x00"])
def test_a_line_under_no_header_is_of_no_known_order(line: str) -> None:
    """Unless it is empty, or an object."""
    assert [reason for reason, _ in bad(f"{line}\n")] == (["no_header"] if line.strip() else [])


def test_objects_and_a_log_with_a_header_may_stand_in_one_file() -> None:
    """Objects first; under a header a brace is a value like any other."""
    known = '{"_path":"ssh","ts":1,"id.orig_h":"10.0.0.9","id.resp_h":"10.0.0.2"}\n'
    found = decode(known + log("conn", _FIELDS, _RECORD) + known)

    assert [each["event"] for each in events(found)] == ["admin", "flow"]
    assert [each.reason for each in found.bad] == ["too_few_fields"]


def test_comments_between_records_change_nothing() -> None:
    """Nor do they make a record."""
    text = log("conn", _FIELDS, _RECORD, "# comment", _RECORD)

    assert (decode(text).records, len(events(decode(text)))) == (2, 2)


def test_the_sample_of_bad_records_is_of_the_first_ones() -> None:
    """However many layouts lie among each other."""
    text = "#path\tconn\n" + "".join(f"#fields\tts\tf{number % 3}\nx\n" for number in range(150))

    assert [each.line for each in decode(text).bad] == [2 * number + 1 for number in range(1, 101)]
