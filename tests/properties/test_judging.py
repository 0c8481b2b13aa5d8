"""Judging depends on the record and the site alone: not on the batch, not on what came before, not on the order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import schema
from monitor.app import build_pipeline, open_site
from monitor.pipeline import SourceSettings
from monitor.rows import rows
from tests.judging import INVENTORY, Site, flows, line

if TYPE_CHECKING:
    from monitor.app import Knowledge
    from monitor.pipeline import Pipeline

_INVENTORY: Final = (
    f"{INVENTORY}"
    '  - {id: lab, networks: [10.20.64.0/18], scope: {account: "111111111111"}, data_class: identity}\n'
    "forwarders: [10.20.0.220]\n"
    "peers: [{networks: [10.99.0.0/16], country: US, importer: example}]\n"
    "staff: [{networks: [121.102.40.0/24], country: JP}]\n"
)
_REGISTER: Final = """
transfers:
  - id: T-1
    importer: Example
    match: {networks: [10.99.0.0/16, 37.146.0.0/16], operators: [salesforce, as6713]}
    systems: [warehouse]
    basis: bcr
    clear_text_access: false
    tia: {date: 2020-01-01, next_review: 2027-01-01}
    valid_from: 2020-01-01
"""
_CERTIFIED: Final = (
    "certifications: [{framework: us_dpf, importer: example, covers: [non_hr], valid_from: 2024-01-01, source: x}]"
)
_ADDRESSES: Final = (
    "10.20.0.5", "10.20.64.5", "10.30.0.5", "10.20.0.220", "10.99.0.7", "121.102.40.9", "192.168.77.5", "127.0.0.1",
    "8.8.8.8", "13.38.0.1", "37.146.0.1", "105.144.12.80", "13.108.0.9", "81.128.0.1", "100.64.0.1", "-",
    "2001:db8:20::5", "2001:db8:30::5", "2a02:6b8::5", "2001:0:4136:e378::1", "64:ff9b::2592:1",
    "::37.146.0.1", "3000::1",
)  # fmt: skip
_TIMES: Final = (
    datetime(1999, 1, 1, tzinfo=UTC),
    datetime(2016, 7, 31, 22, tzinfo=UTC),
    datetime(2020, 7, 15, 22, tzinfo=UTC),
    datetime(2021, 5, 1, tzinfo=UTC),
    datetime(2023, 7, 9, 22, tzinfo=UTC),
    datetime(2026, 10, 7, tzinfo=UTC),
)

_addresses = st.sampled_from(_ADDRESSES)
_ports = st.sampled_from((0, 22, 53, 443, 3389, 5000, 40000, "-"))


@st.composite
def _record(draw: st.DrawFn) -> str:
    """A record that could stand in a log, however odd."""
    return line(
        draw(_addresses),
        draw(_addresses),
        at=draw(st.sampled_from(_TIMES)) + timedelta(seconds=draw(st.integers(-1, 1))),
        account_id=draw(st.sampled_from(("111111111111", "222222222222", "-"))),
        pkt_srcaddr=draw(st.one_of(st.just("-"), _addresses)),
        pkt_dstaddr=draw(st.one_of(st.just("-"), _addresses)),
        srcport=draw(_ports),
        dstport=draw(_ports),
        protocol=draw(st.sampled_from((1, 6, 17, 50, "-"))),
        packets=draw(st.sampled_from((0, 1, 3, 10, "-"))),
        octets=draw(st.sampled_from((0, 40, 84, 180, 5000, "-"))),
        action=draw(st.sampled_from(("ACCEPT", "ACCEPT", "REJECT", "-"))),
        tcp_flags=draw(st.sampled_from(("-", 2, 16, 18))),
        flow_direction=draw(st.sampled_from(("-", "ingress", "egress"))),
    )


_records = st.lists(_record(), min_size=1, max_size=12)
# An example judges up to twelve batches: fewer of them than usual say as much.
_own = settings(max_examples=40)


@pytest.fixture(scope="module")
def pipeline(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """One pipeline for all examples: what it remembers from earlier ones must not show."""
    site = Site(_INVENTORY, _REGISTER, _CERTIFIED).write(tmp_path_factory.mktemp("site"))
    return build_pipeline(open_site(site, knowledge.operators), knowledge)


def _judged(pipeline: Pipeline, records: list[str]) -> pl.DataFrame:
    return rows(pipeline.run(flows(*records), SourceSettings("aws_vpc")))


def _same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    return one.equals(other, null_equal=True)


def _each_alone(pipeline: Pipeline, records: list[str]) -> list[pl.DataFrame]:
    return [_judged(pipeline, [record]) for record in records]


@_own
@given(records=_records)
def test_a_record_is_judged_alike_alone_and_among_others(pipeline: Pipeline, records: list[str]) -> None:
    """One batch of all, and a batch for each."""
    assert _same(_judged(pipeline, records), pl.concat(_each_alone(pipeline, records)))


@_own
@given(records=_records, data=st.data())
def test_the_order_within_a_batch_changes_no_verdict(
    pipeline: Pipeline, records: list[str], data: st.DataObject
) -> None:
    """Permuted records give permuted rows."""
    order = data.draw(st.permutations(range(len(records))))
    permuted = _judged(pipeline, [records[place] for place in order])

    alone = _each_alone(pipeline, records)
    assert _same(permuted, pl.concat([alone[place] for place in order]))


@_own
@given(records=_records, data=st.data())
def test_splitting_a_stream_anywhere_changes_no_verdict(
    pipeline: Pipeline, records: list[str], data: st.DataObject
) -> None:
    """Two batches give the rows of one."""
    cut = data.draw(st.integers(0, len(records)))
    parts = [part for part in (records[:cut], records[cut:]) if part]

    assert _same(pl.concat([_judged(pipeline, part) for part in parts]), _judged(pipeline, records))


@_own
@given(records=_records)
def test_what_a_pipeline_remembers_does_not_show(pipeline: Pipeline, knowledge: Knowledge, records: list[str]) -> None:
    """A fresh one says the same."""
    fresh = build_pipeline(pipeline.judge.grounds.site, knowledge)

    assert _same(_judged(fresh, records), _judged(pipeline, records))


@_own
@given(records=_records)
def test_a_judged_frame_conforms_to_the_schema(pipeline: Pipeline, records: list[str]) -> None:
    """No column is missing, mistyped or wrongly null."""
    assert schema.departures(_judged(pipeline, records), schema.JUDGED) == []


@_own
@given(records=_records)
def test_a_verdict_that_needs_a_reason_has_one(pipeline: Pipeline, records: list[str]) -> None:
    """`place_reason`: never null for `uncovered`, `undetermined`, `not_a_transfer`."""
    frame = _judged(pipeline, records).with_columns(pl.col("place_verdict").cast(pl.String))
    wanting = frame.filter(pl.col("place_verdict").is_in(["uncovered", "undetermined", "not_a_transfer"]))

    assert wanting["place_reason"].null_count() == 0


@_own
@given(records=_records)
def test_control_is_none_exactly_for_what_stays(pipeline: Pipeline, records: list[str]) -> None:
    """`none` for `internal`, and a reason for everything else."""
    frame = _judged(pipeline, records)
    internal, none = frame["place_verdict"] == "internal", frame["control_verdict"] == "none"

    assert internal.to_list() == none.to_list() == frame["control_reason"].is_null().to_list()


@_own
@given(records=_records)
def test_a_country_is_named_exactly_when_the_place_is_known(pipeline: Pipeline, records: list[str]) -> None:
    """It is the only candidate, it has a source and a confidence; an undetermined place has neither."""
    frame = _judged(pipeline, records)
    named = frame["place_country"].is_not_null()

    assert (frame["place_confidence"] != "none").to_list() == named.to_list()
    assert not (named & (frame["place_verdict"] == "undetermined")).any()
    candidates = frame.filter(named)["place_candidates"].list.first().cast(pl.String).to_list()
    assert candidates == frame.filter(named)["place_country"].cast(pl.String).to_list()


@_own
@given(records=_records)
def test_every_record_is_judged_or_counted(pipeline: Pipeline, records: list[str]) -> None:
    """None is lost between the decoder and the rows, nor an octet."""
    found = flows(*records)
    judged = pipeline.run(found, SourceSettings("aws_vpc"))

    assert judged.oriented.frame.height + judged.not_ours + judged.no_time == found.frame.height
    octets = judged.oriented.frame["octets"].sum() + judged.not_ours_octets + judged.no_time_octets
    assert octets == found.frame["octets"].sum()


@_own
@given(records=_records)
def test_each_row_has_the_verdict_that_its_number_says(pipeline: Pipeline, records: list[str]) -> None:
    """The numbers of distinct verdicts are those of the table beside the rows."""
    judged = pipeline.run(flows(*records), SourceSettings("aws_vpc"))
    spread = judged.verdicts.select(pl.all().gather(pl.Series(judged.verdict.astype(np.uint32))))

    names = ["place_verdict", "place_reason", "control_verdict", "mechanism", "importer", "place_candidates"]
    assert _same(spread.select(names), rows(judged).select(names))
