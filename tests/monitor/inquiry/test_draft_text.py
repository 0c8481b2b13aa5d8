"""A draft is written so that nothing in a log can say more than it should."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from monitor.inquiry.draft import Draft, DraftFarEnd, DraftSystem
from monitor.inquiry.draft_text import amount, draft_lines, plain, quoted


def test_a_line_end_in_a_name_stays_in_its_comment() -> None:
    """A network is named by whoever made it."""
    system = DraftSystem("a", "gcp", "p", "x\nsystems: []", (ip_network("10.20.0.0/24"),), 1)
    lines = list(draft_lines(Draft((system,), (), (), (), ()), 1, 1))

    assert not any("\n" in line for line in lines)
    assert "    # 1 records of own ends; x?systems: []" in lines


def test_what_is_to_decide_comes_first() -> None:
    """In comments."""
    lines = list(draft_lines(Draft((), (), (), (), ("Decide.",)), 2, 10))

    assert lines[0] == "# A first inventory, drafted from 10 flow records in 2 files."
    assert lines[2] == "# TO DECIDE: Decide."


def test_a_far_end_is_one_line() -> None:
    """With what a person asks first."""
    far = DraftFarEnd(None, "US", 1_500, 3, 1, "192.0.2.9")
    *_, last = draft_lines(Draft((), (far,), (), (), ()), 1, 1)

    assert last == "#   operator unknown, US: 1.5 kB in 3 records, 1 address, such as 192.0.2.9"


@pytest.mark.parametrize(
    ("octets", "text"), [(0, "0 octets"), (999, "999 octets"), (1_000, "1.0 kB"), (2_500_000_000_000, "2.5 TB")]
)
def test_an_amount_has_a_unit(octets: int, text: str) -> None:
    """That people read."""
    assert amount(octets) == text


def test_text_is_quoted_or_plain() -> None:
    """As the place demands."""
    assert (quoted('a"b\n'), plain("a\x1bb" + "x" * 100)) == ('"a\\"b\\n"', "a?b" + "x" * 77 + "...")
