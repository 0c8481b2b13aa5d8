"""Layers become arrays: distinct answers once, and the first source in the list that knows an AS."""

from __future__ import annotations

import numpy as np

from monitor.attribution.compile import Layers, compile_layers
from monitor.attribution.layers import ANYCAST, Layer
from monitor.attribution.precedence import ANYCAST as NO_ONE_PLACE
from monitor.attribution.ranges import Ranges, Steps
from monitor.attribution.stated import stated_layers


def _layer(*ranges: tuple[int, int, int]) -> Layer:
    """IPv4 ranges: first address, the one after the last, value."""
    columns = np.array(ranges, np.uint64).reshape(-1, 3).T
    zero = np.zeros(len(ranges), np.uint64)
    nothing = np.zeros(0, np.uint64)
    return Layer(
        Ranges(Steps(columns[0], zero), Steps(columns[1], zero), columns[2]),
        Ranges(Steps(nothing, nothing), Steps(nothing, nothing), nothing),
    )


def _code(letters: str) -> int:
    return int.from_bytes(letters.encode(), "big")


def _compiled(places: Layer, *networks: Layer) -> dict[str, list[int]]:
    layers = Layers(
        places={"place": places},
        networks=networks,
        registrations=[_layer()],
        stated=stated_layers({}),
        overrides=stated_layers({}),
        families={"place": "one"},
        as_names={7: "Seven", 9: "Nine"},
    )
    return {name: values.tolist() for name, values in compile_layers(layers, ["place"]).items()}


def test_equal_answers_are_one() -> None:
    """Two ranges that say the same share it; the first answer says nothing."""
    arrays = _compiled(_layer((1, 2, _code("FR")), (5, 6, _code("FR")), (8, 9, _code("DE"))))

    assert (len(arrays["answer_flags"]), arrays["four_from"]) == (3, [0, 1, 2, 5, 6, 8, 9])
    assert arrays["four_value"][1] == arrays["four_value"][3]


def test_the_first_source_that_knows_an_as_speaks() -> None:
    """The second fills what the first leaves."""
    arrays = _compiled(_layer(), _layer((1, 3, 7)), _layer((2, 5, 9)))
    number = [arrays["as_number"][place] for place in arrays["combination_as"]]

    assert [number[combination] for combination in arrays["four_value"]] == [0, 7, 9, 0]


def test_what_a_database_calls_anycast_keeps_its_mark() -> None:
    """With its country as a candidate."""
    arrays = _compiled(_layer((1, 2, _code("FR") | ANYCAST)))

    assert (arrays["answer_flags"], arrays["answer_candidate_from"]) == ([0, NO_ONE_PLACE], [0, 0, 1])
