"""`evidence`: what is behind each figure of a report is what the figure says, to the octet."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from monitor.ledger.upkeep import close_hours
from monitor.reports import Reports
from tests.judging import NOON, OURS, Gazetteer, hosts, line
from tests.monitor.commands.running import run, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.app import Knowledge
    from tests.kept_worlds import KeptSite

pytestmark = pytest.mark.usefixtures("loaded_once")
_MEASURES = (
    "records", "octets_out", "octets_in", "packets_out", "packets_in", "records_without_octets", "packets_observed",
    "octets_without_name",
)  # fmt: skip

_NO_ID = "is not the id of a figure. Write it as the report prints it, such as 2026-10.no-ground.total.\n"
_IN_NO_REPORT = (
    "2026-10.no-ground.aaaaaaaaaa is in no report of this ledger: no transfer of 2026-10 belongs to it. Write an id as"
    " the report of 2026-10 prints it; 2026-10.no-ground.total stands for all of that table.\n"
)


def _figures(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any JSON value
    """Every object with an id, at any depth."""
    if isinstance(value, dict):
        if value.get("id"):
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _figures(each)


def _report(site: KeptSite, month: str = "2026-10") -> dict[str, Any]:
    with site.opened() as ledger:
        made: dict[str, Any] = json.loads(Reports(site.keeper.site, site.keeper.knowledge, ledger).figures(month))
    return made


def _rows(site: KeptSite, figure: str, kind: str) -> list[dict[str, Any]]:
    result = run("evidence", figure, "-c", site.config, "--json")
    assert said(result) == (0, "")
    rows = [json.loads(each) for each in result.stdout.splitlines()]
    return [row for row in rows if row["row"] == kind]


def test_every_figure_of_a_report_is_the_sum_of_the_rows_behind_it(world: KeptSite) -> None:
    """Every id in the report's JSON, in every measure that the figure tells."""
    wanted, found = {}, {}
    for figure in _figures(_report(world)):
        measures = [name for name in _MEASURES if isinstance(figure.get(name), int)]
        if not measures or not figure["records"]:
            continue
        rows = _rows(world, figure["id"], "transfer")
        wanted[figure["id"]] = {name: figure[name] for name in measures}
        found[figure["id"]] = {name: sum(row[name] for row in rows) for name in measures}

    assert len(wanted) > 50
    assert found == wanted


def test_evidence_adds_up_to_the_rows_that_it_is_kept_of(world: KeptSite) -> None:
    """Of what has no ground known every octet is some address's, or in a remainder row."""
    figure = "2026-10.no-ground.total"
    transfers, addresses = (_rows(world, figure, kind) for kind in ("transfer", "evidence"))

    assert {name: sum(row[name] for row in addresses) for name in _MEASURES} == {
        name: sum(row[name] for row in transfers) for name in _MEASURES
    }


def test_text_tells_the_figure_first(world: KeptSite) -> None:
    """With its sums as the report has them, and the basis by which it was judged."""
    (answer,) = (
        each for each in _figures(_report(world)) if each["id"] == "2026-10.no-ground.total" and "share" in each
    )
    result = run("evidence", "2026-10.no-ground.total", "-c", world.config)
    lines = result.stdout.splitlines()

    assert said(result) == (0, "")
    assert f"{answer['octets_out']:,} octets out, {answer['octets_in']:,} in" in lines[0]
    assert lines[2] == f"judged by basis {world.keeper.pipeline.basis}"
    assert "Who spoke with whom" in result.stdout


@pytest.fixture
def crowded(bare: KeptSite) -> KeptSite:
    """An hour of 120 far ends under one key, which is closed."""
    far = hosts("37.146.0.0/16", 120)
    bare.keep(
        *(line(OURS, each, at=NOON, octets=1000 + number) for number, each in enumerate(far)),
        line(OURS, far[0], at=NOON + timedelta(hours=9)),
    )
    with bare.opened() as ledger:
        close_hours(ledger)
    return bare


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal on which no cell is broken."""
    monkeypatch.setenv("COLUMNS", "200")


@pytest.mark.usefixtures("wide")
def test_what_a_closed_hour_gave_up_is_one_line(crowded: KeptSite) -> None:
    """How many rows it stands for, and what they add up to."""
    result = run("evidence", "2026-10.no-ground.total", "-c", crowded.config)
    (line_,) = (each for each in result.stdout.splitlines() if "smaller rows" in each)

    assert said(result) == (0, "")
    assert line_.split("  ")[0].strip() == "20 smaller rows, given up when their hour was closed"
    assert line_.split()[-5:] == ["20", "20", "kB", "0", "B"]


@pytest.mark.usefixtures("wide")
def test_rows_that_do_not_fit_are_told(crowded: KeptSite) -> None:
    """The table is for a person, `--json` for the rest."""
    result = run("evidence", "2026-10.no-ground.total", "-c", crowded.config)

    assert "and 61 more: --json prints all" in result.stdout


def test_json_has_every_row_and_the_remainder(crowded: KeptSite) -> None:
    """A hundred of the closed hour, one of the open hour, and one for the rest."""
    rows = _rows(crowded, "2026-10.no-ground.total", "evidence")

    assert len(rows) == 102
    assert [(row["folded"], row["remote_address"]) for row in rows if row["folded"]] == [(20, None)]


def test_a_total_of_nothing_is_nothing(bare: KeptSite) -> None:
    """A line of zero is a figure of the report too."""
    result = run("evidence", "2026-10.no-ground.total", "-c", bare.config)

    assert said(result) == (0, "")
    assert result.stdout.splitlines()[0] == "2026-10.no-ground.total: 0 records, 0 octets out, 0 in"


def test_a_total_of_nothing_has_no_rows(bare: KeptSite) -> None:
    """As JSON that is no line at all."""
    assert _rows(bare, "2026-10.no-ground.total", "transfer") == []


@pytest.mark.parametrize(
    ("figure", "why"),
    [
        ("nonsense", f"'nonsense' {_NO_ID}"),
        ("2026-13.no-ground.total", f"'2026-13.no-ground.total' {_NO_ID}"),
        ("2026-10.no-ground.aaaaaaaaaa", _IN_NO_REPORT),
        ("0000-01.no-ground.total", "'0000-01' is not a month. Write it as 2026-10.\n"),
        ("0001-01.no-ground.total", "'0001-01' is not a month. Write it as 2026-10.\n"),
        ("9999-12.no-ground.total", "'9999-12' is not a month. Write it as 2026-10.\n"),
    ],
)  # fmt: skip
def test_an_unknown_id_is_a_usage_error(world: KeptSite, figure: str, why: str) -> None:
    """With what to write."""
    assert said(run("evidence", figure, "-c", world.config)) == (2, why)


def test_an_unknown_section_is_told_the_nearest(world: KeptSite) -> None:
    """Or all that there are."""
    code, why = said(run("evidence", "2026-10.no-grund.total", "-c", world.config))

    assert (code, "'no-grund' is no section of the report." in why, "no-ground" in why) == (2, True, True)


def test_without_a_ledger_it_says_what_to_write() -> None:
    """Neither a site nor a ledger was named."""
    assert said(run("evidence", "2026-10.no-ground.total")) == (
        2,
        "no ledger is named. Write `ledger: sqlite:///ledger.db` there, or --ledger.\n",
    )


def test_a_ledger_can_be_named_without_a_site(crowded: KeptSite) -> None:
    """A month is then one of UTC."""
    url = f"sqlite:///{crowded.path}"
    result = run("evidence", "2026-10.no-ground.total", "--ledger", url, "--json")

    assert said(result) == (0, "")
    assert len(result.stdout.splitlines()) == 104


def test_a_ledger_that_is_not_there_is_not_made(bare: KeptSite) -> None:
    """Evidence reads."""
    gone = bare.directory / "gone.db"
    result = run("evidence", "2026-10.no-ground.total", "--ledger", f"sqlite:///{gone}")

    assert (result.exit_code, gone.exists()) == (1, False)


def test_addresses_are_kept_only_of_what_a_person_must_look_into(bare: KeptSite) -> None:
    """What stays in the Union under its law has sums and no addresses; that is said."""
    bare.keep(line(OURS, "90.0.0.1", at=NOON))
    lines = [each for each in _figures(_report(bare)) if each.get("records")]
    told = {each["id"]: run("evidence", each["id"], "-c", bare.config).stdout for each in lines}

    assert told
    assert {"No addresses are kept of these" in text for text in told.values()} == {True}


def test_what_rests_on_an_unverified_fact_is_shown_with_its_rows(bare: KeptSite, knowledge: Knowledge) -> None:
    """The owners of Leaseweb are not verified: behind the figure is the traffic with it, in the ledger's columns."""
    places = Gazetteer.of(knowledge)
    far = [places.find(operator=operator) for operator in ("leaseweb", "microsoft_azure")]
    bare.keep(*(line(OURS, each, at=NOON) for each in far))
    answer = _report(bare)["answer"]
    rows = _rows(bare, answer["unverified"]["id"], "transfer")

    assert (answer["unverified"]["octets_out"], answer["outward"]["octets_out"]) == (5_000, 10_000)
    assert [(row["operator"], row["octets_out"]) for row in rows] == [("leaseweb", 5_000)]
    assert "rests_on" not in rows[0]
