"""The daemon as a process of its own: started, asked, told by signals, and listened to as a service manager does."""

from __future__ import annotations

import json
import signal
import socket
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest

from tests.forked import Command
from tests.judging import HEADER, INVENTORY, OURS, Site, line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DEADLINE_SECONDS: Final = 60.0
HEAD: Final = f"{HEADER}\n".encode()
BROKEN_INVENTORY: Final = "systems:\n  - {id: warehouse, networks: [10.20.0.0/99], serves: staff, data_class: health}\n"
# The network of the portal is not ours any more, and another one is.
OTHER_INVENTORY: Final = INVENTORY.replace("10.30.0.0/16", "10.40.0.0/16")
_SETTINGS: Final = "ledger: sqlite:///ledger.db\nlisten: 127.0.0.1:0\nsources:\n"
_SOURCE: Final = "  - {type: aws_vpc, name: gateway, path: logs/*.log}\n"


def body(count: int, first: int = 1_000, ours: str = OURS) -> bytes:
    """Records of which each has another number of octets."""
    return "".join(f"{line(ours, '5.188.10.7', octets=first + number)}\n" for number in range(count)).encode()


def append(path: Path, octets: bytes) -> None:
    """Write on."""
    path.parent.mkdir(exist_ok=True)
    with path.open("ab") as file:
        file.write(octets)


def write_site(directory: Path, sources: str = _SOURCE) -> Path:
    """Write a site that follows the logs beside its file; the path of that."""
    config = Site().write(directory)
    text = config.read_text(encoding="utf-8").partition("sources:")[0]
    config.write_text(text + _SETTINGS + sources, encoding="utf-8")
    return config


@dataclass(slots=True)
class Running:
    """A daemon that runs. `said`: what it has told the service manager so far, a datagram each."""

    process: Command
    log: Path
    listening: socket.socket
    said: list[str] = field(default_factory=list)

    def hear(self, begin: str) -> str:
        """Wait until it tells the service manager something that begins so."""
        while True:
            try:
                told = self.listening.recv(4_096).decode()
            except TimeoutError:
                pytest.fail(f"no {begin} came; it said {self.said}\n{self.log.read_text(encoding='utf-8')}")
            self.said.append(told)
            if told.startswith(begin):
                return told

    def reload(self) -> str:
        """Let it load its files again, and wait until it has; what it says at the begin of it."""
        self.process.send_signal(signal.SIGHUP)
        reloading = self.hear("RELOADING=1")
        self.hear("READY=1")
        return reloading

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal that ends it; the code it ends with."""
        self.process.send_signal(number)
        return self.process.wait(DEADLINE_SECONDS)

    def lines(self) -> list[dict[str, Any]]:
        """Lines of its log."""
        return [json.loads(each) for each in self.log.read_text(encoding="utf-8").splitlines()]

    def ask(self, path: str) -> httpx.Response:
        """Ask it over HTTP."""
        (port,) = {each["port"] for each in self.lines() if each["event"] == "listening"}
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=10, trust_env=False)

    def metric(self, name: str) -> float:
        """Sum of the series that begin so, labels included; 0 where there is none."""
        series = (each.rpartition(" ") for each in self.ask("/metrics").text.splitlines() if each.startswith(name))
        return sum(float(value) for _, _, value in series)

    def wait_for(self, what: Callable[[], bool]) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not what():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"it did not come to that\n{self.log.read_text(encoding='utf-8')}")
            time.sleep(0.05)

    def wait_for_records(self, count: int, outcome: str = "judged") -> None:
        """Wait until so many records of the gateway were counted since the start."""
        series = f'transferwatch_source_records_total{{outcome="{outcome}",source="gateway"}}'
        self.wait_for(lambda: self.metric(series) == count)


@contextmanager
def running(config: Path, *, watchdog_seconds: float | None = None) -> Iterator[Running]:
    """Run the daemon of a site until it has said that it is ready; it is gone afterwards, whatever happened."""
    told = config.parent / "notify"
    told.unlink(missing_ok=True)
    environment = {"NOTIFY_SOCKET": str(told)}
    if watchdog_seconds is not None:
        environment["WATCHDOG_USEC"] = str(int(watchdog_seconds * 1_000_000))
    log = config.parent / "daemon.log"
    log.write_bytes(b"")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(told))
        listening.settimeout(DEADLINE_SECONDS)
        with closing(Command(["run", "-c", str(config)], log, environment)) as process:
            daemon = Running(process, log, listening)
            daemon.hear("READY=1")
            yield daemon
