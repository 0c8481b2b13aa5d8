"""A source that fails begins again, and is shown as it is; a ledger that fails is everybody's end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
import structlog
from prometheus_client import CollectorRegistry

from monitor.daemon.sources import BackOff, Sources
from monitor.following import Look
from monitor.ledger.store import LedgerError
from monitor.metrics.counters import Metrics


@dataclass(slots=True)
class Case:
    """One source called gateway."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    sources: Sources = field(init=False)

    def __post_init__(self) -> None:
        self.sources = Sources(Metrics(self.registry), structlog.get_logger(), BackOff(0, 0))
        self.sources.are(["gateway"])

    def value(self, name: str) -> float | None:
        """Value of a metric of it."""
        return self.registry.get_sample_value(name, {"source": "gateway"})

    def keep_going(self, *failures: Exception) -> None:
        """Follow a source that fails so, one time after the other, and is cancelled then."""
        left = list(failures)

        async def follow() -> None:
            if left:
                raise left.pop(0)
            raise asyncio.CancelledError

        with structlog.testing.capture_logs():
            asyncio.run(self.sources.keep_going("gateway", follow))


@pytest.fixture
def case() -> Case:
    """That source."""
    return Case()


def test_a_source_that_fails_begins_again(case: Case) -> None:
    """As often as it fails."""
    with pytest.raises(asyncio.CancelledError):
        case.keep_going(ValueError("10.20.0.5"), ExceptionGroup("", [OSError()]))

    assert (case.value("transferwatch_source_restarts_total"), case.value("transferwatch_source_up")) == (2, 0)


def test_what_an_error_says_is_not_shown(case: Case) -> None:
    """It may repeat a record."""
    with pytest.raises(asyncio.CancelledError):
        case.keep_going(ValueError("10.20.0.5"))

    assert case.sources.health["gateway"].told == "failing: ValueError; it is tried again after 0 s"


def test_a_ledger_that_fails_is_not_tried_again(case: Case) -> None:
    """However deep its failure stands."""
    inner = ExceptionGroup("", [LedgerError("ledger.db", "it is full.")])
    with pytest.raises(LedgerError, match=r"ledger\.db: it is full\."):
        case.keep_going(ExceptionGroup("", [ValueError(), inner]))


@pytest.mark.parametrize(
    ("look", "told"),
    [
        pytest.param(Look([], {}, 0), "following", id="found"),
        pytest.param(Look([], {"logs": "cannot be listed"}, 0), "absent: cannot be listed", id="no answer"),
        pytest.param(Look([], {}, 0, {"logs": "there is no logs"}), "absent: there is no logs", id="no folder"),
    ],
)
def test_a_look_says_how_a_source_is(case: Case, look: Look, told: str) -> None:
    """And that it was looked at."""
    with structlog.testing.capture_logs():
        case.sources.looked("gateway", look)
    health = case.sources.health["gateway"]

    assert (health.told, health.looked, case.value("transferwatch_source_up")) == (told, True, told == "following")


def test_a_change_is_logged_once(case: Case) -> None:
    """Not each look."""
    with structlog.testing.capture_logs() as logged:
        for _ in range(3):
            case.sources.looked("gateway", Look([], {}, 0, {"logs": "there is no logs"}))

    assert [each["state"] for each in logged] == ["absent"]


def test_a_source_that_the_site_has_no_more_is_not_shown(case: Case) -> None:
    """A gauge of it would stand for ever."""
    case.sources.are(["other"])

    assert case.value("transferwatch_source_up") is None


def test_pauses_double_up_to_the_longest() -> None:
    """And begin anew after a calm while."""
    back_off = BackOff(1, 5, 300)
    pauses = [back_off.after(pause, 0) for pause in (None, 1, 2, 4, 5)]

    assert (pauses, back_off.after(5, 300)) == ([1, 2, 4, 5, 5], 1)
