"""Every query of every panel, asked of a real Prometheus that scraped a process which judges the sample hospital."""

from __future__ import annotations

import asyncio
import json
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from prometheus_client import CollectorRegistry

from dashboards.write import DASHBOARDS, FOLDER
from monitor.alerting import Look, context_of, life_of
from monitor.app import build_pipeline, build_writer, rules_of
from monitor.countries import country_names
from monitor.demo import SEED, DemoSite, GoingOn
from monitor.inputs import AUTO, find_inputs
from monitor.keeping import Findings, Keeping
from monitor.ledger.store import open_ledger
from monitor.metering import Metering
from monitor.metrics.counters import Metrics
from monitor.replay import Replay
from monitor.reports import Reports
from monitor.sums import Summation
from monitor.tally import Tally
from monitor.watching import Watching
from monitor.web.portal import Health, Served, portal
from monitor.world.live import Live
from monitor.world.site import site_files, write_site
from tests.judging import HEADER, line
from tests.monitor.ledger.keepers import TODAY, Keeper
from tests.services.asked import rules
from tests.services.portals import served
from tests.services.prometheus import Prometheus, scraping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.alert.picture import Alert
    from monitor.app import Knowledge
    from monitor.config import Site
    from monitor.ledger.store import Ledger

_STEPS: Final = 6
# An access network of the United States; the bastion and the account are those of the sample's inventory.
_ABROAD: Final = "24.5.0.9"
_BASTION: Final = "10.20.32.5"
_ACCOUNT: Final = "210987654321"
_PACE: Final = timedelta(hours=2)
_NO_ATLAS: Final = "the sample hospital keeps no atlas of its own"
# What the sample cannot have, and why; one that answers after all is struck out.
_SILENT: Final = {
    ("overview", "Changed since yesterday"): "a Prometheus of this minute has no yesterday",
    ("health", "Kept atlases: age over what is allowed"): _NO_ATLAS,
    ("health", "Kept atlases: since the last success"): _NO_ATLAS,
    ("health", "Kept atlases: attempts that failed"): _NO_ATLAS,
    ("health", "Kept atlases: last update"): _NO_ATLAS,
}
_QUERIES: Final = [
    pytest.param(name, panel["title"], target["expr"], id=f"{name}-{panel['id']}{target['refId']}")
    for name in DASHBOARDS
    for panel in json.loads((FOLDER / f"{name}.json").read_bytes())["panels"]
    for target in panel["targets"]
]


@pytest.fixture(scope="module")
def prometheus(
    service: Callable[[str], Path], knowledge: Knowledge, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    """Half a day of the sample in steps of two hours, scraped at zero, in between, and when it has stopped.

    With it what half a day does not have: sessions from abroad, and an audit log in which the provider's people act.
    """
    executable = service("prometheus")
    site = DemoSite(tmp_path_factory.mktemp("demo"))
    write_site(site_files(), site.directory)
    site.logs.mkdir()
    keeper = Keeper.of(site.config, knowledge)
    registry = CollectorRegistry()
    with pytest.MonkeyPatch.context() as patched, open_ledger(site.ledger, create=True) as ledger:
        patched.setattr("monitor.demo.PACE", _PACE)
        writer = build_writer(keeper.site, knowledge, ledger, TODAY)
        metering = Metering(Metrics(registry), ledger)
        metering.start(keeper.site, knowledge, writer)
        detection = rules_of(keeper.site)

        def clock() -> float:
            return going_on.now.timestamp()

        going_on = GoingOn(
            site=site,
            keeping=Keeping(
                Replay(build_pipeline(keeper.site, knowledge), Summation.of(keeper.site)),
                writer,
                committed=metering.committed,
                watches=Watching.of(detection, ledger, life_of(keeper.site), clock),
            ),
            inputs=lambda paths: find_inputs(list(paths), AUTO, keeper.site).inputs,
            live=Live(site.directory, SEED, scale=0.05),
        )
        reports = Reports(keeper.site, knowledge, ledger)
        well = Health(is_well=True, says="", facts={})
        application = portal(
            Served(keeper.site.name, registry, lambda: well, reports.months, reports.page, reports.figures)
        )
        with (
            served(application) as port,
            scraping(executable, port, tmp_path_factory.mktemp("prometheus")) as asked,
        ):
            # Twice: what a counter did between two scrapes is all that an increase can see.
            asked.wait_for('count_over_time(transferwatch_source_records_total{outcome="judged"}[1m]) >= 2')
            for _ in range(_STEPS):
                going_on.step()
            more = find_inputs(_administration(site.directory, going_on.now, root), AUTO, keeper.site).inputs
            for _ in going_on.keeping.keep(more, Tally(), Findings()):
                pass
            metering.tick(going_on.now)
            metering.pictured(_picture(keeper.site, knowledge, ledger, going_on.now))
            asked.wait_for("transferwatch_closed_hour_timestamp_seconds")
            yield asked


@pytest.mark.parametrize(("name", "title", "query"), _QUERIES)
def test_a_panel_shows_data(name: str, title: str, query: str, prometheus: Prometheus) -> None:
    """Or is listed above, with the reason."""
    answers = prometheus.answer(_filled(query))

    assert bool(answers) == ((name, title) not in _SILENT), query


def test_panels_without_data_are_panels() -> None:
    """The list above names what there is."""
    assert set(_SILENT) - {each.values[:2] for each in _QUERIES} == set()


def test_access_by_the_provider_is_a_number(prometheus: Prometheus) -> None:
    """Of the system whose account it was; acts are counted, not guessed from their increase alone."""
    query = _query("Acts by system and result")
    acts = [each["metric"] for each in prometheus.answer(f"{_filled(query)} > 0")]

    assert {(each["system"], each["actor_kind"]) for each in acts} >= {("warehouse", "provider")}
    assert prometheus.value(_filled(_query("Acts of provider staff, last day"))) > 0


def test_shares_are_between_nothing_and_all(prometheus: Prometheus) -> None:
    """Of each panel whose unit says so."""
    shares = [
        (panel["title"], float(answer["value"][1]))
        for name in DASHBOARDS
        for panel in json.loads((FOLDER / f"{name}.json").read_bytes())["panels"]
        if panel["fieldConfig"]["defaults"]["unit"] == "percentunit"
        for target in panel["targets"]
        for answer in prometheus.answer(_filled(target["expr"]))
    ]

    assert len(shares) > 10
    assert [(title, share) for title, share in shares if not 0 <= round(share, 9) <= 1] == []


def test_a_filter_narrows_a_panel(prometheus: Prometheus) -> None:
    """To the system that is chosen."""
    query = _query("Left the EEA, by system")

    assert {each["metric"]["system"] for each in prometheus.answer(_filled(query))} > {"warehouse"}
    assert {each["metric"]["system"] for each in prometheus.answer(_filled(query, system="warehouse"))} == {"warehouse"}


def test_the_hosts_of_a_system_carry_all_of_it(prometheus: Prometheus) -> None:
    """Shares by host add up to one for each system."""
    totals = prometheus.answer(f"sum by (system) ({_filled(_query('Share by host'))})")

    assert {round(float(each["value"][1]), 9) for each in totals} == {1.0}


def test_every_rule_is_a_query_that_this_exposition_answers_without_an_error(
    prometheus: Prometheus, root: Path
) -> None:
    """A many-to-many match is an error only over real series. The names of recorded series answer nothing here."""
    asked = [rule["expr"] for rule in rules(root)]

    assert [len(prometheus.answer(query)) >= 0 for query in asked] == [True] * len(asked)


def test_recorded_series_answer(prometheus: Prometheus, root: Path) -> None:
    """Each rule that records."""
    recorded = {rule["record"]: rule["expr"] for rule in rules(root) if "record" in rule}

    assert [name for name, query in recorded.items() if not prometheus.answer(query)] == []


def test_what_changed_since_yesterday_is_new_more_less_or_gone(service: Callable[[str], Path], tmp_path: Path) -> None:
    """The one panel that needs a day of history, by `promtool` over two days of it."""
    hour = "transferwatch_closed_hour_octets"
    before_and_after = {
        "new": "_x30 7x30",
        "more": "5x29 8x30",
        "less": "5x29 1x30",
        "gone": "5x29 stale",
        "same": "5x60",
    }
    series = [
        {
            "series": f'{hour}{{system="{system}", place_verdict="eea", control_verdict="eea", way="{way}"}}',
            "values": told,
        }
        for system, told in before_and_after.items()
        for way in ("out", "in")
    ]
    series.append({"series": "transferwatch_closed_hour_timestamp_seconds", "values": "0x30 86400x30"})
    labels = 'place_verdict="eea", control_verdict="eea"'
    expected = {"new": 14, "more": 6, "less": -8, "gone": -10, "same": 0}
    samples = [{"labels": f'{{system="{system}", {labels}}}', "value": value} for system, value in expected.items()]
    asked = {"expr": _filled(_query("Changed since yesterday")), "eval_time": "30h", "exp_samples": samples}
    tests = [{"interval": "1h", "input_series": series, "promql_expr_test": [asked]}]
    path = tmp_path / "changed.yml"
    # JSON is YAML.
    path.write_text(json.dumps({"rule_files": [], "tests": tests}), encoding="utf-8")
    command = [str(service("promtool")), "test", "rules", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, "SUCCESS" in done.stdout) == (0, True), done.stdout + done.stderr


def test_live_findings_are_those_of_the_ledger(prometheus: Prometheus) -> None:
    """By system, operator and countries."""
    ages = prometheus.answer(_filled(_query("Live findings, by system and operator")))
    found = {(each["metric"]["rule"], each["metric"]["place_country"]) for each in ages}

    assert ("administration_from_third_country", "US") in found


def test_countries_on_the_map_have_two_letters(prometheus: Prometheus) -> None:
    """As Grafana's own list of countries names them."""
    drawn = {each["metric"]["place_country"] for each in prometheus.answer(_filled(_query("Where it lands")))}

    assert (drawn - country_names().keys(), {len(code) for code in drawn}) == (set(), {2})


def _picture(site: Site, knowledge: Knowledge, ledger: Ledger, now: datetime) -> Sequence[Alert]:
    """Findings as they are told at a moment."""
    look = Look(ledger, site.waivers, context_of(site, knowledge), now.timestamp, ())
    return asyncio.run(look(None))


def _administration(directory: Path, now: datetime, root: Path) -> list[Path]:
    """Log in from a third country over SSH, and let the provider's support act."""
    sessions = directory / "flow-logs" / "core" / "sessions.log"
    sessions.parent.mkdir(parents=True, exist_ok=True)
    end = now - timedelta(minutes=5)
    lines = [
        line(_ABROAD, _BASTION, srcport=50_000, dstport=22, octets=90_000, packets=300, at=end),
        line(_BASTION, _ABROAD, srcport=22, dstport=50_000, octets=900_000, packets=900, at=end),
    ]
    sessions.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    told = root / "tests" / "cases" / "aws_cloudtrail" / "aws-support-at-work" / "input.json"
    audit = directory / "support.json"
    audit.write_text(told.read_text(encoding="utf-8").replace("111122223333", _ACCOUNT), encoding="utf-8")
    return [sessions, audit]


def _query(title: str) -> str:
    """The query of the panel with this title."""
    (query,) = (str(each.values[2]) for each in _QUERIES if each.values[1] == title)
    return query


def _filled(query: str, **chosen: str) -> str:
    """A query as Grafana sends it: variables on "All", unless one is chosen."""
    for variable in ("site", "system", "source"):
        query = query.replace(f"${variable}", chosen.get(variable, ".*"))
    return query
