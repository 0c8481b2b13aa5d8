"""Judged records spelled out: what the columns of a row hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from collectors.contract import Flows
from monitor import schema
from monitor.app import build_pipeline, open_site
from monitor.pipeline import SourceSettings
from monitor.rows import rows
from tests.judging import OURS, PORTAL, Site, flows, line

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.pipeline import Judged, Pipeline

_ABROAD = "5.188.10.7"
_MEASURES = ("octets_out", "octets_in", "packets_out", "packets_in")
_AWS = SourceSettings("aws_vpc")


@pytest.fixture
def pipeline(knowledge: Knowledge, tmp_path: Path) -> Pipeline:
    """The stages of a small site."""
    return build_pipeline(open_site(Site().write(tmp_path), knowledge.operators), knowledge)


def _changed(found: Flows, **columns: int) -> Flows:
    """The same records as a source would say them that counts otherwise."""
    types = {"sampling_interval": pl.UInt32()}
    values = {name: pl.lit(value, dtype=types.get(name, pl.Int64())) for name, value in columns.items()}
    return Flows(found.frame.with_columns(**values), found.addresses)


def _measures(judged: Judged) -> list[tuple[int | None, ...]]:
    return rows(judged).select(_MEASURES).rows()


def test_the_frame_is_as_the_schema_says(pipeline: Pipeline) -> None:
    """Names, types and nulls, in the order of the table."""
    frame = rows(pipeline.run(flows(line(OURS, _ABROAD), line(_ABROAD, PORTAL), line(OURS, "-")), _AWS))

    assert schema.departures(frame, schema.JUDGED) == []
    assert frame.columns == [column.name for column in schema.JUDGED]


@pytest.mark.parametrize("text", [line(_ABROAD, "9.9.9.9"), line(OURS, _ABROAD, start="-", end="-")])
def test_an_empty_frame_is_as_the_schema_says(pipeline: Pipeline, text: str) -> None:
    """Nothing ours, or nothing with a time."""
    frame = rows(pipeline.run(flows(text), _AWS))

    assert (frame.height, frame.schema) == (0, schema.frame_schema(schema.JUDGED))


def test_a_record_counts_the_way_that_its_packets_went(pipeline: Pipeline) -> None:
    """One way only: the other is null, not zero."""
    judged = pipeline.run(flows(line(OURS, _ABROAD), line(_ABROAD, OURS)), _AWS)

    assert _measures(judged) == [(5000, None, 10, None), (None, 5000, None, 10)]


def test_a_record_may_count_both_ways(pipeline: Pipeline) -> None:
    """From our end to theirs, and back."""
    records = flows(line(OURS, _ABROAD), line(_ABROAD, OURS))
    judged = pipeline.run(_changed(records, reverse_octets=70, reverse_packets=1), _AWS)

    assert _measures(judged) == [(5000, 70, 10, 1), (70, 5000, 1, 10)]


def test_counts_are_what_the_record_said_never_scaled(pipeline: Pipeline) -> None:
    """`octets` and `packets` stay; those of the directions are scaled by sampling."""
    sampled = _changed(flows(line(OURS, _ABROAD)), sampling_interval=100, reverse_octets=70, reverse_packets=1)
    judged = pipeline.run(sampled, _AWS)

    assert rows(judged).select("octets", "packets", "reverse_octets", "sampling_interval").rows() == [
        (5000, 10, 70, 100)
    ]
    assert _measures(judged) == [(500_000, 7_000, 1_000, 100)]


def test_a_record_that_does_not_count_has_no_measures(pipeline: Pipeline) -> None:
    """Unknown is null."""
    assert _measures(pipeline.run(flows(line(OURS, _ABROAD, packets="-", octets="-")), _AWS)) == [(None,) * 4]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"dstport": 22}, "tcp/22"),
        ({"protocol": 17, "dstport": 53}, "udp/53"),
        ({"protocol": 132}, "sctp/443"),
        ({"protocol": 136}, "udplite/443"),
        ({"protocol": 33}, "dccp/443"),
        ({"protocol": 1}, "icmp"),
        ({"protocol": 58}, "ipv6-icmp"),
        ({"protocol": 50}, "esp"),
        ({"protocol": 47}, "gre"),
        ({"protocol": 0}, "ip-0"),
        ({"protocol": 253}, "ip-253"),
        ({"srcport": "-"}, "tcp"),
        ({"protocol": "-"}, None),
    ],
)
def test_a_service_is_spelled(pipeline: Pipeline, fields: dict[str, object], expected: str | None) -> None:
    """Protocol and port, the protocol alone where there is none, nothing where it is unknown."""
    assert rows(pipeline.run(flows(line(OURS, _ABROAD, **fields)), _AWS))["service"].to_list() == [expected]


def test_services_do_not_mix(pipeline: Pipeline) -> None:
    """Each record of a batch has its own."""
    lines = [line(OURS, _ABROAD, protocol=protocol, dstport=port) for protocol in (6, 17, 1, 50) for port in (22, 53)]

    assert rows(pipeline.run(flows(*lines), _AWS))["service"].to_list() == [
        "tcp/22", "tcp/53", "udp/22", "udp/53", "icmp", "icmp", "esp", "esp",
    ]  # fmt: skip


def test_ends_are_named_from_our_side(pipeline: Pipeline) -> None:
    """Local is ours, whichever way the record was written."""
    frame = rows(pipeline.run(flows(line(_ABROAD, OURS, srcport=443, dstport=40000)), _AWS))

    assert frame.select("local_address", "local_port", "remote_address", "remote_port").rows() == [
        (OURS, 40000, _ABROAD, 443)
    ]
    assert frame.select("src_address", "dst_address", "system", "data_class", "event", "source").rows() == [
        (_ABROAD, OURS, "warehouse", "health", "flow", "aws_vpc")
    ]


def test_what_stays_has_no_operator(pipeline: Pipeline) -> None:
    """A record that is not told its far end has none either."""
    lines = [line(OURS, far) for far in (PORTAL, "127.0.0.1", "-", "13.38.0.1")]
    frame = rows(pipeline.run(flows(*lines), _AWS))

    assert frame["operator"].to_list() == [None, None, None, "aws"]
    assert frame["remote_address"].to_list() == [PORTAL, "127.0.0.1", None, "13.38.0.1"]


def test_every_row_names_the_basis_and_the_source(pipeline: Pipeline) -> None:
    """What the verdict was made from, and where the record came from."""
    frame = rows(pipeline.run(flows(line(OURS, _ABROAD)), SourceSettings("netflow")))

    assert (frame["basis"].to_list(), frame["source"].to_list()) == ([pipeline.basis], ["netflow"])


def test_an_operator_outside_the_table_is_named_by_its_number(pipeline: Pipeline) -> None:
    """As its AS number."""
    assert rows(pipeline.run(flows(line(OURS, "37.146.0.1")), _AWS))["operator"].to_list() == ["as8402"]
