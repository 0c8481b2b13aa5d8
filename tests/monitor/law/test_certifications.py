"""When an importer's certification holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from monitor.document import Document
from monitor.fields import Surroundings
from monitor.law.certifications import Certifications, fit_certifications
from monitor.yaml_text import read_yaml

if TYPE_CHECKING:
    from monitor.problem import Problem

_DAYS = "valid_from: 2023-09-01, valid_to: 2024-08-31"
_LINE = f'  - {{framework: us_dpf, importer: example, covers: [non_hr], {_DAYS}, source: "List"}}'
_TEXT = f"certifications:\n{_LINE}\n"


def _read(text: str) -> tuple[Certifications | None, list[str]]:
    data = read_yaml(text).data
    assert isinstance(data, dict)
    problems: list[Problem] = []
    zone = Surroundings(timezone=ZoneInfo("Europe/Paris"))
    loaded = fit_certifications(Document("certifications.yaml", text, data), problems, zone)
    return loaded, [problem.what for problem in problems]


def _holds(text: str, moment: datetime) -> bool:
    loaded, problems = _read(text)
    assert problems == []
    assert loaded is not None
    return loaded.certifications[0].holds(moment)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2023, 8, 31, 21, 59, 59, tzinfo=UTC), False),
        (datetime(2023, 8, 31, 22, tzinfo=UTC), True),
        (datetime(2024, 8, 31, 21, 59, 59, tzinfo=UTC), True),
        (datetime(2024, 8, 31, 22, tzinfo=UTC), False),
    ],
)
def test_both_days_are_included_in_the_zone_of_the_site(moment: datetime, *, expected: bool) -> None:
    """From midnight in Paris to midnight in Paris."""
    assert expected == _holds(_TEXT, moment)


def test_an_unverified_certification_covers_nothing() -> None:
    """What nobody looked up is not relied on."""
    assert _holds(_TEXT.replace("source", "verified: false, source"), datetime(2024, 1, 1, tzinfo=UTC)) is False


def test_a_canadian_importer_need_not_say_what_is_covered() -> None:
    """PIPEDA applies by law, nobody signs up for kinds of data."""
    text = _TEXT.replace("us_dpf", "ca_pipeda").replace("covers: [non_hr], ", "")

    assert _holds(text, datetime(2024, 1, 1, tzinfo=UTC)) is True


def test_certifications_change_with_their_days() -> None:
    """First day and the day after the last, in UTC."""
    loaded, _ = _read(_TEXT)

    assert loaded is not None
    assert (datetime(2023, 8, 31, 22, tzinfo=UTC), datetime(2024, 8, 31, 22, tzinfo=UTC)) == loaded.change_instants()


def test_the_digest_is_of_the_content() -> None:
    """A comment changes nothing, a day does."""
    digests = [
        loaded.digest
        for loaded, _ in (_read(_TEXT), _read("# x\n" + _TEXT), _read(_TEXT.replace("31", "30")))
        if loaded
    ]

    assert [digests[0] == digests[1], digests[0] == digests[2]] == [True, False]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("us_dpf", "us_dfp", '"us_dfp" is not one of the choices.'),
        ("covers: [non_hr], ", "", "a certification under us_dpf says which data it covers."),
        ("non_hr", "patients", '"patients" is not one of the choices.'),
        ("2024-08-31", "2022-08-31", "2022-08-31 is before valid_from, 2023-09-01."),
        (', source: "List"', "", "this key is missing."),
        (_LINE, f"{_LINE}\n{_LINE}", "certifications[0] already says the same."),
    ],
)
def test_a_certification_that_cannot_be_right_is_a_problem(old: str, new: str, what: str) -> None:
    """One mistake, one sentence."""
    assert (None, [what]) == _read(_TEXT.replace(old, new))
