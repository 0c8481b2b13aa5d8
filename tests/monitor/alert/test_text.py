"""The text of an alert, as the on-call reads it."""

# A sentence of an alert stands on one line.
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alert.text import Context, First, Ours, RuleWords, clean, text_of
from monitor.alert.waivers import Match, Waiver
from monitor.alert.words import WORDS
from tests.monitor.alert.matches import NOW_SECONDS, match
from tests.monitor.alert.pictures import finding

_CONTEXT = Context(
    "paris-1",
    ZoneInfo("Europe/Paris"),
    systems={"warehouse": Ours("Data warehouse", "data-platform", "oncall@example.org")},
    operators={"aws": "Amazon Web Services"},
    countries={"US": "United States", "FR": "France", "IE": "Ireland"},
    laws={"US_FISA702": "Foreign Intelligence Surveillance Act, section 702", "US_CLOUD": "CLOUD Act"},
    config="/etc/transferwatch/transferwatch.yaml",
)
_LONGEST_HEAD = 120


def _lines(*rows: dict[str, object], context: Context = _CONTEXT, **more: object) -> dict[str, str]:
    text = text_of(finding(*rows), context, NOW_SECONDS + 90, **more)  # type: ignore[arg-type]
    return {line.key: line.text for line in text.lines}


def test_the_whole_text() -> None:
    """What somebody who was woken up has to read."""
    found = finding(match(octets_out=1_234_567_890, place_reason="importer_unknown"))
    text = text_of(found, _CONTEXT, NOW_SECONDS + 90, first=First(operator=1, country=1))

    assert f"{text.head}\n{text.body}" == (
        "warehouse (health data) sent to Amazon Web Services in the United States: no ground known\n"
        "What: 1.2\u00a0GB out and 100\u00a0B in during the last hour. Altogether 1.2\u00a0GB out and 100\u00a0B in (records: 1). "
        "The inventory says health data; traffic is not proof of personal data.\n"
        "Since: Seen from 2026-11-26 02:59 CET to 2026-11-26 03:00 CET. It goes on: last record 1 min ago.\n"
        "Check first: Which program sends, and is it meant? If nobody knows: block the address, then ask the owner.\n"
        "Owner: data-platform (oncall@example.org)\n"
        "From: warehouse (Data warehouse), 10.20.0.7\n"
        "To: Amazon Web Services, 52.0.0.1, ingest.example.com, tcp/443\n"
        "Where: the United States (two independent sources agree)\n"
        "What is new: only the finding itself: operator and country stood in others before\n"
        "Why it matters: GDPR Art. 44: data may go to a third country only on a ground of chapter V. This tool knows none "
        "for this. Decision (EU) 2023/1795 covers certified receivers only, and it is not known who receives here.\n"
        "Whose law: Law of the United States: Foreign Intelligence Surveillance Act, section 702, CLOUD Act. Each reaches "
        "data that the operator holds; whether it was used is not known.\n"
        "If it is meant to be so: Declare it in the register with its ground (Art. 45, 46 or 49). For a limited time only, waive "
        'it in waivers.yaml: - {id: W-q4duvwgag5, match: {rules: ["health_to_uncovered_country"], systems: ["warehouse"], '
        'operators: ["aws"], countries: ["US"]}, owner: NAME, reason: WHY, expires: 2026-12-26}\n'
        "Runbook: docs/runbooks/health_to_uncovered_country.md\n"
        "Evidence: transferwatch evidence f-q4duvwgag5 -c /etc/transferwatch/transferwatch.yaml\n"
        "Severity: high. Site: paris-1. Rule: health_to_uncovered_country. Finding: f-q4duvwgag5."
    )


def test_exposure_is_not_called_a_transfer() -> None:
    """The two questions stay apart: where it lands, and whose law reaches it."""
    said = _lines(match(rule="health_to_exposed_operator", place_country="FR", place_verdict="eea", place_reason=None))

    assert (
        said["why"]
        == "A risk of access, not a transfer by itself: GDPR Art. 48; Court of Justice, C-311/18 (Schrems II)."
    )


def test_an_unknown_place_names_its_candidates() -> None:
    """Unknown is an outcome, not a country."""
    said = _lines(match(place_country=None, place_candidates=["US", "IE"], place_verdict="undetermined"))

    assert said["where"] == "Not known; sources name the United States or Ireland."


def test_access_is_told_as_coming_in() -> None:
    """Nothing was sent; somebody came."""
    said = _lines(match(category="admin", activity="admin", rule="administration_from_third_country", actor="jdoe",
                        action="login", octets_out=None, octets_in=None))  # fmt: skip

    assert (said["on"], said["by"].partition(",")[0]) == (
        "warehouse (Data warehouse), 10.20.0.7",
        "Amazon Web Services",
    )


def test_what_stopped_is_told_as_stopped() -> None:
    """Nobody runs after something that is over."""
    assert _lines(match(7_200))["since"].endswith("Nothing for 2 h.")


def test_a_new_operator_is_new() -> None:
    """The one thing that the on-call cannot know by heart."""
    said = _lines(match(), first=First(operator=NOW_SECONDS - 600, country=NOW_SECONDS - 90 * 86_400))

    assert said["new"] == "findings of warehouse name this operator only since 2026-11-26 02:50 CET"


def test_a_new_name_of_an_old_finding_is_new() -> None:
    """The traffic is old, where it goes within the operator is not."""
    said = _lines(match(20_000), match(60, name="new.example.com", remote_address="52.0.0.1"))

    assert said["new"] == "new name new.example.com since 2026-11-26 02:58 CET"


def test_a_waiver_that_ended_says_so() -> None:
    """Otherwise nobody understands why an old finding wakes them."""
    waiver = Waiver(
        id="W-1",
        match=Match(rules=("health_to_uncovered_country",)),
        owner="dpo",
        reason="x",
        expires=date(2026, 11, 25),
    )

    assert _lines(match(), ended=waiver)["new"] == "a waiver ended on 2026-11-25 (waiver W-1, dpo)"


def test_several_silent_sources_are_all_named() -> None:
    """One finding, two sources, both to be looked at."""
    silent: dict[str, Any] = {
        "rule": "source_silent", "category": "coverage", "system": None, "operator": None, "place_country": None,
        "control_country": None, "place_verdict": None, "control_verdict": None,
    }  # fmt: skip
    text = text_of(finding(match(source="core", **silent), match(30, source="edge", **silent)), _CONTEXT, NOW_SECONDS)

    assert text.head == "The source core, edge is silent: its traffic is not seen"


def test_a_rule_of_the_site_s_own_takes_its_title() -> None:
    """There are no words for it."""
    context = replace(_CONTEXT, rules={"mine": RuleWords("Backup To Elsewhere")})

    assert text_of(finding(match(rule="mine")), context, NOW_SECONDS).head == "warehouse: Backup To Elsewhere"


def test_runbooks_are_links_where_the_site_serves_them() -> None:
    """A telephone has no handbook."""
    said = _lines(match(), context=replace(_CONTEXT, runbook_url="https://wiki.example.org"))

    assert said["runbook"] == "https://wiki.example.org/docs/runbooks/health_to_uncovered_country.md"


@pytest.mark.parametrize("language", sorted(WORDS))
@pytest.mark.parametrize(
    "rule", sorted(key[5:] for key in WORDS["en"] if key.startswith("head.") and key != "head.other")
)
def test_the_first_line_is_short(language: str, rule: str) -> None:
    """A telephone shows no more."""
    text = text_of(finding(match(rule=rule)), replace(_CONTEXT, language=language), NOW_SECONDS)

    assert len(text.head) <= _LONGEST_HEAD


@given(st.text())
def test_what_a_log_says_stays_on_its_line(text: str) -> None:
    """Names in packets are written by strangers."""
    assert clean(text).isprintable()
    assert len(clean(text)) <= 80


def test_where_nothing_came_in_only_what_left_is_told() -> None:
    """A record of one way says nothing of the other."""
    what = _lines(match(octets_out=5_000, octets_in=0))["what"]

    assert what.startswith("5.0\u00a0kB out during the last hour. Altogether 5.0\u00a0kB out (records: 1).")
