"""Values become frames that look the same, however their lines were read."""

from __future__ import annotations

import polars as pl

from collectors.json_lines.careful import Row
from collectors.json_lines.columns import Gathered, Kinds, Lines, finished, nothing
from collectors.json_lines.wanted import As, Field, Items, Wanted

_WANTED = Wanted(
    (Field("word", ("word",), As.WORD), Field("count", ("count",), As.WHOLE)),
    (Items("answers", ("answers",), (Field("ttl", ("ttl",), As.WHOLE),)),),
)


def _gathered(*rows: tuple[int, str, list[int]]) -> Gathered:
    gathered = Gathered(_WANTED)
    for row, word, answers in rows:
        gathered.add_row(row, Row({"word": word, "count": row}, {"answers": [{"ttl": each} for each in answers]}))
    return gathered


def _both(categories: pl.Categories) -> Lines:
    """Lines 0 and 2 read quickly, 1 and 3 slowly."""
    quick = finished(None, _gathered((0, "b", [1]), (2, "a", [5, 6])), _WANTED, categories)
    return finished(quick, _gathered((1, "a", [2, 3]), (3, "c", [])), _WANTED, categories)


def test_lines_come_out_in_their_order() -> None:
    """Also where those that were odd were added last."""
    assert _gathered((4, "x", []), (1, "y", [])).lines().frame["row"].to_list() == [1, 4]


def test_items_added_for_several_lines_are_numbered_in_each() -> None:
    """A line without items has no row."""
    gathered = Gathered(_WANTED)
    gathered.add_items("answers", [3, 5, 9], [2, 0, 1], {"ttl": [60, 61, 62]})

    assert gathered.lines().items["answers"].rows() == [(3, 0, 60), (3, 1, 61), (9, 0, 62)]


def test_lines_read_in_two_ways_are_joined_in_their_order() -> None:
    """With one set of words."""
    frame = _both(pl.Categories.random()).frame

    assert frame.rows() == [(0, "b", 0), (1, "a", 1), (2, "a", 2), (3, "c", 3)]


def test_items_read_in_two_ways_are_joined_in_their_order() -> None:
    """Of the lines, and within each line."""
    items = _both(pl.Categories.random()).items["answers"]

    assert items.rows() == [(0, 0, 1), (1, 0, 2), (1, 1, 3), (2, 0, 5), (2, 1, 6)]


def test_words_are_categories_of_the_batch() -> None:
    """However their line was read."""
    categories = pl.Categories.random()

    assert _both(categories).frame["word"].dtype == pl.Categorical(categories)


def test_a_kind_without_lines_has_the_columns_of_one_with_lines() -> None:
    """With their types, so that both can be joined."""
    categories = pl.Categories.random()
    empty, full = nothing(_WANTED, categories), _both(categories)

    assert (empty.frame.schema, empty.items["answers"].schema) == (full.frame.schema, full.items["answers"].schema)


def test_kinds_that_were_asked_for_do_not_count_as_read() -> None:
    """A source that looks for one does not find it the second time."""
    kinds = Kinds({"flow": _WANTED}, pl.Categories.random())

    assert (kinds["flow"].frame.height, list(kinds)) == (0, [])
