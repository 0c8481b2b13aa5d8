"""What a connection is as a flow record."""

from __future__ import annotations

import pytest

from tests.collectors.zeek.decoding import decode, event, log

_ENDS = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p conn_state"
_RECORD = "1791374400 C1 10.0.0.1 50000 10.0.0.2 443 SF"


def _flow(fields: str, values: str) -> dict[str, object]:
    return event("conn", f"{_ENDS} {fields}", f"{_RECORD} {values}")


@pytest.mark.parametrize(
    ("history", "flags"),
    [("S", 2), ("ShADadFf", 19), ("Sr", 6), ("^d", 0), ("I", 5), ("Q", 2), ("CcGgTtWw", 0), ("-", None)],
)
def test_flags_are_what_the_history_proves(history: str, flags: int | None) -> None:
    """Payload, gaps and repetitions say nothing of flags."""
    assert _flow("proto history", f"tcp {history}")["tcp_flags"] == flags


def test_other_protocols_have_no_flags() -> None:
    """Their history tells of payload."""
    assert _flow("proto history", "udp Dd")["tcp_flags"] is None


@pytest.mark.parametrize(
    ("proto", "number", "protocol"),
    [
        ("tcp", "-", 6),
        ("udp", "-", 17),
        ("icmp", "-", 1),
        ("unknown_transport", "-", None),
        ("unknown_transport", "47", 47),
        ("unknown_transport", "256", None),
        ("-", "-", None),
    ],
)
def test_the_number_of_the_protocol_wins_over_its_word(proto: str, number: str, protocol: int | None) -> None:
    """A word that has no number is unknown."""
    assert _flow("proto ip_proto", f"{proto} {number}")["protocol"] == protocol


def test_each_end_may_lack_its_octets_of_the_ip_layer() -> None:
    """Then those of the payload are taken, and marked."""
    found = _flow("proto orig_bytes resp_bytes orig_ip_bytes resp_ip_bytes", "tcp 70 400 100 -")

    assert (found["octets"], found["reverse_octets"], found["attributes"]["octets_layer"]) == (100, 400, "payload")  # type: ignore[index]


@pytest.mark.parametrize(
    ("service", "sent", "proto", "may"),
    [
        ("ssl", "70", "tcp", True),
        ("-", "70", "tcp", True),
        ("-", "-", "udp", True),
        ("quic,ssl", "70", "udp", True),
        ("ftp,gridftp", "70", "tcp", False),
        ("dns", "70", "udp", False),
        ("ssl", "0", "tcp", False),
        ("-", "70", "icmp", False),
    ],
)
def test_a_connection_has_a_key_where_it_may_have_a_name(service: str, sent: str, proto: str, *, may: bool) -> None:
    """Something was sent, and no other service was told."""
    text = log("conn", f"{_ENDS} proto service orig_bytes", f"{_RECORD} {proto} {service} {sent}")
    (flows,) = decode(text).flows

    assert flows.frame["join_key"].to_list() == (["C1"] if may else [None])
