"""What is kept of the records is bounded and sums up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from collectors.aws_vpc.decode import AwsVpcDecoder
from collectors.contract import Piece
from monitor.inquiry import draft_seen
from monitor.inquiry.draft_seen import Seen, Table

if TYPE_CHECKING:
    import pytest


def test_a_table_adds_up_by_key() -> None:
    """The most octets first."""
    table = Table(("key",))
    table.add(pl.DataFrame({"key": ["a", "b"], "records": [1, 1], "octets": [5, 9]}))
    table.add(pl.DataFrame({"key": ["a"], "records": [2], "octets": [10]}))

    assert table.sums().rows() == [("a", 3, 15), ("b", 1, 9)]


def test_a_table_keeps_the_largest(monkeypatch: pytest.MonkeyPatch) -> None:
    """And says that something went."""
    monkeypatch.setattr(draft_seen, "KEPT", 2)
    monkeypatch.setattr(draft_seen, "_PRUNED_ABOVE", 3)
    table = Table(("key",))
    table.add(pl.DataFrame({"key": list("abcd"), "records": [1] * 4, "octets": [1, 4, 3, 2]}))

    assert (table.sums()["key"].to_list(), table.dropped) == (["b", "c"], True)


def test_an_empty_table_has_no_rows() -> None:
    """But its columns."""
    assert Table(("key",)).sums().columns == ["key", "records", "octets"]


def test_records_without_addresses_are_counted_as_without_an_end_of_ours() -> None:
    """They cannot be told."""
    seen = Seen()
    (flows,) = AwsVpcDecoder().decode(Piece(b"srcaddr dstaddr bytes\n- - 5\n127.0.0.1 - 5\n", 1, 0)).flows
    seen.add("aws_vpc", flows)

    assert (seen.records, seen.without_own, seen.own.sums().height) == (2, 2, 0)


def test_no_sum_overflows() -> None:
    """Whatever a record claims."""
    seen = Seen()
    line = f"10.20.0.5 5.188.10.7 {2**63 - 1}\n"
    (flows,) = AwsVpcDecoder().decode(Piece(f"srcaddr dstaddr bytes\n{line * 3}".encode(), 1, 0)).flows
    seen.add("aws_vpc", flows)

    assert seen.far.sums()["octets"].to_list() == [2**62]
