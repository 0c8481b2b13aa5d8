"""`evidence`: the rows of the ledger behind a figure of a report, and who spoke with whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from monitor import kept
from monitor.app import Knowledge, doubts_of, open_site
from monitor.commands.finding import FINDING_MARK, show_finding
from monitor.commands.report import ledger_of, span_of
from monitor.folding import folded_evidence
from monitor.kept import RESTS_ON
from monitor.ledger import read
from monitor.ledger.evidence import evidence_of
from monitor.ledger.seconds import seconds
from monitor.ledger.store import open_ledger
from monitor.ndjson import ndjson_lines
from monitor.report.answer_text import count_text, octets_text
from monitor.report.figure_ids import UnknownFigureError, parse_figure_id, rows_behind
from monitor.services import protocol_name
from monitor.terminal import open_console, problems_exit, refuse

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

_ROWS: Final = 40
_BY: Final = ("remote_address", "local_address", "protocol", "name")


@dataclass(frozen=True, slots=True)
class Behind:
    """The transfer rows behind a figure, by hour, and their evidence."""

    transfers: pl.DataFrame
    evidence: pl.DataFrame


def evidence(figure: str, config: Path | None, ledger: str | None, *, json: bool) -> None:
    """Print what is behind a figure, or a finding: its id says which."""
    if figure.startswith(FINDING_MARK):
        show_finding(figure, config, ledger, json=json)
        return
    with problems_exit():
        knowledge = Knowledge.load()
        site = open_site(config, knowledge.operators)
    try:
        month = parse_figure_id(figure).month
        with open_ledger(ledger_of(site, ledger, config)) as opened, opened.reading() as connection:
            begins, ends = span_of(month, site)
            kept_rows = read.transfers_of(connection, begins, ends)
            if RESTS_ON in parse_figure_id(figure).section.needs:
                kept_rows = doubts_of(site, knowledge).marked(kept_rows, begins, ends, read.bases(connection))
            transfers = rows_behind(figure, kept_rows).select(column.name for column in kept.TRANSFERS)
            rows = evidence_of(connection, seconds(begins), seconds(ends), transfers["key"].unique())
    except UnknownFigureError as error:
        refuse(str(error))
    # A key that the figure holds in one hour need not be all of its hours: ids name lines of a month.
    found = Behind(transfers.sort("hour", "key"), rows.join(transfers, on=["hour", "key"], how="semi"))
    if json:
        _print_json(found)
    else:
        _print(figure, found, open_console())


def _print_json(found: Behind) -> None:
    """One object a line: every transfer row, then every row of evidence."""
    for kind, frame in (("transfer", found.transfers), ("evidence", found.evidence)):
        for line in ndjson_lines(frame.select(pl.lit(kind).alias("row"), pl.all())):
            typer.echo(line, nl=False)


def _print(figure: str, found: Behind, console: Console) -> None:
    totals = found.transfers.select(pl.col("records", "octets_out", "octets_in").cast(pl.Int128).sum()).row(0)
    records, out, in_ = (int(each) for each in totals)
    console.print(Text(f"{figure}: {count_text(records)} records, {out:,} octets out, {in_:,} in", style="bold"))
    if not found.transfers.height:
        console.print("No row of the ledger belongs to it.")
        return
    hours = [hour for (hour,) in found.transfers.select("hour").rows()]
    span = f"{min(hours):%Y-%m-%d %H:%M} to {max(hours):%Y-%m-%d %H:%M} UTC"
    bases = ", ".join(found.transfers["basis"].unique().sort())
    console.print(f"{count_text(found.transfers.height)} rows of the ledger, by hour and key, hours {span}")
    console.print(f"judged by basis {bases}")
    console.print(_transfers(found.transfers))
    if not found.evidence.height:
        console.print(
            "No addresses are kept of these: only of what has no ground known, is undetermined, or is exposed with"
            " data that are not public; and not longer than `retention.evidence_days`."
        )
        return
    console.print(Text("Who spoke with whom", style="bold"))
    console.print(_addresses(found.evidence))


def _transfers(transfers: pl.DataFrame) -> Table:
    by = (
        "system", "activity", "place_country", "importer", "operator", "place_verdict", "place_reason",
        "control_verdict", "control_country", "mechanism",
    )  # fmt: skip
    sums = pl.col("records", "octets_out", "octets_in").cast(pl.Int128).sum()
    lines = transfers.group_by(by).agg(sums).sort(pl.col("octets_out") + pl.col("octets_in"), descending=True)
    table = _table(["System", "What", "Where", "To", "Place", "Control"])
    for row in lines.head(_ROWS).iter_rows(named=True):
        ground = row["mechanism"] or row["place_reason"]
        whose = row["control_country"]
        _add(
            table,
            row,
            row["system"] or "-",
            row["activity"],
            row["place_country"] or "?",
            row["importer"] or row["operator"] or "-",
            f"{row['place_verdict']} ({ground})" if ground else row["place_verdict"],
            f"{row['control_verdict']} ({whose})" if whose else row["control_verdict"],
        )
    return _cut(table, lines.height)


def _addresses(evidence: pl.DataFrame) -> Table:
    """The addresses of all hours together, largest first; what hours have given up is one line at the end."""
    merged = evidence.with_columns(pl.lit(0, pl.Int64).alias("key"), pl.col("hour").min())
    named = folded_evidence([merged.filter(pl.col("folded") == 0)])
    named = named.sort(pl.col("octets_out") + pl.col("octets_in"), *_BY, descending=[True] + [False] * len(_BY))
    table = _table(["Their address", "Our address", "Protocol", "Name", "First seen", "Last seen"])
    for row in named.head(_ROWS).iter_rows(named=True):
        protocol = "-" if row["protocol"] is None else protocol_name(row["protocol"])
        seen = (f"{row[name]:%Y-%m-%d %H:%M:%S}" for name in ("first_seen", "last_seen"))
        _add(table, row, row["remote_address"] or "-", row["local_address"] or "-", protocol, row["name"] or "-", *seen)
    _cut(table, named.height)
    rest = evidence.filter(pl.col("folded") > 0)
    if rest.height:
        sums = rest.select(pl.col(*kept.MEASURE_NAMES, "folded").cast(pl.Int128).sum()).row(0, named=True)
        what = f"{count_text(int(sums['folded']))} smaller rows, given up when their hour was closed"
        _add(table, sums, what, "", "", "", "", "")
    return table


def _table(columns: list[str]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in columns:
        table.add_column(name, overflow="fold")
    for name in ("Records", "Out", "In"):
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _add(table: Table, row: dict[str, Any], *cells: str) -> None:
    measures = (
        count_text(int(row["records"])),
        octets_text(int(row["octets_out"])),
        octets_text(int(row["octets_in"])),
    )
    table.add_row(*(Text(cell) for cell in (*cells, *measures)))


def _cut(table: Table, height: int) -> Table:
    if height > _ROWS:
        table.add_row(Text(f"and {count_text(height - _ROWS)} more: --json prints all"))
    return table
