"""What suricata-verify expects of Suricata's events is what comes out of them here.

Its checks name members of events with their values (`flow.bytes_toserver: 1010`). Each becomes an event again, with
the members that the check leaves open filled in; the decoder must then say what the check says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.collectors.suricata.decoding import TIME, decode, event, events, lines

if TYPE_CHECKING:
    from pathlib import Path

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_PROTOCOLS = {"TCP": 6, "UDP": 17, "ICMP": 1, "IPv6-ICMP": 58}
_LINK_OCTETS = 14


def _checks(corpus: Path, kind: str) -> list[dict[str, Any]]:
    """Members that the checks of one event type name."""
    found = []
    for path in sorted((corpus / "pcap-suricata").glob("*.expected/*.yaml")):
        for check in yaml.safe_load(path.read_text(encoding="utf-8")).get("checks", []):
            match = (check.get("filter") or {}).get("match") or {}
            if match.get("event_type") == kind:
                found.append({key: value for key, value in match.items() if "__" not in key})
    return found


def _event(check: dict[str, Any]) -> dict[str, Any]:
    """Make an event with these members, and those that every event has."""
    made = event(check["event_type"])
    for key, value in check.items():
        at: Any = made
        steps = [name or int(number) for name, number in _STEP.findall(key)]
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            if isinstance(step, int):
                at.extend({} for _ in range(step + 1 - len(at)))
            if following is None:
                at[step] = value
            elif isinstance(at, dict):
                at = at.setdefault(step, [] if isinstance(following, int) else {})
            else:
                at = at[step]
    return made


def _decoded(check: dict[str, Any]) -> list[dict[str, Any]]:
    batch = decode(lines([_event(check)]))
    assert (batch.bad, batch.records) == ((), 1)
    return events(batch)


def test_flows_say_what_is_expected_of_them(corpus: Path) -> None:
    """Octets less the headers of Ethernet, which stand in no check."""
    checks = _checks(corpus, "flow")
    assert len(checks) == 39
    for check in checks:
        (made,) = _decoded(check)
        octets, packets = check.get("flow.bytes_toserver"), check.get("flow.pkts_toserver")
        known = {
            "src_address": check.get("src_ip"),
            "dst_port": check.get("dest_port"),
            "protocol": _PROTOCOLS.get(check.get("proto", "")),
            "packets": packets,
            "reverse_packets": check.get("flow.pkts_toclient"),
            "tcp_flags": int(check["tcp.tcp_flags"], 16) if "tcp.tcp_flags" in check else None,
            "octets": None if octets is None or packets is None else octets - _LINK_OCTETS * packets,
        }
        known = {name: value for name, value in known.items() if value is not None}
        assert {name: made[name] for name in known} == known


@pytest.mark.parametrize(
    ("kind", "member", "count"), [("tls", "tls.sni", 35), ("quic", "quic.sni", 4), ("http", "http.hostname", 4)]
)
def test_names_shown_are_those_expected(corpus: Path, kind: str, member: str, count: int) -> None:
    """And where none is shown there is no event."""
    checks = _checks(corpus, kind)
    assert len(checks) == count
    for check in checks:
        assert [made["name"] for made in _decoded(check)] == ([check[member]] if check.get(member) else [])


def test_names_asked_for_are_those_expected(corpus: Path) -> None:
    """Each answer that is an address is one event; an event without any is one too."""
    checks = _checks(corpus, "dns")
    assert len(checks) == 191
    for check in checks:
        made = _decoded(check)
        asked = check.get("dns.rrname", check.get("dns.queries[0].rrname"))
        answers = [check.get(f"dns.answers[{place}].rrtype") in {"A", "AAAA"} for place in range(20)]
        addresses = [check.get(f"dns.answers[{place}].rdata") for place in range(20) if answers[place]]
        assert {each["name"] for each in made} == {asked}
        assert {each["response_code"] for each in made} == {check.get("dns.rcode")}
        assert [each["address"] for each in made if each["address"]] == [each for each in addresses if each]


def test_other_events_are_passed_over_or_read(corpus: Path) -> None:
    """None of them is a broken record."""
    for kind in ("alert", "anomaly", "fileinfo", "smtp", "dnp3", "pgsql", "stats", "ssh", "netflow"):
        for check in _checks(corpus, kind):
            assert decode(lines([_event({**check, "timestamp": TIME})])).bad_by_reason == {}
