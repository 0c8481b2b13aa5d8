"""A real Alertmanager with the example's configuration: the incident keeps the posture quiet, and nothing else."""

from __future__ import annotations

import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_DEADLINE_SECONDS: Final = 20.0
_HERE: Final = {"site": "paris-1", "system": "warehouse"}
_POSTURE: Final = {"alertname": "keys_held_by_exposed_host", "severity": "medium", "operator": "aws", **_HERE}
_RULES: Final = 3  # of inhibition, each with one alert below that it keeps quiet
_ALERTS: Final[list[dict[str, str]]] = [
    _POSTURE,
    {**_POSTURE, "system": "imaging"},
    {"alertname": "health_to_uncovered_country", "severity": "high", "operator": "example", **_HERE},
    {"alertname": "undeclared_importer", "severity": "medium", "operator": "example", **_HERE},
    {"alertname": "first_contact_operator", "severity": "low", "operator": "example", **_HERE},
    {"alertname": "first_contact_operator", "severity": "low", "operator": "other", **_HERE},
    {"alertname": "TransferwatchDown", "severity": "critical", "site": "paris-1"},
    {"alertname": "TransferwatchSourceSilent", "severity": "critical", "site": "paris-1", "source": "core"},
    {"alertname": "TransferwatchSourceSilent", "severity": "critical", "site": "lyon-1", "source": "core"},
]


@pytest.fixture(scope="module")
def told(
    service: Callable[[str], Path], root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[dict[str, Any]]]:
    """What Alertmanager says of the alerts above; its first notice waits for half a minute, and none is sent."""
    executable = service("prometheus-alertmanager")
    directory = tmp_path_factory.mktemp("alertmanager")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [
        str(executable),
        f"--config.file={root / 'rules' / 'prometheus' / 'examples' / 'alertmanager.yml'}",
        f"--storage.path={directory}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=error",
    ]
    with (
        (directory / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v2", trust_env=False, timeout=5) as client,
    ):
        try:
            _wait(lambda: client.post("/alerts", json=[{"labels": labels} for labels in _ALERTS]).is_success)
            _wait(lambda: len(client.get("/alerts").json()) == len(_ALERTS))
            # The inhibitor hears of an alert a moment after the API does.
            _wait(lambda: _quiet(client.get("/alerts").json()) >= _RULES)
            yield client.get("/alerts").json()
        finally:
            process.kill()


def test_incidents_keep_quiet_what_follows_from_them(told: list[dict[str, Any]]) -> None:
    """Of the same system, operator or site alone; an incident itself is never kept quiet."""
    quiet = {
        (
            each["labels"]["alertname"],
            each["labels"].get("system"),
            each["labels"].get("operator"),
            each["labels"]["site"],
        )
        for each in told
        if each["status"]["inhibitedBy"]
    }

    assert quiet == {
        ("keys_held_by_exposed_host", "warehouse", "aws", "paris-1"),
        ("first_contact_operator", "warehouse", "example", "paris-1"),
        ("TransferwatchSourceSilent", None, None, "paris-1"),
    }


def test_who_is_told(told: list[dict[str, Any]]) -> None:
    """The on-call of an incident and of a monitor that does not look."""
    receivers = {each["labels"]["alertname"]: {receiver["name"] for receiver in each["receivers"]} for each in told}

    assert receivers["health_to_uncovered_country"] == {"security-on-call", "security-mail"}
    assert receivers["TransferwatchDown"] == {"monitoring-on-call"}
    assert receivers["keys_held_by_exposed_host"] == {"security-mail"}


def _quiet(alerts: list[dict[str, Any]]) -> int:
    return sum(bool(each["status"]["inhibitedBy"]) for each in alerts)


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline:
        try:
            if until():
                return
        except httpx.TransportError:
            pass  # it does not listen yet
        time.sleep(0.05)
    pytest.fail(f"Alertmanager did not come to it in {_DEADLINE_SECONDS} seconds")
