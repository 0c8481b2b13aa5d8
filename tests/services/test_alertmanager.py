"""Alerts in a real Alertmanager: what it holds, and that an outage of it loses nothing."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.alert.alertmanager import AlertmanagerRoute, AlertmanagerSettings
from monitor.alert.distrust import LOGIN_REFUSED
from monitor.alert.waivers import Held, Match, Waiver, Waivers
from monitor.problem import Problem
from tests.monitor.alert.telling import ALL, Teller, until
from tests.services.alertmanager import Alertmanager, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_DAY = 86_400
# bcrypt of "letmein", at the lowest cost
_WEB_CONFIG = "basic_auth_users: {watch: $2b$04$abcdefghijklmnopqrstuuPT0cs.zGMMB9aUG3xKmxLeI//6s0m5C}\n"
_LOGIN = ("watch", "letmein")
_WAIVED = Held(
    Waiver(
        id="W-1", match=Match(rules=("health_to_uncovered_country",)), owner="dpo", reason="x", expires=date(9000, 1, 1)
    ),
    None,
    datetime(9000, 1, 2, tzinfo=UTC),
    Problem("waivers.yaml", 1, 1, "", ""),
)


@pytest.fixture
def alertmanager(service: Callable[[str], Path], tmp_path: Path) -> Iterator[Alertmanager]:
    """One that is not started yet."""
    made = Alertmanager(service("prometheus-alertmanager"), tmp_path)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def teller(tmp_path: Path) -> Teller:
    """Tells from an empty ledger."""
    return Teller(tmp_path / "ledger.db")


def _route(url: str, authorization: str | None = None) -> AlertmanagerRoute:
    return AlertmanagerRoute(AlertmanagerSettings(url, authorization=authorization))


async def test_a_finding_is_an_alert_with_these_labels_and_no_others(
    alertmanager: Alertmanager, teller: Teller
) -> None:
    """Labels are bounded, and the same as long as it is open: silences and groups hold."""
    alertmanager.start()
    teller.find()
    async with teller.telling(_route(alertmanager.url)):
        await until(lambda: bool(alertmanager.alerts()))

    assert [alert["labels"] for alert in alertmanager.alerts()] == [
        {
            "alertname": "health_to_uncovered_country",
            "site": "paris-1",
            "system": "warehouse",
            "team": "data",
            "operator": "aws",
            "place_country": "US",
            "control_country": "US",
            "severity": "high",
        }
    ]


async def test_an_alert_leads_to_its_evidence(alertmanager: Alertmanager, teller: Teller) -> None:
    """The on-call clicks, and sees the rows."""
    alertmanager.start()
    teller.find()
    async with teller.telling(_route(alertmanager.url)):
        await until(lambda: bool(alertmanager.alerts()))

    assert [each["generatorURL"] for each in alertmanager.alerts()] == [
        "https://portal.example.org/findings/f-q4duvwgag5"
    ]


async def test_many_matches_are_one_alert(alertmanager: Alertmanager, teller: Teller) -> None:
    """Repetition wakes nobody twice: `startsAt` stays."""
    alertmanager.start()
    teller.find(remote_address="52.0.0.1")
    async with teller.telling(_route(alertmanager.url)) as watch:
        await until(lambda: bool(alertmanager.alerts()))
        before = alertmanager.alerts()
        teller.now += 70
        teller.find(remote_address="52.0.0.2")
        watch.wake(ALL)
        await until(lambda: alertmanager.alerts()[0]["updatedAt"] != before[0]["updatedAt"])

    assert [each["startsAt"] for each in alertmanager.alerts()] == [each["startsAt"] for each in before]


async def test_an_outage_loses_nothing(alertmanager: Alertmanager, teller: Teller) -> None:
    """What was found while it was away is there when it is back."""
    teller.find()
    async with teller.telling(_route(alertmanager.url)):
        await until(lambda: any(outcome == "failed" for _, outcome, _ in teller.outcomes))
        alertmanager.start()
        await until(lambda: bool(alertmanager.alerts()))

    assert [each["labels"]["system"] for each in alertmanager.alerts()] == ["warehouse"]


async def test_an_alertmanager_that_forgot_is_told_again(
    service: Callable[[str], Path], tmp_path: Path, teller: Teller
) -> None:
    """It keeps no alerts over its own restart; within a minute it has them again."""
    alertmanager = Alertmanager(service("prometheus-alertmanager"), tmp_path)
    try:
        alertmanager.start()
        teller.find()
        async with teller.telling(_route(alertmanager.url)) as watch:
            await until(lambda: bool(alertmanager.alerts()))
            alertmanager.stop()
            alertmanager.start()
            teller.now += 60
            watch.wake(ALL)
            await until(lambda: bool(alertmanager.alerts()))

        assert len(alertmanager.alerts()) == 1
    finally:
        alertmanager.stop()


async def test_a_restart_of_ours_goes_on_with_the_same_alert(alertmanager: Alertmanager, teller: Teller) -> None:
    """It is not opened anew."""
    alertmanager.start()
    teller.find()
    async with teller.telling(_route(alertmanager.url)):
        await until(lambda: bool(alertmanager.alerts()))
    (before,) = alertmanager.alerts()
    teller.now += 61
    async with teller.telling(_route(alertmanager.url)):
        await until(lambda: alertmanager.alerts()[0]["updatedAt"] != before["updatedAt"])

    assert [each["startsAt"] for each in alertmanager.alerts()] == [before["startsAt"]]


async def test_what_is_over_is_resolved(alertmanager: Alertmanager, teller: Teller) -> None:
    """After its hold time, by the wall clock."""
    alertmanager.start()
    teller.now -= 2 * _DAY
    teller.find()
    teller.now += _DAY - 10
    async with teller.telling(_route(alertmanager.url)) as watch:
        await until(lambda: any(outcome == "told" for _, outcome, _ in teller.outcomes))
        teller.now += 20
        watch.wake(ALL)
        await until(lambda: len(teller.outcomes) > 1)

    assert alertmanager.alerts() == []


async def test_a_waiver_ends_its_alert(alertmanager: Alertmanager, teller: Teller) -> None:
    """A reload with a waiver is enough; nobody has to silence as well."""
    alertmanager.start()
    teller.find()
    async with teller.telling(_route(alertmanager.url)) as watch:
        await until(lambda: bool(alertmanager.alerts()))
        teller.waivers = Waivers((_WAIVED,))
        watch.wake(ALL)
        await until(lambda: alertmanager.alerts() == [])

    assert alertmanager.alerts() == []


async def test_old_records_are_recorded_and_not_sent(alertmanager: Alertmanager, teller: Teller) -> None:
    """A replay of last month pages nobody."""
    alertmanager.start()
    teller.find(system="archive", seconds_ago=30 * _DAY)
    teller.find()
    async with teller.telling(_route(alertmanager.url)):
        await until(lambda: bool(alertmanager.alerts()))

    assert [each["labels"]["system"] for each in alertmanager.alerts()] == ["warehouse"]


async def test_one_instance_that_is_away_does_not_delay_the_other(alertmanager: Alertmanager, teller: Teller) -> None:
    """Each of a cluster is told by itself."""
    alertmanager.start()
    teller.find()
    away = _route(f"http://127.0.0.1:{free_port()}")
    async with teller.telling(away, _route(alertmanager.url)):
        await until(lambda: bool(alertmanager.alerts()))

    assert len(alertmanager.alerts()) == 1


async def test_basic_authentication(service: Callable[[str], Path], tmp_path: Path, teller: Teller) -> None:
    """A login is sent as the server wants it."""
    alertmanager = Alertmanager(service("prometheus-alertmanager"), tmp_path, _WEB_CONFIG)
    try:
        alertmanager.start()
        teller.find()
        login = base64.b64encode(":".join(_LOGIN).encode()).decode()
        async with teller.telling(_route(alertmanager.url, f"Basic {login}")):
            await until(lambda: bool(alertmanager.alerts(_LOGIN)))

        assert len(alertmanager.alerts(_LOGIN)) == 1
    finally:
        alertmanager.stop()


async def test_a_wrong_login_is_told_without_the_secret(
    service: Callable[[str], Path], tmp_path: Path, teller: Teller
) -> None:
    """The log of the daemon is read by many."""
    alertmanager = Alertmanager(service("prometheus-alertmanager"), tmp_path, _WEB_CONFIG)
    try:
        alertmanager.start()
        teller.find()
        async with teller.telling(_route(alertmanager.url, "Bearer secret-token")):
            await until(lambda: bool(teller.outcomes))

        assert teller.outcomes[0] == (
            f"alertmanager {alertmanager.url}",
            "failed",
            f"answered 401; {LOGIN_REFUSED}",
        )
    finally:
        alertmanager.stop()
