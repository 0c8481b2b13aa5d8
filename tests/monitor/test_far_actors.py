"""Where an actor is whom no address tells, and whose people they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from monitor.address import parse_addresses
from monitor.far_actors import with_nobody
from tests.judging import told
from tests.telling import Telling, act, admins

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge

_PLACE = ("place_country", "place_source", "place_confidence", "place_verdict", "place_reason")
_CONTROL = ("operator", "importer", "control_verdict", "control_reason")
_FRENCH = "194.2.0.20"


@pytest.fixture
def telling(knowledge: Knowledge, tmp_path: Path) -> Telling:
    """The stages of the small site."""
    return Telling.of(knowledge, tmp_path)


@pytest.mark.parametrize(
    ("country", "place"),
    [
        ("US", ("US", "claimed", "single", "uncovered", "importer_unknown")),
        ("FR", ("FR", "claimed", "single", "eea", None)),
        ("CH", ("CH", "claimed", "single", "adequate", None)),
        ("XX", (None, None, "none", "undetermined", "no_source")),
        ("Mars", (None, None, "none", "undetermined", "no_source")),
        (None, (None, None, "none", "undetermined", "no_source")),
    ],
)
def test_without_an_address_the_claim_of_the_log_is_the_place(
    telling: Telling, country: str | None, place: tuple[Any, ...]
) -> None:
    """What is no country is no claim."""
    assert told(telling.row(admins(act(actor_address=None, actor_country=country))), *_PLACE) == place


def test_an_address_comes_before_a_claim(telling: Telling) -> None:
    """A log may claim what it likes."""
    row = telling.row(admins(act(actor_country="FR")))

    assert (row["place_country"], row["actor_country"]) == ("RU", "FR")


def test_a_claim_says_nothing_of_whose_law_reaches_the_actor(telling: Telling) -> None:
    """A customer's administrator is nobody's operator."""
    row = telling.row(admins(act(actor_address=None, actor_country="US")))

    assert told(row, *_CONTROL) == (None, None, "undetermined", "operator_unlisted")


@pytest.mark.parametrize("address", [None, "5.188.10.7", _FRENCH])
def test_a_providers_people_are_the_provider(telling: Telling, address: str | None) -> None:
    """It receives, and its law reaches them, whoever announces their address."""
    row = telling.row(admins(act(actor_kind="provider", actor_address=address)))

    assert told(row, *_CONTROL, "remote_address") == ("aws", "aws", "exposed", "law", address)


def test_a_providers_place_is_that_of_its_address_or_its_claim(telling: Telling) -> None:
    """As of anybody."""
    found = [
        told(telling.row(admins(act(actor_kind="provider", **values))), "place_country", "place_verdict")
        for values in (
            {"actor_address": "5.188.10.7"},
            {"actor_address": None, "actor_country": "IN"},
            {"actor_address": None},
        )
    ]

    assert found == [("RU", "uncovered"), ("IN", "uncovered"), (None, "undetermined")]


def test_an_entry_of_the_register_for_the_provider_covers_its_people(knowledge: Knowledge, tmp_path: Path) -> None:
    """It names the operator, as for any far end of it."""
    register = (
        "transfers: [{id: T-1, importer: AWS Inc., match: {operators: [aws]}, basis: derogation,"
        " valid_from: 2026-01-01, valid_to: null}]"
    )
    telling = Telling.of(knowledge, tmp_path, register=register)
    row = telling.row(admins(act(actor_kind="provider", actor_address=None, actor_country="IN")))

    assert told(row, "place_verdict", "mechanism", "importer") == ("derogation", "T-1", "AWS Inc.")


def test_what_is_known_of_addresses_stays_as_it_is(telling: Telling) -> None:
    """A claim in one row changes no other row."""
    rows = telling.rows(admins(act(), act(actor_address=None, actor_country="FR"), act(actor_kind="provider"), act()))

    assert [told(row, "place_country", "operator") for row in rows] == [
        ("RU", "as205553"), ("FR", None), ("RU", "aws"), ("RU", "as205553"),
    ]  # fmt: skip


def test_behind_the_addresses_stands_nobody() -> None:
    """For an end that the record does not tell."""
    found = with_nobody(
        parse_addresses(pl.Series(["192.0.2.1"])), parse_addresses(pl.Series(["no", "2001:db8::1"], dtype=pl.String))
    )

    assert (found.text.to_list(), found.version.tolist()) == (["192.0.2.1", None, "2001:db8::1", None], [4, 0, 6, 0])
