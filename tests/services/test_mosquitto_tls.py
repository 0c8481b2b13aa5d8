"""Findings on a Mosquitto that speaks TLS and asks for a password."""

from __future__ import annotations

import socket
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import aiomqtt
import pytest

from monitor.alert.distrust import LOGIN_REFUSED
from monitor.alert.mqtt import MqttRoute, MqttSettings
from monitor.alert.posting import trust
from tests.monitor.alert.telling import Teller, until
from tests.services.alertmanager import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.services.authority import Authority, Certificate

_PASSWORD: Final = "letmein"  # noqa: S105 - of a broker that lives as long as a test
_DEADLINE_SECONDS: Final = 20.0


@dataclass
class Broker:
    """A Mosquitto with one user, `watch`."""

    executable: Path
    directory: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    def start(self, certificate: Certificate) -> None:
        """Start it, and wait until it listens."""
        configuration = self.directory / "mosquitto.conf"
        configuration.write_text(
            # A broker that root starts would become another user, who may not read these files.
            f"user root\nlistener {self.port} 127.0.0.1\nallow_anonymous false\n"
            f"password_file {self.directory / 'passwords'}\n"
            f"certfile {certificate.file}\nkeyfile {certificate.key}\n",
            encoding="utf-8",
        )
        self._process = subprocess.Popen(
            [str(self.executable), "-c", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            except ConnectionRefusedError:
                time.sleep(0.02)
            else:
                return
        pytest.fail("Mosquitto does not listen")

    def stop(self) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=5)
            self._process = None


@pytest.fixture
def broker(service: Callable[[str], Path], tmp_path: Path) -> Iterator[Broker]:
    """One that is not started yet."""
    made = Broker(service("mosquitto"), tmp_path)
    passwords = [str(service("mosquitto_passwd")), "-b", "-c", str(tmp_path / "passwords"), "watch", _PASSWORD]
    subprocess.run(passwords, check=True, capture_output=True)
    try:
        yield made
    finally:
        made.stop()


def _route(broker: Broker, ca_file: Path, password: str = _PASSWORD) -> MqttRoute:
    return MqttRoute(MqttSettings("127.0.0.1", broker.port, username="watch", password=password, ca_file=ca_file))


async def _refused(teller: Teller, route: MqttRoute) -> str:
    async with teller.telling(route):
        await until(lambda: bool(teller.outcomes))
    return teller.outcomes.pop(0)[2]


async def _retained(broker: Broker, ca_file: Path) -> str:
    """The topic that whoever subscribes later sees."""
    async with aiomqtt.Client(
        "127.0.0.1", broker.port, username="watch", password=_PASSWORD, tls_context=trust(ca_file), timeout=10
    ) as client:
        await client.subscribe("transferwatch/findings/#")
        return str((await anext(aiter(client.messages))).topic)


async def test_what_is_refused_is_told(broker: Broker, teller: Teller, authority: Authority) -> None:
    """Another authority, another password."""
    broker.start(authority.ours)
    by_authority = await _refused(teller, _route(broker, authority.other_ca_file))
    teller.outcomes.clear()
    by_password = await _refused(teller, _route(broker, authority.ca_file, "let me in"))

    assert (by_authority, by_password) == (
        "the broker did not take it: its certificate is not of an authority in ca_file",
        f"the broker did not take it: {LOGIN_REFUSED}",
    )


async def test_a_broker_that_shows_another_s_certificate_gets_nothing_until_it_has_its_own(
    broker: Broker, teller: Teller, authority: Authority
) -> None:
    """What was found meanwhile is retained then."""
    broker.start(authority.elsewhere)
    async with teller.telling(_route(broker, authority.ca_file)):
        await until(lambda: bool(teller.outcomes))
        first = teller.outcomes[0][2]
        broker.stop()
        broker.start(authority.ours)
        await until(lambda: teller.outcomes[-1][1] == "told")

    assert (first, await _retained(broker, authority.ca_file)) == (
        "the broker did not take it: its certificate is for another address",
        "transferwatch/findings/f-q4duvwgag5",
    )
