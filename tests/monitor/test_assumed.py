"""A month judged again: what changes, by span of the law, and what stays.

`tests/cases/test_as_if.py` proves that it is what a replay gives.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from polars.testing import assert_frame_equal

from monitor import kept
from monitor.app import build_grounds, build_pipeline, open_site
from monitor.assumed import assumed
from monitor.ledger.read import month_and_course
from monitor.pipeline import SourceSettings
from monitor.rejudge import Rejudge
from monitor.sums import Summation
from tests.judging import INVENTORY, NOON, OURS, Site, flows, line
from tests.properties.laws import Change, Laws

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from monitor.app import Knowledge
    from monitor.assumed import Assumed

_PEERS = f"{INVENTORY}peers: [{{networks: [10.99.0.0/16], country: CH}}, {{networks: [10.98.0.0/16], country: RU}}]\n"
_FALLS = Change(ending={"ch_2000_518": date(2026, 10, 8)})
_WORDS = ("key", *kept.KEY_NAMES, "place_country")


class Month:
    """Rows under the shipped law, and what another one makes of them."""

    def __init__(self, knowledge: Knowledge, directory: Path) -> None:
        self._knowledge = knowledge
        self._laws = Laws(knowledge, directory)
        self._site = open_site(Site(inventory=_PEERS).write(directory), knowledge.operators)

    def rows(self, *lines: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Sums by hour and key, and what keys stand for."""
        judged = build_pipeline(self._site, self._knowledge).run(flows(*lines), SourceSettings("aws_vpc"))
        transfers = Summation.of(self._site).sums(judged).transfers
        return transfers.select("hour", "key", *kept.MEASURE_NAMES), transfers.select(_WORDS).unique("key")

    def judge(self, change: Change | None = None) -> Rejudge:
        """What judges by another law, or by the shipped one."""
        knowledge = self._knowledge if change is None else self._laws.changed(change)
        return Rejudge(build_grounds(self._site, knowledge), "shipped" if change is None else "other")

    def under(self, change: Change, *lines: str, before: Rejudge | None = None) -> Assumed:
        """The month under another law."""
        return assumed(*self.rows(*lines), before, self.judge(change))


@pytest.fixture
def month(knowledge: Knowledge, tmp_path: Path) -> Month:
    """A site with peers in Switzerland and Russia."""
    return Month(knowledge, tmp_path)


def _swiss(days: int = 0) -> str:
    return line(OURS, "10.99.0.7", at=NOON + timedelta(days=days))


def test_one_key_before_and_after_the_day_is_two(month: Month) -> None:
    """A decision that falls inside the month changes what comes after."""
    found = month.under(_FALLS, _swiss(0), _swiss(1), _swiss(2))

    assert found.transfers.sort("records").select("records", "place_verdict").rows() == [
        (1, "adequate"),
        (2, "uncovered"),
    ]
    assert found.course.select("place_verdict", "records").rows() == [
        ("adequate", 1),
        ("uncovered", 1),
        ("uncovered", 1),
    ]


def test_changes_tell_how_it_was(month: Month) -> None:
    """With the ground that is lost."""
    changes = month.under(_FALLS, _swiss(1)).changes

    assert changes.select("was_place_verdict", "was_mechanism", "place_verdict", "mechanism", "octets_out").rows() == [
        ("adequate", "2000/518/EC", "uncovered", None, 5000)
    ]


def test_what_no_law_decides_stays(month: Month) -> None:
    """Every word but the basis."""
    lines = (line(OURS, "10.98.0.7", at=NOON), line(OURS, "192.168.77.5", at=NOON))
    narrow, words = month.rows(*lines)
    plain, _ = month_and_course(narrow, words)
    found = month.under(_FALLS, *lines).transfers

    rest = [name for name in plain.columns if name not in {"key", "basis"}]
    assert_frame_equal(found.select(rest), plain.select(rest), check_row_order=False)
    assert set(found["basis"]) == {"other"}


def test_rows_of_other_versions_are_judged_on_both_sides(month: Month) -> None:
    """The side before is what the law of today makes of them."""
    changes = month.under(_FALLS, _swiss(0), before=month.judge(_FALLS)).changes
    other = month.under(_FALLS, _swiss(1), before=month.judge(_FALLS)).changes

    assert changes.select("was_place_verdict", "place_verdict").rows() == [("adequate", "adequate")]
    assert other.select("was_place_verdict", "place_verdict").rows() == [("uncovered", "uncovered")]


def test_no_rows_give_no_rows(month: Month) -> None:
    """With their columns."""
    narrow, words = month.rows(_swiss())
    found = assumed(narrow.clear(), words.clear(), None, month.judge(_FALLS))

    assert (found.transfers.height, found.course.height, found.changes.height) == (0, 0, 0)
    assert found.transfers.columns == [column.name for column in kept.MONTH]
