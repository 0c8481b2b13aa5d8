"""Google's two lists."""

from __future__ import annotations

import polars as pl

from monitor.attribution.feeds.equal import one_statement_each
from tests.monitor.attribution.feeds.feed_files import noted, problem, read, said


def cloud(*entries: tuple[str, str | None]) -> dict[str, object]:
    """One of the two: prefixes with a scope, or without."""
    prefixes = [
        {"ipv6Prefix" if ":" in prefix else "ipv4Prefix": prefix}
        | ({} if scope is None else {"service": "Google Cloud", "scope": scope})
        for prefix, scope in entries
    ]
    return {"creationTime": "2026-01-02T03:04:05.6", "prefixes": prefixes}


def test_a_region_says_where() -> None:
    """In both versions."""
    content = cloud(("192.0.2.0/24", "europe-west9"), ("2001:db8::/32", "europe-west6"))

    assert said(read("google", content)) == [("192.0.2.0/24", "regional", "FR"), ("2001:db8::/32", "regional", "CH")]


def test_global_is_global() -> None:
    """Google's word for its load balancers."""
    assert said(read("google", cloud(("192.0.2.0/24", "global")))) == [("192.0.2.0/24", "global", None)]


def test_what_is_in_goog_alone_is_global() -> None:
    """Google's own services answer from many places."""
    assert said(read("google", cloud(("192.0.2.0/24", None)))) == [("192.0.2.0/24", "global", None)]


def test_a_prefix_of_both_lists_is_in_its_region() -> None:
    """`goog.json` is a general list."""
    both = [read("google", cloud(("192.0.2.0/24", scope))).frame for scope in (None, "europe-west9")]

    assert one_statement_each(pl.concat(both))[0].select("scope", "country").rows() == [("regional", "FR")]


def test_the_general_service_is_not_named() -> None:
    """Everything in the list is Google Cloud."""
    assert said(read("google", cloud(("192.0.2.0/24", "europe-west9"))), "service") == [(None,)]


def test_a_region_without_a_public_page_is_noted() -> None:
    """It is not placed by the look of its name."""
    assert noted(read("google", cloud(("192.0.2.0/24", "europe-west15")))) == [("unknown_region", "europe-west15", 1)]


def test_an_entry_without_a_prefix_is_refused() -> None:
    """With its place."""
    assert problem("google", {"prefixes": [{"scope": "global"}]}).startswith(
        "feed prefixes[0]: there is not one prefix"
    )
