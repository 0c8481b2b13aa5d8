"""What a line of BIND becomes."""

from __future__ import annotations

from collectors.contract import SourceOptions
from tests.collectors.reading_lines import columns, decode, reasons

QUERY = "client @0x7f 10.20.0.5#3076 (a.example): query: a.example IN A +E(0)K (10.20.0.53)\n"
STAMP = "26-Nov-2026 08:00:00.001 "


def test_the_address_in_parentheses_is_the_server_that_was_asked() -> None:
    """Our own, which is what a judge of resolvers wants to know."""
    assert columns("dns_bind", STAMP + QUERY, "client_address", "name", "record_type", "resolver_address") == [
        ("10.20.0.5", "a.example", "A", "10.20.0.53")
    ]


def test_binds_own_time_wins_over_that_of_syslog() -> None:
    """It has a year, and is nearer to the query; without a zone that of syslog is left."""
    line = f"2026-11-26T09:00:00+01:00 ns1 named[7]: 25-Nov-2026 23:30:00.000 {QUERY}"

    assert [
        columns("dns_bind", line, "time", "observer", options=options)
        for options in (SourceOptions(time_zone="Europe/Paris"), SourceOptions())
    ] == [[("2026-11-25T22:30:00.000000Z", "ns1")], [("2026-11-26T08:00:00.000000Z", "ns1")]]


def test_a_response_has_its_code() -> None:
    """As BIND 9.20 logs it."""
    line = STAMP + QUERY.replace("query: a.example IN A", "response: a.example IN A NXDOMAIN 0 1 1")

    assert columns("dns_bind", line, "response_code", "message", "authority") == [("NXDOMAIN", "response", "1")]


def test_a_severity_without_category_is_one() -> None:
    """Though it stands in its place."""
    assert columns("dns_bind", f"error: {QUERY}", "category", "severity") == [(None, "error")]


def test_lines_of_other_programs_and_subjects_are_passed_over() -> None:
    """And counted as what they are."""
    batch = decode("dns_bind", f"Nov 26 08:00:00 ns1 cron[7]: {QUERY}{STAMP}general: info: running\n")

    assert (batch.records, dict(batch.passed_over), batch.names) == (2, {"other_program": 1, "other_message": 1}, ())


def test_a_query_that_breaks_off_is_broken() -> None:
    """It may have been cut."""
    assert reasons("dns_bind", STAMP + QUERY[:60] + "\n") == [(1, "unreadable_query")]
