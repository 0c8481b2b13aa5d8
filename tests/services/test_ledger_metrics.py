"""What a real Prometheus adds up is what the ledger holds, record for record and octet for octet."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl
import pytest
from prometheus_client import CollectorRegistry

from monitor.app import build_pipeline, build_writer
from monitor.demo import SEED, DemoSite, GoingOn
from monitor.inputs import AUTO, find_inputs
from monitor.keeping import Keeping
from monitor.ledger import read
from monitor.ledger.store import open_ledger
from monitor.metering import Metering
from monitor.metrics.counters import Metrics
from monitor.replay import Replay
from monitor.reports import Reports
from monitor.sums import Summation
from monitor.web.portal import Health, Served, portal
from monitor.world.live import Live
from monitor.world.site import site_files, write_site
from tests.monitor.ledger.keepers import FROM, TODAY, UNTIL, Keeper
from tests.services.portals import served
from tests.services.prometheus import Prometheus, scraping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from monitor.app import Knowledge

_STEPS: Final = 6
_PACE: Final = timedelta(hours=2)
_OUTCOMES: Final = {"broken": "broken", "no_time": "skipped"}
_REPLAY: Final = """
import sys
from monitor.cli import app
try:
    app(["replay", "-c", sys.argv[1], "--ledger", sys.argv[2], sys.argv[3]])
except SystemExit as ended:
    assert not ended.code, ended.code
print([name for name in ("monitor.metering", "monitor.metrics.counters", "prometheus_client") if name in sys.modules])
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the ledger says."""

    transfers: pl.DataFrame
    probes: pl.DataFrame
    coverage: pl.DataFrame
    outcomes: pl.DataFrame

    def by(self, *labels: str) -> pl.DataFrame:
        """Counted transfers by some of their columns."""
        measures = pl.col("records", "octets_out", "octets_in").sum()
        return self.transfers.filter("counted").group_by(labels).agg(measures)


@dataclass(frozen=True, slots=True)
class Both:
    """A world that was judged live while a Prometheus looked on."""

    asked: Prometheus
    kept: Kept
    site: DemoSite

    def sums(self, query: str, *labels: str) -> dict[tuple[str, ...], float]:
        """Answer of a query, by the values of labels."""
        return {
            tuple(each["metric"].get(label, "") for label in labels): float(each["value"][1])
            for each in self.asked.answer(query)
            if float(each["value"][1])
        }


@pytest.fixture(scope="module")
def both(
    service: Callable[[str], Path], knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Both]:
    """Half a day in steps of two hours: scraped at zero, then while it goes on, then when it has stopped."""
    executable = service("prometheus")
    site = DemoSite(tmp_path_factory.mktemp("demo"))
    write_site(site_files(), site.directory)
    site.logs.mkdir()
    keeper = Keeper.of(site.config, knowledge)
    registry = CollectorRegistry()
    with pytest.MonkeyPatch.context() as patched, open_ledger(site.ledger, create=True) as ledger:
        patched.setattr("monitor.demo.PACE", _PACE)
        writer = build_writer(keeper.site, knowledge, ledger, TODAY)
        metering = Metering(Metrics(registry), ledger)
        metering.start(keeper.site, knowledge, writer)
        stages = Replay(build_pipeline(keeper.site, knowledge), Summation.of(keeper.site))
        going_on = GoingOn(
            site=site,
            keeping=Keeping(stages, writer, committed=metering.committed),
            inputs=lambda paths: find_inputs(list(paths), AUTO, keeper.site).inputs,
            live=Live(site.directory, SEED, scale=0.05),
        )
        reports = Reports(keeper.site, knowledge, ledger)
        application = portal(
            Served(
                keeper.site.name,
                registry,
                lambda: Health(is_well=True, says="", facts={}),
                reports.months,
                reports.page,
                reports.figures,
            )
        )
        with (
            served(application) as port,
            scraping(executable, port, tmp_path_factory.mktemp("prometheus")) as asked,
        ):
            asked.wait_for('transferwatch_source_records_total{outcome="judged"} == 0')
            for _ in range(_STEPS):
                going_on.step()
            metering.tick(going_on.now)
            asked.wait_for("transferwatch_closed_hour_timestamp_seconds")
            with ledger.reading() as connection:
                kept = Kept(
                    read.transfers_of(connection, FROM, UNTIL),
                    read.probes_of(connection, FROM, UNTIL),
                    read.coverage_of(connection, FROM, UNTIL),
                    read.outcomes_of(connection, FROM, UNTIL),
                )
            yield Both(asked, kept, site)


def test_records_by_verdict_are_those_of_the_ledger(both: Both) -> None:
    """Of both axes."""
    verdicts = ("place_verdict", "control_verdict")
    expected = {row[:2]: row[2] for row in both.kept.by(*verdicts).rows()}

    assert len(expected) > 5
    for metric in ("transfer", "verdict"):
        query = f"sum by (place_verdict, control_verdict) (transferwatch_{metric}_records_total)"
        assert both.sums(query, *verdicts) == expected


@pytest.mark.parametrize("way", ["out", "in"])
def test_octets_by_system_and_verdict_are_those_of_the_ledger(both: Both, way: str) -> None:
    """To the octet, each way."""
    labels = ("system", "place_verdict")
    sums = both.kept.by(*labels).with_columns(pl.col("system").fill_null("none"))
    expected = {row[:2]: row[2] for row in sums.select(*labels, f"octets_{way}").rows() if row[2]}

    assert expected
    for metric in ("transfer", "verdict"):
        query = f'sum by (system, place_verdict) (transferwatch_{metric}_octets_total{{way="{way}"}})'
        assert both.sums(query, *labels) == expected


def test_totals_are_those_of_the_ledger(both: Both) -> None:
    """All records and all octets, in one number each."""
    counted = both.kept.transfers.filter("counted")
    expected = {
        "sum(transferwatch_transfer_records_total)": _sum(counted, "records"),
        "sum(transferwatch_transfer_octets_total)": _sum(counted, "octets_out") + _sum(counted, "octets_in"),
        "sum(transferwatch_probes_records_total)": _sum(both.kept.probes.filter("counted"), "records"),
        "sum(transferwatch_uncounted_records_total)": sum(
            _sum(frame.filter(~pl.col("counted")), "records") for frame in (both.kept.transfers, both.kept.probes)
        ),
    }

    assert min(expected.values()) > 0
    assert {query: both.asked.value(query) for query in expected} == expected


def test_records_of_the_source_are_those_of_the_ledger(both: Both) -> None:
    """Judged, not ours, broken and without time: each record has one of these."""
    seen = both.kept.coverage.filter(pl.col("state") == "ok")
    not_ours = _sum(seen, "not_ours_records")
    expected = {("judged",): _sum(seen, "records") - not_ours, ("not_ours",): not_ours}
    for outcome, records in both.kept.outcomes.group_by("outcome").agg(pl.col("records").sum()).rows():
        expected[_OUTCOMES[outcome],] = records
    query = "sum by (outcome) (transferwatch_source_records_total)"

    assert both.sums(query, "outcome") == {outcome: records for outcome, records in expected.items() if records}
    assert expected["judged",] == _sum(both.kept.transfers, "records") + _sum(both.kept.probes, "records")


def test_the_closed_hour_is_that_of_the_ledger(both: Both) -> None:
    """Its octets are what the ledger has of that hour."""
    begin = int(both.asked.value("transferwatch_closed_hour_timestamp_seconds"))
    hour = both.kept.transfers.filter("counted", pl.col("hour").dt.epoch("s") == begin)
    octets = {("out",): hour["octets_out"].sum(), ("in",): hour["octets_in"].sum()}

    assert both.sums("sum by (way) (transferwatch_closed_hour_octets)", "way") == octets


def _sum(frame: pl.DataFrame, measure: str) -> int:
    return int(frame[measure].sum())


def test_replay_tells_no_metric(both: Both, tmp_path: Path, root: Path) -> None:
    """Years of logs that are read back are no traffic of today: the command does not even load what counts."""
    arguments = [str(each) for each in (both.site.config, f"sqlite:///{tmp_path / 'ledger.db'}", both.site.logs)]
    done = subprocess.run(
        [sys.executable, "-c", _REPLAY, *arguments], cwd=root, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "[]")
