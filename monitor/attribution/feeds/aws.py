"""AWS `ip-ranges.json`.

The place is that of the network border group, not of the region: a local zone lies elsewhere, sometimes in another
country (`eu-central-1-ist-1` is in Istanbul, `us-east-1-lim-1` in Lima). A group of a place is advertised from there
alone; `GLOBAL` may land at any edge. So a CloudFront or Route 53 prefix is global exactly where AWS says so: its
regional entries are regional.

Source: AWS, Syntax for AWS IP address range JSON (docs.aws.amazon.com, vpc user guide), read 2026-11-25.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from monitor.attribution.feeds.assembly import RAW, placed_statements
from monitor.attribution.feeds.json_text import moment, read_json

if TYPE_CHECKING:
    from monitor.attribution.feeds.contract import Feed, Statements

PROVIDER: Final = "aws"
_GENERAL: Final = "AMAZON"
_CREATED: Final = "%Y-%m-%d-%H-%M-%S"


class _Entry(TypedDict):
    region: str
    network_border_group: str
    service: str


class _Four(_Entry):
    ip_prefix: str


class _Six(_Entry):
    ipv6_prefix: str


class _File(TypedDict):
    createDate: str
    prefixes: list[_Four]
    ipv6_prefixes: list[_Six]


_FORM: Final = TypeAdapter(_File)


def read_aws(content: bytes, feed: Feed) -> Statements:
    """Read AWS's list.

    Raises:
        ProblemsFound: the bytes are not that.
    """
    read = read_json(content, feed, _FORM)
    four, six = read["prefixes"], read["ipv6_prefixes"]
    rows = pl.DataFrame(
        {
            "text": [entry["ip_prefix"] for entry in four] + [entry["ipv6_prefix"] for entry in six],
            "operator": feed.operator,
            "service": [entry["service"] for entries in (four, six) for entry in entries],
            "region": [entry["network_border_group"] for entries in (four, six) for entry in entries],
            "country": None,
            "scope": "whose",
        },
        schema=RAW,
    )

    def key_of(row: int) -> str:
        if row < len(four):
            return f"prefixes[{row}].ip_prefix"
        return f"ipv6_prefixes[{row - len(four)}].ipv6_prefix"

    published = moment(read["createDate"], _CREATED)
    return placed_statements(rows, feed, PROVIDER, general=_GENERAL, published=published, key_of=key_of)
