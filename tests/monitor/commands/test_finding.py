"""`evidence f-...`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from monitor.cli import app
from monitor.ledger.store import open_ledger
from tests.monitor.alert.kept import one
from tests.monitor.alert.matches import match

if TYPE_CHECKING:
    from pathlib import Path


def _evidence(directory: Path, id_: str, *arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["evidence", id_, "--ledger", f"sqlite:///{directory / 'l.db'}", *arguments])
    return found.exit_code, found.output


def test_a_finding_is_shown_with_who_is_behind_it(tmp_path: Path) -> None:
    """As its alert tells it, and every address that is kept."""
    with open_ledger(f"sqlite:///{tmp_path / 'l.db'}", create=True) as ledger:
        id_ = one(ledger, match(remote_address="203.0.113.9")).id
    code, said = _evidence(tmp_path, id_)

    assert (code, "203.0.113.9" in said) == (0, True)


def test_a_finding_as_json_is_what_a_webhook_is_told(tmp_path: Path) -> None:
    """One object, by its id."""
    with open_ledger(f"sqlite:///{tmp_path / 'l.db'}", create=True) as ledger:
        id_ = one(ledger, match()).id
    _, said = _evidence(tmp_path, id_, "--json")

    assert json.loads(said)["finding"] == id_


def test_an_id_that_nobody_has_is_a_usage_problem(tmp_path: Path) -> None:
    """And says why it may be gone."""
    open_ledger(f"sqlite:///{tmp_path / 'l.db'}", create=True).close()
    code, said = _evidence(tmp_path, "f-aaaaaaaaaa")

    assert (code, "retention.evidence_days" in said) == (2, True)
