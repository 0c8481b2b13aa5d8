"""A site's own decisions: what a line changes from which instant on, and what cannot be written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.document import load_document
from monitor.law.changes import Change, ChangesFile, change_findings, changed, subject_of
from monitor.law.regimes import load_regimes
from monitor.law.territories import load_territories
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

_REGIMES = load_regimes()
_TERRITORIES = load_territories()


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _lines(path: Path, text: str, before: tuple[Change, ...] = ()) -> tuple[Change, ...]:
    file = path / "decisions.yaml"
    file.write_text(f"decisions:\n{text}", encoding="utf-8")
    return load_document(
        file,
        ChangesFile,
        shown_as="decisions.yaml",
        check=lambda read: change_findings(read, _REGIMES, _TERRITORIES, before),
    ).decisions


def _said(path: Path, text: str) -> list[str]:
    with pytest.raises(ProblemsFound) as raised:
        _lines(path, text)
    return [str(problem) for problem in raised.value.problems]


def test_no_line_leaves_the_law_as_it_is() -> None:
    """The digest too, so that ledgers go on."""
    assert changed(_REGIMES, ()) is _REGIMES


@pytest.mark.parametrize("number", ["2023/1795", "(EU) 2023/1795", "us_dpf", "(EU)2023/1795"])
def test_a_decision_is_named_by_its_number_in_any_form(tmp_path: Path, number: str) -> None:
    """The first instant without it is midnight in Brussels."""
    lines = _lines(tmp_path, f'- {{decision: "{number}", ends_before: 2026-12-01, source: C-703/25 P}}')
    regimes = changed(_REGIMES, lines)

    held = [bool(regimes.frameworks("US", _at(at))) for at in ("2026-11-30T22:59:59", "2026-11-30T23:00:00")]
    assert held == [True, False]


def test_who_ended_a_decision_is_said() -> None:
    """The line's source stands as what ended it; the decision's own source stays."""
    line = Change.model_validate(
        {"decision": "2023/1795", "ends_before": _at("2026-12-01").date(), "source": "a court"}
    )
    decision = next(each for each in changed(_REGIMES, [line]).decisions if each.id == "us_dpf")

    assert (decision.ended_by, decision.source) == ("a court", "eur-lex 32023D1795 (read)")


def test_an_unverified_line_marks_what_it_changes(tmp_path: Path) -> None:
    """The mark is that of the shipped files."""
    lines = _lines(tmp_path, "- {decision: us_dpf, ends_before: 2026-12-01, source: rumour, verified: false}")

    assert [each.verified for each in changed(_REGIMES, lines).decisions if each.id == "us_dpf"] == [False]


def test_a_country_becomes_adequate_on_its_day(tmp_path: Path) -> None:
    """It is named by its number, and no longer asked for."""
    lines = _lines(tmp_path, '- {adequate: KE, number: "2027/123", in_force_from: 2027-01-01, source: OJ}')
    regimes = changed(_REGIMES, lines)
    found = [regimes.decision("KE", _at(at)) for at in ("2026-12-31T22:59:59", "2026-12-31T23:00:00")]

    assert [each and each.number for each in found] == [None, "2027/123"]


def test_an_organisation_becomes_adequate(tmp_path: Path) -> None:
    """As the European Patent Organisation did."""
    lines = _lines(
        tmp_path, "- {adequate: EMBL, number: 2027/9, in_force_from: 2027-01-01, last_day: 2030-12-31, source: OJ}"
    )
    regimes = changed(_REGIMES, lines)

    found = [regimes.decision("EMBL", _at(at)) for at in ("2030-12-31T22:59:59", "2030-12-31T23:00:00")]
    assert [each and each.number for each in found] == ["2027/9", None]


def test_a_decision_may_rely_on_a_list_that_exists(tmp_path: Path) -> None:
    """A successor that takes the participants over covers those on the list, not the country."""
    text = (
        "- {decision: us_dpf, ends_before: 2026-12-01, source: court}\n"
        "- {adequate: US, number: 2027/7, framework: us_dpf, in_force_from: 2027-03-01, source: OJ}"
    )
    regimes = changed(_REGIMES, _lines(tmp_path, text))
    moment = _at("2027-06-01")

    assert (regimes.decision("US", moment), [each.number for each in regimes.frameworks("US", moment)]) == (
        None,
        ["2027/7"],
    )


def test_a_reach_law_ends(tmp_path: Path) -> None:
    """The last day is included."""
    regimes = changed(_REGIMES, _lines(tmp_path, "- {law: US_FISA702, last_day: 2027-03-31, source: lapse}"))
    held = [regimes.law("US_FISA702").in_force(_at(at)) for at in ("2027-03-31T21:59:59", "2027-03-31T22:00:00")]

    assert held == [True, False]


def test_lines_are_part_of_the_digest_one_after_the_other(tmp_path: Path) -> None:
    """A site's file and an assumption upon it are the same law as one file with both."""
    one = _lines(tmp_path, "- {law: US_FISA702, last_day: 2027-03-31, source: lapse}")
    two = _lines(tmp_path, "- {decision: us_dpf, ends_before: 2026-12-01, source: court}", one)

    assert changed(_REGIMES, one + two).digest == changed(_REGIMES, (*one, *two)).digest
    assert len({changed(_REGIMES, lines).digest for lines in ((), one, two, one + two)}) == 4


def test_what_a_line_is_about(tmp_path: Path) -> None:
    """A decision, a law, or nothing that there was."""
    lines = _lines(
        tmp_path,
        "- {decision: us_dpf, ends_before: 2026-12-01, source: a}\n"
        "- {law: US_FISA702, last_day: 2027-03-31, source: b}\n"
        '- {adequate: KE, number: "2027/1", in_force_from: 2027-01-01, source: c}',
    )
    subjects = [subject_of(line, _REGIMES) for line in lines]

    assert [getattr(each, "id", getattr(each, "code", None)) for each in subjects] == ["us_dpf", "US_FISA702", None]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            '{decision: "2023/1759", ends_before: 2026-12-01, source: x}',
            (
                '2:14 decisions[0].decision: no decision has the number "2023/1759".'
                " Did you mean (EU) 2023/1795 (EU-US Data Privacy Framework)?"
            ),
        ),
        (
            "{decision: us_dpf, ends_before: 2023-07-10, source: x}",
            "2:35 decisions[0].ends_before: 2023-07-10 is not after the first day of (EU) 2023/1795, 2023-07-10.",
        ),
        (
            "{decision: 2016/1250, ends_before: 2026-12-01, source: x}",
            "2:38 decisions[0].ends_before: (EU) 2016/1250 has ended by then, 2020-07-16. Remove the line.",
        ),
        (
            "{decision: 2016/1250, last_day: 2026-12-01, source: x}",
            (
                "2:35 decisions[0].last_day: (EU) 2016/1250 is gone from 2020-07-16 on and cannot expire later."
                " Write a new decision as `adequate:`."
            ),
        ),
        (
            "{adequate: IS, number: 2027/1, in_force_from: 2027-01-01, source: x}",
            (
                "2:14 decisions[0].adequate: Iceland is inside the EEA on 2027-01-01 and needs no decision."
                " Write a third country."
            ),
        ),
        (
            "{adequate: BR, number: 2027/1, in_force_from: 2027-01-01, source: x}",
            (
                "2:49 decisions[0].in_force_from: (EU) 2026/179 covers Brazil from 2026-01-26 without end."
                " End it by a line before this one, or change the days."
            ),
        ),
        (
            "{adequate: KE, number: 2026/179, in_force_from: 2027-01-01, source: x}",
            (
                "2:26 decisions[0].number: (EU) 2026/179 is a decision already (Brazil)."
                " Write `decision:` to say when it ends."
            ),
        ),
        (
            "{adequate: KE, number: 2027/1, source: x}",
            "2:3 decisions[0]: a line of adequate needs in_force_from. Write in_force_from: 2027-01-01.",
        ),
        (
            "{decision: us_dpf, source: x}",
            (
                "2:3 decisions[0]: the line says nothing about the decision."
                " Write ends_before: 2026-12-01, the first day without it, or last_day."
            ),
        ),
        (
            "{decision: us_dpf, law: US_FISA702, ends_before: 2026-12-01, source: x}",
            (
                "2:3 decisions[0]: the line is about decision and law."
                " Write one of decision, adequate and law; another line for another thing."
            ),
        ),
        (
            "{decision: us_dpf, ends_before: 2026-12-01, last_day: 2026-12-01, source: x}",
            (
                "2:57 decisions[0].last_day: an entry ends once, and ends_before is written too."
                " Keep ends_before for an annulment or a repeal, last_day for an expiry."
            ),
        ),
        (
            "{law: US_FISA, last_day: 2027-03-31, source: x}",
            '2:9 decisions[0].law: no law has the code "US_FISA". Did you mean US_FISA702?',
        ),
        (
            "{decision: us_dpf, in_force_from: 2026-12-01, source: x}",
            (
                "2:37 decisions[0].in_force_from: in_force_from says nothing about a line of decision."
                " Write only eea_efta_from, ends_before, last_day with it."
            ),
        ),
        (
            "{decision: us_dpf, ends_befor: 2026-12-01, source: x}",
            "2:22 decisions[0].ends_befor: this key is not known. Did you mean ends_before?",
        ),
    ],
)
def test_a_line_that_cannot_be_says_why_and_where(tmp_path: Path, line: str, said: str) -> None:
    """With file, line, column and what to write."""
    assert f"decisions.yaml:{said}" in _said(tmp_path, f"- {line}")


def test_two_lines_about_one_decision_are_one_too_many(tmp_path: Path) -> None:
    """Under whatever name."""
    text = (
        "- {decision: us_dpf, ends_before: 2026-12-01, source: x}\n"
        '- {decision: "2023/1795", ends_before: 2027-12-01, source: y}'
    )
    assert _said(tmp_path, text) == [
        "decisions.yaml:3:14 decisions[1].decision: decisions[0] speaks of the same already. Write one line for it."
    ]


def test_the_example_of_the_handbook_can_be_written(root: Path, tmp_path: Path) -> None:
    """Every line of it."""
    page = (root / "docs" / "law.md").read_text(encoding="utf-8")
    example = page.partition("# decisions.yaml\ndecisions:\n")[2].partition("```")[0]

    assert [line.about for line in _lines(tmp_path, example)] == [*["decision"] * 3, "adequate", "adequate", "law"]
