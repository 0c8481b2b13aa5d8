"""`check`: one line when all is in order, else every problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.problem import Problem, ProblemsFound
from tests.monitor.commands.running import run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("loaded_once")


def test_a_sound_site_is_told_that_all_is_in_order(small_site: Path) -> None:
    """One line and exit 0."""
    result = run("check", "-c", small_site)

    assert (result.exit_code, result.stdout) == (
        0,
        f"{small_site}: in order. 1 system, 0 declared transfers, 0 certifications, 0 sources.\n",
    )


def test_every_problem_is_told(small_site: Path) -> None:
    """Problems of two files at once, exit 1."""
    small_site.write_text(small_site.read_text() + "timezon: Europe/Paris\n")
    (small_site.parent / "inventory.yaml").write_text("systems:\n  - {id: warehouse, networks: [10.20.0.1/16]}\n")
    result = run("check", "-c", small_site)

    assert result.exit_code == 1
    assert "transferwatch.yaml:4:1 timezon:" in result.stderr
    assert "inventory.yaml:2:" in result.stderr


@pytest.mark.parametrize("loader", ["monitor.commands.check.load_reference", "monitor.app.shipped_services"])
def test_what_ships_is_loaded_as_well(small_site: Path, loader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged rule file is a problem of the start, whoever needs it first."""

    def damaged() -> None:
        raise ProblemsFound([Problem("rules/x.yaml", 1, 1, "key", "this key is not known.")])

    monkeypatch.setattr(loader, damaged)
    result = run("check", "-c", small_site)

    assert (result.exit_code, result.stderr) == (1, "rules/x.yaml:1:1 key: this key is not known.\n")


def test_a_wrong_field_order_is_refused(small_site: Path) -> None:
    """A log_format that no decoder takes is told before the daemon starts."""
    small_site.write_text(small_site.read_text() + "sources:\n  - {type: aws_vpc, path: x, log_format: srcaddr wat}\n")
    result = run("check", "-c", small_site)

    assert (result.exit_code, "`wat` is not a flow log field" in result.stderr) == (1, True)
