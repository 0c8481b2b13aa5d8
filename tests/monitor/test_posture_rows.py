"""Systems and hosts as rows for rules: verdicts of the day, the entry that holds, what the old host still carries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from monitor import kept
from monitor.app import build_grounds, open_site, rules_of
from monitor.detect.detection import Detection
from monitor.posture_rows import posture_rows
from monitor.schema import frame_schema
from tests.judging import Site

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.config import Site as LoadedSite

NOW = datetime(2027, 6, 20, 12, tzinfo=UTC)
_INVENTORY = """
systems:
  - id: warehouse
    networks: [10.20.0.0/16]
    data_class: health
    hosting:
      - {operator: microsoft_azure, country: FR, keys: provider, from: 2019-06-01}
      - {operator: scaleway, country: FR, keys: customer, networks: [10.20.128.0/17], from: 2026-09-01}
    transition: {target: scaleway, deadline: 2027-06-30}
  - {id: archive, networks: [10.40.0.0/16], data_class: health, hosting: {operator: as64500, country: IN}}
  - {id: mirror, networks: [10.41.0.0/16], data_class: public, hosting: {operator: as64500, country: CH}}
  - {id: lab, networks: [10.50.0.0/16], data_class: health}
"""


@pytest.fixture
def site(knowledge: Knowledge, tmp_path: Path) -> LoadedSite:
    """A site with four systems."""
    return open_site(Site(inventory=_INVENTORY).write(tmp_path), knowledge.operators)


def told(site: LoadedSite, knowledge: Knowledge, *transfers: dict[str, Any]) -> pl.DataFrame:
    """Its posture, with what the ledger says of the last day."""
    schema = frame_schema(kept.TRANSFERS)
    usual = {"counted": True, "records": 3, "octets_out": 10, "octets_in": 1, "hour": NOW - timedelta(hours=2)}
    rows = pl.DataFrame([dict.fromkeys(schema) | usual | row for row in transfers], schema=schema)
    return posture_rows(site.inventory, build_grounds(site, knowledge), NOW, rows)


def test_each_host_that_holds_has_a_row(site: LoadedSite, knowledge: Knowledge) -> None:
    """A system whose host the inventory does not name has none."""
    rows = told(site, knowledge).select("system", "operator", "place_verdict", "control_verdict").rows()
    assert rows == [
        ("warehouse", "microsoft_azure", "eea", "exposed"),
        ("warehouse", "scaleway", "eea", "eea"),
        ("archive", "as64500", "uncovered", "undetermined"),
        ("mirror", "as64500", "adequate", "undetermined"),
    ]


def test_the_old_host_tells_what_it_still_carries(site: LoadedSite, knowledge: Knowledge) -> None:
    """What is older than a day, or does not count, is not told."""
    here = {"system": "warehouse", "hosting_operator": "microsoft_azure"}
    old = {**here, "hour": NOW - timedelta(hours=30)}
    rows = told(site, knowledge, here, {**here, "counted": False}, old)
    assert rows["records_last_day"].to_list() == [3, 0, 0, 0]


def test_days_are_counted_to_the_deadline(site: LoadedSite, knowledge: Knowledge) -> None:
    """Ten days before."""
    assert told(site, knowledge)["transition_days_left"].to_list() == [10, 10, None, None]


def test_shipped_rules_find_what_is_wrong_with_it(site: LoadedSite, knowledge: Knowledge) -> None:
    """The old host of the move, its keys, and the archive abroad."""
    rows = told(site, knowledge, {"system": "warehouse", "hosting_operator": "microsoft_azure"})
    found = Detection(rules_of(site)).posture(rows).select("rule", "system", "operator").sort("rule").rows()
    assert found == [
        ("hosted_in_third_country", "archive", "as64500"),
        ("keys_held_by_exposed_host", "warehouse", "microsoft_azure"),
        ("transition_deadline_near", "warehouse", "microsoft_azure"),
    ]
