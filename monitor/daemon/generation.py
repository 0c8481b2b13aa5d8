"""What follows the sources of one loading of the site, until the next one takes its place.

Decides how much of a log is judged in one transaction while it is followed, and that all sources share one place in
which is judged: a source looks on only when what it found is kept, so that at most one look of each waits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from monitor.alerting import build_watch, context_of, life_of
from monitor.app import build_writer
from monitor.following import Following, FollowingSettings, following_of
from monitor.keeping import Keeping
from monitor.reports import Reports
from monitor.watching import Watching

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from monitor.alert.delivery import Watch
    from monitor.alert.picture import Alert
    from monitor.alert.text import Context
    from monitor.app import Knowledge
    from monitor.daemon.loaded import Loaded
    from monitor.following import Followed, Look, Round
    from monitor.keeping import Committed
    from monitor.ledger.store import Ledger
    from monitor.ledger.write import Writer

# Lines of one transaction: what is judged and not yet kept when the daemon is told to end is read to its end first.
_COMMIT_LINES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who hears what becomes of the sources; the first argument of two of them is a source's name.

    `told`: of what a route was told, its name, `told` or `failed`, and words. `pictured`: of all findings that are
    open, or ended within a day, after each look. `went_on`: that an input was looked through, whatever came of it.
    """

    looked: Callable[[str, Look], None]
    read: Callable[[str, Round], None]
    committed: Callable[[Committed], None]
    told: Callable[[str, str, str], None]
    pictured: Callable[[Collection[Alert]], None] | None = None
    went_on: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every generation is built in; `today`: begin of the day, `clock`: wall clock, in seconds since 1970."""

    path: Path
    knowledge: Knowledge
    ledger: Ledger
    today: int
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Generation:
    """What was loaded, what writes, and what is followed, by the name of the source."""

    loaded: Loaded
    writer: Writer
    followed: Mapping[str, Followed]
    reports: Reports
    keeping: Keeping
    watching: Watching
    watch: Watch
    context: Context

    @classmethod
    def of(cls, loaded: Loaded, surroundings: Surroundings, hearing: Hearing) -> Generation:
        """Build it.

        Raises:
            ProblemsFound: a secret of a route cannot be read.
        """
        site, knowledge, ledger = loaded.site, surroundings.knowledge, surroundings.ledger
        writer = build_writer(site, knowledge, ledger, surroundings.today)
        watching = Watching.of(loaded.rules, ledger, life_of(site), surroundings.clock)
        keeping = Keeping(loaded.stages, writer, _COMMIT_LINES, hearing.committed, reads_on=True, watches=watching)
        context = context_of(site, knowledge, loaded.rules.about, str(surroundings.path))
        watch = build_watch(site, ledger, context, surroundings.clock, hearing.told, hearing.pictured)
        sources = following_of(site, keeping).sources
        names = [site.source_name(source) for source in site.sources]
        followed = dict(zip(names, sources, strict=True))
        return cls(loaded, writer, followed, Reports(site, knowledge, ledger), keeping, watching, watch, context)

    def of_day(self, today: int) -> Generation:
        """The same on another day: it writes until when rows are retained, and nothing is looked at anew.

        Rules learn by then what another process, such as a replay, has put into the ledger.
        """
        self.watching.resume()
        retention = replace(self.writer.retention, today=today)
        writer = replace(self.writer, retention=retention)
        return replace(self, writer=writer, keeping=replace(self.keeping, writer=writer))

    def followings(self, hearing: Hearing, settings: FollowingSettings) -> dict[str, Following]:
        """What follows each source; together they take the share of a core that the settings name."""
        each = replace(settings, share_of_a_core=settings.share_of_a_core / max(1, len(self.followed)))
        return {
            name: Following(
                [source],
                self.keeping,
                each,
                told=partial(hearing.read, name),
                looked=partial(hearing.looked, name),
                went_on=hearing.went_on,
            )
            for name, source in self.followed.items()
        }
