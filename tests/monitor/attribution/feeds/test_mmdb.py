"""Reading MMDB files: MaxMind's own test databases against what they were built from, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import maxminddb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.attribution.feeds.mmdb import read_mmdb
from monitor.problem import ProblemsFound
from tests.monitor.attribution.feeds.feed_files import holding
from tests.monitor.attribution.small_archives import country_file

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

DAMAGED = country_file({"1.0.0.0/8": "AU", "2001:db8::/32": "FR", "9.9.9.9/32": "CH"})
GEO = ("country", "registered_country")


def refusal(content: bytes) -> str:
    """Why a file is refused."""
    with pytest.raises(ProblemsFound) as found:
        read_mmdb(content, "file.mmdb")
    return str(found.value)


def facts_at(frame: pl.DataFrame, network: str) -> dict[str, Any]:
    """What is recorded of the first address of a network."""
    return holding(frame, str(ip_network(network)[0])).row(0, named=True)


def _from_source(corpus: Path, name: str) -> dict[str, dict[str, Any]]:
    """The input that MaxMind built a file from, without the prefixes of which a longer one took the first address."""
    source = json.loads((corpus / "mmdb" / f"{name}.source.json").read_text())
    records = {network: record for entry in source for network, record in entry.items()}
    with maxminddb.open_database(corpus / "mmdb" / f"{name}.mmdb") as reader:
        lengths = {network: reader.get_with_prefix_len(str(ip_network(network)[0]))[1] for network in records}
    return {network: record for network, record in records.items() if lengths[network] == ip_network(network).prefixlen}


@pytest.mark.parametrize(("name", "networks"), [("GeoLite2-Country-Test", 244), ("GeoLite2-City-Test", 242)])
def test_places_are_those_the_file_was_built_from(corpus: Path, name: str, networks: int) -> None:
    """Country and registration never change places."""
    frame = read_mmdb((corpus / "mmdb" / f"{name}.mmdb").read_bytes(), name).frame
    source = _from_source(corpus, name)
    expected = {
        network: tuple(record.get(key, {}).get("iso_code") for key in GEO) for network, record in source.items()
    }

    found = {network: tuple(facts_at(frame, network)[key] for key in GEO) for network in source}

    assert (found, len(found)) == (expected, networks)


def test_networks_are_those_the_file_was_built_from(corpus: Path) -> None:
    """AS number and name."""
    name = "GeoLite2-ASN-Test"
    frame = read_mmdb((corpus / "mmdb" / f"{name}.mmdb").read_bytes(), name).frame
    source = _from_source(corpus, name)
    keys = ("autonomous_system_number", "autonomous_system_organization")
    expected = {network: tuple(record.get(key) for key in keys) for network, record in source.items()}

    found = {network: tuple(facts_at(frame, network)[key] for key in ("as_number", "as_name")) for network in source}

    assert (found, len(found)) == (expected, 388)


@pytest.mark.parametrize("name", ["GeoLite2-ASN-Test", "GeoIP2-ISP-Test"])
def test_as_numbers_are_those_of_the_librarys_reader(corpus: Path, name: str) -> None:
    """Network by network, with the names."""
    path = corpus / "mmdb" / f"{name}.mmdb"
    with maxminddb.open_database(path) as reader:
        expected = [
            (record.get("autonomous_system_number"), record.get("autonomous_system_organization"))
            for _, record in sorted(reader, key=lambda pair: (pair[0].version, int(pair[0][0])))
        ]

    assert read_mmdb(path.read_bytes(), name).frame.select("as_number", "as_name").rows() == expected


def test_the_shape_tells_which_facts_there_are() -> None:
    """A country file knows no networks."""
    read = read_mmdb(country_file({"1.0.0.0/8": "AU"}), "x")

    assert (read.shape, read.place, read.network) == ("flat", True, False)


def test_the_day_it_was_built_is_told(corpus: Path) -> None:
    """From the metadata."""
    read = read_mmdb((corpus / "mmdb" / "GeoLite2-ASN-Test.mmdb").read_bytes(), "x")

    assert read.published == datetime(2026, 2, 4, 22, 49, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    "content", [b"", b"no database" * 100, b"\xab\xcd\xefMaxMind.com", b"\xab\xcd\xefMaxMind.com\xe0"]
)
def test_a_file_that_is_no_mmdb_is_refused(content: bytes) -> None:
    """With the reader's reason."""
    assert refusal(content).startswith("file.mmdb: it cannot be read as MMDB: ")


def test_records_of_an_unknown_form_are_refused_with_the_known_ones() -> None:
    """So that a person sees what to convert it to."""
    assert refusal(country_file({"1.0.0.0/8": "AU"}, key="land")) == (
        "file.mmdb: its records are of no known form: their keys are land. Known are: IPinfo Core, Plus (geo, as); "
        "IPinfo Lite, Country and ASN (country_code, asn, as_name); IPinfo ASN (asn, name); "
        "ip-location-db (country_code); MaxMind and DB-IP City, Country, Enterprise (country.iso_code); "
        "MaxMind, DB-IP and ip-location-db ASN, ISP (autonomous_system_number); IPinfo Country, Location (country)."
    )


def test_a_record_that_does_not_say_what_its_form_says_is_refused() -> None:
    """With the network that it stands for."""
    assert refusal(country_file({"1.0.0.0/8": "AU", "2.0.0.0/8": "Sweden"})) == (
        "file.mmdb: 2.0.0.0 to 2.255.255.255: it has no country code of two capital letters. "
        "Read as ip-location-db (country_code)."
    )


def test_a_cut_file_is_refused() -> None:
    """Wherever its end is missing."""
    whole = country_file({f"{first}.0.0.0/8": "AU" for first in range(1, 100)})
    beyond = whole[: len(whole) // 4] + whole[whole.rindex(b"\xab\xcd\xefMaxMind.com") :]

    assert "it cannot be read as MMDB" in refusal(beyond)


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    """Whichever octets change, nothing but a problem comes of it."""
    content = bytearray(DAMAGED)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        frame = read_mmdb(bytes(content), "x").frame
    except ProblemsFound:
        return

    assert frame.height <= 2 * len(content)


def test_addresses_are_in_order() -> None:
    """IPv4 first."""
    frame = read_mmdb(DAMAGED, "x").frame

    assert [(row["version"], row["country"]) for row in frame.iter_rows(named=True)] == [
        (4, "AU"),
        (4, "CH"),
        (6, "FR"),
    ]


def test_no_address_is_in_two_networks() -> None:
    """A tree cannot say two things of one."""
    assert [holding(read_mmdb(DAMAGED, "x").frame, text).height for text in ("1.2.3.4", "9.9.9.9")] == [1, 1]
