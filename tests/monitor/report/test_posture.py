"""Where our own systems stand, with and without traffic."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from monitor.report.figures import figures
from monitor.report.month import HostFacts, HostingFacts, SystemFacts, TransitionFacts
from monitor.report.sums import Share
from tests.monitor.report.months import full_month, given_month

if TYPE_CHECKING:
    from monitor.report.posture import Posture


def hosted(operator: str, verdict: str, keys: str = "provider", *networks: str) -> HostingFacts:
    """A hosting entry that has always held."""
    return HostingFacts(HostFacts(operator, operator, verdict, "seat", ()), "FR", keys, None, networks)


def system(name: str, *hosting: HostingFacts, target: str | None = None) -> SystemFacts:
    """A system, which may be to move."""
    host = None if target is None else HostFacts(target, target, "eea", "seat", ())
    moving = None if target is None else TransitionFacts(target, date(2026, 12, 31), host)
    return SystemFacts(name, None, "health", "staff", hosting, moving)


def posture(*systems: SystemFacts) -> Posture:
    """The posture of a month without any traffic."""
    return figures(given_month(systems=systems)).posture


def test_every_system_has_a_line_also_without_a_host() -> None:
    """What the inventory does not say is told as that."""
    found = posture(system("a", hosted("aws", "exposed")), system("b"))

    assert [(line.system, line.hosting and line.hosting.host.operator) for line in found.lines] == [
        ("a", "aws"),
        ("b", None),
    ]


def test_systems_are_counted_once_whatever_number_of_hosts_they_have() -> None:
    """Exposed goes before open; keys count where the exposed host holds them."""
    found = posture(
        system("a", hosted("aws", "exposed"), hosted("x", "undetermined", "customer", "10.0.0.0/9")),
        system("b", hosted("aws", "exposed", "customer"), hosted("scaleway", "eea", "provider", "10.0.0.0/9")),
        system("c", hosted("x", "undetermined")),
        system("d", hosted("scaleway", "eea"), target="outscale"),
        system("e"),
    )
    counts = (found.systems, found.exposed, found.provider_keys, found.open, found.without_host, found.moving)

    assert counts == (5, 2, 1, 1, 1, 1)


def test_what_is_still_on_the_old_host_is_all_but_the_target() -> None:
    """Internal traffic included; other systems and uncounted rows are not."""
    part = hosted("scaleway", "eea", "customer", "10.0.0.0/9")
    moving = system("warehouse", part, hosted("aws", "exposed"), target="scaleway")
    there = {"hosting_operator": "scaleway", "octets_out": 30, "octets_in": 0}
    found = figures(
        given_month(
            there,
            {"octets_out": 50, "octets_in": 10},
            {"octets_out": 10, "octets_in": 0, "hosting_operator": None, "place_verdict": "internal"},
            {**there, "system": "portal"},
            {**there, "counted": False},
            systems=(moving,),
        )
    ).posture.lines

    assert [(line.hosting and line.hosting.host.operator, line.octets, line.still, line.arrived) for line in found] == [
        ("aws", Share(60, 100), Share(70, 100), False),
        ("scaleway", Share(30, 100), Share(70, 100), True),
    ]


def test_a_share_names_the_line_that_it_is_of() -> None:
    """So that `evidence` shows the rows."""
    report = figures(full_month())
    ids = dict(report.tables["hosted"].lines.filter(system="warehouse").select("hosting_operator", "id").iter_rows())

    assert {line.hosting.host.operator: line.id for line in report.posture.lines if line.hosting} == {
        "aws": ids["aws"], "scaleway": ids["scaleway"],
    }  # fmt: skip


def test_without_any_traffic_all_but_the_shares_is_told() -> None:
    """A share of nothing is none."""
    (line,) = posture(system("a", hosted("aws", "exposed"), target="scaleway")).lines

    assert (line.octets, line.still, line.id) == (Share(0, 0), Share(0, 0), None)
    assert (line.target_name, line.deadline, line.days_left) == ("scaleway", date(2026, 12, 31), 61)


def test_a_replaced_entry_is_no_host_any_more() -> None:
    """The later one for the same networks holds."""
    later = HostingFacts(HostFacts("scaleway", "scaleway", "eea", "seat", ()), "FR", "customer", date(2026, 10, 2), ())
    found = posture(system("a", hosted("aws", "exposed"), later))

    assert ([line.hosting and line.hosting.host.operator for line in found.lines], found.exposed) == (["scaleway"], 0)
