"""Run commands in this process, over knowledge that was loaded once, and what they are run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from monitor.cli import app

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
)
ACCEPTED = "2 123456789012 eni-1 10.20.0.5 8.8.4.4 40000 443 6 10 5000 1760000000 1760000060 ACCEPT OK"
BROKEN = "2 123456789012 eni-1 10.20.0.5 8.8.4.4 40000 443 6 10 many 1760000000 1760000060 ACCEPT OK"


def run(*arguments: object) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def said(result: Result) -> tuple[int, str]:
    """The code, and what stands on standard error; a fault of the program is one of the test."""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stderr


def write_flow_log(folder: Path) -> Path:
    """One good and one broken record."""
    path = folder / "flow.log"
    path.write_text(f"{HEADER}\n{ACCEPTED}\n{BROKEN}\n")
    return path


def write_small_site(folder: Path) -> Path:
    """A site of one system."""
    path = folder / "transferwatch.yaml"
    path.write_text("site: s-1\nexporter: {name: X, country: FR}\ninventory: inventory.yaml\n")
    (folder / "inventory.yaml").write_text(
        "systems:\n  - {id: warehouse, networks: [10.20.0.0/16], data_class: health}\n"
    )
    return path
