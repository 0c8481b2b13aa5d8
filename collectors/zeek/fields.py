"""Which logs are read, which of their fields have a column, and of what sort each is.

Decides what is an attribute: every field that is not listed here as the source of a column.
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Sort(Enum):
    """What stands in a field. WORD: text of few distinct values; TEXT: of many; LIST: several texts."""

    TIME = "time"
    SECONDS = "interval"
    COUNT = "count"
    PORT = "port"
    ADDRESS = "address"
    TEXT = "text"
    WORD = "word"
    LIST = "list"


_ENDS: Final = {
    "ts": Sort.TIME,
    "uid": Sort.TEXT,
    "id.orig_h": Sort.ADDRESS,
    "id.orig_p": Sort.PORT,
    "id.resp_h": Sort.ADDRESS,
    "id.resp_p": Sort.PORT,
}
_CONN: Final = _ENDS | {
    "proto": Sort.WORD,
    "service": Sort.WORD,
    "duration": Sort.SECONDS,
    "orig_bytes": Sort.COUNT,
    "resp_bytes": Sort.COUNT,
    "missed_bytes": Sort.COUNT,
    "orig_pkts": Sort.COUNT,
    "orig_ip_bytes": Sort.COUNT,
    "resp_pkts": Sort.COUNT,
    "resp_ip_bytes": Sort.COUNT,
    "history": Sort.WORD,
    "conn_state": Sort.WORD,
    "ip_proto": Sort.COUNT,
}
_DNS: Final = _ENDS | {
    "proto": Sort.WORD,
    "query": Sort.TEXT,
    "qtype_name": Sort.WORD,
    "rcode_name": Sort.WORD,
    "answers": Sort.LIST,
    "TTLs": Sort.LIST,
    "trans_id": Sort.TEXT,
    "rtt": Sort.TEXT,
}
_SSL: Final = _ENDS | {"server_name": Sort.TEXT}
_QUIC: Final = _ENDS | {
    "server_name": Sort.TEXT,
    "client_initial_dcid": Sort.TEXT,
    "client_scid": Sort.TEXT,
    "server_scid": Sort.TEXT,
}
_HTTP: Final = _ENDS | {
    "host": Sort.TEXT,
    "uri": Sort.TEXT,
    "referrer": Sort.TEXT,
    "request_body_len": Sort.TEXT,
    "response_body_len": Sort.TEXT,
    "orig_fuids": Sort.TEXT,
    "resp_fuids": Sort.TEXT,
}
_SSH: Final = _ENDS | {"auth_success": Sort.WORD}
_RDP: Final = _ENDS | {"cookie": Sort.TEXT, "result": Sort.WORD}
_CAPTURE_LOSS: Final = {"ts": Sort.TIME, "ts_delta": Sort.SECONDS, "peer": Sort.TEXT, "percent_lost": Sort.TEXT}

LOGS: Final[Mapping[str, Mapping[str, Sort]]] = MappingProxyType(
    {
        "conn": _CONN,
        "dns": _DNS,
        "ssl": _SSL,
        "quic": _QUIC,
        "http": _HTTP,
        "ssh": _SSH,
        "rdp": _RDP,
        "capture_loss": _CAPTURE_LOSS,
    }
)

# A field that every record of a log has, and no record of another: it tells a log that does not name itself.
TOLD_BY: Final = {
    "conn_state": "conn",
    "trans_id": "dns",
    "established": "ssl",
    "client_initial_dcid": "quic",
    "trans_depth": "http",
    "auth_attempts": "ssh",
    "security_protocol": "rdp",
    "percent_lost": "capture_loss",
}
UNTOLD: Final = "untold"

# Some sites write another character where Zeek's records are nested: `Log::default_scope_sep`.
_ENDS_OTHERWISE: Final = {name.replace(".", "_"): name for name in _ENDS if "." in name}


def log_of(fields: Iterable[str]) -> str:
    """Which log has these fields; UNTOLD where none of them is a log's own."""
    return next((TOLD_BY[name] for name in fields if name in TOLD_BY), UNTOLD)


def field_name(name: str) -> str:
    """A field's name as Zeek writes it by default."""
    return _ENDS_OTHERWISE.get(name, name)
