"""Put the figures of a replay into tables that a person wants to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl
    from rich.console import Console

    from monitor.report.answer import Answer
    from monitor.tally import Tally

_ROWS: Final = 8
_NARROW: Final = 106
_WORDS: Final = frozenset(
    {"System", "Class", "What", "Where", "Place", "Verdict", "To", "Ground or reason", "Operator", "Whose law"}
)
_LEGEND: Final = (
    "uncovered: no ground known to this tool, which is not to say that there is none.",
    "exempt: own staff, or what strangers send to a public system.",
    "exposed: a state outside the EEA can order the operator. XX?: where the network is registered, a candidate only.",
    "Traffic is not proof of personal data.",
)
_COLOURS: Final = {
    "uncovered": "bold red",
    "undetermined": "yellow",
    "derogation": "magenta",
    "safeguarded": "cyan",
    "adequate": "green",
    "exposed": "red",
}
_REASONS: Final = {
    "no_ground": "no ground known",
    "importer_unknown": "importer unknown",
    "importer_not_certified": "importer not certified",
    "entry_lapsed": "register entry lapsed",
    "entry_outside_scope": "outside the register entry",
    "entry_insufficient": "measures cannot work",
    "anycast": "anycast: no one place",
    "sources_disagree": "sources disagree",
    "no_source": "no source knows it",
    "pseudo_country": "no real country",
    "global_service": "global service",
    "private_unlisted": "private, in no file",
    "policy_review": "status is a policy choice",
    "transition_period": "transition period",
}
_UNITS: Final = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_THOUSAND: Final = 1000
_EXACT_BELOW: Final = 10


def octets_text(octets: int) -> str:
    """Octets with a decimal unit and two or three figures: 950 B, 1.2 kB, 340 MB."""
    value = float(octets)
    for unit in _UNITS:
        if value < _THOUSAND or unit == _UNITS[-1]:
            exact = unit != "B" and value < _EXACT_BELOW
            return f"{value:.1f} {unit}" if exact else f"{value:.0f} {unit}"
        value /= _THOUSAND
    raise AssertionError


def count_text(count: int) -> str:
    """Whole numbers with thin groups of three, as the SI writes them."""
    return f"{count:,}".replace(",", " ")


def print_answer(answer: Answer, console: Console, site: str) -> None:
    """Print the tables of a replay: the systems at a glance, then each with what leaves it, then what is left out."""
    tally = answer.tally
    narrow = console.width < _NARROW
    span = f", {tally.first:%Y-%m-%d %H:%M} to {tally.last:%Y-%m-%d %H:%M} UTC" if tally.first else ""
    console.print()
    console.print(Text(f"{site}: {count_text(answer.judged)} records judged{span}", style="bold"))
    if answer.systems.height:
        _print(
            console, "By system: octets to and from outside, and the shares of them", _systems(answer, narrow=narrow)
        )
    for (system, data_class), flows in answer.flows.group_by("system", "data_class", maintain_order=True):
        title = f"{system or 'no system'} ({data_class or '-'}): what leaves the EEA, or may"
        _print(console, title, _flows(flows))
    if tally.acts["acts"] or tally.names:
        _print(console, "Counted in records, not in octets", _events(tally))
    if answer.exposed_inside.height:
        title = "Inside the EEA, with an operator that a law from outside reaches"
        _print(console, title, _exposed(answer.exposed_inside, narrow=narrow))
    _print(console, "Not in these octets", _rest(answer))
    for sentence in _LEGEND:
        console.print(Text(sentence, style="dim"))


def _print(console: Console, title: str, table: Table) -> None:
    """Print a table below its title; where room is short, words fold and figures stay whole."""
    for column in table.columns:
        if column.justify == "right":
            column.min_width = max([len(str(column.header)), *(len(str(cell)) for cell in column.cells)])
    console.print(Text(title, style="bold"))
    console.print(table)


def _table(columns: Iterable[str]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in columns:
        if name in _WORDS:
            table.add_column(name, overflow="fold")
        else:
            table.add_column(name, justify="right", no_wrap=True)
    return table


def _add(table: Table, *cells: str | Text) -> None:
    """Add a row; text of the input is text, never markup."""
    table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))


def _exposed(rows: pl.DataFrame, *, narrow: bool) -> Table:
    table = _table(["System", *([] if narrow else ["Class"]), "Operator", "Place", "Whose law", "Out", "In"])
    listed = list(rows.iter_rows(named=True))
    for row in listed[:_ROWS]:
        _add(
            table,
            row["system"] or "-",
            *([] if narrow else [row["data_class"] or "-"]),
            row["operator"] or "-",
            row["place_country"] or "?",
            _whose_law("exposed", row["control_countries"]),
            octets_text(row["octets_out"]),
            octets_text(row["octets_in"]),
        )
    _add_rest(table, listed[_ROWS:])
    return table


def _add_rest(table: Table, rest: list[dict[str, Any]]) -> None:
    """Sum up the rows that are not shown."""
    if rest:
        out, in_ = (octets_text(sum(row[name] for row in rest)) for name in ("octets_out", "octets_in"))
        _add(table, f"and {len(rest)} more", *([""] * (len(table.columns) - 3)), out, in_)


def _flows(flows: pl.DataFrame) -> Table:
    """What leaves one system, worst first."""
    table = _table(["Verdict", "What", "Where", "To", "Ground or reason", "Whose law", "Out", "In"])
    listed = list(flows.iter_rows(named=True))
    for row in listed[:_ROWS]:
        _add(
            table,
            Text(row["place_verdict"], style=_COLOURS[row["place_verdict"]]),
            row["activity"],
            row["place_country"] or "?",
            row["recipient"] or ("unlisted network" if row["place_country"] else "-"),
            _REASONS.get(row["ground"], row["ground"]),
            _whose_law(row["control_verdict"], row["control_countries"]),
            octets_text(row["octets_out"]),
            octets_text(row["octets_in"]),
        )
    _add_rest(table, listed[_ROWS:])
    return table


def _whose_law(verdict: str, countries: str) -> Text:
    if verdict == "undetermined":
        return Text(f"{countries}?" if countries else "unknown", style="yellow")
    return Text(f"{countries} {verdict}" if countries else verdict, style=_COLOURS.get(verdict, ""))


def _systems(answer: Answer, *, narrow: bool) -> Table:
    columns = ["System", "Class", "Outside", "EEA", "Covered", "Uncovered", "Unknown", "Exempt", "Exposed", "Probes"]
    table = _table([name for name in columns if not (narrow and name == "Class")])
    for row in answer.systems.iter_rows(named=True):
        outward = row["outward"]
        shares = ("eea", "covered", "uncovered", "undetermined", "not_a_transfer", "exposed")
        _add(
            table,
            row["system"] or "-",
            *([] if narrow else [row["data_class"] or "-"]),
            octets_text(outward),
            *(_share(row[name], outward) for name in shares),
            count_text(row["probes"]),
        )
    return table


def _share(part: int, whole: int) -> str:
    """Percentage; what is there at all never reads as zero."""
    if not part:
        return "-"
    share = 100 * part / whole
    return f"{share:.1f} %" if share >= 0.1 else "< 0.1 %"  # noqa: PLR2004 - one decimal is shown


def _events(tally: Tally) -> Table:
    """What names and administration logs told: acts and questions have no octets."""
    table = _table(["What", "Records"])
    acts = tally.acts
    tried = {
        "acts of administration": acts["acts"],
        "  of these, by the provider's own people": acts["provider"],
        "  of these, tried without success: not counted": acts["failed"],
        "  of these, by the provider's own services, no place told: not counted": acts["automatic"],
        "questions to name servers that are not yours": tally.names,
    }
    for what, records in tried.items():
        if records:
            _add(table, what, count_text(records))
    return table


def _rest(answer: Answer) -> Table:
    tally = answer.tally
    table = _table(["What", "Records", "Octets"])

    def row(what: str, records: int, octets: int | None = None) -> None:
        if records:
            _add(table, what, count_text(records), "" if octets is None else octets_text(octets))

    row("probes: rejected, or without payload", answer.probes)
    row("between your own systems, or to addresses that cannot leave the site", answer.internal, answer.internal_octets)
    row("counted at another point of the same conversation", tally.uncounted, tally.uncounted_octets)
    for source, count in sorted(tally.not_ours_by_source.items()):
        row(
            f"neither end is ours ({source})",
            count,
            tally.not_ours_octets if len(tally.not_ours_by_source) == 1 else None,
        )
    row("records without a time", tally.no_time, tally.no_time_octets)
    row("names asked of your own resolvers: evidence, no conversation", tally.evidence["own_resolver"])
    row("names asked of a resolver that the log does not tell: evidence", tally.evidence["no_resolver"])
    row("names that a connection showed: evidence, no conversation", tally.evidence["shown"])
    for what, count in sorted(tally.passed_over.items()):
        row(f"passed over: {what.replace('_', ' ')}", count)
    row("the source saw no traffic (no_data)", tally.coverage["no_data"])
    row("the source lost records (skipped)", tally.coverage["skipped"])
    row("the source saw a gap in its own records (gap)", tally.coverage["gap"])
    row("the source dropped records (dropped)", tally.coverage["dropped"])
    row("the source looked at a sample (sampled)", tally.coverage["sampled"])
    for reason, count in sorted(tally.broken.items()):
        row(f"broken: {reason.replace('_', ' ')}", count)
    for path, why in sorted(tally.unreadable.items()):
        _add(table, f"{path}: {why}", "", "")
    if not table.row_count:
        _add(table, "nothing: every record is in" if tally.records else "there was no record at all", "", "")
    return table
