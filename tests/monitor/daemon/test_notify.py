"""What the service manager hears, and that nobody need listen."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from monitor.daemon.notify import Notifier

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """A service manager's socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(10)
        yield listening


@pytest.fixture
def notifier(manager: socket.socket) -> Notifier:
    """What tells it."""
    return Notifier(str(manager.getsockname()))


def test_ready_comes_with_a_status(notifier: Notifier, manager: socket.socket) -> None:
    """In one datagram."""
    notifier.ready("following 1 source")

    assert manager.recv(100) == b"READY=1\nSTATUS=following 1 source"


def test_reloading_comes_with_its_time(notifier: Notifier, manager: socket.socket) -> None:
    """In microseconds of the clock that the manager reads."""
    notifier.reloading()
    first, _, second = manager.recv(100).partition(b"\n")

    assert (first, second[:15], second[15:].isdigit()) == (b"RELOADING=1", b"MONOTONIC_USEC=", True)


def test_a_status_is_one_line(notifier: Notifier, manager: socket.socket) -> None:
    """A name with a line break says nothing of its own."""
    notifier.status("following a\nREADY=1")

    assert manager.recv(100) == b"STATUS=following a READY=1"


def test_an_abstract_name_is_understood() -> None:
    """Its first octet is written as @."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0transferwatch-test-{os.getpid()}")
        listening.settimeout(10)
        Notifier(f"@transferwatch-test-{os.getpid()}").alive()

        assert listening.recv(100) == b"WATCHDOG=1"


def test_nobody_listens(tmp_path: Path) -> None:
    """Nothing happens."""
    Notifier(str(tmp_path / "nobody")).stopping()
    Notifier().stopping()


@pytest.mark.parametrize(
    ("written", "pid", "seconds"),
    [
        pytest.param("60000000", str(os.getpid()), 60, id="ours"),
        pytest.param("60000000", "", 60, id="whoever it is"),
        pytest.param("60000000", "1", None, id="of another process"),
        pytest.param("0", "", None, id="never"),
        pytest.param("soon", "", None, id="no number"),
    ],
)
def test_the_watchdog_is_as_the_environment_says(written: str, pid: str, seconds: float | None) -> None:
    """In seconds; null where nobody waits."""
    notifier = Notifier.of_environment({"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": written, "WATCHDOG_PID": pid})

    assert (notifier.address, notifier.watchdog_seconds) == ("/run/notify", seconds)


def test_a_manager_that_does_not_read_holds_up_nothing(notifier: Notifier, manager: socket.socket) -> None:
    """The queue of its socket is full after a dozen messages; the daemon tells one each few seconds for months."""
    for number in range(1_000):
        notifier.status(f"{number}")

    assert manager.recv(100) == b"STATUS=0"
