"""Every line of an assumed law in words, in both languages."""

# A sentence stands on one line, with the signs of good type.
# ruff: noqa: E501, RUF001

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from monitor.report.assumed_words import assumed_sentence
from monitor.report.in_words import InWords
from monitor.report.month import AssumedLine

if TYPE_CHECKING:
    from collections.abc import Mapping

_MONTH_ENDS = date(2026, 11, 30)
_DPF: Mapping[str, Any] = {"number": "(EU) 2023/1795", "title": "EU-US DPF", "country": "US", "framework": "us_dpf"}
_SWISS: Mapping[str, Any] = {"number": "2000/518/EC", "title": "Switzerland", "country": "CH"}
_BRAZIL: Mapping[str, Any] = {"number": "(EU) 2026/179", "title": "Brazil", "country": "BR"}
_KENYA: Mapping[str, Any] = {"number": "2027/1", "title": "", "country": "KE", "begins": date(2026, 11, 1)}
_LAW: Mapping[str, Any] = {"number": "UK_IPA", "title": "Investigatory Powers Act 2016", "country": "GB"}


@pytest.mark.parametrize(
    ("about", "said", "english", "french"),
    [
        (
            "decision",
            {**_DPF, "ends_before": date(2026, 11, 1)},
            "Decision (EU) 2023/1795 (EU-US DPF) falls. From 1 November 2026 on nobody can rely on it.",
            "La décision (EU) 2023/1795 (EU-US DPF) tombe. À partir du 1er novembre 2026, plus personne ne peut",
        ),
        (
            "decision",
            {**_SWISS, "last_day": date(2026, 11, 19)},
            "Decision 2000/518/EC (Switzerland) expires. 19 November 2026 is its last day.",
            "La décision 2000/518/EC (Suisse) expire. Son dernier jour est le 19 novembre 2026.",
        ),
        (
            "decision",
            {**_BRAZIL, "eea_efta_from": date(2026, 11, 2)},
            "Decision (EU) 2026/179 (Brazil) counts for exporters in Iceland, Liechtenstein and Norway from 2 November",
            "La décision (EU) 2026/179 (Brésil) vaut pour les exportateurs d’Islande, du Liechtenstein et de Norvège",
        ),
        (
            "adequate",
            {**_KENYA, "last_day": date(2027, 12, 31)},
            "Kenya: an adequacy decision (2027/1) covers every recipient there from 1 November 2026 on, up to 31 December 2027 included.",
            "Kenya\u00a0: une décision d’adéquation (2027/1) y couvre tout destinataire à partir du 1er novembre 2026, jusqu’au 31 décembre 2027 inclus.",
        ),
        (
            "adequate",
            {**_KENYA, "framework": "us_dpf", "ends_before": date(2027, 12, 31)},
            "covers the recipients on the list us_dpf from 1 November 2026 on, up to the day before 31 December 2027.",
            "y couvre les destinataires inscrits sur la liste us_dpf à partir du 1er novembre 2026, jusqu’à la veille du",
        ),
        (
            "law",
            {**_LAW, "ends_before": date(2026, 11, 2)},
            "Investigatory Powers Act 2016 (UK_IPA): from 2 November 2026 on this law reaches nobody.",
            "Investigatory Powers Act 2016 (UK_IPA)\u00a0: à partir du 2 novembre 2026, cette loi n’atteint plus personne.",
        ),
        (
            "law",
            {**_LAW, "last_day": date(2026, 11, 2)},
            "this law reaches operators up to 2 November 2026 included.",
            "cette loi atteint les opérateurs jusqu’au 2 novembre 2026 inclus.",
        ),
        (
            "law",
            {**_LAW, "begins": date(2026, 11, 2)},
            "this law reaches operators from 2 November 2026 on.",
            "cette loi atteint les opérateurs à partir du 2 novembre 2026.",
        ),
    ],
)  # fmt: skip
def test_a_line_is_said_with_its_day(about: str, said: dict[str, Any], english: str, french: str) -> None:
    """Countries and months in the words of the language."""
    line = AssumedLine(about=about, source="OJ", verified=True, **said)
    found = [assumed_sentence(line, InWords.of(each, "Europe/Paris"), _MONTH_ENDS) for each in ("en", "fr")]

    assert [wanted in text for wanted, text in zip((english, french), found, strict=True)] == [True, True], found


def test_who_says_so_and_whether_it_was_checked() -> None:
    """As the file says."""
    line = AssumedLine("decision", source="a rumour", verified=False, ends_before=date(2026, 11, 2), **_DPF)

    assert assumed_sentence(line, InWords.of("en", "UTC"), _MONTH_ENDS).endswith(
        "(Source given: a rumour; not verified)"
    )


@pytest.mark.parametrize(
    ("days", "later"),
    [
        ({"ends_before": date(2026, 12, 1)}, True),
        ({"ends_before": date(2026, 11, 30)}, False),
        ({"last_day": date(2026, 11, 30)}, True),
        ({"last_day": date(2026, 11, 29)}, False),
        ({"last_day": date(2026, 11, 30), "eea_efta_from": date(2026, 11, 1)}, False),
    ],
)
def test_what_comes_after_the_month_is_marked(days: dict[str, Any], later: bool) -> None:  # noqa: FBT001
    """So that nobody wonders why nothing changes."""
    line = AssumedLine("decision", source="x", verified=True, **_DPF, **days)

    assert ("after this month" in assumed_sentence(line, InWords.of("en", "UTC"), _MONTH_ENDS)) is later
