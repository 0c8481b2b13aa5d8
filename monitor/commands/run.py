"""`run`: the daemon."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import TYPE_CHECKING, Any

import structlog
import typer
from prometheus_client import CollectorRegistry

from monitor import __version__
from monitor.app import Knowledge
from monitor.daemon.loaded import load
from monitor.daemon.logs import Sampling, start_logging
from monitor.daemon.notify import Notifier
from monitor.daemon.service import Daemon, Parts
from monitor.daemon.told import Told
from monitor.ledger.store import LedgerError, open_ledger
from monitor.metering import Metering
from monitor.metrics.counters import Metrics
from monitor.problem import Problem, ProblemsFound
from monitor.serving import listen_at
from monitor.terminal import PROBLEMS, moment_of, problems_exit

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from monitor.config import Site


def run(config: Path) -> None:
    """Run until a signal ends it; exit 1 where it cannot begin, or the ledger fails."""
    start_logging(sys.stderr, as_json=not sys.stderr.isatty())
    log: Any = structlog.get_logger()
    told = Told(log, Sampling(time.monotonic))
    with problems_exit():
        knowledge = Knowledge.load()
        loaded = load(config, knowledge, told=told.decoded)
        listening = _listening(config, loaded.site)
        try:
            ledger = open_ledger(loaded.ledger, create=True)
        except LedgerError:
            listening.close()
            raise
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    parts = Parts(
        path=config,
        knowledge=knowledge,
        ledger=ledger,
        registry=registry,
        metrics=metrics,
        metering=Metering(metrics, ledger),
        notifier=Notifier.of_environment(os.environ),
        log=log,
        told=told,
        clock=lambda: moment_of(None),
    )
    host, port = listening.getsockname()[:2]
    log.info("starting", site=loaded.site.name, version=__version__, sources=len(loaded.site.sources))
    log.info("listening", host=host, port=port)
    try:
        with ledger:
            asyncio.run(Daemon(parts, loaded, listening).run())
    except LedgerError as error:
        for problem in error.problems:
            log.error("ledger_failed", problem=str(problem))  # noqa: TRY400 - a sentence for a person
        raise typer.Exit(PROBLEMS) from None
    except Exception:
        log.exception("failed")
        raise typer.Exit(PROBLEMS) from None
    log.info("stopped")


def _listening(config: Path, site: Site) -> socket.socket:
    try:
        return listen_at(site.listen)
    except OSError as error:
        what = f"{site.listen} cannot be listened on: {error.strerror}."
        raise ProblemsFound([Problem(str(config), 0, 0, "listen", what, "Write another address or port.")]) from None
