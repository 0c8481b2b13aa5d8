"""Serving on the loopback: which port, until when, and what is left of it afterwards."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from monitor.serving import LOOPBACK, listen, listen_at, serve, serve_until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from starlette.requests import Request


@pytest.fixture(autouse=True)
def _interrupts() -> Iterator[None]:
    """What a terminal's interrupt does: in the background of a shell it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def _answer(request: Request) -> PlainTextResponse:
    del request
    return PlainTextResponse("here")


_APPLICATION = Starlette(routes=[Route("/", _answer)])


class _Broken(Exception):  # noqa: N818 - what a test breaks with
    """What goes on beside fails."""


async def _ask(port: int) -> str:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"http://{LOOPBACK}:{port}/")).text


def _served(beside: Callable[[int], Awaitable[None]]) -> socket.socket:
    """Serve on a free port while something goes on beside, which is told the port."""
    listening = listen(0)
    port = listening.getsockname()[1]
    asyncio.run(serve(_APPLICATION, listening, lambda: beside(port)))
    return listening


def test_the_port_asked_for_is_taken_when_it_is_free() -> None:
    """A free one is found by asking for none, and is then asked for."""
    with listen(0) as free:
        port = free.getsockname()[1]
    with listen(port) as listening:
        assert listening.getsockname() == (LOOPBACK, port)


def test_a_taken_port_gives_a_free_one() -> None:
    """Another one, and it listens."""
    with listen(0) as taken, listen(taken.getsockname()[1]) as other:
        assert other.getsockname()[1] != taken.getsockname()[1]
        with socket.create_connection(other.getsockname(), timeout=5):
            pass


def test_only_the_loopback_is_listened_on() -> None:
    """No other machine can ask."""
    with listen(0) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"


def test_pages_are_answered_while_something_goes_on() -> None:
    """A signal ends both: what goes on is cancelled, and the signal reaches the caller."""
    told = []

    async def beside(port: int) -> None:
        told.append(await _ask(port))
        signal.raise_signal(signal.SIGINT)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.append("cancelled")
            raise

    with pytest.raises(KeyboardInterrupt):
        _served(beside)

    assert told == ["here", "cancelled"]


def test_what_fails_beside_ends_the_serving_with_that_error() -> None:
    """Nobody serves on over work that has stopped."""

    async def beside(port: int) -> None:
        assert await _ask(port) == "here"
        raise _Broken

    with pytest.raises(_Broken):
        _served(beside)


def test_what_fails_at_once_ends_the_serving_with_that_error() -> None:
    """Before the first page could be asked for."""

    async def beside(port: int) -> None:
        del port
        raise _Broken

    with pytest.raises(_Broken):
        _served(beside)


@pytest.mark.parametrize("asking", [True, False], ids=["in_the_middle", "at_once"])
def test_nothing_is_left_of_it(*, asking: bool) -> None:
    """Neither a socket that listens nor a thread."""
    before = set(threading.enumerate())
    listening = listen(0)
    address = listening.getsockname()

    async def beside() -> None:
        if asking:
            await _ask(address[1])
        raise _Broken

    with pytest.raises(_Broken):
        asyncio.run(serve(_APPLICATION, listening, beside))

    left = set(threading.enumerate()) - before
    for thread in left:  # one that answered is told to end, and may take its time
        thread.join(timeout=30)
    assert (listening.fileno(), [thread.name for thread in left if thread.is_alive()]) == (-1, [])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)


def test_work_that_is_done_leaves_the_pages_there() -> None:
    """What goes on may come to its end; the pages stay until a signal."""
    told = []

    async def later(port: int) -> None:
        told.append(await _ask(port))
        signal.raise_signal(signal.SIGINT)

    async def beside(port: int) -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(lambda: tasks.append(loop.create_task(later(port))))

    tasks: list[asyncio.Task[None]] = []
    with pytest.raises(KeyboardInterrupt):
        _served(beside)

    assert told == ["here"]


@pytest.mark.parametrize(
    ("address", "host"), [pytest.param("127.0.0.1:0", "127.0.0.1", id="v4"), pytest.param("[::1]:0", "::1", id="v6")]
)
def test_an_address_is_listened_on(address: str, host: str) -> None:
    """As it is written."""
    with listen_at(address) as listening:
        assert listening.getsockname()[0] == host


def test_an_address_that_is_taken_is_refused() -> None:
    """Who named it would look there."""
    with listen(0) as taken, pytest.raises(OSError, match="in use"):
        listen_at(f"{LOOPBACK}:{taken.getsockname()[1]}")


def test_serving_ends_with_its_event() -> None:
    """And leaves signals to whoever runs it."""
    listening = listen(0)
    port = listening.getsockname()[1]

    async def served() -> tuple[str, bool]:
        ended, before = asyncio.Event(), signal.getsignal(signal.SIGINT)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve_until(_APPLICATION, listening, ended), name="server")
            said = await _ask(port)
            is_left = signal.getsignal(signal.SIGINT) == before
            ended.set()
        return said, is_left

    assert asyncio.run(served()) == ("here", True)
