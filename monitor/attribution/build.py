"""Compile the pinned sources into an atlas: three layers of ranges become one.

Decides how layers are laid over each other and what a merged range is. The same archives give the same file, to the
byte, on every machine. Refuses to correct its sources: what they say of an address is what the atlas says
(`monitor.attribution.prove` holds it to that).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from monitor.attribution.archives import Manifest, read_archives
from monitor.attribution.atlas import NOTHING, SET_ASIDE, SPLIT
from monitor.attribution.atlas_file import write_atlas_file
from monitor.attribution.layers import Layer, country_layer, network_layer
from monitor.attribution.ranges import Steps, lay_over, value_at

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_NO_COUNTRY: Final = "  "


def build_atlas(manifest: Manifest, directory: Path, out: Path) -> str:
    """Build the atlas from the archives in a directory; returns the SHA-256 of the file.

    Raises:
        ProblemsFound: an archive is missing, not the pinned one, or not what it should be.
    """
    members = read_archives(manifest, directory)
    sources = {source.layer: source for source in manifest.sources}
    place = country_layer(members, sources["place"])
    network, names = network_layer(members, sources["network"])
    registration = country_layer(members, sources["registration"])
    arrays = compile_layers(place, network, registration, names)
    about = {
        "sources": [
            {
                "layer": source.layer,
                "package": source.package,
                "version": source.version,
                "published": source.published.isoformat(),
                "licence": source.licence,
                "attribution": source.attribution,
                "archive_sha256": source.archive_sha256,
            }
            for source in manifest.sources
        ],
    }
    return write_atlas_file(out, about, arrays)


def compile_layers(place: Layer, network: Layer, registration: Layer, names: dict[int, str]) -> dict[str, NDArray[Any]]:
    """Merge the layers into the arrays of an atlas.

    Values: `place` and `registration` hold country codes as two ASCII letters in 16 bits, `network` AS numbers.
    """
    four_steps, four_rows = lay_over([place.four, network.four, registration.four])
    six_steps, six_rows = lay_over([place.six, network.six, registration.six])
    six_steps, six_rows = _without_set_aside(six_steps, six_rows)
    rows = np.concatenate([np.zeros((1, 3), np.uint64), four_rows, six_rows])
    packed = (rows[:, 0] << np.uint64(48)) | (rows[:, 1] << np.uint64(16)) | rows[:, 2]
    distinct, inverse = np.unique(packed, return_inverse=True)  # nothing known is 0, so it comes first
    combination: NDArray[np.uint32] = inverse.astype(np.uint32)
    four, six = combination[1 : len(four_rows) + 1], combination[len(four_rows) + 1 :]
    codes = np.unique(np.concatenate([distinct >> np.uint64(48), distinct & np.uint64(0xFFFF)]))
    systems = np.unique(np.concatenate([np.array([NOTHING, *names], np.uint64), rows[:, 1]]))
    combination_as = np.searchsorted(systems, (distinct >> np.uint64(16)) & np.uint64(0xFFFF_FFFF)).astype(np.uint32)
    registered = np.searchsorted(codes, distinct & np.uint64(0xFFFF)).astype(np.uint16)
    spelled = [names.get(number, "").encode() for number in systems.tolist()]
    ends = np.cumsum([0, *map(len, spelled)])
    return {
        "four_from": four_steps.high.astype(np.uint32),
        "four_value": four,
        **_divide(six_steps, six),
        "combination_place": np.searchsorted(codes, distinct >> np.uint64(48)).astype(np.uint16),
        "combination_as": combination_as,
        "combination_registration": registered,
        "countries": np.frombuffer(b"".join(_letters(code) for code in codes.tolist()), np.uint8),
        "as_number": systems.astype(np.uint32),
        "as_registration": _registration_of_systems(
            (four_steps.high, four, 2**32), (six_steps.high, six, 2**64), combination_as, registered
        ),
        "as_name_from": ends.astype(np.uint32),
        "names": np.frombuffer(b"".join(spelled), np.uint8),
    }


def _letters(code: int) -> bytes:
    return code.to_bytes(2, "big") if code else _NO_COUNTRY.encode()


def _without_set_aside(steps: Steps, rows: NDArray[np.uint64]) -> tuple[Steps, NDArray[np.uint64]]:
    """Let nothing be known of `::/32`, and begin what follows at its first address."""
    first = Steps(np.array([SET_ASIDE], np.uint64), np.zeros(1, np.uint64))
    following = rows[value_at(steps, first)]
    kept = np.flatnonzero(steps.high >= SET_ASIDE)
    if len(kept) and steps.high[kept[0]] == SET_ASIDE and steps.low[kept[0]] == 0:
        following = following[:0]
        first = Steps(first.high[:0], first.low[:0])
    zero = np.zeros(1, np.uint64)
    return (
        Steps(
            np.concatenate([zero, first.high, steps.high[kept]]),
            np.concatenate([zero, first.low, steps.low[kept]]),
        ),
        np.concatenate([np.zeros((1, rows.shape[1]), np.uint64), following, rows[kept]]),
    )


def _divide(steps: Steps, value: NDArray[np.uint32]) -> dict[str, NDArray[Any]]:
    """Put what changes inside a /64 into groups of its own, so that the upper halves are distinct."""
    changes = np.ones(len(value), np.bool_)
    changes[1:] = value[1:] != value[:-1]
    steps, value = Steps(steps.high[changes], steps.low[changes]), value[changes]
    split = np.unique(steps.high[steps.low != 0])
    top = np.uint64(2**64 - 1)
    edges = np.unique(np.concatenate([split, split[split < top] + np.uint64(1)]))
    at_edges = Steps(edges, np.zeros(len(edges), np.uint64))
    added = ~np.isin(edges, steps.high[steps.low == 0])
    high = np.concatenate([steps.high, edges[added]])
    low = np.concatenate([steps.low, np.zeros(int(added.sum()), np.uint64)])
    value = np.concatenate([value, value[value_at(steps, at_edges)][added]])
    order = np.lexsort((low, high))
    high, low, value = high[order], low[order], value[order]
    inside = np.isin(high, split)
    heads = low == 0
    six_value = value[heads].copy()
    six_value[inside[heads]] = np.uint32(SPLIT) + np.arange(len(split), dtype=np.uint32)
    return {
        "six_from": high[heads],
        "six_value": six_value,
        "group_from": np.append(np.searchsorted(high[inside], split), int(inside.sum())).astype(np.uint32),
        "low_from": low[inside],
        "low_value": value[inside],
    }


def _registration_of_systems(
    four: tuple[NDArray[np.uint64], NDArray[np.uint32], int],
    six: tuple[NDArray[np.uint64], NDArray[np.uint32], int],
    combination_as: NDArray[np.uint32],
    registered: NDArray[np.uint16],
) -> NDArray[np.uint16]:
    """Choose per AS the code that covers most of its IPv4 space, without any most of its IPv6 space; ties by code."""
    chosen = np.zeros(int(combination_as.max(initial=0)) + 1, np.uint16)
    for starts, combination, end in (six, four):
        sizes = np.diff(np.append(starts, np.uint64(end - 1)))
        pairs = combination_as[combination].astype(np.uint64) << np.uint64(16) | registered[combination]
        distinct, row = np.unique(pairs, return_inverse=True)
        space = np.zeros(len(distinct), np.uint64)
        np.add.at(space, row, sizes)
        known = np.flatnonzero((distinct & np.uint64(0xFFFF) != 0) & (distinct >> np.uint64(16) != 0))
        ascending = known[np.lexsort((-(distinct[known].astype(np.int64)), space[known]))]
        chosen[(distinct[ascending] >> np.uint64(16)).astype(np.intp)] = distinct[ascending] & np.uint64(0xFFFF)
    return chosen
