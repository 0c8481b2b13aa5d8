"""The list of carriers by satellite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.attribution.operators import load_operators
from monitor.attribution.satellite import load_satellite
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = "\n  - {{id: {id}, name: A, as_numbers: {numbers}, source: s, read: 2026-11-25, verified: true}}"


def refusal(path: Path, *entries: tuple[str, str]) -> str:
    """Why a list is refused; an entry is an id and its AS numbers."""
    file = path / "satellite.yaml"
    file.write_text("satellite:" + "".join(ENTRY.format(id=name, numbers=numbers) for name, numbers in entries))
    with pytest.raises(ProblemsFound) as found:
        load_satellite(file)
    return str(found.value)


def test_starlink_is_a_carrier() -> None:
    """By its number."""
    carrier = load_satellite().by_as_number[14593]

    assert (carrier.id, carrier.operator) == ("starlink", "starlink")


def test_every_operator_is_in_the_operator_table() -> None:
    """And has that number there, where it has numbers at all."""
    operators = load_operators().by_id

    assert [each.id for each in load_satellite().carriers if each.operator and each.operator not in operators] == []


def test_an_as_number_belongs_to_one_carrier(tmp_path: Path) -> None:
    """The second one is refused."""
    one = "[{number: 1, name: X}]"

    assert "satellite[1].as_numbers[0].number: AS1 belongs to a already. Keep one of them." in refusal(
        tmp_path, ("a", one), ("b", one)
    )


def test_a_carrier_is_listed_once(tmp_path: Path) -> None:
    """Its numbers together."""
    assert "satellite[1].id: a is listed twice. Join the two entries." in refusal(
        tmp_path, ("a", "[{number: 1, name: X}]"), ("a", "[{number: 2, name: X}]")
    )


def test_a_carrier_has_a_number(tmp_path: Path) -> None:
    """Otherwise it says nothing."""
    assert "satellite[0].as_numbers: there is no AS number here." in refusal(tmp_path, ("a", "[]"))


@pytest.mark.parametrize("number", ["0", "-1", "4294967296"])
def test_an_as_number_has_32_bits(tmp_path: Path, number: str) -> None:
    """And is not 0."""
    assert f"{number} is not an AS number" in refusal(tmp_path, ("a", f"[{{number: {number}, name: X}}]"))


def test_the_digest_is_of_the_file() -> None:
    """The same each time."""
    assert load_satellite().digest == load_satellite().digest
