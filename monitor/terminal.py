"""How a command speaks: problems, refusals, moments, tables and the progress of a replay.

Decides nothing that a command answers; only how it reaches a person, and with which code a command ends.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NoReturn

import typer

from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from typing import TypeAlias

    from rich.console import Console

    from collectors.contract import BadRecord, Batch
    from monitor.inputs import Input
    from monitor.tally import Tally

    Told: TypeAlias = Callable[[Input, Batch], None]

PROBLEMS: Final = 1
USAGE: Final = 2


@contextmanager
def following(inputs: list[Input], tally: Tally, told: Told) -> Iterator[tuple[Iterable[Input], Told]]:
    """Follow the inputs with a bar on a terminal; without one, just hand them on."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield inputs, told
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TextColumn("{task.completed} of {task.total} files, {task.fields[records]} records"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task("", total=len(inputs), records="0")

        def followed() -> Iterator[Input]:
            for done, input_ in enumerate(inputs):
                progress.update(task, completed=done)
                yield input_
            progress.update(task, completed=len(inputs))

        def seen(input_: Input, batch: Batch) -> None:
            told(input_, batch)
            progress.update(task, records=f"{tally.records:,}")

        yield followed(), seen


def broken(input_: Input, bad: BadRecord) -> str:
    """Say which record of which file is broken, as a problem."""
    from monitor.problem import Problem

    return str(Problem(str(input_.path), bad.line, 0, "", f"{bad.what}."))


@contextmanager
def in_sentences() -> Iterator[None]:
    """End the process with a sentence, not with a traceback, whatever a command could not foresee.

    Raises:
        SystemExit: with 1, where it could not.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter still gets the rest
    try:
        yield
    except BrokenPipeError:
        # The reader of our output went away, as `| head` does. Nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(PROBLEMS) from None
    except ProblemsFound as found:
        say(found.problems)
        raise SystemExit(PROBLEMS) from None
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        typer.echo(f"{place}{error.strerror or error}.", err=True)
        raise SystemExit(PROBLEMS) from None


@contextmanager
def problems_exit() -> Iterator[None]:
    """End a command with 1 when a loader found problems, and print all of them."""
    try:
        yield
    except ProblemsFound as found:
        say(found.problems)
        raise typer.Exit(PROBLEMS) from None


def say(problems: Iterable[object]) -> None:
    """Print problems on standard error."""
    for problem in problems:
        typer.echo(str(problem), err=True)


def refuse(message: str) -> NoReturn:
    """End a command as wrongly used."""
    typer.echo(message, err=True)
    raise typer.Exit(USAGE)


def midnight() -> int:
    """Begin of today in UTC, in seconds since 1970."""
    from datetime import timedelta

    now = moment_of(None)
    return int((now - timedelta(hours=now.hour, minutes=now.minute, seconds=now.second)).timestamp())


def moment_of(at: str | None) -> datetime:
    """Read an instant: a day means noon of it in UTC; nothing means now."""
    from datetime import UTC, datetime, time

    if at is None:
        return datetime.now(UTC)  # noqa: TID251 - the one place where a command asks the clock
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        refuse(f"--at {at}: is no date. Write 2020-07-16 or 2020-07-16T08:00:00Z.")
    if "T" not in at and " " not in at:
        moment = datetime.combine(moment.date(), time(12))
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        refuse(f"--at {at}: lies outside the years 1 to 9999 in UTC.")


def print_as(answer: dict[str, Any], as_text: Any, *, as_json: bool) -> None:  # noqa: ANN401 - a printer of that answer
    """Print an answer as JSON, or as its printer does for people."""
    if as_json:
        import json

        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        as_text(answer, open_console())


def open_console() -> Console:
    """Open standard output as wide as it is; text is text there, never markup."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_terminal or "COLUMNS" in os.environ:
        return console
    # Where nobody tells the width (a pipe, a file), tables get the room that they need.
    return Console(highlight=False, markup=False, emoji=False, width=110)
