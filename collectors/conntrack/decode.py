"""Decode the connection tracking of Linux into flow records.

Decides that only an entry that is over counts: NEW and UPDATE are passed over, so that octets are counted once. A
listing is decoded and has no end, and is therefore never judged. The ends are those of the original direction, as the
initiator sent it: what a translation made of them is kept as attributes. Refuses to know on which side of a translation
this machine stands.

Source: conntrack(8), of conntrack-tools 1.4.7; Linux, Documentation/networking/nf_conntrack-sysctl.rst
(`nf_conntrack_acct`, `nf_conntrack_timestamp`); read 2026-11.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from collectors.attributes import attribute_objects
from collectors.conntrack.text import EVENTS, text_entries
from collectors.conntrack.xml import AROUND, xml_entry
from collectors.contract import Batch, Flows
from collectors.event_rows import positions, readable
from collectors.host_lines import text_lines
from collectors.line_counts import counted, shown
from collectors.stamps import check_zone, placed
from monitor import schema

if TYPE_CHECKING:
    from collectors.contract import Piece, SourceOptions

_PLAIN: Final = (
    "seconds",
    "microseconds",
    "event",
    "name",
    "protocol",
    "state",
    *(
        f"{way}{name}"
        for way in ("", "reply_")
        for name in ("src", "dst", "sport", "dport", "type", "code", "packets", "bytes")
    ),
    "mark",
    "zone",
    "secctx",
    "helper",
    "labels",
    "delta_time",
    "start",
    "stop",
    "assured",
    "unreplied",
    "offload",
    "remark",
)
_WHEN: Final = ("when_year", "when_month", "when_day", "when_hour", "when_min", "when_sec")
_ALL: Final = pl.Schema(dict.fromkeys((*_PLAIN, "start_nanoseconds", "stop_nanoseconds", *_WHEN), pl.String()))
_SPOKEN: Final = "%a %b %d %H:%M:%S %Y"  # ctime(3)
_NUMBERS: Final = {
    "protocol": pl.UInt8(),
    "sport": pl.UInt16(),
    "dport": pl.UInt16(),
    "packets": pl.Int64(),
    "bytes": pl.Int64(),
    "reply_packets": pl.Int64(),
    "reply_bytes": pl.Int64(),
}
_ADDRESSES: Final = ("src", "dst", "reply_src", "reply_dst")
_ATTRIBUTES: Final = (
    "state",
    "assured",
    "unreplied",
    "offload",
    "mark",
    "zone",
    "secctx",
    "helper",
    "labels",
    "type",
    "code",
)
_ENDS: Final = ("src_address", "dst_address")
_LATEST: Final = 253_402_300_799  # the end of year 9999, in seconds

NO_ENTRY: Final = "no_entry"
NOT_AN_ADDRESS: Final = "not_an_address"
OUT_OF_RANGE: Final = "out_of_range"


class ConntrackDecoder:
    """Decodes one input; nothing is carried from line to line."""

    def __init__(self, options: SourceOptions) -> None:
        """Take the site's zone, for times that conntrack prints without one.

        Raises:
            ValueError: there is no such zone.
        """
        check_zone(options.time_zone)
        self._zone = options.time_zone

    def state(self) -> str:
        """Nothing."""
        return ""

    def resume(self, state: str) -> None:
        """Go on."""
        del state

    def decode(self, piece: Piece) -> Batch:
        """Decode complete lines: one flow for each entry that is over or listed."""
        lines = _entries(piece)
        if not lines.height:
            return Batch()
        lines = _judged_lines(lines)
        batch = counted(lines.select("line", "bad", "passed", "text"), _what)
        rows = lines.filter(pl.col("bad").is_null() & pl.col("passed").is_null())
        return replace(batch, flows=(self._flows(rows),)) if rows.height else batch

    def _flows(self, rows: pl.DataFrame) -> Flows:
        height = rows.height
        start, end = self._times(rows)
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, height)
        counts = {name: rows[name].cast(dtype) for name, dtype in _NUMBERS.items()}
        frame = pl.DataFrame(
            {
                "line": rows["line"],
                "start_time": start,
                "end_time": end,
                "src_address": rows["src"],
                "dst_address": rows["dst"],
                "interface_src": nothing.cast(pl.UInt32),
                "interface_dst": nothing.cast(pl.UInt32),
                "packet_addresses": pl.Series([False]).new_from_index(0, height),
                "src_port": counts["sport"],
                "dst_port": counts["dport"],
                "protocol": counts["protocol"],
                "octets": counts["bytes"],
                "packets": counts["packets"],
                "reverse_octets": counts["reply_bytes"],
                "reverse_packets": counts["reply_packets"],
                "tcp_flags": nothing.cast(pl.UInt8),
                "action": nothing.cast(schema.ACTIONS),
                "initiator": pl.Series(["src"], dtype=schema.ENDS).new_from_index(0, height),
                "sampling_interval": pl.Series([1], dtype=pl.UInt32).new_from_index(0, height),
                **dict.fromkeys(
                    ("name", "application", "observer", "account", "network_id", "region_hint", "service_hint"), nothing
                ),
                "reporter": nothing.cast(schema.ENDS),
                "attributes": _attributes(rows),
            }
        )
        return Flows(*positions(frame, _ENDS))

    def _times(self, rows: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
        """Begin and end of each entry: the kernel's nanoseconds, else the program's stamp, else its local time."""
        stamp = rows.select(
            (_count("seconds") * 1_000_000 + _count("microseconds")).cast(schema.TIME).alias("time")
        ).to_series()
        spoken = rows.select(_when().alias("time")).to_series()
        stop, begin = (
            rows[name].str.replace_all("  ", " ", literal=True).str.to_datetime(_SPOKEN, time_unit="us", strict=False)
            for name in ("stop", "start")
        )
        over = rows["event"].is_not_null()
        end = pl.select(
            pl.when(over).then(
                pl.coalesce(
                    rows.select(_nanoseconds("stop_nanoseconds")).to_series(),
                    stamp,
                    placed(stop, self._zone),
                    placed(spoken, self._zone),
                )
            )
        ).to_series()
        lasted = rows.select(pl.duration(seconds=_count("delta_time"), time_unit="us")).to_series()
        start = pl.select(
            pl.coalesce(
                rows.select(_nanoseconds("start_nanoseconds")).to_series(), end - lasted, placed(begin, self._zone)
            )
        ).to_series()
        late = (start > end).fill_null(value=False)
        return start.zip_with(~late, end).alias("start_time"), end.alias("end_time")


def _entries(piece: Piece) -> pl.DataFrame:
    """All lines that may be entries, as columns; blank lines and what stands around flows of XML are none."""
    lines = text_lines(piece.data)
    numbers = pl.Series("line", range(piece.first_line, piece.first_line + len(lines)), dtype=pl.UInt64)
    bare = lines.str.strip_chars()
    frame = pl.DataFrame([numbers, lines.alias("text")]).filter((bare != "") & ~_around(bare))
    text = frame["text"]
    is_xml = text.str.strip_chars_start().str.starts_with("<")
    parts = []
    if not is_xml.all():
        found = text_entries(text.filter(~is_xml)).select(_PLAIN)
        parts.append(pl.concat([frame.filter(~is_xml), found], how="horizontal"))
    if is_xml.any():
        entries = [xml_entry(line) or {} for line in text.filter(is_xml).to_list()]
        found = pl.DataFrame(
            [pl.Series(name, [entry.get(name) for entry in entries], dtype=pl.String) for name in _ALL]
        )
        parts.append(pl.concat([frame.filter(is_xml), found], how="horizontal"))
    if not parts:
        return pl.DataFrame()
    return pl.concat(parts, how="diagonal").sort("line").select("line", "text", *_missing(parts))


def _missing(parts: list[pl.DataFrame]) -> list[pl.Expr]:
    present = {name for part in parts for name in part.columns}
    return [pl.col(name) if name in present else pl.lit(None, pl.String).alias(name) for name in _ALL]


def _around(bare: pl.Series) -> pl.Series:
    declared = bare.str.starts_with(AROUND[0])
    return declared | bare.is_in(AROUND[1:])


def _judged_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `bad` or `passed` where a line gives no flow."""
    early = lines["event"].is_in(["NEW", "UPDATE"]).fill_null(value=False)
    is_entry = lines["src"].is_not_null() & lines["dst"].is_not_null() & lines["protocol"].is_not_null()
    is_entry &= lines["event"].is_null() | lines["event"].is_in(EVENTS)
    plain = pl.Series([True]).new_from_index(0, lines.height)
    for name in _ADDRESSES:
        plain &= lines[name].is_null() | readable(lines[name])
    fits = pl.Series([True]).new_from_index(0, lines.height)
    for name, dtype in _NUMBERS.items():
        fits &= lines[name].is_null() | lines[name].cast(dtype, strict=False).is_not_null()
    bad = (
        pl.when(early | lines["remark"].is_not_null())
        .then(None)
        .when(~is_entry)
        .then(pl.lit(NO_ENTRY))
        .when(~plain)
        .then(pl.lit(NOT_AN_ADDRESS))
        .when(~fits)
        .then(pl.lit(OUT_OF_RANGE))
    )
    passed = (
        pl.when(early).then(lines["event"].str.to_lowercase()).when(lines["remark"].is_not_null()).then(lines["remark"])
    )
    return lines.with_columns(bad.alias("bad"), passed.alias("passed"))


def _attributes(rows: pl.DataFrame) -> pl.Series:
    """What the entry says besides, and the other direction where a translation changed an end."""
    categories = pl.Categorical(pl.Categories.random())
    kept = {name: rows[name] for name in _ATTRIBUTES}
    mirror = {"reply_src": "dst", "reply_dst": "src", "reply_sport": "dport", "reply_dport": "sport"}
    for name, same in mirror.items():
        changed = (rows[name] != rows[same]).fill_null(value=False)
        kept[name.replace("_", "-")] = pl.select(pl.when(changed).then(rows[name])).to_series()
    written = {name: column.cast(categories) for name, column in kept.items() if column.null_count() < rows.height}
    return attribute_objects(written, rows.height, absent="")


def _count(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int64, strict=False)


def _nanoseconds(name: str) -> pl.Expr:
    microseconds = _count(name) // 1_000
    told = (microseconds > 0) & (microseconds // 1_000_000 <= _LATEST)
    return pl.when(told).then(microseconds.cast(schema.TIME))


def _when() -> pl.Expr:
    """The local time that `-o xml,timestamp` prints in parts; null where it is none."""
    parts = [_count(name) for name in _WHEN]
    text = pl.format("{}-{}-{} {}:{}:{}", *(part.cast(pl.String).str.zfill(2) for part in parts))
    return text.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)


def _what(reason: str, text: str) -> str:
    """Say for people what is wrong with a line."""
    return {
        NO_ENTRY: f"`{shown(text)}` is no entry of the table: it lacks a protocol or one of its two directions",
        NOT_AN_ADDRESS: f"src or dst in `{shown(text)}` is not an address",
        OUT_OF_RANGE: f"a port, the protocol or a count in `{shown(text)}` is out of range",
    }[reason]
