"""The promises of a decoder of lines, on lines near to its own: what the property tests of these kinds share."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from collectors import KINDS
from tests.fuzz.mutations import seeds
from tests.fuzz.promises import broken_promises

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def near_lines(kind: str) -> SearchStrategy[bytes]:
    """Lines of the kind's cases, cut or filled with any octets, among lines of any octets."""
    known = sorted({line for seed in seeds(kind) for line in seed.split(b"\n") if len(line) < 600})
    octets = st.binary(max_size=12)
    line = st.sampled_from(known)
    changed = st.builds(
        lambda text, at, other: text[:at] + other + text[at + len(other) :], line, st.integers(0, 200), octets
    )
    return st.lists(st.one_of(line, line, changed, octets), max_size=12).map(b"\n".join)


def kept(kind: str, data: bytes) -> list[str]:
    """Name the promises that are broken: none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input"
        path.write_bytes(data)
        return broken_promises(KINDS[kind], path)
