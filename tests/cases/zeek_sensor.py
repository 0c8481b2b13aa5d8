"""A made-up Zeek sensor: connections of a small site, and the logs that it would write of them.

Every connection of TLS or HTTP has a name in another log; `names` tells which, by the port that it came from.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

BEGIN: Final = 1_791_374_400.0  # 2026-10-07T12:00:00Z
_ENDS: Final = ("ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p")
FIELDS: Final = {
    "conn": (
        *_ENDS, "proto", "service", "duration", "orig_bytes", "resp_bytes", "conn_state", "missed_bytes", "history",
        "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes",
    ),
    "ssl": (*_ENDS, "version", "server_name", "resumed", "established"),
    "http": (*_ENDS, "trans_depth", "method", "host", "uri"),
}  # fmt: skip
_FAR: Final = ("140.82.121.4", "151.101.1.69", "52.95.110.1", "185.199.108.153")
_HOSTS: Final = ("api.github.com", "www.debian.org", "s3.eu-west-3.amazonaws.com", "example.org", "cdn.example.net")

Record = dict[str, Any]


@dataclass(slots=True)
class Sensor:
    """What the sensor has written: records of each log, each at the second in which it was written."""

    written: dict[str, list[tuple[float, Record]]] = field(default_factory=lambda: {name: [] for name in FIELDS})
    names: dict[int, str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, seed: int, connections: int, seconds: float = 7_200.0) -> Sensor:
        """Let so many connections begin within some seconds."""
        chance, sensor = random.Random(seed), cls()
        for number in range(connections):
            sensor._connect(chance, number, round(BEGIN + chance.random() * seconds, 6))
        for records in sensor.written.values():
            records.sort(key=lambda each: each[0])
        return sensor

    def _connect(self, chance: random.Random, number: int, begin: float) -> None:
        service = chance.choice(["ssl", "ssl", "http", None, "dns"])
        duration = chance.choice([None, 0.5, chance.random() * 30, chance.random() * 4_000])
        duration = None if duration is None else round(duration, 6)
        port, host = 1_024 + number, chance.choice(_HOSTS)
        ends = {
            "uid": f"C{chance.randrange(1 << 60):x}",
            "id.orig_h": f"10.20.0.{chance.randrange(1, 250)}",
            "id.orig_p": port,
            "id.resp_h": chance.choice(_FAR),
            "id.resp_p": {"ssl": 443, "http": 80, "dns": 53}.get(service or "", 5_432),
        }
        sent = {"orig_bytes": 700, "resp_bytes": 4_000, "orig_pkts": 9, "orig_ip_bytes": 1_068, "resp_pkts": 8}
        conn = {"ts": begin, **ends, "proto": "tcp", "service": service, "duration": duration, **sent}
        conn |= {"conn_state": "SF", "missed_bytes": 0, "history": "ShADadFf", "resp_ip_bytes": 4_320}
        # The record of a connection comes last, when it is over.
        self.written["conn"].append((begin + (duration or 0.0) + 3.0 + chance.random(), conn))
        self.names[port] = None
        told = begin + min(duration or 0.0, chance.random())
        if service == "ssl" and chance.random() < 0.8:
            record = {"ts": begin, **ends, "version": "TLSv13", "server_name": host, "resumed": False}
            self.written["ssl"].append((told, record | {"established": True}))
            self.names[port] = host
        if service == "http":
            for depth, each in enumerate(chance.sample(_HOSTS, chance.randint(1, 2)), start=1):
                at = begin + (depth - 1) * 0.001
                record = {"ts": round(at, 6), **ends, "trans_depth": depth, "method": "GET", "host": each, "uri": "/"}
                self.written["http"].append((told + depth, record))
                self.names[port] = self.names[port] or each

    def write(self, folder: Path, hours: int = 2, *, as_json: bool = False) -> list[Path]:
        """Write every log, one file each so many parts of the time."""
        paths = []
        for log, records in self.written.items():
            share = -(-len(records) // hours)
            for part in range(hours):
                path = folder / f"{log}.{part:02}.log"
                some = [record for _, record in records[part * share : (part + 1) * share]]
                path.write_text(json_text(log, some) if as_json else tsv_text(log, some), encoding="utf-8")
                paths.append(path)
        return paths

    def write_together(self, path: Path) -> Path:
        """Write all records as JSON lines into one file, in the order in which they were written."""
        records = [(at, log, record) for log, some in self.written.items() for at, record in some]
        path.write_text("".join(json_text(log, [record]) for _, log, record in sorted(records, key=_at)), "utf-8")
        return path


def _at(each: tuple[float, str, Record]) -> tuple[float, str]:
    return each[:2]


def tsv_text(log: str, records: Iterable[Record], fields: Sequence[str] | None = None) -> str:
    """Records under a header."""
    fields = fields or FIELDS[log]
    header = ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", f"#path\t{log}"]
    lines = [*header, "\t".join(["#fields", *fields])]
    lines += ["\t".join(_spelled(record.get(name)) for name in fields) for record in records]
    return "\n".join([*lines, "#close\t2026-10-07-14-00-00", ""])


def json_text(log: str, records: Iterable[Record]) -> str:
    """Records as JSON lines."""
    objects = ({"_path": log} | {name: value for name, value in each.items() if value is not None} for each in records)
    return "".join(json.dumps(each, separators=(",", ":")) + "\n" for each in objects)


def _spelled(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "T" if value else "F"
    return f"{value:.6f}" if isinstance(value, float) else str(value)
