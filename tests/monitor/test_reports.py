"""Reports of a ledger that grows: which months there are, and how long a report stands."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor.ledger import read
from monitor.reports import Reports
from tests.judging import NOON, OURS, line
from tests.kept_worlds import KeptSite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.app import Knowledge

_FAR = "13.38.0.1"


def _at(moment: datetime) -> str:
    return line(OURS, _FAR, at=moment)


@pytest.fixture
def site(tmp_path: Path, knowledge: Knowledge) -> KeptSite:
    """A small site."""
    return KeptSite.of(tmp_path / "site", knowledge)


@pytest.fixture
def reports(site: KeptSite) -> Iterator[Reports]:
    """Reports of the site's ledger."""
    with site.opened() as ledger:
        yield Reports(site.keeper.site, site.keeper.knowledge, ledger)


def test_an_empty_ledger_has_no_month(reports: Reports) -> None:
    """Nothing was read yet."""
    assert reports.months() == []


@pytest.mark.parametrize(
    ("moments", "months"),
    [
        ([NOON], ["2026-10"]),
        ([datetime(2026, 9, 30, 21, 59, tzinfo=UTC)], ["2026-09"]),
        ([datetime(2026, 9, 30, 22, 0, tzinfo=UTC)], ["2026-10"]),
        ([datetime(2026, 10, 31, 22, 59, tzinfo=UTC)], ["2026-10"]),
        ([datetime(2026, 10, 31, 23, 0, tzinfo=UTC)], ["2026-11"]),
        ([datetime(2025, 11, 30, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)],
         ["2026-02", "2026-01", "2025-12", "2025-11"]),
    ],
    ids=["one", "last_second", "first_second", "last_hour", "next", "over_the_year"],
)  # fmt: skip
def test_months_are_those_of_the_zone_of_the_site(
    site: KeptSite, reports: Reports, moments: list[datetime], months: list[str]
) -> None:
    """Newest first, and those between in which nothing was seen: that is an answer too."""
    site.keep(*(_at(moment) for moment in moments))

    assert reports.months() == months


def test_a_month_that_begins_inside_an_hour_is_not_the_one_before(tmp_path: Path, knowledge: Knowledge) -> None:
    """The first half of the hour is of September in Kolkata, the second of October."""
    site = KeptSite.of(tmp_path / "site", knowledge, timezone="Asia/Kolkata")
    with site.opened() as ledger:
        reports = Reports(site.keeper.site, knowledge, ledger)
        site.keep(_at(datetime(2026, 9, 30, 18, 30, tzinfo=UTC)))

        assert reports.months() == ["2026-10"]


@pytest.mark.parametrize("month", ["2026-09", "2026-11", "nonsense", ""])
def test_another_month_is_a_key_error(site: KeptSite, reports: Reports, month: str) -> None:
    """Whatever is asked for: a report, a page or figures."""
    site.keep(_at(NOON))
    for asked in (reports.of, reports.figures, lambda month: reports.page(month, "en")):
        with pytest.raises(KeyError):
            asked(month)


def test_a_report_stands_until_there_is_a_newer_record(site: KeptSite, reports: Reports) -> None:
    """Asked again it is the same one; then it is made afresh and counts what came."""
    site.keep(_at(NOON))
    first = reports.of("2026-10")
    again = reports.of("2026-10")
    site.keep(_at(NOON + timedelta(minutes=1)))
    newer = reports.of("2026-10")

    assert again is first
    assert [report.answer.no_ground.records for report in (first, newer)] == [0, 0]
    assert [report.answer.outward.records for report in (first, newer)] == [1, 2]


def test_months_keep_their_reports_beside_each_other(site: KeptSite, reports: Reports) -> None:
    """This month and the last one are looked at in turn."""
    site.keep(_at(NOON), _at(NOON - timedelta(days=30)))
    made = [reports.of(month) for month in ("2026-10", "2026-09")]

    assert [reports.of("2026-10") is made[0], reports.of("2026-09") is made[1]] == [True, True]


def test_reports_that_are_kept_are_few(site: KeptSite, reports: Reports) -> None:
    """The first of four is given up."""
    site.keep(_at(NOON), _at(NOON - timedelta(days=95)))
    months = reports.months()
    made = [reports.of(month) for month in months]

    assert len(months) == 4
    assert [reports.of(month) is report for month, report in zip(months[1:], made[1:], strict=True)] == [True] * 3
    assert reports.of(months[0]) is not made[0]


def test_a_record_while_a_report_is_made_makes_the_next_one(
    site: KeptSite, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report never passes for one of a newer ledger than it was made from."""
    site.keep(_at(NOON))
    newest = read.last_record

    def grows(*arguments: object) -> datetime | None:
        found = newest(*arguments)  # type: ignore[arg-type] # handed on
        monkeypatch.undo()
        site.keep(_at(NOON + timedelta(minutes=1)))
        return found

    monkeypatch.setattr("monitor.reports.read.last_record", grows)
    reports.of("2026-10")

    assert reports.of("2026-10").answer.outward.records == 2


def test_page_and_figures_are_of_the_same_report(site: KeptSite, reports: Reports) -> None:
    """In both languages."""
    site.keep(_at(NOON))

    assert json.loads(reports.figures("2026-10"))["month"] == "2026-10"
    assert ['lang="en"' in reports.page("2026-10", "en"), 'lang="fr"' in reports.page("2026-10", "fr")] == [True, True]
