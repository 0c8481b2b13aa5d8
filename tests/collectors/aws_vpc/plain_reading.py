"""A second, plain reading of AWS VPC flow log lines, one line at a time: what the fast one is compared with.

It shares only the field names with the code under test; addresses are read by `ipaddress`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address

from collectors.aws_vpc.fields import DOCUMENTED, VERSION_2, WITH_COLUMN, header_fields

_PORTS = {"srcport": (1 << 16) - 1, "dstport": (1 << 16) - 1}
_COUNTS = {"packets": (1 << 63) - 1, "bytes": (1 << 63) - 1}
_TIMES = {"start": 253_402_300_799, "end": 253_402_300_799}
_NUMBERS = _PORTS | _COUNTS | _TIMES
_SMALL = {"protocol": 255, "tcp-flags": 255}
_ADDRESSES = ("srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr")
_WORDS = {"action": ("ACCEPT", "REJECT"), "log-status": ("OK", "NODATA", "SKIPDATA")}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Reading:
    """What a reading found: events as the NDJSON has them (without `initiator`), and (line, reason) of bad records."""

    events: list[dict[str, object]] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)
    records: int = 0


def read_plainly(data: bytes, given: tuple[str, ...] | None = None) -> Reading:
    """Read lines one by one."""
    reading = Reading()
    fields = given or VERSION_2
    unordered = False
    data = data.removeprefix(b"\xef\xbb\xbf")
    lines = data.removesuffix(b"\n").split(b"\n") if data else []
    for number, line in enumerate(lines, start=1):
        header = header_fields(line)
        if header:
            fields, unordered = header, False
            continue
        reading.records += 1
        if number == 1 and not given:
            names = line.rstrip(b"\r").decode("utf-8", "replace").lower().split(" ")
            unordered = len([name for name in names if name in DOCUMENTED]) >= 3
        if unordered:
            reading.bad.append((number, "unknown_order"))
            continue
        text = line.removesuffix(b"\r").replace(b"\r", "\N{REPLACEMENT CHARACTER}".encode())
        parts = text.decode("utf-8", "replace").split(" ")
        reason = _reason(parts, fields)
        if reason:
            reading.bad.append((number, reason))
        else:
            values = {name: text for name, text in zip(fields, parts, strict=True) if text != "-"}
            reading.events.append(_event(values))
    return reading


def _reason(parts: list[str], fields: tuple[str, ...]) -> str:
    if len(parts) != len(fields):
        return "too_few_fields" if len(parts) < len(fields) else "too_many_fields"
    record = dict(zip(fields, parts, strict=True))
    if "" in [text for name, text in record.items() if name not in _NUMBERS]:
        return "empty_field"
    unreadable = [_number_reason(name, text) for name, text in record.items() if name in _NUMBERS]
    reasons = [reason for reason in unreadable if reason and reason != "beyond"]
    reasons += [_field_reason(name, text) for name, text in record.items()]
    start, end = record.get("start", "-"), record.get("end", "-")
    if not any(reasons) and "-" not in {start, end} and _integer(end) < _integer(start):
        return "end_before_start"
    return next((reason for reason in reasons if reason), "")


def _number_reason(name: str, text: str) -> str:
    """Say why a number cannot be held at all; `beyond` where it can, and lies beyond what the field may say."""
    if text in {"", "-"}:
        return "" if text else "empty_field"
    if not re.fullmatch("[+-]?[0-9]+", text):
        return "not_a_number"
    value = _integer(text)
    low, high = (0, _PORTS[name]) if name in _PORTS else (-(1 << 63), (1 << 63) - 1)
    if not low <= value <= high or (name in _PORTS and text.startswith("-")):
        return "out_of_range"
    return "" if 0 <= value <= _NUMBERS[name] else "beyond"


def _field_reason(name: str, text: str) -> str:
    wrong = ""
    if text == "-":
        return wrong
    if name in _NUMBERS and _number_reason(name, text) == "beyond":
        wrong = "out_of_range"
    elif name in _ADDRESSES and not _address(text):
        wrong = "not_an_address"
    elif name in _WORDS and text not in _WORDS[name]:
        wrong = "unknown_word"
    elif name in {"version", *_SMALL} and not re.fullmatch("[+-]?[0-9]+", text):
        wrong = "not_a_number"
    elif name in _SMALL and (text.startswith("-") or _integer(text) > _SMALL[name]):
        wrong = "out_of_range"
    return wrong


def _integer(text: str) -> int:
    """Value of a number, however many zeros stand before it; Python itself refuses more than 4 300 digits."""
    digits = text.lstrip("+-").lstrip("0")[:100] or "0"
    return -int(digits) if text.startswith("-") else int(digits)


def _address(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.scope_id is not None:
        return ""
    return str(address.ipv4_mapped or address)


def _event(values: dict[str, str]) -> dict[str, object]:
    status = values.get("log-status")
    ends, attributes = {}, {name: text for name, text in values.items() if name not in WITH_COLUMN}
    for end in ("srcaddr", "dstaddr"):
        interface, packet = (_address(values.get(name, "-")) or None for name in (end, f"pkt-{end}"))
        ends[end] = packet or interface
        if interface and packet and interface != packet and status not in {"NODATA", "SKIPDATA"}:
            attributes[end] = interface
    origin = {
        "source": "aws_vpc",
        "observer": values.get("interface-id"),
        "account": values.get("account-id"),
        "network_id": values.get("vpc-id"),
        "region_hint": values.get("region"),
        "service_hint": values.get("pkt-dst-aws-service") or values.get("pkt-src-aws-service"),
        "attributes": attributes,
    }
    times = {"start_time": _time(values.get("start")), "end_time": _time(values.get("end"))}
    if status in {"NODATA", "SKIPDATA"}:
        state = {"NODATA": "no_data", "SKIPDATA": "skipped"}[status]
        return {"event": "coverage", **times, "state": state, "records": None, "detail": status, **origin}
    number = {name: _integer(values[name]) if name in values else None for name in (*_NUMBERS, *_SMALL)}
    return {
        "event": "flow",
        **times,
        "src_address": ends["srcaddr"],
        "dst_address": ends["dstaddr"],
        "src_port": number["srcport"],
        "dst_port": number["dstport"],
        "protocol": number["protocol"],
        "octets": number["bytes"],
        "packets": number["packets"],
        "reverse_octets": None,
        "reverse_packets": None,
        "tcp_flags": number["tcp-flags"],
        "action": {"ACCEPT": "accept", "REJECT": "reject"}.get(values.get("action", "")),
        "sampling_interval": 1,
        "name": None,
        "application": None,
        **origin,
    }


def _time(seconds: str | None) -> str | None:
    if seconds is None:
        return None
    return (_EPOCH + timedelta(seconds=_integer(seconds))).strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)
