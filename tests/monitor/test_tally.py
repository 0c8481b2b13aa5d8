"""What became of every record of a replay, summed for people."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from collectors.contract import Batch
from monitor import schema
from monitor.app import build_pipeline, open_site
from monitor.pipeline import SourceSettings
from monitor.tally import KEYS, Tally
from tests.judging import INVENTORY, NOON, OURS, PORTAL, Site, flows, line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.pipeline import Judged

_ABROAD = "5.188.10.7"
_PARIS = "13.38.0.1"
_FORWARDER = "10.20.0.220"


@pytest.fixture
def judge(knowledge: Knowledge, tmp_path: Path) -> Callable[..., Judged]:
    """Judge some lines at a site with a forwarder."""
    inventory = f"{INVENTORY}forwarders: [{_FORWARDER}]\n"
    pipeline = build_pipeline(open_site(Site(inventory=inventory).write(tmp_path), knowledge.operators), knowledge)
    return lambda *lines: pipeline.run(flows(*lines), SourceSettings("aws_vpc"))


def _tally(*parts: Judged) -> Tally:
    tally = Tally()
    for part in parts:
        tally.add_judged(part)
    return tally


def test_an_empty_replay_has_empty_sums() -> None:
    """With the columns of a full one."""
    sums = Tally().sums()

    assert (sums.height, sums.columns) == (0, [*KEYS, "records", "octets_out", "octets_in"])


def test_empty_and_full_sums_have_the_same_types(judge: Callable[..., Judged]) -> None:
    """So that what reads the one reads the other."""
    assert _tally(judge(line(OURS, _ABROAD))).sums().schema == Tally().sums().schema


def test_rows_are_summed_by_what_they_have_in_common(judge: Callable[..., Judged]) -> None:
    """Ports, addresses and times of a far end's operator do not matter; the way of the octets does not split."""
    lines = [
        line(OURS, _PARIS, octets=1000),
        line("10.20.0.6", "13.38.0.2", octets=200, srcport=50000),
        line(_PARIS, OURS, octets=70, srcport=443, dstport=40000),
    ]
    sums = _tally(judge(*lines)).sums()

    told = sums.select("system", "operator", "place_country", "place_verdict", "records", "octets_out", "octets_in")
    assert told.rows() == [("warehouse", "aws", "FR", "eea", 3, 1200, 70)]


@pytest.mark.parametrize(
    "other",
    [
        line(PORTAL, _PARIS),
        line(OURS, PORTAL),
        line(OURS, _PARIS, action="REJECT"),
        line(_PARIS, OURS),
        line(_FORWARDER, _PARIS),
        line(OURS, _ABROAD),
    ],
    ids=["system", "peer system", "activity", "direction", "counted", "verdict"],
)
def test_rows_that_differ_in_a_key_are_apart(judge: Callable[..., Judged], other: str) -> None:
    """Each key by itself splits."""
    assert _tally(judge(line(OURS, _PARIS), other)).sums()["records"].to_list() == [1, 1]


def test_the_long_tail_of_networks_is_one_line(judge: Callable[..., Judged]) -> None:
    """Operators that no file knows are not told apart: a summary is bounded by our own files."""
    sums = _tally(judge(line(OURS, "37.146.0.1"), line(OURS, "178.140.0.1"))).sums()

    assert sums.select("operator", "place_country", "records").rows() == [(None, "RU", 2)]


def test_parts_add_up(judge: Callable[..., Judged]) -> None:
    """However the records were cut into parts."""
    lines = [line(OURS, _PARIS), line(OURS, _ABROAD), line(PORTAL, _PARIS), line(OURS, _PARIS)]
    whole = _tally(judge(*lines)).sums().sort(["records", "octets_out", "system", "place_country"])
    parts = _tally(*(judge(each) for each in lines)).sums().sort(["records", "octets_out", "system", "place_country"])

    assert parts.equals(whole, null_equal=True)


def test_folding_changes_nothing(judge: Callable[..., Judged], monkeypatch: pytest.MonkeyPatch) -> None:
    """Many parts are summed on the way, so that memory does not grow with the log."""
    parts = [judge(line(OURS, _PARIS)), judge(line(OURS, _ABROAD)), judge(line(OURS, _PARIS))]
    unfolded = _tally(*parts).sums()
    monkeypatch.setattr("monitor.tally._FOLD_AFTER_ROWS", 1)
    folded = _tally(*parts)

    assert len(folded._parts) == 1
    assert folded.sums().sort("place_country").equals(unfolded.sort("place_country"), null_equal=True)


def test_every_record_is_somewhere(judge: Callable[..., Judged]) -> None:
    """Judged, not counted, not ours, without times: records and octets of each."""
    lines = [
        line(OURS, _PARIS, octets=1),
        line(_FORWARDER, _PARIS, octets=10),
        line(_ABROAD, _PARIS, octets=100),
        line(OURS, _PARIS, start="-", end="-", octets=1000),
    ]
    tally = _tally(judge(*lines))

    assert (tally.judged, tally.uncounted, tally.not_ours, tally.no_time) == (2, 1, 1, 1)
    assert (tally.judged_octets, tally.uncounted_octets, tally.not_ours_octets, tally.no_time_octets) == (
        11, 10, 100, 1000,
    )  # fmt: skip


def test_the_span_of_time_is_that_of_all_parts(judge: Callable[..., Judged]) -> None:
    """First and last end, whatever the order."""
    times = [NOON, NOON - timedelta(days=3), NOON + timedelta(days=2)]
    tally = _tally(*(judge(line(OURS, _PARIS, at=at)) for at in times))

    assert (tally.first, tally.last) == (datetime(2026, 10, 4, 12, tzinfo=UTC), datetime(2026, 10, 9, 12, tzinfo=UTC))


def test_what_a_decoder_could_not_read_is_counted_by_reason() -> None:
    """And what the source says about its own seeing by state."""
    states = pl.DataFrame({"state": pl.Series(["no_data", "skipped", "no_data"], dtype=schema.STATES)})
    tally = Tally()
    for batch in (Batch(records=5, bad_by_reason=Counter(too_few_fields=2)), Batch(records=3, coverage=(states,))):
        tally.add_batch(batch)

    assert (tally.records, tally.broken_records, dict(tally.broken)) == (8, 2, {"too_few_fields": 2})
    assert dict(tally.coverage) == {"no_data": 2, "skipped": 1}


def test_a_damaged_number_turns_no_sum_negative(judge: Callable[..., Judged]) -> None:
    """More octets than could ever be sent: the sum stops at 2^53."""
    most = 2**63 - 1
    tally = _tally(judge(line(OURS, _PARIS, octets=most), line(_PARIS, OURS, octets=5, srcport=443, dstport=40000)))

    assert tally.sums().select("octets_out", "octets_in").rows() == [(2**63, 5)]
