"""Decode AWS VPC flow log lines into flow records and coverage statements.

Decides what each field means; `read` decides which lines are records at all. Refuses to know whose an address is.

`pkt-srcaddr` and `pkt-dstaddr` win over the addresses of the interface, which then stay as attributes. NODATA and
SKIPDATA are the source speaking about its own seeing, and become coverage.

Source: AWS, Amazon VPC User Guide, "Flow log records", read 2026-11.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.attributes import attribute_objects
from collectors.aws_vpc.fields import (
    BYTE_ORDER_MARK,
    VERSION_2,
    WITH_COLUMN,
    format_fields,
    header_fields,
    misspelt_header,
)
from collectors.aws_vpc.read import header_rows, line_ends, read_records
from collectors.contract import SAMPLED_BAD_RECORDS, BadRecord, Batch, Flows, joined
from collectors.initiator import UNKNOWN, initiators
from monitor import schema
from monitor.address import ParsedAddresses
from monitor.services import shipped_services

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    from collectors.aws_vpc.records import Records
    from collectors.contract import Piece

    # Runs of lines by their fields: the octets, and which rows they are.
    _Parts: TypeAlias = dict[tuple[str, ...], list[tuple[bytes, NDArray[np.int64]]]]

_ABSENT: Final = np.uint32(0xFFFF_FFFF)
# Orders read apart before they are put into one part: each takes some kilobytes until then.
_ORDERS_AT_A_TIME: Final = 256
_POSITIONS: Final = ("src_address", "dst_address", "interface_src", "interface_dst")
# The lines follow what was meant for a header: whatever they say, it is not known which field is which.
UNKNOWN_ORDER: Final = "unknown_order"


class AwsVpcDecoder:
    """Decodes one input; carries the field order from its header, its `log_format` or the default format."""

    def __init__(self, log_format: str | None = None) -> None:
        """Take the field order from `log_format` when the input has no header of its own."""
        self._fields = format_fields(log_format) if log_format else VERSION_2
        self._guessed = not log_format
        self._unordered = ""

    def state(self) -> str:
        """The field order in force, and whether a misspelt header left the lines without one."""
        return json.dumps({"fields": self._fields, "unordered": self._unordered})

    def resume(self, state: str) -> None:
        """Go on with the field order of a state."""
        said = json.loads(state)
        self._fields, self._unordered = tuple(said["fields"]), said["unordered"]

    def decode(self, piece: Piece) -> Batch:
        """Decode complete lines; a header, at the top or in mid-file, sets the order for what follows."""
        batches: list[Batch] = []
        data, line = piece.data, piece.first_line
        at = len(BYTE_ORDER_MARK) if not piece.offset and data.startswith(BYTE_ORDER_MARK) else 0
        if not piece.offset and self._guessed:
            self._unordered = misspelt_header(data[at : data.find(b"\n", at) + 1 or len(data)]) or ""
        if self._unordered and at < len(data):
            batch, octets = self._without_order(data[at:], line)
            batches.append(batch)
            at, line = at + octets, line + batch.records
        while at < len(data):
            stop = data.find(b"\n", at) + 1 or len(data)
            header = header_fields(data[at:stop])
            if not header:
                break
            self._fields = header
            at, line = stop, line + 1
        if at < len(data):
            records = read_records(data[at:], self._fields)
            batches.append(batch_of_records(records, line))
            rest = data[at + records.octets :]
            if rest:
                batches.extend(self._by_fields(rest, line + records.lines))
        return joined(batches)

    def _without_order(self, data: bytes, first_line: int) -> tuple[Batch, int]:
        """Count the lines up to a header, which are of no known order; and their octets."""
        ends = line_ends(data)
        row = min(header_rows(data, ends), default=len(ends))
        sample = range(first_line, first_line + min(row, SAMPLED_BAD_RECORDS))
        bad = tuple(BadRecord(line, UNKNOWN_ORDER, self._unordered) for line in sample)
        octets = min(int(ends[row - 1]) + 1, len(data)) if row else 0
        if row < len(ends):
            self._unordered = ""
        return Batch(records=row, bad=bad, bad_by_reason=Counter({UNKNOWN_ORDER: row} if row else {})), octets

    def _by_fields(self, data: bytes, first_line: int) -> Iterator[Batch]:
        """Decode lines among which headers change the order: all that are of one order together, however they lie."""
        ends = line_ends(data)
        headers = header_rows(data, ends)
        parts: _Parts = {}
        for (row, fields), until in zip(headers.items(), [*list(headers)[1:], len(ends)], strict=True):
            self._fields = fields
            if until == row + 1:
                continue
            if fields not in parts and len(parts) == _ORDERS_AT_A_TIME:
                yield _together(parts, first_line)
                parts = {}
            run = data[ends[row] + 1 : ends[until - 1] + 1]
            parts.setdefault(fields, []).append((run, np.arange(row + 1, until)))
        if parts:
            yield _together(parts, first_line)


def _together(parts: _Parts, first_line: int) -> Batch:
    batches = []
    for fields, runs in parts.items():
        records = read_records(b"".join(run for run, _ in runs), fields)
        batches.append(batch_of_records(replace(records, rows=np.concatenate([rows for _, rows in runs])), first_line))
    return _interleaved(batches)


def _interleaved(batches: Sequence[Batch]) -> Batch:
    """One batch of parts whose lines lie among each other, in the order of the lines."""
    batch = joined(batches)
    bad = sorted((bad for each in batches for bad in each.bad), key=attrgetter("line"))
    return replace(
        batch,
        flows=(_one_part(batch.flows),) if batch.flows else (),
        coverage=(pl.concat(batch.coverage).sort("line"),) if batch.coverage else (),
        bad=tuple(bad[:SAMPLED_BAD_RECORDS]),
    )


def _one_part(parts: Sequence[Flows]) -> Flows:
    """Flows of several parts with the addresses of all."""
    firsts = np.cumsum([0, *(len(part.addresses) for part in parts[:-1])]).tolist()
    moved = [
        part.frame.with_columns((pl.col(_POSITIONS) + first).cast(pl.UInt32))
        for part, first in zip(parts, firsts, strict=True)
    ]
    books = [part.addresses for part in parts]
    addresses = ParsedAddresses(
        text=pl.concat([book.text for book in books]),
        version=np.concatenate([book.version for book in books]),
        high=np.concatenate([book.high for book in books]),
        low=np.concatenate([book.low for book in books]),
    )
    return Flows(pl.concat(moved).sort("line"), addresses)


def batch_of_records(records: Records, first_line: int) -> Batch:
    """Make a batch of lines that were read; `first_line` is the number of row 0."""
    bad = records.broken
    texts = records.reason_texts
    sample = tuple(
        BadRecord(first_line + int(records.rows[row]), texts[records.reasons[row]], records.describe(int(row)))
        for row in bad[:SAMPLED_BAD_RECORDS]
    )
    by_reason = Counter({texts[code]: int(count) for code, count in _counts(records.reasons[bad])})
    rows = records.good()
    return Batch(
        flows=(_flows(rows, first_line),),
        coverage=(_coverage(rows, first_line),) if rows.says_coverage.any() else (),
        records=rows.frame.height + len(bad),
        bad=sample,
        bad_by_reason=by_reason,
    )


def _counts(codes: NDArray[np.uint8]) -> list[tuple[int, int]]:
    numbers = np.bincount(codes, minlength=1)
    return [(int(code), int(numbers[code])) for code in np.flatnonzero(numbers)]


def _flows(records: Records, first_line: int) -> Flows:
    if records.says_coverage.any():
        records = records.where(~records.says_coverage)
    frame = records.frame
    height = frame.height
    src, interface_src = _end(records, "srcaddr", "pkt-srcaddr")
    dst, interface_dst = _end(records, "dstaddr", "pkt-dstaddr")
    protocol, has_protocol = records.small_number("protocol")
    flags, has_flags = records.small_number("tcp-flags")
    src_port, dst_port = (records.column(name, pl.UInt16) for name in ("srcport", "dstport"))
    opened = initiators(
        shipped_services(),
        protocol,
        src_port.fill_null(0).to_numpy(),
        dst_port.fill_null(0).to_numpy(),
        (src_port.is_not_null() & dst_port.is_not_null()).to_numpy() & has_protocol,
        flags,
    )
    out = pl.DataFrame(
        [
            pl.Series("line", records.rows.astype(np.uint64) + np.uint64(first_line)),
            _time(records.column("start", pl.Int64)).alias("start_time"),
            _time(records.column("end", pl.Int64)).alias("end_time"),
            _positions("src_address", src),
            _positions("dst_address", dst),
            _positions("interface_src", interface_src),
            _positions("interface_dst", interface_dst),
            pl.Series("packet_addresses", _tells_packet(records)),
            src_port.alias("src_port"),
            dst_port.alias("dst_port"),
            _nullable("protocol", protocol, has_protocol),
            records.column("bytes", pl.Int64).alias("octets"),
            records.column("packets", pl.Int64).alias("packets"),
            pl.Series("reverse_octets", [None], dtype=pl.Int64).new_from_index(0, height),
            pl.Series("reverse_packets", [None], dtype=pl.Int64).new_from_index(0, height),
            _nullable("tcp_flags", flags, has_flags),
            records.mapped("action", {"ACCEPT": "accept", "REJECT": "reject"}, schema.ACTIONS).alias("action"),
            _nullable("initiator", opened.astype(np.uint8), opened != UNKNOWN).cat.to(schema.ENDS),
            pl.Series("sampling_interval", [1], dtype=pl.UInt32).new_from_index(0, height),
            pl.Series("name", [None], dtype=pl.String).new_from_index(0, height),
            pl.Series("application", [None], dtype=pl.String).new_from_index(0, height),
            *_origin(records),
            records.mapped("flow-direction", {"egress": "src", "ingress": "dst"}, schema.ENDS).alias("reporter"),
            _attributes(records, interface_src, interface_dst).alias("attributes"),
        ]
    )
    return Flows(out, records.addresses)


def _coverage(records: Records, first_line: int) -> pl.DataFrame:
    records = records.where(records.says_coverage)
    height = records.frame.height
    return pl.DataFrame(
        [
            pl.Series("line", records.rows.astype(np.uint64) + np.uint64(first_line)),
            _time(records.column("start", pl.Int64)).alias("start_time"),
            _time(records.column("end", pl.Int64)).alias("end_time"),
            records.mapped("log-status", {"NODATA": "no_data", "SKIPDATA": "skipped"}, schema.STATES).alias("state"),
            pl.Series("records", [None], dtype=pl.Int64).new_from_index(0, height),
            records.text("log-status").alias("detail"),
            *_origin(records),
            _attributes(records, None, None).alias("attributes"),
        ]
    )


def _origin(records: Records) -> list[pl.Series]:
    hint = records.text("pkt-dst-aws-service")
    other = records.text("pkt-src-aws-service")
    return [
        records.text("interface-id").alias("observer"),
        records.text("account-id").alias("account"),
        records.text("vpc-id").alias("network_id"),
        records.text("region").alias("region_hint"),
        pl.select(pl.coalesce(hint, other)).to_series().alias("service_hint"),
    ]


def _end(records: Records, interface: str, packet: str) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Position of the address of one end, and of its interface address where that differs."""
    at_interface = records.address(interface, _ABSENT)
    in_packet = records.address(packet, _ABSENT)
    address = np.where(in_packet != _ABSENT, in_packet, at_interface)
    differs = (in_packet != _ABSENT) & (at_interface != in_packet)
    rows = np.flatnonzero(differs & (at_interface != _ABSENT))
    differs[rows] = ~_same(records.addresses, at_interface[rows], in_packet[rows])
    return address, np.where(differs, at_interface, _ABSENT)


def _tells_packet(records: Records) -> NDArray[np.bool_]:
    """Whether a record tells the packet's addresses besides those of the interface."""
    src, dst = (records.address(name, _ABSENT) != _ABSENT for name in ("pkt-srcaddr", "pkt-dstaddr"))
    return np.asarray(src | dst)


def _same(addresses: ParsedAddresses, one: NDArray[np.uint32], other: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Tell whether two positions hold the same address, however each is spelled."""
    same: NDArray[np.bool_] = addresses.version[one] == addresses.version[other]
    same &= addresses.high[one] == addresses.high[other]
    same &= addresses.low[one] == addresses.low[other]
    return same


def _attributes(
    records: Records, interface_src: NDArray[np.uint32] | None, interface_dst: NDArray[np.uint32] | None
) -> pl.Series:
    columns = {name: records.frame[name] for name in records.frame.columns if name not in WITH_COLUMN}
    columns = {name: column for name, column in columns.items() if isinstance(column.dtype, pl.Categorical)}
    kept: dict[str, pl.Series] = dict(columns)
    for name, positions in (("srcaddr", interface_src), ("dstaddr", interface_dst)):
        if positions is not None and (positions != _ABSENT).any():
            text = records.addresses.text.gather(_positions(name, positions))
            kept[name] = text.cast(pl.Categorical(pl.Categories.random()))
    return attribute_objects(kept, records.frame.height, absent="-")


def _positions(name: str, positions: NDArray[np.uint32]) -> pl.Series:
    return _nullable(name, positions, positions != _ABSENT)


def _nullable(name: str, values: NDArray[np.generic], present: NDArray[np.bool_]) -> pl.Series:
    series = pl.Series(name, values)
    return series if present.all() else pl.select(pl.when(pl.Series(present)).then(series)).to_series().alias(name)


def _time(seconds: pl.Series) -> pl.Series:
    """Unix seconds to microseconds; the reader has refused what lies beyond year 9999."""
    return (seconds * 1_000_000).cast(schema.TIME)
