"""Routes from the site's file: secrets read, mistakes told, nothing shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.alert.routes import build_routes
from monitor.alert.settings import Alerts
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path


def _alerts(**written: object) -> Alerts:
    return Alerts.model_validate(written)


def test_without_routes_nobody_is_told(tmp_path: Path) -> None:
    """Findings are recorded all the same."""
    assert build_routes(Alerts(), tmp_path) == ()


def test_every_route_has_its_own_name(tmp_path: Path) -> None:
    """What each was told is kept under it."""
    alerts = _alerts(
        findings_path="findings.ndjson",
        alertmanagers=[{"url": "https://a.example.org"}, {"url": "https://b.example.org/"}],
        webhooks=[{"url": "https://h.example.org/1", "secret": "s"}, {"url": "https://h.example.org/2", "secret": "s"}],
        mqtt={"host": "broker"},
        email={"host": "mail", "from": "a@example.org", "to": ["b@example.org"]},
    )

    assert len({route.name for route in build_routes(alerts, tmp_path)}) == 7


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    """Beside transferwatch.yaml, with the line break that an editor leaves."""
    (tmp_path / "token").write_text("very secret\n", encoding="utf-8")
    alerts = _alerts(alertmanagers=[{"url": "https://a.example.org", "token_file": "token"}])
    (route,) = build_routes(alerts, tmp_path)

    assert route.settings.authorization == "Bearer very secret"  # type: ignore[attr-defined]


def test_no_text_of_a_route_shows_a_secret(tmp_path: Path) -> None:
    """Whoever logs one by mistake gives nothing away."""
    alerts = _alerts(
        alertmanagers=[{"url": "https://a.example.org", "username": "u", "password": "hush"}],
        webhooks=[{"url": "https://h.example.org/hush", "secret": "hush"}],
        mqtt={"host": "broker", "username": "u", "password": "hush"},
        email={"host": "mail", "from": "a@x.org", "to": ["b@x.org"], "username": "u", "password": "hush"},
    )

    assert "hush" not in repr(build_routes(alerts, tmp_path))
    assert "hush" not in repr(alerts).replace("h.example.org/hush", "")


@pytest.mark.parametrize(
    "content", [None, b"", b"two\nlines", b"\xff"], ids=["missing", "empty", "two lines", "no text"]
)
def test_a_secret_that_cannot_be_read_is_a_problem(content: bytes | None, tmp_path: Path) -> None:
    """A line break in a header would be another header."""
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    alerts = _alerts(alertmanagers=[{"url": "https://a.example.org", "token_file": "token"}])

    with pytest.raises(ProblemsFound):
        build_routes(alerts, tmp_path)


def test_an_authority_that_is_none_is_a_problem(tmp_path: Path) -> None:
    """Not at three in the morning, but when the daemon starts."""
    (tmp_path / "ca.pem").write_text("no certificate", encoding="utf-8")
    alerts = _alerts(webhooks=[{"url": "https://a.example.org", "secret": "s", "ca_file": "ca.pem"}])

    with pytest.raises(ProblemsFound, match="no file of certificates"):
        build_routes(alerts, tmp_path)
