"""The portal over a real ledger, served as `demo` serves it, on a free port of the loopback."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from monitor.serving import listen, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp


class _OverError(Exception):
    """The test is over: what ends the serving."""


@contextmanager
def served(application: ASGIApp) -> Iterator[int]:
    """Serve in a thread; gives the port."""
    over = Event()
    listening = listen(0)
    port: int = listening.getsockname()[1]

    async def beside() -> None:
        await asyncio.to_thread(over.wait)
        raise _OverError

    def run() -> None:
        with suppress(_OverError):
            asyncio.run(serve(application, listening, beside))

    thread = Thread(target=run, name="portal")
    thread.start()
    try:
        yield port
    finally:
        over.set()
        thread.join()
