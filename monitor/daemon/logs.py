"""What the daemon writes to its log, and how often.

Decides the form (JSON, one object a line; for people on a terminal) and that whatever repeats with each record is said
at most once a minute. No line at INFO or below ERROR repeats what a record says: it may hold an address. Tracebacks
show no values of variables.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO, TypeAlias

    Log: TypeAlias = Any  # structlog's bound logger is typed so by its makers

_MOST_KEYS: Final = 1_000


def start_logging(stream: TextIO, *, as_json: bool, level: int = logging.INFO) -> None:
    """Write to a stream from now on; what libraries say at WARNING and above is written there too."""
    form: list[structlog.types.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            *form,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Handler()], level=logging.WARNING, force=True)


class _Handler(logging.Handler):
    """Writes what a library says as we do."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        log: Log = structlog.get_logger()
        log.log(record.levelno, "library", logger=record.name, says=record.getMessage(), exc_info=record.exc_info)


@dataclass(slots=True)
class Sampling:
    """Lets a line through at most once in so many seconds for each key; safe to ask from several threads.

    `clock`: seconds that never go back.
    """

    clock: Callable[[], float]
    every_seconds: float = 60
    _said: dict[tuple[str, ...], tuple[float, int]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def passes(self, *key: str, count: int = 1) -> int | None:
        """Null where nothing is to be said now; else how much there was since the last line, this included."""
        now = self.clock()
        with self._lock:
            last, held = self._said.pop(key, (None, 0))
            if last is not None and now - last < self.every_seconds:
                self._said[key] = (last, held + count)
                return None
            if len(self._said) >= _MOST_KEYS:
                self._said.pop(next(iter(self._said)))
            self._said[key] = (now, 0)
            return held + count
