"""An update of a real list: the program's readers, builder and proof."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from monitor.address import parse_addresses
from monitor.attribution.declared import load_sources
from monitor.attribution.kept_atlases import kept_atlases, open_newest
from monitor.attribution.refresh.bundle import open_bundle
from monitor.attribution.refresh.fetch import Transport
from monitor.attribution.refresh.listed import measured, wanted_of, workshop_of
from monitor.attribution.refresh.store import INPUTS
from monitor.attribution.refresh.taking import Offer
from monitor.attribution.refresh.update import Outcome, update
from tests.monitor.attribution.refresh.lists import COUNTRIES, aws, write_list
from tests.monitor.attribution.refresh.small import NOW, ONLINE
from tests.monitor.attribution.small_archives import country_file, write_archives

if TYPE_CHECKING:
    from monitor.attribution.declared import SourceList
    from tests.monitor.attribution.refresh.server import Server


def refreshed(listed: SourceList, folder: Path, offer: Offer = ONLINE) -> Outcome:
    """Update a list into a folder."""
    return update(folder, wanted_of(listed), listed.upkeep, workshop_of(listed), NOW, offer=offer)


def place(folder: Path, address: str) -> str | None:
    """What the atlas in use says."""
    country: str | None = open_newest(folder).lookup(parse_addresses(pl.Series([address]))).place_country()[0]
    return country


def test_a_list_becomes_an_atlas(server: Server, tmp_path: Path) -> None:
    """Database, feed and override each have their word."""
    outcome = refreshed(load_sources(write_list(tmp_path, server)), tmp_path / "atlases")

    assert outcome.failed is False, outcome
    assert [place(tmp_path / "atlases", each) for each in ("5.2.0.1", "52.0.0.1", "5.3.0.1")] == ["FR", "FR", "CH"]


def test_its_sources_have_the_days_of_their_inputs(server: Server, tmp_path: Path) -> None:
    """And an own override has no part in how old the atlas is."""
    refreshed(load_sources(write_list(tmp_path, server)), tmp_path / "atlases")

    days = {source.id: source.published for source in open_newest(tmp_path / "atlases").sources}
    (kept,) = kept_atlases(tmp_path / "atlases")
    assert (days["aws"], days["own"], str(kept.oldest) >= "2026-11-20") == ("2026-11-20", "2024-01-01", True)


BAD = {
    "a region is gone": ("/aws.json", aws("eu-west-3"), "us-east-1"),
    "shrunk": ("/countries.mmdb", country_file(dict(list(COUNTRIES.items())[:10])), "50% less"),
    "not JSON": ("/aws.json", b'{"prefixes": [', "not JSON"),
    "no database": ("/countries.mmdb", b"network,country\n" * 100, "countries"),
    "cut short": ("/countries.mmdb", country_file(COUNTRIES)[:-200], "countries"),
}


@pytest.mark.parametrize(("path", "body", "said"), BAD.values(), ids=BAD)
def test_a_bad_input_leaves_the_last_good_atlas(
    path: str, body: bytes, said: str, server: Server, tmp_path: Path
) -> None:
    """And says why."""
    listed = load_sources(write_list(tmp_path, server))
    refreshed(listed, tmp_path / "atlases")
    server.give(path, body)

    outcome = refreshed(listed, tmp_path / "atlases")

    (failed,) = (state.what for state in outcome.sources.values() if state.result == "failed")
    assert (said in failed, outcome.built) == (True, None), failed
    assert place(tmp_path / "atlases", "52.1.0.1") == "US"


def test_what_one_machine_keeps_is_a_bundle_for_another(server: Server, tmp_path: Path) -> None:
    """The same inputs give the same atlas."""
    listed = load_sources(write_list(tmp_path, server))
    refreshed(listed, tmp_path / "outside")
    server.asked.clear()

    with open_bundle(tmp_path / "outside" / INPUTS) as bundle:
        outcome = refreshed(listed, tmp_path / "inside", Offer(Transport(), bundle))

    digests = [kept_atlases(tmp_path / name)[0].digest for name in ("outside", "inside")]
    assert (outcome.failed, server.asked, digests[0]) == (False, [], digests[1])


@pytest.mark.parametrize("stands_there", [False, True], ids=["from elsewhere", "from where one stands"])
def test_archives_come_in_a_bundle(*, stands_there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they are, however the folder is named: their hash is that of the archive."""
    monkeypatch.chdir(tmp_path)
    small = write_archives(tmp_path)
    files = [
        {"id": each.id, "file": each.npm.name, "sha256": each.npm.sha256} for each in small.listed.sources if each.npm
    ]
    outcome = bundled(small.listed, Path() if stands_there else tmp_path, files)

    assert (outcome.failed, {each.result for each in outcome.sources.values()}) == (False, {"new"}), outcome
    assert open_newest(tmp_path / "atlases").sources[0].sha256 == files[0]["sha256"]


def bundled(listed: SourceList, directory: Path, files: list[dict[str, str]]) -> Outcome:
    """Update from a folder with a manifest."""
    inputs = [{**each, "published": None} for each in files]
    (directory / "manifest.json").write_text(json.dumps({"form": 1, "inputs": inputs}), encoding="utf-8")
    with open_bundle(directory) as bundle:
        return refreshed(listed, directory / "atlases", Offer(Transport(), bundle))


def test_an_input_amounts_to_its_ranges(server: Server, tmp_path: Path) -> None:
    """Addresses, and the provider's own regions."""
    listed = load_sources(write_list(tmp_path, server))
    by_id = {source.id: source for source in listed.sources}

    feed = measured(by_id["aws"], listed, aws("eu-west-3", "us-east-1"))
    database = measured(by_id["countries"], listed, country_file({"2a00::/32": "FR", "5.0.0.0/24": "DE"}))

    assert (feed.ranges, feed.ipv4_addresses, feed.tags) == (2, 131_072, ("eu-west-3", "us-east-1"))
    assert (database.ipv4_addresses, database.ipv6_64s, database.tags) == (256, 2**32, ("DE", "FR"))
