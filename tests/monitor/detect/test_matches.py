"""The columns of a match: those that tell findings apart, and what is taken over from the row."""

from __future__ import annotations

from monitor import schema
from monitor.detect.matches import KEY, MATCHES, TAKEN, no_matches


def test_a_finding_is_known_by_five_columns_of_a_match() -> None:
    """None of them is an address."""
    assert (KEY, set(KEY) <= {column.name for column in MATCHES}) == (
        ("rule", "system", "operator", "place_country", "control_country"),
        True,
    )


def test_what_is_taken_over_has_the_type_of_the_judged_row() -> None:
    """Nothing is spelled anew."""
    judged = {column.name: column.dtype for column in schema.JUDGED}
    assert {name: no_matches().schema[name] for name in TAKEN} == {name: judged[name] for name in TAKEN}
