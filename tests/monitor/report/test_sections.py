"""Which transfers stand together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from monitor import kept, schema
from monitor.report.sections import OUTSIDE, SECTIONS, with_derived
from tests.monitor.report.months import given_month

if TYPE_CHECKING:
    from monitor.report.sections import Section


def test_every_verdict_is_outside_or_has_its_own_figures() -> None:
    """A new verdict cannot fall between the tables."""
    elsewhere = {"internal", "eea", "not_a_transfer", "undetermined"}

    assert set(schema.PLACE_VERDICTS.categories) == {*OUTSIDE, *elsewhere}


def test_sections_have_names_of_their_own() -> None:
    """An id names one."""
    names = [section.name for section in SECTIONS]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("section", [pytest.param(each, id=each.name) for each in SECTIONS if each.name != "uncounted"])
def test_uncounted_rows_are_in_no_section_but_their_own(section: Section) -> None:
    """They would be counted twice."""
    rows = given_month({"counted": False, "activity": "admin", "direction": "inbound", "register_entries": ["T-1"]})

    assert with_derived(rows.transfers).filter(section.rows).height == 0


def test_place_is_the_country_or_its_candidates() -> None:
    """Candidates in the order of the letters; none is null."""
    given = given_month(
        {"place_country": "US", "place_candidates": ["US"]},
        {"place_country": None, "place_candidates": ["US", "GB"]},
        {"place_country": None, "place_candidates": []},
    )

    assert with_derived(given.transfers)["place"].to_list() == ["US", "GB/US", None]


def test_lines_are_told_apart_by_what_the_ledger_keeps() -> None:
    """So that the rows behind a figure can be found."""
    known = {*kept.KEY_NAMES, "place", "laws", "entry", "done", kept.RESTS_ON}

    assert {name for section in SECTIONS for name in section.by} <= known


def test_administration_from_third_countries_is_what_we_did_not_begin() -> None:
    """Unknown is not "us"."""
    ways = [{"activity": "admin", "direction": way} for way in ("inbound", "outbound", "unknown")]
    section = next(each for each in SECTIONS if each.name == "admin-outside")
    rows = with_derived(given_month(*ways).transfers).filter(section.rows)

    assert rows["direction"].to_list() == ["inbound", "unknown"]
    assert rows.select(pl.col("place_verdict").unique()).item() == "uncovered"


def _taken(name: str, *rows: dict[str, object]) -> list[tuple[object, ...]]:
    """What one section takes of rows, by whose people acted and what became of it."""
    section = next(each for each in SECTIONS if each.name == name)
    taken = with_derived(given_month(*rows).transfers).filter(section.rows)
    return taken.select("actor_kind", "done").rows()


_TOLD: dict[str, object] = {"event": "admin", "activity": "admin", "direction": "inbound"}
_ACTS: tuple[dict[str, object], ...] = (
    {},
    {**_TOLD, "actor_kind": "customer", "success": True},
    {**_TOLD, "actor_kind": "customer", "success": False, "counted": False},
    {**_TOLD, "actor_kind": "provider", "success": None, "place_verdict": "eea"},
    {**_TOLD, "actor_kind": "provider", "success": False, "counted": False},
    {**_TOLD, "actor_kind": "service", "success": True, "counted": False},
)


def test_access_by_the_providers_people_stands_apart_wherever_they_are() -> None:
    """What they tried in vain does not."""
    assert _taken("provider-access", *_ACTS) == [("provider", None)]


def test_all_that_administration_logs_tell_is_in_one_table() -> None:
    """Flows to administration ports are not: they tell of no act."""
    flow: dict[str, object] = {"activity": "admin", "direction": "inbound"}

    assert sorted(_taken("admin-acts", *_ACTS, flow), key=str) == [
        ("customer", "done"),
        ("customer", "failed"),
        ("provider", "failed"),
        ("provider", None),
        ("service", "done"),
    ]


def test_an_operator_is_shown_with_the_service_on_its_host() -> None:
    """A European host is not exposed by itself because a foreign service runs there."""
    given = given_month(
        {"operator": "ovh", "named_operator": None},
        {"operator": "ovh", "named_operator": "salesforce"},
        {"operator": None, "named_operator": "salesforce"},
        {"operator": None, "named_operator": None},
    )

    assert with_derived(given.transfers)["operator"].to_list() == ["ovh", "ovh+salesforce", "salesforce", None]
