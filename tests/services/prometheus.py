"""A real Prometheus that scrapes one port of the loopback, and can be asked."""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DEADLINE_SECONDS: Final = 20.0
_CONFIGURATION: Final = """
global: {{scrape_interval: {every_seconds}s, scrape_timeout: {every_seconds}s}}
scrape_configs:
  - job_name: transferwatch
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


class Prometheus:
    """Asks a running Prometheus."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def answer(self, query: str) -> list[dict[str, Any]]:
        """Give what a query answers; an error of the query fails the test."""
        response = self._client.get("/api/v1/query", params={"query": query})
        body = response.json()
        assert body["status"] == "success", (query, body)
        result: list[dict[str, Any]] = body["data"]["result"]
        return result

    def value(self, query: str) -> float:
        """Give the value of a query that answers with one."""
        (one,) = self.answer(query)
        return float(one["value"][1])

    def wait_for(self, query: str) -> None:
        """Wait until a query answers with anything."""
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while time.monotonic() < deadline:
            try:
                if self.answer(query):
                    return
            except (httpx.TransportError, ValueError):
                pass  # it does not listen yet, or says in plain text that it is starting
            time.sleep(0.05)
        pytest.fail(f"Prometheus had no answer in {_DEADLINE_SECONDS} seconds: {query}")


@contextmanager
def scraping(executable: Path, target: int, directory: Path, *, every_seconds: int = 1) -> Iterator[Prometheus]:
    """Run a Prometheus that scrapes `target`, on a free port; it is gone afterwards, whatever happened."""
    configuration = directory / "prometheus.yml"
    configuration.write_text(_CONFIGURATION.format(port=target, every_seconds=every_seconds), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [
        str(executable),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={directory / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    with (
        (directory / "prometheus.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,
    ):
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=5) as client:
                yield Prometheus(client)
        finally:
            process.terminate()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
