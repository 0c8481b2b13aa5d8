"""Add rows to tables in SQL: what is there is added to, what is not is inserted.

Decides how a sum adds up in the database: like everywhere, it stays at the largest number instead of wrapping around.
Statements are compiled once and given whole columns of rows.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, func, literal_column
from sqlalchemy.dialects import sqlite

from monitor.kept import MOST

if TYPE_CHECKING:
    import polars as pl
    from sqlalchemy import Connection, Table
    from sqlalchemy.sql.elements import ColumnClause, ColumnElement

_MOST: Final[ColumnClause[int]] = literal_column(str(MOST))


def add_rows(connection: Connection, table: Table, rows: pl.DataFrame) -> None:
    """Add rows by the table's primary key.

    Columns in: those of the table, by name. `first_time` keeps the smallest, `last_time` and `retain_until` the
    largest; other numbers beyond the key add up, words stay.
    """
    if rows.height:
        columns = [column.name for column in table.columns]
        key = [column.name for column in table.primary_key]
        # In the order of the key, rows go side by side into the same pages.
        connection.exec_driver_sql(_adding(table), rows.select(columns).sort(key).rows())


def insert_new(connection: Connection, table: Table, rows: pl.DataFrame) -> None:
    """Insert the rows whose primary key the table has not."""
    if rows.height:
        columns = [column.name for column in table.columns]
        connection.exec_driver_sql(_new(table), rows.select(columns).rows())


@cache
def _adding(table: Table) -> str:
    insert = sqlite.insert(table)
    key = list(table.primary_key)
    changed = {
        column.name: _changed(column, insert.excluded[column.name])
        for column in table.columns
        if column not in set(key) and _is_number(column)
    }
    return _compiled(insert.on_conflict_do_update(index_elements=key, set_=changed))


@cache
def _new(table: Table) -> str:
    return _compiled(sqlite.insert(table).on_conflict_do_nothing(index_elements=list(table.primary_key)))


def _changed(column: ColumnElement[int], added: ColumnElement[int]) -> ColumnElement[int]:
    if column.name == "first_time":
        return func.min(column, added)
    if column.name in {"last_time", "retain_until"}:
        return func.max(column, added)
    return added_up(column, added)


def added_up(column: ColumnElement[int], more: ColumnElement[int]) -> ColumnElement[int]:
    """The sum of two counts, at most the largest number."""
    return case((column > _MOST - more, _MOST), else_=column + more)


def _is_number(column: ColumnElement[Any]) -> bool:
    return column.type.python_type is int


def _compiled(statement: sqlite.Insert) -> str:
    return str(statement.compile(dialect=sqlite.dialect()))
