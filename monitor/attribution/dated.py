"""What holds for a time: the days that operator files give to owners, laws and qualifications.

Decides that a day begins at midnight in Brussels and that `to` is the first day without. It refuses to know what holds.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from pydantic import Field

from monitor.document import Written
from monitor.fields import Day, day_begins

if TYPE_CHECKING:
    from datetime import datetime

BRUSSELS: Final = ZoneInfo("Europe/Brussels")


class Dated(Written):
    """What holds from its first day and before `ends`, days in Brussels; always, where a day is missing."""

    begins: Day | None = Field(default=None, alias="from")
    ends: Day | None = Field(default=None, alias="to")

    @cached_property
    def _instants(self) -> tuple[datetime | None, datetime | None]:
        return (
            None if self.begins is None else day_begins(self.begins, BRUSSELS),
            None if self.ends is None else day_begins(self.ends, BRUSSELS),
        )

    def holds(self, moment: datetime) -> bool:
        """Whether it holds at the instant."""
        begins, ends = self._instants
        return (begins is None or begins <= moment) and (ends is None or moment < ends)

    def edges(self) -> frozenset[datetime]:
        """The instants at which it comes or goes."""
        return frozenset(edge for edge in self._instants if edge is not None)
