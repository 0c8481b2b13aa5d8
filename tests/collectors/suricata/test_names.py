"""Which name went out from whom, and which addresses it stands for."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.suricata.names import dns_names, shown_names
from tests.collectors.suricata.decoding import event, parts


def _rows(*made: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Line, name and address of each row."""
    events, items = parts("dns", *made)
    found = dns_names(events, items, 1)
    addresses = found.addresses.text[found.frame["address"]]
    return list(zip(found.frame["line"], found.frame["name"], addresses, strict=True))


def _dns(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON can hold
    return event("dns", dns={"rrname": "www.example.com", "rrtype": "A", **members})


def _addresses(**members: Any) -> list[str | None]:  # noqa: ANN401 - whatever JSON can hold
    return [address for _, _, address in _rows(_dns(**members))]


_A = {"rrname": "cdn.example.net", "rrtype": "A", "ttl": 60, "rdata": "198.51.100.9"}
_AAAA = {"rrname": "cdn.example.net", "rrtype": "AAAA", "ttl": 30, "rdata": "2001:db8::9"}
_ALIAS = {"rrname": "www.example.com", "rrtype": "CNAME", "ttl": 5, "rdata": "cdn.example.net"}


def test_the_name_asked_for_stands_for_the_addresses_of_its_alias() -> None:
    """The alias itself is no row."""
    assert _rows(_dns(answers=[_ALIAS, _A, _AAAA])) == [
        (1, "www.example.com", "198.51.100.9"),
        (1, "www.example.com", "2001:db8::9"),
    ]


@pytest.mark.parametrize("answers", [None, [], [_ALIAS], [{"rrtype": "TXT", "rdata": "198.51.100.9"}], [None]])
def test_a_name_without_an_address_went_out_too(answers: list[dict[str, Any] | None] | None) -> None:
    """Text that looks like an address is none."""
    assert _addresses(answers=answers) == [None]


def test_answers_in_detail_and_grouped_are_the_same() -> None:
    """Each is one row."""
    assert _addresses(answers=[_A], grouped={"A": ["198.51.100.9"], "CNAME": ["x"]}) == ["198.51.100.9"]


def test_answers_may_be_grouped_alone() -> None:
    """As a sensor may be told to write them; how long they may be kept is not said."""
    grouped = {"A": ["198.51.100.9", "198.51.100.10"], "AAAA": ["2001:db8::9"]}

    assert _addresses(grouped=grouped) == ["198.51.100.9", "198.51.100.10", "2001:db8::9"]


def test_each_event_has_its_own_answers() -> None:
    """In the order of the lines, however each of them says it."""
    made = [_dns(grouped={"A": ["192.0.2.1"]}), _dns(), _dns(rdata="192.0.2.3"), _dns(answers=[_A])]

    assert [(line, address) for line, _, address in _rows(*made)] == [
        (1, "192.0.2.1"),
        (2, None),
        (3, "192.0.2.3"),
        (4, "198.51.100.9"),
    ]


def test_an_answer_is_kept_as_long_as_it_says() -> None:
    """Not as long as its alias."""
    events, items = parts("dns", _dns(answers=[_ALIAS, _A, _AAAA]))

    assert dns_names(events, items, 1).frame["ttl_seconds"].to_list() == [60, 30]


def test_the_name_of_the_event_comes_before_those_of_its_queries() -> None:
    """Where it has none, the first query's counts."""
    queries = [{"rrname": "first.example", "rrtype": "AAAA"}, {"rrname": "second.example", "rrtype": "A"}]
    made = [_dns(queries=queries), event("dns", dns={"queries": queries}), _dns()]

    assert [name for _, name, _ in _rows(*made)] == ["www.example.com", "first.example", "www.example.com"]


@pytest.mark.parametrize(
    ("src_port", "dest_port", "client"),
    [
        (50514, 53, "10.20.0.5"),
        (53, 50514, "198.51.100.9"),
        (53, 53, "10.20.0.5"),
        (53, None, "198.51.100.9"),
        (5353, 5353, "10.20.0.5"),
        (None, None, "10.20.0.5"),
    ],
)
def test_the_client_does_not_speak_from_the_port_of_dns(
    src_port: int | None, dest_port: int | None, client: str
) -> None:
    """An answer names the resolver as its source; where the ports do not tell, the source is the client."""
    made = {**_dns(), "src_port": src_port, "dest_port": dest_port}
    found = dns_names(*parts("dns", made), 1)

    assert found.addresses.text[found.frame["client_address"]].to_list() == [client]


def test_a_broken_event_gives_no_name() -> None:
    """Nor do its answers."""
    made = {**_dns(answers=[_A, _AAAA]), "src_ip": "x"}

    assert [line for line, _, _ in _rows(made, _dns(answers=[_A]))] == [2]


@pytest.mark.parametrize("sni", [None, ""])
def test_a_greeting_without_a_name_is_passed_over(sni: str | None) -> None:
    """It says nothing that the flow does not."""
    found, passed_over = shown_names(parts("tls", event("tls", tls={"sni": sni}))[0], "tls", 1)

    assert (found.frame.height, passed_over) == (0, 1)


def test_a_broken_greeting_is_not_passed_over() -> None:
    """It is counted as a bad record, with a name or without."""
    made = [event("tls", dest_port=-1, tls={"sni": sni}) for sni in (None, "www.example.com")]
    found, passed_over = shown_names(parts("tls", *made)[0], "tls", 1)

    assert (found.frame.height, passed_over) == (0, 0)


def test_a_name_that_is_shown_stands_for_the_server() -> None:
    """Who answered is known, and no resolver had a part in it."""
    found, _ = shown_names(parts("quic", event("quic", quic={"sni": "www.example.com"}))[0], "quic", 1)

    assert found.addresses.text[found.frame["address"]].to_list() == ["198.51.100.9"]
    assert found.frame["resolver_address"].to_list() == [None]
