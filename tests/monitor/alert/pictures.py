"""Alerts for the tests of routes and texts, made as the daemon makes them."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from monitor.alert.picture import picture_of
from monitor.alert.text import Firsts
from monitor.alert.waivers import Waivers
from monitor.ledger.store import open_ledger
from tests.monitor.alert.kept import add, read
from tests.monitor.alert.matches import NOW_SECONDS, frame, match
from tests.monitor.alert.telling import CONTEXT

if TYPE_CHECKING:
    from monitor.alert.findings import Finding
    from monitor.alert.picture import Alert
    from monitor.alert.text import Context


def finding(*rows: dict[str, Any]) -> Finding:
    """The one finding that these matches are."""
    with TemporaryDirectory() as directory, open_ledger(f"sqlite:///{directory}/l.db", create=True) as ledger:
        add(ledger, frame(*(rows or (match(),))))
        (found,) = read(ledger)
    return found


def alert(
    *rows: dict[str, Any], now: int = NOW_SECONDS, context: Context = CONTEXT, waivers: Waivers | None = None
) -> Alert:
    """It as it is told."""
    (made,) = picture_of([finding(*rows)], Firsts(), context, waivers or Waivers(), now)
    return made
