"""Metrics in step with a ledger: zero at the start, then what is committed, and the hour that was closed last."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor.app import build_writer
from monitor.attribution.refresh.freshness import freshness_of
from monitor.attribution.refresh.store import SourceState, State
from monitor.attribution.refresh.wanted import Upkeep, Wanted
from monitor.keeping import Findings
from monitor.ledger import read
from monitor.metering import Metering
from tests.judging import HEADER, NOON, OURS, PORTAL, Gazetteer, line
from tests.kept_worlds import KeptSite
from tests.monitor.ledger.keepers import FROM, TODAY, UNTIL, measures
from tests.monitor.metrics.sums import Told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl
    from sqlalchemy import Connection

    from monitor.app import Knowledge
    from monitor.ledger.store import Ledger

_FAR = "13.38.0.1"
_HOUR = timedelta(hours=1)


class Meter:
    """A site whose files are kept while metrics listen."""

    def __init__(self, site: KeptSite, ledger: Ledger) -> None:
        self.site = site
        self.ledger = ledger
        self.told = Told()
        self.metering = Metering(self.told.metrics, ledger)
        self._number = 0

    def start(self) -> None:
        """Begin as the daemon does."""
        keeper = self.site.keeper
        writer = build_writer(keeper.site, keeper.knowledge, self.ledger, TODAY)
        self.metering.start(keeper.site, keeper.knowledge, writer)

    def keep(self, *lines: str) -> None:
        """Keep one more file."""
        self._number += 1
        log = self.site.directory / f"metered-{self._number}.log"
        log.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        for _ in self.site.keeper.steps(self.ledger, [log], Findings(), committed=self.metering.committed):
            pass


@pytest.fixture
def meter(tmp_path: Path, knowledge: Knowledge) -> Iterator[Meter]:
    """Metrics over an empty ledger, started."""
    site = KeptSite.of(tmp_path / "site", knowledge)
    with site.opened() as ledger:
        meter = Meter(site, ledger)
        meter.start()
        yield meter


def _at(moment: datetime, to: str = _FAR) -> str:
    return line(OURS, to, at=moment)


def test_everything_that_counts_starts_at_zero(meter: Meter) -> None:
    """Every system and every source has its series before the first record."""
    records = meter.told.series("transferwatch_verdict_records_total")
    sources = meter.told.series("transferwatch_source_records_total")

    assert {labels[0] for labels in records} == {"warehouse", "portal", "none"}
    assert {labels[0] for labels in sources} == {"aws_vpc"}
    assert set(records.values()) | set(sources.values()) == {0}


def test_the_versions_are_those_of_the_writer(meter: Meter) -> None:
    """The basis by which records are judged."""
    (labels,) = meter.told.series("transferwatch_build_info")

    assert labels[0] == meter.site.keeper.pipeline.basis


def test_what_is_committed_is_counted_as_the_ledger_has_it(meter: Meter) -> None:
    """Over several files: transfers, probes, records of the source, and what is not ours."""
    probe = line("198.51.100.9", PORTAL, at=NOON, packets=1, octets=40)
    stranger = line("198.51.100.9", "203.0.113.9", at=NOON)
    meter.keep(_at(NOON), probe, stranger, "broken")
    meter.keep(_at(NOON + _HOUR, "37.146.0.1"), _at(NOON + _HOUR))
    kept, probes = measures(meter.site.path), measures(meter.site.path, "probes")

    assert meter.told.total("transferwatch_transfer_records_total") == kept["records"] == 3
    assert meter.told.total("transferwatch_transfer_octets_total", way="out") == kept["octets_out"] == 15_000
    assert meter.told.total("transferwatch_probes_records_total") == probes["records"] == 1
    assert {labels[1]: value for labels, value in meter.told.series("transferwatch_source_records_total").items()} == {
        "judged": 4, "not_ours": 1, "broken": 1, "skipped": 0, "dropped": 0,
    }  # fmt: skip


def test_an_interface_that_stopped_is_shown_while_its_source_goes_on(meter: Meter) -> None:
    """With the last closed hour; one that speaks on is not."""
    spoke = [(hour, name) for name, hours in (("eni-1", 12), ("eni-2", 4)) for hour in range(hours)]
    meter.keep(*(line(OURS, _FAR, at=NOON + hour * _HOUR, interface_id=name) for hour, name in spoke))
    meter.metering.tick(NOON + 13 * _HOUR)

    assert meter.told.series("transferwatch_source_silent_observers") == {("aws_vpc",): 1}
    assert meter.told.series("transferwatch_source_silence_seconds") == {}


def test_what_was_kept_before_is_not_counted_again(meter: Meter) -> None:
    """A counter counts what this process has committed; a file without news commits nothing."""
    meter.keep(_at(NOON))
    log = meter.site.directory / "metered-1.log"
    for _ in meter.site.keeper.steps(meter.ledger, [log], Findings(), committed=meter.metering.committed):
        pass

    assert meter.told.total("transferwatch_transfer_records_total") == 1


def test_lag_is_since_the_newest_record_of_the_source(meter: Meter) -> None:
    """The largest end counts, whatever comes after it."""
    meter.keep(_at(NOON + _HOUR))
    meter.keep(_at(NOON))
    meter.metering.tick(NOON + 2 * _HOUR)

    assert meter.told.total("transferwatch_source_lag_seconds", source="aws_vpc") == 3600


def test_a_silent_source_has_no_lag_yet(meter: Meter) -> None:
    """Nothing is said of what is not known."""
    meter.metering.tick(NOON)

    assert meter.told.series("transferwatch_source_lag_seconds") == {}


def test_an_empty_ledger_shows_no_hour(meter: Meter) -> None:
    """Zero would be a claim."""
    meter.metering.tick(NOON)

    assert meter.told.series("transferwatch_closed_hour_timestamp_seconds") == {}


@pytest.mark.parametrize(
    ("newest", "shown"),
    [
        (NOON, datetime(2026, 10, 7, 9, tzinfo=UTC)),
        (NOON - timedelta(seconds=1), datetime(2026, 10, 7, 8, tzinfo=UTC)),
        (NOON + timedelta(minutes=59), datetime(2026, 10, 7, 9, tzinfo=UTC)),
    ],
)
def test_the_hour_shown_is_the_last_that_is_closed(meter: Meter, newest: datetime, shown: datetime) -> None:
    """Two hours of event time after its end, as the ledger closes it."""
    meter.keep(_at(shown), _at(shown - timedelta(seconds=1)), _at(shown + _HOUR), _at(newest))
    meter.metering.tick(newest)

    assert meter.told.total("transferwatch_closed_hour_timestamp_seconds") == shown.timestamp()
    assert meter.told.total("transferwatch_closed_hour_records") == 1


def test_a_closed_hour_is_shown_once(meter: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger is not asked again until the next hour is closed."""
    asked = []
    read_transfers = read.transfers_of

    def told(connection: Connection, begins: datetime, ends: datetime) -> pl.DataFrame:
        asked.append(begins)
        return read_transfers(connection, begins, ends)

    monkeypatch.setattr("monitor.metering.read.transfers_of", told)
    for minutes in (0, 10, 59, 60, 61):
        meter.keep(_at(NOON + timedelta(minutes=minutes)))
        meter.metering.tick(NOON)
        meter.metering.tick(NOON)

    assert asked == [NOON - 3 * _HOUR, NOON - 2 * _HOUR]


def test_the_largest_operators_of_the_ledger_have_the_first_names(tmp_path: Path, knowledge: Knowledge) -> None:
    """A process that starts over a ledger names them before their first record comes."""
    site = KeptSite.of(tmp_path / "site", knowledge)
    site.keep(_at(NOON))
    with site.opened() as ledger:
        with ledger.reading() as connection:
            (operator,) = read.transfers_of(connection, FROM, UNTIL)["operator"].unique()
        meter = Meter(site, ledger)
        meter.start()

        assert meter.metering._largest_operators() == [operator]


def test_octets_that_rest_on_an_unverified_fact_are_counted(meter: Meter, knowledge: Knowledge) -> None:
    """Leaseweb's owners are from pages that leave them open; Microsoft's are not."""
    places = Gazetteer.of(knowledge)
    meter.keep(_at(NOON, places.find(operator="leaseweb")), _at(NOON, places.find(operator="microsoft_azure")))
    octets = meter.told.total("transferwatch_verdict_octets_total", way="out")

    assert meter.told.series("transferwatch_unverified_octets_total", way="out") == {
        ("warehouse", "out"): octets / 2, ("portal", "out"): 0, ("none", "out"): 0,
    }  # fmt: skip


_MOVING = """
systems:
  - id: warehouse
    networks: [10.20.0.0/16]
    data_class: health
    hosting:
      - {operator: aws, country: FR}
      - {operator: scaleway, country: FR, keys: customer, networks: [10.20.128.0/17], from: 2026-10-08}
    transition: {target: scaleway, deadline: 2027-06-30}
"""


def test_hosts_stand_as_the_inventory_has_them_at_the_moment_of_the_look(tmp_path: Path, knowledge: Knowledge) -> None:
    """Exposed or not, without any traffic; the deadline ends with its day in the site's zone."""
    site = KeptSite.of(tmp_path / "site", knowledge, inventory=_MOVING, timezone="Europe/Paris")
    with site.opened() as ledger:
        meter = Meter(site, ledger)
        meter.start()
        meter.metering.tick(NOON)
        before = meter.told.series("transferwatch_hosting_exposed")
        meter.metering.tick(NOON + 24 * _HOUR)

    assert before == {("warehouse", "aws", "provider"): 1}
    assert meter.told.series("transferwatch_hosting_exposed") == {
        ("warehouse", "aws", "provider"): 1, ("warehouse", "scaleway", "customer"): 0,
    }  # fmt: skip
    assert meter.told.series("transferwatch_transition_deadline_timestamp_seconds") == {
        ("warehouse", "scaleway"): datetime(2027, 6, 30, 22, tzinfo=UTC).timestamp(),
    }


def test_the_freshness_of_kept_atlases_is_shown(meter: Meter) -> None:
    """As the last update left it."""
    state = State(sources={"aws": SourceState(confirmed_at=NOON, failures=3)}, built_at=NOON, failures=4)

    meter.metering.kept_atlases(freshness_of([Wanted("aws")], state, Upkeep()), state)

    shown = {
        name: meter.told.series(f"transferwatch_atlas_{name}")
        for name in ("source_success_timestamp_seconds", "source_stale_after_seconds", "source_failures_total")
    }
    assert list(shown.values()) == [{("aws",): NOON.timestamp()}, {("aws",): 45 * 86_400}, {("aws",): 3}]
    assert meter.told.series("transferwatch_atlas_source_timestamp_seconds") == {}
    assert meter.told.series("transferwatch_atlas_update_failures_total") == {(): 4}


def test_an_input_that_cannot_be_read_is_counted_once(meter: Meter) -> None:
    """However often it is looked at."""
    log = meter.site.directory / "broken.log"
    log.write_bytes(gzip.compress(b"x" * 500)[:-6])
    for _ in range(2):
        for _ in meter.site.keeper.steps(meter.ledger, [log], Findings(), committed=meter.metering.committed):
            pass

    assert meter.told.total("transferwatch_source_inputs_unreadable_total") == 1


def test_a_network_of_which_nothing_is_told_any_more_is_shown_while_its_source_goes_on(meter: Meter) -> None:
    """With the last closed hour; the portal's own network speaks on."""
    spoke = [(hour, end) for end, hours in ((PORTAL, 12), (OURS, 4)) for hour in range(hours)]
    meter.keep(*(line(end, _FAR, at=NOON + hour * _HOUR) for hour, end in spoke))
    meter.metering.tick(NOON + 13 * _HOUR)

    assert meter.told.series("transferwatch_source_silent_networks") == {("aws_vpc",): 1}
