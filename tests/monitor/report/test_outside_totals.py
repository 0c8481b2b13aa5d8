"""What is in no total of transfers."""

from __future__ import annotations

from datetime import timedelta

from monitor.report.figures import figures
from tests.monitor.report.months import NOON, given_month


def test_probes_are_a_number_apart_from_the_uncounted() -> None:
    """By system and direction."""
    probes = figures(given_month(probes=[{"records": 9}, {"records": 2, "system": None}, {"counted": False}])).probes

    assert (probes.records, probes.uncounted) == (11, 1)
    assert [(line.system, line.sums.records) for line in probes.lines] == [("portal", 9), (None, 2)]


def test_outcomes_add_up_over_inputs() -> None:
    """The largest reason first."""
    outcomes = figures(given_month(outcomes=[{}, {"input": 2}, {"reason": "too_few_fields", "records": 9}])).outcomes

    assert [(line.reason, line.inputs, line.records) for line in outcomes] == [
        ("too_few_fields", 1, 9),
        ("not_a_number", 2, 2),
    ]


def test_least_heard_observer_comes_first() -> None:
    """A silent sensor hides behind its neighbours."""
    later = {"hour": NOON + timedelta(hours=1), "observer": "loud"}
    observers = figures(given_month(coverage=[{"observer": "loud"}, later, {"observer": "still"}])).observers

    assert [(line.observer, line.hours) for line in observers] == [("still", 1), ("loud", 2)]


def test_every_basis_of_the_month_is_named_with_its_rows() -> None:
    """One that the table of versions lacks as well."""
    report = figures(given_month({}, {"octets_out": 5}, {"basis": "lost", "octets_out": 1}))

    assert [(line.basis, line.rows, line.parts["law"]) for line in report.versions] == [
        ("b1", 2, "f" * 64),
        ("lost", 1, None),
    ]
