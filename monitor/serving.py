"""Serve an application on the loopback while something else goes on, until a signal ends both.

Decides the port: the one asked for, or a free one when that is taken. Nothing here listens beyond the loopback.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Final

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

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


async def serve(application: ASGIApp, listening: socket.socket, beside: Callable[[], Awaitable[None]]) -> None:
    """Serve until a signal comes; what goes on beside is cancelled then, and its failure ends the serving."""
    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        limit_concurrency=64,
    )
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as tasks:
        going_on = tasks.create_task(_beside(beside, server), name="beside")
        await server.serve(sockets=[listening])
        going_on.cancel()
    failure = None if going_on.cancelled() else going_on.result()
    if failure is not None:
        raise failure


async def _beside(beside: Callable[[], Awaitable[None]], server: uvicorn.Server) -> Exception | None:
    """What went wrong beside: handed on when the server is down, because a server that is cancelled leaves sockets."""
    try:
        await beside()
    except Exception as error:  # noqa: BLE001 - raised again by `serve`
        server.should_exit = True
        return error
    return None
