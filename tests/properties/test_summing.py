"""Sums depend on the records alone: not on how they were cut, nor on their order; and no octet is lost or invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import schema
from monitor.folding import COVERAGE_KEY, EVIDENCE_KEY, NETWORK_KEY, OUTCOME_KEY, PROBE_KEY
from monitor.kept import KEY_NAMES, MEASURE_NAMES, MOST, TEXTS
from monitor.rows import rows
from tests.judging import INVENTORY, line
from tests.summing import SCHEMAS, Summing, different, folded, in_order

if TYPE_CHECKING:
    from monitor.app import Knowledge
    from monitor.kept import Sums

_HOSTED: Final = "data_class: health, hosting: {operator: aws, country: FR, from: 2026-10-07}}"
_INVENTORY: Final = (
    f"{INVENTORY.replace('data_class: health}', _HOSTED)}"
    "  - {id: leaflets, networks: [10.40.0.0/16, 13.36.0.0/16], data_class: public}\n"
    "forwarders: [10.20.0.220]\n"
    "peers: [{networks: [10.99.0.0/16], country: US, importer: example}]\n"
)
_REGISTER: Final = """
transfers:
  - {id: T-1, importer: Example, match: {networks: [10.99.0.0/16, 37.146.0.0/16]}, systems: [warehouse], basis: bcr,
     clear_text_access: false, tia: {date: 2020-01-01, next_review: 2027-01-01}, valid_from: 2026-10-07}
"""
_OURS: Final = ("10.20.0.5", "10.20.0.6", "10.30.0.5", "10.40.0.5", "13.36.0.1", "10.20.0.220", "2001:db8:20::5")
_FAR: Final = (
    "10.99.0.7", "8.8.8.8", "13.38.0.1", "13.38.0.2", "37.146.0.1", "62.67.21.192", "62.67.0.128", "127.0.0.1",
    "77.58.0.1", "2a02:6b8::5", "-",
)  # fmt: skip
# A midnight in Kolkata, when the register and the hosting begin there; and the ends of an hour.
_MIDNIGHT: Final = datetime(2026, 10, 6, 18, 30, tzinfo=UTC)
_TIMES: Final = (
    _MIDNIGHT - timedelta(minutes=30),
    _MIDNIGHT - timedelta(seconds=1),
    _MIDNIGHT,
    _MIDNIGHT + timedelta(minutes=30),
)
_NOTHING: Final = {"srcport": "-", "dstport": "-", "protocol": "-", "packets": "-", "octets": "-", "action": "-"}
_OCTETS: Final = (0, 40, 180, 5000, "-")


@st.composite
def _record(draw: st.DrawFn, octets: tuple[object, ...]) -> str:
    """A line that could stand in a log, of few far ends, so that some records are of one key."""
    ends = draw(st.tuples(st.sampled_from(_OURS + _FAR[:3]), st.sampled_from(_FAR + _OURS[:3])))
    at = draw(st.sampled_from(_TIMES))
    observer = draw(st.sampled_from(("eni-1", "eni-2", "-")))
    kind = draw(st.sampled_from(("record",) * 12 + ("statement", "broken")))
    if kind == "broken":
        return draw(st.sampled_from(("x", line("10.20.0.5", "8.8.8.8", protocol=999))))
    if kind == "statement":
        status = draw(st.sampled_from(("NODATA", "SKIPDATA")))
        times = draw(st.sampled_from(({}, {"start": "-", "end": "-"})))
        return line("-", "-", at=at, interface_id=observer, log_status=status, **_NOTHING, **times)
    src, dst = draw(st.permutations(ends))
    fields: dict[str, object] = {
        "interface_id": observer,
        "srcport": draw(st.sampled_from((443, 40000, "-"))),
        "dstport": draw(st.sampled_from((22, 443))),
        "protocol": draw(st.sampled_from((6, 6, 17, 47, "-"))),
        "packets": draw(st.sampled_from((1, 10, "-"))),
        "octets": draw(st.sampled_from(octets)),
        "action": draw(st.sampled_from(("ACCEPT", "ACCEPT", "ACCEPT", "REJECT"))),
        "flow_direction": draw(st.sampled_from(("-", "ingress"))),
    }
    if draw(st.integers(0, 9)) == 0:
        fields["end"] = "-"
    return line(src, dst, at=at, **fields)


_records = st.lists(_record(_OCTETS), min_size=1, max_size=12)
_hostile = st.lists(_record((*_OCTETS, MOST, MOST - 1)), min_size=1, max_size=12)
_own = settings(max_examples=40)


@pytest.fixture(scope="module")
def summing(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Summing:
    """One for all examples: what it remembers from earlier ones must not show."""
    directory = tmp_path_factory.mktemp("site")
    return Summing.of(knowledge, directory, inventory=_INVENTORY, register=_REGISTER, timezone="Asia/Kolkata")


def _octets(frame: pl.DataFrame, *names: str) -> int:
    return sum(int(frame[name].sum()) for name in names)


@_own
@given(records=_hostile, data=st.data())
def test_sums_of_parts_are_the_sums_of_the_whole(summing: Summing, records: list[str], data: st.DataObject) -> None:
    """Wherever the lines are cut, all five of them, even where a sum has no more room."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(records)), max_size=3)))
    spans = zip([0, *cuts], [*cuts, len(records)], strict=True)
    parts = [sums for begin, end in spans for sums in summing.parts(records[begin:end])]

    assert different(folded(parts), summing.sums(*records)) == []


@_own
@given(records=_hostile, data=st.data())
def test_the_order_of_records_changes_no_sum(summing: Summing, records: list[str], data: st.DataObject) -> None:
    """Nor does that of the parts."""
    shuffled = data.draw(st.permutations(records))
    parts = data.draw(st.permutations([sums for record in records for sums in summing.parts([record])]))

    whole = summing.sums(*records)

    assert different(summing.sums(*shuffled), whole) == []
    assert different(folded(parts), whole) == []


@_own
@given(records=_records)
def test_what_a_site_remembers_does_not_show(
    summing: Summing, knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory, records: list[str]
) -> None:
    """A fresh one adds up to the same, under the same keys."""
    directory = tmp_path_factory.mktemp("fresh")
    fresh = Summing.of(knowledge, directory, inventory=_INVENTORY, register=_REGISTER, timezone="Asia/Kolkata")

    assert different(fresh.sums(*records), summing.sums(*records)) == []


@_own
@given(records=_hostile)
def test_sums_conform_to_their_tables(summing: Summing, records: list[str]) -> None:
    """Names, types and nulls; and rows are distinct by their key before anything is folded."""
    keys = {"probes": PROBE_KEY, "evidence": EVIDENCE_KEY, "coverage": COVERAGE_KEY, "transfers": ("hour", "key")}
    keys |= {"networks": NETWORK_KEY}
    for sums in summing.parts(records):
        for name, columns in SCHEMAS.items():
            frame: pl.DataFrame = getattr(sums, name)
            assert schema.departures(frame, columns) == []
            assert frame.select(keys[name]).is_duplicated().sum() == 0
        assert sums.outcomes.select(OUTCOME_KEY).is_duplicated().sum() == 0


@_own
@given(records=_records)
def test_no_octet_is_lost_or_invented(summing: Summing, records: list[str]) -> None:
    """Transfers, probes, what is not ours and what has no time are all that the records name."""
    judged = summing.judged(*records) if any(record.startswith("5 ") for record in records) else None
    sums = summing.sums(*records)
    found = [] if judged is None else [judged.no_time_octets, judged.not_ours_octets]
    of_records = sum(int(octets) for octets in _named(records))

    ours = _octets(sums.transfers, "octets_out", "octets_in") + _octets(sums.probes, "octets_out", "octets_in")
    assert ours + sum(found) == of_records
    assert _octets(sums.coverage, "octets") + _octets(sums.outcomes, "octets") == of_records
    assert _octets(sums.coverage, "octets") - _octets(sums.coverage, "not_ours_octets") == ours


def _named(records: list[str]) -> list[str]:
    """Octets of the lines that are sound records."""
    fields = [record.split() for record in records]
    sound = [each for each in fields if len(each) > 12 and each[10] != "999" and each[-1] == "OK"]
    return [each[12] for each in sound if each[12] != "-"]


@_own
@given(records=_records)
def test_every_record_is_in_one_place(summing: Summing, records: list[str]) -> None:
    """A transfer, a probe, not ours, without time, broken."""
    sums = summing.sums(*records)
    statements = sum(record.endswith(("NODATA", "SKIPDATA")) for record in records)

    ours = sum(int(frame["records"].sum()) for frame in (sums.transfers, sums.probes))
    beside = int(sums.outcomes["records"].sum()) + int(sums.coverage["not_ours_records"].sum())
    timed_statements = int(sums.coverage["statements"].sum())
    silent = int(sums.outcomes.filter(pl.col("reason") == "statement")["records"].sum())
    assert (timed_statements + silent, ours + beside - silent) == (statements, len(records) - statements)


@_own
@given(records=_records)
def test_transfers_say_in_words_what_the_rows_say(summing: Summing, records: list[str]) -> None:
    """The same words, and under them the same sums, as the judged rows spelled out one by one."""
    judged = summing.judged(*records)
    spelled = rows(judged).filter(pl.col("activity") != "probe").with_columns(pl.lit(1, pl.Int64).alias("records"))
    lists = pl.selectors.list()
    words = pl.selectors.categorical() | pl.selectors.enum()
    plain = spelled.with_columns(words.cast(pl.String), lists.cast(TEXTS))
    transfers = summing.summation.sums(judged).transfers

    assert in_order(_by_words(plain)).equals(in_order(_by_words(transfers)), null_equal=True)


def _by_words(frame: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in (*KEY_NAMES, "place_country") if name in schema.frame_schema(schema.JUDGED)]
    measures = ("records", "octets_out", "octets_in", "packets_out", "packets_in")
    return frame.group_by(names).agg(pl.col(measures).sum()).select(*names, *measures)


@_own
@given(records=_records)
def test_evidence_is_all_of_what_it_is_kept_of_and_nothing_else(summing: Summing, records: list[str]) -> None:
    """Counted, and unsettled or exposed beyond public data: there it counts what the transfer counts."""
    sums = summing.sums(*records)

    assert in_order(_by_transfer(sums.evidence)).equals(in_order(_by_transfer(_wanted(sums))))


def _wanted(sums: Sums) -> pl.DataFrame:
    unsettled = pl.col("place_verdict").is_in(["uncovered", "undetermined"])
    exposed = (pl.col("control_verdict") == "exposed") & (pl.col("data_class").fill_null("unknown") != "public")
    return sums.transfers.filter(pl.col("counted") & (unsettled | exposed))


def _by_transfer(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.group_by("hour", "key").agg(pl.col(MEASURE_NAMES).sum())
