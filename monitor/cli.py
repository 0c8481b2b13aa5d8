"""The command line: commands, nothing else.

Exit codes: 0 ok, 1 problems in the operator's files or findings where asked for, 2 usage. Each command imports what it
needs when it runs, so that `--help` is quick.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor import __version__
from monitor.terminal import in_sentences, problems_exit
from monitor.tuning import tune_for_batches

app = typer.Typer(
    name="transferwatch",
    help="Measure which health data leaves the EU, to whom, and under whose law.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
geodata = typer.Typer(help="Compile, refresh and inspect the atlas.", no_args_is_help=True)
app.add_typer(geodata, name="geodata")
alert = typer.Typer(help="The ways on which findings are told.", no_args_is_help=True)
app.add_typer(alert, name="alert")
inventory = typer.Typer(help="What is yours: draft it from logs.", no_args_is_help=True)
app.add_typer(inventory, name="inventory")
rules = typer.Typer(help="Detection rules: list them, run their own tests.", no_args_is_help=True)
app.add_typer(rules, name="rules")

ConfigFile = Annotated[Path, typer.Option("--config", "-c", help="The site's transferwatch.yaml.", show_default=False)]
Paths = Annotated[
    list[str],
    typer.Argument(help="Files and directories, or URLs of object stores: s3://BUCKET/PREFIX.", show_default=False),
]
AtDate = Annotated[str | None, typer.Option("--at", help="A day (2020-07-16) or an instant (2020-07-16T08:00:00Z).")]
SourceListFile = Annotated[
    Path | None, typer.Option("--sources", help="A list of sources with `fetch:`.", show_default=False)
]
SiteConfig = Annotated[Path | None, typer.Option("--config", "-c", help="The site's transferwatch.yaml.")]
RulesFolder = Annotated[
    Path | None, typer.Option("--rules", help="A folder of rules, instead of the shipped ones.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main() -> None:
    """Run the command line: whatever a command could not foresee ends in one sentence, not in a traceback."""
    if sys.argv[1:2] in (["replay"], ["demo"], ["run"]):  # commands of many batches that are alike
        tune_for_batches()
    elif sys.argv[1:2] == ["report"]:
        tune_for_batches(keep_pages=False)
    with in_sentences():
        app()


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
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, help="Port to serve on; a free one if taken.")
    ] = 8480,
    once: Annotated[
        bool, typer.Option("--once", help="Stop after the data is judged and the reports written.")
    ] = False,
    directory: Annotated[
        Path, typer.Option("--directory", help="Where the sample site lies; made afresh each time.")
    ] = Path("transferwatch-demo"),
) -> None:
    """Judge two months of a sample hospital, report them, serve that, and go on live. No configuration, no network."""
    from monitor.commands.demo import DemoOptions
    from monitor.commands.demo import demo as shown

    shown(DemoOptions(directory, port, once))


@app.command()
def run(config: ConfigFile) -> None:
    """Follow the site's sources, judge, keep and serve until told to end: the daemon."""
    from monitor.commands.run import run as ran

    ran(config)


@app.command()
def check(config: ConfigFile) -> None:
    """Load everything, report every problem at once, start nothing."""
    from monitor.commands.check import check as checked

    checked(config)


@app.command()
def decode(
    paths: Paths,
    format_: Annotated[str, typer.Option("--format", help="KIND of the source: aws_vpc.", show_default=False)],
    log_format: Annotated[
        str | None, typer.Option("--log-format", help="Field order, where files have no header.")
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", help="Zone of time stamps that have none, such as Europe/Paris.")
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", min=1970, max=9_998, help="Year of the first time stamp that has none.")
    ] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when a record is broken.")] = False,
) -> None:
    """Print normalised events as NDJSON; broken records go to standard error, counted."""
    from monitor.commands.decode import DecodeOptions
    from monitor.commands.decode import decode as decoded

    decoded(DecodeOptions(format_, paths, log_format, time_zone, year, strict=strict))


@app.command()
def replay(
    paths: Paths,
    config: Annotated[Path | None, typer.Option("--config", "-c", help="The site's transferwatch.yaml.")] = None,
    format_: Annotated[
        str,
        typer.Option("--format", help="KIND of the source (aws_vpc); auto asks the site's sources, then the content."),
    ] = "auto",
    judged: Annotated[Path | None, typer.Option("--judged", help="Write judged rows: FILE.ndjson or .parquet.")] = None,
    ledger: Annotated[
        str | None,
        typer.Option("--ledger", help="Keep what is new in this ledger, each record once: sqlite:///ledger.db."),
    ] = None,
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 when a record is broken or a file unreadable.")
    ] = False,
    atlas_at_event: Annotated[
        bool, typer.Option("--atlas-at-event", help="Judge each file with the kept atlas of its first record.")
    ] = False,
) -> None:
    """Judge recorded logs and print what left, to where, under whose law."""
    from monitor.commands.replay import ReplayOptions
    from monitor.commands.replay import replay as replayed

    options = ReplayOptions(
        config, format_, paths, judged=judged, ledger=ledger, strict=strict, atlas_at_event=atlas_at_event
    )
    replayed(options)


@app.command()
def report(
    month: Annotated[str, typer.Argument(metavar="MONTH", help="A calendar month, 2026-10.", show_default=False)],
    config: ConfigFile,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the report.")] = Path(),
    format_: Annotated[str, typer.Option("--format", help="html, json, or both: html,json.")] = "html,json",
    lang: Annotated[str, typer.Option("--lang", help="Language of the page: en or fr.")] = "en",
    ledger: Annotated[str | None, typer.Option("--ledger", help="Another ledger than the site's.")] = None,
    as_if: Annotated[
        Path | None,
        typer.Option("--as-if", help="Judge the month as if a file of decisions were law: what would change?"),
    ] = None,
) -> None:
    """Write the transfer report of a month: what left, to whom, on which ground, under whose law, and how well seen."""
    from monitor.commands.report import ReportOptions, formats_of
    from monitor.commands.report import report as made

    made(ReportOptions(month, config, out, formats_of(format_), lang, ledger, as_if))


@app.command()
def evidence(
    figure: Annotated[str, typer.Argument(metavar="ID", help="Id of a figure, as a report prints it.")],
    config: Annotated[Path | None, typer.Option("--config", "-c", help="The site's transferwatch.yaml.")] = None,
    ledger: Annotated[str | None, typer.Option("--ledger", help="Another ledger than the site's.")] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print every row, one JSON object a line.")] = False,
) -> None:
    """Print the rows of the ledger behind a figure, and the addresses that were kept of them."""
    from monitor.commands.evidence import evidence as printed

    printed(figure, config, ledger, json=json)


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
    from monitor.commands.explain import explain as explained

    explained(what, at, json=json)


@app.command()
def law(
    at: AtDate = None,
    country: Annotated[str | None, typer.Option("--country", help="Two letters, such as US.")] = None,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="A site's transferwatch.yaml: with its own decisions.")
    ] = None,
    *,
    json: AsJson = False,
) -> None:
    """Say what is in force on a day, with the number and the source of each decision."""
    from monitor.commands.law import law as told

    told(at, country, config, json=json)


@inventory.command("draft")
def inventory_draft(
    paths: Paths,
    format_: Annotated[str, typer.Option("--format", help="KIND of the source; auto asks the content.")] = "auto",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write it here instead of standard output.", show_default=False)
    ] = None,
) -> None:
    """Draft a first inventory.yaml from a day of flow logs: own networks, accounts, the largest far ends."""
    from monitor.commands.inventory import DraftOptions, draft

    draft(DraftOptions(paths, format_, out))


@rules.command("test")
def rules_test(
    config: SiteConfig = None,
    folder: RulesFolder = None,
) -> None:
    """Run the tests that stand in the rules; exit 1 when one fails. Touches no network and no ledger."""
    from monitor.commands.rules import test

    test(config, folder)


@rules.command("list")
def rules_list(
    config: SiteConfig = None,
    folder: RulesFolder = None,
    *,
    json: AsJson = False,
) -> None:
    """List the rules that are on, with level, what they read and their runbook, and those that the site disables."""
    from monitor.commands.rules import list_

    list_(config, folder, json=json)


@alert.command("test")
def alert_test(config: ConfigFile) -> None:
    """Send one test alert on each route, and say what each answered."""
    from monitor.commands.alert import test

    test(config)


@geodata.command("status")
def geodata_status(
    config: Annotated[Path | None, typer.Option("--config", "-c", help="The site's transferwatch.yaml.")] = None,
    sources: SourceListFile = None,
    *,
    json: AsJson = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 when a source is too old or the last update failed.")
    ] = False,
    atlas: Annotated[
        Path | None, typer.Option("--atlas", help="Another atlas than the one in use.", show_default=False)
    ] = None,
) -> None:
    """Print the atlas in use, its sources, versions, dates, licences and hashes, and how fresh they are."""
    from monitor.commands.geodata import status

    status(config, sources, atlas, json=json, strict=strict)


@geodata.command("update")
def geodata_update(
    config: Annotated[Path | None, typer.Option("--config", "-c", help="The site's transferwatch.yaml.")] = None,
    sources: SourceListFile = None,
    bundle: Annotated[
        Path | None,
        typer.Option(
            "--bundle", help="Take inputs from here (folder, tar, zip) and fetch nothing.", show_default=False
        ),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", help="Take this source's input though it shrank or lost regions.", show_default=False),
    ] = None,
    *,
    json: AsJson = False,
) -> None:
    """Take new inputs from where the list of sources says, check them, build, and keep what is good."""
    from monitor.commands.geodata import UpdateOptions, update

    update(UpdateOptions(config, sources, bundle, tuple(accept or ()), json))


@geodata.command("build")
def geodata_build(
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write the atlas.")] = Path("atlas.twa"),
    from_: Annotated[
        Path | None, typer.Option("--from", help="A folder with the archives, instead of asking the npm client.")
    ] = None,
    sources: Annotated[
        Path | None,
        typer.Option("--sources", help="A list of sources, instead of the shipped one.", show_default=False),
    ] = None,
) -> None:
    """Compile an atlas from its list of sources; the same inputs give the same file to the byte everywhere."""
    from monitor.inquiry.geodata import build

    with problems_exit():
        build(from_, out, sources=sources)
