"""Run commands in this process, over knowledge that was loaded once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from monitor.cli import app

if TYPE_CHECKING:
    from typer.testing import Result


def run(*arguments: object) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def said(result: Result) -> tuple[int, str]:
    """The code, and what stands on standard error; a fault of the program is one of the test."""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stderr
