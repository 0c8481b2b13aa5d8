"""What an atlas, a table of operators and a list of anycast networks say together of an address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
import polars as pl
import pytest

from monitor.address import AddressKind, ParsedAddresses, parse_addresses
from monitor.attribution.anycast import load_anycast
from monitor.attribution.atlas import Answers
from monitor.attribution.far_ends import NOT_ANYCAST, UNLISTED, Attributor
from monitor.attribution.operators import OperatorTable, load_operators
from monitor.attribution.precedence import ANYCAST, GLOBAL, OVERRIDDEN
from monitor.attribution.satellite import SatelliteCarriers

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.attribution.atlas import Atlas
from monitor.attribution.far_ends import FarEnds

_OPERATORS = """
operators:
  - id: cloud_one
    name: Cloud One
    kinds: [cloud]
    ownership: [{entity: Cloud One Inc., country: US, source: invented, verified: true}]
    control: non_eu
    laws: []
    status: verified
    as_numbers: [{number: 65001, name: ONE, source: invented}, {number: 65002, name: ONE-EU, source: invented}]
  - id: cloud_two
    name: Cloud Two
    kinds: [cloud]
    ownership: [{entity: Cloud Two SA, country: FR, source: invented, verified: true}]
    control: eu
    laws: []
    status: verified
    as_numbers: [{number: 65010, name: TWO, source: invented}]
"""
_ANYCAST = """
anycast:
  - id: everywhere
    name: Everywhere
    operator: cloud_one
    what: resolver
    prefixes: [8.8.8.0/24]
    source: invented
    read: 2026-10-01
    verified: true
"""
# Combination 0 is "nothing known", as in the real one.
_PLACES = (0, 1, 2, 2, 1, 3, 4, 5)
_ANSWERS = Answers(
    candidates=((), (1,), (2,), (1, 2), (), (1,)),
    confidence=np.array([0, 1, 2, 0, 0, 3], dtype=np.uint8),
    flags=np.array([0, 0, 0, 0, GLOBAL, OVERRIDDEN], dtype=np.uint8),
    source=(None, "one", "one+two", "one+two", "feed", "own"),
    region=(None,) * 6,
)
_NUMBERS = (0, 65001, 65010, 64500, 0, 64500, 65001, 0)
_REGISTERED = (0, 2, 1, 2, 0, 0, 0, 0)
_OVERRIDDEN_ADDRESS = 0x08080809  # 8.8.8.9, inside the anycast network
_CARRIERS = SatelliteCarriers((), {}, "")
_STATED = (None, "cloud_two", "nobody_knows")
_STATED_BY = (0, 0, 0, 0, 0, 1, 2, 0)


@dataclass(frozen=True)
class _Looked:
    combination: np.ndarray[tuple[int], np.dtype[np.uint32]]
    answer: np.ndarray[tuple[int], np.dtype[np.uint32]]
    as_number: np.ndarray[tuple[int], np.dtype[np.uint32]]
    registration: np.ndarray[tuple[int], np.dtype[np.uint16]]


@dataclass(frozen=True)
class _SmallAtlas:
    """Knows seven addresses, by the last number of their text; another has the combination 0."""

    countries: pl.Series = field(default_factory=lambda: pl.Series([None, "FR", "US"]))
    combination_as_number: np.ndarray[tuple[int], np.dtype[np.uint32]] = field(
        default_factory=lambda: np.array(_NUMBERS, dtype=np.uint32)
    )

    answers: Answers = _ANSWERS

    @property
    def combination_operator(self) -> tuple[tuple[str | None, ...], np.ndarray[tuple[int], np.dtype[np.uint32]]]:
        return _STATED, np.array(_STATED_BY, dtype=np.uint32)

    def lookup(self, parsed: ParsedAddresses) -> _Looked:
        last = np.where(parsed.low == _OVERRIDDEN_ADDRESS, 7, parsed.low & np.uint64(0xFF))
        combination = np.where(last < len(_PLACES), last, 0).astype(np.uint32)
        return _Looked(
            combination,
            np.array(_PLACES, dtype=np.uint32)[combination],
            np.array(_NUMBERS, dtype=np.uint32)[combination],
            np.array(_REGISTERED, dtype=np.uint16)[combination],
        )


@pytest.fixture
def attributor(tmp_path: Path) -> Attributor:
    """Two operators, one anycast network, four addresses."""
    (tmp_path / "operators").mkdir()
    (tmp_path / "operators" / "clouds.yaml").write_text(_OPERATORS, encoding="utf-8")
    (tmp_path / "anycast.yaml").write_text(_ANYCAST, encoding="utf-8")
    operators = load_operators(tmp_path / "operators")
    return Attributor.of(cast("Atlas", _SmallAtlas()), operators, load_anycast(tmp_path / "anycast.yaml"), _CARRIERS)


def _far(attributor: Attributor, *addresses: str | None) -> FarEnds:
    return attributor.attribute(parse_addresses(pl.Series(addresses, dtype=pl.String)))


def test_a_network_of_a_listed_operator_bears_its_id(attributor: Attributor) -> None:
    """Operator by AS number, with its position in the table."""
    far = _far(attributor, "9.0.0.1", "9.0.0.2")

    assert (far.operator.tolist(), far.operator_name.to_list()) == ([0, 1], ["cloud_one", "cloud_two"])


def test_another_network_bears_its_number(attributor: Attributor) -> None:
    """`as<number>`, without a position."""
    far = _far(attributor, "9.0.0.3")

    assert (far.operator.tolist(), far.operator_name.to_list()) == ([UNLISTED], ["as64500"])


def test_an_address_that_nobody_announces_has_no_operator(attributor: Attributor) -> None:
    """It may have a place all the same."""
    far = _far(attributor, "9.0.0.4")

    assert (far.operator.tolist(), far.operator_name.to_list(), far.answer.tolist()) == ([UNLISTED], [None], [1])


def test_place_and_registration_are_apart(attributor: Attributor) -> None:
    """A position in the answers, one in `countries`."""
    far = _far(attributor, "9.0.0.1", "9.0.0.2", "9.0.0.9")

    assert attributor.countries == (None, "FR", "US")
    assert (far.answer.tolist(), far.registration.tolist()) == ([1, 2, 0], [2, 1, 0])


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "::9.0.0.1", "2001:0:1::1", None, "no address"])
def test_what_cannot_be_reached_is_not_attributed(attributor: Attributor, address: str | None) -> None:
    """Private, confined, unattributable, absent: an atlas that knows better is not asked."""
    far = _far(attributor, address)

    assert [far.answer[0], far.registration[0], far.as_number[0], far.operator[0], far.anycast[0]] == [
        0, 0, 0, UNLISTED, NOT_ANYCAST,
    ]  # fmt: skip
    assert far.operator_name.to_list() == [None]


@pytest.mark.parametrize("address", ["64:ff9b::9.0.0.1", "2002:900:1::5"])
def test_a_translated_address_is_that_inside(attributor: Attributor, address: str) -> None:
    """NAT64 and 6to4."""
    far = _far(attributor, address)

    assert (far.kind.tolist(), far.operator_name.to_list()) == ([AddressKind.global_], ["cloud_one"])


def test_anycast_is_told_and_still_attributed(attributor: Attributor) -> None:
    """The country stays as a candidate, the operator is known; NAT64 towards it is anycast as well."""
    far = _far(attributor, "8.8.8.1", "8.8.9.1", "64:ff9b::8.8.8.1")

    assert far.anycast.tolist() == [0, NOT_ANYCAST, 0]
    assert (far.answer.tolist(), far.operator_name.to_list()) == ([1, 1, 1], ["cloud_one"] * 3)


def test_an_override_places_what_is_listed_as_anycast(attributor: Attributor) -> None:
    """The site knows where it talks to; the entry of the list is told all the same."""
    far = _far(attributor, "8.8.8.9", "8.8.8.1", "9.0.0.6", "9.0.0.1")

    assert far.flags.tolist() == [OVERRIDDEN, ANYCAST, GLOBAL, 0]
    assert far.anycast.tolist() == [0, 0, NOT_ANYCAST, NOT_ANYCAST]


def test_a_stated_operator_comes_before_the_one_of_the_as(attributor: Attributor) -> None:
    """Its AS is told all the same; an id that the table does not have states nothing."""
    far = _far(attributor, "9.0.0.5", "9.0.0.6")

    assert (far.operator.tolist(), far.operator_name.to_list()) == ([1, 0], ["cloud_two", "cloud_one"])
    assert far.as_number.tolist() == [64500, 65001]


def test_every_candidate_is_named(attributor: Attributor) -> None:
    """In the order of the answer; none where nothing is known."""
    assert [attributor.candidates(place) for place in (0, 1, 3)] == [(), ("FR",), ("FR", "US")]


def test_no_address_gives_no_rows(attributor: Attributor) -> None:
    """An empty column stays one."""
    assert len(_far(attributor).kind) == 0


def test_without_operators_every_network_bears_its_number(attributor: Attributor) -> None:
    """An empty table lists nobody."""
    nobody = OperatorTable((), {}, {}, "")
    far = _far(Attributor.of(attributor.atlas, nobody, attributor.anycast, _CARRIERS), "9.0.0.1", "9.0.0.4")

    assert (far.operator.tolist(), far.operator_name.to_list()) == ([UNLISTED] * 2, ["as65001", None])
