"""Small sources in the form of the real ones, with every oddity that the real ones have."""

from __future__ import annotations

import hashlib
import json
import tarfile
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import netaddr
from mmdb_writer import MMDBWriter

from monitor.attribution.declared import NpmArchive, Source, SourceList

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.attribution.declared import Kind

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
SECONDS = {
    "1.0.0.0/24": "AU",  # both say so
    "8.8.8.192/26": "FR",  # the other says DE
    "11.0.0.0/24": "DE",  # nobody else says anything
    "192.0.2.1/32": "AT",  # the other names no country
    "2a00:1::/32": "EU",  # names no country, the other does
    "2a00:2:0:1:4000::/66": "FR",
}
FEED = """
overrides:
  - {network: 8.8.4.0/24, country: IE, region: eu-west-1, operator: aws}
  - {network: "2a00:2:0:1::/65", country: IE, region: eu-west-1, operator: aws}
  - {network: 8.8.4.128/25, country: FR, region: eu-west-3, operator: aws}
  - {network: 8.8.4.0/22, country: US, operator: google_cloud}
"""
OVERRIDES = """
overrides:
  - {network: 8.8.4.192/26, country: CH}
  - {network: "2a00:2:0:1:8000::/97", country: CH}
  - {network: 8.8.4.255/32, country: DE, operator: ovh}
"""
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
    """Archives and files in a directory and the list that names them."""

    listed: SourceList
    directory: Path

    def source(self, name: str) -> Source:
        """The source of that id."""
        return next(source for source in self.listed.sources if source.id == name)

    def archive(self, name: str) -> Path:
        """The archive of a source."""
        npm = self.source(name).npm
        assert npm is not None
        return self.directory / npm.name

    def replaced(self, name: str, content: bytes) -> Archives:
        """The same with another archive for a source, pinned as it is."""
        self.archive(name).write_bytes(content)
        npm = self.source(name).npm
        assert npm is not None
        pinned = npm.model_copy(update={"sha256": hashlib.sha256(content).hexdigest()})
        return self.changed(name, npm=pinned)

    def changed(self, name: str, **changes: object) -> Archives:
        """The same with another word on a source."""
        sources = tuple(
            source.model_copy(update=changes) if source.id == name else source for source in self.listed.sources
        )
        return replace(self, listed=self.listed.model_copy(update={"sources": sources}))

    def without(self, *names: str) -> Archives:
        """The same without some sources."""
        sources = tuple(source for source in self.listed.sources if source.id not in names)
        return replace(self, listed=self.listed.model_copy(update={"sources": sources}))


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
    seconds: Mapping[str, object] = SECONDS,
    registrations: Mapping[str, object] = REGISTRATIONS,
    networks_4: list[tuple[str, str, int, str]] = NETWORKS_4,
    networks_6: list[tuple[str, str, int, str]] = NETWORKS_6,
    feed: str = FEED,
    overrides: str = OVERRIDES,
) -> Archives:
    """Write four archives and two files and list them, the archives pinned."""
    contents: dict[str, tuple[Kind, dict[str, bytes]]] = {
        "place": ("place", {"package/place.mmdb": country_file(places)}),
        "second": ("place", {"package/second.mmdb": country_file(seconds)}),
        "network": ("network", {"package/four.csv": csv_file(networks_4), "package/six.csv": csv_file(networks_6)}),
        "registration": ("registration", {"package/registration.mmdb": country_file(registrations)}),
    }
    sources = []
    for name, (kind, members) in contents.items():
        packed = archive(members)
        npm = NpmArchive(
            package=f"@small/{name}",
            version="1.0.2026061719",
            sha256=hashlib.sha256(packed).hexdigest(),
            members=tuple(members),
        )
        (directory / npm.name).write_bytes(packed)
        sources.append(_source(name, kind, "csv" if kind == "network" else "mmdb", npm=npm))
    for name, kind, text in (("feed", "stated", feed), ("own", "override", overrides)):
        (directory / f"{name}.yaml").write_text(text, encoding="utf-8")
        sources.append(_source(name, kind, "overrides", file=f"{name}.yaml"))
    return Archives(SourceList(sources=tuple(sources), directory=directory), directory)


def _source(name: str, kind: Kind, format_: str, **where: object) -> Source:
    facts = {
        "id": name,
        "kind": kind,
        "format": format_,
        "published": date(2026, 6, 17),
        "licence": "CC0-1.0",
        "attribution": f"Nobody's {name}",
    }
    return Source.model_validate(facts | where)


def write_list(small: Archives, path: Path, **keys: object) -> Path:
    """Write the list as a file; `keys` stand beside `sources`."""
    sources = [source.model_dump(mode="json", exclude_defaults=True) for source in small.listed.sources]
    path.write_text(json.dumps({"sources": sources, **keys}), encoding="utf-8")
    return path
