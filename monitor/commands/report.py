"""`report`: the transfer report of a month, out of the ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from monitor.app import Knowledge, open_site, regimes_of
from monitor.config import load_changes
from monitor.ledger.store import open_ledger
from monitor.monthly import Assumption, month_input
from monitor.report.as_json import to_json
from monitor.report.figures import figures
from monitor.report.month import month_span
from monitor.report.page import to_html
from monitor.terminal import problems_exit, refuse

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.config import Site
    from monitor.report.figures import Report

LANGUAGES: Final = ("en", "fr")
FORMATS: Final = ("html", "json")
_NO_NAME: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LATER: Final = ("pdf", "xlsx", "csv")


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What was asked for."""

    month: str
    config: Path
    out: Path
    formats: tuple[str, ...]
    language: str
    ledger: str | None = None
    as_if: Path | None = None


def report(options: ReportOptions) -> None:
    """Make the report and say where it is."""
    if options.language not in LANGUAGES:
        refuse(
            f"--lang {options.language}: the report has no words in that language."
            f" Write one of: {', '.join(LANGUAGES)}."
        )
    with problems_exit():
        knowledge = Knowledge.load()
        site = open_site(options.config, knowledge.operators)
        assumption = None if options.as_if is None else _assumption(options.as_if, site, knowledge)
    span_of(options.month, site)
    with open_ledger(ledger_of(site, options.ledger, options.config)) as ledger:
        made = figures(month_input(options.month, site, knowledge, ledger, assumption))
    options.out.mkdir(parents=True, exist_ok=True)
    for path in write_report(made, options.out, options.formats, options.language):
        typer.echo(str(path))
    if made.status == "no_data":
        typer.echo(f"The ledger holds nothing of {options.month}: that is no data, not no transfers.", err=True)
    elif made.status == "preliminary":
        typer.echo(f"{options.month} is not over for this ledger: the report is preliminary.", err=True)


def _assumption(path: Path, site: Site, knowledge: Knowledge) -> Assumption:
    """The law that a file assumes, upon the law of the site.

    Raises:
        ProblemsFound: with everything that is wrong in the file.
    """
    lines = load_changes(path, regimes_of(site, knowledge), knowledge.territories)
    if not lines:
        refuse(f"{path} assumes nothing. Write a line under `decisions:`.")
    return Assumption(path.name, lines)


def write_report(made: Report, out: Path, formats: tuple[str, ...], language: str) -> list[Path]:
    """Write a report in some formats; each file appears when it is whole."""
    texts = {"html": lambda: to_html(made, language), "json": lambda: to_json(made)}
    stem = f"transfers-{made.given.site}-{made.month}"
    if made.given.assumption is not None:
        # The name tells at once that this is no report to file.
        stem += f"-as-if-{_NO_NAME.sub('-', Path(made.given.assumption.file).stem)}"
    paths = []
    for name in formats:
        suffix = f".{language}.html" if name == "html" else f".{name}"
        path = out / f"{stem}{suffix}"
        unfinished = path.with_name(path.name + ".part")
        unfinished.write_text(texts[name](), encoding="utf-8")
        unfinished.replace(path)
        paths.append(path)
    return paths


def ledger_of(site: Site, ledger: str | None, config: Path | None) -> str:
    """URL of the ledger that was named, or of the site's own."""
    url = ledger or site.ledger
    if url is None:
        where = f"{config} names no ledger" if config else "no ledger is named"
        refuse(f"{where}. Write `ledger: sqlite:///ledger.db` there, or --ledger.")
    return url


def span_of(month: str, site: Site) -> tuple[datetime, datetime]:
    """Instants of a month of the site; one that lies over the edge of the calendar is none."""
    try:
        return month_span(month, str(site.timezone))
    except (ValueError, OverflowError):
        refuse(f"{month!r} is not a month. Write it as 2026-10.")


def formats_of(written: str) -> tuple[str, ...]:
    """Formats of a list such as `html,json`."""
    wanted = tuple(dict.fromkeys(part.strip() for part in written.split(",") if part.strip()))
    for name in wanted:
        if name in _LATER:
            refuse(f"--format {name}: this version writes html and json. Write --format html,json.")
        if name not in FORMATS:
            refuse(f"--format {name}: there is no such format. Write html, json or both, with a comma between.")
    return wanted or FORMATS
