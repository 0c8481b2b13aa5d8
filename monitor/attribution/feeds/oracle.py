"""Oracle `public_ip_ranges.json`: every prefix has a region; `OCI` is the general tag, `OSN` the service network.

Source: Oracle, Public IP addresses for VCNs and the Oracle Services Network (docs.oracle.com, iaas), read 2026-11-25.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NotRequired

import polars as pl
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from monitor.attribution.feeds.assembly import RAW, placed_statements
from monitor.attribution.feeds.json_text import moment, read_json

if TYPE_CHECKING:
    from monitor.attribution.feeds.contract import Feed, Statements

PROVIDER: Final = "oracle"
_GENERAL: Final = "OCI"


class _Cidr(TypedDict):
    cidr: str
    tags: list[str]


class _Region(TypedDict):
    region: str
    cidrs: list[_Cidr]


class _File(TypedDict):
    last_updated_timestamp: NotRequired[str]
    regions: list[_Region]


_FORM: Final = TypeAdapter(_File)


def read_oracle(content: bytes, feed: Feed) -> Statements:
    """Read Oracle's list; of several tags the last one, which is the narrowest, is the service.

    Raises:
        ProblemsFound: the bytes are not that.
    """
    read = read_json(content, feed, _FORM)
    entries = [
        (place, position, region["region"], cidr)
        for place, region in enumerate(read["regions"])
        for position, cidr in enumerate(region["cidrs"])
    ]
    rows = pl.DataFrame(
        {
            "text": [cidr["cidr"] for *_, cidr in entries],
            "operator": feed.operator,
            "service": [cidr["tags"][-1] if cidr["tags"] else None for *_, cidr in entries],
            "region": [region for *_, region, _ in entries],
            "country": None,
            "scope": "whose",
        },
        schema=RAW,
    )

    def key_of(row: int) -> str:
        place, position, *_ = entries[row]
        return f"regions[{place}].cidrs[{position}].cidr"

    published = moment(read.get("last_updated_timestamp"))
    return placed_statements(rows, feed, PROVIDER, general=_GENERAL, published=published, key_of=key_of)
