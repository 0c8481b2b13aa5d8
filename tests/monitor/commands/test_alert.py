"""`alert test`, and `evidence` of a finding."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.ledger.store import open_ledger
from tests.monitor.alert.kept import add
from tests.monitor.alert.loopback import http_server, smtp_server
from tests.monitor.alert.matches import frame, match

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


def _site(directory: Path, more: str = "") -> Path:
    path = directory / "transferwatch.yaml"
    path.write_text(
        f"site: s-1\nexporter: {{name: X, country: FR}}\ninventory: inventory.yaml\nledger: sqlite:///ledger.db\n{more}",
        encoding="utf-8",
    )
    (directory / "inventory.yaml").write_text(
        "systems:\n  - {id: warehouse, networks: [10.20.0.0/16], data_class: health}\n", encoding="utf-8"
    )
    return path


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_each_route_gets_one_test_alert_and_what_it_answered_is_told(tmp_path: Path) -> None:
    """The operator sees which one works, before it matters."""
    with http_server() as hook, smtp_server() as mail:
        routes = (
            "alerts:\n"
            "  findings_path: findings.ndjson\n"
            f"  webhooks: [{{url: 'http://127.0.0.1:{hook.port}/x', secret: s}}]\n"
            f"  email: {{host: 127.0.0.1, port: {mail.port}, tls: none, from: a@x.org, to: [b@x.org]}}\n"
        )
        result = _run("alert", "test", "-c", _site(tmp_path, routes))

    assert result.exit_code == 0, result.output
    assert [line.rpartition(": ")[2] for line in result.output.splitlines()] == [
        "written",
        "answered 200",
        "the mail server took it",
    ]
    assert json.loads(hook.bodies[0])["test"] is True


def test_a_route_that_does_not_take_it_is_an_error(tmp_path: Path) -> None:
    """Exit 1, so that a script sees it."""
    with http_server() as hook:
        hook.status = 500
        routes = f"alerts:\n  webhooks: [{{url: 'http://127.0.0.1:{hook.port}/x', secret: s}}]\n"
        result = _run("alert", "test", "-c", _site(tmp_path, routes))

    assert (result.exit_code, result.output.rpartition(": ")[2]) == (1, "answered 500\n")


def test_a_site_without_routes_is_told_so(tmp_path: Path) -> None:
    """Silence is not success."""
    result = _run("alert", "test", "-c", _site(tmp_path))

    assert (result.exit_code, "nobody would be told" in result.output) == (1, True)


@pytest.fixture
def site_with_finding(tmp_path: Path) -> Path:
    """A site whose ledger holds one finding."""
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", create=True) as ledger:
        add(ledger, frame(match()))
    return _site(tmp_path)


def test_evidence_of_a_finding_is_its_text_and_its_addresses(site_with_finding: Path) -> None:
    """The id stands in the alert."""
    result = _run("evidence", "f-q4duvwgag5", "-c", site_with_finding)

    assert result.exit_code == 0, result.output
    assert "52.0.0.1  1 records, 1100 octets" in result.output


def test_evidence_of_a_finding_as_json(site_with_finding: Path) -> None:
    """For machines."""
    result = _run("evidence", "f-q4duvwgag5", "-c", site_with_finding, "--json")

    assert json.loads(result.output)["evidence"]["remote"][0]["value"] == "52.0.0.1"


def test_a_finding_that_is_not_there(site_with_finding: Path) -> None:
    """It may have been deleted."""
    result = _run("evidence", "f-aaaaaaaaaa", "-c", site_with_finding)

    assert (result.exit_code, "there is no finding f-aaaaaaaaaa" in result.output) == (2, True)


def test_check_names_a_waiver_that_ended_and_goes_on(tmp_path: Path) -> None:
    """A warning: a restart at night must not fail of it."""
    (tmp_path / "waivers.yaml").write_text(
        "waivers:\n  - {id: W-1, match: {rules: [a]}, owner: dpo, reason: x, expires: 2020-01-01}\n", encoding="utf-8"
    )
    result = _run("check", "-c", _site(tmp_path, "waivers: waivers.yaml\n"))

    assert (result.exit_code, "waiver W-1 ended on 2020-01-01" in result.output) == (0, True)
