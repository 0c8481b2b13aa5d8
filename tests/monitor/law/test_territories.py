"""How a country stands to the GDPR area at an instant, on the shipped file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.law.territories import FILE, Status, Territories, load_territories
from monitor.problem import ProblemsFound
from monitor.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def territories() -> Territories:
    """The shipped file."""
    return load_territories()


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NOW = _at("2026-11-23T12:00:00")


@pytest.mark.parametrize(
    ("country", "moment", "status"),
    [
        ("GB", "2020-01-31T22:59:59", Status.EEA),
        ("GB", "2020-01-31T23:00:00", Status.TRANSITION),
        ("GB", "2020-06-01T12:00:00", Status.TRANSITION),
        ("GB", "2020-12-31T22:59:59", Status.TRANSITION),
        ("GB", "2020-12-31T23:00:00", Status.TRANSITION),
        ("GB", "2021-05-01T12:00:00", Status.TRANSITION),
        ("GB", "2021-06-27T21:59:59", Status.TRANSITION),
        ("GB", "2021-06-27T22:00:00", Status.THIRD),
        ("GB", "2021-07-01T12:00:00", Status.THIRD),
        ("GB", "2026-01-01T12:00:00", Status.THIRD),
        ("GI", "2020-12-31T22:59:59", Status.TRANSITION),
        ("GI", "2020-12-31T23:00:00", Status.THIRD),
        ("HR", "2013-06-30T21:59:59", Status.THIRD),
        ("HR", "2013-06-30T22:00:00", Status.EEA),
        ("NO", "1993-12-31T22:59:59", Status.THIRD),
        ("NO", "1993-12-31T23:00:00", Status.EEA),
        ("NO", "2018-07-01T00:00:00", Status.EEA),
        ("YT", "2013-12-31T22:59:59", Status.REVIEW),
        ("YT", "2013-12-31T23:00:00", Status.EEA),
        ("BL", "2011-12-31T22:59:59", Status.EEA),
        ("BL", "2011-12-31T23:00:00", Status.REVIEW),
    ],
)
def test_a_status_turns_at_midnight_in_brussels(
    territories: Territories, country: str, moment: str, status: Status
) -> None:
    """One second either side of each change, and days in between."""
    assert territories.status(country, _at(moment)) == status


def test_thirty_countries_are_members_of_the_area_today(territories: Territories) -> None:
    """27 Member States and three EEA-EFTA States."""
    members = {code for code, entry in territories.entries.items() if entry.kind in {"member", "eea_efta"}}
    inside = {code for code in members if territories.status(code, NOW) is Status.EEA}
    assert len(inside) == 30


@pytest.mark.parametrize("country", ["GF", "GP", "MQ", "RE", "YT", "MF", "AX", "IC", "EA"])
def test_a_territory_with_its_own_code_can_be_inside(territories: Territories, country: str) -> None:
    """Outermost regions and Åland count as inside."""
    assert territories.status(country, NOW) is Status.EEA


def test_seven_territories_are_left_to_the_policy(territories: Territories) -> None:
    """French territories under the French act, and Svalbard."""
    review = {code for code in territories.codes() if territories.status(code, NOW) is Status.REVIEW}
    assert review == {"BL", "PM", "PF", "NC", "WF", "TF", "SJ"}


@pytest.mark.parametrize("country", ["US", "CH", "GL", "FO", "GI", "PS", "TK", "XK", "PR", "EPO"])
def test_what_is_not_listed_as_inside_is_a_third_country(territories: Territories, country: str) -> None:
    """Adequacy does not change the status."""
    assert territories.status(country, NOW) is Status.THIRD


@pytest.mark.parametrize("code", ["EU", "AP", "A1", "A2", "T1", "ZZ", "XX", "UK", "", "QQ", "fr"])
def test_a_code_that_is_no_country_is_never_inside_or_outside(territories: Territories, code: str) -> None:
    """The databases' own words for "no idea", and words that nobody defined."""
    assert territories.status(code, NOW) is Status.PSEUDO


@pytest.mark.parametrize(
    ("territory", "state"),
    [
        ("PR", "US"),
        ("GU", "US"),
        ("VI", "US"),
        ("AS", "US"),
        ("MP", "US"),
        ("RE", "FR"),
        ("IC", "ES"),
        ("DE", "DE"),
        ("JE", "JE"),
    ],
)
def test_the_law_of_a_territory_is_that_of_the_state_named_in_the_file(
    territories: Territories, territory: str, state: str
) -> None:
    """A possession answers to its State, a crown dependency to itself."""
    assert territories.law_of(territory) == state


def test_a_territory_keeps_its_sovereign(territories: Territories) -> None:
    """Jersey has its own law and still belongs to the United Kingdom."""
    assert [territories.sovereign(code) for code in ("JE", "SJ", "FR")] == ["GB", "NO", "FR"]


def test_names_are_for_reading(territories: Territories) -> None:
    """A country, an organisation, and a code without a name."""
    assert [territories.name(code) for code in ("FR", "EPO", "A1")] == ["France", "European Patent Organisation", "A1"]


def test_nothing_of_the_file_is_lost(territories: Territories) -> None:
    """82 entries, four organisations, seven pseudo codes, four places without a code, 252 country codes."""
    counts = [len(territories.entries), len(territories.organisations), len(territories.pseudo_codes)]
    assert [*counts, len(territories.without_code), len(territories.codes())] == [82, 4, 7, 4, 252 + 4 + 7]


def test_the_status_changes_at_the_listed_instants_only(territories: Territories) -> None:
    """Nothing changes between two neighbouring change instants."""
    instants = sorted(territories.change_instants())
    assert (instants[-1], len(instants)) == (_at("2021-06-27T22:00:00"), 14)


def test_every_change_names_its_source(territories: Territories) -> None:
    """A date without a source cannot be checked."""
    assert [period for entry in territories.entries.values() for period in entry.periods if not period.source] == []


def test_the_digest_follows_the_file(territories: Territories, tmp_path: Path) -> None:
    """Another octet in the file is another law."""
    copy = tmp_path / "territories.yaml"
    copy.write_bytes(shipped(FILE).read_bytes() + b"# one more line\n")
    assert load_territories(copy).digest != territories.digest


@pytest.mark.parametrize(
    ("before", "after", "lines_below", "what"),
    [
        ("code: BE", "code: FR", 2, "FR is written twice."),
        ("from: 2020-02-01\n", "from: 2020-01-31\n", 0, "begins before the one above it ends"),
        ("last_day: 2020-12-31\n", "last_day: 2019-12-31\n", 0, "is before the first day"),
        ("last_day: 2020-12-31\n", "last_day: 2020-12-31\n        ends_before: 2021-01-01\n", 0, "an entry ends once"),
        ("code: ZZ", "code: FR", 0, "FR is a country."),
        ("code: EPO", "code: FR", 0, "FR is a country."),
        ("class: member", "class: membre", 0, "membre"),
        ("status: eea", "statut: eea", 0, "statut"),
    ],
)
def test_a_broken_file_is_a_problem_at_its_place(
    tmp_path: Path, before: str, after: str, lines_below: int, what: str
) -> None:
    """Every mistake says its line; none is a traceback."""
    text = shipped(FILE).read_text(encoding="utf-8")
    broken = tmp_path / "territories.yaml"
    broken.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ProblemsFound) as raised:
        load_territories(broken)
    lines = [problem.line for problem in raised.value.problems if what in f"{problem.key}: {problem.what}"]
    assert lines == [text[: text.index(before)].count("\n") + 1 + lines_below]
