"""The table of dated legal cases: enough, at the edges of the law, each with a point and a source of its own."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from monitor import schema
from monitor.attribution.operators import load_operators
from monitor.fields import day_begins, day_ends
from monitor.law.clauses import clauses_by_version
from monitor.law.days import BRUSSELS
from monitor.law.regimes import load_regimes
from monitor.law.territories import load_territories
from tests.cases.legal_case import load_cases, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    import polars as pl

    from tests.cases.legal_case import Case

_CASES = load_cases()
_ALL = [case for cases in _CASES.values() for case in cases]
_TERRITORIES = load_territories()
_REGIMES = load_regimes()
_LAW_EDGES = {
    *_TERRITORIES.change_instants(),
    *_REGIMES.change_instants(),
    *(edge for clauses in clauses_by_version().values() for edge in clauses.span(clauses.begins).edges()),
}
_SECOND = timedelta(seconds=1)

_OF_THE_ATLAS = {"sources_disagree", "global_service"}
"""Reasons that several sources of the atlas give, and no law."""


def _at_an_edge(moment: datetime, edges: Iterable[datetime]) -> bool:
    """Whether it is the first second of something or the last one before it."""
    return any(edge in {moment, moment + _SECOND} for edge in edges)


def _edges_of(case: Case) -> set[datetime]:
    """When something begins or ends that the case itself describes."""
    zone = ZoneInfo(case.timezone)
    edges: set[datetime] = set()
    for certified in case.certified:
        edges |= _days(certified.valid_from, certified.valid_to, zone)
    for entry in case.declared:
        edges |= _days(entry.valid_from, entry.valid_to, zone) | _days(entry.assessed, entry.next_review, zone)
    if case.company:
        dated = [(seat.begins, seat.ends_before) for seat in case.company.path]
        dated += [(law.begins, law.ends_before) for law in case.company.laws]
        edges |= {day_begins(day, BRUSSELS) for days in dated for day in days if day}
    return edges


def _days(first: date | None, last: date | None, zone: ZoneInfo) -> set[datetime]:
    return {*([day_begins(first, zone)] if first else []), *([day_ends(last, zone)] if last else [])}


def _group(country: str, moment: datetime) -> Sequence[object]:
    """What a country is to the law at an instant; two of one group differ by their names alone."""
    entry = _TERRITORIES.entries.get(country)
    kind = entry.kind if entry else "outside_the_union"
    return (
        "outside_the_union" if kind == "microstate" else kind,
        entry.sovereign if entry else None,
        _TERRITORIES.status(country, moment),
        _REGIMES.decision(country, moment) is not None,
        [decision.framework for decision in _REGIMES.frameworks(country, moment)],
    )


def _point(case: Case) -> str:
    """What the case is about: its facts, with each country by its group, and the instant only where it is an edge."""
    facts = plain(case, "id", "because", "source", "verified", "boundary", "at", "expected")
    told: Mapping[str, object] = {
        **{key: _grouped(value, case.at) for key, value in facts.items() if key != "exporter"},
        "exporter": _group(case.exporter, case.at),
        "at": case.at if case.boundary else None,
        "expected": plain(case)["expected"] | {"mechanism": None},
    }
    return json.dumps(told, sort_keys=True, default=str)


def _grouped(value: object, moment: datetime) -> object:
    if isinstance(value, str) and value in _TERRITORIES.codes():
        return _group(value, moment)
    if isinstance(value, dict):
        return {key: _grouped(each, moment) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_grouped(each, moment) for each in value]
    return value


def _words(words: pl.Enum) -> set[str]:
    return set(words.categories.to_list())


def test_there_are_enough_cases() -> None:
    """At least 150, of which 40 and more stand at an instant at which the law itself changes."""
    at_the_edge = [case for case in _ALL if case.boundary and _at_an_edge(case.at, _LAW_EDGES)]

    assert (len(_ALL) >= 150, len(at_the_edge) >= 40) == (True, True)


@pytest.mark.parametrize("case", [case for case in _ALL if case.boundary], ids=lambda case: case.id)
def test_a_boundary_case_stands_at_an_edge(case: Case) -> None:
    """Its instant is the first second of something, or the last second before."""
    assert _at_an_edge(case.at, _LAW_EDGES | _edges_of(case))


def test_every_case_at_an_edge_says_so() -> None:
    """Nobody has to find out that it is one."""
    unmarked = [case.id for case in _ALL if not case.boundary and _at_an_edge(case.at, _LAW_EDGES | _edges_of(case))]

    assert unmarked == []


def test_ids_are_unique() -> None:
    """Across all files."""
    ids = [case.id for case in _ALL]

    assert sorted(ids) == sorted(set(ids))


def test_no_two_cases_make_the_same_point() -> None:
    """Two that differ by a country of one group alone, or by an instant between the same edges, are one case."""
    seen: dict[str, str] = {}
    same = [(seen[point], case.id) for case in _ALL if seen.setdefault(point := _point(case), case.id) != case.id]

    assert same == []


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("place_verdict", _words(schema.PLACE_VERDICTS)),
        ("place_reason", _words(schema.PLACE_REASONS) - _OF_THE_ATLAS),
        ("control_verdict", _words(schema.CONTROL_VERDICTS)),
        ("control_reason", _words(schema.CONTROL_REASONS)),
    ],
)
def test_every_word_of_the_judge_has_a_case(key: str, words: set[str]) -> None:
    """Each verdict and each reason of the closed lists is expected somewhere."""
    expected = {getattr(case.expected, key) for case in _ALL} - {None}

    assert words - expected == set()


def test_every_known_operator_is_in_the_table() -> None:
    """A case that names a shipped operator names one that is there."""
    named = {case.operator for case in _ALL if case.operator}

    assert named - set(load_operators().by_id) == set()


def test_the_handbook_tells_how_many_there_are(root: Path) -> None:
    """docs/law.md gives the counts, file by file."""
    page = (root / "docs" / "law.md").read_text(encoding="utf-8")
    rows = [
        f"| `{theme}.yaml` | {len(cases)} | {sum(case.boundary for case in cases)} |" for theme, cases in _CASES.items()
    ]
    rows.append(f"| together | {len(_ALL)} | {sum(case.boundary for case in _ALL)} |")
    rows.append(f"{sum(_at_an_edge(case.at, _LAW_EDGES) for case in _ALL)} of them at an instant")

    assert [row for row in rows if row not in page] == []
