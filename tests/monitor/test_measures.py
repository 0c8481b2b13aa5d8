"""Octets and packets by direction, scaled by sampling, and what adds up of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from collectors.contract import Flows
from monitor.app import build_pipeline, open_site
from monitor.kept import MEASURE_NAMES, MOST
from monitor.measures import by_direction, summable
from monitor.orient import orient
from tests.judging import OURS, PORTAL, Site, flows, line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.orient import Oriented

_ABROAD = "5.188.10.7"


@pytest.fixture
def oriented(knowledge: Knowledge, tmp_path: Path) -> Callable[..., Oriented]:
    """Orient lines as a source would say them that counts otherwise."""
    pipeline = build_pipeline(open_site(Site().write(tmp_path), knowledge.operators), knowledge)

    def orient_lines(*lines: str, **columns: int | str | None) -> Oriented:
        types = {"sampling_interval": pl.UInt32(), "name": pl.String()}
        values = {name: pl.lit(value, dtype=types.get(name, pl.Int64())) for name, value in columns.items()}
        found = flows(*lines)
        changed = Flows(found.frame.with_columns(**values), found.addresses)
        return orient(changed.frame, changed.addresses, pipeline.orienter)

    return orient_lines


def _by_direction(oriented: Oriented) -> dict[str, list[int | None]]:
    return {name: series.to_list() for name, series in by_direction(oriented).items()}


def _summable(oriented: Oriented) -> dict[str, list[int]]:
    return {name: column.tolist() for name, column in summable(oriented).items()}


def test_what_we_send_goes_out(oriented: Callable[..., Oriented]) -> None:
    """Whichever end opened the conversation; the other way is not counted, which is not zero."""
    assert _by_direction(oriented(line(OURS, _ABROAD), line(_ABROAD, OURS))) == {
        "octets_out": [5000, None],
        "octets_in": [None, 5000],
        "packets_out": [10, None],
        "packets_in": [None, 10],
    }


def test_between_two_of_ours_out_is_from_who_began(oriented: Callable[..., Oriented]) -> None:
    """The server's answer comes in to the client's system."""
    found = _by_direction(oriented(line(OURS, PORTAL), line(PORTAL, OURS, srcport=443, dstport=40000)))

    assert (found["octets_out"], found["octets_in"]) == ([5000, None], [None, 5000])


def test_both_ways_of_a_record_are_scaled(oriented: Callable[..., Oriented]) -> None:
    """By the sampling interval that the record states."""
    found = oriented(line(OURS, _ABROAD), sampling_interval=100, reverse_octets=70, reverse_packets=1)

    assert _by_direction(found) == {
        "octets_out": [500_000], "octets_in": [7_000], "packets_out": [1_000], "packets_in": [100],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("octets", "scale", "expected"),
    [
        pytest.param(MOST, 1, MOST, id="the largest number"),
        pytest.param(MOST // 7, 7, MOST // 7 * 7, id="the largest that fits"),
        pytest.param(MOST // 7 + 1, 7, MOST, id="the smallest that does not"),
        pytest.param(MOST, 2**32 - 1, MOST, id="both at their largest"),
        pytest.param(0, 2**32 - 1, 0, id="nothing"),
    ],
)
def test_a_scaled_count_never_wraps(oriented: Callable[..., Oriented], octets: int, scale: int, expected: int) -> None:
    """It stays at the largest number."""
    found = oriented(line(OURS, _ABROAD, octets=octets), sampling_interval=scale)

    assert _by_direction(found)["octets_out"] == [expected]


def test_what_is_not_counted_adds_nothing(oriented: Callable[..., Oriented]) -> None:
    """And is told apart from what counted zero."""
    found = _summable(oriented(line(OURS, _ABROAD, octets="-", packets="-"), line(OURS, _ABROAD, octets=0, packets=0)))

    assert (found["octets_out"], found["packets_out"], found["records_without_octets"]) == ([0, 0], [0, 0], [1, 0])


def test_octets_of_either_way_are_octets(oriented: Callable[..., Oriented]) -> None:
    """A record that counts the way back alone is not without octets."""
    found = oriented(line(OURS, _ABROAD, octets="-"), reverse_octets=70, reverse_packets=1)

    assert _summable(found)["records_without_octets"] == [0]


def test_observed_packets_are_both_ways_and_not_scaled(oriented: Callable[..., Oriented]) -> None:
    """What the sensor looked at says how much a scaled number is worth."""
    found = oriented(line(OURS, _ABROAD), sampling_interval=100, reverse_octets=70, reverse_packets=1)

    assert _summable(found)["packets_observed"] == [11]


def test_observed_packets_never_wrap(oriented: Callable[..., Oriented]) -> None:
    """Both ways may claim the largest number."""
    found = oriented(line(OURS, _ABROAD, packets=MOST), reverse_packets=MOST)

    assert _summable(found)["packets_observed"] == [MOST]


def test_every_measure_is_there_and_each_record_is_one(oriented: Callable[..., Oriented]) -> None:
    """In the order of the table, without nulls."""
    found = _summable(oriented(line(OURS, _ABROAD), line(_ABROAD, OURS)))

    assert (tuple(found), found["records"]) == (MEASURE_NAMES, [1, 1])


def test_no_records_have_no_measures(oriented: Callable[..., Oriented]) -> None:
    """A batch in which nothing is ours."""
    assert set(map(tuple, _summable(oriented(line(_ABROAD, "9.9.9.9"))).values())) == {()}


def test_octets_without_a_name_are_those_of_both_ways(oriented: Callable[..., Oriented]) -> None:
    """Scaled as these are; an address in the place of a name is none."""
    for name, expected in ((None, 57_000), ("192.0.2.1", 57_000), ("www.example.org", 0)):
        found = oriented(line(OURS, _ABROAD), sampling_interval=10, reverse_octets=700, reverse_packets=1, name=name)

        assert _summable(found)["octets_without_name"] == [expected]


def test_octets_without_a_name_never_wrap(oriented: Callable[..., Oriented]) -> None:
    """Both ways may claim the largest number."""
    found = oriented(line(OURS, _ABROAD, octets=MOST), reverse_octets=MOST, reverse_packets=1)

    assert _summable(found)["octets_without_name"] == [MOST]
