"""The list of findings: what an address may ask, and that nothing on the page is markup of others."""

from __future__ import annotations

import re
from typing import Any

import pytest

from monitor.web.findings import ROWS, Asked, Listed, Row, asked_of, findings_page

_LANGUAGES = ("en", "fr")
_HOSTILE = '"><script>alert(1)</script>'


def _row(**values: Any) -> Row:  # noqa: ANN401 - of several types
    usual: dict[str, Any] = {
        "id": "f-aaaaaaaaaa", "severity": "high", "level": "high", "state": "open", "head": "warehouse sent to AWS",
        "rule": "undeclared_importer", "system": "warehouse", "operator": ("aws", "Amazon"),
        "place_country": ("US", "United States"), "control_country": None, "first": "2026-11-25 12:00",
        "last": "2026-11-26 02:00", "octets_out": "1.5 GB",
    }  # fmt: skip
    return Row(**usual | values)


def _page(asked: Asked | None = None, *rows: Row, count: int | None = None) -> str:
    return findings_page("paris-1", asked or Asked(), Listed(rows, len(rows) if count is None else count))


def _links(page: str) -> list[str]:
    return [found.replace("&amp;", "&") for found in re.findall(r'href="([^"]*)"', page)]


def test_an_address_without_a_question_asks_for_all() -> None:
    """The first page of it, in English."""
    assert asked_of({}, _LANGUAGES) == Asked({}, "all", 1, "en")


def test_an_address_narrows_the_list() -> None:
    """By the labels of the metric; what is none of them is nothing."""
    query = {"system": "warehouse", "severity": "high", "state": "open", "page": "3", "lang": "fr", "from": "now-7d"}
    assert asked_of(query, _LANGUAGES) == Asked({"severity": "high", "system": "warehouse"}, "open", 3, "fr")


def test_what_a_metric_calls_nothing_is_asked_for_as_nothing() -> None:
    """And what it does not tell apart is not asked for."""
    query = {"operator": "none", "place_country": "other", "rule": ""}
    asked = asked_of(query, _LANGUAGES)
    assert asked == Asked({"operator": None})


@pytest.mark.parametrize(
    "query",
    [{"state": "x"}, {"lang": "de"}, {"page": "0"}, {"page": "-1"}, {"page": "x"}, {"page": "9" * 400}, {"page": "²"}],
)
def test_what_there_is_not_is_refused(query: dict[str, str]) -> None:
    """A state, a language, a page."""
    assert asked_of(query, _LANGUAGES) is None


def test_a_finding_leads_to_what_is_behind_it() -> None:
    """In the language of the list."""
    pages = [_page(Asked(language=language), _row()) for language in _LANGUAGES]
    assert [[link for link in _links(page) if "/f-" in link] for page in pages] == [
        ["/findings/f-aaaaaaaaaa"], ["/findings/f-aaaaaaaaaa?lang=fr"],
    ]  # fmt: skip


def test_a_value_is_a_link_to_the_list_of_it_alone() -> None:
    """What the list is narrowed by already stays."""
    page = _page(Asked({"system": "warehouse"}, "open"), _row())
    assert "/findings?system=warehouse&operator=aws&state=open" in _links(page)


def test_a_filter_can_be_left() -> None:
    """The list without it, from its first page on."""
    page = _page(Asked({"operator": None, "system": "warehouse"}, page=2), _row(), count=ROWS + 1)
    assert {"/findings?system=warehouse", "/findings?operator=none"} <= set(_links(page))


def test_pages_are_turned() -> None:
    """Back and on; the last one leads only back."""
    middle, last = (_page(Asked(page=page), _row(), count=3 * ROWS) for page in (2, 3))
    assert [link for link in _links(middle) if "page" in link][-1:] == ["/findings?page=3"]
    assert [link for link in _links(last) if "page" in link][-1:] == ["/findings?page=2"]


def test_a_page_beyond_the_end_leads_back() -> None:
    """To the last one there is."""
    assert _links(_page(Asked(page=900), count=2 * ROWS))[-1] == "/findings?page=2"


def test_a_list_without_findings_says_so() -> None:
    """In both languages."""
    said = [_page(Asked(language=language)) for language in _LANGUAGES]
    assert ["No such finding." in said[0], "Aucun constat" in said[1]] == [True, True]


@pytest.mark.parametrize("language", _LANGUAGES)
def test_nothing_of_others_is_markup(language: str) -> None:
    """Words of logs, of files and of the address."""
    row = _row(
        id=_HOSTILE, severity=_HOSTILE, level=_HOSTILE, state=_HOSTILE, head=_HOSTILE, rule=_HOSTILE, system=_HOSTILE,
        operator=(_HOSTILE, _HOSTILE), place_country=(_HOSTILE, _HOSTILE), first=_HOSTILE, octets_out=_HOSTILE,
    )  # fmt: skip
    page = findings_page(_HOSTILE, Asked({"system": _HOSTILE}, language=language), Listed((row,), 1))
    assert ("<script" in page, 'href=""' in page) == (False, False)


def test_the_page_loads_nothing_from_elsewhere() -> None:
    """Every address is one of its own."""
    assert [link for link in _links(_page(None, _row())) if not link.startswith("/")] == []
