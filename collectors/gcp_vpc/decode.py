"""Decode VPC flow log entries of Google Cloud into flow records.

Decides what each base field means, and which entries cannot be read. Refuses to know whose an address is.

Google samples packets and flows, and fills in what it missed before it writes an entry ("compensates for missed
packets by interpolating from the captured packets"): its counters are estimates of the whole, and `sampling_interval`
is therefore 1. Scaling them again would count everything many times over.

Source: Google Cloud, "VPC Flow Logs", section "Log sampling and processing", and "About VPC Flow Logs records", read
2026-11.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
import polars as pl

from collectors.contract import SAMPLED_BAD_RECORDS, BadRecord, Batch, Flows
from collectors.gcp_vpc.entries import BASE, CONNECTION, SIDES, read_entries
from collectors.gcp_vpc.metadata import Metadata
from collectors.initiator import UNKNOWN, initiators
from collectors.json_records import NOT_READ, in_order
from collectors.reasons import Reasons, shown
from monitor import schema
from monitor.address import parse_addresses
from monitor.services import shipped_services

if TYPE_CHECKING:
    from collectors.contract import Piece
    from collectors.gcp_vpc.entries import Entries
    from monitor.address import ParsedAddresses

NOT_A_NUMBER: Final = "not_a_number"
OUT_OF_RANGE: Final = "out_of_range"
NOT_AN_ADDRESS: Final = "not_an_address"
NOT_A_TIME: Final = "not_a_time"
UNKNOWN_WORD: Final = "unknown_word"
END_BEFORE_START: Final = "end_before_start"
_WHAT: Final = {
    NOT_A_NUMBER: "is not a number",
    OUT_OF_RANGE: "is out of range",
    NOT_AN_ADDRESS: "is not an address",
    NOT_A_TIME: "is not a time",
    UNKNOWN_WORD: "is not a word of this log",
    END_BEFORE_START: "lies before start_time",
}
_NUMBERS: Final[dict[str, pl.DataType]] = {
    "src_port": pl.UInt16(),
    "dest_port": pl.UInt16(),
    "protocol": pl.UInt8(),
    "bytes_sent": pl.Int64(),
    "packets_sent": pl.Int64(),
}
_TIMES: Final = ("start_time", "end_time")
_ADDRESSES: Final = ("src_ip", "dest_ip")
_DIGITS: Final = "^[+-]?[0-9]+$"
_FIRST_YEAR, _LAST_YEAR = 1970, 9999


class GcpVpcDecoder:
    """Decodes one input; what it carries from piece to piece is a memory that changes nothing."""

    def __init__(self) -> None:
        """Begin without a memory."""
        self._metadata = Metadata()

    def state(self) -> str:
        """Nothing."""
        return ""

    def resume(self, state: str) -> None:
        """Go on from nothing."""

    def decode(self, piece: Piece) -> Batch:
        """Decode complete entries."""
        return _batch(read_entries(piece, self._metadata))


def _batch(entries: Entries) -> Batch:
    told = list(entries.bad)
    by_reason = Counter(bad.reason for _, bad in told)
    frame = entries.frame
    reasons = Reasons(frame.height)
    flows: tuple[Flows, ...] = ()
    if frame.height:
        frame = frame.with_columns(_text(frame[name]) for name in (*BASE, *CONNECTION))
        flows = (_flows(frame, reasons),)
        by_reason += reasons.counts()
        for row, reason, name in reasons.sample(SAMPLED_BAD_RECORDS):
            what = f"{name} `{shown(str(frame[name][row]))}` {_WHAT[reason]}"
            told.append((frame["place"][row], BadRecord(frame["line"][row], reason, what)))
    return Batch(
        flows=flows,
        records=frame.height + len(entries.bad) + entries.passed_over.total(),
        bad=in_order(told),
        bad_by_reason=by_reason,
        passed_over=entries.passed_over,
    )


def _text(values: pl.Series) -> pl.Series:
    """Text of JSON values: of a string what it says, of all else what stands there; null where there is nothing."""
    nothing = values.is_in(["", "null"])
    escaped = values.str.contains("\\", literal=True)
    text = values.str.strip_prefix('"').str.strip_suffix('"')
    if escaped.any():
        rows = escaped.arg_true()
        text = text.scatter(rows, [_unescaped(value) for value in values.gather(rows)])
    return text.set(nothing, None) if nothing.any() else text


def _unescaped(value: str) -> str:
    try:
        return str(msgspec.json.decode(value))
    except NOT_READ:
        return value


def _flows(texts: pl.DataFrame, reasons: Reasons) -> Flows:
    numbers = {name: _number(texts[name], dtype, reasons) for name, dtype in _NUMBERS.items()}
    times = {name: _time(texts[name], reasons) for name in _TIMES}
    positions, addresses = _addresses(texts, reasons)
    reasons.blame(~texts["reporter"].is_in(list(SIDES)), UNKNOWN_WORD, "reporter")
    reasons.blame(times["end_time"] < times["start_time"], END_BEFORE_START, "end_time")
    protocol, src_port, dst_port = (numbers[name] for name in ("protocol", "src_port", "dest_port"))
    opened = initiators(
        shipped_services(),
        protocol.fill_null(0).to_numpy(),
        src_port.fill_null(0).to_numpy(),
        dst_port.fill_null(0).to_numpy(),
        (src_port.is_not_null() & dst_port.is_not_null() & protocol.is_not_null()).to_numpy(),
    )
    ends = {word: "dst" if side == "dest" else side for word, side in SIDES.items()}
    height = texts.height

    def nothing(name: str, dtype: object) -> pl.Series:
        return pl.Series(name, [None], dtype=dtype).new_from_index(0, height)  # type: ignore[arg-type]

    out = pl.DataFrame(
        [
            texts["line"],
            times["start_time"],
            times["end_time"],
            positions["src_ip"].alias("src_address"),
            positions["dest_ip"].alias("dst_address"),
            nothing("interface_src", pl.UInt32),
            nothing("interface_dst", pl.UInt32),
            pl.Series("packet_addresses", [False]).new_from_index(0, height),
            src_port.alias("src_port"),
            dst_port.alias("dst_port"),
            protocol,
            numbers["bytes_sent"].alias("octets"),
            numbers["packets_sent"].alias("packets"),
            nothing("reverse_octets", pl.Int64),
            nothing("reverse_packets", pl.Int64),
            nothing("tcp_flags", pl.UInt8),
            nothing("action", schema.ACTIONS),
            _end_codes(opened).alias("initiator"),
            pl.Series("sampling_interval", [1], dtype=pl.UInt32).new_from_index(0, height),
            nothing("name", pl.String),
            nothing("application", pl.String),
            *(texts[name] for name in ("observer", "account", "network_id", "region_hint", "service_hint")),
            texts["reporter"].replace_strict(ends, default=None, return_dtype=schema.ENDS),
            texts["attributes"],
        ]
    )
    return Flows(out.filter(reasons.none) if reasons.any else out, addresses, payload_alone=True)


def _end_codes(opened: np.ndarray[tuple[int], np.dtype[np.int8]]) -> pl.Series:
    ends = pl.Series(["src", "dst", None], dtype=schema.ENDS)
    return ends.gather(pl.Series(np.where(opened == UNKNOWN, 2, opened).astype(np.uint32)))


def _number(text: pl.Series, dtype: pl.DataType, reasons: Reasons) -> pl.Series:
    number = text.cast(dtype, strict=False)
    unread = number.is_null() & text.is_not_null()
    if unread.any():
        is_number = text.str.contains(_DIGITS)
        reasons.blame(unread & ~is_number, NOT_A_NUMBER, text.name)
        reasons.blame(unread & is_number, OUT_OF_RANGE, text.name)
    if dtype.is_signed_integer():
        reasons.blame(number < 0, OUT_OF_RANGE, text.name)
    return number


def _time(text: pl.Series, reasons: Reasons) -> pl.Series:
    """RFC 3339 to microseconds; what is finer is cut off."""
    time = text.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
    reasons.blame(time.is_null() & text.is_not_null(), NOT_A_TIME, text.name)
    year = time.dt.year()
    reasons.blame((year < _FIRST_YEAR) | (year > _LAST_YEAR), OUT_OF_RANGE, text.name)
    return time


def _addresses(texts: pl.DataFrame, reasons: Reasons) -> tuple[dict[str, pl.Series], ParsedAddresses]:
    """Positions of both ends, each distinct text once."""
    words = pl.Categorical(pl.Categories.random())
    coded = {name: texts[name].cast(words) for name in _ADDRESSES}
    distinct = pl.concat([column.unique().drop_nulls() for column in coded.values()]).unique()
    physical = distinct.to_physical()
    size = int(physical.to_numpy().max(initial=0)) + 1
    book = pl.Series(["-"], dtype=pl.String).new_from_index(0, size).scatter(physical, distinct.cast(pl.String))
    addresses = parse_addresses(book)
    positions: dict[str, pl.Series] = {}
    for name, column in coded.items():
        codes = column.to_physical().cast(pl.UInt32)
        reasons.blame(codes.is_not_null() & pl.Series(addresses.version == 0).gather(codes), NOT_AN_ADDRESS, name)
        positions[name] = codes
    return positions, addresses
