"""One statement for each prefix: which of several counts."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import polars as pl
import pytest

from monitor.attribution.feeds.contract import STATED
from monitor.attribution.feeds.equal import one_statement_each
from monitor.attribution.feeds.networks import read_networks

Row = dict[str, Any]
GENERAL: Row = {"scope": "whose"}
GENERAL_REGION: Row = {"scope": "regional", "country": "FR", "region": "paris"}
SERVICE: Row = {"scope": "whose", "service": "Storage"}
SERVICE_REGION: Row = {"scope": "regional", "country": "FR", "region": "paris", "service": "Storage"}
GLOBAL_SERVICE: Row = {"scope": "global", "service": "FrontDoor"}
GLOBAL_GENERAL: Row = {"scope": "global", "region": "GLOBAL"}
EVERYWHERE: Row = {"network": "198.51.100.0/24", "scope": "whose", "service": "Storage"}


def rows(*statements: Row) -> pl.DataFrame:
    """Statements about one prefix, unless they name another."""
    given = pl.DataFrame(
        [{name: row.get(name) for name in ("operator", "service", "region", "country", "scope")} for row in statements],
        schema={name: STATED[name] for name in ("operator", "service", "region", "country", "scope")},
    )
    networks = read_networks(pl.Series([row.get("network", "192.0.2.0/24") for row in statements]))
    return pl.concat([networks, given], how="horizontal").select(STATED.names())


def kept(*statements: Row) -> tuple[Any, ...]:
    """Scope, country, region and service that are kept for the first prefix."""
    frame, _ = one_statement_each(rows(*statements))
    return frame.select("scope", "country", "region", "service").row(0)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ((GENERAL, GENERAL_REGION), ("regional", "FR", "paris", None)),
        ((GENERAL, SERVICE), ("whose", None, None, "Storage")),
        ((GENERAL_REGION, SERVICE), ("regional", "FR", "paris", "Storage")),
        ((GENERAL, SERVICE_REGION), ("regional", "FR", "paris", "Storage")),
        ((GENERAL_REGION, GLOBAL_SERVICE), ("global", None, None, "FrontDoor")),
        ((SERVICE_REGION, GLOBAL_SERVICE, GENERAL), ("global", None, None, "FrontDoor")),
        ((GLOBAL_GENERAL, GENERAL_REGION), ("regional", "FR", "paris", None)),
        ((GLOBAL_GENERAL, GENERAL), ("global", None, "GLOBAL", None)),
        ((GLOBAL_GENERAL, GLOBAL_SERVICE), ("global", None, "GLOBAL", "FrontDoor")),
    ],
)
def test_of_several_statements_in_any_order(statements: tuple[Row, ...], expected: tuple[Any, ...]) -> None:
    """A general list hides no region and no service; a global service hides every region."""
    assert {kept(*order) for order in permutations(statements)} == {expected}


def test_the_service_with_fewest_prefixes_is_named() -> None:
    """It says most of a prefix."""
    assert kept(SERVICE, {"scope": "whose", "service": "Backup"}, EVERYWHERE)[3] == "Backup"


def test_of_equally_frequent_services_the_first_by_name_is_named() -> None:
    """So that the order of the file never matters."""
    assert kept(SERVICE, {"scope": "whose", "service": "Backup"})[3] == "Backup"


def test_two_countries_for_one_prefix_are_none() -> None:
    """The feed contradicts itself."""
    frame, notes = one_statement_each(rows(GENERAL_REGION, {"scope": "regional", "country": "DE", "region": "berlin"}))

    assert (frame.select("scope", "country").rows(), [note.word for note in notes]) == (
        [("whose", None)],
        ["192.0.2.0/24"],
    )


def test_of_two_regions_in_one_country_the_first_by_name_is_named() -> None:
    """The country stands."""
    assert kept(GENERAL_REGION, {"scope": "regional", "country": "FR", "region": "marseille"})[:3] == (
        "regional",
        "FR",
        "marseille",
    )


def test_the_operator_is_that_of_the_region() -> None:
    """A sovereign region has its own."""
    frame, _ = one_statement_each(rows({**GENERAL, "operator": "a"}, {**GENERAL_REGION, "operator": "sovereign"}))

    assert frame["operator"].to_list() == ["sovereign"]


def test_prefixes_are_in_order_the_wider_first() -> None:
    """By version, first address, last address descending."""
    texts = ["2001:db8::/32", "192.0.2.0/25", "192.0.2.0/24", "10.0.0.0/8"]
    frame, _ = one_statement_each(rows(*({**GENERAL, "network": text} for text in texts)))

    assert frame["network"].to_list() == ["10.0.0.0/8", "192.0.2.0/24", "192.0.2.0/25", "2001:db8::/32"]
