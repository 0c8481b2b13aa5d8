"""The form of log lines, and how often one is said."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from monitor.daemon.logs import Sampling, start_logging

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes; afterwards everything is as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield io.StringIO()
    structlog.reset_defaults()
    root.handlers, root.level = handlers, level


def _said(stream: io.StringIO) -> dict[str, Any]:
    (line,) = stream.getvalue().splitlines()
    said: dict[str, Any] = json.loads(line)
    return said


def test_a_line_is_an_object(stream: io.StringIO) -> None:
    """With its time in UTC."""
    start_logging(stream, as_json=True)
    structlog.get_logger().info("started", site="paris-1")
    said = _said(stream)

    assert (said.pop("time")[-1], said) == ("Z", {"event": "started", "level": "info", "site": "paris-1"})


def test_what_a_library_says_is_a_line_too(stream: io.StringIO) -> None:
    """From warnings on."""
    start_logging(stream, as_json=True)
    logging.getLogger("uvicorn.error").info("nothing")
    logging.getLogger("uvicorn.error").warning("it is %s", "slow")
    said = _said(stream)

    assert (said["logger"], said["says"], said["level"]) == ("uvicorn.error", "it is slow", "warning")


@pytest.mark.parametrize("as_json", [pytest.param(True, id="json"), pytest.param(False, id="console")])
def test_a_traceback_shows_no_values(stream: io.StringIO, as_json: bool) -> None:  # noqa: FBT001 - a parameter
    """A variable may hold a secret or an address."""
    start_logging(stream, as_json=as_json)
    secret = "hunter" + str(len(stream.getvalue()))
    try:
        _fail(secret)
    except ValueError:
        structlog.get_logger().exception("failed")

    assert ("ValueError" in stream.getvalue(), secret in stream.getvalue()) == (True, False)


def _fail(secret: str) -> None:
    raise ValueError(len(secret))


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_line_is_said_once_a_minute() -> None:
    """And the next one tells how many there were."""
    clock = _Clock()
    sampling = Sampling(clock)
    passed = [sampling.passes("bad", "gateway"), sampling.passes("bad", "gateway", count=5)]
    clock.now = 61
    passed += [sampling.passes("bad", "gateway", count=2), sampling.passes("bad", "other")]

    assert passed == [1, None, 7, 1]


def test_what_is_remembered_is_bounded() -> None:
    """However many reasons there are."""
    sampling = Sampling(_Clock())
    for number in range(5_000):
        sampling.passes(str(number))

    assert len(sampling._said) == 1_000
