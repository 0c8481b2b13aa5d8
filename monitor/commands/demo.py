"""`demo`: a sample hospital, judged, reported, served, and going on before your eyes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry
from rich.progress import BarColumn, Progress, TextColumn

from monitor.alerting import Look, alert_of, context_of, evidence_text, in_language, life_of, listed
from monitor.app import Knowledge, build_pipeline, build_writer, open_site, rules_of
from monitor.commands.replay import judge
from monitor.commands.report import FORMATS, LANGUAGES, write_report
from monitor.demo import SEED, GoingOn, make_demo_site
from monitor.inputs import AUTO, find_inputs
from monitor.keeping import Keeping
from monitor.ledger.store import open_ledger
from monitor.metering import Metering
from monitor.metrics.counters import Metrics
from monitor.replay import Replay
from monitor.report.answer import answer_of
from monitor.report.answer_text import print_answer
from monitor.reports import Reports
from monitor.serving import LOOPBACK, listen, serve
from monitor.sums import Summation
from monitor.terminal import midnight, open_console, refuse
from monitor.watching import Watching
from monitor.web.portal import Health, Served, portal
from monitor.world.history import HISTORY_DAYS
from monitor.world.live import Live

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.config import Site
    from monitor.demo import DemoSite
    from monitor.ledger.store import Ledger
    from monitor.web.findings import Asked, Listed
    from monitor.world.history import History

DEFAULT_DIRECTORY: Final = Path("transferwatch-demo")
DEFAULT_PORT: Final = 8480
_STEP_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What was asked for."""

    directory: Path = DEFAULT_DIRECTORY
    port: int = DEFAULT_PORT
    once: bool = False


def demo(options: DemoOptions) -> None:
    """Make, judge, report; then serve, unless once is enough."""
    console = open_console()
    files = _made(options.directory, console)
    knowledge = Knowledge.load()
    site = open_site(files.config, knowledge.operators)
    run = judge(find_inputs([files.logs], AUTO, site), site, knowledge, ledger=files.ledger)
    print_answer(answer_of(run.tally), console, site.name)
    with open_ledger(files.ledger) as ledger:
        reports = Reports(site, knowledge, ledger)
        console.print()
        _write(reports, files, console)
        if options.once:
            figure = f"{_telling_month(reports)}.no-ground.total"
            _say(f"Look behind a figure: transferwatch evidence {figure} -c {files.config}", console)
            _say(f"See it go on:         transferwatch demo --directory {files.directory}", console)
        else:
            _serve(options.port, files, _Parts(site, knowledge, ledger, reports), console)


def _telling_month(reports: Reports) -> str:
    """The newest month that is over."""
    over = [month for month in reports.months() if reports.of(month).status == "complete"]
    return over[0] if over else reports.months()[0]


def _write(reports: Reports, files: DemoSite, console: Console) -> None:
    files.reports.mkdir(exist_ok=True)
    for month in reversed(reports.months()):
        for language in LANGUAGES:
            formats = FORMATS if language == LANGUAGES[0] else ("html",)
            for path in write_report(reports.of(month), files.reports, formats, language):
                _say(f"report: {path}", console)
    _say(f"ledger: {files.ledger}", console)


def _say(line: str, console: Console) -> None:
    """Print a line that a person copies from: as one line, however long its path is."""
    console.print(line, soft_wrap=True)


def _made(directory: Path, console: Console) -> DemoSite:
    """Make the sample, with a bar."""
    columns = (TextColumn("making a sample hospital's logs"), BarColumn(), TextColumn("{task.completed} days"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=HISTORY_DAYS)

        def told(history: History) -> None:
            del history
            progress.advance(task)

        try:
            site, history = make_demo_site(directory, told)
        except FileExistsError:
            refuse(
                f"--directory {directory}: holds something else, and nothing of yours is overwritten. Name a new one."
            )
    console.print(
        f"A sample hospital: {history.files} flow log files, {history.lines:,} lines, {history.first_day} to"
        f" {history.last_day}, in {site.directory}"
    )
    return site


@dataclass(frozen=True, slots=True)
class _Parts:
    site: Site
    knowledge: Knowledge
    ledger: Ledger
    reports: Reports


def _serve(wanted: int, files: DemoSite, parts: _Parts, console: Console) -> None:
    site, reports = parts.site, parts.reports
    writer = build_writer(site, parts.knowledge, parts.ledger, midnight())
    registry = CollectorRegistry()
    metering = Metering(Metrics(registry), parts.ledger)
    metering.start(site, parts.knowledge, writer)
    stages = Replay(build_pipeline(site, parts.knowledge), Summation.of(site))
    rules = rules_of(site)

    def clock() -> float:
        return going_on.now.timestamp()

    watching = Watching.of(rules, parts.ledger, life_of(site), clock)
    going_on = GoingOn(
        site=files,
        keeping=Keeping(stages, writer, committed=metering.committed, watches=watching),
        inputs=lambda paths: find_inputs(list(paths), AUTO, site).inputs,
        live=Live(files.directory, SEED),
    )
    going_on.remember()
    metering.tick(going_on.now)

    def health() -> Health:
        says = f"{going_on.records:,} records judged since the start; it is {going_on.now:%Y-%m-%d %H:%M} UTC here."
        return Health(is_well=True, says=says, facts={"records": going_on.records, "now": going_on.now.isoformat()})

    context = context_of(site, parts.knowledge, rules.about, str(files.config))

    def finding(id_: str, language: str) -> str:
        alert = alert_of(parts.ledger, site.waivers, in_language(context, language), int(clock()), id_)
        return evidence_text(alert)

    def findings(asked: Asked) -> Listed:
        return listed(parts.ledger, site.waivers, context, int(clock()), asked)

    served = Served(
        site.name, registry, health, reports.months, reports.page, reports.figures, finding=finding, findings=findings
    )
    look = Look(parts.ledger, site.waivers, context, clock, ())
    listening = listen(wanted)
    port = listening.getsockname()[1]
    if port != wanted:
        console.print(f"Port {wanted} is taken: it is {port} instead.")
    _tell(f"http://{LOOPBACK}:{port}", _telling_month(reports), console)
    with suppress(KeyboardInterrupt):  # Ctrl-C is how it ends
        asyncio.run(serve(portal(served), listening, partial(_go_on, going_on, metering, look)))


async def _go_on(going_on: GoingOn, metering: Metering, look: Look) -> None:
    """Let the sample's time pass until its last day; judging keeps off the event loop."""
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        reached = await asyncio.to_thread(going_on.step)
        await asyncio.to_thread(metering.tick, going_on.now)
        metering.pictured(await look(None))
        if reached.ended:
            await asyncio.Event().wait()
        await asyncio.sleep(max(0.0, _STEP_SECONDS - (loop.time() - began)))


def _tell(address: str, month: str, console: Console) -> None:
    """Say what to open and what to look at."""
    rows = {
        f"{address}/": "what there is",
        f"{address}/report/{month}": "the transfer report: begin at what has no known ground",
        f"{address}/report/{month}?lang=fr": "the same in French",
        f"{address}/findings": "what the rules find from now on, as the on-call is told it",
        f"{address}/metrics": "for Prometheus; the octets grow while you look",
        f"{address}/healthz": "whether all is well",
    }
    console.print("\nIt goes on: each second is five minutes of the hospital's time. Open:")
    for where, what in rows.items():
        console.print(f"  {where:<48} {what}")
    console.print("Only this machine can. Stop with Ctrl-C.")
