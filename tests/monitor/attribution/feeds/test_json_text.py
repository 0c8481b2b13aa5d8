"""JSON of a known form, or the reason why not."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from monitor.attribution.feeds.json_text import moment
from tests.monitor.attribution.feeds.feed_files import aws, problem, read, said

PREFIXES = ("192.0.2.0/24", "AMAZON", "eu-west-3")


@pytest.mark.parametrize(
    ("content", "said_of_it"),
    [
        (b"", "it is not JSON: EOF while parsing a value"),
        (b'{"a": }', "it is not JSON: expected value"),
        (b"[" * 200_000, "it is not JSON: recursion limit exceeded"),
        (b'{"a": ' + b"9" * 100_000 + b"}", "it is not JSON: number out of range"),
        (b"\xff\xfe", "it is not JSON: expected value"),
        (b'{"createDate": "\xff"}', "it is not JSON: invalid unicode code point"),
        (b"null", "feed: it should be an object"),
        (b"{}", "feed createDate: the key is missing"),
        (b'{"createDate": "x", "prefixes": [{}], "ipv6_prefixes": []}', "feed prefixes[0].region: the key is missing"),
        (b'{"createDate": "x", "prefixes": [7], "ipv6_prefixes": []}', "feed prefixes[0]: it should be an object"),
        (b'{"createDate": 7, "prefixes": [], "ipv6_prefixes": []}', "feed createDate: it should be a valid string"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(content: bytes, said_of_it: str) -> None:
    """And never as a traceback."""
    assert said_of_it in problem("aws", content)


def test_the_line_of_a_fault_is_told() -> None:
    """Lines count from 1."""
    assert problem("aws", b'{\n"a": }').startswith("feed:2:")


def test_a_byte_order_mark_is_no_fault() -> None:
    """Some editors leave one."""
    content = b"\xef\xbb\xbf" + json.dumps(aws(PREFIXES)).encode()

    assert said(read("aws", content)) == [("192.0.2.0/24", "regional", "FR")]


def test_of_a_key_that_is_there_twice_the_last_counts() -> None:
    """As in every common reader."""
    one = (
        '"prefixes": [{"ip_prefix": "192.0.2.0/24", "service": "S3", "region": "x", "network_border_group": "GLOBAL"}]'
    )
    content = '{"createDate": "x", "ipv6_prefixes": [], "prefixes": [], ' + one + "}"

    assert said(read("aws", content)) == [("192.0.2.0/24", "global", None)]


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("2026-08-22-15-17-05", "%Y-%m-%d-%H-%M-%S", datetime(2026, 8, 22, 15, 17, 5, tzinfo=UTC)),
        ("2025-07-24T19:16:28.780563", None, datetime(2025, 7, 24, 19, 16, 28, 780563, tzinfo=UTC)),
        ("2025-07-24T21:16:28+02:00", None, datetime(2025, 7, 24, 19, 16, 28, tzinfo=UTC)),
        ("yesterday", None, None),
        (None, None, None),
    ],
)
def test_the_date_of_a_feed(text: str | None, pattern: str | None, expected: datetime | None) -> None:
    """In UTC; a feed without one is still read."""
    assert moment(text, pattern) == expected
