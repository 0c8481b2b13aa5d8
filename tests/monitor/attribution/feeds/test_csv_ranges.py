"""Databases of ranges as CSV."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.attribution.feeds.csv_ranges import read_csv_ranges
from monitor.problem import ProblemsFound


def rows(content: str, *columns: str) -> list[tuple[Any, ...]]:
    """What is recorded, range by range."""
    return read_csv_ranges(content.encode(), "file.csv").frame.select(columns).rows()


def refusal(content: str) -> str:
    """Why a file is refused."""
    with pytest.raises(ProblemsFound) as found:
        read_csv_ranges(content.encode(), "file.csv")
    return str(found.value)


@pytest.mark.parametrize(
    "content",
    [
        "192.0.2.0,192.0.2.255,FR\n",
        '"192.0.2.0","192.0.2.255","fr"\r\n',
        "start,end,country\n192.0.2.0,192.0.2.255,FR\n",
        "\ufeff192.0.2.0, 192.0.2.255, FR",
        "192.0.2.0/24,FR\n",
        "network,country\n192.0.2.0/24,FR\n",
    ],
)
def test_a_place_in_any_dress(content: str) -> None:
    """First and last address or CIDR, quoted or not, with headings or without."""
    assert rows(content, "version", "first_low", "last_low", "country") == [(4, 0xC0000200, 0xC00002FF, "FR")]


def test_a_network_has_a_number_and_a_name() -> None:
    """Quoted where it holds a comma."""
    content = '192.0.2.0,192.0.2.255,13335,"Cloudflare, Inc."\n2001:db8::,2001:db8::ff,AS15169,\n'

    assert rows(content, "version", "as_number", "as_name") == [(4, 13335, "Cloudflare, Inc."), (6, 15169, None)]


@pytest.mark.parametrize(
    ("content", "shape", "place", "network"),
    [
        ("192.0.2.0,192.0.2.255,FR", "range_country", True, False),
        ("192.0.2.0/24,FR", "cidr_country", True, False),
        ("192.0.2.0,192.0.2.255,1,X", "range_as", False, True),
    ],
)
def test_the_form_is_told_by_the_cells(content: str, shape: str, place: bool, network: bool) -> None:  # noqa: FBT001
    """And with it, which facts there are."""
    read = read_csv_ranges(content.encode(), "x")

    assert (read.shape, read.place, read.network) == (shape, place, network)


def test_a_range_without_a_country_is_kept() -> None:
    """The database knows it and says nothing."""
    assert rows("192.0.2.0,192.0.2.255,FR\n198.51.100.0,198.51.100.255,\n", "country") == [("FR",), (None,)]


@pytest.mark.parametrize(
    "bad",
    [
        "192.0.2.9,192.0.2.1,FR",  # ends before it begins
        "192.0.2.0,2001:db8::,FR",  # of two versions
        "192.0.2.0,192.0.2.255,France",
        "16777216,16777471,FR",
        ",,",
    ],
)
def test_a_bad_row_is_told_with_its_line(bad: str) -> None:
    """Headings are a line as well."""
    assert refusal(f"first,last,country\n192.0.2.0,192.0.2.255,FR\n{bad}\n").startswith("file.csv:3: the row does not")


@pytest.mark.parametrize("number", ["-1", "4294967296", "x", "1.5"])
def test_a_bad_number_is_told_with_its_line(number: str) -> None:
    """It is not taken for none."""
    content = f"192.0.2.0,192.0.2.255,1,X\n198.51.100.0,198.51.100.255,{number},X\n"

    assert refusal(content).startswith("file.csv:2: the row does not hold a range")


@pytest.mark.parametrize(
    "content", ["", "\n\n", "first,last,country\n", "a,b,c,d,e,f\n", "192.0.2.0\n", '"192.0.2.0\n']
)
def test_what_is_of_no_known_form_is_refused_with_the_known_ones(content: str) -> None:
    """A person sees what is wanted."""
    assert refusal(content).endswith("Known are: first,last,country; first,last,number,name; network,country.")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Nothing but a problem comes of them."""
    try:
        height = read_csv_ranges(content, "x").frame.height
    except ProblemsFound:
        return

    assert height <= len(content)
