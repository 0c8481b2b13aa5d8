"""Lines of conntrack as columns of text: events, listings and the kernel's own table.

Decides which lines are entries and what each field is; refuses to know what it means.

Source: conntrack(8); libnetfilter_conntrack, snprintf_default.c; Linux, nf_conntrack_standalone.c; read 2026-11.
"""

from __future__ import annotations

from typing import Final

import polars as pl

# `-o timestamp` prints microseconds without their leading zeros.
_HEAD: Final = (
    r"^(?:\[(?P<seconds>[0-9]{1,10}) *\.(?P<microseconds>[0-9]{1,6}) *\])?\s*(?:\[(?P<event>NEW|UPDATE|DESTROY)\])?\s*"
    r"(?:(?:ipv4|ipv6|unknown) +[0-9]+ +)?(?P<name>[a-z][a-z0-9-]*) +(?P<protocol>[0-9]+) +(?:[0-9]+ +)?"
    r"(?:(?P<state>[A-Z][A-Z0-9_]*) +)?(?P<rest>src=.*)$"
)
_TUPLE: Final = (
    r"src=(?P<{0}src>\S+) dst=(?P<{0}dst>\S+)(?: sport=(?P<{0}sport>[0-9]+) dport=(?P<{0}dport>[0-9]+))?"
    r"(?: type=(?P<{0}type>[0-9]+) code=(?P<{0}code>[0-9]+) id=[0-9]+)?(?: srckey=\S+ dstkey=\S+)?"
    r"(?: zone-(?:orig|reply)=[0-9]+)?"
    r"(?: packets=(?P<{0}packets>[0-9]+) bytes=(?P<{0}bytes>[0-9]+))?"
)
_ENTRY: Final = (
    "^" + _TUPLE.format("") + r"(?P<unreplied> \[UNREPLIED\])? " + _TUPLE.format("reply_") + "(?P<tail> .*)?$"
)
# Lines of `-E expect` and `-L expect`, and what the program says at its end.
_EXPECTATION: Final = r"\bproto=[0-9]+ src="
_REMARK: Final = r"^conntrack v\S+ \(conntrack-tools\)"
_TAIL: Final = {
    "mark": r" mark=(\S+)",
    "zone": r" zone=(\S+)",
    "secctx": r" secctx=(\S+)",
    "helper": r" helper=(\S+)",
    "labels": r" labels=(\S+)",
    "delta_time": r" delta-time=([0-9]+)",
    "start": r" \[start=([^\]]*)\]",
    "stop": r" \[stop=([^\]]*)\]",
}
EVENTS: Final = ("NEW", "UPDATE", "DESTROY")


def text_entries(lines: pl.Series) -> pl.DataFrame:
    """Fields of each line: `event` (null: a listing), `remark` for one that is no entry, all null for what is none.

    `src` is null where an entry could not be read.
    """
    head = lines.str.extract_groups(_HEAD).struct.unnest()
    remark = pl.select(
        pl.when(lines.str.contains(_EXPECTATION))
        .then(pl.lit("expectation"))
        .when(lines.str.contains(_REMARK))
        .then(pl.lit("remark"))
    ).to_series()
    # What is not yet over is counted and looked at no further.
    over = ~head["event"].is_in(["NEW", "UPDATE"]).fill_null(value=False)
    rest = head["rest"].zip_with(over, pl.Series("rest", [None], dtype=pl.String).new_from_index(0, len(head)))
    entry = rest.str.extract_groups(_ENTRY).struct.unnest()
    tail = entry["tail"]
    told = [tail.str.extract(pattern).alias(name) for name, pattern in _TAIL.items()]
    assured = pl.select(pl.when(tail.str.contains(" [ASSURED]", literal=True)).then(pl.lit("1"))).to_series()
    offload = tail.str.extract(r" \[((?:HW_)?OFFLOAD)\]")
    return pl.DataFrame(
        [
            *head.drop("rest").get_columns(),
            *entry.drop("tail", "unreplied").get_columns(),
            *told,
            assured.alias("assured"),
            pl.select(pl.when(entry["unreplied"].is_not_null()).then(pl.lit("1"))).to_series().alias("unreplied"),
            offload.alias("offload"),
            remark.alias("remark"),
        ]
    )
