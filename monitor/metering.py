"""Keep the metrics in step with a ledger: what is committed is counted, and the last closed hour is shown.

Decides where the figures come from that the ledger holds: the operators that get a name, and the hour whose evidence
is closed. Counts nothing itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.app import doubts_of
from monitor.attribution.kept_atlases import atlas_days
from monitor.expectations import silences, silent_networks, silent_observers
from monitor.fields import day_ends
from monitor.law.reviewed import law_reviewed
from monitor.ledger import read
from monitor.metrics.counters import AtlasSourceState
from monitor.metrics.open_findings import OpenFinding
from monitor.posture import systems_at
from monitor.report.posture import EXPOSED
from monitor.report.standing import hosting_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.alert.picture import Alert
    from monitor.app import Knowledge
    from monitor.attribution.refresh.freshness import Freshness
    from monitor.attribution.refresh.store import State
    from monitor.config import Site
    from monitor.doubts import Doubts
    from monitor.keeping import Committed
    from monitor.kept import Sums
    from monitor.ledger.store import Ledger
    from monitor.ledger.write import Writer
    from monitor.metrics.counters import Metrics

_LARGEST_OVER: Final = timedelta(days=31)
_NAMED_OPERATORS: Final = 50
_HOUR: Final = timedelta(hours=1)
_DAY_SECONDS: Final = 86_400
_DAY: Final = timedelta(days=1)
# Whose habit is known from so long a time.
_HABIT: Final = timedelta(days=7)
# As the ledger closes hours: two hours of event time after their end.
_CLOSED_AFTER: Final = timedelta(hours=3)


class Metering:
    """The metrics of one site and one ledger."""

    def __init__(self, metrics: Metrics, ledger: Ledger) -> None:
        """Keep what is to be kept in step."""
        self._metrics = metrics
        self._ledger = ledger
        self._site: Site | None = None
        self._doubts: Doubts | None = None
        self._sources: tuple[str, ...] = ()
        self._newest: dict[str, datetime] = {}
        self._shown: datetime | None = None

    def start(self, site: Site, knowledge: Knowledge, writer: Writer) -> None:
        """Create what may be counted at zero, and say by which versions records are judged."""
        self._site, self._doubts = site, doubts_of(site, knowledge)
        self._sources = site.source_names
        systems = [(system.id, system.data_class) for system in site.inventory.systems]
        self._metrics.start(systems, self._sources, self._largest_operators())
        self._metrics.expected(site.expected_seconds)
        used = knowledge.atlas_of(site)
        days = atlas_days(used)
        atlas = days.oldest if days else min(date.fromisoformat(source.published) for source in used.sources)
        self._metrics.versions(writer.basis, writer.parts, atlas=_begin(atlas), law=_begin(law_reviewed()))

    def kept_atlases(self, sources: Iterable[Freshness], state: State) -> None:
        """Show how fresh the atlases are that the site keeps; to be called after an update."""
        told = [
            AtlasSourceState(
                id=source.id,
                day=_begin(source.day) if source.day else None,
                succeeded=source.state.confirmed_at,
                stale_after_seconds=source.stale_after_days * _DAY_SECONDS,
                failures=source.state.failures,
            )
            for source in sources
        ]
        self._metrics.kept_atlases(told, state.built_at, state.failures)

    def _largest_operators(self) -> list[str]:
        with self._ledger.reading() as connection:
            newest = read.last_record(connection)
            if newest is None:
                return []
            return read.largest_operators(connection, newest - _LARGEST_OVER, _NAMED_OPERATORS)

    def committed(self, batch: Committed) -> None:
        """Count a batch that is in the ledger."""
        source = batch.input.source_name
        self._metrics.matches_dropped(batch.matches_dropped)
        if batch.unreadable:
            self._metrics.unreadable(source, batch.unreadable)
            return
        for sums in batch.sums:
            self._metrics.judged(self._marked(sums), source)
        ends = [sums.coverage.filter(pl.col("state") == "ok")["last_time"].max() for sums in batch.sums]
        known = [self._newest.get(source), *ends]
        seen = [end for end in known if isinstance(end, datetime)]
        if seen:
            self._newest[source] = max(seen)

    def pictured(self, picture: Iterable[Alert]) -> None:
        """Show which findings are open."""
        self._metrics.open_findings(
            OpenFinding(
                rule=found.rule,
                severity=found.level,
                system=found.system,
                operator=found.operator,
                place_country=found.place_country,
                control_country=found.control_country,
                is_waived=each.state == "waived",
                first_time=found.first_time,
                last_time=found.last_time,
            )
            for each in picture
            if each.state in {"open", "waived"}
            for found in [each.finding]
        )

    def _marked(self, sums: Sums) -> Sums:
        """Transfers with what their verdicts rest on: today's facts, because a batch is judged by them."""
        hours = [hour for (hour,) in sums.transfers.select(pl.col("hour").unique()).rows()]
        if self._doubts is None or not hours:
            return sums
        return replace(sums, transfers=self._doubts.marked(sums.transfers, min(hours), max(hours) + _HOUR))

    def _show_posture(self, now: datetime) -> None:
        if self._site is None or self._doubts is None:
            return
        zone = self._site.timezone
        systems = systems_at(self._site.inventory, self._doubts, now)
        current = (line for line in hosting_of(systems, now.astimezone(zone).date()) if line.current)
        moves = ((system.id, system.transition) for system in systems if system.transition is not None)
        self._metrics.posture(
            [
                (
                    each.system,
                    each.hosting.host.operator,
                    each.hosting.keys,
                    each.hosting.host.control_verdict == EXPOSED,
                )
                for each in current
            ],
            [(system, to.target, day_ends(to.deadline, zone)) for system, to in moves if to.deadline is not None],
        )

    def tick(self, now: datetime) -> None:
        """Show how far each source lags behind a moment, where systems stand, and the last hour that is closed."""
        self._show_posture(now)
        for source in self._sources:
            self._metrics.lag(source, now, self._newest.get(source))
        with self._ledger.reading() as connection:
            newest = read.last_record(connection)
            if newest is None:
                return
            hour = (newest - _CLOSED_AFTER).replace(minute=0, second=0, microsecond=0)
            if hour == self._shown:
                return
            end = hour + _HOUR
            rows = read.transfers_of(connection, hour, end)
            spoken = read.first_and_last_hour(connection)
            begin = max(end - _HABIT, spoken[0] if spoken else end)
            coverage = read.coverage_of(connection, begin, end)
            networks = read.networks_of(connection, begin, end)
        self._metrics.closed_hour(hour, rows)
        self._show_seeing(coverage, networks, begin, end)
        self._shown = hour

    def _show_seeing(self, coverage: pl.DataFrame, networks: pl.DataFrame, begin: datetime, end: datetime) -> None:
        """Show who was silent up to the end of the last closed hour; before `begin` nothing was expected."""
        cadence = self._site.expected_seconds if self._site else {}
        silence = dict.fromkeys(cadence, 0.0)
        for each in silences(coverage, cadence, begin, end):
            # Its length counts whole for whether it is one, and for its part in the day in the sum.
            silence[each.source] += max(0.0, (each.ends - max(each.begins, end - _DAY)).total_seconds())
        observers = silent_observers(coverage, cadence).group_by("source").len().rows()
        silent = silent_networks(networks, coverage, cadence).group_by("source").len().rows()
        none = dict.fromkeys(self._sources, 0)
        self._metrics.seeing(silence, none | dict(observers), none | dict(silent))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
