"""Grounds are worked out once for each question, and each span of time between two changes has its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from monitor.app import open_site
from monitor.grounds import NO_IMPORTER, Epochs, Grounds, PlaceQuestion
from monitor.law.control import INTERNAL
from monitor.law.matching import RegisterIndex
from monitor.law.place import Law
from tests.judging import INVENTORY, NOON, Site

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge

_PEERS = f"{INVENTORY}peers: [{{networks: [10.99.0.0/16], country: US, importer: Example}}, {{networks: [10.98.0.0/16], country: CA}}]\n"  # noqa: E501 - one line of YAML
_REGISTER = """
transfers:
  - id: T-1
    importer: Adobe Inc.
    match: {operators: [adobe], countries: [US]}
    systems: [portal]
    basis: derogation
    valid_from: 2026-09-01
    valid_to: 2026-09-30
"""


@pytest.fixture
def grounds(knowledge: Knowledge, tmp_path: Path) -> Grounds:
    """The shipped law and operators, two peers, one entry."""
    site = open_site(Site(inventory=_PEERS, register=_REGISTER).write(tmp_path), knowledge.operators)
    law = Law(knowledge.territories, knowledge.regimes, site.certifications.certifications, "third_country")
    return Grounds.of(law, site, knowledge.operators, RegisterIndex.of(site.register))


def _epoch(grounds: Grounds, moment: datetime) -> int:
    return int(grounds.epochs.number(np.array([int(moment.timestamp()) * 1_000_000]))[0])


def _question(grounds: Grounds, country: str, **changed: int) -> PlaceQuestion:
    asked = {"importer": 0, "network": -1, "operator": -1, "as_number": 0, "system": -1} | changed
    return PlaceQuestion((country,), epoch=asked.pop("epoch", _epoch(grounds, NOON)), **asked)


def _position(grounds: Grounds, operator: str) -> int:
    return [each.id for each in grounds.operators.operators].index(operator)


def test_an_instant_belongs_to_the_span_that_it_begins() -> None:
    """A microsecond before belongs to the span before."""
    cut = datetime(2020, 7, 15, 22, tzinfo=UTC)
    epochs = Epochs.of([cut, cut])
    at = int(cut.timestamp()) * 1_000_000

    assert epochs.number(np.array([at - 1, at, at + 1])).tolist() == [0, 1, 1]
    assert (epochs.moment(0), epochs.moment(1)) == (datetime.min.replace(tzinfo=UTC), cut)


def test_the_ends_of_time_are_no_changes() -> None:
    """Always and forever cut nothing."""
    ends = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))

    assert Epochs.of(ends).number(np.array([-(2**62), 0, 2**62])).tolist() == [0, 0, 0]


def test_everything_that_changes_cuts_time(grounds: Grounds, knowledge: Knowledge) -> None:
    """Territories, decisions, laws, owners, the register: nothing that a verdict depends on changes within a span."""
    changes = {
        *knowledge.territories.change_instants(),
        *knowledge.regimes.change_instants(),
        *knowledge.operators.change_instants(),
        datetime(2026, 8, 31, 22, tzinfo=UTC),
        datetime(2026, 9, 30, 22, tzinfo=UTC),
    }

    assert sorted(changes) == list(grounds.epochs.instants)


def test_the_moment_of_a_span_stands_for_all_of_it(grounds: Grounds) -> None:
    """Asked at its first and its last microsecond, the law says the same of every country and operator."""
    law = grounds.law
    for number in range(1, len(grounds.epochs.instants)):
        first = grounds.epochs.moment(number)
        last = grounds.epochs.instants[number] - timedelta(microseconds=1)
        for country in ("GB", "GI", "US", "CA", "BR", "FR", "YT"):
            assert law.territories.status(country, first) == law.territories.status(country, last)
            assert law.regimes.decision(country, first) == law.regimes.decision(country, last)
            assert law.regimes.frameworks(country, first) == law.regimes.frameworks(country, last)
        for each in law.regimes.laws.values():
            assert each.in_force(first) == each.in_force(last)
        for operator in grounds.operators.operators:
            assert operator.owners_at(first) == operator.owners_at(last)
            assert operator.laws_at(first) == operator.laws_at(last)


def test_a_question_is_answered_once(grounds: Grounds) -> None:
    """The same question has the same row, another has another."""
    rows = [grounds.place(_question(grounds, country)) for country in ("US", "FR", "US")]

    assert rows == [0, 1, 0]
    assert [answer.ground.verdict for answer in grounds.places] == ["uncovered", "eea"]


def test_an_operator_is_answered_once_for_each_span(grounds: Grounds) -> None:
    """Row 0 is that of what stays; a parent comes with it."""
    aws = _position(grounds, "aws")
    then, now = _epoch(grounds, datetime(2010, 1, 1, tzinfo=UTC)), _epoch(grounds, NOON)
    rows = [grounds.control(aws, epoch) for epoch in (now, then, now)]

    assert (rows, grounds.controls[0], grounds.parents[0]) == ([1, 2, 1], INTERNAL, None)
    assert (grounds.controls[1].verdict, grounds.parents[1]) == ("exposed", "Amazon.com, Inc.")


def test_a_later_owners_law_does_not_decide_before(grounds: Grounds) -> None:
    """Contabo belongs to KKR since 2022-06-01: until then nobody is known, from then on the CLOUD Act reaches it."""
    begins = datetime(2022, 5, 31, 22, tzinfo=UTC)
    rows = [
        grounds.control(_position(grounds, "contabo"), _epoch(grounds, moment))
        for moment in (begins - timedelta(seconds=1), begins)
    ]

    assert [
        (grounds.controls[row].verdict, grounds.controls[row].reason, grounds.controls[row].laws) for row in rows
    ] == [
        ("undetermined", "mixed_ownership", ()),
        ("exposed", "law", ("US_CLOUD_ACT",)),
    ]


def test_an_unlisted_operator_is_answered_once_for_each_registration(grounds: Grounds) -> None:
    """It has neither parent nor dates."""
    rows = [grounds.control_unlisted(country) for country in ("BY", None, "BY")]

    assert rows == [1, 2, 1]
    assert [grounds.controls[row].countries for row in (1, 2)] == [("BY",), ()]
    assert grounds.parents[1] is None


def test_a_host_is_nobodys_importer(grounds: Grounds) -> None:
    """A service of its own is; a peer is who the inventory says."""
    adobe = grounds.importers[grounds.importer_of_operator(_position(grounds, "adobe"))]

    assert grounds.importer_of_operator(_position(grounds, "aws")) == NO_IMPORTER
    assert (adobe.shown, adobe.names) == ("adobe", frozenset({"adobe"}))
    assert [grounds.importers[grounds.importer_of_peer(peer)].shown for peer in (0, 1)] == ["Example", None]


def test_the_entry_names_the_importer_and_covers_on_its_days(grounds: Grounds) -> None:
    """For the system that it is about; the name stays when the days are over."""
    adobe = _position(grounds, "adobe")
    september = _epoch(grounds, datetime(2026, 9, 10, tzinfo=UTC))
    answers = [
        grounds.places[grounds.place(_question(grounds, "US", operator=adobe, system=system, epoch=epoch))]
        for system, epoch in ((1, september), (0, september), (1, _epoch(grounds, NOON)))
    ]

    assert [(each.ground.verdict, each.ground.reason, each.importer) for each in answers] == [
        ("derogation", None, "Adobe Inc."),
        ("uncovered", "entry_outside_scope", None),
        ("uncovered", "entry_lapsed", "Adobe Inc."),
    ]


def _registered(knowledge: Knowledge, directory: Path, *entries: str) -> Grounds:
    """Grounds of a site whose register has these entries about Adobe, by id."""
    rows = "".join(
        f"  - {{id: {entry}, importer: Adobe Inc., basis: derogation, valid_from: 2020-01-01, {rest}}}\n"
        for entry, _, rest in (each.partition(" ") for each in entries)
    )
    site = open_site(Site(inventory=_PEERS, register=f"transfers:\n{rows}").write(directory), knowledge.operators)
    law = Law(knowledge.territories, knowledge.regimes, site.certifications.certifications, "third_country")
    return Grounds.of(law, site, knowledge.operators, RegisterIndex.of(site.register))


def _of_the_register(grounds: Grounds, country: str, **changed: int) -> tuple[tuple[str, ...], bool]:
    answer = grounds.places[grounds.place(_question(grounds, country, **changed))]
    return answer.entries, answer.named_elsewhere


def test_every_entry_that_matches_is_told_in_the_order_of_their_ids(knowledge: Knowledge, tmp_path: Path) -> None:
    """Not only the one that is relied on: another law may rely on another."""
    wide, narrow = "match: {operators: [adobe]}", "match: {operators: [adobe], countries: [US]}, systems: [portal]"
    grounds = _registered(knowledge, tmp_path, f"T-3 {narrow}", f"T-1 {wide}", f"T-2 {wide}, systems: [warehouse]")
    adobe = _position(grounds, "adobe")

    assert _of_the_register(grounds, "US", operator=adobe, system=1) == (("T-1", "T-3"), False)
    assert _of_the_register(grounds, "IN", operator=adobe, system=0) == (("T-1", "T-2"), False)


def test_an_entry_that_has_lapsed_matches_all_the_same(grounds: Grounds) -> None:
    """What was declared is told; that it covers nothing any more is the verdict's."""
    adobe = _position(grounds, "adobe")

    assert _of_the_register(grounds, "US", operator=adobe, system=1) == (("T-1",), False)


@pytest.mark.parametrize(("country", "system"), [("US", 0), ("IN", 1), ("FR", 0)])
def test_an_entry_about_another_system_or_country_names_elsewhere(grounds: Grounds, country: str, system: int) -> None:
    """Wherever the far end is: the importer is known, this is not what was declared."""
    assert _of_the_register(grounds, country, operator=_position(grounds, "adobe"), system=system) == ((), True)


def test_a_far_end_that_no_entry_names(grounds: Grounds) -> None:
    """Neither matches nor is it named elsewhere."""
    assert _of_the_register(grounds, "US", operator=_position(grounds, "salesforce"), system=1) == ((), False)
    assert _of_the_register(grounds, "US", system=1) == ((), False)


def test_a_peer_whose_importer_is_listed_is_that_operator_in_name(knowledge: Knowledge, tmp_path: Path) -> None:
    """A certification in the operator's full name is its own; any other importer has the name that is written."""
    peers = ", ".join(
        f"{{networks: [10.{place}.0.0/16], country: US, importer: {name}}}"
        for place, name in ((99, "microsoft_azure"), (98, "Lab"))
    )
    site = open_site(Site(inventory=f"{INVENTORY}peers: [{peers}]\n").write(tmp_path), knowledge.operators)
    law = Law(knowledge.territories, knowledge.regimes, (), "third_country")
    grounds = Grounds.of(law, site, knowledge.operators, RegisterIndex.of(site.register))
    listed, other = (grounds.importers[grounds.importer_of_peer(peer)] for peer in (0, 1))

    assert listed == grounds.importers[1 + _position(grounds, "microsoft_azure")]
    assert (listed.shown, other.shown, other.names) == ("microsoft_azure", "Lab", frozenset({"lab"}))
    assert "microsoft azure / microsoft 365" in listed.names
