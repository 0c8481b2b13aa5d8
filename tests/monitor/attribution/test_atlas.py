"""An opened atlas: what it says, and that a damaged file is a problem and never a wrong answer."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from monitor.address import parse_addresses
from monitor.attribution.atlas import ARRAYS, SHIPPED_ATLAS, SPLIT, Atlas
from monitor.attribution.atlas_file import read_atlas_file, write_atlas_file
from monitor.problem import ProblemsFound
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Arrays = dict[str, NDArray[Any]]


def places(atlas: Atlas, *addresses: str) -> list[str | None]:
    """Country of place of each address."""
    found: list[str | None] = atlas.lookup(parse_addresses(pl.Series(addresses))).place_country().to_list()
    return found


def test_what_carries_an_ipv4_address_is_looked_up_by_it(small_atlas: Atlas) -> None:
    """NAT64 and 6to4, whatever a source says of their own blocks."""
    assert places(small_atlas, "64:ff9b::808:801", "2002:102:304::1", "2002:808:801::1") == ["US", None, "US"]


def test_what_tells_no_far_end_has_no_place(small_atlas: Atlas) -> None:
    """Teredo, IPv4-compatible and the rest of ::/32, whatever a source says."""
    assert places(small_atlas, "2001:0:5::1", "::8.8.8.8", "0:0:5::1", "x") == [None] * 4


def test_what_follows_the_set_aside_block_is_known(small_atlas: Atlas) -> None:
    """The first block behind ::/32 keeps its place."""
    assert places(small_atlas, "0:1::", "::ffff:ffff:ffff:ffff:ffff:ffff") == ["IT", None]


def test_rows_keep_their_order(small_atlas: Atlas) -> None:
    """Sorting inside the lookup does not show."""
    addresses = ["2a00:1::1", "8.8.8.1", "x", "2a00:2:0:1::1", "8.8.8.129", "2a00:2:0:1:4000::", "1.0.0.1"]

    assert places(small_atlas, *addresses) == ["FR", "US", None, "IE", "FR", "IE", "AU"]


def test_no_rows_are_looked_up(small_atlas: Atlas) -> None:
    """An empty batch passes."""
    assert len(small_atlas.lookup(parse_addresses(pl.Series([], dtype=pl.String))).place) == 0


def test_a_combination_stands_for_its_facts(small_atlas: Atlas) -> None:
    """What depends on them alone can be gathered by it."""
    looked = small_atlas.lookup(parse_addresses(pl.Series(["8.8.8.1", "1.0.1.1", "x"])))

    assert small_atlas.combination_as_number[looked.combination].tolist() == [15169, 4134, 0]


@pytest.mark.parametrize(
    ("number", "name", "registration"),
    [
        (15169, "Google LLC", "US"),
        (64503, "Ende für alle", "NZ"),
        (4134, "Chinanet", "AU"),
        (64500, "Last", None),
        (0, None, None),
        (7, None, None),
        (2**32 - 1, None, None),
        (2**40, None, None),
        (-1, None, None),
    ],
)
def test_an_as_has_a_name_and_a_registration(
    small_atlas: Atlas, number: int, name: str | None, registration: str | None
) -> None:
    """The name that most ranges give; the country that covers most of its IPv4 space, else of its IPv6 space."""
    assert (small_atlas.as_name(number), small_atlas.as_registration(number)) == (name, registration)


def test_it_tells_its_sources(small_atlas: Atlas) -> None:
    """Package, version, day, licence and the words of attribution."""
    source = small_atlas.sources[2]

    assert (source.kind, source.package, source.published, source.attribution) == (
        "network",
        "@small/network",
        "2026-06-17",
        "Nobody's network",
    )


def test_the_digest_is_that_of_the_file(small_atlas: Atlas, small_atlas_file: Path) -> None:
    """`sha256sum` says the same."""
    assert small_atlas.digest == hashlib.sha256(small_atlas_file.read_bytes()).hexdigest()


def test_the_whole_ranges_hold_every_boundary(small_atlas: Atlas) -> None:
    """Those inside divided /64s too, in ascending order."""
    (_, _, four, _), (_, _, six, _) = small_atlas.whole_ranges()

    assert (four == sorted(set(four)), six == sorted(set(six)), (0x2A00_0002_0000_0001 << 64) + 0x100 in six) == (
        True,
        True,
        True,
    )


def test_the_shipped_atlas_opens() -> None:
    """It knows what everybody knows."""
    atlas = Atlas.open()
    looked = atlas.lookup(parse_addresses(pl.Series(["193.0.6.139", "2001:67c:2e8:22::c100:68b"])))

    assert (looked.place_country().to_list(), looked.as_numbers().to_list()) == (["NL", "NL"], [3333, 3333])


def test_the_shipped_atlas_stays_small() -> None:
    """It is in every checkout and every wheel."""
    assert shipped(SHIPPED_ATLAS).stat().st_size < 25_000_000


def _last(arrays: Arrays, name: str, value: int) -> None:
    arrays[name][-1] = value


FAULTS: dict[str, Callable[[Arrays], None]] = {
    "an array is missing": lambda arrays: arrays.__delitem__("names"),
    "an array is of another type": lambda arrays: arrays.update(four_value=arrays["four_value"].astype(np.uint64)),
    "an array is shorter than its partner": lambda arrays: arrays.update(four_value=arrays["four_value"][:-1]),
    "there are no boundaries": lambda arrays: arrays.update(
        four_from=arrays["four_from"][:0], four_value=arrays["four_value"][:0]
    ),
    "boundaries fall": lambda arrays: _last(arrays, "six_from", 1),
    "the first boundary is not 0": lambda arrays: arrays.update(four_from=arrays["four_from"] + np.uint32(1)),
    "a combination does not exist": lambda arrays: _last(arrays, "four_value", 10_000),
    "a group does not exist": lambda arrays: _last(arrays, "six_value", SPLIT + 1_000),
    "a group is empty": lambda arrays: arrays.update(
        group_from=np.concatenate([arrays["group_from"][:1], arrays["group_from"][:-1]])
    ),
    "groups end elsewhere": lambda arrays: _last(arrays, "group_from", 10_000),
    "a group does not begin at 0": lambda arrays: arrays["low_from"].__setitem__(0, 1),
    "a group falls": lambda arrays: _last(arrays, "low_from", 0),
    "a combination inside a /64 does not exist": lambda arrays: _last(arrays, "low_value", 10_000),
    "a country does not exist": lambda arrays: _last(arrays, "combination_answer", 9_999),
    "a registration does not exist": lambda arrays: _last(arrays, "as_registration", 9_999),
    "an AS does not exist": lambda arrays: _last(arrays, "combination_as", 9_999),
    "AS numbers fall": lambda arrays: _last(arrays, "as_number", 1),
    "an owner does not exist": lambda arrays: _last(arrays, "combination_owner", 9_999),
    "a candidate does not exist": lambda arrays: _last(arrays, "answer_candidate", 9_999),
    "a source does not exist": lambda arrays: _last(arrays, "said_source", 99),
    "a source has no number": lambda arrays: _last(arrays, "answer_source", 0),
    "a confidence does not exist": lambda arrays: _last(arrays, "answer_confidence", 9),
    "a word does not exist": lambda arrays: _last(arrays, "answer_region", 9_999),
    "candidates end elsewhere": lambda arrays: _last(arrays, "answer_candidate_from", 9_999),
    "an answer has no confidence": lambda arrays: arrays.update(answer_confidence=arrays["answer_confidence"][:-1]),
    "names end elsewhere": lambda arrays: _last(arrays, "as_name_from", 9_999),
    "a code has one letter": lambda arrays: arrays.update(countries=arrays["countries"][:-1]),
    "a code is not ASCII": lambda arrays: _last(arrays, "countries", 0xFF),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_does_not_hold_together_is_refused(fault: str, small_atlas_file: Path, tmp_path: Path) -> None:
    """Even with a good checksum: no lookup may read beyond an array."""
    file = read_atlas_file(small_atlas_file)
    arrays = {name: values.copy() for name, values in file.arrays.items()}
    FAULTS[fault](arrays)
    write_atlas_file(tmp_path / "bad.twa", file.about, arrays)

    with pytest.raises(ProblemsFound, match=re.escape("`transferwatch geodata build --out rules/atlas/atlas.twa`")):
        Atlas.open(tmp_path / "bad.twa")


@pytest.mark.parametrize("about", [{}, {"sources": 3}, {"sources": [{"layer": "place"}]}])
def test_a_header_without_sources_is_refused(about: dict[str, Any], small_atlas_file: Path, tmp_path: Path) -> None:
    """An atlas that cannot say where it is from is no evidence."""
    write_atlas_file(tmp_path / "bad.twa", about, dict(read_atlas_file(small_atlas_file).arrays))

    with pytest.raises(ProblemsFound):
        Atlas.open(tmp_path / "bad.twa")


def test_every_array_is_in_the_file(small_atlas_file: Path) -> None:
    """The table of arrays is complete."""
    assert set(read_atlas_file(small_atlas_file).arrays) == set(ARRAYS)
