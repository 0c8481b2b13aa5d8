"""What services are qualified for, and when that is known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.attribution.operators import load_operators
from monitor.attribution.qualifications import Qualification, in_force, qualification_findings
from monitor.law.reference import load_reference
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = {"scheme": "secnumcloud", "service": "A", "status": "qualified", "stated": "2026-09-15", "source": "x"}


def entry(**changes: str | None) -> Qualification:
    """A qualification with some keys changed."""
    return Qualification.model_validate({**ENTRY, "verified": True, **changes})


def at(text: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        ("2026-07-30T21:59:59", False),
        ("2026-07-30T22:00:00", True),
        ("2029-07-31T21:59:59", True),
        ("2029-07-31T22:00:00", False),
    ],
)
def test_it_holds_from_its_first_day_in_brussels_to_the_first_without(moment: str, *, holds: bool) -> None:
    """One second either side of midnight."""
    assert entry(**{"from": "2026-07-31", "to": "2029-08-01"}).in_force(at(moment)) is holds


@pytest.mark.parametrize(("moment", "known"), [("2026-09-14T21:59:59", False), ("2026-09-14T22:00:00", True)])
def test_without_a_first_day_nothing_is_known_before_the_source_says_so(moment: str, *, known: bool) -> None:
    """It may have held; nobody said so."""
    assert entry().in_force(at(moment)) is known


def test_a_candidature_is_in_force_as_a_candidature() -> None:
    """What it is worth the status says."""
    listed = (entry(status="in_process"), entry(**{"from": "2027-01-01", "stated": "2027-01-01"}))

    assert [each.status for each in in_force(listed, at("2026-10-01T00:00:00"))] == ["in_process"]


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([entry()], []),
        (
            [entry(**{"from": "2026-01-01", "to": "2026-01-01"})],
            [("to", "2026-01-01 is not after the first day, 2026-01-01.")],
        ),
        ([entry(to="2026-09-01")], [("to", "2026-09-01 is not after the first day, 2026-09-15.")]),
        (
            [entry(**{"from": "2026-01-01", "to": "2026-09-15"})],
            [("stated", "2026-09-15 is not before 2026-09-15, the first day without the qualification.")],
        ),
        ([entry(**{"from": "2026-09-16"})], [("stated", "2026-09-15 is before the first day, 2026-09-16.")]),
        ([entry(), entry(service="a")], [(1, "a stands under secnumcloud twice for the same time.")]),
        ([entry(), entry(scheme="hds")], []),
        ([entry(), entry(service=None)], []),
        ([entry(service=None), entry(service=None, status="in_process")], []),
        (
            [entry(service=None), entry(service=None)],
            [(1, "a service without a name stands under secnumcloud twice for the same time.")],
        ),
        ([entry(status="in_process", stated="2026-07-20", to="2026-07-31"), entry(**{"from": "2026-07-31"})], []),
    ],
)
def test_what_cannot_be_is_told(entries: list[Qualification], found: list[tuple[object, str]]) -> None:
    """With the key, or the place in the list."""
    findings = [(finding.path[-1], finding.what) for finding in qualification_findings(entries, ("q",))]

    assert findings == found


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("scheme: hds", "scheme: hdss", "scheme"),
        ("status: qualified", "status: yes_it_is", "status"),
        ("stated: 2026-09-15, ", "", "stated"),
        ("verified: true", "verified: true, until: 2027-01-01", "until"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, before: str, after: str, problem: str) -> None:
    """The line of the entry, and its key."""
    text = """operators:
  - id: example
    name: Example
    kinds: [cloud]
    ownership: [{entity: Example SAS, country: FR, source: x, verified: false}]
    control: eu
    laws: []
    status: memory
    qualifications:
      - {scheme: hds, service: null, status: qualified, stated: 2026-09-15, source: x, verified: true}
""".replace(before, after)
    (tmp_path / "one.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsFound) as raised:
        load_operators(tmp_path)

    assert [(each.line, each.key.rsplit(".", 1)[-1]) for each in raised.value.problems] == [(10, problem)]


def _secnumcloud(operator: str, moment: str) -> list[tuple[str | None, str]]:
    found = load_operators().by_id[operator].qualifications_at(at(moment))
    return [(each.service, each.status) for each in found if each.scheme == "secnumcloud"]


@pytest.mark.parametrize(
    ("operator", "moment", "services"),
    [
        ("s3ns", "2025-12-16T12:00:00", []),
        ("s3ns", "2025-12-17T12:00:00", [("PREMI3NS, Cloud de confiance S3NS (IaaS, PaaS, CaaS)", "qualified")]),
        ("outscale", "2026-11-30T12:00:00", [("IaaS Cloud on Demand (region cloudgouv-eu-west-1)", "qualified")]),
        ("outscale", "2026-12-01T12:00:00", []),
        ("bleu", "2026-11-01T12:00:00", [("Cloud de Confiance Bleu (IaaS, PaaS, CaaS)", "in_process")]),
        ("scaleway", "2026-11-01T12:00:00", [("Scaleway SecNumCloud (IaaS, PaaS)", "in_process")]),
        ("docaposte", "2026-11-01T12:00:00", [(None, "contested")]),
        ("numspot", "2026-07-30T12:00:00", [("Plateforme des services cloud (IaaS)", "in_process")]),
        ("numspot", "2026-07-31T12:00:00", [("Plateforme des services cloud (IaaS)", "qualified")]),
    ],
)
def test_what_is_known_of_a_service_on_a_day(
    operator: str, moment: str, services: list[tuple[str | None, str]]
) -> None:
    """Per service and day, on the shipped files."""
    assert _secnumcloud(operator, moment) == services


def test_no_service_from_memory_is_marked_as_verified() -> None:
    """A mark needs a page."""
    entries = [each for operator in load_operators().operators for each in operator.qualifications]

    assert [each.source for each in entries if each.verified and each.source == "from memory"] == []


def test_every_service_of_the_french_reference_is_in_the_operators() -> None:
    """The list that is for reading names nobody whom the data do not know."""
    operators = load_operators().by_id
    named = {entry.operator for entry in load_reference().france.secnumcloud.qualified}

    assert {
        name for name in named if not any(q.scheme == "secnumcloud" for q in operators[name].qualifications)
    } == set()
