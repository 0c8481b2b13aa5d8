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
from monitor.sums import Summation
from monitor.tally import KEYS, PROBE_KEYS, Tally
from tests.judging import INVENTORY, NOON, OURS, PORTAL, Site, flows, line
from tests.telling import Telling, act, admins, asked, names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.kept import Sums
    from monitor.pipeline import Judged

    Part = tuple[Judged, Sums]

_ABROAD = "5.188.10.7"
_PARIS = "13.38.0.1"
_FORWARDER = "10.20.0.220"
_COUNTS = (
    "records", "inputs", "judged", "judged_octets", "uncounted", "uncounted_octets", "not_ours", "not_ours_by_source",
    "not_ours_octets", "no_time", "no_time_octets", "coverage", "broken", "broken_records", "first", "last",
)  # fmt: skip


@pytest.fixture
def judge(knowledge: Knowledge, tmp_path: Path) -> Callable[..., Part]:
    """Judge some lines at a site with a forwarder, and add them up."""
    inventory = f"{INVENTORY}forwarders: [{_FORWARDER}]\n"
    site = open_site(Site(inventory=inventory).write(tmp_path), knowledge.operators)
    pipeline, summation = build_pipeline(site, knowledge), Summation.of(site)

    def part(*lines: str) -> Part:
        judged = pipeline.run(flows(*lines), SourceSettings("aws_vpc"))
        return judged, summation.sums(judged)

    return part


def _tally(*parts: Part) -> Tally:
    tally = Tally()
    for judged, sums in parts:
        tally.add_judged(judged, sums)
    return tally


def _sorted(sums: pl.DataFrame) -> pl.DataFrame:
    return sums.with_columns(pl.selectors.list().list.join(" ")).sort(pl.all())


def test_an_empty_replay_has_empty_sums() -> None:
    """With the columns of a full one."""
    sums = Tally().sums()

    assert (sums.height, sums.columns) == (0, [*KEYS, "records", "octets_out", "octets_in"])


def test_empty_and_full_sums_have_the_same_types(judge: Callable[..., Part]) -> None:
    """So that what reads the one reads the other."""
    assert _tally(judge(line(OURS, _ABROAD))).sums().schema == Tally().sums().schema


def test_rows_are_summed_by_what_they_have_in_common(judge: Callable[..., Part]) -> None:
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
        line(OURS, _PARIS, protocol=47),
        line(_PARIS, OURS),
        line(_FORWARDER, _PARIS),
        line(OURS, _ABROAD),
    ],
    ids=["system", "peer system", "activity", "direction", "counted", "verdict"],
)
def test_rows_that_differ_in_a_key_are_apart(judge: Callable[..., Part], other: str) -> None:
    """Each key by itself splits."""
    assert _tally(judge(line(OURS, _PARIS), other)).sums()["records"].to_list() == [1, 1]


def test_probes_are_summed_apart(judge: Callable[..., Part]) -> None:
    """They are a number, never a transfer: no far end is told of them."""
    tally = _tally(judge(line(OURS, _PARIS), line(OURS, _PARIS, action="REJECT", octets=60), line(_ABROAD, OURS)))
    probes = tally.probes().select(*PROBE_KEYS, "records", "octets_out", "octets_in")

    assert tally.sums()["records"].to_list() == [1, 1]
    assert probes.rows() == [("warehouse", "health", True, 1, 60, 0)]


def test_empty_and_full_probes_have_the_same_types(judge: Callable[..., Part]) -> None:
    """As with the sums."""
    empty, full = Tally().probes(), _tally(judge(line(OURS, _PARIS, action="REJECT"))).probes()

    assert (empty.height, full.height, full.schema) == (0, 1, empty.schema)


def test_the_long_tail_of_networks_is_one_line(judge: Callable[..., Part]) -> None:
    """Operators that no file knows are not told apart: a summary is bounded by our own files."""
    sums = _tally(judge(line(OURS, "37.146.0.1"), line(OURS, "178.140.0.1"))).sums()

    assert sums.select("operator", "place_country", "records").rows() == [(None, "RU", 2)]


def test_parts_add_up(judge: Callable[..., Part]) -> None:
    """However the records were cut into parts."""
    lines = [line(OURS, _PARIS), line(OURS, _ABROAD), line(PORTAL, _PARIS), line(OURS, _PARIS)]
    whole = _tally(judge(*lines)).sums().sort(["records", "octets_out", "system", "place_country"])
    parts = _tally(*(judge(each) for each in lines)).sums().sort(["records", "octets_out", "system", "place_country"])

    assert parts.equals(whole, null_equal=True)


def test_folding_changes_nothing(judge: Callable[..., Part], monkeypatch: pytest.MonkeyPatch) -> None:
    """Many parts are summed on the way, so that memory does not grow with the log."""
    parts = [judge(line(OURS, _PARIS)), judge(line(OURS, _ABROAD)), judge(line(OURS, _PARIS))]
    unfolded = _tally(*parts).sums()
    monkeypatch.setattr("monitor.tally._FOLD_AFTER_ROWS", 1)
    folded = _tally(*parts)

    assert len(folded._parts) == 1
    assert folded.sums().sort("place_country").equals(unfolded.sort("place_country"), null_equal=True)


def test_every_record_is_somewhere(judge: Callable[..., Part]) -> None:
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


def test_the_span_of_time_is_that_of_all_parts(judge: Callable[..., Part]) -> None:
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


def test_a_damaged_number_turns_no_sum_negative(judge: Callable[..., Part]) -> None:
    """More octets than could ever be sent: the sum stays at the largest number, in one part and over parts."""
    most = 2**63 - 1
    part = judge(line(OURS, _PARIS, octets=most), line(OURS, _PARIS, octets=most), line(_PARIS, OURS, octets=5,
                 srcport=443, dstport=40000))  # fmt: skip

    assert _tally(part).sums().select("octets_out", "octets_in").rows() == [(most, 5)]
    assert _tally(part, part).sums().select("octets_out", "octets_in").rows() == [(most, 10)]


def test_a_merged_tally_is_the_tally_of_both(judge: Callable[..., Part]) -> None:
    """What a batch counted enters the whole only once the batch is kept."""
    states = pl.DataFrame({"state": pl.Series(["no_data"], dtype=schema.STATES)})
    parts = [
        judge(line(OURS, _PARIS), line(_FORWARDER, _PARIS), line(_ABROAD, _PARIS)),
        judge(line(OURS, _PARIS, at=NOON + timedelta(days=1)), line(OURS, _PARIS, end="-"), line(OURS, _ABROAD)),
        judge(line(OURS, _PARIS, action="REJECT"), line(OURS, _PARIS, at=NOON - timedelta(days=1))),
    ]
    batch = Batch(records=3, bad_by_reason=Counter(too_few_fields=2), coverage=(states,))
    whole = _tally(*parts)
    merged = Tally()
    for part in parts:
        merged.merge(_tally(part))
    for tally in (whole, merged):
        tally.add_batch(batch)

    assert {name: getattr(merged, name) for name in _COUNTS} == {name: getattr(whole, name) for name in _COUNTS}
    assert _sorted(merged.sums()).equals(_sorted(whole.sums()), null_equal=True)
    assert _sorted(merged.probes()).equals(_sorted(whole.probes()), null_equal=True)


def test_merging_with_nothing_changes_nothing(judge: Callable[..., Part]) -> None:
    """Neither way round."""
    tally = _tally(judge(line(OURS, _PARIS)))
    tally.merge(Tally())
    other = Tally()
    other.merge(tally)

    assert [(each.judged, each.first, each.sums()["records"].to_list()) for each in (tally, other)] == [
        (1, NOON, [1])
    ] * 2


def test_acts_and_questions_are_told_apart(knowledge: Knowledge, tmp_path: Path) -> None:
    """By what became of them; a tally of parts is that of the whole."""
    telling = Telling.of(knowledge, tmp_path)
    acts = [act(), act(success=False), act(actor_kind="provider"), act(actor_kind="service", actor_address=None)]
    found = telling.tally(admins(*acts), names(asked(), asked(resolver_address="10.20.0.53")))
    merged = Tally()
    merged.merge(found)
    merged.merge(telling.tally(admins(act(actor_kind="provider", success=False))))

    assert found.acts == {"acts": 4, "failed": 1, "provider": 1, "automatic": 1}
    assert (found.names, found.evidence, found.judged, found.uncounted) == (1, {"own_resolver": 1}, 5, 0)
    assert merged.acts == {"acts": 5, "failed": 2, "provider": 1, "automatic": 1}


def test_evidence_was_seen_at_its_time(knowledge: Knowledge, tmp_path: Path) -> None:
    """An input of nothing but names that our own resolver was asked for has a span."""
    tally = Telling.of(knowledge, tmp_path).tally(names(asked(resolver_address="10.20.0.53")))

    assert (tally.judged, tally.first, tally.last) == (0, NOON, NOON)


def test_what_is_passed_over_is_counted_by_what_it_is() -> None:
    """However many sorts of it there are, the tally stays small."""
    tally = Tally()
    tally.add_batch(Batch(records=3, passed_over=Counter(cron=2, kernel=1)))
    tally.add_batch(Batch(records=200, passed_over=Counter({f"s{number}": 1 for number in range(200)})))

    assert (tally.passed_over["cron"], tally.passed_over.total(), len(tally.passed_over)) == (2, 203, 100)
