"""States of affairs in both languages."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from monitor.alert.text import text_of
from tests.monitor.alert.matches import NOW_SECONDS, match
from tests.monitor.alert.pictures import finding
from tests.monitor.alert.telling import CONTEXT

_CONTEXTS = {
    language: replace(CONTEXT, language=language, operators={"aws": "Amazon"}, countries={"FR": "France"})
    for language in ("en", "fr")
}


def _what(language: str, *facts: str | dict[str, Any] | None, **said: Any) -> str:  # noqa: ANN401 - a cell
    """What is told of a coverage finding with these facts, spaces being plain."""
    rows = [
        match(
            rule="r", category="coverage", source=each.get("source") if isinstance(each, dict) else None,
            detail="The words that were kept.",
            facts=json.dumps(each) if isinstance(each, dict) else each,
            **said,
        )
        for each in facts
    ]  # fmt: skip
    text = text_of(finding(*rows), _CONTEXTS[language], NOW_SECONDS)
    (line,) = [line.text for line in text.lines if line.key == "what"]
    return line.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("facts", "english", "french"),
    [
        (
            {"says": "hosted", "system": "warehouse", "operator": "aws", "country": "FR", "keys": "provider"},
            "warehouse is hosted by Amazon in France. The host holds the keys.",
            "warehouse est hébergé par Amazon (France). L’hébergeur détient les clés.",  # noqa: RUF001 - as it is set
        ),
        (
            {"says": "moves", "system": "s", "operator": "aws", "country": "FR", "keys": "external", "target": "aws",
             "deadline": "2027-06-30", "records": 12000},
            ("s is hosted by Amazon in France. A third party holds the keys. It is to move to Amazon by 2027-06-30; "
            "records still seen here in the last 24 hours: 12,000."),
            ("s est hébergé par Amazon (France). Un tiers détient les clés. Il doit migrer vers Amazon avant la fin du "
            "2027-06-30 ; enregistrements encore vus ici dans les dernières 24 heures : 12 000."),
        ),
        (
            {"says": "source_silent", "source": "core", "since": NOW_SECONDS - 7200},
            "core has said nothing since 2026-11-26 00:00 UTC.",
            "core n’a rien dit depuis le 2026-11-26 00:00 UTC.",  # noqa: RUF001 - as it is set
        ),
        (
            {"says": "source_silent", "source": "core", "since": None},
            "core has said nothing for a day or longer.",
            "core n’a rien dit depuis un jour ou plus.",  # noqa: RUF001 - as it is set
        ),
        (
            {"says": "undetermined", "system": "warehouse", "percent": 41},
            ("Of the octets of warehouse in the last 24 hours, 41 % went to a place that nobody can name, anycast "
             "networks apart."),
            ("Des octets de warehouse dans les dernières 24 heures, 41 % sont allés en un lieu que personne ne peut "
            "nommer, réseaux anycast mis à part."),
        ),
        (
            {"says": "law_age", "days": 200},
            "The law was reviewed 200 days ago; a decision may have fallen since.",
            "Le droit a été revu il y a 200 jours ; une décision a pu tomber depuis.",
        ),
    ],
)  # fmt: skip
def test_a_state_is_told_in_the_language_of_the_alert(facts: dict[str, Any], english: str, french: str) -> None:
    """With names for ids, and times in the zone of the site."""
    assert [_what(language, facts) for language in ("en", "fr")] == [english, french]


def test_of_several_silent_sources_all_are_named() -> None:
    """They are one finding."""
    silent = [{"says": "source_silent", "source": source, "since": 0} for source in ("core", "edge")]

    assert _what("fr", *silent) == "Plus rien ne vient de core, edge."


@pytest.mark.parametrize(
    "facts",
    [
        None,
        "no JSON",
        "[1]",
        {"says": "of_tomorrow"},
        {"says": "hosted"},
        {"says": "moves", "system": "s", "operator": "aws", "country": "FR", "keys": "provider", "deadline": "soon"},
        {"says": "source_silent", "source": "core", "since": 10**30},
        {"says": "law_age", "days": None},
    ],
)
def test_what_cannot_be_said_is_told_in_the_words_that_were_kept(facts: str | dict[str, Any] | None) -> None:
    """An older version, a newer one, a ledger that somebody wrote into."""
    assert _what("fr", facts) == "The words that were kept."


def test_a_value_of_a_log_is_text() -> None:
    """On one line, and nothing to be filled in."""
    facts = {"says": "observer_silent", "source": "{keys}", "observer": "a\nb", "since": NOW_SECONDS}

    assert _what("en", facts) == "a\ufffdb, which reports to {keys}, has said nothing since 2026-11-26 02:00 UTC."


def _of_rules(*rules: str) -> list[dict[str, Any]]:
    """What matches of rules on coverage say."""
    return [{"rule": each, "category": "coverage", "system": None} for each in rules]


@pytest.mark.parametrize("rule", ["law_stale", "atlas_stale", "undetermined_share_high"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_old_table_is_no_silent_source(rule: str, language: str) -> None:
    """Why it matters, and what makes it right, is another thing than of a source that does not speak."""
    lines = [
        {line.key: line.text for line in text_of(finding(match(**told)), _CONTEXTS[language], NOW_SECONDS).lines}
        for told in _of_rules(rule, "source_silent")
    ]

    assert [key for key in ("why", "right", "check") if lines[0][key] == lines[1][key]] == []


def test_who_came_from_nobody_knows_where_did_not_land_there() -> None:
    """Access is told as coming, a transfer as going."""
    unknown: dict[str, Any] = {"place_country": None, "place_verdict": "undetermined", "place_candidates": []}
    said = [
        next(
            line.text
            for line in text_of(finding(match(**told)), _CONTEXTS["en"], NOW_SECONDS).lines
            if line.key == "why"
        )
        for told in ({**unknown, "category": "admin"}, unknown)
    ]

    assert ["came" in said[0], "lands" in said[1]] == [True, True]
