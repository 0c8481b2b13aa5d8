"""`law`: the law of a day, and of a site."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.monitor.commands.running import run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("loaded_once")


@pytest.mark.parametrize("at", ["2020-07-16", "2020-07-16T08:00:00Z", "2020-07-16T10:00:00+02:00"])
def test_law_takes_a_day_or_an_instant(at: str) -> None:
    """All three lie on the day on which the Privacy Shield was annulled."""
    result = run("law", "--at", at, "--country", "US", "--json")

    assert (result.exit_code, bool(json.loads(result.stdout))) == (0, True)


def test_instant_outside_the_calendar_is_a_usage_error() -> None:
    """In UTC it would be in the year 0."""
    assert run("law", "--at", "0001-01-01T00:00:00+10:00").exit_code == 2


def test_law_of_a_site_is_the_shipped_one_with_its_own_decisions(tmp_path: Path) -> None:
    """Kenya is adequate where the site says so, and nowhere else."""
    (tmp_path / "decisions.yaml").write_text(
        "decisions: [{adequate: KE, number: 2027/123, in_force_from: 2027-01-01, source: OJ}]\n", encoding="utf-8"
    )
    (tmp_path / "inventory.yaml").write_text(
        "systems: [{id: a, networks: [10.0.0.0/8], data_class: health}]\n", encoding="utf-8"
    )
    config = tmp_path / "transferwatch.yaml"
    config.write_text(
        "site: a\nexporter: {name: A, country: FR}\ninventory: inventory.yaml\nlaw: [decisions.yaml]\n",
        encoding="utf-8",
    )
    asked = ("law", "--at", "2027-06-01", "--country", "KE", "--json")
    standings = [json.loads(run(*asked, *more).stdout)["standing"]["standing"] for more in ((), ("-c", str(config)))]

    assert standings == ["none", "adequate"]
    assert run("check", "-c", str(config)).stdout.rstrip().endswith("0 sources, 1 own decision.")
