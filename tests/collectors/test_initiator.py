"""Which end opened the conversation: the first rule that applies."""

from __future__ import annotations

import numpy as np
import pytest

from collectors.initiator import DST, SRC, UNKNOWN, initiators
from monitor.services import shipped_services

TCP, UDP, ICMP, SCTP = 6, 17, 1, 132
SYN, ACK, FIN = 0x02, 0x10, 0x01


def one(protocol: int, src_port: int, dst_port: int, flags: int | None = None, *, has_ports: bool = True) -> int:
    """Tell the initiator of a single record."""
    found = initiators(
        shipped_services(),
        np.array([protocol], np.uint8),
        np.array([src_port], np.uint16),
        np.array([dst_port], np.uint16),
        np.array([has_ports]),
        None if flags is None else np.array([flags], np.uint8),
    )
    return int(found[0])


@pytest.mark.parametrize(
    ("src_port", "dst_port", "flags", "initiator"),
    [
        pytest.param(443, 50000, SYN, SRC, id="a SYN beats the service table"),
        pytest.param(50000, 443, SYN | ACK, DST, id="SYN and ACK come from the end that answers"),
        pytest.param(443, 50000, SYN | FIN, SRC, id="other flags beside it change nothing"),
        pytest.param(50000, 443, SYN | ACK | FIN, DST, id="nor here"),
        pytest.param(50000, 443, ACK, SRC, id="an ACK alone proves nothing, the service does"),
        pytest.param(50000, 443, FIN, SRC, id="nor does a FIN"),
        pytest.param(50000, 443, 0, SRC, id="nor no flag at all"),
    ],
)
def test_tcp_flags_come_first(src_port: int, dst_port: int, flags: int, initiator: int) -> None:
    """Where a source tells them per record."""
    assert one(TCP, src_port, dst_port, flags) == initiator


def test_flags_of_another_protocol_mean_nothing() -> None:
    """Only TCP has them."""
    assert one(UDP, 53, 50000, SYN) == DST


@pytest.mark.parametrize(
    ("protocol", "src_port", "dst_port", "initiator"),
    [
        pytest.param(TCP, 50000, 22, SRC, id="exactly one port is a service: the other end"),
        pytest.param(TCP, 22, 50000, DST, id="a service at the source"),
        pytest.param(TCP, 1000, 3389, SRC, id="the service table beats a port below 1024"),
        pytest.param(TCP, 40000, 7070, SRC, id="and one at or above 32768"),
        pytest.param(TCP, 22, 443, UNKNOWN, id="both are services: not told by them, nor by being below 1024"),
        pytest.param(TCP, 1023, 1024, DST, id="one port below 1024: the other end"),
        pytest.param(TCP, 1024, 1023, SRC, id="one below 1024 at the destination"),
        pytest.param(TCP, 32768, 32767, SRC, id="one port at or above 32768: that end"),
        pytest.param(TCP, 32767, 32768, DST, id="one at or above 32768 at the destination"),
        pytest.param(TCP, 60001, 60002, UNKNOWN, id="both are"),
        pytest.param(TCP, 20000, 20001, UNKNOWN, id="neither is"),
        pytest.param(TCP, 0, 0, UNKNOWN, id="port 0 on both ends"),
        pytest.param(SCTP, 20000, 50000, DST, id="a protocol that the table does not list still has port numbers"),
        pytest.param(SCTP, 22, 50000, DST, id="a TCP service is none of SCTP; it is below 1024"),
        pytest.param(ICMP, 22, 50000, UNKNOWN, id="what stands in the port fields of ICMP is no port"),
        pytest.param(0, 22, 50000, UNKNOWN, id="nor without a protocol"),
    ],
)
def test_the_first_rule_that_applies_decides(protocol: int, src_port: int, dst_port: int, initiator: int) -> None:
    """Service table, then ports below 1024, then ephemeral ports."""
    assert one(protocol, src_port, dst_port) == initiator


def test_absent_ports_tell_nothing() -> None:
    """A record without ports holds zeros here, and they are not compared."""
    assert one(TCP, 0, 50000, has_ports=False) == UNKNOWN


def test_flags_need_no_ports() -> None:
    """A SYN tells its sender all the same."""
    assert one(TCP, 0, 0, SYN, has_ports=False) == SRC


def test_no_record_has_no_initiator() -> None:
    """An empty batch stays empty."""
    empty = np.array([], np.uint16)

    found = initiators(shipped_services(), empty.astype(np.uint8), empty, empty, empty.astype(np.bool_))

    assert found.tolist() == []
