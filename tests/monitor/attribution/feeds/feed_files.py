"""Small files in the forms of the real ones, and what reading them gives."""

from __future__ import annotations

import ipaddress
import json
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import polars as pl
import pytest

from monitor.attribution.feeds import FORMATS
from monitor.attribution.feeds.contract import Feed, Note, Statements
from monitor.attribution.regions import RegionTable, load_regions
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


@cache
def regions() -> RegionTable:
    """The shipped table."""
    return load_regions()


def feed(
    operator: str | None = "ours",
    *,
    scope: Literal["global", "whose"] = "whose",
    operators: Collection[str] | None = None,
) -> Feed:
    """A feed as a list of sources declares it."""
    return Feed("feed", regions(), operator, scope, operators)


def read(word: str, content: object, about: Feed | None = None) -> Statements:
    """Read a feed: bytes or text as they stand, anything else as JSON."""
    if isinstance(content, str):
        content = content.encode()
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return FORMATS[word](raw, about if about is not None else feed())


def said(statements: Statements, *columns: str) -> list[tuple[Any, ...]]:
    """What is stated, prefix by prefix."""
    return statements.frame.select(columns or ("network", "scope", "country")).rows()


def noted(statements: Statements) -> list[tuple[str, str, int]]:
    """The notes as plain values."""
    return [(note.what, note.word, note.rows) for note in statements.notes]


def problem(word: str, content: object, about: Feed | None = None) -> str:
    """Why a feed is refused."""
    with pytest.raises(ProblemsFound) as found:
        read(word, content, about)
    return str(found.value)


def aws(*entries: tuple[str, str, str]) -> dict[str, object]:
    """AWS's file: prefix, service, border group; the region is the group's first three parts."""

    def listed(key: str, colon: bool) -> list[dict[str, str]]:  # noqa: FBT001
        return [
            {key: prefix, "service": service, "region": "x", "network_border_group": group}
            for prefix, service, group in entries
            if (":" in prefix) is colon
        ]

    return {
        "syncToken": "1",
        "createDate": "2026-08-22-15-17-05",
        "prefixes": listed("ip_prefix", colon=False),
        "ipv6_prefixes": listed("ipv6_prefix", colon=True),
    }


def azure(*tags: tuple[str, str, str, Sequence[str]], cloud: str = "Public") -> dict[str, object]:
    """Azure's file: name of the tag, region, service, prefixes."""
    values = [
        {"name": name, "properties": {"region": region, "systemService": service, "addressPrefixes": list(prefixes)}}
        for name, region, service, prefixes in tags
    ]
    return {"changeNumber": 1, "cloud": cloud, "values": values}


def holding(frame: pl.DataFrame, address: str) -> pl.DataFrame:
    """The rows whose range holds an address, the narrowest first."""
    number = ipaddress.ip_address(address)
    high, low = divmod(int(number), 2**64)
    wanted = (pl.lit(high, pl.UInt64), pl.lit(low, pl.UInt64))

    def at_most(one: tuple[pl.Expr, pl.Expr], other: tuple[pl.Expr, pl.Expr]) -> pl.Expr:
        return (one[0] < other[0]) | ((one[0] == other[0]) & (one[1] <= other[1]))

    first, last = (tuple(pl.col(f"{edge}_{half}") for half in ("high", "low")) for edge in ("first", "last"))
    held = frame.filter(
        pl.col("version") == number.version, at_most((first[0], first[1]), wanted), at_most(wanted, (last[0], last[1]))
    )
    return held.sort("first_high", "first_low", descending=True)


__all__ = ["Note", "aws", "azure", "feed", "holding", "noted", "problem", "read", "regions", "said"]
