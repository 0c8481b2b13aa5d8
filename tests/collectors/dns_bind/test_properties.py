"""Any octets, cut anywhere: nothing is raised, the events are the same, the counts add up."""

from __future__ import annotations

from hypothesis import given, settings

from tests.collectors.promises_of_lines import kept, near_lines


@given(near_lines("dns_bind"))
@settings(max_examples=25)
def test_the_promises_of_the_seam_are_kept(data: bytes) -> None:
    """On lines near to its own."""
    assert kept("dns_bind", data) == []
