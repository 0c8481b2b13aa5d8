"""What is read and in no row, as outcomes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from monitor.unjudged import bounded
from tests.summing import told
from tests.telling import Telling, act, admins, asked, names

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge


@pytest.fixture
def telling(knowledge: Knowledge, tmp_path: Path) -> Telling:
    """The stages of the small site."""
    return Telling.of(knowledge, tmp_path)


def test_every_record_that_is_in_no_row_is_an_outcome(telling: Telling) -> None:
    """With its reason; what is not ours is in the coverage of its hour instead."""
    sums = telling.sums(
        admins(act(), act(time=None), act(account=None)),
        names(asked(), asked(time=None), asked(resolver_address="10.20.0.53"), asked(resolver_address=None)),
        passed_over={"cron": 7},
    )

    assert told(sums.outcomes, "outcome", "reason", "records") == [
        ("evidence", "no_resolver", 1),
        ("evidence", "own_resolver", 1),
        ("no_time", "no_time", 2),
        ("passed_over", "cron", 7),
    ]
    assert told(sums.coverage, "records", "not_ours_records") == [(5, 1)]


def test_evidence_is_read_whether_it_is_judged_or_not(telling: Telling) -> None:
    """A source whose every name is asked of our own resolver is not silent."""
    sums = telling.sums(names(asked(resolver_address="10.20.0.53")), kind="dns_unbound")

    assert told(sums.coverage, "source", "state", "records", "not_ours_records") == [("dns_unbound", "ok", 1, 0)]


def test_an_act_is_a_transfer_without_octets(telling: Telling) -> None:
    """Keyed by whose people acted and whether they succeeded."""
    sums = telling.sums(admins(act(), act(), act(success=False), act(actor_kind="provider", actor_address=None)))

    assert told(sums.transfers, "event", "actor_kind", "success", "counted", "records", "records_without_octets") == [
        ("admin", "customer", False, False, 1, 1),
        ("admin", "customer", True, True, 2, 2),
        ("admin", "provider", True, True, 1, 1),
    ]


def test_evidence_of_an_act_names_the_actor(telling: Telling) -> None:
    """Who, from where: of what counts, and needs a person. What failed tells no name, which may be a password."""
    sums = telling.sums(admins(act(), act(actor="bob", success=False)), names(asked()))

    assert told(sums.evidence, "name", "remote_address", "local_address") == [
        ("alice", "5.188.10.7", None),
        (None, "5.188.10.7", "10.20.0.5"),
    ]


def test_reasons_are_bounded() -> None:
    """A list that is not closed after all ends in one line; nothing is lost."""
    found = bounded(Counter({f"r{number:03}": 1 for number in range(500)}))

    assert (len(found), found.total(), found["other"]) == (100, 500, 401)
