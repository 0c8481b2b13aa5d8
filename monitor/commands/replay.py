"""`replay`: judge recorded logs, print what left, and keep it where a ledger is named."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import typer
from polars.exceptions import PolarsError

from monitor.app import Knowledge, build_pipeline, build_writer, open_site
from monitor.at_event import AtEvent, Younger
from monitor.commands.formats import check_format
from monitor.inputs import Found, find_inputs
from monitor.keeping import Findings, Keeping
from monitor.ledger.store import ledger_path, open_ledger
from monitor.ledger.upkeep import Deleted, delete_expired
from monitor.problem import ProblemsFound
from monitor.replay import Replay, write_judged
from monitor.report.answer import answer_of
from monitor.report.answer_text import print_answer
from monitor.sums import Summation
from monitor.tally import Tally
from monitor.terminal import (
    PROBLEMS,
    USAGE,
    broken,
    following,
    midnight,
    open_console,
    problems_exit,
    refuse,
    say,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import polars as pl

    from collectors.contract import Batch
    from monitor.config import Site
    from monitor.inputs import Input

# Share of records without an end of ours above which the inventory is likely to be wrong.
_LOUD_ABOVE: Final = 0.1
_PATHS_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What was asked for."""

    config: Path | None
    format_: str
    paths: Sequence[Path | str]
    judged: Path | None = None
    ledger: str | None = None
    strict: bool = False
    atlas_at_event: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did: with the records, with the files, and one example of each way in which a record is broken."""

    tally: Tally = field(default_factory=Tally)
    findings: Findings = field(default_factory=Findings)
    examples: dict[str, str] = field(default_factory=dict)
    deleted: list[Deleted] = field(default_factory=list)
    younger: list[Younger] = field(default_factory=list)


def replay(options: ReplayOptions) -> None:
    """Judge, keep, and tell."""
    check_format(options.format_, auto=True)
    _check_judged(options.judged)
    with problems_exit():
        knowledge = Knowledge.load()
        site = open_site(options.config, knowledge.operators)
    found = found_inputs(options.paths, options.format_, site)
    _tell_recognised(found)
    if options.ledger is not None:
        found = _without_ledger(found, ledger_path(options.ledger))
    if options.judged is not None and options.judged.resolve() in {each.path.resolve() for each in found.inputs}:
        refuse(f"--judged {options.judged}: is one of the logs to read. Name another file.")
    kept = kept_folder(site, options.config) if options.atlas_at_event else None
    with problems_exit():
        run = judge(found, site, knowledge, ledger=options.ledger, judged=options.judged, kept=kept)
    if options.ledger is None or run.tally.records or run.tally.unreadable:
        print_answer(answer_of(run.tally), open_console(), site.name)
    for reason, example in sorted(run.examples.items()):
        typer.echo(f"{reason}, first at {example}", err=True)
    _warn(run.tally, options.config)
    _tell_younger(run.younger)
    if options.ledger is not None:
        _tell(run.findings, options.ledger)
        _tell_deleted(run.deleted)
    elif site.ledger is not None and options.judged is None:
        typer.echo("Nothing was kept. To keep it in the ledger of the site, name it with --ledger.", err=True)
    to_hear_of = run.tally.broken_records or run.tally.unreadable or run.findings.to_hear_of or run.younger
    if options.strict and to_hear_of:
        raise typer.Exit(PROBLEMS)


def _check_judged(judged: Path | None) -> None:
    """Refuse a file that could not be written, before an hour of judging."""
    if judged is None:
        return
    if judged.suffix not in {".ndjson", ".parquet"}:
        refuse(f"--judged {judged}: the name ends in neither .ndjson nor .parquet.")
    if not judged.absolute().parent.is_dir():
        refuse(f"--judged {judged}: there is no folder {judged.absolute().parent}.")


def judge(
    found: Found,
    site: Site,
    knowledge: Knowledge,
    *,
    ledger: str | None = None,
    judged: Path | None = None,
    kept: Path | None = None,
) -> Run:
    """Judge files, into a ledger, into a file of rows, into both or only to know; with a bar on a terminal.

    `kept`: folder of kept atlases, to judge each file with the one of its time.
    """
    run = Run()
    run.tally.unreadable.update({str(path): why for path, why in found.passed_over.items()})

    def told(input_: Input, batch: Batch) -> None:
        for bad in batch.bad:
            run.examples.setdefault(bad.reason, broken(input_, bad))

    with following(found.inputs, run.tally, told) as (followed, seen):
        spelled = judged is not None
        stages: Replay | AtEvent
        if kept is None:
            stages = Replay(build_pipeline(site, knowledge), Summation.of(site), told=seen)
        else:
            stages = AtEvent(kept, site, knowledge, told=seen, younger=run.younger)
        if ledger is None:
            _take(stages.frames(followed, run.tally), judged)
        else:
            with open_ledger(ledger, create=True) as opened:
                if isinstance(stages, AtEvent):
                    rows = stages.keep(followed, run.tally, run.findings, opened, midnight(), spelled=spelled)
                else:
                    keeping = Keeping(stages, build_writer(site, knowledge, opened, midnight()))
                    rows = keeping.keep(followed, run.tally, run.findings, spelled=spelled)
                _take(rows, judged)
                run.deleted.append(delete_expired(opened, midnight()))
    return run


def found_inputs(paths: Sequence[Path | str], format_: str, site: Site | None) -> Found:
    """Files to read; what cannot be told is a usage problem."""
    try:
        return find_inputs(paths, format_, site)
    except ProblemsFound as found:
        say(found.problems)
        raise typer.Exit(USAGE) from None


def _tell_recognised(found: Found) -> None:
    """Say as what files are read whose content was asked, and why."""
    reasons = Counter((each.kind.name, each.why) for each in found.inputs if each.why)
    for (kind, why), count in reasons.items():
        typer.echo(f"{_files(count)} read as {kind}: {why}.", err=True)


def _without_ledger(found: Found, ledger: Path) -> Found:
    """Leave out the ledger's own files: they may lie among the logs, and none of them is one."""
    own = {ledger.resolve().with_name(ledger.name + suffix) for suffix in ("", "-wal", "-shm", ".readers")}
    inputs = [each for each in found.inputs if each.path.resolve() not in own]
    return Found(inputs, {path: why for path, why in found.passed_over.items() if path.resolve() not in own})


def _take(frames: Iterator[pl.DataFrame], judged: Path | None) -> None:
    """Take all rows: into a file, or only for what making them does."""
    if judged is None:
        for _ in frames:
            pass
        return
    try:
        write_judged(frames, judged)
    except (OSError, PolarsError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        typer.echo(f"--judged {judged}: cannot be written: {reason}.", err=True)
        raise typer.Exit(PROBLEMS) from None


def _warn(tally: Tally, config: Path | None) -> None:
    """Say loudly what makes an answer worthless."""
    if config is None:
        typer.echo("No -c FILE: nothing is known to be yours, so nothing can be judged.", err=True)
    elif tally.not_ours > _LOUD_ABOVE * tally.records:
        share = f"{tally.not_ours} of {tally.records} records have no end in your inventory"
        typer.echo(f"{share}. Check `networks:` and `accounts:` in the inventory of {config}.", err=True)
    if tally.broken_records and tally.broken_records == tally.records:
        typer.echo("Every record is broken: is this the right --format, and log_format?", err=True)


def _tell(findings: Findings, url: str) -> None:
    """Say what became of the files, on standard output what is well, on standard error what a person must hear of."""
    typer.echo(f"{_files(findings.read)} read into {url}, {_files(findings.already)} had nothing new.")
    sentences = {
        "was truncated and rewritten: read as a new input": findings.rewritten,
        "is judged in this ledger already, on another basis (atlas, law, inventory, register or program), and judging"
        " again never edits: nothing was done. To judge it afresh, name another --ledger": findings.other_basis,
        "begins as a file does of which more was read, and was taken for a part of it: nothing was done": (
            findings.shorter
        ),
        "ends inside a line, which is read when it has its end": findings.waiting,
    }
    for sentence, paths in sentences.items():
        for path in paths[:_PATHS_SHOWN]:
            typer.echo(f"{path}: {sentence}.", err=True)
        if len(paths) > _PATHS_SHOWN:
            typer.echo(f"... and {_files(len(paths) - _PATHS_SHOWN)} more of which the same holds.", err=True)


def kept_folder(site: Site, config: Path | None) -> Path:
    """Folder of the site's kept atlases; a site without one is a usage problem."""
    if site.kept_atlases is None:
        where = f"{config} names no folder of kept atlases" if config else "no site is named"
        refuse(f"--atlas-at-event: {where}. Write `atlas: FOLDER` in transferwatch.yaml, and name it with -c.")
    return site.kept_atlases


def _tell_younger(younger: Sequence[Younger]) -> None:
    """Say which files no kept atlas is as old as."""
    for each in younger[:_PATHS_SHOWN]:
        typer.echo(
            f"{each.path}: its first record is of {each.first}, and no kept atlas is as old: judged with the oldest, "
            f"of {each.atlas}.",
            err=True,
        )
    if len(younger) > _PATHS_SHOWN:
        typer.echo(f"... and {_files(len(younger) - _PATHS_SHOWN)} more of which the same holds.", err=True)


def _tell_deleted(deleted: Sequence[Deleted]) -> None:
    """Say which rows were deleted because the site's `retention` says so."""
    for each in deleted:
        if each.sums or each.evidence:
            what = f"{each.sums} rows of sums and {each.evidence} rows of evidence"
            typer.echo(f"Deleted, because their time had come (`retention` of the site): {what}.", err=True)


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"
