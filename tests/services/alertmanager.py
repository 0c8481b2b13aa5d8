"""A real Alertmanager on a port of the loopback, which can be stopped and started again with what it knew."""

from __future__ import annotations

import socket
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest

if TYPE_CHECKING:
    from pathlib import Path

_DEADLINE_SECONDS: Final = 20.0
_CONFIGURATION: Final = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Alertmanager:
    """Runs one; `web_config`: text of its file for TLS and authentication; `tls`: it speaks TLS by that."""

    executable: Path
    directory: Path
    web_config: str | None = None
    tls: bool = False
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it is ready or asks who we are."""
        (self.directory / "alertmanager.yml").write_text(_CONFIGURATION, encoding="utf-8")
        command = [
            str(self.executable),
            f"--config.file={self.directory / 'alertmanager.yml'}",
            f"--storage.path={self.directory / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--cluster.listen-address=",
            "--log.level=error",
        ]
        if self.web_config is not None:
            (self.directory / "web.yml").write_text(self.web_config, encoding="utf-8")
            command.append(f"--web.config.file={self.directory / 'web.yml'}")
        log = self.directory / "alertmanager.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output)
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while time.monotonic() < deadline:
            try:
                if _get(f"{self.url}/-/ready").status_code in {200, 401}:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        pytest.fail(f"Alertmanager was not ready: {log.read_text(encoding='utf-8', errors='replace')}")

    def stop(self) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def alerts(self, auth: tuple[str, str] | None = None) -> list[dict[str, Any]]:
        """What it holds as firing."""
        answer = _get(f"{self.url}/api/v2/alerts", auth)
        found: list[dict[str, Any]] = answer.json()
        return found


def _get(url: str, auth: tuple[str, str] | None = None) -> httpx.Response:
    """Ask it as a test may: whoever answers is the one that the test has started."""
    return httpx.get(url, trust_env=False, timeout=5, auth=auth, verify=False)  # noqa: S501
