"""Whatever the octets and however they are cut: no exception, the same events, and every record is counted once."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.cases.zeek_sensor import BEGIN, Sensor, json_text, tsv_text
from tests.collectors.zeek.decoding import HEADER, decode, events, pieces, read, read_in_pieces

_SENSOR = Sensor.of(11, 12)
_LOGS = [tsv_text(log, [record for _, record in some]).encode() for log, some in _SENSOR.written.items()]
_LOGS += [json_text(log, [record for _, record in some]).encode() for log, some in _SENSOR.written.items()]
_LOGS.append((HEADER + "#path\tdns\n#fields\tts\tuid\tid.orig_h\tid.resp_h\tquery\tanswers\tTTLs\n").encode())
_LINES = [line + b"\n" for log in _LOGS for line in log.split(b"\n")]
_ODD = [
    b"#separator \\x2c\n",
    b"#fields\tts\tuid\n",
    b"#fields\n",
    b"#path\treporter\n",
    b"#unset_field\t(none)\n",
    b"#set_separator\t\n",
    b"#empty_field\t\n",
    b"\n",
    b"\r\n",
    b"{}\n",
    b'{"_path":"conn"}\n',
    b'{"_path":"stats","ts":1}\n',
    b'{"ts":1,"uid":"C1","id_orig_h":"10.0.0.1","id_resp_h":"::1","conn_state":"SF"}\n',
    b'{"_path":"dns","ts":1.5,"query":"a\\\\xff.example","answers":["192.0.2.1","x"],"TTLs":[1.0]}\n',
    b"\xff\x00\n",
    f"{BEGIN}\tC1\t10.0.0.1\t10.0.0.2\ta\\x2eexample\t192.0.2.1,x\\x2c,::1\t1.0\n".encode(),
    b"nan\tC1\t10.0.0.1\t10.0.0.2\t-\t(empty)\t-\n",
]


@st.composite
def _broken(draw: st.DrawFn) -> bytes:
    """Lines of logs and odd ones in any order, with some octets changed."""
    data = bytearray(b"".join(draw(st.lists(st.sampled_from(_LINES + _ODD), min_size=1, max_size=25))))
    for at, octet in draw(st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255)), max_size=3)):
        data[at] = octet
    return bytes(data[: draw(st.integers(0, len(data)))]) if draw(st.booleans()) else bytes(data)


def _counted(data: bytes) -> None:
    whole = decode(data)
    told = {each["line"] for each in _lines_told(data)}
    bad = {each.line for each in whole.bad}

    assert told.isdisjoint(bad)
    assert whole.records == len(told) + whole.bad_by_reason.total() + whole.passed_over.total()


def _lines_told(data: bytes) -> list[dict[str, int]]:
    batch = decode(data)
    parts = [flows.frame for flows in batch.flows] + [names.frame for names in batch.names]
    parts += [admins.frame for admins in batch.admins]
    flows = {line for flows in batch.flows for line in flows.frame["line"]}
    coverage = [line for frame in batch.coverage for line in frame["line"] if line not in flows]
    return [{"line": line} for frame in parts for line in frame["line"]] + [{"line": line} for line in coverage]


@given(st.binary(max_size=200))
def test_any_octets_are_counted_and_raise_nothing(data: bytes) -> None:
    """Every line that is no header is a record."""
    _counted(data)


@given(_broken())
def test_broken_logs_are_counted_and_raise_nothing(data: bytes) -> None:
    """Each record is an event, is passed over, or is broken."""
    _counted(data)


@given(_broken(), st.integers(1, 9))
def test_the_cut_changes_nothing(data: bytes, lines: int) -> None:
    """Nor does a decoder that takes up from a state."""
    whole, cut = read([decode(data)]), read_in_pieces(data, lines)

    assert (cut.records, sorted(cut.bad), cut.passed_over) == (whole.records, sorted(whole.bad), whole.passed_over)
    assert cut.events == whole.events


def test_events_are_in_the_order_of_the_lines() -> None:
    """Of whatever log."""
    data = b"".join(
        json_text(log, [record]).encode() for log, some in _SENSOR.written.items() for _, record in some[:3]
    )
    names = [each["event"] for each in events(decode(data))]

    assert (names, len(list(pieces(data, 1)))) == (["flow"] * 3 + ["name"] * (len(names) - 3), data.count(b"\n"))
    assert json.loads(data.split(b"\n", 1)[0])["_path"] == "conn"
