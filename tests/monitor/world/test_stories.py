"""Everything that must happen in the world happens, as often as it says."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from monitor.world.generate import generate
from monitor.world.stories import STORIES

if TYPE_CHECKING:
    from monitor.world.generate import World

LINES = {
    "patients_abroad": 34_000,
    "nat_updates": 30_000,
    "cdn_portal": 14_000,
    "cdn_workbench": 5_400,
    "road_tokyo_ssh": 240,
    "road_hotel_ssh": 48,
    "support_india_rdp": 180,
    "support_india_ssh": 80,
    "support_boston_rdp": 140,
    "backup_virginia": 3_000,
    "backup_virginia_v6": 400,
    "backup_azure": 900,
    "resolver_turkey": 2_400,
    "resolver_korea": 1_800,
    "anycast_resolver": 9_000,
    "analytics_undeclared": 1_600,
    "crm_declared": 1_000,
    "files_lapsed": 400,
    "video_certified": 800,
    "peer_boston_push": 1_400,
    "neighbour": 800,
}


def test_scanners_of_150_countries_send_100_000_probes(world: World) -> None:
    """The Internet's noise is all there and all from far ends with a place."""
    probes = world.truth.filter(pl.col("activity") == "probe")

    assert (probes.height, probes["place_country"].n_unique()) == (100_000, 150)


def test_probes_carry_no_payload(world: World) -> None:
    """Rejected, or so small that nothing but headers fits: 60 octets a packet, 80 in IPv6; UDP 28 and 48."""
    accepted = world.truth.filter(pl.col("activity") == "probe", pl.col("action") == "accept")
    is_v6 = pl.col("src_address").str.contains(":")
    most = (
        pl.when(pl.col("protocol") == 17)
        .then(pl.when(is_v6).then(48).otherwise(28))
        .otherwise(pl.when(is_v6).then(80).otherwise(60))
    )
    too_large = accepted.filter((pl.col("octets") > most * pl.col("packets")) | (pl.col("packets") > 3))

    assert (accepted.height, too_large.filter(pl.col("protocol") == 6).height) == (5_700, 0)
    assert accepted.filter(pl.col("octets") > most * pl.col("packets")).height == 0


def test_conversations_are_larger_than_probes(world: World) -> None:
    """No line of a real conversation could be taken for a probe."""
    real = world.truth.filter(pl.col("outcome") == "judged", pl.col("activity") != "probe")
    is_v6 = pl.col("src_address").str.contains(":")
    empty_tcp = (pl.col("protocol") == 6) & (pl.col("packets") <= 3)
    empty_udp = (pl.col("protocol") == 17) & (
        pl.col("octets") <= pl.when(is_v6).then(48).otherwise(28) * pl.col("packets")
    )

    assert real.filter(empty_tcp | empty_udp | (pl.col("action") == "reject")).height == 0


@pytest.mark.parametrize(("story", "expected"), LINES.items(), ids=LINES)
def test_a_required_story_has_its_lines(world: World, story: str, expected: int) -> None:
    """A week at scale 1."""
    assert world.truth.filter(pl.col("story") == story).height == expected


def test_no_story_is_missing(world: World) -> None:
    """Every row of the table leaves lines; those that grow begin a week later."""
    assert set(world.truth["story"]) == {story.id for story in STORIES if not story.grows}


def test_every_outcome_is_there(world: World) -> None:
    """Lines that are not judged are stated too."""
    counted = dict(world.truth["outcome"].value_counts().iter_rows())

    assert {name: counted[name] for name in ("broken", "coverage", "not_ours", "skipped")} == {
        "broken": 150,
        "coverage": 1_260,
        "not_ours": 800,
        "skipped": 20,
    }


def test_about_a_seventh_of_the_lines_is_ipv6(world: World) -> None:
    """Enough that a decoder without it would fail."""
    share = world.truth["src_address"].drop_nulls().str.contains(":").mean()

    assert isinstance(share, float)
    assert 0.12 < share < 0.2


def test_the_content_networks_have_a_day_of_their_own(world: World) -> None:
    """Most of a week's content traffic falls on Wednesday."""
    days = world.truth.filter(pl.col("story") == "cdn_portal")["end_time"].dt.weekday().value_counts(normalize=True)
    wednesday = days.filter(pl.col("end_time") == 3)["proportion"].item()

    assert wednesday > 0.7


def test_every_place_reason_of_the_week_is_expected(world: World) -> None:
    """The verdicts that the world puts to the test."""
    reasons = set(world.truth["place_reason"].drop_nulls())

    assert reasons == {
        "anycast",
        "direct_collection",
        "entry_insufficient",
        "entry_lapsed",
        "entry_outside_scope",
        "importer_not_certified",
        "importer_unknown",
        "no_ground",
        "own_staff",
        "policy_review",
        "private_unlisted",
        "sources_disagree",
    }


def test_the_new_hosts_take_a_rising_share_of_what_the_warehouse_says_to_the_outside() -> None:
    """Records and octets, of the week before the course begins and of three weeks of it."""
    records, octets = [], []
    for monday in (date(2026, 10, 5), date(2026, 10, 19), date(2026, 11, 9), date(2026, 11, 23)):
        outside = generate(1, monday, 7, 0.1).truth.filter(
            "counted", pl.col("system") == "warehouse", pl.col("place_verdict") != "internal"
        )
        new = pl.col("local_address").str.contains(r"^(10\.20\.128\.|2001:db8:20:8000:)")
        both_ways = pl.sum_horizontal("octets_out", "octets_in")
        records.append(outside.select(new.mean()).item())
        octets.append(outside.select(both_ways.filter(new).sum() / both_ways.sum()).item())

    assert [round(share, 2) for share in records] == [0, 0.1, 0.22, 0.28]
    assert (octets[0], octets) == (0, sorted(octets))
    assert octets[-1] > 0.15


def test_what_the_new_hosts_say_stays_in_the_eea() -> None:
    """That is what the migration is for."""
    truth = generate(1, date(2026, 11, 23), 7, 0.02).truth
    new = truth.filter(pl.col("story").str.starts_with("new_host_"))

    assert new.select("system", "place_verdict", "control_verdict").unique().rows() == [("warehouse", "eea", "eea")]
