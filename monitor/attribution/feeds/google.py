"""Google `cloud.json` and `goog.json`.

`cloud.json` lists what customers of Google Cloud use, with a region or `global`. `goog.json` lists everything of
Google's without a region: what of it is in no `cloud.json` serves from many places. The two are read alike, so that
the longer prefixes of `cloud.json` stand out of `goog.json`; where a prefix is in both, `one_statement_each` over the
two lets the region stand, for `goog.json` is a general list.

Source: Google, Obtain Google IP address ranges (support.google.com/a/answer/10026322), read 2026-11-25.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NotRequired

import polars as pl
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from monitor.attribution.feeds.assembly import RAW, placed_statements, refused
from monitor.attribution.feeds.json_text import moment, read_json

if TYPE_CHECKING:
    from monitor.attribution.feeds.contract import Feed, Statements

PROVIDER: Final = "google"
_GENERAL: Final = "Google Cloud"


class _Entry(TypedDict):
    ipv4Prefix: NotRequired[str]
    ipv6Prefix: NotRequired[str]
    service: NotRequired[str]
    scope: NotRequired[str]


class _File(TypedDict):
    creationTime: NotRequired[str]
    prefixes: list[_Entry]


_FORM: Final = TypeAdapter(_File)


def read_google(content: bytes, feed: Feed) -> Statements:
    """Read either of Google's lists.

    Raises:
        ProblemsFound: the bytes are not that.
    """
    read = read_json(content, feed, _FORM)
    entries = read["prefixes"]
    for place, entry in enumerate(entries):
        if ("ipv4Prefix" in entry) == ("ipv6Prefix" in entry):
            raise refused(feed, "there is not one prefix here.", key=f"prefixes[{place}]")
    rows = pl.DataFrame(
        {
            "text": [entry.get("ipv4Prefix") or entry.get("ipv6Prefix") for entry in entries],
            "operator": feed.operator,
            "service": [entry.get("service") for entry in entries],
            "region": [entry.get("scope") for entry in entries],
            "country": None,
            "scope": "global",
        },
        schema=RAW,
    )
    published = moment(read.get("creationTime"))
    return placed_statements(
        rows, feed, PROVIDER, general=_GENERAL, published=published, key_of=lambda row: f"prefixes[{row}]"
    )
