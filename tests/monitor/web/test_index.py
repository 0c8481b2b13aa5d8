"""The first page: every month, newest first, in both languages and as figures."""

from __future__ import annotations

import re

from monitor.web.index import index_page


def test_each_month_is_linked_in_its_three_forms() -> None:
    """In the order given."""
    page = index_page("paris-1", ["2026-11", "2026-10"], "all is well")

    assert re.findall(r'href="(/report/[^"]*)"', page) == [
        "/report/2026-11", "/report/2026-11?lang=fr", "/report/2026-11.json",
        "/report/2026-10", "/report/2026-10?lang=fr", "/report/2026-10.json",
    ]  # fmt: skip


def test_page_says_what_traffic_is_not() -> None:
    """The sentence that every page bears."""
    assert "Traffic is not proof of personal data." in index_page("paris-1", [], "all is well")


def test_page_says_how_it_goes() -> None:
    """In the words of the health."""
    assert "<p>7 records &amp; more</p>" in index_page("paris-1", [], "7 records & more")


def test_page_loads_nothing_from_elsewhere() -> None:
    """Every address is one of its own."""
    page = index_page("paris-1", ["2026-11"], "all is well")

    assert [found for found in re.findall(r'(?:href|src|action)="([^"]*)"', page) if not found.startswith("/")] == []


def test_open_findings_are_linked_in_both_languages() -> None:
    """Where they are served."""
    page = index_page("paris-1", [], "all is well", has_findings=True)

    assert re.findall(r'href="(/findings[^"]*)"', page) == [
        "/findings?state=open", "/findings?state=open&amp;lang=fr", "/findings",
    ]  # fmt: skip
