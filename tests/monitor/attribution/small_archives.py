"""Small archives in the form of the real ones, with every oddity that the real ones have."""

from __future__ import annotations

import hashlib
import tarfile
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import netaddr
from mmdb_writer import MMDBWriter

from monitor.attribution.archives import Manifest, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACES = {
    "0.0.0.0/24": "SE",
    "1.0.0.0/24": "AU",
    "1.0.1.0/24": "CN",
    "8.8.8.0/25": "US",
    "8.8.8.128/26": "FR",
    "8.8.8.192/26": "DE",
    "192.0.2.1/32": "EU",
    "255.255.255.0/24": "US",
    "0:0:5::/48": "AQ",  # inside ::/32
    "0:1::/32": "IT",  # the first block behind it
    "2001:0:5::/48": "JP",  # inside Teredo
    "2002:102:304::/48": "CA",  # inside 6to4
    "2a00:1::/32": "FR",
    "2a00:2:0:1::/66": "DE",  # a /64 of several countries, with a hole
    "2a00:2:0:1:4000::/66": "FR",
    "2a00:2:0:1:c000::/128": "NL",
    "2a00:2:0:2:8000::/65": "BE",  # the /64 behind it is divided too
    "2a00:2:0:3::/64": "BE",
    "2a00:2:0:5::1/128": "LU",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127": "NZ",  # the last addresses there are
}
REGISTRATIONS = {"1.0.0.0/23": "AU", "8.0.0.0/8": "US", "2a00::/16": "FR", "2a00:2::/48": "NL", "ffff::/16": "NZ"}
NETWORKS_4 = [
    ("1.0.0.0", "1.0.0.255", 13335, "Cloudflare, Inc."),
    ("1.0.1.0", "1.0.3.7", 4134, "Chinanet"),
    ("8.8.8.0", "8.8.8.200", 15169, "Google LLC"),  # the next one begins inside it
    ("8.8.8.100", "8.8.8.255", 3356, "Level 3"),
    ("8.8.9.0", "8.8.9.0", 15169, 'Google "again"'),
    ("8.8.10.0", "8.8.10.0", 15169, "Google LLC"),
    ("255.255.255.255", "255.255.255.255", 64500, "Last"),
]
NETWORKS_6 = [
    ("2a00:1::", "2a00:1:0:ffff:ffff:ffff:ffff:ffff", 15169, "Google LLC"),
    ("2a00:2:0:1::", "2a00:2:0:1::ff", 64501, "Part of a /64"),
    ("2a00:2:0:1::100", "2a00:2:0:3:0:0:0:7", 64502, "Over three"),
    ("ffff:ffff:ffff:ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 64503, "Ende für alle"),
]


@dataclass(frozen=True, slots=True)
class Archives:
    """Archives in a directory and the manifest that pins them."""

    manifest: Manifest
    directory: Path

    def source(self, layer: str) -> Source:
        """The source of a layer."""
        return next(source for source in self.manifest.sources if source.layer == layer)

    def replaced(self, layer: str, content: bytes) -> Archives:
        """The same with another archive for a layer, pinned as it is."""
        (self.directory / self.source(layer).archive_name).write_bytes(content)
        pinned = hashlib.sha256(content).hexdigest()
        sources = tuple(
            source.model_copy(update={"archive_sha256": pinned}) if source.layer == layer else source
            for source in self.manifest.sources
        )
        return replace(self, manifest=Manifest(sources=sources))


def country_file(countries: Mapping[str, object], key: str = "country_code") -> bytes:
    """An MMDB file of countries, IPv4 at ::/96."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="test")
    for network, country in countries.items():
        writer.insert_network(netaddr.IPSet([network]), {key: country})
    with TemporaryDirectory() as directory:
        path = Path(directory) / "countries.mmdb"
        writer.to_db_file(str(path))
        return path.read_bytes()


def csv_file(rows: list[tuple[str, str, int, str]]) -> bytes:
    """A CSV file of first, last, number and name, quoted as the real one is."""

    def quoted(name: str) -> str:
        return '"' + name.replace('"', '""') + '"' if set(name) & {'"', ","} else name

    return "".join(f"{first},{last},{number},{quoted(name)}\n" for first, last, number, name in rows).encode()


def archive(members: Mapping[str, bytes]) -> bytes:
    """A gzipped tar archive."""
    stream = BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, BytesIO(content))
    return stream.getvalue()


def write_archives(
    directory: Path,
    *,
    places: Mapping[str, object] = PLACES,
    registrations: Mapping[str, object] = REGISTRATIONS,
    networks_4: list[tuple[str, str, int, str]] = NETWORKS_4,
    networks_6: list[tuple[str, str, int, str]] = NETWORKS_6,
) -> Archives:
    """Write the three archives and pin them."""
    contents = {
        "place": {"package/place.mmdb": country_file(places)},
        "network": {"package/four.csv": csv_file(networks_4), "package/six.csv": csv_file(networks_6)},
        "registration": {"package/registration.mmdb": country_file(registrations)},
    }
    members = {
        "place": {"mmdb": "package/place.mmdb"},
        "network": {"ipv4_csv": "package/four.csv", "ipv6_csv": "package/six.csv"},
        "registration": {"mmdb": "package/registration.mmdb"},
    }
    sources = []
    for layer, content in contents.items():
        packed = archive(content)
        facts: dict[str, object] = {
            "layer": layer,
            "package": f"@small/{layer}",
            "version": "1.0.2026061719",
            "published": date(2026, 6, 17),
            "archive_sha256": hashlib.sha256(packed).hexdigest(),
            "licence": "CC0-1.0",
            "attribution": f"Nobody's {layer}",
            **members[layer],
        }
        source = Source.model_validate(facts)
        (directory / source.archive_name).write_bytes(packed)
        sources.append(source)
    return Archives(Manifest(sources=tuple(sources)), directory)
