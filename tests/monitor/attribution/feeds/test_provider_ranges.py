"""The real files of providers: every prefix of them is stated once, and where others found it to be."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from monitor.attribution.feeds import FORMATS
from monitor.attribution.feeds.contract import Feed, Statements
from tests.monitor.attribution.feeds.feed_files import holding, noted, regions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Real:
    """One file, how it is declared, and its prefixes as another reader finds them."""

    name: str
    word: str
    operator: str
    prefixes: Callable[[str], Iterable[str]]
    scope: str = "whose"


def _aws(text: str) -> Iterable[str]:
    read = json.loads(text)
    return [entry["ip_prefix"] for entry in read["prefixes"]] + [e["ipv6_prefix"] for e in read["ipv6_prefixes"]]


def _azure(text: str) -> Iterable[str]:
    return [prefix for tag in json.loads(text)["values"] for prefix in tag["properties"]["addressPrefixes"]]


def _google(text: str) -> Iterable[str]:
    return [value for entry in json.loads(text)["prefixes"] for key, value in entry.items() if key.endswith("Prefix")]


def _oracle(text: str) -> Iterable[str]:
    return [cidr["cidr"] for region in json.loads(text)["regions"] for cidr in region["cidrs"]]


def _fastly(text: str) -> Iterable[str]:
    return [prefix for prefixes in json.loads(text).values() for prefix in prefixes]


def _github(text: str) -> Iterable[str]:
    read = json.loads(text)
    return [prefix for key in ("hooks", "web", "api", "git", "packages", "pages", "dependabot") for prefix in read[key]]


def _lines(text: str) -> Iterable[str]:
    return [line.split(",")[0] for line in text.splitlines() if line and not line.startswith("#")]


REAL = (
    Real("aws-ip-ranges.json", "aws", "aws", _aws),
    Real("microsoft-azure-ip-ranges.json", "azure", "microsoft_azure", _azure),
    Real("google-cloud-ip-ranges.json", "google", "google_cloud", _google),
    Real("oracle-cloud-ip-ranges.json", "oracle", "oracle_cloud", _oracle),
    Real("digitalocean.csv", "geofeed", "digitalocean", _lines),
    Real("linode.txt", "geofeed", "akamai_linode", _lines),
    Real("fastly-ip-ranges.json", "fastly", "fastly", _fastly),
    Real("github-ip-ranges.json", "github", "github", _github),
    Real("cloudflare-v4-ip-ranges.txt", "prefix_list", "cloudflare", _lines, "global"),
    Real("cloudflare-v6-ip-ranges.txt", "prefix_list", "cloudflare", _lines, "global"),
)
REAL_NAME = {"gcp": "google", "oci": "oracle"}
OF_CASE = {"aws": REAL[0], "azure": REAL[1], "gcp": REAL[2], "oci": REAL[3]}
ids = [real.name for real in REAL]


@cache
def stated(path: Path, real: Real) -> Statements:
    """What a real file states."""
    feed = Feed(real.name, regions(), real.operator, "global" if real.scope == "global" else "whose")
    return FORMATS[real.word]((path / real.name).read_bytes(), feed)


@pytest.fixture
def ranges(corpus: Path) -> Path:
    """Directory of the files."""
    return corpus / "provider-ranges"


@pytest.mark.parametrize("real", REAL, ids=ids)
def test_every_prefix_is_stated_once(ranges: Path, real: Real) -> None:
    """Those that the standard library reads out of the file, spelled its way."""
    expected = {str(ipaddress.ip_network(text)) for text in real.prefixes((ranges / real.name).read_text())}

    assert sorted(stated(ranges, real).frame["network"].to_list()) == sorted(expected)


@pytest.mark.parametrize("real", REAL, ids=ids)
def test_no_region_is_unknown(ranges: Path, real: Real) -> None:
    """The table has every region that occurs, or says why it has no country."""
    assert [note for note in noted(stated(ranges, real)) if note[0] not in {"unplaced_region", "not_read"}] == []


@pytest.mark.parametrize("real", REAL, ids=ids)
def test_a_country_stands_exactly_where_the_scope_is_regional(ranges: Path, real: Real) -> None:
    """No other row says where."""
    frame = stated(ranges, real).frame

    assert frame.filter((pl.col("scope") == "regional") != pl.col("country").is_not_null()).height == 0


def test_regions_without_country_are_these(ranges: Path) -> None:
    """101 rows of AWS and 10 of Azure."""
    notes = [note for real in REAL for note in noted(stated(ranges, real)) if note[0] == "unplaced_region"]

    assert notes == [("unplaced_region", "me-west-1", 101), ("unplaced_region", "northeurope2", 10)]


def _cases(ranges: Path) -> list[tuple[str, str, dict[str, Any]]]:
    read = json.loads((ranges / "lookup-cases.json").read_text())
    return [(case["ip"], provider, match) for case in read for provider, match in case["match"].items()]


def test_the_longest_prefix_is_the_one_that_others_found(ranges: Path) -> None:
    """Edges just outside a range among them."""
    cases = _cases(ranges)
    expected = [(address, match["longest_prefix"]) for address, _, match in cases]

    found = [(ip, holding(stated(ranges, OF_CASE[of]).frame, ip)["network"][0]) for ip, of, _ in cases]

    assert found == expected


def test_the_place_is_in_a_region_that_others_found(ranges: Path) -> None:
    """Of the rows that say where, the longest prefix speaks."""
    wrong = []
    for address, provider, match in _cases(ranges):
        held = holding(stated(ranges, OF_CASE[provider]).frame, address).filter(pl.col("scope") != "whose")
        row = held.row(0, named=True)
        known = {
            regions().find({"gcp": "google", "oci": "oracle"}.get(provider, provider), r) for r in match["regions"]
        }
        countries = {found[1].country for found in known if found is not None}
        if row["country"] not in countries:
            wrong.append((address, row["network"], row["country"], match["regions"]))

    assert wrong == []


def test_what_no_file_lists_is_stated_nowhere(ranges: Path) -> None:
    """Neighbours of ranges that others found empty."""
    read = json.loads((ranges / "lookup-cases.json").read_text())
    empty = [case["ip"] for case in read if not case["match"]]

    found = [
        (ip, real.name) for ip in empty for real in OF_CASE.values() if holding(stated(ranges, real).frame, ip).height
    ]

    assert found == []


@pytest.mark.parametrize(
    ("network", "country"),
    [("4.232.98.112/29", None), ("13.107.208.0/24", None)],
)
def test_front_door_is_global(ranges: Path, network: str, country: str | None) -> None:
    """Though the first lies in a regional network of Italy."""
    row = stated(ranges, REAL[1]).frame.row(by_predicate=pl.col("network") == network, named=True)

    assert (row["scope"], row["country"], row["service"]) == ("global", country, "AzureFrontDoor")


def test_the_european_sovereign_cloud_has_its_operator(ranges: Path) -> None:
    """In Germany, all of it."""
    frame = stated(ranges, REAL[0]).frame.filter(pl.col("region") == "eusc-de-east-1")

    assert frame.select("operator", "country").unique().rows() == [("aws_eusc", "DE")]
