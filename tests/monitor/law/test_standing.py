"""How a country stands, as facts with sources."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.law.days import Span
from monitor.law.regimes import Regimes, load_regimes
from monitor.law.standing import decision_facts, law_facts, standing_of, when
from monitor.law.territories import Territories, load_territories

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def territories() -> Territories:
    """The shipped file."""
    return load_territories()


@pytest.fixture(scope="module")
def regimes() -> Regimes:
    """The shipped files."""
    return load_regimes()


@pytest.mark.parametrize(
    ("country", "moment", "standing"),
    [
        ("FR", "2026-11-24", "eea"),
        ("IS", "2026-11-24", "eea"),
        ("GB", "2020-06-01", "transition"),
        ("GB", "2021-05-01", "transition"),
        ("GB", "2026-11-24", "adequate"),
        ("GB", "2032-01-01", "none"),
        ("CH", "2026-11-24", "adequate"),
        ("EPO", "2026-11-24", "adequate"),
        ("US", "2026-11-24", "framework"),
        ("US", "2021-01-01", "none"),
        ("US", "2016-07-20", "none"),
        ("CA", "2026-11-24", "framework"),
        ("NC", "2026-11-24", "review"),
        ("RU", "2026-11-24", "none"),
        ("EU", "2026-11-24", "no_country"),
    ],
)
def test_a_country_stands_as_the_law_of_the_day_says(
    country: str, moment: str, standing: str, territories: Territories, regimes: Regimes
) -> None:
    """Each kind of standing, and that of a list that has not opened (US, 2016-07-20)."""
    found = standing_of(country, datetime.fromisoformat(f"{moment}T12:00:00+00:00"), territories, regimes)

    assert found["standing"] == standing


def test_a_period_carries_its_source(territories: Territories, regimes: Regimes) -> None:
    """With the mark of what was not read."""
    period = standing_of("IC", NOW, territories, regimes)["period"]

    assert (period["in_force_from"], period["source"], period["verified"]) == (
        "1986-01-01",
        "reserved code, Canary Islands; from memory",
        False,
    )


def test_talks_are_no_standing(territories: Territories, regimes: Regimes) -> None:
    """Kenya has talks and no decision."""
    found = standing_of("KE", NOW, territories, regimes)

    assert (found["standing"], [talks["what"] for talks in found["pending"]]) == (
        "none",
        ["dialogue since 2024-05-07, no decision found"],
    )


def test_a_decision_tells_its_list(regimes: Regimes) -> None:
    """What proves that an importer is on it."""
    decision = next(entry for entry in regimes.decisions if entry.id == "us_dpf")
    facts = decision_facts(decision, NOW, regimes)

    assert (facts["number"], facts["framework"]["id"], facts["when"]) == ("(EU) 2023/1795", "us_dpf", "present")
    assert facts["framework"]["evidence"].startswith("the active list of dataprivacyframework.gov")


def test_a_law_tells_whether_its_day_was_read(regimes: Regimes, territories: Territories) -> None:
    """Substance and day are marked apart."""
    facts = law_facts(regimes.law("US_FISA702"), NOW, territories)

    assert (facts["weight"], facts["verified"], facts["dates_verified"]) == ("high", True, False)


@pytest.mark.parametrize(
    ("moment", "where"),
    [
        ("2019-12-31T22:59:59", "future"),
        ("2019-12-31T23:00:00", "present"),
        ("2020-12-31T22:59:59", "present"),
        ("2020-12-31T23:00:00", "past"),
    ],
)
def test_a_span_is_past_present_or_future(moment: str, where: str) -> None:
    """One second either side of both ends."""
    year = datetime(2020, 1, 1, tzinfo=UTC).date()
    span = Span.of(year, last_day=year.replace(month=12, day=31))

    assert when(span, datetime.fromisoformat(f"{moment}+00:00")) == where
