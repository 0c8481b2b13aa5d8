"""How the law reads."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from monitor.inquiry.law_in_force import law_in_force
from monitor.inquiry.law_text import print_law

if TYPE_CHECKING:
    from monitor.app import Knowledge

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def read(country: str | None, knowledge: Knowledge, at: datetime = NOW, width: int = 100) -> list[str]:
    """The printed lines, without blanks at their end."""
    out = io.StringIO()
    print_law(law_in_force(at, country, knowledge), Console(width=width, file=out, highlight=False, color_system=None))
    return [each.rstrip() for each in out.getvalue().splitlines()]


def titles(lines: list[str]) -> list[str]:
    """The first word of each line that begins at the margin, from the third on."""
    return [each.split()[0] for each in lines[2:-2] if each and not each.startswith(" ")]


def test_the_whole_has_five_sections(knowledge: Knowledge) -> None:
    """Area, decisions, lists, reach laws, what is open."""
    assert titles(read(None, knowledge)) == ["Inside", "Adequate", "Lists", "Reach", "Open"]


@pytest.mark.parametrize(
    ("country", "sections"),
    [("US", ["Status", "Decided", "Reach"]), ("FR", ["Status", "Decided", "Reach", "Besides"])],
)
def test_a_country_has_its_sections(country: str, sections: list[str], knowledge: Knowledge) -> None:
    """What stands besides is shown where there is something."""
    assert titles(read(country, knowledge)) == sections


@pytest.mark.parametrize("country", [None, "US", "GB", "NC", "EPO", "MC"])
@pytest.mark.parametrize("width", [70, 100])
def test_no_line_is_wider_than_the_console(country: str | None, width: int, knowledge: Knowledge) -> None:
    """Whatever the terminal."""
    assert [each for each in read(country, knowledge, width=width) if len(each) > width] == []


def test_past_decisions_keep_their_end(knowledge: Knowledge) -> None:
    """Privacy Shield on a day in 2026."""
    text = " ".join(" ".join(read("US", knowledge)).split())

    assert "(EU) 2016/1250 EU-US Privacy Shield, from 2016-07-12 until 2020-07-16 (first day without)" in text
    assert "ended by: Court of Justice, C-311/18 (Schrems II), 2020-07-16" in text


def test_a_country_without_anything_says_so(knowledge: Knowledge) -> None:
    """Monaco has neither a decision nor a reach law in the files."""
    lines = read("MC", knowledge)

    assert "Decided                  no decision in the files" in lines
    assert "Reach                    no such law in the files" in lines


@pytest.mark.parametrize(
    ("country", "line"),
    [
        ("RE", "          kind           outermost region; belongs to FR France"),
        ("PR", "          kind           outside the Union; belongs to US United States"),
        ("NO", "          GDPR           applies since 2018-07-20; before it Directive 95/46/EC"),
        ("TR", "Besides   no decision    often asked, and none at the date of the files"),
    ],
)
def test_what_is_particular_is_told(country: str, line: str, knowledge: Knowledge) -> None:
    """Territories, the later start of the GDPR in the EEA-EFTA States, what people ask for."""
    assert line in read(country, knowledge)


def test_a_first_day_from_memory_is_marked(knowledge: Knowledge) -> None:
    """Of a law that was read itself."""
    text = " ".join(" ".join(read(None, knowledge)).split())

    assert "UK_IPA (medium) Investigatory Powers Act 2016, since 2016-12-30 (first day from memory)" in text
    assert "IN_S69 (high) Information Technology Act 2000, sections 69 and 69B, since 2000-10-17 (unverified)" in text
