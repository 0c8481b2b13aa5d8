"""Sums do not wrap around."""

from __future__ import annotations

from monitor.kept import MOST
from monitor.report.sums import Sums, summed
from tests.monitor.report.months import given_month


def test_sums_pass_the_bound_of_a_row() -> None:
    """Two rows at the bound are twice the bound."""
    given = given_month({"octets_out": MOST}, {"octets_out": MOST})

    assert summed(given.transfers).octets_out == 2 * MOST


def test_nothing_sums_up_to_nothing() -> None:
    """Zeros, not nulls."""
    assert summed(given_month().transfers) == Sums()
