"""Write the flow log of the benchmark as the clouds' other logs: the same conversations in each form.

The broken lines of the text are left out, and what is of another protocol than TCP and UDP is in every form but that of
network security groups, which knows none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_RECORDS_AT_A_TIME: Final = 50_000
# Tuples of one Azure record: about what a busy interface has in a minute under one rule.
_TUPLES: Final = 100
_NUMBERS: Final = ("srcport", "dstport", "protocol", "packets", "bytes", "start", "end")
_SUBSCRIPTION: Final = (
    "/subscriptions/aaaa0a0a-0000-0000-0000-0000000000aa/resourceGroups/rg/providers/Microsoft.Network"
)
_SWAPPED: Final = {"srcaddr": "dstaddr", "dstaddr": "srcaddr", "srcport": "dstport", "dstport": "srcport"}
_OCTET: Final = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_OWN: Final = "^(10[.]|2001:db8:)"


@dataclass(frozen=True, slots=True)
class CloudLog:
    """A form: the KIND that reads it, the file's name, and what writes rows of the text log in it."""

    kind: str
    name: str
    write: Callable[[pl.DataFrame, IO[bytes]], None]


def sound_rows(log: Path) -> pl.DataFrame:
    """Rows of a text log that are records, with numbers as such; the end that opened is the source, as in Azure's."""
    rows = pl.read_csv(log, separator=" ", infer_schema=False, truncate_ragged_lines=True, quote_char=None)
    typed = rows.with_columns(pl.col(_NUMBERS).cast(pl.Int64, strict=False))
    sound = pl.all_horizontal(pl.all().is_not_null()) & typed["log-status"].is_in(["OK"])
    addresses = pl.all_horizontal(pl.col("srcaddr", "dstaddr").str.contains(f"^({_OCTET}[.]){{3}}{_OCTET}$|:"))
    kept = typed.filter(sound & addresses & (pl.col("end") >= pl.col("start")) & (pl.col("srcport") < 1 << 16))
    return kept.with_columns(
        pl.when(pl.col("srcport") < pl.col("dstport")).then(pl.col(other)).otherwise(pl.col(name)).alias(name)
        for name, other in _SWAPPED.items()
    )


def write_cloud_log(rows: pl.DataFrame, form: CloudLog, path: Path) -> int:
    """Write rows in a form; give how many records that are."""
    chosen = rows.filter(pl.col("protocol").is_in([6, 17])) if form.kind == "azure_nsg" else rows
    with path.open("wb") as target:
        form.write(chosen, target)
    return chosen.height


def _parquet(rows: pl.DataFrame, target: IO[bytes]) -> None:
    rows.rename({name: name.replace("-", "_") for name in rows.columns}).write_parquet(target, row_group_size=100_000)


def _messages(rows: pl.DataFrame, target: IO[bytes]) -> None:
    for part in rows.iter_slices(_RECORDS_AT_A_TIME):
        lines = part.select(pl.concat_str(pl.all(), separator=" ")).to_series()
        target.writelines(b'{"message":"%b"}\n' % line.encode() for line in lines)


def _azure_nsg(rows: pl.DataFrame, target: IO[bytes]) -> None:
    protocol = pl.col("protocol").replace_strict({6: "T", 17: "U"})
    action = pl.col("action").replace_strict({"ACCEPT": "A", "REJECT": "D"})
    tuples = _tuples(rows, pl.col("end"), protocol, action, pl.lit("E"))

    def record(texts: list[str]) -> object:
        rules = [{"rule": "UserRule_any", "flows": [{"mac": "000D3AF87856", "flowTuples": texts}]}]
        return {
            "time": "2026-09-01T00:01:00.0000000Z",
            "systemId": "66aa66aa-bb77-cc88-dd99-00ee00ee00ee",
            "category": "NetworkSecurityGroupFlowEvent",
            "resourceId": f"{_SUBSCRIPTION}/networkSecurityGroups/web".upper(),
            "operationName": "NetworkSecurityGroupFlowEvents",
            "properties": {"Version": 2, "flows": rules},
        }

    _document(tuples, record, target)


def _azure_vnet(rows: pl.DataFrame, target: IO[bytes]) -> None:
    state = pl.col("action").replace_strict({"ACCEPT": "E", "REJECT": "D"})
    tuples = _tuples(rows, pl.col("end") * 1000, pl.col("protocol"), state, pl.lit("NX"))

    def record(texts: list[str]) -> object:
        lists = [{"aclID": "00000000-1234", "flowGroups": [{"rule": "UserRule_any", "flowTuples": texts}]}]
        return {
            "time": "2026-09-01T00:01:00.0000000Z",
            "flowLogVersion": 4,
            "flowLogGUID": "abcdef01-2345-6789-0abc-def012345678",
            "macAddress": "00224871C205",
            "category": "FlowLogFlowEvent",
            "flowLogResourceID": f"{_SUBSCRIPTION}/networkWatchers/w/flowLogs/l".upper(),
            "targetResourceID": f"{_SUBSCRIPTION}/virtualNetworks/hospital",
            "operationName": "FlowLogFlowEvent",
            "flowRecords": {"flows": lists},
        }

    _document(tuples, record, target)


def _tuples(rows: pl.DataFrame, time: pl.Expr, protocol: pl.Expr, *words: pl.Expr) -> Iterator[list[str]]:
    """Tuples as Azure writes them, so many at a time; the answer is a third of the question."""
    direction = pl.when(pl.col("srcaddr").str.contains(_OWN)).then(pl.lit("O")).otherwise(pl.lit("I"))
    counters = (pl.col("packets"), pl.col("bytes"), pl.col("packets") // 3, pl.col("bytes") // 3)
    ends = (pl.col(name) for name in ("srcaddr", "dstaddr", "srcport", "dstport"))
    texts = rows.select(pl.concat_str(time, *ends, protocol, direction, *words, *counters, separator=",")).to_series()
    for first in range(0, texts.len(), _TUPLES):
        yield texts.slice(first, _TUPLES).to_list()


def _document(tuples: Iterator[list[str]], record: Callable[[list[str]], object], target: IO[bytes]) -> None:
    target.write(b'{"records":[')
    for number, texts in enumerate(tuples):
        target.write((b",\n" if number else b"\n") + json.dumps(record(texts), separators=(",", ":")).encode())
    target.write(b"\n]}\n")


def _gcp_vpc(rows: pl.DataFrame, target: IO[bytes]) -> None:
    for part in rows.iter_slices(_RECORDS_AT_A_TIME):
        target.writelines(json.dumps(_entry(*row), separators=(",", ":")).encode() + b"\n" for row in _ends(part))


def _ends(rows: pl.DataFrame) -> Iterator[tuple[object, ...]]:
    instants = (pl.from_epoch(name).dt.to_string("%Y-%m-%dT%H:%M:%S.%9fZ") for name in ("start", "end"))
    names = ("srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "interface-id")
    return iter(rows.select(*names, *instants, pl.col("srcaddr").str.contains(_OWN).alias("own")).iter_rows())


def _entry(*row: object) -> dict[str, object]:
    src, dst, src_port, dst_port, protocol, packets, octets, instance, start, end, own = row
    side = "src" if own else "dest"
    far = "dest" if own else "src"
    payload = {
        "bytes_sent": str(octets),
        "connection": {
            "dest_ip": dst,
            "dest_port": dst_port,
            "protocol": protocol,
            "src_ip": src,
            "src_port": src_port,
        },
        "packets_sent": str(packets),
        "reporter": "SRC" if own else "DEST",
        "rtt_msec": "12",
        "start_time": start,
        "end_time": end,
        f"{side}_instance": {
            "project_id": "hospital",
            "region": "europe-west9",
            "vm_name": instance,
            "zone": "europe-west9-a",
        },
        f"{side}_vpc": {
            "project_id": "hospital",
            "subnetwork_name": "prod",
            "subnetwork_region": "europe-west9",
            "vpc_name": "prod",
        },
        f"{far}_location": {"asn": 64500, "city": "Ashburn", "continent": "America", "country": "usa"},
    }
    return {
        "insertId": "79c1kvepzqvr",
        "jsonPayload": payload,
        "logName": "projects/hospital/logs/compute.googleapis.com%2Fvpc_flows",
        "receiveTimestamp": end,
        "resource": {
            "labels": {"location": "europe-west9-a", "project_id": "hospital", "subnetwork_name": "prod"},
            "type": "gce_subnetwork",
        },
        "timestamp": end,
    }


FORMS: Final = (
    CloudLog("aws_vpc", "flows.parquet", _parquet),
    CloudLog("aws_vpc", "messages.json", _messages),
    CloudLog("azure_nsg", "nsg.json", _azure_nsg),
    CloudLog("azure_vnet", "vnet.json", _azure_vnet),
    CloudLog("gcp_vpc", "gcp.json", _gcp_vpc),
)
