"""Findings on a real Mosquitto: who subscribes later still sees how things stand."""

from __future__ import annotations

import asyncio
import json
import subprocess
from typing import TYPE_CHECKING

import aiomqtt
import pytest

from monitor.alert.mqtt import MqttRoute, MqttSettings
from tests.monitor.alert.matches import NOW_SECONDS, match
from tests.monitor.alert.pictures import alert
from tests.services.alertmanager import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def broker(service: Callable[[str], Path], tmp_path: Path) -> Iterator[int]:
    """The port of a broker that lets everybody in."""
    port = free_port()
    configuration = tmp_path / "mosquitto.conf"
    configuration.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n", encoding="utf-8")
    with subprocess.Popen([str(service("mosquitto")), "-c", str(configuration)], stderr=subprocess.DEVNULL) as process:
        try:
            yield port
        finally:
            process.terminate()
            process.wait(timeout=5)


async def _tell(port: int, state: str) -> None:
    """Tell it, as often as it takes the broker to listen."""
    route = MqttRoute(MqttSettings("127.0.0.1", port, tls=False))
    for _ in range(200):
        if (await route.tell([(alert(), state)], NOW_SECONDS)).trouble is None:
            return
        await asyncio.sleep(0.02)
    pytest.fail("the broker never took it")


async def _retained(port: int) -> dict[str, object]:
    async with aiomqtt.Client("127.0.0.1", port, protocol=aiomqtt.ProtocolVersion.V5, timeout=10) as client:
        await client.subscribe("transferwatch/findings/#")
        message = await anext(aiter(client.messages))
        body: dict[str, object] = json.loads(message.payload)
        return {"topic": str(message.topic), "state": body["state"]}


async def test_the_state_of_a_finding_is_retained(broker: int) -> None:
    """Under its own topic."""
    await _tell(broker, "open")

    assert await _retained(broker) == {"topic": "transferwatch/findings/f-q4duvwgag5", "state": "open"}


async def test_the_end_takes_the_place_of_the_begin(broker: int) -> None:
    """One message a finding, whatever it went through."""
    await _tell(broker, "open")
    await _tell(broker, "resolved")

    assert await _retained(broker) == {"topic": "transferwatch/findings/f-q4duvwgag5", "state": "resolved"}


async def test_what_was_deleted_is_no_longer_retained(broker: int) -> None:
    """Who subscribes later sees the other finding alone."""
    await _tell(broker, "open")
    route = MqttRoute(MqttSettings("127.0.0.1", broker, tls=False))
    await route.tell([(alert(match(system="archive")), "open")], NOW_SECONDS)
    answer = await route.clear(["f-q4duvwgag5"])
    left = await _retained(broker)

    assert answer.taken == frozenset({"f-q4duvwgag5"})
    assert left["topic"] != "transferwatch/findings/f-q4duvwgag5"


async def test_a_broker_that_is_away_is_trouble(broker: int) -> None:
    """Nothing counts as told."""
    del broker
    answer = await MqttRoute(MqttSettings("127.0.0.1", free_port(), tls=False)).tell([(alert(), "open")], NOW_SECONDS)

    assert (answer.taken, answer.trouble) == (frozenset(), "the broker did not take it: MqttError")
