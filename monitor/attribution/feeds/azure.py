"""Azure `ServiceTags_*.json`, of the public cloud and of the sovereign ones.

A prefix stands in the list of every service that uses it, in `AzureCloud` and, nearly always, in `AzureCloud.REGION`.
Lists without region say whose a prefix is and nothing of where, but for Front Door and Traffic Manager, which answer
from many places. In a sovereign cloud (`cloud`) the operator is that of the partition.

Source: Microsoft, Azure IP Ranges and Service Tags (download page of each cloud); Virtual network service tags
(learn.microsoft.com), read 2026-11-25.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from monitor.attribution.feeds.assembly import RAW, placed_statements
from monitor.attribution.feeds.json_text import read_json

if TYPE_CHECKING:
    from monitor.attribution.feeds.contract import Feed, Statements

PROVIDER: Final = "azure"
_GENERAL: Final = "AzureCloud"
_FROM_MANY_PLACES: Final = frozenset({"AzureFrontDoor", "AzureTrafficManager"})


class _Properties(TypedDict):
    region: str
    systemService: str
    addressPrefixes: list[str]


class _Tag(TypedDict):
    name: str
    properties: _Properties


class _File(TypedDict):
    cloud: str
    values: list[_Tag]


_FORM: Final = TypeAdapter(_File)


def read_azure(content: bytes, feed: Feed) -> Statements:
    """Read the service tags of one cloud.

    Raises:
        ProblemsFound: the bytes are not that.
    """
    read = read_json(content, feed, _FORM)
    partition = feed.regions.partition(PROVIDER, read["cloud"])
    operator = partition.operator if partition is not None and partition.apart else feed.operator
    tags = read["values"]
    services = [_service(tag) for tag in tags]
    rows = pl.DataFrame(
        {
            "tag": range(len(tags)),
            "text": [tag["properties"]["addressPrefixes"] for tag in tags],
            "operator": operator,
            "service": services,
            "region": [tag["properties"]["region"] or None for tag in tags],
            "country": None,
            "scope": ["global" if service in _FROM_MANY_PLACES else "whose" for service in services],
        },
        schema={"tag": pl.UInt32, **RAW, "text": pl.List(pl.String)},
    ).explode("text", empty_as_null=False, keep_nulls=False)
    tag_of = rows["tag"]

    def key_of(row: int) -> str:
        return f"values[{tag_of[row]}].properties.addressPrefixes"

    return placed_statements(rows.select(RAW.names()), feed, PROVIDER, key_of=key_of)


def _service(tag: _Tag) -> str | None:
    """Name the service of a tag; the general lists have none."""
    named = tag["properties"]["systemService"] or tag["name"].partition(".")[0]
    return None if named == _GENERAL else named
