"""Geofeeds and plain lists of prefixes."""

from __future__ import annotations

import pytest

from tests.monitor.attribution.feeds.feed_files import feed, noted, problem, read, said

NET = "192.0.2.0/24"
MANY = "\n".join(f"10.0.{third}.0/24,FR,,," for third in range(20))


@pytest.mark.parametrize(
    "line",
    [
        f"{NET},FR,FR-IDF,Paris,75001",
        f"{NET},FR,FR-IDF,Paris,",
        f"{NET},FR,FR-IDF",
        f"{NET},fr,fr-idf,Paris,",
        f" {NET} , FR , FR-IDF , Paris ,",
        f'"{NET}","FR","FR-IDF","Paris, 1er",""',
        f"{NET},FR,FR-IDF,Paris,75001 # since 2026",
        f"# a geofeed\r\n\r\n{NET},FR,FR-IDF,Paris,\r\n",
        f"\ufeff{NET},FR,FR-IDF,Paris,\n",
        f"{NET},FR,FR-IDF,Paris,,,,\n",
        f"{NET},FR,FR-IDF,Île-de-France\n",
    ],
)
def test_a_line_in_any_dress(line: str) -> None:
    """Comments, byte order mark, line ends, quotes, capitals, fewer or more cells than five."""
    assert said(read("geofeed", line), "network", "scope", "country", "region") == [(NET, "regional", "FR", "FR-IDF")]


def test_one_address_is_its_host_prefix() -> None:
    """RFC 8805 allows both."""
    assert said(read("geofeed", "192.0.2.7,FR,,,"), "network") == [("192.0.2.7/32",)]


@pytest.mark.parametrize("line", [f"{NET},,,,", NET, f"{NET},ZZ,,,", f"{NET},,FR-IDF,Paris,"])
def test_a_prefix_that_is_to_be_placed_nowhere_is_global(line: str) -> None:
    """The publisher asks for it, so no other source places it."""
    statements = read("geofeed", line)

    assert (said(statements), noted(statements)) == ([(NET, "global", None)], [("no_country", "", 1)])


@pytest.mark.parametrize("country", ["EU", "UK", "AP", "FRA", "66"])
def test_what_is_no_country_says_no_place(country: str) -> None:
    """It is counted, so that a build tells it."""
    statements = read("geofeed", f"{NET},{country},,,")

    assert (said(statements), noted(statements)) == ([(NET, "whose", None)], [("unknown_country", country, 1)])


def test_a_subdivision_of_another_country_is_left_out() -> None:
    """The country stands."""
    statements = read("geofeed", f"{NET},FR,US-NJ,Newark,")

    assert (said(statements, "country", "region"), noted(statements)) == (
        [("FR", None)],
        [("foreign_subdivision", "US-NJ", 1)],
    )


def test_one_prefix_in_two_countries_says_no_place() -> None:
    """RFC 8805 calls that an error of the feed."""
    statements = read("geofeed", f"{NET},FR,,,\n{NET},DE,,,")

    assert (said(statements), noted(statements)) == ([(NET, "whose", None)], [("several_countries", NET, 1)])


def test_a_line_that_is_none_is_skipped_and_counted() -> None:
    """With the line of the first."""
    statements = read("geofeed", f"{MANY}\n192.0.2.1/24,FR,,,\nx,FR,,,\n")

    assert (statements.frame.height, noted(statements)) == (20, [("unreadable", "line 21", 2)])


def test_a_web_page_is_no_geofeed() -> None:
    """A provider's error page must not empty the atlas."""
    assert problem("geofeed", "<html>\n<body>\nNot found\n</body>\n</html>").startswith('feed:1: "<html>" is no prefix')


def test_the_operator_is_the_declared_one() -> None:
    """A geofeed does not say whose it is."""
    assert said(read("geofeed", f"{NET},FR,,,", feed(None)), "operator") == [(None,)]


@pytest.mark.parametrize("comment", ["# ours", "; ours", "// ours"])
def test_a_plain_list_with_comments(comment: str) -> None:
    """Behind a prefix and on lines of their own."""
    content = f"{comment}\n{NET} {comment}\n\n2001:db8::/32\r\n"

    assert said(read("prefix_list", content)) == [(NET, "whose", None), ("2001:db8::/32", "whose", None)]


def test_a_plain_list_is_what_is_declared_of_it() -> None:
    """Cloudflare's is global."""
    assert said(read("prefix_list", NET, feed("cloudflare", scope="global")), "operator", "scope") == [
        ("cloudflare", "global")
    ]
