"""The command line: commands, nothing else.

Exit codes: 0 ok, 1 problems in the operator's files or findings where asked for, 2 usage. Each command imports what it
needs when it runs, so that `--help` is quick.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from monitor import __version__
from monitor.memory import keep_freed_pages
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from typing import TypeAlias

    import polars as pl
    from rich.console import Console

    from collectors.contract import BadRecord, Batch
    from monitor.config import Site
    from monitor.inputs import Found, Input
    from monitor.tally import Tally

    Told: TypeAlias = Callable[[Input, Batch], None]

app = typer.Typer(
    name="transferwatch",
    help="Measure which health data leaves the EU, to whom, and under whose law.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
geodata = typer.Typer(help="Compile and inspect the atlas.", no_args_is_help=True)
app.add_typer(geodata, name="geodata")

ConfigFile = Annotated[Path, typer.Option("--config", "-c", help="The site's transferwatch.yaml.", show_default=False)]
Paths = Annotated[list[Path], typer.Argument(help="Files and directories.", show_default=False)]
AtDate = Annotated[str | None, typer.Option("--at", help="A day (2020-07-16) or an instant (2020-07-16T08:00:00Z).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_PROBLEMS = 1
# Share of records without an end of ours above which the inventory is likely to be wrong.
_LOUD_ABOVE = 0.1
_USAGE = 2


def main() -> None:
    """Run the command line: whatever a command could not foresee ends in one sentence, not in a traceback."""
    keep_freed_pages()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter still gets the rest
    try:
        app()
    except BrokenPipeError:
        # The reader of our output went away, as `| head` does. Nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(_PROBLEMS) from None
    except ProblemsFound as found:
        _say(found.problems)
        raise SystemExit(_PROBLEMS) from None
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        typer.echo(f"{place}{error.strerror or error}.", err=True)
        raise SystemExit(_PROBLEMS) from None


def _print_version(value: bool) -> None:  # noqa: FBT001 - typer's callback form
    if value:
        typer.echo(f"transferwatch {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Measure which health data leaves the EU, to whom, and under whose law."""
    del version  # its callback has done the work


@app.command()
def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="Stop after the data is judged and the answer printed.")] = False,
    directory: Annotated[
        Path | None, typer.Option("--directory", help="Keep the sample site here instead of in a temporary folder.")
    ] = None,
) -> None:
    """Judge a sample hospital: its logs are made, judged and summed up; no configuration, no network."""
    import tempfile

    from monitor.demo import make_demo_site

    if not once:
        _refuse("this version of the demo does not serve yet. Write: transferwatch demo --once")
    if directory is not None and directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        _refuse(f"--directory {directory}: is not empty, and nothing of yours is overwritten. Name a new folder.")
    with tempfile.TemporaryDirectory(prefix="transferwatch-demo-") as temporary:
        site = make_demo_site(directory or Path(temporary))
        console = _console()
        console.print(f"A sample hospital, {site.files} flow log files from {site.first_day} on, in {site.directory}")
        _replay(site.config, "auto", [site.logs], judged=None, strict=False)
        if directory:
            console.print(f"Look further: transferwatch replay -c {site.config} --judged rows.ndjson {site.logs}")
        else:
            console.print("Keep the site and its logs: transferwatch demo --once --directory demo")


@app.command()
def check(config: ConfigFile) -> None:
    """Load everything, report every problem at once, start nothing."""
    from monitor.app import Knowledge, open_site

    with _problems_exit():
        site = open_site(config, Knowledge.load().operators)
    counts = {
        "system": len(site.inventory.systems),
        "declared transfer": len(site.register.transfers),
        "certification": len(site.certifications.certifications),
        "source": len(site.sources),
    }
    said = ", ".join(f"{count} {what}{'' if count == 1 else 's'}" for what, count in counts.items())
    typer.echo(f"{config}: in order. {said}.")


@app.command()
def decode(
    paths: Paths,
    format_: Annotated[str, typer.Option("--format", help="KIND of the source: aws_vpc.", show_default=False)],
    log_format: Annotated[
        str | None, typer.Option("--log-format", help="Field order, where files have no header.")
    ] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when a record is broken.")] = False,
) -> None:
    """Print normalised events as NDJSON; broken records go to standard error, counted."""
    from dataclasses import replace

    from collectors import KINDS
    from collectors.contract import SourceOptions
    from collectors.files import UnreadableInputError
    from monitor.events import event_lines
    from monitor.replay import decoded
    from monitor.tally import Tally

    _check_format(format_, auto=False)
    tally = Tally()
    options = SourceOptions(log_format=log_format)
    try:
        KINDS[format_].decoder(options)
    except ValueError as error:
        _refuse(f"--log-format: {error}.")
    for input_ in _inputs(paths, format_, None).inputs:
        chosen = replace(input_, options=options)
        try:
            for batch in decoded(chosen):
                tally.add_batch(batch)
                for bad in batch.bad:
                    typer.echo(_broken(chosen, bad), err=True)
                sys.stdout.writelines(event_lines(batch, chosen.kind.name))
        except UnreadableInputError as error:
            tally.unreadable[str(chosen.path)] = str(error)
            typer.echo(f"{chosen.path}: the file {error}.", err=True)
    if tally.broken_records:
        typer.echo(f"{tally.broken_records} of {tally.records} records are broken.", err=True)
    _finish(tally, strict=strict)


@app.command()
def replay(
    paths: Paths,
    config: Annotated[Path | None, typer.Option("--config", "-c", help="The site's transferwatch.yaml.")] = None,
    format_: Annotated[
        str,
        typer.Option("--format", help="KIND of the source (aws_vpc); auto asks the site's sources, then the content."),
    ] = "auto",
    judged: Annotated[Path | None, typer.Option("--judged", help="Write judged rows: FILE.ndjson or .parquet.")] = None,
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 when a record is broken or a file unreadable.")
    ] = False,
) -> None:
    """Judge recorded logs and print what left, to where, under whose law."""
    _check_format(format_, auto=True)
    if judged is not None and judged.suffix not in {".ndjson", ".parquet"}:
        _refuse(f"--judged {judged}: the name ends in neither .ndjson nor .parquet.")
    if judged is not None and not judged.absolute().parent.is_dir():
        _refuse(f"--judged {judged}: there is no folder {judged.absolute().parent}.")
    _replay(config, format_, paths, judged=judged, strict=strict)


@app.command()
def explain(
    what: Annotated[str, typer.Argument(metavar="ADDRESS|NAME", help="An address or a host name.", show_default=False)],
    at: AtDate = None,
    *,
    json: AsJson = False,
) -> None:
    """Say where an address is, who operates it, whose law reaches them, and from which source each fact came.

    Never sends a packet, not even a DNS query.
    """
    from monitor.app import Knowledge
    from monitor.inquiry.explain import explain as explained
    from monitor.inquiry.explain_text import print_explanation

    moment = _moment(at)
    try:
        answer = explained(what, moment, Knowledge.load())
    except ValueError as error:
        _refuse(str(error))
    _print(answer, print_explanation, as_json=json)


@app.command()
def law(
    at: AtDate = None,
    country: Annotated[str | None, typer.Option("--country", help="Two letters, such as US.")] = None,
    *,
    json: AsJson = False,
) -> None:
    """Say what is in force on a day, with the number and the source of each decision."""
    from monitor.app import Knowledge
    from monitor.inquiry.law_in_force import law_in_force, print_law

    moment = _moment(at)
    try:
        answer = law_in_force(moment, country, Knowledge.load())
    except ValueError as error:
        _refuse(str(error))
    _print(answer, print_law, as_json=json)


@geodata.command("status")
def geodata_status(*, json: AsJson = False) -> None:
    """Print the sources of the atlas, their versions, dates, licences and hashes."""
    from monitor.attribution.atlas import Atlas
    from monitor.inquiry.geodata import atlas_status, print_status

    with _problems_exit():
        _print(atlas_status(Atlas.open(), _moment(None)), print_status, as_json=json)


@geodata.command("build")
def geodata_build(
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write the atlas.")] = Path("atlas.twa"),
    from_: Annotated[
        Path | None, typer.Option("--from", help="A folder with the archives, instead of asking the npm client.")
    ] = None,
) -> None:
    """Compile the atlas from its pinned sources; the result is the same to the byte everywhere."""
    from monitor.inquiry.geodata import build

    with _problems_exit():
        build(from_, out)


def _replay(config: Path | None, format_: str, paths: list[Path], *, judged: Path | None, strict: bool) -> None:
    from monitor.app import Knowledge, build_pipeline, open_site
    from monitor.replay import judged_frames
    from monitor.report.answer import answer_of
    from monitor.report.answer_text import print_answer
    from monitor.tally import Tally

    with _problems_exit():
        knowledge = Knowledge.load()
        site = open_site(config, knowledge.operators)
        pipeline = build_pipeline(site, knowledge)
    found = _inputs(paths, format_, site)
    if judged is not None and judged.resolve() in {input_.path.resolve() for input_ in found.inputs}:
        _refuse(f"--judged {judged}: is one of the logs to read. Name another file.")
    tally = Tally()
    tally.unreadable.update({str(path): why for path, why in found.passed_over.items()})
    examples: dict[str, str] = {}

    def told(input_: Input, batch: Batch) -> None:
        for bad in batch.bad:
            examples.setdefault(bad.reason, _broken(input_, bad))

    with _progress(found.inputs, tally, told) as (followed, seen):
        frames = judged_frames(followed, pipeline, tally, told=seen)
        if judged is None:
            for _ in frames:
                pass
        else:
            _write(frames, judged)
    print_answer(answer_of(tally), _console(), site.name)
    for reason, example in sorted(examples.items()):
        typer.echo(f"{reason}, first at {example}", err=True)
    _warn(tally, config)
    if tally.broken_records and tally.broken_records == tally.records:
        typer.echo("Every record is broken: is this the right --format, and log_format?", err=True)
    _finish(tally, strict=strict)


def _write(frames: Iterator[pl.DataFrame], judged: Path) -> None:
    from polars.exceptions import PolarsError

    from monitor.replay import write_judged

    try:
        write_judged(frames, judged)
    except (OSError, PolarsError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        typer.echo(f"--judged {judged}: cannot be written: {reason}.", err=True)
        raise typer.Exit(_PROBLEMS) from None


def _warn(tally: Tally, config: Path | None) -> None:
    """Say loudly what makes an answer worthless."""
    if config is None:
        typer.echo("No -c FILE: nothing is known to be yours, so nothing can be judged.", err=True)
    elif tally.not_ours > _LOUD_ABOVE * tally.records:
        share = f"{tally.not_ours} of {tally.records} records have no end in your inventory"
        typer.echo(f"{share}. Check `networks:` in the inventory of {config}.", err=True)


@contextmanager
def _progress(inputs: list[Input], tally: Tally, told: Told) -> Iterator[tuple[Iterable[Input], Told]]:
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


def _inputs(paths: list[Path], format_: str, site: Site | None) -> Found:
    from monitor.inputs import find_inputs

    try:
        return find_inputs(paths, format_, site)
    except ProblemsFound as found:
        _say(found.problems)
        raise typer.Exit(_USAGE) from None


def _broken(input_: Input, bad: BadRecord) -> str:
    from monitor.problem import Problem

    return str(Problem(str(input_.path), bad.line, 0, "", f"{bad.what}."))


def _finish(tally: Tally, *, strict: bool) -> None:
    if strict and (tally.broken_records or tally.unreadable):
        raise typer.Exit(_PROBLEMS)


@contextmanager
def _problems_exit() -> Iterator[None]:
    try:
        yield
    except ProblemsFound as found:
        _say(found.problems)
        raise typer.Exit(_PROBLEMS) from None


def _say(problems: Iterable[object]) -> None:
    for problem in problems:
        typer.echo(str(problem), err=True)


def _check_format(format_: str, *, auto: bool) -> None:
    from collectors import KINDS

    known = [*KINDS, *(["auto"] if auto else [])]
    if format_ not in known:
        _refuse(f"--format {format_}: no source is of that kind. Write one of: {', '.join(known)}.")


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(_USAGE)


def _moment(at: str | None) -> datetime:
    """Read an instant: a day means noon of it in UTC; nothing means now."""
    from datetime import UTC, datetime, time

    if at is None:
        return datetime.now(UTC)  # noqa: TID251 - the one place where a command asks the clock
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        _refuse(f"--at {at}: is no date. Write 2020-07-16 or 2020-07-16T08:00:00Z.")
    if "T" not in at and " " not in at:
        moment = datetime.combine(moment.date(), time(12))
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        _refuse(f"--at {at}: lies outside the years 1 to 9999 in UTC.")


def _print(answer: dict[str, Any], as_text: Any, *, as_json: bool) -> None:  # noqa: ANN401 - a printer of that answer
    if as_json:
        import json

        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        as_text(answer, _console())


def _console() -> Console:
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_terminal or "COLUMNS" in os.environ:
        return console
    # Where nobody tells the width (a pipe, a file), tables get the room that they need.
    return Console(highlight=False, markup=False, emoji=False, width=110)
