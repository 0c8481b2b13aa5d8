"""Values of lines as frames: one row a line, and one row an item of an array.

Decides the shape that a source gets its columns in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from collectors.json_lines.wanted import DTYPES, As

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from collectors.json_lines.careful import Row
    from collectors.json_lines.wanted import Field, Items, Wanted

ROW: Final = "row"
PLACE: Final = "place"


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one kind, in their order.

    `frame` has `row` (UInt32: which line of the data, from 0) and a column for each wanted field; `items` one frame for
    each wanted array with `row`, `place` (UInt32: which item, from 0) and the columns of its fields, in order.
    """

    frame: pl.DataFrame
    items: Mapping[str, pl.DataFrame]


@dataclass(slots=True)
class Gathered:
    """Values that are still Python's, of lines of one kind."""

    wanted: Wanted
    rows: list[int] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict)
    item_rows: dict[str, list[int]] = field(default_factory=dict)
    item_places: dict[str, list[int]] = field(default_factory=dict)
    item_values: dict[str, dict[str, list[Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make every column, so that a kind without lines has them too."""
        self.values = {each.column: [] for each in self.wanted.fields}
        for items in self.wanted.items:
            self.item_rows[items.name] = []
            self.item_places[items.name] = []
            self.item_values[items.name] = {each.column: [] for each in items.fields}

    def add(self, rows: Sequence[int], columns: Mapping[str, list[Any]]) -> None:
        """Add lines, column by column."""
        self.rows.extend(rows)
        for column, values in self.values.items():
            values.extend(columns[column])

    def add_items(
        self, name: str, rows: Sequence[int], counts: Sequence[int], columns: Mapping[str, list[Any]]
    ) -> None:
        """Add the items of lines; `counts` says how many each line has."""
        self.item_rows[name].extend(row for row, count in zip(rows, counts, strict=True) for _ in range(count))
        self.item_places[name].extend(place for count in counts for place in range(count))
        for column, values in self.item_values[name].items():
            values.extend(columns[column])

    def add_row(self, row: int, read: Row) -> None:
        """Add one line."""
        self.add([row], {column: [value] for column, value in read.values.items()})
        for name, items in read.items.items():
            columns = {column: [item[column] for item in items] for column in self.item_values[name]}
            self.add_items(name, [row], [len(items)], columns)

    def lines(self) -> Lines:
        """Give the frames, in the order of the lines."""
        frame = _frame(self.wanted.fields, self.values, {ROW: self.rows})
        return Lines(
            frame=frame.sort(ROW, maintain_order=True),
            items={items.name: self._items(items) for items in self.wanted.items},
        )

    def _items(self, items: Items) -> pl.DataFrame:
        keys = {ROW: self.item_rows[items.name], PLACE: self.item_places[items.name]}
        return _frame(items.fields, self.item_values[items.name], keys).sort(ROW, PLACE, maintain_order=True)


def _frame(fields: Iterable[Field], values: Mapping[str, list[Any]], keys: Mapping[str, list[int]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            *(pl.Series(name, places, dtype=pl.UInt32) for name, places in keys.items()),
            *(pl.Series(each.column, values[each.column], dtype=DTYPES[each.kind]) for each in fields),
        ]
    )


def finished(quick: Lines | None, slow: Gathered | None, wanted: Wanted, categories: pl.Categories) -> Lines:
    """Join what was read in two ways of the lines of one kind, in the order of the lines; words are categories."""
    if slow is None:
        return quick or nothing(wanted, categories)
    rest = slow.lines()
    frame = _worded(rest.frame, wanted.fields, categories)
    items = {each.name: _worded(rest.items[each.name], each.fields, categories) for each in wanted.items}
    if quick is None:
        return Lines(frame, items)
    return Lines(
        frame=pl.concat([quick.frame, frame]).sort(ROW),
        items={name: _in_order(quick.items[name], each) for name, each in items.items()},
    )


def nothing(wanted: Wanted, categories: pl.Categories) -> Lines:
    """No lines of a kind, with all its columns."""
    return Lines(
        frame=_empty(wanted.fields, (ROW,), categories),
        items={each.name: _empty(each.fields, (ROW, PLACE), categories) for each in wanted.items},
    )


class Kinds(dict[str, Lines]):
    """Lines by their kind; one without lines has its frames made when it is asked for."""

    def __init__(self, wanted: Mapping[str, Wanted], categories: pl.Categories) -> None:
        """Begin without lines."""
        super().__init__()
        self.wanted = wanted
        self.categories = categories

    def __missing__(self, word: str) -> Lines:
        return nothing(self.wanted[word], self.categories)


def _empty(fields: Iterable[Field], keys: Iterable[str], categories: pl.Categories) -> pl.DataFrame:
    words = pl.Categorical(categories)
    columns = {each.column: words if each.kind is As.WORD else DTYPES[each.kind] for each in fields}
    return pl.DataFrame(schema={**dict.fromkeys(keys, pl.UInt32()), **columns})


def _in_order(quick: pl.DataFrame, slow: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([quick, slow]).sort(ROW, PLACE) if slow.height else quick


def _worded(frame: pl.DataFrame, fields: Iterable[Field], categories: pl.Categories) -> pl.DataFrame:
    words = [each.column for each in fields if each.kind is As.WORD]
    return frame.with_columns(pl.col(words).cast(pl.Categorical(categories))) if words else frame
