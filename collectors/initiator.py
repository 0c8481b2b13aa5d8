"""Which end of a flow record opened the conversation, from the record alone (first that applies).

The source states it; TCP flags that are not cumulative tell it; exactly one port is in the service table, then the
other end; exactly one port is below 1024, then the other end; exactly one port is at or above 32768, then that end;
else unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from monitor.services import TCP, WITH_PORTS, ServiceTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNKNOWN: Final = -1
SRC: Final = 0
DST: Final = 1

_SYN: Final = 0x02
_ACK: Final = 0x10
_WELL_KNOWN_BELOW: Final = 1024  # RFC 6335 section 6, System Ports
_EPHEMERAL_FROM: Final = 32768  # Linux net.ipv4.ip_local_port_range default


def initiators(
    services: ServiceTable,
    protocol: NDArray[np.uint8],
    src_port: NDArray[np.uint16],
    dst_port: NDArray[np.uint16],
    has_ports: NDArray[np.bool_],
    tcp_flags: NDArray[np.uint8] | None = None,
) -> NDArray[np.int8]:
    """Tell the initiator of each record: SRC, DST or UNKNOWN.

    `tcp_flags` only from sources whose flags are those of the aggregation interval with an initiator's SYN apart from
    the answerer's SYN and ACK (AWS); cumulative NetFlow flags prove nothing and must not be given. 0: none seen.
    """
    answer = np.full(len(protocol), UNKNOWN, dtype=np.int8)
    ported = has_ports & np.isin(protocol, list(WITH_PORTS))
    for one_end in (
        (src_port >= _EPHEMERAL_FROM, dst_port >= _EPHEMERAL_FROM, True),
        (src_port < _WELL_KNOWN_BELOW, dst_port < _WELL_KNOWN_BELOW, False),
        (
            services.listed(services.known, protocol, src_port),
            services.listed(services.known, protocol, dst_port),
            False,
        ),
    ):
        at_src, at_dst, is_initiator = one_end
        decided = ported & (at_src != at_dst)
        initiator_is_src = at_src if is_initiator else at_dst
        answer = np.where(decided, np.where(initiator_is_src, SRC, DST), answer)
    if tcp_flags is not None:
        syn = (protocol == TCP) & ((tcp_flags & _SYN) != 0)
        answer = np.where(syn, np.where((tcp_flags & _ACK) != 0, DST, SRC), answer)
    return answer.astype(np.int8)
