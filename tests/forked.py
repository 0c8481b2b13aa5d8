"""Processes of their own that begin where the imports are done.

Most of what a small process of this program takes is importing: over a second, where the work of a test takes a tenth
of that. So one process imports what such tests need and does nothing with it, and theirs are forked from that. It has
one thread of Python and none that computes: Polars starts its own at the first computation, NumPy's are held back.
"""

from __future__ import annotations

import os
import sys
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

import monitor.commands.run
import monitor.keeping  # noqa: F401 - this and the one above: imported here once, for all that is forked
from monitor.cli import main

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Mapping
    from pathlib import Path

_FORKED: Final = get_context("forkserver")
_FORKED.set_forkserver_preload([__name__])


class Child:
    """A process that does what a function says; the two of them talk over a channel."""

    def __init__(self, does: Callable[..., None], *arguments: object) -> None:
        self._channel, childs = _FORKED.Pipe()
        self._process = _FORKED.Process(target=does, args=(childs, *arguments))
        self._process.start()
        childs.close()

    def tell(self, word: str) -> None:
        """Send it a word."""
        self._channel.send(word)

    def hear(self) -> str:
        """Its next word; empty when it has none any more."""
        try:
            return str(self._channel.recv())
        except (EOFError, OSError):
            return ""

    def finish(self) -> list[str]:
        """Let it come to its end, and give what it said."""
        said = list(iter(self.hear, ""))
        self._process.join()
        self._channel.close()
        return said

    def kill(self) -> tuple[bool, list[str]]:
        """End it as a power cut does: whether it still ran, and what it had said."""
        running = self._process.is_alive()
        self._process.kill()
        return running, self.finish()


class Command:
    """The command line in a process of its own, what it says on standard error in a file."""

    def __init__(self, arguments: list[str], log: Path, environment: Mapping[str, str]) -> None:
        self._process = _FORKED.Process(target=_command, args=(arguments, str(log), dict(environment)))
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """The code that it ended with, less the number of the signal; None while it runs."""
        return self._process.exitcode

    @property
    def pid(self) -> int:
        """Its number, while it runs and after."""
        return self._process.pid or 0

    def poll(self) -> int | None:
        """As `returncode`, asked now."""
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, where it still runs."""
        if self._process.exitcode is None and self._process.pid is not None:
            os.kill(self._process.pid, number)

    def wait(self, seconds: float) -> int:
        """Wait for its end; the code that it ended with.

        Raises:
            TimeoutError: it still runs after so many seconds.
        """
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise TimeoutError
        return self._process.exitcode

    def close(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.join()


def _command(arguments: list[str], log: str, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, sys.stderr.fileno())
    sys.argv = ["transferwatch", *arguments]
    main()
