"""`decode`: normalised events of recorded logs as NDJSON, judged by nobody."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import typer

from collectors import KINDS
from collectors.contract import SourceOptions
from collectors.files import UnreadableInputError
from monitor.commands.formats import check_format
from monitor.commands.replay import found_inputs
from monitor.events import event_lines
from monitor.replay import decoded
from monitor.tally import Tally
from monitor.terminal import PROBLEMS, broken, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """What was asked for."""

    format_: str
    paths: Sequence[Path | str]
    log_format: str | None = None
    time_zone: str | None = None
    year: int | None = None
    strict: bool = False


def decode(asked: DecodeOptions) -> None:
    """Print events; tell broken records and files on standard error, counted."""
    check_format(asked.format_, auto=False)
    options = SourceOptions(log_format=asked.log_format, time_zone=asked.time_zone, year=asked.year)
    try:
        KINDS[asked.format_].decoder(options)
    except ValueError as error:
        refuse(f"--time-zone: {error}." if asked.time_zone else f"--log-format: {error}.")
    tally = Tally()
    for input_ in found_inputs(asked.paths, asked.format_, None).inputs:
        chosen = replace(input_, options=options)
        try:
            for batch in decoded(chosen):
                tally.add_batch(batch)
                for bad in batch.bad:
                    typer.echo(broken(chosen, bad), err=True)
                sys.stdout.writelines(event_lines(batch, chosen.kind.name))
        except UnreadableInputError as error:
            tally.unreadable[str(chosen.path)] = str(error)
            typer.echo(f"{chosen.path}: the file {error}.", err=True)
    if tally.broken_records:
        typer.echo(f"{tally.broken_records} of {tally.records} records are broken.", err=True)
    if asked.strict and (tally.broken_records or tally.unreadable):
        raise typer.Exit(PROBLEMS)
