"""The truth says what the roles of a line say."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import polars as pl

from monitor.world.truth import JUDGED_COLUMNS, TRUTH_COLUMNS

if TYPE_CHECKING:
    from monitor.world.generate import World


def test_columns_come_in_their_order(small: World) -> None:
    """The table is a contract for the comparison."""
    assert tuple(small.truth.columns) == TRUTH_COLUMNS


def test_addresses_are_in_shortest_form(small: World) -> None:
    """RFC 5952, as the decoder writes them."""
    texts = set(small.truth["src_address"].drop_nulls()) | set(small.truth["dst_address"].drop_nulls())

    assert {text for text in texts if str(ip_address(text)) != text} == set()


def test_only_judged_rows_have_a_judgement(small: World) -> None:
    """Broken, skipped, coverage and strangers' lines have none."""
    others = small.truth.filter(pl.col("outcome") != "judged").select(JUDGED_COLUMNS)

    assert others.null_count().row(0) == (others.height,) * len(JUDGED_COLUMNS)


def test_one_line_each_way_counts_around_the_nat_gateway(small: World) -> None:
    """Six lines for a conversation, two of them counted, and neither at the gateway."""
    nat = small.truth.filter(pl.col("story") == "nat_updates")
    counted = nat.filter("counted")

    assert counted.height * 3 == nat.height
    assert counted.filter(pl.col("local_address") == "10.20.0.220").height == 0


def test_ports_and_addresses_of_the_two_ends_belong_together(small: World) -> None:
    """Local and remote are source and destination, one way round or the other."""
    judged = small.truth.filter(pl.col("outcome") == "judged")
    forth = (
        (pl.col("local_address") == pl.col("src_address")) & (pl.col("remote_port") == pl.col("dst_port"))
    ) & pl.col("octets_in").is_null()
    back = (
        (pl.col("local_address") == pl.col("dst_address")) & (pl.col("remote_port") == pl.col("src_port"))
    ) & pl.col("octets_out").is_null()

    assert judged.filter(~(forth | back)).height == 0


def test_a_reason_stands_wherever_one_must(small: World) -> None:
    """Never null for uncovered, undetermined and not a transfer."""
    needs = pl.col("place_verdict").is_in(["uncovered", "undetermined", "not_a_transfer"])

    assert small.truth.filter(needs, pl.col("place_reason").is_null()).height == 0


def test_a_reply_between_our_own_systems_belongs_to_who_asked(small: World) -> None:
    """Both ends are ours: the system is the initiator's in both directions."""
    rows = small.truth.filter(pl.col("story") == "portal_database").select("system", "peer_system").unique()

    assert rows.rows() == [("portal", "warehouse")]


def test_an_echo_between_our_own_systems_belongs_to_who_sent_it(small: World) -> None:
    """Nobody can tell who started: the source's system is the system."""
    rows = small.truth.filter(pl.col("story") == "ping_inside").select("system", "peer_system").unique().sort("system")

    assert rows.rows() == [("admin", "warehouse"), ("warehouse", "admin")]
