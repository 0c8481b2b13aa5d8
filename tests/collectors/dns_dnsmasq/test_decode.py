"""What a line of dnsmasq becomes: the facts that judging rests on."""

from __future__ import annotations

from collectors.contract import SourceOptions
from tests.collectors.reading_lines import columns, decode

HEAD = "Nov 26 08:00:00 gw dnsmasq[501]: "


def lines(*messages: str) -> str:
    """Lines of one instance of dnsmasq."""
    return "".join(f"{HEAD}{message}\n" for message in messages)


def test_the_resolver_is_where_a_question_was_forwarded() -> None:
    """Without its port and its zone."""
    data = lines(
        "forwarded a.example to 9.9.9.9",
        "forwarded a.example to 9.9.9.9#5353",
        "forwarded a.example to fe80::1%eth0#53",
    )

    assert columns("dns_dnsmasq", data, "resolver_address") == [("9.9.9.9",), ("9.9.9.9",), ("fe80::1",)]


def test_an_answer_of_the_cache_is_from_no_resolver() -> None:
    """Though an earlier question was forwarded."""
    data = lines(
        "1 10.20.0.5/4 query[A] a.example from 10.20.0.5",
        "1 10.20.0.5/4 forwarded a.example to 9.9.9.9",
        "1 10.20.0.5/4 cached a.example is 192.0.2.1",
    )

    assert columns("dns_dnsmasq", data, "forwarded_to", "client_address", "address")[-1] == (
        None,
        "10.20.0.5",
        "192.0.2.1",
    )


def test_a_question_that_is_answered_has_its_resolver_once() -> None:
    """So that it is judged once; the answers say as an attribute where it went."""
    data = lines(
        "query[A] a.example from 10.20.0.5",
        "forwarded a.example to 9.9.9.9",
        "reply a.example is 192.0.2.1",
        "reply a.example is 192.0.2.2",
    )

    assert columns("dns_dnsmasq", data, "resolver_address", "forwarded_to") == [
        (None, None),
        ("9.9.9.9", None),
        (None, "9.9.9.9"),
        (None, "9.9.9.9"),
    ]


def test_a_reply_after_two_resolvers_is_from_neither() -> None:
    """The log does not tell which was quicker."""
    data = lines(
        "query[A] a.example from 10.20.0.5",
        "forwarded a.example to 9.9.9.9",
        "forwarded a.example to 1.1.1.1",
        "reply a.example is 192.0.2.1",
    )

    assert columns("dns_dnsmasq", data, "resolver_address", "forwarded_to", "record_type") == [
        (None, None, "A"),
        ("9.9.9.9", None, "A"),
        ("1.1.1.1", None, "A"),
        (None, None, "A"),
    ]


def test_two_instances_do_not_share_questions() -> None:
    """They count alike."""
    data = lines("1 10.20.0.5/4 query[A] a.example from 10.20.0.5") + lines(
        "1 10.20.0.6/4 reply b.example is 192.0.2.1"
    ).replace("501", "502")

    assert columns("dns_dnsmasq", data, "client_address", "name") == [
        ("10.20.0.5", "a.example"),
        ("10.20.0.6", "b.example"),
    ]


def test_a_forgotten_question_is_a_statement_of_coverage() -> None:
    """One for each."""
    batch = decode("dns_dnsmasq", lines(*("query[A] a.example from 10.20.0.5" for _ in range(23))), SourceOptions())

    assert [frame.select("line", "state", "records").rows() for frame in batch.coverage] == [
        [(21, "dropped", 1), (22, "dropped", 1), (23, "dropped", 1)]
    ]
