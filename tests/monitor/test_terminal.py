"""How commands speak."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import typer

from monitor.problem import Problem, ProblemsFound
from monitor.terminal import PROBLEMS, USAGE, in_sentences, moment_of, open_console, problems_exit


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2020-07-16", datetime(2020, 7, 16, 12, tzinfo=UTC)),
        ("2020-07-16T08:00:00Z", datetime(2020, 7, 16, 8, tzinfo=UTC)),
        ("2020-07-16T10:00:00+02:00", datetime(2020, 7, 16, 8, tzinfo=UTC)),
        ("2020-07-16T08:00:00", datetime(2020, 7, 16, 8, tzinfo=UTC)),
    ],
)
def test_a_day_is_its_noon_and_an_instant_is_itself(written: str, moment: datetime) -> None:
    """In UTC, where no zone is written."""
    assert moment_of(written) == moment


@pytest.mark.parametrize("written", ["yesterday", "2020-13-01", "0001-01-01T00:00:00+10:00"])
def test_what_is_no_moment_is_refused(written: str) -> None:
    """As wrong usage."""
    with pytest.raises(typer.Exit) as ended:
        moment_of(written)

    assert ended.value.exit_code == USAGE


def test_problems_are_printed_and_end_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """All of them, one a line."""
    with pytest.raises(typer.Exit) as ended, problems_exit():
        raise ProblemsFound([Problem("b.yaml", 2, 1, "", "two."), Problem("a.yaml", 1, 1, "", "one.")])

    assert (ended.value.exit_code, capsys.readouterr().err) == (PROBLEMS, "a.yaml:1:1: one.\nb.yaml:2:1: two.\n")


def test_width_is_that_of_columns_where_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """And 110 where nobody tells it."""
    monkeypatch.delenv("COLUMNS", raising=False)
    untold = open_console().width
    monkeypatch.setenv("COLUMNS", "77")

    assert (untold, open_console().width) == (110, 77)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(28, "No space left on device", "/var/ledger.db"), "/var/ledger.db: No space left on device.\n"),
        (OSError("the disk is gone"), "the disk is gone.\n"),
        (ProblemsFound([Problem("a.yaml", 1, 1, "", "one.")]), "a.yaml:1:1: one.\n"),
    ],
    ids=["file", "no file", "problems"],
)
def test_what_could_not_be_foreseen_is_a_sentence(
    error: Exception, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not a traceback; the process ends with 1."""
    with pytest.raises(SystemExit) as ended, in_sentences():
        raise error

    assert (ended.value.code, capsys.readouterr().err) == (PROBLEMS, sentence)
