"""Any bytes, to any reader of feeds: statements or a problem, in bounded time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.attribution.feeds import FORMATS
from monitor.problem import ProblemsFound
from tests.monitor.attribution.feeds.feed_files import aws, azure, feed

_KEYS = [
    "addresses", "addressPrefixes", "cidr", "cidrs", "cloud", "createDate", "ip_prefix", "ipv4_cidrs", "ipv4Prefix",
    "ipv6_addresses", "ipv6_cidrs", "ipv6_prefixes", "name", "prefixes", "properties", "region", "regions", "result",
    "service", "scope", "tags", "values", "web",
]  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("192.0.2.0/24"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)
_LINES = st.lists(
    st.sampled_from(
        ["192.0.2.0/24", "2001:db8::/32", "192.0.2.1/24", "x", "#", '"', ",", "FR", "\r\n", "\n", "\0", "é"]
    ),
    max_size=30,
)


def stated(word: str, content: bytes) -> int:
    """How many prefixes come of it; a problem gives none, anything else fails the test."""
    try:
        return FORMATS[word](content, feed(operators={"ours"})).frame.height
    except ProblemsFound as found:
        assert all(str(problem).startswith("feed") for problem in found.problems)  # noqa: PT017
        return 0


@pytest.mark.parametrize("word", FORMATS)
@given(content=st.binary(max_size=400))
def test_any_bytes(word: str, content: bytes) -> None:
    """Text or not."""
    assert stated(word, content) <= len(content)


@pytest.mark.parametrize("word", FORMATS)
@given(pieces=_LINES)
def test_any_lines(word: str, pieces: list[str]) -> None:
    """Of the words that lists are made of."""
    assert stated(word, "".join(pieces).encode()) <= len(pieces)


@pytest.mark.parametrize("word", FORMATS)
@given(value=_JSON)
def test_any_json(word: str, value: Any) -> None:  # noqa: ANN401 - any JSON is what is tried
    """With the keys that feeds have, anywhere."""
    assert stated(word, json.dumps(value).encode()) >= 0


@pytest.mark.parametrize("word", FORMATS)
@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"prefixes":' * 50_000,
        b'{"prefixes": ' + b"9" * 200_000 + b"}",
        b"a: &a [x]\n" + b"b: [*a, *a, *a]\n" * 100,
        b'"' * 100_000,
        b"," * 100_000,
        b"\n" * 100_000,
        b"#" * 100_000,
        b"\0" * 100_000,
        b"1" * 100_000,
        b"/" * 100_000,
        b":" * 100_000,
    ],
    ids=lambda content: f"{content[:13]!r}",
)
def test_bombs(word: str, content: bytes) -> None:
    """Nesting, numbers, aliases and lines without end."""
    assert stated(word, content) == 0


@given(st.data())
def test_a_service_tag_may_hold_any_words(data: st.DataObject) -> None:
    """The region and the service are whatever the provider writes."""
    words = st.text(max_size=12)
    tags = data.draw(st.lists(st.tuples(words, words, words, st.just(["192.0.2.0/24"])), min_size=1, max_size=4))

    assert stated("azure", json.dumps(azure(*tags, cloud=data.draw(words))).encode()) == 1


@given(st.lists(st.tuples(st.sampled_from(["192.0.2.0/24", "2001:db8::/32"]), st.text(), st.text()), min_size=1))
def test_a_border_group_may_be_any_word(entries: list[tuple[str, str, str]]) -> None:
    """So may the service."""
    assert stated("aws", json.dumps(aws(*entries)).encode()) == len({prefix for prefix, *_ in entries})
