"""Both verdicts on one far end, what came before and after, and what would change them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest

from monitor.inquiry.explain import explain
from monitor.inquiry.explain_verdict import SAYS

if TYPE_CHECKING:
    from monitor.app import Knowledge

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
FAR_ENDS: Final = (
    *("8.8.8.8", "51.103.0.1", "51.178.1.1", "5.255.255.70", "9.9.9.9", "193.0.6.139", "10.0.0.1", "127.0.0.1"),
    *("s3.eu-west-3.amazonaws.com", "example.org", "2001:0:1::1"),
)


def verdict(what: str, knowledge: Knowledge, at: datetime = NOW) -> dict[str, Any]:
    """The verdict section of an explanation."""
    found: dict[str, Any] = explain(what, at, knowledge)["verdict"]
    return found


def changes(what: str, knowledge: Knowledge, at: datetime = NOW) -> list[str]:
    """What would change the verdicts, with the axis."""
    return [f"{each['axis']}: {each['what']}" for each in verdict(what, knowledge, at)["would_change"]]


@pytest.mark.parametrize("what", FAR_ENDS)
@pytest.mark.parametrize("year", [1990, 2015, 2019, 2020, 2022, 2026])
def test_every_verdict_has_its_sentence(what: str, year: int, knowledge: Knowledge) -> None:
    """Also those before and after."""
    found = verdict(what, knowledge, datetime(year, 6, 1, tzinfo=UTC))
    said = [
        side for part in (found, found["before"], found["after"]) if part for side in (part["place"], part["control"])
    ]

    assert [side["says"] for side in said] == [SAYS[side["verdict"], side["reason"]] for side in said]


def test_no_sentence_says_illegal() -> None:
    """And `uncovered` says whose knowledge ends."""
    uncovered = [says for (verdict_, _), says in SAYS.items() if verdict_ == "uncovered"]

    assert [says for says in SAYS.values() if "illegal" in says] == []
    assert [says for says in uncovered if not says.startswith("no ground known to this tool")] == []


@pytest.mark.parametrize(
    ("what", "name", "why"),
    [
        ("51.103.0.1", None, "not known: the operator hosts others (cloud, cdn)"),
        ("9.9.9.9", "quad9", "the operator itself: it hosts no others"),
        ("193.0.6.139", None, "not known, nor is the operator"),
        ("127.0.0.1", None, "nobody: it cannot leave the site"),
    ],
)
def test_the_importer_is_the_operator_when_it_hosts_no_others(
    what: str, name: str | None, why: str, knowledge: Knowledge
) -> None:
    """Else it is not known."""
    assert verdict(what, knowledge)["importer"] == {"name": name, "why": why}


def american(knowledge: Knowledge) -> str:
    """An address in the United States that is not anycast."""
    address = "16.15.0.1"
    assert explain(address, NOW, knowledge)["place"]["country"] == "US"
    return address


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        ("2020-07-15T21:59:59", "importer_unknown"),
        ("2020-07-15T22:00:00", "no_ground"),
        ("2023-07-09T21:59:59", "no_ground"),
        ("2023-07-09T22:00:00", "importer_unknown"),
    ],
)
def test_the_reason_follows_the_law_of_the_moment(moment: str, reason: str, knowledge: Knowledge) -> None:
    """One second either side of the end of Privacy Shield and of the start of the DPF."""
    at = datetime.fromisoformat(f"{moment}+00:00")

    assert verdict(american(knowledge), knowledge, at)["place"]["reason"] == reason


def test_the_neighbours_in_time_are_told(knowledge: Knowledge) -> None:
    """Between the annulment of Privacy Shield and the DPF no list existed."""
    found = verdict(american(knowledge), knowledge, datetime(2022, 1, 1, tzinfo=UTC))
    said = [(found[key]["changed_on"], found[key]["place"]["reason"]) for key in ("before", "after")]

    assert said == [("2020-07-16", "importer_unknown"), ("2023-07-10", "importer_unknown")]


def test_a_decision_that_ends_is_told_with_its_day(knowledge: Knowledge) -> None:
    """The renewed decision on the United Kingdom runs to 2031-12-27."""
    found = verdict("212.58.237.1", knowledge)

    assert (found["place"]["verdict"], found["place"]["mechanism"]) == ("adequate", "renewal of (EU) 2021/1772")
    assert [change["on"] for change in found["would_change"] if change["axis"] == "place"] == ["2031-12-27"]
    assert (found["after"]["changed_on"], found["after"]["place"]["verdict"]) == ("2031-12-28", "uncovered")


@pytest.mark.parametrize(
    ("what", "change"),
    [
        (
            "8.8.8.8",
            (
                "place: `peers:` in inventory.yaml, with the country of this network."
                " The host name of the conversation tells which service it was."
            ),
        ),
        ("10.0.0.1", "place: An entry of inventory.yaml that names the network: `systems:`, `peers:` or `staff:`."),
        ("example.org", "place: An address seen with the name: a name alone never tells where."),
        ("2001:0:1::1", "place: `peers:` in inventory.yaml, with the country of this network."),
        ("51.178.1.1", "control: `exposed_from_weight: low` in the policy: CA_PRODUCTION_ORDER would decide."),
        ("193.0.6.139", "control: An operator in rules/operators with AS3333 under `as_numbers:`, and its owners."),
        ("example.org", "control: An operator in rules/operators with its suffix under `domains:`, and its owners."),
        (
            "5.255.255.70",
            (
                "control: The end of RU_SORM and RU_YAROVAYA, or owners that no such law reaches:"
                " dated lines in rules/law and rules/operators."
            ),
        ),
        (
            "5.255.255.70",
            (
                "place: A transfer declared in register.yaml: clauses or corporate rules (Art. 46) with an assessment"
                " in date and measures that work, or a derogation (Art. 49)."
            ),
        ),
    ],
)
def test_what_would_change_a_verdict_is_told(what: str, change: str, knowledge: Knowledge) -> None:
    """In the words of the file that would have to change."""
    assert change in changes(what, knowledge)


def test_a_list_names_the_certification_that_is_wanted(knowledge: Knowledge) -> None:
    """And the litigation that could end the decision."""
    said = changes(american(knowledge), knowledge)

    assert (
        "place: A certification of the importer under EU-US Data Privacy Framework in certifications.yaml, and an"
        " importer that is known."
    ) in said
    assert [each for each in said if each.startswith("place: A judgment on (EU) 2023/1795: ")] != []


def test_nothing_changes_what_cannot_leave(knowledge: Knowledge) -> None:
    """Loopback stays."""
    assert changes("127.0.0.1", knowledge) == []
