"""Decoded batches spelled out as events, in the order of the input."""

from __future__ import annotations

import json

import pytest

from collectors.aws_vpc.decode import AwsVpcDecoder
from collectors.contract import Batch, Piece
from monitor import events, schema
from monitor.events import event_frames, event_lines
from monitor.ndjson import ndjson_lines

FLOW = b"2 111122223333 eni-0a1 10.20.0.5 192.0.2.9 50514 443 6 12 3480 1767225600 1767225660 ACCEPT OK\n"
NO_DATA = b"2 111122223333 eni-0a1 - - - - - - - 1767225600 1767225660 - NODATA\n"
BROKEN = b"x\n"
HEADER = b"srcaddr dstaddr\n"
SHORT = b"10.20.0.6 192.0.2.9\n"
KINDS = {FLOW: "flow", SHORT: "flow", NO_DATA: "coverage"}


def batch(*lines: bytes) -> Batch:
    """Decode lines."""
    return AwsVpcDecoder().decode(Piece(b"".join(lines), 1, 0))


@pytest.mark.parametrize(
    ("lines", "runs"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([BROKEN], [], id="nothing that is sound"),
        pytest.param([FLOW, FLOW], [("flow", 2)], id="flows"),
        pytest.param([NO_DATA, NO_DATA], [("coverage", 2)], id="coverage"),
        pytest.param([FLOW, NO_DATA, FLOW], [("flow", 1), ("coverage", 1), ("flow", 1)], id="one amid the others"),
        pytest.param([NO_DATA, BROKEN, NO_DATA, FLOW], [("coverage", 2), ("flow", 1)], id="over a broken line"),
        pytest.param([FLOW, HEADER, SHORT, SHORT], [("flow", 1), ("flow", 2)], id="over a header"),
    ],
)
def test_frames_come_in_the_order_of_the_input(lines: list[bytes], runs: list[tuple[str, int]]) -> None:
    """Each holds events of one kind."""
    frames = list(event_frames(batch(*lines), "aws_vpc"))

    assert [(frame["event"].unique().item(), frame.height) for frame in frames] == runs


@pytest.mark.parametrize("lines", [[FLOW], [NO_DATA], [FLOW, NO_DATA, FLOW, BROKEN, HEADER, SHORT], []])
def test_lines_say_what_frames_say(lines: list[bytes]) -> None:
    """In the same order."""
    made = batch(*lines)

    from_frames = [text for frame in event_frames(made, "aws_vpc") for text in ndjson_lines(frame)]
    assert "".join(event_lines(made, "aws_vpc")) == "".join(from_frames)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
def test_lines_go_out_some_at_a_time(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """In whole lines and in order, wherever the cut falls among flows, coverage and headers."""
    made = batch(FLOW, NO_DATA, NO_DATA, FLOW, HEADER, SHORT, SHORT)
    (whole,) = event_lines(made, "aws_vpc")
    monkeypatch.setattr(events, "_EVENTS_AT_A_TIME", size)

    texts = list(event_lines(made, "aws_vpc"))

    assert "".join(texts) == whole
    assert [text.count("\n") for text in texts] == [size] * (6 // size) + [6 % size] * (6 % size > 0)


def test_frames_conform_to_the_schema() -> None:
    """With `event` and `source` filled in."""
    flow, coverage = event_frames(batch(FLOW, NO_DATA), "aws_vpc")

    assert (schema.departures(flow, schema.FLOW), schema.departures(coverage, schema.COVERAGE)) == ([], [])
    assert (flow["source"].item(), coverage["source"].item()) == ("aws_vpc", "aws_vpc")


def test_columns_stand_in_the_order_of_the_schema() -> None:
    """Attributes last."""
    (line,) = event_lines(batch(FLOW), "aws_vpc")

    assert list(json.loads(line)) == [column.name for column in schema.FLOW]


def test_every_line_of_alternating_kinds_comes_once() -> None:
    """Thousands of switches are no burden when written as lines."""
    lines = [FLOW, NO_DATA] * 5000

    (text,) = event_lines(batch(*lines), "aws_vpc")

    assert [json.loads(line)["event"] for line in text.splitlines()] == [KINDS[line] for line in lines]
