"""What follows the sources of one loading of the site, until the next one takes its place.

Decides how much of a log is judged in one transaction while it is followed, and that all sources share one place in
which is judged: a source looks on only when what it found is kept, so that at most one look of each waits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from monitor.app import build_writer
from monitor.following import Following, FollowingSettings, following_of
from monitor.keeping import Keeping
from monitor.reports import Reports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    """Who hears what becomes of the sources; the first argument of two of them is a source's name."""

    looked: Callable[[str, Look], None]
    read: Callable[[str, Round], None]
    committed: Callable[[Committed], None]


@dataclass(frozen=True, slots=True)
class Generation:
    """What was loaded, what writes, and what is followed, by the name of the source."""

    loaded: Loaded
    writer: Writer
    followed: Mapping[str, Followed]
    reports: Reports
    keeping: Keeping

    @classmethod
    def of(cls, loaded: Loaded, knowledge: Knowledge, ledger: Ledger, today: int, hearing: Hearing) -> Generation:
        """Build it; `today`: begin of the day, in seconds since 1970."""
        site = loaded.site
        writer = build_writer(site, knowledge, ledger, today)
        keeping = Keeping(loaded.stages, writer, _COMMIT_LINES, hearing.committed, reads_on=True)
        if loaded.listener is not None:
            keeping = replace(keeping, spell=loaded.listener.spell)
        sources = following_of(site, keeping).sources
        names = [site.source_name(source) for source in site.sources]
        followed = dict(zip(names, sources, strict=True))
        return cls(loaded, writer, followed, Reports(site, knowledge, ledger), keeping)

    def of_day(self, today: int) -> Generation:
        """The same on another day: it writes until when rows are retained, and nothing is looked at anew."""
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
                spelled=self.loaded.listener is not None,
            )
            for name, source in self.followed.items()
        }
