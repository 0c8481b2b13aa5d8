"""What a line of Unbound becomes."""

from __future__ import annotations

from tests.collectors.reading_lines import columns, decode, reasons

HEAD = "[1795650986] unbound[65:0] "


def test_a_query_and_its_reply_are_a_row_each() -> None:
    """The reply has the code; the log says not from whom the answer is."""
    data = f"{HEAD}info: 10.20.0.5 a.example. A IN\n{HEAD}info: 10.20.0.5 a.example. A IN NXDOMAIN 0.000379 1 76\n"

    assert columns("dns_unbound", data, "name", "response_code", "resolver_address", "message", "cached") == [
        ("a.example.", None, None, "query", None),
        ("a.example.", "NXDOMAIN", None, "reply", "1"),
    ]


def test_the_destination_is_the_server_that_was_asked() -> None:
    """With log-destaddr."""
    data = f"{HEAD}reply: ::1 a.example. A IN NOERROR 0.000430 0 92 on udp ::1 5355\n"

    assert columns("dns_unbound", data, "resolver_address", "transport") == [("::1", "udp")]


def test_what_looks_like_a_query_without_an_address_is_another_message() -> None:
    """Unless it is tagged as a query."""
    batch = decode("dns_unbound", f"{HEAD}info: service a.example. A IN\n")

    assert (batch.bad, dict(batch.passed_over)) == ((), {"other_message": 1})
    assert reasons("dns_unbound", f"{HEAD}query: service a.example. A IN\n") == [(1, "not_an_address")]
