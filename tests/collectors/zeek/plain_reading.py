"""A second, plain reading of Zeek's logs, one record at a time: what the fast one is compared with.

It shares nothing with the code under test; addresses are read by `ipaddress`. It reads what a Zeek writes: lines of the
right length with values of their types.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS = {"tcp": 6, "udp": 17}
_FLAGS = {"S": 2, "H": 18, "A": 16, "F": 1, "R": 4, "I": 5, "Q": 2}
_VIA = {"ssl": ("server_name", "tls"), "quic": ("server_name", "quic"), "http": ("host", "http")}
_ORIGIN = dict.fromkeys(("observer", "account", "network_id", "region_hint", "service_hint"))


@dataclass
class _Header:
    separator: str = "\t"
    said: dict[str, str] = field(default_factory=dict)
    fields: list[str] = field(default_factory=list)


def read_plainly(text: str) -> list[dict[str, Any]]:
    """Events of a log, without their attributes."""
    header = _Header()
    events: list[dict[str, Any]] = []
    for line in text.split("\n"):
        if line.startswith("#separator "):
            header = _Header(bytes.fromhex(line.removeprefix("#separator \\x")).decode())
        elif line.startswith("#fields"):
            header.fields = line.split(header.separator)[1:]
        elif line.startswith("#"):
            name, *values = line.split(header.separator)
            header.said[name] = "".join(values)
        elif line:
            parts = dict(zip(header.fields, line.split(header.separator), strict=True))
            record = {name: value for name, value in parts.items() if value != header.said["#unset_field"]}
            empty = header.said["#empty_field"]
            events += _events(header.said["#path"], {n: "" if v == empty else v for n, v in record.items()})
    return events


def _events(path: str, record: dict[str, str]) -> list[dict[str, Any]]:
    if path == "conn":
        return [{**_flow(record), "source": "zeek", **_ORIGIN}, *_missed(record)]
    if path == "dns":
        return [{**each, "source": "zeek", **_ORIGIN} for each in _answers(record)]
    if path in _VIA:
        return [{**each, "source": "zeek", **_ORIGIN} for each in _shown(record, *_VIA[path])]
    if path in {"ssh", "rdp"}:
        return [{**_login(path, record), "source": "zeek", **_ORIGIN}]
    return []


def _flow(record: dict[str, str]) -> dict[str, Any]:
    protocol = int(record["ip_proto"]) if "ip_proto" in record else _NUMBERS.get(record["proto"])
    if protocol is None and record["proto"] == "icmp":
        protocol = 58 if ":" in record["id.orig_h"] else 1
    ports = protocol in {6, 17, 132}
    seen = 0
    for letter in record.get("history", ""):
        seen |= _FLAGS.get(letter.upper(), 0)
    return {
        "event": "flow",
        "start_time": _time(record["ts"]),
        "end_time": _time(record["ts"], record.get("duration", "0")),
        "src_address": _address(record["id.orig_h"]),
        "dst_address": _address(record["id.resp_h"]),
        "src_port": int(record["id.orig_p"]) if ports else None,
        "dst_port": int(record["id.resp_p"]) if ports else None,
        "protocol": protocol,
        "octets": _count(record, "orig_ip_bytes", "orig_bytes"),
        "packets": _count(record, "orig_pkts"),
        "reverse_octets": _count(record, "resp_ip_bytes", "resp_bytes"),
        "reverse_packets": _count(record, "resp_pkts"),
        "tcp_flags": seen if protocol == 6 and "history" in record else None,
        "action": None,
        "initiator": "src",
        "sampling_interval": 1,
        "name": None,
        "application": record.get("service"),
    }


def _missed(record: dict[str, str]) -> list[dict[str, Any]]:
    if not _count(record, "missed_bytes"):
        return []
    statement = {
        "event": "coverage",
        "start_time": _time(record["ts"]),
        "end_time": _time(record["ts"], record.get("duration", "0")),
        "state": "dropped",
        "records": None,
        "detail": f"missed_bytes {record['missed_bytes']}",
    }
    return [{**statement, "source": "zeek", **_ORIGIN}]


def _answers(record: dict[str, str]) -> list[dict[str, Any]]:
    answers = record["answers"].split(",") if record.get("answers") else []
    lives = record["TTLs"].split(",") if record.get("TTLs") else []
    found: list[tuple[str | None, int | None]]
    found = [(address, int(float(life))) for text, life in zip(answers, lives, strict=True) if (address := _of(text))]
    return [
        {
            "event": "name",
            "time": _time(record["ts"]),
            "client_address": _address(record["id.orig_h"]),
            "name": record.get("query"),
            "address": address,
            "record_type": record.get("qtype_name"),
            "ttl_seconds": life,
            "via": "dns",
            "resolver_address": _address(record["id.resp_h"]),
            "response_code": record.get("rcode_name"),
        }
        for address, life in found or [(None, None)]
    ]


def _shown(record: dict[str, str], name: str, via: str) -> list[dict[str, Any]]:
    if not record.get(name) or _of(record[name]):
        return []
    event = {
        "event": "name",
        "time": _time(record["ts"]),
        "client_address": _address(record["id.orig_h"]),
        "name": record[name],
        "address": _address(record["id.resp_h"]),
        "record_type": None,
        "ttl_seconds": None,
        "via": via,
        "resolver_address": None,
        "response_code": None,
    }
    return [event]


def _login(path: str, record: dict[str, str]) -> dict[str, Any]:
    success = {"T": True, "F": False}.get(record.get("auth_success", ""))
    if path == "rdp" and record.get("result", "Success") not in {"Success", "encrypted"}:
        success = False
    return {
        "event": "admin",
        "time": _time(record["ts"]),
        "actor": record.get("cookie"),
        "actor_kind": "customer",
        "actor_address": _address(record["id.orig_h"]),
        "actor_country": None,
        "action": f"{path} login",
        "target": _address(record["id.resp_h"]),
        "success": success,
        "justification": None,
    }


def _count(record: dict[str, str], *names: str) -> int | None:
    return next((int(record[name]) for name in names if name in record), None)


def _time(*seconds: str) -> str:
    whole = sum(round(float(each) * 1_000_000) for each in seconds)
    return (_EPOCH + timedelta(microseconds=whole)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _address(text: str) -> str:
    address = ip_address(text)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)


def _of(text: str) -> str | None:
    try:
        return _address(text)
    except ValueError:
        return None
