"""The site's files against the month."""

from __future__ import annotations

from datetime import date

from monitor.report.figures import figures
from monitor.report.month import DeclaredFacts, HostFacts, HostingFacts, SystemFacts, TransitionFacts
from monitor.report.sums import Share
from tests.monitor.report.months import full_month, given_month


def hosted(operator: str, since: date | None, *networks: str) -> HostingFacts:
    """A hosting entry."""
    return HostingFacts(HostFacts(operator, operator, "eea", "seat", ()), "FR", "provider", since, networks)


def test_later_entry_for_the_same_networks_replaces_the_earlier() -> None:
    """Entries for other networks stand beside it; one that begins after the month is not there yet."""
    entries = (
        hosted("first", None),
        hosted("second", date(2026, 10, 31)),
        hosted("part", date(2026, 9, 1), "10.0.0.0/8"),
        hosted("tomorrow", date(2026, 11, 1)),
    )
    report = figures(given_month(systems=(SystemFacts("warehouse", None, "health", "staff", entries),)))

    assert [(line.hosting.host.operator, line.current) for line in report.hosting] == [
        ("second", True),
        ("part", True),
        ("first", False),
    ]


def test_transition_is_a_share_of_all_traffic_of_the_system() -> None:
    """Internal traffic included; other systems and uncounted rows are not."""
    moving = SystemFacts("warehouse", None, "health", "staff", (), TransitionFacts("scaleway", date(2026, 11, 2)))
    there = {"hosting_operator": "scaleway", "octets_out": 30, "octets_in": 0}
    line = figures(
        given_month(
            there,
            {"octets_out": 60, "octets_in": 10, "place_verdict": "internal", "records": 3},
            {**there, "system": "portal"},
            {**there, "counted": False},
            systems=(moving,),
        )
    ).transitions[0]

    assert (line.octets, line.records, line.days_left) == (Share(30, 100), Share(1, 4), 2)


def test_transition_without_traffic_at_the_target_has_no_id() -> None:
    """There is no row behind it."""
    moving = SystemFacts("warehouse", None, "health", "staff", (), TransitionFacts("scaleway", None))
    line = figures(given_month({}, systems=(moving,))).transitions[0]

    assert (line.id, line.octets, line.days_left) == (None, Share(0, 110), None)


def test_declared_entries_are_relied_on_matched_or_not_seen() -> None:
    """What nobody saw comes first."""
    entries = tuple(DeclaredFacts(name, "x", "scc", None, None) for name in ("T-1", "T-2", "T-3", "T-4"))
    covered = {"place_verdict": "safeguarded", "mechanism": "T-1", "register_entries": ["T-1", "T-2"]}
    uncounted = {"counted": False, "mechanism": "T-4", "register_entries": ["T-4"]}
    report = figures(given_month(covered, uncounted, declared=entries))

    assert [(line.entry.id, line.seen) for line in report.declared] == [
        ("T-3", "not_seen"),
        ("T-4", "not_seen"),
        ("T-2", "matched"),
        ("T-1", "relied_on"),
    ]


def test_entries_of_other_months_are_left_out() -> None:
    """Both days of an entry are included."""
    entries = (
        DeclaredFacts("before", "x", "scc", None, date(2026, 9, 30)),
        DeclaredFacts("first-day", "x", "scc", None, date(2026, 10, 1)),
        DeclaredFacts("last-day", "x", "scc", date(2026, 10, 31), None),
        DeclaredFacts("after", "x", "scc", date(2026, 11, 1), None),
    )

    assert [line.entry.id for line in figures(given_month(declared=entries)).declared] == ["first-day", "last-day"]


def test_sums_of_a_declared_entry_are_those_of_its_line() -> None:
    """The id finds the rows."""
    report = figures(full_month())
    line = next(line for line in report.declared if line.entry.id == "T-1")

    assert (line.sums.octets_out, line.id) == (700, report.tables["register"].lines.filter(entry="T-1")["id"].item())
