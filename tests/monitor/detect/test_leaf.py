"""One field and one value: what a field is, what cannot be asked of it."""

from __future__ import annotations

import polars as pl
import pytest
from sigma.types import SigmaCIDRExpression, SigmaNull, SigmaNumber, SigmaString, SigmaType

from monitor.detect.fields import fields_of
from monitor.detect.leaf import Fields, leaf
from monitor.wording import Unfit

_FIELDS = Fields(fields_of("flow"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("name", "text"), ("operator", "text"), ("place_verdict", "text"), ("octets_out", "number"), ("counted", "flag"),
     ("end_time", "time"), ("reach_laws", "list"), ("times_habit", "number")],
)  # fmt: skip
def test_a_field_is_of_one_kind(name: str, kind: str) -> None:
    """By its type in the schema."""
    assert _FIELDS.kind(name) == kind


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("end_time", SigmaString("2026"), "end_time is a time, which a rule can only ask to be there"),
        ("operator", SigmaCIDRExpression("10.0.0.0/8"), "operator holds no addresses"),
        ("reach_laws", SigmaNumber(3), "reach_laws is text"),
        ("nowhere", SigmaNull(), 'there is no field "nowhere" in this category'),
    ],
)
def test_what_does_not_fit_a_field_is_said(name: str, value: SigmaType, what: str) -> None:
    """In one sentence."""
    with pytest.raises(Unfit) as raised:
        leaf(name, value, _FIELDS)
    assert raised.value.what == what


def test_of_a_list_with_one_value_every_element_can_be_asked() -> None:
    """A null among them is another."""
    fields = Fields({"laws": pl.List(pl.String())})
    frame = pl.DataFrame({"laws": [["A"], ["a", "A"], ["a", "b"], ["a", None], [], None]}, schema=fields.types)
    held = frame.select(leaf("laws", SigmaString("a"), fields, every=True))["laws"].to_list()
    assert held == [True, True, False, False, False, False]
