"""Which system an act of administration was about, and whether it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from collectors import KINDS
from collectors.contract import Admins, Piece, SourceOptions
from monitor import schema
from monitor.orient_admins import CUSTOMER, PROVIDER, SERVICE, address_in
from tests.judging import told
from tests.telling import CLOUD, Telling, act, admins

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge

_VISIT = ("Accepted publickey for alice from", "Disconnected from user alice")


@pytest.fixture
def telling(knowledge: Knowledge, tmp_path: Path) -> Telling:
    """The stages of the small site."""
    return Telling.of(knowledge, tmp_path)


def test_the_codes_of_actors_are_those_of_the_schema() -> None:
    """In their order."""
    words = schema.ACTOR_KINDS.categories

    assert [words[each] for each in (CUSTOMER, PROVIDER, SERVICE)] == ["customer", "provider", "service"]


@pytest.mark.parametrize(
    ("values", "system", "local"),
    [
        pytest.param({}, "warehouse", None, id="account"),
        pytest.param({"target_address": "10.30.0.7"}, "portal", "10.30.0.7", id="address before account"),
        pytest.param({"target": "10.30.0.7"}, "portal", "10.30.0.7", id="target that is an address"),
        pytest.param({"target": "10.30.0.7:22"}, "portal", "10.30.0.7", id="target with a port"),
        pytest.param({"target": "[2001:db8:20::9]:22"}, "warehouse", "2001:db8:20::9", id="target in brackets"),
        pytest.param({"account": None, "target": "db01"}, "portal", None, id="target that is a host"),
        pytest.param({"account": None, "observer": "db01.example.org"}, "portal", None, id="observer that is a host"),
        pytest.param({"account": None, "observer": "10.20.0.9"}, "warehouse", "10.20.0.9", id="observer's address"),
        pytest.param({"target_address": "9.9.9.9"}, "warehouse", None, id="an address that is not ours"),
        pytest.param({"target": "1.2"}, "warehouse", None, id="no address at all"),
    ],
)
def test_our_end_is_found(telling: Telling, values: dict[str, Any], system: str, local: str | None) -> None:
    """By an address of it, by the account, by a host's name, first that applies."""
    assert told(telling.row(admins(act(**values))), "system", "local_address") == (system, local)


@pytest.mark.parametrize(
    "values", [{"account": None}, {"account": "999999999999"}, {"account": None, "observer": "db02"}]
)
def test_an_act_about_nothing_of_ours_is_no_row(telling: Telling, values: dict[str, Any]) -> None:
    """It is counted."""
    judged = telling.judged(admins(act(**values), act()))

    assert (judged.oriented.frame.height, judged.not_ours) == (1, 1)


def test_an_act_is_inbound_administration(telling: Telling) -> None:
    """With the actor at the other end, without service and octets; its instant stands as `time`."""
    row = telling.row(admins(act()))

    assert told(row, "event", "activity", "direction", "service") == ("admin", "admin", "inbound", None)
    assert told(row, "remote_address", "octets_out", "octets_in", "end_time") == ("5.188.10.7", None, None, None)
    assert (row["actor"], row["action"], row["name"], row["src_address"]) == ("alice", "ConsoleLogin", None, None)


@pytest.mark.parametrize(("access", "counted"), [(True, True), (None, True), (False, False)])
def test_what_is_no_access_does_not_count(telling: Telling, access: bool | None, counted: bool) -> None:  # noqa: FBT001
    """A request for it, or its end; it is a row all the same."""
    told_of = admins(act())
    frame = told_of.frame.with_columns(access=pl.lit(access, dtype=pl.Boolean))
    row = telling.row(Admins(frame, told_of.addresses))

    assert told(row, "counted", "activity", "place_verdict") == (counted, "admin", "uncovered")


def test_one_session_of_sshd_is_one_act(telling: Telling) -> None:
    """It is told when it begins and when it ends."""
    lines = [f"2026-09-01T12:00:0{n}Z db01 sshd[7]: {what} 5.188.10.7 port 22\n" for n, what in enumerate(_VISIT)]
    (part,) = KINDS["sshd"].decoder(SourceOptions()).decode(Piece("".join(lines).encode(), 1, 0)).admins

    assert [row["counted"] for row in telling.rows(part, "sshd")] == [True, False]


@pytest.mark.parametrize(("success", "counted"), [(True, True), (None, True), (False, False)])
def test_what_did_not_succeed_does_not_count(telling: Telling, success: bool | None, counted: bool) -> None:  # noqa: FBT001
    """It was tried, and is a row; where the source does not tell, it may have been done."""
    row = telling.row(admins(act(success=success)))

    assert told(row, "counted", "activity", "place_verdict") == (counted, "admin", "uncovered")


@pytest.mark.parametrize(
    ("values", "counted"),
    [
        ({}, False),
        ({"actor_country": "US"}, True),
        ({"actor_address": "5.188.10.7"}, True),
        ({"actor_kind": "customer"}, True),
        ({"actor_kind": "provider"}, True),
    ],
)
def test_what_a_service_does_of_itself_does_not_count(telling: Telling, values: dict[str, Any], counted: bool) -> None:  # noqa: FBT001
    """Nobody came in, from nowhere that is told; anything told of it makes it count."""
    row = telling.row(admins(act(**{"actor_kind": "service", "actor_address": None} | values)))

    assert row["counted"] is counted


def test_our_own_address_is_internal(telling: Telling) -> None:
    """From one system of ours to another."""
    row = telling.row(admins(act(actor_address="10.30.0.9")))

    assert told(row, "system", "peer_system", "place_verdict") == ("warehouse", "portal", "internal")


@pytest.mark.parametrize("observer", [None, "db01"])
def test_a_session_that_goes_out_is_judged_on_its_target(telling: Telling, observer: str | None) -> None:
    """Ours acted on a host of somebody else; which of our hosts saw it does not matter."""
    values = {"actor_address": "10.20.0.9", "target_address": "5.188.10.7", "account": None, "observer": observer}
    row = telling.row(admins(act(**values)))

    assert told(row, "direction", "system", "local_address") == ("outbound", "warehouse", "10.20.0.9")
    assert told(row, "remote_address", "place_country", "place_verdict") == ("5.188.10.7", "RU", "uncovered")


def test_our_own_staff_is_no_transfer(telling: Telling) -> None:
    """Wherever they work."""
    row = telling.row(admins(act(actor_address="198.51.100.4")))

    assert told(row, "place_verdict", "place_reason", "place_country") == ("not_a_transfer", "own_staff", "JP")


@pytest.mark.parametrize("address", ["10.30.0.9", "198.51.100.4"])
def test_a_providers_people_are_never_ours(telling: Telling, address: str) -> None:
    """Whichever network of ours they come through."""
    row = telling.row(admins(act(actor_kind="provider", actor_address=address)))

    assert (row["place_verdict"], row["control_verdict"]) == ("undetermined", "exposed")


def test_an_act_without_a_time_is_counted_and_not_judged(telling: Telling) -> None:
    """No law applies to it."""
    judged = telling.judged(admins(act(time=None), act()))

    assert (judged.no_time, judged.oriented.frame.height) == (1, 1)


def test_nothing_gives_no_rows(telling: Telling) -> None:
    """Nor does a part of nobody's acts."""
    assert (telling.rows(admins()), telling.rows(admins(act(account=None)))) == ([], [])


def test_accounts_are_looked_up_in_the_cloud_of_the_log(telling: Telling) -> None:
    """The same number in the log of another cloud is another account."""
    found = telling.row(admins(act(account="aaaa-1")), "azure_activity")

    assert (found["system"], telling.rows(admins(act(account=CLOUD)), "azure_activity")) == ("portal", [])


def test_what_is_an_address_as_a_whole() -> None:
    """With a port or not; anything else is no address."""
    texts = ["10.0.0.1", "10.0.0.1:22", "::1", "[::1]:22", "arn:aws:iam::1:user/a", "10.0.0.1/8", "", None, "db:22"]

    assert address_in(pl.Series(texts)).to_list() == ["10.0.0.1", "10.0.0.1", "::1", "::1", *[None] * 5]
