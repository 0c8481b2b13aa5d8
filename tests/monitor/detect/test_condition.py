"""Conditions as expressions: each of a table, and of those drawn, says row by row what the plain reading says."""

from __future__ import annotations

import itertools
from typing import Any, Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sigma.rule import SigmaDetections

from monitor.detect.condition import condition_of
from monitor.detect.leaf import Fields
from monitor.wording import Unfit
from tests.monitor.detect.plain_sigma import holds

COLORS: Final = pl.Enum(["red", "dark red", "blue"])
TYPES: Final = {
    "name": pl.String(),
    "other": pl.String(),
    "address": pl.String(),
    "color": COLORS,
    "system": pl.Categorical(pl.Categories("transferwatch.test_systems")),
    "count": pl.Int64(),
    "port": pl.UInt16(),
    "share": pl.Float64(),
    "done": pl.Boolean(),
    "laws": pl.List(pl.Categorical(pl.Categories("transferwatch.test_laws"))),
    "words": pl.List(pl.String()),
}
NAMES: Final = (None, "", "Kms.Example.org", "kms.example.org", "a*b", "a\\b", "ab", "aXb", "Ärzte", "line\nbreak")
ROWS: Final[list[dict[str, Any]]] = [
    {
        "name": name,
        "other": other,
        "address": address,
        "color": color,
        "system": system,
        "count": count,
        "port": port,
        "share": share,
        "done": done,
        "laws": laws,
        "words": words,
    }
    for (name, other, address, color, system, count, port, share, done, laws, words) in itertools.chain(
        zip(
            NAMES,
            (None, "", "KMS.EXAMPLE.ORG", "example", "a", "b", "AB", None, "ärzte", "line"),
            (None, "10.1.2.3", "10.200.0.1", "2001:db8::1", "::1", "no address", "", "192.0.2.1", "2001:db9::", None),
            (None, "red", "dark red", "blue", "red", None, "blue", "red", "dark red", "blue"),
            (None, "Warehouse", "warehouse", "portal", None, "WAREHOUSE", "x", "portal", "", "a b"),
            (None, 0, 1, -1, 22, 443, 2**62, 5, 22, None),
            (None, 0, 22, 443, 65535, 22, 1, 2, 3, 4),
            (None, 0.0, 0.5, 22.0, -1.5, 99.9, 1e9, 25.0, 25.1, None),
            (None, True, False, None, True, False, True, True, False, None),
            (None, [], ["US"], ["us", "FR"], ["FR", None], [None], ["DE", "FR", "US"], ["a b"], ["FR", "FR"], ["Us"]),
            (None, [], [""], [None, "x"], ["a*b"], ["Ärzte", "ab"], ["AB", "ab"], ["ab"], ["b", "a"], ["x", "y", "z"]),
            strict=True,
        ),
        # Every column that is null beside others that are not.
        (
            tuple(None if column == place else value for place, value in enumerate(row))
            for column in range(11)
            for row in [("kms", "KMS", "10.0.0.1", "red", "portal", 1, 22, 0.5, True, ["US"], ["ab"])]
        ),
    )
]
FRAME: Final = pl.DataFrame(ROWS, schema=TYPES)

TABLE: Final[list[dict[str, Any]]] = [
    {"a": {"name": "kms.example.org"}, "condition": "a"},
    {"a": {"name": "KMS*"}, "condition": "a"},
    {"a": {"name": "*example*"}, "condition": "a"},
    {"a": {"name": "*.ORG"}, "condition": "a"},
    {"a": {"name": "a?b"}, "condition": "a"},
    {"a": {"name": "a\\*b"}, "condition": "a"},
    {"a": {"name": "a\\b"}, "condition": "a"},
    {"a": {"name": "a\\\\b"}, "condition": "a"},
    {"a": {"name": "*"}, "condition": "a"},
    {"a": {"name": "k*e?a*g"}, "condition": "a"},
    {"a": {"name": ""}, "condition": "a"},
    {"a": {"name": None}, "condition": "a"},
    {"a": {"name": None}, "condition": "not a"},
    {"a": {"name": [None, "ab"]}, "condition": "a"},
    {"a": {"name": "ärzte"}, "condition": "a"},
    {"a": {"name": "line*break"}, "condition": "a"},
    {"a": {"name|cased": "kms.example.org"}, "condition": "a"},
    {"a": {"name|startswith|cased": "Kms"}, "condition": "a"},
    {"a": {"name|contains": "EXAMPLE"}, "condition": "a"},
    {"a": {"name|contains|cased": "EXAMPLE"}, "condition": "a"},
    {"a": {"name|contains|all": ["kms", "org"]}, "condition": "a"},
    {"a": {"name|contains": ["xb", "zte"]}, "condition": "not a"},
    {"a": {"name|startswith": ["a", "k"]}, "condition": "a"},
    {"a": {"name|endswith": "b"}, "condition": "a"},
    {"a": {"name|re": "^[Kk]ms"}, "condition": "a"},
    {"a": {"name|re": "^kms"}, "condition": "not a"},
    {"a": {"name|re|i": "^KMS"}, "condition": "a"},
    {"a": {"name|re|m": "^break"}, "condition": "a"},
    {"a": {"name|re|s": "line.break"}, "condition": "a"},
    {"a": {"name|re|all": ["a", "b"]}, "condition": "a"},
    {"a": {"name|exists": True}, "condition": "a"},
    {"a": {"name|exists": False}, "condition": "not a"},
    {"a": {"name|fieldref": "other"}, "condition": "a"},
    {"a": {"name|fieldref": "other"}, "condition": "not a"},
    {"a": {"name|fieldref|contains": "other"}, "condition": "a"},
    {"a": {"name|fieldref|startswith": "other"}, "condition": "a"},
    {"a": {"name|fieldref|endswith": "other"}, "condition": "a"},
    {"a": {"address|cidr": "10.0.0.0/8"}, "condition": "a"},
    {"a": {"address|cidr": ["10.1.0.0/16", "2001:db8::/32"]}, "condition": "a"},
    {"a": {"address|cidr": "0.0.0.0/0"}, "condition": "not a"},
    {"a": {"address|cidr": "::/0"}, "condition": "a"},
    {"a": {"address|cidr": "2001:db8::1/128"}, "condition": "a"},
    {"a": {"color": "Red"}, "condition": "a"},
    {"a": {"color|contains": "red"}, "condition": "a"},
    {"a": {"color": ["blue", None]}, "condition": "not a"},
    {"a": {"system": "warehouse"}, "condition": "a"},
    {"a": {"system|cased": "warehouse"}, "condition": "a"},
    {"a": {"system": ["portal", "x"]}, "condition": "not a"},
    {"a": {"count": 22}, "condition": "a"},
    {"a": {"count": [0, 443]}, "condition": "a"},
    {"a": {"count|gt": 0}, "condition": "a"},
    {"a": {"count|gte": 22}, "condition": "not a"},
    {"a": {"count|lt": 1}, "condition": "a"},
    {"a": {"count|lte": -1}, "condition": "a"},
    {"a": {"count|gt": 0.5}, "condition": "a"},
    {"a": {"count": None}, "condition": "a"},
    {"a": {"port": 22}, "condition": "a"},
    {"a": {"port|gte": 70000}, "condition": "not a"},
    {"a": {"port": -1}, "condition": "a"},
    {"a": {"share|gte": 25}, "condition": "a"},
    {"a": {"share": 0.5}, "condition": "a"},
    {"a": {"share|lt": 0}, "condition": "not a"},
    {"a": {"done": True}, "condition": "a"},
    {"a": {"done": False}, "condition": "not a"},
    {"a": {"done": None}, "condition": "a"},
    {"a": {"count|fieldref": "port"}, "condition": "a"},
    {"a": {"laws": "us"}, "condition": "a"},
    {"a": {"laws": ["us", "de"]}, "condition": "not a"},
    {"a": {"laws|all": ["us", "fr"]}, "condition": "a"},
    {"a": {"laws|all": "FR"}, "condition": "a"},
    {"a": {"laws|all": "FR"}, "condition": "not a"},
    {"a": {"laws": None}, "condition": "a"},
    {"a": {"laws|exists": True}, "condition": "a"},
    {"a": {"laws|startswith": "u"}, "condition": "a"},
    {"a": {"laws|cased": "us"}, "condition": "a"},
    {"a": {"words|re": "^a"}, "condition": "a"},
    {"a": {"words|contains|all": ["a", "b"]}, "condition": "a"},
    {"a": {"words|fieldref": "name"}, "condition": "a"},
    {"a": {"words|fieldref|all": "name"}, "condition": "a"},
    {"a": {"words": "*"}, "condition": "not a"},
    {"a": {"name": "ab", "count|gte": 1}, "condition": "a"},
    {"a": [{"name": "ab"}, {"count": 22, "done": False}], "condition": "a"},
    {"a": [{"name": "ab"}, {"count": 22}], "condition": "not a"},
    {"a": {"done": True}, "b": {"laws": "us"}, "condition": "a and b"},
    {"a": {"done": True}, "b": {"laws": "us"}, "condition": "a or not b"},
    {"a": {"done": True}, "b": {"laws": "us"}, "c": {"count|gt": 1}, "condition": "a or b and not c"},
    {"a": {"done": True}, "b": {"laws": "us"}, "c": {"count|gt": 1}, "condition": "not (a or b) and c"},
    {"s_a": {"done": True}, "s_b": {"laws": "us"}, "f": {"port": 22}, "condition": "1 of s_* and not f"},
    {"s_a": {"done": True}, "s_b": {"laws": "us"}, "f": {"port": 22}, "condition": "all of s_* or f"},
    {"s_a": {"done": True}, "s_b": {"laws": "us"}, "condition": "not all of them"},
    {"s_a": {"done": True}, "s_b": {"laws": "us"}, "condition": "any of them"},
    {"a": {"done": True}, "condition": "not not a"},
]  # fmt: skip


def _held(detection: dict[str, Any], frame: pl.DataFrame = FRAME) -> list[Any]:
    condition = condition_of(SigmaDetections.from_dict(detection), Fields(TYPES))
    told = frame.with_columns(held=condition.exact, _most=condition.most, _least=condition.least)
    # What is left out for its combination never holds; what is sure always does.
    assert told.filter(~pl.col("_most") & pl.col("held") | pl.col("_least") & ~pl.col("held")).is_empty()
    return told["held"].to_list()


@pytest.mark.parametrize("detection", TABLE, ids=lambda detection: repr(detection)[:90])
def test_a_condition_holds_of_the_rows_of_which_the_plain_reading_holds(detection: dict[str, Any]) -> None:
    """Row by row, nulls and lists among them."""
    assert _held(detection) == [holds(detection, row) for row in ROWS]


@pytest.mark.parametrize("column", [*TYPES])
def test_every_column_of_the_table_has_nulls_and_no_leaf_leaks_them(column: str) -> None:
    """True or false, never null."""
    kind = Fields(TYPES).kind(column)
    value: object = {"number": 1, "flag": True}.get(kind, "red")
    assert None not in _held({"a": {column: value}, "condition": "not a"})


_WORDS = st.sampled_from(["", "a", "A", "ab", "aXb", "us", "US", "FR", "x*y", "ä", "a\\b", "10.0.0.1"])
_PATTERNS = st.text(alphabet="aAbXuUsS*?\\ä", max_size=4)


def _any_or_list(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values | st.lists(values, min_size=1, max_size=3)


_TEXTS = st.sampled_from(["name", "other", "system", "words", "laws"])
_LEAVES = st.one_of(
    st.tuples(
        st.builds(
            lambda name, shape, cased, every: "|".join(filter(None, (name, shape, cased, every))),
            _TEXTS,
            st.sampled_from(["", "contains", "startswith", "endswith"]),
            st.sampled_from(["", "cased"]),
            st.sampled_from(["", "all"]),
        ),
        _any_or_list(_PATTERNS),
    ),
    st.tuples(_TEXTS, _any_or_list(_WORDS | st.none())),
    st.tuples(_TEXTS.map(lambda name: f"{name}|exists"), st.booleans()),
    st.tuples(
        st.builds(
            lambda name, compared: f"{name}{compared}",
            st.sampled_from(["count", "port", "share"]),
            st.sampled_from(["", "|gt", "|gte", "|lt", "|lte"]),
        ),
        _any_or_list(st.integers(-3, 3)),
    ),
    st.tuples(st.just("done"), _any_or_list(st.booleans() | st.none())),
)
_MAPS = st.lists(_LEAVES, min_size=1, max_size=3).map(dict)
_CONDITIONS = st.recursive(
    st.sampled_from(["a", "b_1", "b_2", "1 of b_*", "all of b_*"]),
    lambda inner: st.one_of(
        inner.map(lambda text: f"not ({text})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda three: f"({' '.join(three)})"),
    ),
    max_leaves=6,
)
_EVENTS = st.fixed_dictionaries(
    {
        "name": st.none() | _WORDS,
        "other": st.none() | _WORDS,
        "address": st.none(),
        "color": st.none(),
        "system": st.none() | _WORDS,
        "count": st.none() | st.integers(-3, 3),
        "port": st.none() | st.integers(0, 3),
        "share": st.none() | st.integers(-3, 3).map(float),
        "done": st.none() | st.booleans(),
        "laws": st.none() | st.lists(st.none() | _WORDS, max_size=3),
        "words": st.none() | st.lists(st.none() | _WORDS, max_size=3),
    }
)


@given(
    st.fixed_dictionaries(
        {"a": _MAPS, "b_1": _MAPS, "b_2": st.lists(_MAPS, min_size=1, max_size=2), "condition": _CONDITIONS}
    ),
    st.lists(_EVENTS, min_size=1, max_size=8),
)
@settings(deadline=None, max_examples=300)
def test_whatever_is_asked_of_whatever_row_the_plain_reading_says_the_same(
    detection: dict[str, Any], events: list[dict[str, Any]]
) -> None:
    """Drawn conditions over drawn rows."""
    frame = pl.DataFrame(events, schema=TYPES)
    assert _held(detection, frame) == [holds(detection, event) for event in events]


def test_the_table_has_sixty_conditions_and_more() -> None:
    """As was asked for."""
    assert len(TABLE) >= 60


@pytest.mark.parametrize(
    ("detection", "what"),
    [
        ({"a": {"nam": "x"}, "condition": "a"}, 'there is no field "nam" in this category'),
        ({"a": {"count": "22"}, "condition": "a"}, "count is a number"),
        ({"a": {"name": 22}, "condition": "a"}, "name is text"),
        ({"a": {"done": "yes"}, "condition": "a"}, "done is true or false"),
        ({"a": {"color": "green"}, "condition": "a"}, "no word of color is like that"),
        ({"a": {"count|cidr": "10.0.0.0/8"}, "condition": "a"}, "count holds no addresses"),
        (
            {"a": {"name|re": "(?=x)"}, "condition": "a"},
            '"(?=x)" is no regular expression that can be searched in linear time',
        ),
        ({"a": {"name|fieldref": "count"}, "condition": "a"}, "name and count cannot be compared"),
        ({"a": {"name": []}, "condition": "a"}, "the list of values is empty"),
        ({"a": ["word"], "condition": "a"}, "a word without a field is not searched for"),
        ({"a": {"name": "x"}, "condition": "b"}, 'there is no detection "b"'),
        ({"a": {"name": "x"}, "condition": "1 of c*"}, 'no detection is called "c*"'),
        ({"a": {"count": 10**19}, "condition": "a"}, "10000000000000000000 is larger than any count can be"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(detection: dict[str, Any], what: str) -> None:
    """When the rule is loaded."""
    with pytest.raises(Unfit) as raised:
        _held(detection)
    assert raised.value.what == what
