"""Flow log lines behind timestamps and in JSON messages are read as lines are."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.aws_vpc.forms import AwsVpcFormsDecoder, framing, recognise
from collectors.contract import Batch, Framing, Piece
from tests.collectors.aws_vpc.decoding import GOOD, decode, events
from tests.collectors.json_reading import WORDS

LINE = GOOD.decode().removesuffix("\n")
STAMP = b"2026-01-01T00:01:00.000Z "
NO_DATA = LINE.replace(" OK", " NODATA")
VALUES = st.one_of(
    st.builds(lambda text: json.dumps({"message": text}), st.sampled_from([LINE, NO_DATA, "", "a\nb", "x", "\ud800"])),
    st.builds(lambda text: json.dumps({"logEvents": [{"id": "1", "message": text}]}), st.sampled_from([LINE, "x"])),
    st.sampled_from(
        ['{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"checking"}]}', "{}", "[1]", '{"message":1}', "7"]
    ),
    WORDS,
)


def decode_json(*values: object) -> Batch:
    """Decode values, one a line."""
    text = "".join(json.dumps(value) + "\n" for value in values)
    return AwsVpcFormsDecoder().decode(Piece(text.encode(), 1, 0))


def envelope(*messages: str, kind: str = "DATA_MESSAGE") -> dict[str, object]:
    """Give what a subscription of CloudWatch Logs delivers."""
    listed = [{"id": str(n), "timestamp": 1767225660000, "message": text} for n, text in enumerate(messages)]
    return {"messageType": kind, "owner": "111122223333", "logGroup": "vpc", "logStream": "eni", "logEvents": listed}


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"message": LINE}, id="Firehose"),
        pytest.param({"message": f"{LINE}\n"}, id="with a line end"),
        pytest.param(envelope(LINE), id="subscription"),
        pytest.param({"events": [{"message": LINE, "logStreamName": "eni"}]}, id="command line"),
    ],
)
def test_a_message_is_read_as_its_line(value: object) -> None:
    """The same event."""
    assert events(decode_json(value)) == events(decode(GOOD))


def test_a_control_message_is_passed_over() -> None:
    """CloudWatch only tries whether it can deliver."""
    made = decode_json(envelope("CWL CONTROL MESSAGE: Checking health", kind="CONTROL_MESSAGE"), envelope(LINE))

    assert (made.records, made.passed_over, len(events(made))) == (2, Counter({"control message": 1}), 1)


def test_the_events_of_a_control_message_are_passed_over() -> None:
    """Also where the reader of files hands on the events alone: what it passed by tells."""
    begun = b'{"messageType":"CONTROL_MESSAGE","logEvents":['
    made = AwsVpcFormsDecoder().decode(Piece(b'{"id":"1","message":"checking"}', 1, 40, before=begun))

    assert (made.records, made.passed_over) == (1, Counter({"control message": 1}))


def test_a_header_in_the_messages_sets_the_order() -> None:
    """As in a text."""
    made = decode_json({"message": "dstaddr srcaddr"}, {"message": "192.0.2.9 10.20.0.5"})

    assert [each["src_address"] for each in events(made)] == ["10.20.0.5"]


def test_lines_are_those_of_the_input() -> None:
    """Of flows, coverage and bad records: where the value stands."""
    made = decode_json(envelope(LINE, "x", NO_DATA), {"message": LINE}, {"else": 1})

    assert made.flows[0].frame["line"].to_list() == [1, 2]
    assert made.coverage[0]["line"].to_list() == [1]
    assert [(bad.line, bad.reason) for bad in made.bad] == [(1, "too_few_fields"), (3, "not_a_record")]


def test_a_timestamp_before_each_line_is_passed_over() -> None:
    """As an export task writes it."""
    made = AwsVpcFormsDecoder().decode(Piece((STAMP + GOOD) * 2, 1, 0))

    assert events(made) == events(decode(GOOD * 2))


def test_a_timestamp_is_no_field_elsewhere() -> None:
    """Where the first line has none, a line that begins with one is broken."""
    made = AwsVpcFormsDecoder().decode(Piece(GOOD + STAMP + GOOD, 1, 0))

    assert made.bad_by_reason == Counter(too_many_fields=1)


def test_the_state_of_plain_lines_is_that_of_before() -> None:
    """A ledger may hold one from an earlier version."""
    decoder = AwsVpcFormsDecoder()
    decoder.decode(Piece(b"srcaddr dstaddr start end\n", 1, 0))

    assert decoder.state() == '{"fields": ["srcaddr", "dstaddr", "start", "end"], "unordered": ""}'


@given(st.lists(VALUES, max_size=8), st.sampled_from(["\n", ",\n", "\n\n"]))
def test_messages_in_any_pieces_are_read_alike(values: list[str], separator: str) -> None:
    """By decoders that each go on from the state of the one before; every record is counted."""
    lines = [
        f"{' '.join(value.split())}{separator}".encode("utf-8", "replace")
        for value in ['{"message":"srcaddr type end"}', *values]
    ]
    whole = AwsVpcFormsDecoder().decode(Piece(b"".join(lines), 1, 0))
    parts, state, offset, number = [], "", 0, 1
    for line in lines:
        decoder = AwsVpcFormsDecoder()
        if state:
            decoder.resume(state)
        parts.append(decoder.decode(Piece(line, number, offset)))
        state = decoder.state()
        offset, number = offset + len(line), number + line.count(b"\n")

    assert [each for part in parts for each in events(part)] == events(whole)
    assert [bad for part in parts for bad in part.bad] == list(whole.bad)
    assert whole.records == len(events(whole)) + whole.bad_by_reason.total() + whole.passed_over.total()


@given(st.binary(max_size=200))
def test_any_octets_are_records_or_counted(data: bytes) -> None:
    """After a bracket and a message, so that they are read as JSON."""
    made = AwsVpcFormsDecoder().decode(Piece(b'{"message":"x"}\n' + data, 1, 0))

    assert made.records == len(events(made)) + made.bad_by_reason.total() + made.passed_over.total()


@pytest.mark.parametrize(
    ("beginning", "reason", "framed"),
    [
        pytest.param(
            json.dumps({"message": LINE}).encode(),
            "a message has the 14 fields of the default format",
            Framing.JSON,
            id="message",
        ),
        pytest.param(
            json.dumps([envelope("CWL CONTROL MESSAGE"), envelope("3 eni-0a1b2c3d 5")]).encode(),
            "a message names a network interface between spaces",
            Framing.JSON,
            id="another format",
        ),
        pytest.param(
            STAMP + GOOD,
            "after a timestamp the first line has the 14 fields of the default format",
            Framing.LINES,
            id="export",
        ),
        pytest.param(
            b"PAR1\x15\x04",
            "it is Apache Parquet, which of all sources only this one is delivered as",
            Framing.TABLE,
            id="Parquet",
        ),
        pytest.param(b'{"message": "Accepted publickey for root from 192.0.2.9"}', None, Framing.JSON, id="other JSON"),
        pytest.param(b"2026-01-01T00:00:00Z host sshd: hello\n", None, Framing.LINES, id="other text"),
    ],
)
def test_an_input_is_recognised_and_framed(beginning: bytes, reason: str | None, framed: Framing) -> None:
    """By what it begins with."""
    assert (recognise(beginning), framing(beginning)) == (reason, framed)
