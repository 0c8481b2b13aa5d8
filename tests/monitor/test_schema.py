"""The tables of columns, and what departs from them."""

from __future__ import annotations

import polars as pl
import pytest

from monitor import schema
from monitor.schema import ADMIN, COVERAGE, FLOW, JUDGED, NAME, ORIGIN, SAID, Column, departures, frame_schema

TABLES = {"flow": FLOW, "name": NAME, "admin": ADMIN, "coverage": COVERAGE, "judged": JUDGED}
SMALL = (
    Column("octets", pl.Int64(), nullable=True, meaning="octets"),
    Column("action", schema.ACTIONS, nullable=False, meaning="what the filter did"),
)


def frame(**columns: pl.Series) -> pl.DataFrame:
    """Make a frame that conforms to SMALL, but for what is given."""
    sound = {"octets": pl.Series([1, None]), "action": pl.Series(["accept", "reject"], dtype=schema.ACTIONS)}
    return pl.DataFrame(sound | columns)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_no_column_stands_twice(table: str) -> None:
    """A frame could not hold it."""
    names = [column.name for column in TABLES[table]]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_column_says_what_it_means(table: str) -> None:
    """The handbook prints it."""
    assert [column.name for column in TABLES[table] if not column.meaning] == []


@pytest.mark.parametrize("table", ["flow", "name", "admin", "coverage"])
def test_every_event_ends_with_its_origin(table: str) -> None:
    """Who saw it, and where."""
    assert TABLES[table][-len(ORIGIN) :] == ORIGIN


def test_a_judged_row_begins_as_its_event() -> None:
    """Nothing that a record said is lost, whichever of the three events it is."""
    said = {column.name for table in (FLOW, NAME, ADMIN) for column in table}

    assert JUDGED[: len(SAID)] == SAID
    assert {column.name for column in SAID} == said


def test_a_column_of_a_judged_row_is_that_of_its_event() -> None:
    """But for `action`, which is text because an administrator's is, and what another event has not."""
    others = {column.name: column for table in (ADMIN, NAME, FLOW) for column in table}
    changed = {each.name for each in SAID if each.dtype != others[each.name].dtype}

    assert changed == {"action"}


def test_only_our_own_words_are_kept_for_the_life_of_the_process() -> None:
    """What the input controls is plain text: a hostile input cannot grow a table that is never freed."""
    from_input = {
        "observer",
        "account",
        "network_id",
        "region_hint",
        "service_hint",
        "name",
        "application",
        "attributes",
    }
    from_input |= {"actor", "actor_country", "target", "justification", "record_type", "response_code"}
    from_input |= {"src_address", "dst_address", "local_address", "remote_address", "detail"}
    columns = {column.name: column for table in TABLES.values() for column in table}

    assert {name for name in from_input if columns[name].dtype != pl.String} == set()


def test_the_schema_of_a_frame_keeps_the_order() -> None:
    """And the types."""
    assert list(frame_schema(SMALL).items()) == [("octets", pl.Int64()), ("action", schema.ACTIONS)]


def test_a_conforming_frame_has_no_departures() -> None:
    """In any order of its columns."""
    assert departures(frame().select("action", "octets"), SMALL) == []


@pytest.mark.parametrize(
    ("departing", "said"),
    [
        pytest.param(frame().drop("octets"), ["octets is missing"], id="missing"),
        pytest.param(frame(more=pl.Series([1, 2])), ["more is not in the schema"], id="additional"),
        pytest.param(
            frame(octets=pl.Series(["1", "2"])), ["octets is String, the schema says Int64"], id="of another type"
        ),
        pytest.param(
            frame(action=pl.Series(["accept", None], dtype=schema.ACTIONS)), ["action has nulls"], id="with nulls"
        ),
    ],
)
def test_a_departure_is_named(departing: pl.DataFrame, said: list[str]) -> None:
    """With its column."""
    assert departures(departing, SMALL) == said
