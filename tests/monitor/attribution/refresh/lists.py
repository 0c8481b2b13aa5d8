"""A list of sources of every kind, served over HTTP and beside it, small enough to be changed in a test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.monitor.attribution.small_archives import country_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.monitor.attribution.refresh.server import Server

COUNTRIES = {f"5.{number}.0.0/16": ("FR", "DE")[number % 2] for number in range(20)}
OVERRIDES = "overrides:\n  - {network: 5.3.0.0/24, country: CH}\n"


def aws(*regions: str) -> bytes:
    """AWS's own list: one network for each region."""
    prefixes = [
        {"ip_prefix": f"52.{number}.0.0/16", "region": region, "service": "EC2", "network_border_group": region}
        for number, region in enumerate(regions)
    ]
    whole = {"syncToken": "1", "createDate": "2026-11-20-08-00-00", "prefixes": prefixes, "ipv6_prefixes": []}
    return json.dumps(whole).encode()


def write_list(directory: Path, server: Server, **upkeep: Any) -> Path:  # noqa: ANN401 - keys of the list
    """Serve good inputs and write the list of them."""
    licence = {"licence": "CC0-1.0", "attribution": "Nobody"}
    sources = [
        {
            "id": "countries",
            "kind": "place",
            "format": "mmdb",
            **licence,
            "fetch": {"url": server.give("/countries.mmdb", country_file(COUNTRIES))},
        },
        {
            "id": "aws",
            "kind": "stated",
            "format": "aws",
            "operator": "aws",
            **licence,
            "fetch": {"url": server.give("/aws.json", aws("eu-west-3", "us-east-1"), etag='"1"')},
        },
        {
            "id": "own",
            "kind": "override",
            "format": "overrides",
            "published": "2024-01-01",
            **licence,
            "file": "own.yaml",
        },
    ]
    (directory / "own.yaml").write_text(OVERRIDES, encoding="utf-8")
    path = directory / "sources.yaml"
    path.write_text(json.dumps({"upkeep": upkeep, "sources": sources}), encoding="utf-8")
    return path
