"""How an explanation reads; the whole of four stands in tests/cases/explain."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from monitor.inquiry.explain import NO_QUERY, explain
from monitor.inquiry.explain_text import print_explanation

if TYPE_CHECKING:
    from monitor.app import Knowledge

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def read(what: str, knowledge: Knowledge, at: datetime = NOW, width: int = 100) -> list[str]:
    """The printed lines, without blanks at their end."""
    out = io.StringIO()
    print_explanation(explain(what, at, knowledge), Console(width=width, file=out, highlight=False, color_system=None))
    return [each.rstrip() for each in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("what", "sections"),
    [
        ("8.8.8.8", ["Place", "Network", "Operator", "Law", "Verdict"]),
        ("s3.eu-west-3.amazonaws.com", ["Place", "Operator", "Law", "Verdict"]),
        ("10.0.0.1", ["Place", "Operator", "Verdict"]),
    ],
)
def test_sections_stand_in_order(what: str, sections: list[str], knowledge: Knowledge) -> None:
    """One without a fact in it is left out."""
    first_words = [each.split()[0] for each in read(what, knowledge) if each and not each.startswith(" ")]

    assert [word for word in first_words if word in {"Place", "Network", "Operator", "Law", "Verdict"}] == sections


@pytest.mark.parametrize("width", [60, 80, 100, 200])
@pytest.mark.parametrize("what", ["8.8.8.8", "5.255.255.70", "api.packet.net"])
def test_no_line_is_wider_than_the_console(what: str, width: int, knowledge: Knowledge) -> None:
    """Whatever the terminal."""
    assert [each for each in read(what, knowledge, width=width) if len(each) > width] == []


def test_the_head_gives_both_verdicts_at_once(knowledge: Knowledge) -> None:
    """Two axes, never merged."""
    assert read("51.103.0.1", knowledge)[:4] == [
        "",
        "51.103.0.1  under the law of 2026-11-24 12:00 UTC",
        "a global address",
        "place eea, control exposed/law (US)",
    ]


def test_a_law_that_came_or_went_is_told_with_its_days(knowledge: Knowledge) -> None:
    """Under the law, whether it reaches the operator then or at another time."""
    text = read("x.atlassian.net", knowledge, datetime(2022, 9, 29, 12, tzinfo=UTC), width=200)
    lines = [" ".join(each.split()) for each in text]
    told = [line.partition(" (")[0] for line in lines if line.startswith(("reaches", "other times US"))]

    assert told == [
        "reaches it UK_IPA",
        "reaches the operator until 2022-09-30",
        "other times US_FISA702",
        *["reaches the operator from 2022-09-30"] * 3,
    ]


def test_the_registration_of_an_unknown_operator_is_a_candidate(knowledge: Knowledge) -> None:
    """It is no seat."""
    assert "place eea, control undetermined/operator_unlisted (candidate NL)" in read("193.0.6.139", knowledge)


def test_another_spelling_is_kept_beside_the_standard_one(knowledge: Knowledge) -> None:
    """And the address inside is named."""
    assert read("64:FF9B::808:808", knowledge, width=140)[1:3] == [
        "64:ff9b::808:808  asked as 64:FF9B::808:808  under the law of 2026-11-24 12:00 UTC",
        "a global address; carries 8.8.8.8 inside, NAT64 (RFC 6052), and is told by it",
    ]


def test_the_last_words_say_that_nothing_was_sent(knowledge: Knowledge) -> None:
    """Neither a packet nor a query."""
    assert " ".join(read("example.org", knowledge)[-2:]).endswith(NO_QUERY)


def test_a_day_before_the_database_is_marked(knowledge: Knowledge) -> None:
    """The place is that of the database's day."""
    mark = "          as of          a source is younger than the day asked about: it may have lain elsewhere then"

    assert mark in read("51.103.0.1", knowledge, datetime(2020, 7, 15, tzinfo=UTC), width=140)
    assert mark not in read("51.103.0.1", knowledge, width=140)


def test_marks_of_what_is_not_verified_are_shown(knowledge: Knowledge) -> None:
    """An owner from memory is one."""
    assert "          owner then     Yandex LLC, RU Russia (unverified)  [from memory]" in read(
        "5.255.255.70", knowledge
    )


def test_a_pending_change_of_owner_is_shown(knowledge: Knowledge) -> None:
    """With what is open about it."""
    lines = read("www.anthropic.com", knowledge)

    assert "          pending        the owner may have changed since the last page read" in lines
    assert "          open           Holders and votes not found." in lines


def test_a_former_suffix_is_shown(knowledge: Knowledge) -> None:
    """Whose it was, and up to when."""
    expected = "Operator  formerly       packet.net was equinix's up to 2026-06-30  [rules/operators]"

    assert expected in read("api.packet.net", knowledge)


def test_words_of_markup_in_data_stay_words(knowledge: Knowledge) -> None:
    """Brackets around a source are no style."""
    assert "          found by       AS15169, listed as Google  [asn2org/PeeringDB]" in read("8.8.8.8", knowledge)
