"""What a source may ask for."""

from __future__ import annotations

from collectors.json_lines.wanted import DTYPES, As, Field, Items, Wanted, dotted


def test_every_kind_of_value_has_a_column_type() -> None:
    """None is forgotten when one is added."""
    assert set(DTYPES) == set(As)


def test_sources_that_want_the_same_are_one() -> None:
    """Their readers share what they have learnt."""
    one, other = (
        Wanted((Field("a", ("a",), As.TEXT),), (Items("b", ("b",), (Field("c", (), As.WHOLE),)),)) for _ in range(2)
    )

    assert len({one, other}) == 1


def test_a_path_is_spelled_from_the_outside_in() -> None:
    """As the users of `jq` write it."""
    assert dotted(("flow", "bytes_toserver")) == "flow.bytes_toserver"
