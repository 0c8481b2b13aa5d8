"""Which adequacy decisions, frameworks and reach laws are in force, on the shipped files."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.law.regimes import DIRECTORY, Regimes, load_regimes
from monitor.law.territories import Status, load_territories
from monitor.problem import ProblemsFound
from monitor.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def regimes() -> Regimes:
    """The shipped files."""
    return load_regimes()


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NOW = _at("2026-11-23T12:00:00")


@pytest.mark.parametrize(
    ("moment", "frameworks"),
    [
        ("2000-10-31T22:59:59", []),
        ("2000-10-31T23:00:00", ["us_safe_harbour"]),
        ("2015-10-05T21:59:59", ["us_safe_harbour"]),
        ("2015-10-05T22:00:00", []),
        ("2016-07-20T00:00:00", []),
        ("2016-07-31T21:59:59", []),
        ("2016-07-31T22:00:00", ["us_privacy_shield"]),
        ("2020-07-15T21:59:59", ["us_privacy_shield"]),
        ("2020-07-15T22:00:00", []),
        ("2023-07-09T21:59:59", []),
        ("2023-07-09T22:00:00", ["us_dpf"]),
        ("2026-11-23T12:00:00", ["us_dpf"]),
    ],
)
def test_a_list_can_be_relied_on_from_its_opening_to_its_annulment(
    regimes: Regimes, moment: str, frameworks: list[str]
) -> None:
    """The United States, one second either side of every change."""
    assert [entry.framework for entry in regimes.frameworks("US", _at(moment))] == frameworks


def test_privacy_shield_was_in_force_before_its_list_opened(regimes: Regimes) -> None:
    """Adopted on 2016-07-12, usable from 2016-08-01."""
    shield = next(entry for entry in regimes.decisions if entry.id == "us_privacy_shield")
    moment = _at("2016-07-20T00:00:00")
    assert [shield.in_force(moment), shield.usable(moment)] == [True, False]


@pytest.mark.parametrize(
    ("country", "moment", "number"),
    [
        ("GB", "2020-06-01T12:00:00", None),
        ("GB", "2021-05-01T12:00:00", None),
        ("GB", "2021-06-27T21:59:59", None),
        ("GB", "2021-06-27T22:00:00", "(EU) 2021/1772"),
        ("GB", "2021-07-01T12:00:00", "(EU) 2021/1772"),
        ("GB", "2025-12-18T22:59:59", "(EU) 2021/1772"),
        ("GB", "2025-12-18T23:00:00", "renewal of (EU) 2021/1772"),
        ("GB", "2025-12-27T23:00:00", "renewal of (EU) 2021/1772"),
        ("GB", "2026-01-01T12:00:00", "renewal of (EU) 2021/1772"),
        ("GB", "2031-12-27T22:59:59", "renewal of (EU) 2021/1772"),
        ("GB", "2031-12-27T23:00:00", None),
        ("HU", "2004-04-30T21:59:59", "2000/519/EC"),
        ("HU", "2004-04-30T22:00:00", None),
        ("EPO", "2025-07-14T21:59:59", None),
        ("EPO", "2025-07-14T22:00:00", "(EU) 2025/1382"),
        ("BR", "2026-01-25T22:59:59", None),
        ("BR", "2026-01-25T23:00:00", "(EU) 2026/179"),
        ("US", "2026-01-01T00:00:00", None),
        ("GI", "2026-01-01T00:00:00", None),
    ],
)
def test_the_decision_of_a_country_turns_at_midnight_in_brussels(
    regimes: Regimes, country: str, moment: str, number: str | None
) -> None:
    """Expiries cover their last day, overlapping decisions name the later one."""
    decision = regimes.decision(country, _at(moment))
    assert (decision.number if decision else None) == number


def test_the_united_kingdom_is_covered_at_every_instant_since_it_left(regimes: Regimes) -> None:
    """Transition, bridge and adequacy meet without a gap."""
    territories = load_territories()
    edges = regimes.change_instants() | territories.change_instants()
    moments = [edge for edge in edges if _at("2020-01-31T23:00:00") <= edge < _at("2031-12-27T23:00:00")]
    covered = [
        territories.status("GB", moment) is Status.TRANSITION or regimes.decision("GB", moment) is not None
        for moment in moments
    ]
    assert (all(covered), len(moments) > 1) == (True, True)


def test_adequate_countries_today(regimes: Regimes) -> None:
    """Whole-country decisions in force at the date of the files."""
    countries = {entry.country for entry in regimes.decisions if regimes.decision(entry.country, NOW)}
    assert sorted(countries) == sorted(
        ["AD", "AR", "BR", "CH", "EPO", "FO", "GB", "GG", "IL", "IM", "JE", "JP", "KR", "NZ", "UY"]
    )


def test_canada_needs_a_finding_about_the_importer(regimes: Regimes) -> None:
    """PIPEDA covers commercial recipients only."""
    assert [regimes.decision("CA", NOW), [entry.framework for entry in regimes.frameworks("CA", NOW)]] == [
        None,
        ["ca_pipeda"],
    ]


def test_passenger_data_never_covers(regimes: Regimes) -> None:
    """A decision on airline records is no ground for anything seen here."""
    moment = _at("2005-01-01T00:00:00")
    kept = [entry.framework for entry in regimes.decisions if entry.in_force(moment) and entry.country == "US"]
    offered = [entry.framework for entry in regimes.frameworks("US", moment)]
    assert (sorted(str(name) for name in kept), offered) == (["passenger_data", "us_safe_harbour"], ["us_safe_harbour"])


def test_the_brazilian_switch_is_kept(regimes: Regimes) -> None:
    """Whether EEA-EFTA exporters may rely on it is arguable."""
    decision = regimes.decision("BR", NOW)
    assert decision is not None
    assert decision.eea_efta_exporters == "arguable"


def test_nothing_of_the_files_is_lost(regimes: Regimes) -> None:
    """23 decisions, five frameworks, 22 laws, four markers, three conflict rules."""
    counts = [len(regimes.decisions), len(regimes.framework_by_id), len(regimes.laws), len(regimes.markers)]
    assert [*counts, len(regimes.conflict_rules), len(regimes.pending), len(regimes.without_decision)] == [
        23, 5, 22, 4, 3, 1, 23,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "moment", "in_force"),
    [
        ("US_CLOUD_ACT", "2018-03-22T22:59:59", False),
        ("US_CLOUD_ACT", "2018-03-22T23:00:00", True),
        ("US_FISA702", "2026-06-12T12:00:00", True),
        ("US_FISA702", "2026-11-23T12:00:00", True),
        ("CN_NIL", "2017-06-27T21:59:59", False),
        ("CN_NIL", "2017-06-27T22:00:00", True),
    ],
)
def test_a_reach_law_has_a_first_day(regimes: Regimes, code: str, moment: str, *, in_force: bool) -> None:
    """FISA 702 stays live after its lapse, under the certifications."""
    assert regimes.law(code).in_force(_at(moment)) == in_force


def test_a_marker_is_not_a_law(regimes: Regimes) -> None:
    """Four codes of the fact base never make an operator exposed."""
    assert (sorted(regimes.markers), set(regimes.markers) & set(regimes.laws)) == (
        ["AT", "DEP_US_TECH", "EU_ONLY", "JP_NONE"],
        set(),
    )


def test_a_law_is_found_by_its_code(regimes: Regimes) -> None:
    """Country and weight come with it."""
    law = regimes.law("UK_IPA")
    assert (law.country, law.weight) == ("GB", "medium")


def test_a_marker_has_no_law(regimes: Regimes) -> None:
    """Asking for one is a mistake of the caller."""
    with pytest.raises(KeyError):
        regimes.law("EU_ONLY")


def test_countries_without_a_decision_have_none(regimes: Regimes) -> None:
    """The list of often-asked countries agrees with the decisions."""
    assert [code for code in regimes.without_decision if regimes.decision(code, NOW)] == []


def test_no_decision_concerns_a_member_state(regimes: Regimes) -> None:
    """A decision that still runs for a country inside would never be asked."""
    territories = load_territories()
    open_ones = {entry.country for entry in regimes.decisions if entry.in_force(NOW)}
    assert [country for country in open_ones if territories.status(country, NOW) is not Status.THIRD] == []


def _copy(tmp_path: Path, name: str, before: str, after: str) -> Path:
    shutil.copytree(shipped(DIRECTORY), tmp_path, dirs_exist_ok=True)
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert before in text
    (tmp_path / name).write_text(text.replace(before, after, 1), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "before", "after", "key", "what"),
    [
        ("adequacy.yaml", "country: CH", "country: UK", "country", "not a country code"),
        ("adequacy.yaml", "id: hu_2000_519", "id: ch_2000_518", "id", "written twice"),
        ("adequacy.yaml", "framework: us_dpf", "framework: us_dfp", "framework", "is not in frameworks.yaml"),
        ("adequacy.yaml", "usable_from: 2016-08-01", "usable_from: 2016-07-01", "usable_from", "before 2016-07-12"),
        ("adequacy.yaml", "ends_before: 2015-10-06", "ends_before: 1999-10-06", "ends_before", "not after"),
        (
            "adequacy.yaml",
            "last_day: 2031-12-27",
            "last_day: 2031-12-27\n    ends_before: 2030-01-01",
            "last_day",
            "ends once",
        ),
        ("reach_laws.yaml", "code: US_EO12333", "code: US_FISA702", "code", "written twice"),
        ("reach_laws.yaml", "code: EU_ONLY", "code: UK_IPA", "code", "a law already"),
        ("reach_laws.yaml", "weight: high", "weight: heavy", "weight", "heavy"),
        ("frameworks.yaml", "coverable: true", "coverable: yes", "coverable", "yes"),
    ],
)
def test_a_broken_file_is_a_problem_with_its_key(
    tmp_path: Path, name: str, before: str, after: str, key: str, what: str
) -> None:
    """Every mistake says its file and its line; none is a traceback."""
    with pytest.raises(ProblemsFound) as raised:
        load_regimes(_copy(tmp_path, name, before, after))
    problem = next(problem for problem in raised.value.problems if what in problem.what)
    assert (problem.file.endswith(name), problem.key.endswith(key), problem.line > 1) == (True, True, True)


def test_problems_of_several_files_come_together(tmp_path: Path) -> None:
    """One run shows everything."""
    _copy(tmp_path, "adequacy.yaml", "country: CH", "country: UK")
    (tmp_path / "reach_laws.yaml").write_text("laws: [", encoding="utf-8")
    with pytest.raises(ProblemsFound) as raised:
        load_regimes(tmp_path)
    assert {problem.file.rsplit("/", 1)[-1] for problem in raised.value.problems} == {
        "adequacy.yaml",
        "reach_laws.yaml",
    }


def test_the_digest_follows_the_files(regimes: Regimes, tmp_path: Path) -> None:
    """An end that is written is another law."""
    other = _copy(tmp_path, "adequacy.yaml", "framework: us_dpf", "ends_before: 2026-12-01\n    framework: us_dpf")
    assert load_regimes(other).digest != regimes.digest


def test_a_written_end_closes_the_framework(tmp_path: Path) -> None:
    """A judgment needs one line in a file and no release."""
    changed = "ends_before: 2026-12-01\n    framework: us_dpf"
    other = load_regimes(_copy(tmp_path, "adequacy.yaml", "framework: us_dpf", changed))
    moments = (_at("2026-11-30T22:59:59"), _at("2026-11-30T23:00:00"))
    assert [len(other.frameworks("US", moment)) for moment in moments] == [1, 0]
