"""What Vector makes of a record and what we make of it differ only as `docs/sources/aws_vpc.md` says."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

import pytest

from collectors.aws_vpc.decode import AwsVpcDecoder
from collectors.contract import Piece
from monitor.events import event_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_Value: TypeAlias = str | int | None
_Record: TypeAlias = dict[str, _Value]
TITLES = ["default format", "custom format", "v5 fields", "v11 fields"]
SAME = {
    "account_id": "account",
    "interface_id": "observer",
    "vpc_id": "network_id",
    "region": "region_hint",
    "srcport": "src_port",
    "dstport": "dst_port",
    "protocol": "protocol",
    "packets": "packets",
    "bytes": "octets",
    "tcp_flags": "tcp_flags",
}


def _time(value: _Value) -> str | None:
    return None if value is None else datetime.fromtimestamp(int(value), UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# The differences of the table in the handbook, by Vector's field: our column, and our value from Vector's record.
DIFFERENT: dict[str, tuple[str, Callable[[_Record], _Value]]] = {
    "srcaddr": ("src_address", lambda record: record.get("pkt_srcaddr") or record["srcaddr"]),
    "dstaddr": ("dst_address", lambda record: record.get("pkt_dstaddr") or record["dstaddr"]),
    "pkt_srcaddr": ("src_address", lambda record: record["pkt_srcaddr"]),
    "pkt_dstaddr": ("dst_address", lambda record: record["pkt_dstaddr"]),
    "start": ("start_time", lambda record: _time(record["start"])),
    "end": ("end_time", lambda record: _time(record["end"])),
    "action": ("action", lambda record: record["action"] and str(record["action"]).lower()),
}


def cases(corpus: Path) -> dict[str, dict[str, object]]:
    """Give Vector's documented examples by what they show."""
    found = json.loads((corpus / "aws-vpc-flow" / "vrl-cases.json").read_text(encoding="utf-8"))
    return {title: next(case for case in found if title in case["title"]) for title in TITLES}


@pytest.mark.parametrize("title", TITLES)
def test_a_record_differs_only_as_documented(corpus: Path, title: str) -> None:
    """Field by field of Vector's result; a statement about coverage has no flow columns to compare."""
    case = cases(corpus)[title]
    vector: _Record = case["expected"]  # type: ignore[assignment] # the file is the upstream's
    log_format = str(case["format"]).replace("_", "-")
    batch = AwsVpcDecoder(log_format).decode(Piece(str(case["record"]).encode(), 1, 0))
    ours = json.loads("".join(event_lines(batch, "aws_vpc")))

    expected: dict[str, _Value] = {}
    for name in vector:
        if name in DIFFERENT:
            column, value = DIFFERENT[name]
            expected[column] = value(vector)
        elif name in SAME:
            expected[SAME[name]] = vector[name]
    columns = {name: value for name, value in expected.items() if name in ours}
    assert {name: ours[name] for name in columns} == columns
    assert [value for name, value in expected.items() if name not in ours and value is not None] == []


@pytest.mark.parametrize("title", TITLES)
def test_a_field_without_a_column_is_kept_as_text(corpus: Path, title: str) -> None:
    """Numbers too; what Vector makes null is absent, and the interface's address stays where the packet's won."""
    case = cases(corpus)[title]
    vector: _Record = case["expected"]  # type: ignore[assignment] # the file is the upstream's
    batch = AwsVpcDecoder(str(case["format"]).replace("_", "-")).decode(Piece(str(case["record"]).encode(), 1, 0))
    ours = json.loads("".join(event_lines(batch, "aws_vpc")))

    attributes = {
        name.replace("_", "-"): str(value)
        for name, value in vector.items()
        if value is not None and name not in SAME and name not in DIFFERENT
    }
    for end in ("srcaddr", "dstaddr"):
        if vector.get(f"pkt_{end}") not in {None, vector.get(end)}:
            attributes[end] = str(vector[end])
    assert ours["attributes"] == attributes


def test_the_handbook_lists_every_difference(root: Path) -> None:
    """One row for each field that is not taken over as it is."""
    page = (root / "docs" / "sources" / "aws_vpc.md").read_text(encoding="utf-8")
    section = page.partition("## Differences from Vector")[2].partition("\n## ")[0]

    assert sorted(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == sorted({*DIFFERENT, "version", "log_status"})
