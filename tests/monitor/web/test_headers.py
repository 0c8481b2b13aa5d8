"""What every answer says to the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from monitor.web.headers import HEADERS, SecurityHeaders
from tests.monitor.web.served import asked

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

_PAGE = SecurityHeaders(PlainTextResponse("", headers={"Cache-Control": "public", "X-Own": "stays"}))


def test_headers_replace_those_of_the_page() -> None:
    """A page cannot say less."""
    answer = asked(_PAGE, "/")

    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_other_headers_stay() -> None:
    """What the page says beside them is passed on."""
    assert asked(_PAGE, "/").headers["X-Own"] == "stays"


async def test_what_is_no_page_passes_through() -> None:
    """Only answers to a browser have headers; a message of another kind is handed on as it is."""
    sent: list[Message] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send({"type": "lifespan.startup.complete"})

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        sent.append(message)

    await SecurityHeaders(application)({"type": "lifespan"}, receive, send)

    assert sent == [{"type": "lifespan.startup.complete"}]


def test_nothing_may_run_and_nothing_may_be_loaded() -> None:
    """The policy begins with nothing and adds only what is inside the page."""
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))

    assert policy == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
