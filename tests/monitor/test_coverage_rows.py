"""What is told of the looking: silences, losses, shares and ages, as rows for rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from monitor import kept
from monitor.coverage_rows import coverage_rows
from monitor.detect.detection import Detection
from monitor.detect.load import load_rules
from monitor.schema import frame_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_SAID: dict[str, Any] = {"source": "core", "state": "ok", "records": 5, "observer": "eni-1"}


def frame(columns: Sequence[Any], rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Rows of one of the ledger's tables."""
    schema = frame_schema(columns)
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)


def said(hours_ago: float, **values: object) -> dict[str, Any]:
    """What a source said then."""
    at = NOW - timedelta(hours=hours_ago)
    return {**_SAID, "hour": at.replace(minute=0), "first_time": at, "last_time": at, **values}


def found(
    *coverage: dict[str, Any],
    transfers: Sequence[dict[str, Any]] = (),
    networks: pl.DataFrame | None = None,
    began: datetime | None = None,
    **ages: int,
) -> list[tuple[str, str]]:
    """Rules that hold, and what they tell."""
    heard = kept.empty(kept.NETWORKS) if networks is None else networks
    transfers_ = frame(
        kept.TRANSFERS, [{"counted": True, "hour": NOW - timedelta(hours=1), **row} for row in transfers]
    )
    rows = coverage_rows(frame(kept.COVERAGE, coverage), transfers_, {"core": 3_600}, NOW, ages, heard, began)
    matches = Detection(load_rules()).coverage(rows).sort("rule")
    return list(matches.select("rule", "detail").iter_rows())


def test_a_source_that_speaks_is_no_finding() -> None:
    """It said something half an hour ago."""
    assert found(said(0.5)) == []


def test_a_source_that_fell_silent_is_one() -> None:
    """An hour is normal for it."""
    assert found(said(2)) == [("source_silent", "The source core is silent since 2026-11-25T10:00:00+00:00.")]


def test_a_source_that_never_spoke_is_one() -> None:
    """It is expected all the same."""
    assert found() == [("source_silent", "The source core is silent for a day or longer.")]


def test_an_interface_that_fell_silent_is_one() -> None:
    """Its source goes on."""
    spoke = [said(hour / 2) for hour in range(1, 40)]
    old = [said(hour, observer="eni-2") for hour in (20, 21, 22, 23)]
    assert [rule for rule, _ in found(*spoke, *old)] == ["observer_silent"]


def test_records_that_a_source_lost_are_one() -> None:
    """It says so itself."""
    lost = "The source core says dropped in the last 24 hours, of 5 records."
    assert found(said(0.5), said(0.5, state="dropped")) == [("records_lost", lost)]


@pytest.mark.parametrize(
    ("minutes", "rules"),
    [(1, []), (59, []), (61, ["source_silent"])],
)
def test_a_source_that_was_never_heard_is_silent_since_somebody_listens(minutes: int, rules: list[str]) -> None:
    """And not for a day in the first minute."""
    assert [rule for rule, _ in found(began=NOW - timedelta(minutes=minutes))] == rules


def test_a_high_share_of_undetermined_is_one_for_the_system() -> None:
    """Half of the octets."""
    usual = {"system": "workbench", "records": 900, "octets_out": 50, "octets_in": 50}
    rows = [{**usual, "place_verdict": "eea"}, {**usual, "place_verdict": "undetermined"}]
    told = "Of the octets of workbench in the last 24 hours 50 % are undetermined in place, anycast apart."
    assert found(said(0.5), transfers=rows) == [("undetermined_share_high", told)]


def test_a_day_of_content_networks_wakes_nobody() -> None:
    """Where an anycast address answers no source can say, on a busy day no more than on others."""
    usual = {"system": "workbench", "records": 2_000, "octets_out": 100}
    rows = [{**usual, "place_verdict": "undetermined", "place_reason": "anycast"}]

    assert found(said(0.5), transfers=rows) == []


def test_old_knowledge_is_one() -> None:
    """Both of them."""
    rules = [rule for rule, _ in found(said(0.5), atlas=91, law=181)]
    assert rules == ["atlas_stale", "law_stale"]


def test_inputs_that_cannot_be_read_are_one() -> None:
    """They are no word of their source."""
    told = "Of the source core, 2 inputs of the last 24 hours cannot be read."
    silent = "The source core is silent since 2026-11-25T10:00:00+00:00."
    rows = said(2), said(0.5, state="unreadable", statements=2, records=0, observer=None)

    assert found(*rows) == [("records_lost", told), ("source_silent", silent)]


def test_a_network_of_ours_of_which_nothing_is_told_any_more_is_one() -> None:
    """Its source goes on."""
    spoke = [said(hour / 2) for hour in range(1, 40)]
    told = {"source": "core", "system": "warehouse", "network": "10.20.0.0/16"}
    heard = [{**said(hour), **told} for hour in (20, 21, 22, 23)]
    networks = frame(kept.NETWORKS, [{name: row[name] for name in frame_schema(kept.NETWORKS)} for row in heard])

    assert found(*spoke, networks=networks) == [
        (
            "observer_silent",
            "The source core tells of 10.20.0.0/16 (warehouse) no more since 2026-11-24T16:00:00+00:00.",
        )
    ]
