"""Which names are judged, on which resolver, and what the others are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.judging import told
from tests.telling import Telling, asked, names

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge

_KIND = "dns_bind"


@pytest.fixture
def telling(knowledge: Knowledge, tmp_path: Path) -> Telling:
    """The stages of the small site."""
    return Telling.of(knowledge, tmp_path)


def test_a_question_is_an_outbound_conversation_with_its_resolver(telling: Telling) -> None:
    """The answer is evidence: it stands in the row, and is no far end."""
    row = telling.row(names(asked(address="93.184.216.34")), _KIND)

    assert told(row, "event", "activity", "direction", "system") == ("name", "dns", "outbound", "warehouse")
    assert told(row, "local_address", "remote_address", "address") == ("10.20.0.5", "5.188.10.7", "93.184.216.34")
    assert told(row, "name", "via", "octets_out", "place_verdict") == ("www.example.org", "dns", None, "uncovered")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"resolver_address": "10.20.0.53"}, "own_resolver"),
        ({"resolver_address": "10.20.0.53", "client_address": "9.9.9.9"}, "own_resolver"),
        ({"resolver_address": None}, "no_resolver"),
        ({"resolver_address": None, "via": "tls"}, "shown"),
        ({"resolver_address": None, "via": "quic", "client_address": "9.9.9.9"}, "shown"),
    ],
)
def test_what_is_no_conversation_with_a_far_end_is_counted(
    telling: Telling, values: dict[str, Any], reason: str
) -> None:
    """By what it is, and not as somebody else's."""
    judged = telling.judged(names(asked(**values)), _KIND)

    assert (judged.unjudged, judged.not_ours, judged.oriented.frame.height) == (Counter({reason: 1}), 0, 0)


def test_of_several_answers_to_a_question_one_counts(telling: Telling) -> None:
    """The same line tells them all; the next line is another question."""
    answers = [asked(line=1, address=each) for each in ("192.0.2.1", "192.0.2.2", "192.0.2.3")]
    found = telling.rows(names(*answers, asked(line=2, address="192.0.2.1")), _KIND)

    assert [row["counted"] for row in found] == [True, False, False, True]


def test_two_questions_of_one_line_both_count(telling: Telling) -> None:
    """As where a whole array stands on a line."""
    found = telling.rows(names(asked(line=1), asked(line=1, name="www.example.com")), _KIND)

    assert [row["counted"] for row in found] == [True, True]


@pytest.mark.parametrize(
    ("values", "system", "local"),
    [
        pytest.param({"client_address": None, "observer": "db01"}, "portal", None, id="host of the observer"),
        pytest.param({"client_address": "9.9.9.9", "observer": "10.30.0.4"}, "portal", "10.30.0.4", id="its address"),
        pytest.param({"observer": "db01"}, "warehouse", "10.20.0.5", id="the client first"),
    ],
)
def test_our_end_is_the_client_else_the_observer(
    telling: Telling, values: dict[str, Any], system: str, local: str | None
) -> None:
    """A resolver of ours that asks another one logs under its own name."""
    assert told(telling.row(names(asked(**values)), _KIND), "system", "local_address") == (system, local)


def test_a_question_of_a_stranger_is_not_ours(telling: Telling) -> None:
    """To a resolver that is not ours either."""
    judged = telling.judged(names(asked(client_address="9.9.9.9"), asked()), _KIND)

    assert (judged.not_ours, judged.oriented.frame.height) == (1, 1)


def test_a_resolver_that_cannot_leave_the_site_is_internal(telling: Telling) -> None:
    """The stub on the host itself."""
    assert telling.row(names(asked(resolver_address="127.0.0.53")), _KIND)["place_verdict"] == "internal"


def test_a_name_that_was_asked_for_says_nothing_of_its_resolver(telling: Telling) -> None:
    """Whose service it names is another far end's."""
    row = telling.row(names(asked(name="acme.my.salesforce.com")), _KIND)

    assert (row["named_operator"], row["importer"]) == (None, None)


def test_nothing_gives_no_rows(telling: Telling) -> None:
    """Nor does a name without a time."""
    assert (telling.rows(names(), _KIND), telling.rows(names(asked(time=None)), _KIND)) == ([], [])
