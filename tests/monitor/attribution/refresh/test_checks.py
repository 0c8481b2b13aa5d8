"""What may replace the last good input."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.attribution.refresh.checks import Measured, aged, complaints, emptiness

KEPT = Measured(ranges=100, ipv4_addresses=25_600, ipv6_64s=1_000, tags=("eu", "us"))


def said(**changed: object) -> list[str]:
    """Complaints about what is kept, with something changed."""
    new = KEPT.model_copy(update=changed)
    return list(complaints(KEPT, new, shrink_at_most=0.2, vanish_at_most=0))


def test_the_same_is_good() -> None:
    """And what is more."""
    assert (said(), said(ranges=10_000, tags=("eu", "us", "asia"))) == ([], [])


@pytest.mark.parametrize("what", ["ranges", "ipv4_addresses", "ipv6_64s"])
def test_the_share_that_may_be_gone_is_included(what: str) -> None:
    """Exactly a fifth is not too much, one less is."""
    limit = getattr(KEPT, what) * 4 // 5

    assert (said(**{what: limit}), len(said(**{what: limit - 1}))) == ([], 1)


def test_ipv6_may_not_vanish_behind_ipv4() -> None:
    """A feed that lost its second half has nearly as many ranges."""
    assert said(ipv6_64s=0) == ["it has 0 IPv6 /64s, the last good one had 1000: 100% less, 20% may be"]


def test_what_was_never_there_is_not_missed() -> None:
    """A provider without IPv6."""
    before = KEPT.model_copy(update={"ipv6_64s": 0, "tags": ()})

    assert list(complaints(before, before, shrink_at_most=0, vanish_at_most=0)) == []


def test_tags_that_are_gone_are_named() -> None:
    """Five of them."""
    before = KEPT.model_copy(update={"tags": tuple("abcdefgh")})
    after = KEPT.model_copy(update={"tags": ("h", "new")})

    assert list(complaints(before, after, shrink_at_most=0, vanish_at_most=0.5)) == [
        "7 of 8 regions or countries are gone from it: a, b, c, d, e ..."
    ]


def test_a_day_may_not_go_back() -> None:
    """Where both are known."""
    first, second = date(2026, 11, 1), date(2026, 11, 2)

    assert (aged(first, first), aged(first, second), aged(None, first), aged(second, None)) == (None,) * 4
    assert aged(second, first) == "it is of 2026-11-01, the last good one of 2026-11-02"


def test_a_first_input_holds_something() -> None:
    """There is nothing to compare it with."""
    assert emptiness(KEPT) is None
    assert emptiness(Measured(ranges=0, ipv4_addresses=0, ipv6_64s=0)) == "there is no range in it"
