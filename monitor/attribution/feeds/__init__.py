"""Every format in which attribution is read: the word of the list of sources, and its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from monitor.attribution.feeds.aws import read_aws
from monitor.attribution.feeds.azure import read_azure
from monitor.attribution.feeds.csv_ranges import read_csv_ranges
from monitor.attribution.feeds.edge_lists import read_cloudflare, read_fastly, read_github
from monitor.attribution.feeds.google import read_google
from monitor.attribution.feeds.mmdb import read_mmdb
from monitor.attribution.feeds.oracle import read_oracle
from monitor.attribution.feeds.overrides import read_overrides
from monitor.attribution.feeds.text_lists import read_geofeed, read_prefix_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.attribution.feeds.contract import DatabaseReader, FeedReader

FORMATS: Final[Mapping[str, FeedReader]] = {
    "aws": read_aws,
    "azure": read_azure,
    "cloudflare": read_cloudflare,
    "fastly": read_fastly,
    "geofeed": read_geofeed,
    "github": read_github,
    "google": read_google,
    "oracle": read_oracle,
    "overrides": read_overrides,
    "prefix_list": read_prefix_list,
}
"""What providers and sites state of their own networks."""
DATABASES: Final[Mapping[str, DatabaseReader]] = {"csv": read_csv_ranges, "mmdb": read_mmdb}
"""What a third party concluded of everybody's networks."""
