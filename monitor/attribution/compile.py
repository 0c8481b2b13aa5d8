"""Lay the layers of an atlas over each other and write what they say as arrays.

Decides what a merged range is and how distinct answers are numbered. Refuses to choose between sources:
`monitor.attribution.precedence` does, once for each distinct set of what they say.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from monitor.attribution import precedence
from monitor.attribution.atlas import NOTHING, SET_ASIDE, SPLIT
from monitor.attribution.layers import ANYCAST, CODE, SATELLITE
from monitor.attribution.precedence import CONFIDENCES, PlaceAnswer, Said, answer_of
from monitor.attribution.ranges import Steps, lay_over, value_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from monitor.attribution.layers import Layer
    from monitor.attribution.stated import StatedLayers

_NO_COUNTRY: Final = "  "


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """What is laid over each other, source by source in the order of the list; `families` of the place databases."""

    places: Mapping[str, Layer]
    networks: Sequence[Layer]
    registrations: Sequence[Layer]
    stated: StatedLayers
    overrides: StatedLayers
    families: Mapping[str, str]
    as_names: Mapping[int, str]

    @property
    def all(self) -> list[Layer]:
        """Every layer: places, overriding and stated places, operators, networks, registrations."""
        return [
            *self.places.values(),
            self.overrides.place,
            self.stated.place,
            self.overrides.operator,
            self.stated.operator,
            *self.networks,
            *self.registrations,
        ]


def compile_layers(layers: Layers, source_ids: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Merge the layers into the arrays of an atlas; a source is written as its position in `source_ids`, from 1."""
    four_steps, four_rows = lay_over([layer.four for layer in layers.all])
    six_steps, six_rows = lay_over([layer.six for layer in layers.all])
    six_steps, six_rows = _without_set_aside(six_steps, six_rows)
    four_rows, six_rows = _facts(four_rows, layers), _facts(six_rows, layers)
    width = four_rows.shape[1]
    rows = np.concatenate([np.zeros((1, width), np.uint64), four_rows, six_rows])
    said, of_row = _distinct(rows[:, : width - 2])  # what is said of place and operator
    facts, combination = _distinct(np.column_stack([of_row.astype(np.uint64), rows[:, width - 2 :]]))
    four, six = (part.astype(np.uint32) for part in np.split(combination[1:], [len(four_rows)]))
    changes = np.append(True, four[1:] != four[:-1])  # what one source says may not count beside another
    four_from, four = four_steps.high[changes], four[changes]
    places = len(layers.places) + 2
    answers, answer_of_said = _distinct(said[:, :places])
    owners, owner_of_said = _distinct(said[:, places:])
    told = [_answer(row, layers) for row in answers.tolist()]
    owned = [_owner(row, layers) for row in owners.tolist()]
    codes, inverse = np.unique(facts[:, 2], return_inverse=True)
    named = {code for each in told for code in (*each.candidates, *(word.country for word in each.said))}
    countries = _sorted({*named, *(_letters(code) for code in codes.tolist())})
    code_number = {code: place for place, code in enumerate(("", *countries))}
    registered = np.array([code_number[_letters(code)] for code in codes.tolist()], np.uint16)[inverse]
    systems = np.unique(np.concatenate([np.array([NOTHING, *layers.as_names], np.uint64), facts[:, 1]]))
    combination_as = np.searchsorted(systems, facts[:, 1]).astype(np.uint32)
    return {
        "four_from": four_from.astype(np.uint32),
        "four_value": four,
        **_divide(six_steps, six),
        "combination_answer": answer_of_said[facts[:, 0].astype(np.intp)].astype(np.uint32),
        "combination_owner": owner_of_said[facts[:, 0].astype(np.intp)].astype(np.uint32),
        "combination_as": combination_as,
        "combination_registration": registered,
        **_spelled(told, owned, code_number, {name: place for place, name in enumerate(source_ids, start=1)}),
        "countries": np.frombuffer("".join((_NO_COUNTRY, *countries)).encode("ascii"), np.uint8),
        "as_number": systems.astype(np.uint32),
        "as_registration": _registration_of_systems(
            (four_from, four, 2**32), (six_steps.high, six, 2**64), combination_as, registered
        ),
        **_texts("as_name", "names", [layers.as_names.get(number, "") for number in systems.tolist()]),
    }


def _facts(rows: NDArray[np.uint64], layers: Layers) -> NDArray[np.uint64]:
    """Leave one AS and one registration: that of the first source in the list that knows one."""
    said = len(rows[0]) - len(layers.networks) - len(layers.registrations)
    after = said + len(layers.networks)
    return np.column_stack([rows[:, :said], _first_known(rows[:, said:after]), _first_known(rows[:, after:])])


def _first_known(columns: NDArray[np.uint64]) -> NDArray[np.uint64]:
    found = np.zeros(len(columns), np.uint64)
    for column in columns.T[::-1]:
        found = np.where(column != NOTHING, column, found)
    return found


def _distinct(rows: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """Distinct rows in ascending order, and which of them each row is; a row of zeros is the first."""
    number = np.zeros(len(rows), np.uint64)
    for column in rows.T:
        values, place = np.unique(column, return_inverse=True)
        number = np.unique(number * np.uint64(len(values)) + place.astype(np.uint64), return_inverse=True)[1].astype(
            np.uint64
        )
    _, first, inverse = np.unique(number, return_index=True, return_inverse=True)
    return rows[first], inverse


def _answer(row: Sequence[int], layers: Layers) -> PlaceAnswer:
    """Place answer of one distinct set: a value of each place database, of the overrides, of the feeds."""
    databases = [
        Said(source, _letters(value & CODE), flags=_flags(value))
        for source, value in zip(layers.places, row, strict=False)
        if value
    ]
    override, stated = row[len(layers.places)], row[len(layers.places) + 1]
    return answer_of(layers.overrides.places[override], layers.stated.places[stated], databases, layers.families)


def _flags(value: int) -> int:
    return (precedence.ANYCAST if value & ANYCAST else 0) | (precedence.GLOBAL if value & SATELLITE else 0)


def _owner(row: Sequence[int], layers: Layers) -> tuple[str, tuple[str, ...], str]:
    """Stated operator, its sources and its services; nobody where statements of one rank name several."""
    for said in (layers.overrides.operators[row[0]], layers.stated.operators[row[1]]):
        operators = {each.operator for each in said}
        if len(operators) == 1:
            return (
                operators.pop(),
                _sorted(each.source for each in said),
                " ".join(_sorted(each.service for each in said)),
            )
        if operators:
            return "", (), ""
    return "", (), ""


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words) - {""}))


def _spelled(
    told: Sequence[PlaceAnswer],
    owned: Sequence[tuple[str, tuple[str, ...], str]],
    code_number: Mapping[str, int],
    source_number: Mapping[str, int],
) -> dict[str, NDArray[Any]]:
    """Answers and stated operators as arrays."""
    words = ["", *_sorted(chain((each.region for each in told), *((name, service) for name, _, service in owned)))]
    word = {text: place for place, text in enumerate(words)}
    confidence = {text: place for place, text in enumerate(CONFIDENCES)}
    return {
        **_lists("answer_candidate", [[code_number[code] for code in each.candidates] for each in told], np.uint16),
        **_lists("answer_source", [[source_number[name] for name in each.sources] for each in told], np.uint16),
        **_lists("said_source", [[source_number[word.source] for word in each.said] for each in told], np.uint16),
        "said_country": np.array([code_number[word.country] for each in told for word in each.said], np.uint16),
        "answer_confidence": np.array([confidence[each.confidence] for each in told], np.uint8),
        "answer_flags": np.array([each.flags for each in told], np.uint8),
        "answer_region": np.array([word[each.region] for each in told], np.uint32),
        "owner_operator": np.array([word[name] for name, _, _ in owned], np.uint32),
        "owner_service": np.array([word[service] for _, _, service in owned], np.uint32),
        **_lists("owner_source", [[source_number[name] for name in names] for _, names, _ in owned], np.uint16),
        **_texts("word", "words", words),
    }


def _lists(name: str, lists: Sequence[Sequence[int]], kind: type[np.uint16]) -> dict[str, NDArray[Any]]:
    ends = np.cumsum([0, *map(len, lists)])
    return {f"{name}_from": ends.astype(np.uint32), name: np.array(list(chain.from_iterable(lists)), kind)}


def _texts(name: str, octets: str, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
    spelled = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, spelled)])
    return {f"{name}_from": ends.astype(np.uint32), octets: np.frombuffer(b"".join(spelled), np.uint8)}


def _letters(code: int) -> str:
    return code.to_bytes(2, "big").decode("ascii") if code else ""


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
