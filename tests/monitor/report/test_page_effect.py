"""The page of a report under an assumed law: nobody can take it for the report of the month."""

from __future__ import annotations

import re
from typing import Any

import pytest

from monitor.report.figures import figures
from monitor.report.month import AssumptionFacts
from monitor.report.page import PARTS, to_html
from tests.monitor.report.months import assumed_month, full_month
from tests.monitor.report.test_page import HOSTILE, Reader, read

_FALLEN: dict[str, Any] = {
    "was_place_verdict": "adequate",
    "was_place_reason": None,
    "was_mechanism": "(EU) 2023/1795",
    "importer": "zoom",
    "was_control_verdict": "adequate",
}


@pytest.mark.parametrize(
    ("language", "lead", "mark"),
    [
        ("en", "This is not the report of the month.", "under the assumption"),
        ("fr", "Ceci n’est pas le rapport du mois.", "selon l’hypothèse"),  # noqa: RUF001 - good type
    ],
)
def test_the_page_says_on_top_and_at_every_heading_what_it_is(language: str, lead: str, mark: str) -> None:
    """In its title, before any figure, and on every printed page."""
    html = to_html(figures(assumed_month(_FALLEN)), language)
    top = html.partition("<section")[0]
    headings = re.findall(r"<h2.*?</h2>", html)

    assert lead in top
    assert len(headings) == len(PARTS) + 1
    assert [heading for heading in headings if mark not in heading] == []


def test_a_real_page_says_nothing_of_an_assumption() -> None:
    """Not a word."""
    text = read(full_month()).text

    assert [word for word in ("assumption", "Assumption", "if-") if word in text] == []


def test_every_line_of_the_file_is_said_and_escaped() -> None:
    """A source is text that anybody may have written."""
    html = to_html(figures(assumed_month(_FALLEN)), "en")

    assert "Decision (EU) 2023/1795 (EU-US Data Privacy Framework) falls. From 2 October 2026 on" in html
    assert "(Source given: a &lt;court&gt;)" in html


def test_what_loses_its_ground_is_told_with_the_ground() -> None:
    """By system, importer and octets."""
    html = to_html(figures(assumed_month(_FALLEN)), "en")
    table = html.partition('<table class="place-worse')[2].partition("</table>")[0]
    cells = [re.sub(r"<.*?>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", table)]

    assert cells[9:18] == [
        "warehouse (health)", "zoom", "aws", "United States", "adequacy decision, (EU) 2023/1795",
        "no ground known, importer unknown", "100\u00a0B", "10\u00a0B", "1",
    ]  # fmt: skip


def test_no_line_of_the_effect_has_an_id() -> None:
    """There is no row of the ledger behind it."""
    html = to_html(figures(assumed_month(_FALLEN)), "en")
    effect = html.partition('id="assumption"')[2].partition("</section>")[0]

    assert 'class="id"' not in effect
    assert "transferwatch evidence" not in html


def test_a_month_that_nothing_changes_says_so() -> None:
    """Rather than showing empty tables."""
    text = read(assumed_month({})).text

    assert "In this month the assumption changes no verdict." in text
    assert "Would have no ground known, the largest first" not in text


def test_a_month_without_data_shows_no_zeros() -> None:
    """That nothing was read is not that nothing would change."""
    text = read(assumed_month()).text

    assert "changes no verdict" not in text
    assert "All traffic beyond our own systems" not in text


def test_long_tables_say_what_the_rest_adds_up_to() -> None:
    """Lines and rest are the total."""
    rows = [{**_FALLEN, "importer": f"importer {number}"} for number in range(50)]
    html = to_html(figures(assumed_month(*rows)), "en")
    table = html.partition('<table class="place-worse')[2].partition("</table>")[0]

    assert "and 10 more" in table
    assert table.count("<tr>") == 41


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_is_sound_whatever_the_names_are(language: str) -> None:
    """Tags are closed, and no text is a tag."""
    given = assumed_month({**_FALLEN, "importer": HOSTILE, "system": HOSTILE}, file=HOSTILE)
    assert isinstance(given.assumption, AssumptionFacts)
    page = read(given, language)

    assert (page.open, page.all("script")) == ([], [])
    assert HOSTILE in page.text
    assert isinstance(page, Reader)
