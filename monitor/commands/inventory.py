"""`inventory draft`: a first inventory from a day of logs, for a human to correct."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from collectors.files import UnreadableInputError
from monitor.app import Knowledge
from monitor.attribution.regions import load_regions
from monitor.commands.formats import check_format
from monitor.commands.replay import found_inputs
from monitor.inquiry.draft import draft_of
from monitor.inquiry.draft_seen import Seen
from monitor.inquiry.draft_text import draft_lines
from monitor.replay import decoded
from monitor.tally import Tally
from monitor.terminal import PROBLEMS, following, problems_exit, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from collectors.contract import Batch
    from monitor.inputs import Input


@dataclass(frozen=True, slots=True)
class DraftOptions:
    """What was asked for."""

    paths: Sequence[Path | str]
    format_: str
    out: Path | None = None


def draft(options: DraftOptions) -> None:
    """Read, draft, and write; what a human must decide is told besides."""
    check_format(options.format_, auto=True)
    out = options.out
    if out is not None and out.exists():
        refuse(f"-o {out}: is there already, and may have been edited. Name another file.")
    if out is not None and not out.absolute().parent.is_dir():
        refuse(f"-o {out}: there is no folder {out.absolute().parent}.")
    found = found_inputs(options.paths, options.format_, None)
    tally = Tally()
    tally.unreadable.update({str(path): why for path, why in found.passed_over.items()})
    seen = Seen()
    _read(found.inputs, seen, tally)
    for path, why in sorted(tally.unreadable.items()):
        typer.echo(f"{path}: {why}.", err=True)
    if tally.broken_records:
        typer.echo(f"{tally.broken_records} of {tally.records} records are broken.", err=True)
    with problems_exit():
        made = draft_of(seen, Knowledge.load(), load_regions())
    if not made.systems:
        typer.echo(
            f"Of {seen.records} flow records none shows an end that is yours: no private address, and no interface "
            "that reports. Nothing was drafted.",
            err=True,
        )
        raise typer.Exit(PROBLEMS)
    _write("".join(f"{line}\n" for line in draft_lines(made, len(found.inputs), seen.records)), out)
    for warning in made.warnings:
        typer.echo(warning, err=True)


def _read(inputs: list[Input], seen: Seen, tally: Tally) -> None:
    with following(inputs, tally, _nothing) as (followed, told):
        for input_ in followed:
            try:
                for batch in decoded(input_):
                    tally.add_batch(batch)
                    told(input_, batch)
                    for flows in batch.flows:
                        seen.add(input_.kind.name, flows)
            except UnreadableInputError as error:
                tally.unreadable[str(input_.path)] = f"the file {error}"


def _write(text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text, nl=False)
        return
    out.write_text(text, encoding="utf-8")
    typer.echo(f"{out}: drafted. Correct it, then run `transferwatch check`.")


def _nothing(input_: Input, batch: Batch) -> None:
    """Tell of no batch."""
