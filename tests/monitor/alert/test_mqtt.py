"""Telling a broker; a real one is asked in tests/services/test_mosquitto_findings.py."""

from __future__ import annotations

import asyncio
import socket

from monitor.alert.mqtt import MqttRoute, MqttSettings
from tests.monitor.alert.matches import NOW_SECONDS
from tests.monitor.alert.pictures import alert


def test_a_broker_that_is_away_takes_nothing() -> None:
    """And what it was to be told is told again: no finding is in what was taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings = MqttSettings("127.0.0.1", taken.getsockname()[1], tls=False)
        answer = asyncio.run(MqttRoute(settings).tell([(alert(), "open")], NOW_SECONDS))

    assert (answer.taken, answer.trouble is None) == (frozenset(), False)


def test_the_name_of_a_route_holds_no_secret() -> None:
    """It is a label of a metric."""
    settings = MqttSettings("broker.example.org", username="u", password="hunter2")  # noqa: S106 - not one

    assert (MqttRoute(settings).name, "hunter2" in repr(settings)) == (
        "mqtt broker.example.org:8883 transferwatch/findings", False,
    )  # fmt: skip
