"""The forms of a field: what they let pass and what they do not."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from monitor.kept import MEASURE_NAMES
from monitor.report.json_forms import code_of, count_of, day_of, id_of, instant_of, measures_of, object_of, text_of


@pytest.mark.parametrize(
    ("form", "value", "fits"),
    [
        (id_of("x"), "2026-10.no-ground.total", True),
        (id_of("x"), "2026-10.if-abcdef.no-ground.total", True),
        (id_of("x"), "2026-10.if-.no-ground.total", False),
        (day_of("x", null=True), None, True),
        (day_of("x"), "2026-10-01T00:00:00Z", False),
        (instant_of("x"), "2026-10-01T00:00:00.000000Z", True),
        (count_of("x"), 2**70, True),
        (count_of("x"), -1, False),
        (text_of("x"), None, False),
        (code_of("place_verdict", "x"), "uncovered", True),
        (code_of("place_verdict", "x"), None, False),
        (object_of("x", {"a": text_of("a")}), {"a": "", "b": ""}, False),
        (object_of("x", {"a": text_of("a")}), {}, False),
    ],
)
def test_a_value_fits_its_form(form: dict[str, Any], value: Any, fits: bool) -> None:  # noqa: ANN401, FBT001
    """Nothing passes that is not described."""
    assert jsonschema.Draft202012Validator(form).is_valid(value) is fits


def test_measures_are_those_of_the_ledger() -> None:
    """All of them, in its order."""
    assert tuple(measures_of()) == MEASURE_NAMES
