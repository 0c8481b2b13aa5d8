"""Tell the service manager how the daemon is: ready, reloading, stopping, alive.

Decides the words and nothing else. Whoever is not started by a service manager tells nobody, and a manager that does
not listen stops nothing.

Source: sd_notify(3) and systemd.service(5) of systemd 252, read 2026-11-25.
"""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_MICROSECONDS: Final = 1_000_000
# For a word that the manager waits for; what it is told again and again has no patience with one that does not read.
_PATIENCE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Notifier:
    """Where the service manager listens, and how often it wants to hear that the daemon is alive (null: never)."""

    address: str = ""
    watchdog_seconds: float | None = None

    @classmethod
    def of_environment(cls, environment: Mapping[str, str]) -> Notifier:
        """As `NOTIFY_SOCKET` and `WATCHDOG_USEC` say; a watchdog of another process is not ours."""
        written, pid = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
        is_ours = written.isdecimal() and int(written) > 0 and pid in {"", str(os.getpid())}
        return cls(environment.get("NOTIFY_SOCKET", ""), int(written) / _MICROSECONDS if is_ours else None)

    def ready(self, status: str) -> None:
        """Everything has begun, or a reload is over."""
        self._send("READY=1", f"STATUS={status}", patience_seconds=_PATIENCE_SECONDS)

    def reloading(self) -> None:
        """A reload begins."""
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1_000
        self._send("RELOADING=1", f"MONOTONIC_USEC={now}", patience_seconds=_PATIENCE_SECONDS)

    def stopping(self) -> None:
        """The daemon ends."""
        stopping = "STATUS=stopping: what is being read is read to its next commit"
        self._send("STOPPING=1", stopping, patience_seconds=_PATIENCE_SECONDS)

    def status(self, text: str) -> None:
        """Say in a line how it is."""
        self._send(f"STATUS={text}")

    def alive(self) -> None:
        """The event loop turns, and what is being read comes to something."""
        self._send("WATCHDOG=1")

    def _send(self, *lines: str, patience_seconds: float = 0) -> None:
        if not self.address.startswith(("/", "@")):
            return
        # A name that begins with @ is one of the abstract namespace.
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        message = "\n".join(line.replace("\n", " ") for line in lines)
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as telling:
            # Its queue holds a dozen messages; a daemon that waited for it would judge nothing any more.
            telling.settimeout(patience_seconds)
            telling.sendto(message.encode(), address)
