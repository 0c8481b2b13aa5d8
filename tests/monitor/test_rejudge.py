"""Sums judged again: what the law decides is new, what it was never asked stays, and rows that become equal are one.

That the result is what a replay gives, whatever the records and the law, is proved in `tests/properties/test_key.py`.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from monitor import kept
from monitor.app import build_grounds, build_pipeline, open_site
from monitor.pipeline import SourceSettings
from monitor.rejudge import Rejudge
from monitor.sums import Summation
from tests.judging import INVENTORY, NOON, OURS, Gazetteer, Site, flows, line
from tests.properties.laws import Change, Laws

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from monitor.app import Knowledge

_PEERS = f"{INVENTORY}peers: [{{networks: [10.99.0.0/16], country: CH}}, {{networks: [10.98.0.0/16], country: RU}}]\n"
_DAY = date(2026, 10, 7)
_CHANGE = Change(
    ending={"ch_2000_518": _DAY},
    beginning=(("RU", None, _DAY),),
    standing={"US": ("eea", _DAY)},
    laws_ending={"US_FISA702": _DAY, "US_EO12333": _DAY, "US_CLOUD_ACT": _DAY},
)


class Again:
    """A site, and its sums under the shipped law and under another."""

    def __init__(self, knowledge: Knowledge, directory: Path) -> None:
        self._knowledge = knowledge
        self._laws = Laws(knowledge, directory)
        self._site = open_site(Site(inventory=_PEERS).write(directory), knowledge.operators)

    def sums(self, *lines: str) -> pl.DataFrame:
        """Transfer rows under the shipped law."""
        judged = build_pipeline(self._site, self._knowledge).run(flows(*lines), SourceSettings("aws_vpc"))
        return Summation.of(self._site).sums(judged).transfers

    def rejudged(self, transfers: pl.DataFrame, change: Change = _CHANGE) -> pl.DataFrame:
        """The same rows under another law, named `other`."""
        grounds = build_grounds(self._site, self._laws.changed(change))
        return Rejudge(grounds, "other").rejudged(transfers)


@pytest.fixture
def again(knowledge: Knowledge, tmp_path: Path) -> Again:
    """A site with peers in Switzerland and Russia."""
    return Again(knowledge, tmp_path)


def _abroad(address: str) -> str:
    return line(OURS, address, at=NOON)


def test_no_rows_stay_no_rows(again: Again) -> None:
    """With the columns that they had."""
    none = kept.empty(kept.TRANSFERS)

    assert again.rejudged(none).equals(none)


def test_rows_name_the_new_basis(again: Again) -> None:
    """Also those that the law was not asked about."""
    rows = again.rejudged(again.sums(_abroad("10.99.0.7"), _abroad("192.168.77.5"), _abroad("10.30.0.5")))

    assert rows["basis"].to_list() == ["other"] * 3


def test_a_decision_that_fell_no_longer_covers(again: Again) -> None:
    """And what it is uncovered for is said."""
    row = again.rejudged(again.sums(_abroad("10.99.0.7"))).row(0, named=True)

    assert (row["place_verdict"], row["place_reason"], row["mechanism"]) == ("uncovered", "no_ground", None)


def test_a_decision_that_came_covers(again: Again) -> None:
    """By its number."""
    row = again.rejudged(again.sums(_abroad("10.98.0.7"))).row(0, named=True)

    assert (row["place_verdict"], row["place_reason"], row["mechanism"]) == ("adequate", None, "(EU) 2099/0")


def test_laws_that_ended_reach_nobody(again: Again) -> None:
    """A seat that is inside by then is judged as one."""
    before = again.sums(_abroad("13.38.0.1"))
    after = again.rejudged(before)
    names = ("control_verdict", "control_reason", "control_country", "reach_laws")

    assert before.select(names[:3]).row(0) == ("exposed", "law", "US")
    assert after.select(names).row(0) == ("eea", "seat", "US", [])


def test_the_country_that_decides_is_that_of_the_new_law(again: Again, knowledge: Knowledge) -> None:
    """Without any law that reaches its operator, nobody knows whose a path is that was not found to its end."""
    before = again.sums(_abroad(Gazetteer.of(knowledge).find(operator="m247")))
    after = again.rejudged(before, Change(laws_ending=dict.fromkeys(knowledge.regimes.laws, _DAY)))
    names = ("control_verdict", "control_reason", "control_country")

    assert before.select(names).row(0) == ("exposed", "law", "GB")
    assert after.select(names).row(0) == ("undetermined", "path_incomplete", None)


@pytest.mark.parametrize("address", ["192.168.77.5", "8.8.8.8", "3000::1", "127.0.0.1"])
def test_what_the_law_was_not_asked_stays(again: Again, address: str) -> None:
    """No law says where a private, an anycast or an unrouted address is."""
    ours = "2001:db8:20::5" if ":" in address else OURS
    before = again.sums(line(ours, address, at=NOON))
    after = again.rejudged(before)
    names = ["place_verdict", "place_reason", "place_country", "place_candidates", "importer"]

    assert after.select(names).equals(before.select(names))


def test_measures_stay(again: Again) -> None:
    """To the octet."""
    before = again.sums(_abroad("10.99.0.7"), _abroad("10.98.0.7"), _abroad("13.38.0.1"))
    after = again.rejudged(before)

    assert after.select(kept.MEASURE_NAMES).sum().row(0) == before.select(kept.MEASURE_NAMES).sum().row(0)


def test_rows_that_differed_in_the_basis_alone_become_one(again: Again) -> None:
    """Two versions of the same law are one under a third."""
    first = again.sums(_abroad("10.99.0.7"))
    second = again.rejudged(first, Change())
    both = again.rejudged(first.extend(second.select(first.columns)))

    assert (both.height, both["records"].to_list()) == (1, [2])


def test_columns_are_those_of_the_ledger(again: Again) -> None:
    """In their order, with their types."""
    rows = again.rejudged(again.sums(_abroad("10.99.0.7")))

    assert rows.schema == kept.empty(kept.TRANSFERS).schema
