"""The reports of a ledger that grows: made when they are asked for, and again when the ledger has moved on.

Decides how long a report that was made stands: until there is a newer record.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

from monitor.ledger import read
from monitor.monthly import month_input
from monitor.report.as_json import to_json
from monitor.report.figures import figures
from monitor.report.page import to_html

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.app import Knowledge
    from monitor.config import Site
    from monitor.ledger.store import Ledger
    from monitor.report.figures import Report

# Reports that are kept made; a site looks at this month and the last one.
_KEPT: Final = 3


class Reports:
    """Reports by month; safe to ask from several threads, of which one works at a time."""

    def __init__(self, site: Site, knowledge: Knowledge, ledger: Ledger) -> None:
        """Keep what reports are made from."""
        self._site = site
        self._knowledge = knowledge
        self._ledger = ledger
        self._lock = Lock()
        self._made: dict[str, tuple[datetime | None, Report]] = {}

    def months(self) -> list[str]:
        """Calendar months of the site of which the ledger has read something, newest first."""
        with self._ledger.reading() as connection:
            hours = read.first_and_last_hour(connection)
        if hours is None:
            return []
        first, last = (hour.astimezone(self._site.timezone) for hour in hours)
        numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        return [f"{number // 12:04}-{number % 12 + 1:02}" for number in reversed(numbers)]

    def page(self, month: str, language: str) -> str:
        """The report of a month as a page.

        Raises:
            KeyError: the ledger has read nothing of it.
        """
        return to_html(self.of(month), language)

    def figures(self, month: str) -> str:
        """The report of a month as JSON.

        Raises:
            KeyError: the ledger has read nothing of it.
        """
        return to_json(self.of(month))

    def of(self, month: str) -> Report:
        """The report of a month.

        Raises:
            KeyError: the ledger has read nothing of it.
        """
        if month not in self.months():
            raise KeyError(month)
        with self._lock:
            with self._ledger.reading() as connection:
                newest = read.last_record(connection)
            made = self._made.get(month)
            if made is None or made[0] != newest:
                report = figures(month_input(month, self._site, self._knowledge, self._ledger))
                while len(self._made) >= _KEPT:
                    self._made.pop(next(iter(self._made)))
                self._made.pop(month, None)
                self._made[month] = made = (newest, report)
            return made[1]
