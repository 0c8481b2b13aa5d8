"""Serve an application on the loopback while something else goes on, until a signal ends both.

Decides the port of `demo`: the one asked for, or a free one when that is taken. Only who names another address listens
beyond the loopback.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from starlette.types import ASGIApp

LOOPBACK: Final = "127.0.0.1"
_GRACE_SECONDS: Final = 2


def listen(port: int) -> socket.socket:
    """Listen on a port of the loopback, or on a free one when it is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
    except OSError:
        listening.bind((LOOPBACK, 0))
    listening.listen()
    return listening


def listen_at(address: str) -> socket.socket:
    """Listen at an address and port, `127.0.0.1:8480` or `[::1]:8480`.

    Raises:
        OSError: that cannot be had.
    """
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host.strip("[]"), int(port)))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


async def serve_until(application: ASGIApp, listening: socket.socket, ended: asyncio.Event) -> None:
    """Serve until an event says that it is over; signals are somebody else's."""
    server = _Unsignalled(_config(application))
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve(sockets=[listening]), name="server")
        waiting = tasks.create_task(ended.wait(), name="until")
        await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        waiting.cancel()


class _Unsignalled(uvicorn.Server):
    """A server that leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def serve(application: ASGIApp, listening: socket.socket, beside: Callable[[], Awaitable[None]]) -> None:
    """Serve until a signal comes; what goes on beside is cancelled then, and its failure ends the serving."""
    server = uvicorn.Server(_config(application))
    async with asyncio.TaskGroup() as tasks:
        going_on = tasks.create_task(_beside(beside, server), name="beside")
        await server.serve(sockets=[listening])
        going_on.cancel()
    failure = None if going_on.cancelled() else going_on.result()
    if failure is not None:
        raise failure


def _config(application: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        log_config=None,  # what it says goes where the process says its own words
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        limit_concurrency=64,
    )


async def _beside(beside: Callable[[], Awaitable[None]], server: uvicorn.Server) -> Exception | None:
    """What went wrong beside: handed on when the server is down, because a server that is cancelled leaves sockets."""
    try:
        await beside()
    except Exception as error:  # noqa: BLE001 - raised again by `serve`
        server.should_exit = True
        return error
    return None
