"""Any octets, cut anywhere, give the same events, and no line is lost without a count."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.contract import SAMPLED_BAD_RECORDS, SourceOptions
from collectors.suricata.decode import SuricataDecoder
from tests.collectors.suricata.decoding import decode, event, events, flow, lines, read_in_pieces

_ADDRESSES = st.sampled_from(["10.20.0.5", "198.51.100.9", "2001:db8::5", "::ffff:192.0.2.1", "", "x", 5, None])
_COUNTS = st.integers(-1, 10_000) | st.sampled_from([None, "7", 2**63, 1.5])
_TIMES = st.sampled_from(["2026-10-05T07:00:00.000000+0200", "2026-10-05T04:59:59Z", "yesterday", 5, None])
_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    ["flow", "A", "AAAA", "198.51.100.9", "www.example.com", "", 5, -1, None, True, [], {}, [[]]]
)
_MEMBERS = st.dictionaries(
    st.sampled_from(
        ["pkts_toserver", "bytes_toserver", "bytes_toclient", "pkts_toclient", "start", "end", "state", "uptime"]
    )
    | st.sampled_from(
        ["rrname", "rrtype", "type", "rcode", "sni", "hostname", "rdata", "ttl", "event_type", "error_code", "cookie"]
    ),
    _VALUES | _COUNTS | _TIMES,
    max_size=6,
)
_ANSWERS = st.lists(
    st.dictionaries(st.sampled_from(["rrtype", "rdata", "ttl"]), _VALUES, max_size=3) | _VALUES, max_size=3
)
_EVENTS = st.fixed_dictionaries(
    {"event_type": st.sampled_from(["flow", "netflow", "dns", "tls", "quic", "http", "ssh", "rdp", "stats", "alert"])},
    optional={
        "timestamp": _TIMES,
        "src_ip": _ADDRESSES,
        "dest_ip": _ADDRESSES,
        "src_port": st.sampled_from([0, 53, 50_000, 65_536, -1, None, "x"]),
        "dest_port": st.sampled_from([22, 53, 443, None]),
        "proto": st.sampled_from(["TCP", "UDP", "IPv6-ICMP", "255", "256", "x", None, 6]),
        "vlan": st.sampled_from([100, [100], [100, 200], [], None, "x"]),
        "flow_id": st.sampled_from([1, 2**60, "x", None]),
        "flow": _MEMBERS,
        "dns": st.tuples(_MEMBERS, _ANSWERS).map(lambda both: {**both[0], "answers": both[1]}),
        "tls": _MEMBERS | _VALUES,
        "rdp": _MEMBERS,
        "stats": st.fixed_dictionaries(
            {"uptime": st.integers(0, 100)},
            optional={"capture": st.fixed_dictionaries({"kernel_packets": _COUNTS, "kernel_drops": _COUNTS})},
        ),
    },
)
_LINES = st.lists(
    _EVENTS.map(lambda each: json.dumps(each, separators=(",", ":")).encode())
    | st.binary(max_size=30).map(lambda each: each.replace(b"\n", b"")),
    max_size=25,
)


@given(_LINES, st.lists(st.integers(0, 25), max_size=3))
def test_any_octets_cut_anywhere_give_the_same(made: list[bytes], cuts: list[int]) -> None:
    """Also when every piece has a decoder of its own that goes on from the state of the one before."""
    data = b"\n".join(made)
    whole = read_in_pieces(data, [])
    cut = read_in_pieces(data, sorted({min(each, data.count(b"\n")) for each in cuts} - {0}))

    assert cut == whole


@given(_LINES)
def test_every_record_is_an_event_or_counted(made: list[bytes]) -> None:
    """A line of several answers is one record."""
    reading = read_in_pieces(b"\n".join(made), [])

    assert reading.records == len(reading.lines) + reading.bad_by_reason.total() + reading.passed_over.total()


@given(_LINES, st.integers(1, 40))
def test_many_lines_read_like_few(made: list[bytes], times: int) -> None:
    """Lines that repeat are read in another way than those that are rare, to the same end."""
    data = b"".join(each + b"\n" for each in made)
    once = read_in_pieces(data, [])
    often = decode(data * times, SourceOptions())

    reading = read_in_pieces(data * times, [])
    without_counters = [each for each in once.events if each["event"] != "coverage"]
    assert [each for each in events(often) if each["event"] != "coverage"] == without_counters * times
    assert reading.bad_by_reason == {reason: count * times for reason, count in once.bad_by_reason.items()}
    assert len(reading.bad) == min(SAMPLED_BAD_RECORDS, reading.bad_by_reason.total())


def test_records_of_the_other_sort_are_passed_over() -> None:
    """The same traffic stands in `flow` and in `netflow`: one of them counts, for the whole source."""
    data = lines([flow(), event("netflow", netflow={"pkts": 1, "bytes": 60})])

    by_flow, by_netflow = (decode(data, SourceOptions(flows_from=each)) for each in ("flow", "netflow"))
    assert (by_flow.passed_over, by_netflow.passed_over) == ({"netflow": 1}, {"flow": 1})


def test_another_choice_of_records_is_refused() -> None:
    """With the choices that there are."""
    with pytest.raises(ValueError, match="`both` is not one of flow, netflow"):
        SuricataDecoder(SourceOptions(flows_from="both"))


@pytest.mark.parametrize(("link_octets", "octets"), [(None, 1232), (0, 1400), (4, 1352), (100, 1400)])
def test_link_headers_are_taken_off_as_the_site_says(link_octets: int | None, octets: int) -> None:
    """Unless what is left cannot be IP packets."""
    (made,) = events(decode(lines([flow()]), SourceOptions(link_octets=link_octets)))

    assert made["octets"] == octets


def test_names_and_flows_share_their_key() -> None:
    """Suricata's `flow_id`, as text."""
    batch = decode(lines([flow(), event("tls", tls={"sni": "www.example.com"})]))

    keys = [*(part.frame["join_key"] for part in batch.flows), *(part.frame["join_key"] for part in batch.names)]
    assert [key.to_list() for key in keys] == [["1234567890123456"]] * 2


def test_an_administrator_s_target_is_our_end() -> None:
    """Its address is known by itself."""
    (admins,) = decode(lines([event("ssh", ssh={"client": {"software_version": "x"}})])).admins

    assert admins.addresses.text[admins.frame["target_address"]].to_list() == ["198.51.100.9"]
