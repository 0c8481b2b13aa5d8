"""Every kind keeps the seam's promises near its cases and on octets without sense; `make fuzz` goes on from there."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from collectors import KINDS
from tests.fuzz.mutations import mutated, seeds
from tests.fuzz.promises import broken_promises, is_table

if TYPE_CHECKING:
    from pathlib import Path

_MUTATIONS = 15


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_decoder_keeps_its_promises_near_its_cases(name: str, tmp_path: Path) -> None:
    """The same inputs each time."""
    kind, own, chance = KINDS[name], seeds(name), random.Random(name)
    path = tmp_path / "input"
    broken = {}
    for _ in range(_MUTATIONS):
        data = mutated(chance.choice(own), own, chance)
        if is_table(kind, data):
            continue
        path.write_bytes(data)
        found = broken_promises(kind, path)
        if found:
            broken[data] = found

    assert broken == {}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_decoder_keeps_its_promises_on_octets_without_sense(name: str, tmp_path: Path) -> None:
    """No text at all, and lines of it."""
    chance = random.Random(1)
    path = tmp_path / "input"
    for data in (
        b"",
        b"\n\n",
        b"\x00" * 300,
        chance.randbytes(2_000),
        bytes(range(256)) * 3,
        b"{" * 200 + b"\n",
        b"<a>" * 200,
    ):
        path.write_bytes(data)
        assert broken_promises(KINDS[name], path) == []
