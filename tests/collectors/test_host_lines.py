"""The head of a line: host, program and message in every form of syslog, and in the files of programs."""

from __future__ import annotations

import pytest

from collectors.contract import Piece, SourceOptions
from collectors.host_lines import COLUMNS, HostLines, text_lines

OPTIONS = SourceOptions(time_zone="UTC", year=2026)


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Nov 26 08:00:00 gw sshd[7]: hello", ("gw", "sshd", "7", "hello")),
        ("<38>Nov 26 08:00:00 gw sshd[7]: hello", ("gw", "sshd", "7", "hello")),
        ("2026-11-26T08:00:00.5+01:00 gw sshd: hello", ("gw", "sshd", None, "hello")),
        ("<38>1 2026-11-26T08:00:00.5Z gw sshd 7 - - hello", ("gw", "sshd", "7", "hello")),
        ('<38>1 2026-11-26T08:00:00.5Z - sshd - ID1 [a b="c]\\""][d] hello', (None, "sshd", None, "hello")),
        ("Nov 26 08:00:00 2001:db8::1 sshd[7]: hello", ("2001:db8::1", "sshd", "7", "hello")),
        ("Nov 26 08:00:00 dnsmasq[536]: query[A] a from b", (None, "dnsmasq", "536", "query[A] a from b")),
        ("dnsmasq: query[A] a from b", (None, "dnsmasq", None, "query[A] a from b")),
        ("[1795650986] unbound[65:0] info: a", (None, "unbound", "65:0", "info: a")),
        ("1795650986.123456 gw sshd[7]: hello", ("gw", "sshd", "7", "hello")),
        ("Nov 26 08:00:00 gw last message repeated 2 times", (None, None, None, None)),
        ("no head", (None, None, None, None)),
    ],
)
def test_a_head_falls_into_its_parts(line: str, parts: tuple[str | None, ...]) -> None:
    """What is not there is null."""
    frame = HostLines(OPTIONS).read(Piece(f"{line}\n".encode(), 1, 0))

    assert frame.select("host", "program", "pid", "message").row(0) == parts


def test_a_repeated_message_is_taken_out() -> None:
    """As rsyslog writes it."""
    frame = HostLines(OPTIONS).read(
        Piece(b"Nov 26 08:00:00 gw sshd[7]: message repeated 3 times: [ hello [x]]\n", 1, 0)
    )

    assert frame.select("message", "repeated").row(0) == ("hello [x]", "3")


def test_blank_lines_are_no_records_and_count_as_lines() -> None:
    """The numbers of the others stay right."""
    frame = HostLines(OPTIONS).read(Piece(b"\n \r\nsshd: a\n\nsshd: b", 5, 0))

    assert frame["line"].to_list() == [7, 9]


def test_every_form_gives_the_same_columns() -> None:
    """An empty piece, lines, and records of the journal."""
    pieces = [b"", b"sshd: a\n", b'{"MESSAGE":"a"}\n', b"__CURSOR=a\nMESSAGE=b\n\n"]

    assert [HostLines(OPTIONS).read(Piece(piece, 1, 0)).schema for piece in pieces] == [COLUMNS] * 4


def test_octets_that_are_no_utf_8_are_marked() -> None:
    """And carriage returns at a line's end are cut."""
    assert text_lines(b"a\xff\r\nb\rc\n").to_list() == ["a\ufffd", "b\rc"]
