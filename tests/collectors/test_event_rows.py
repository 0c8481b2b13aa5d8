"""Events from columns of text: each address once, whatever its column."""

from __future__ import annotations

import polars as pl

from collectors.event_rows import admin_rows, dns_names, positions, readable
from monitor import schema


def test_an_address_stands_once_for_all_columns() -> None:
    """What is no address has no position."""
    frame = pl.DataFrame({"one": ["10.0.0.1", None, "host"], "other": ["10.0.0.2", "10.0.0.1", None]})

    placed, addresses = positions(frame, ("one", "other"))
    text = addresses.text

    assert [text.gather(placed[name]).to_list() for name in ("one", "other")] == [
        ["10.0.0.1", None, None],
        ["10.0.0.2", "10.0.0.1", None],
    ]
    assert (len(addresses), placed.dtypes) == (3, [pl.UInt32(), pl.UInt32()])


def test_nothing_at_all_has_no_position() -> None:
    """Neither nulls nor no rows."""
    for column in (pl.Series([None], dtype=pl.String), pl.Series([], dtype=pl.String)):
        placed, addresses = positions(pl.DataFrame({"one": column}), ("one",))
        assert (placed["one"].null_count(), len(addresses)) == (len(column), 0)


def test_an_address_is_readable_and_a_name_is_not() -> None:
    """Nor is nothing."""
    assert readable(pl.Series(["10.0.0.1", "::1", "host", None])).to_list() == [True, True, False, False]


def test_columns_that_a_log_does_not_tell_are_there_and_null() -> None:
    """In the order of the table."""
    rows = pl.DataFrame(
        {"line": pl.Series([1], dtype=pl.UInt64), "name": ["a.example"], "client_address": ["10.0.0.1"]}
    )

    names = dns_names(rows, {"port": pl.Series(["53"])})

    wanted = [column.name for column in schema.NAME if column.name not in {"event", "source"}]
    assert names.frame.columns == ["line", *wanted]
    assert names.frame.select("via", "attributes", "address", "ttl_seconds").row(0) == (
        "dns",
        '{"port":"53"}',
        None,
        None,
    )


def test_an_act_has_the_address_of_our_end_besides() -> None:
    """It is not printed, and joins the system."""
    rows = pl.DataFrame(
        {"line": pl.Series([1], dtype=pl.UInt64), "actor_address": ["10.0.0.1"], "target_address": ["10.0.0.2"]}
    )

    admins = admin_rows(rows, {})

    assert admins.addresses.text.gather(admins.frame["target_address"]).to_list() == ["10.0.0.2"]
    assert admins.frame["attributes"].to_list() == ["{}"]
