"""Which register entries name a far end, which match, and which of several is best."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from monitor.address import parse_addresses
from monitor.document import Document
from monitor.fields import Surroundings
from monitor.law.matching import RegisterIndex
from monitor.law.register import Register, fit_register
from monitor.yaml_text import read_yaml

_AT = datetime(2026, 10, 7, 12, tzinfo=UTC)
_REST = "importer: Example, basis: adequacy, valid_from: 2025-01-01"


def _index(*entries: str) -> RegisterIndex:
    """Entries of which each says its match and what is not usual; ids in their order."""
    texts = [f"{{id: T-{place}, {entry}, {_REST}}}" for place, entry in enumerate(entries, 1)]
    text = "transfers: [" + ", ".join(texts) + "]"
    data = read_yaml(text).data
    assert isinstance(data, dict)
    register = fit_register(Document("register.yaml", text, data), [], Surroundings())
    assert register is not None
    return RegisterIndex.of(register)


def _naming(index: RegisterIndex, address: str, *operators: str) -> list[str]:
    (network,) = index.network_of(parse_addresses(pl.Series([address]))).tolist()
    return sorted(index.entries[place].id for place in index.naming(network, operators))


def test_an_address_is_named_by_every_network_around_it() -> None:
    """The longest one brings the entries of the shorter ones, and nothing beside them."""
    index = _index(
        "match: {networks: [192.168.0.0/16]}",
        "match: {networks: [192.168.7.0/24]}",
        'match: {networks: ["2001:db8::/32", 192.168.8.0/24]}',
    )

    found = [_naming(index, address) for address in ("192.168.7.1", "192.168.9.1", "192.168.8.1", "2001:db8::1")]
    assert found == [["T-1", "T-2"], ["T-1"], ["T-1", "T-3"], ["T-3"]]


def test_a_translated_address_is_named_as_that_inside() -> None:
    """NAT64 and 6to4, unless a network of their own names them."""
    index = _index("match: {networks: [37.146.0.0/16]}", 'match: {networks: ["2002:2592:8000::/33"]}')

    found = [_naming(index, text) for text in ("64:ff9b::37.146.1.1", "2002:2592:101::1", "2002:2592:8001::1")]
    assert found == [["T-1"], ["T-1"], ["T-2"]]


def test_entries_of_the_same_network_are_all_named() -> None:
    """Two importers behind one network."""
    index = _index("match: {networks: [192.168.7.0/24]}", "match: {networks: [192.168.7.0/24]}")

    assert _naming(index, "192.168.7.1") == ["T-1", "T-2"]


def test_an_operator_is_named_under_any_of_its_names() -> None:
    """By id, or by AS number."""
    index = _index("match: {operators: [salesforce]}", "match: {operators: [as64500, dropbox]}")

    assert _naming(index, "192.0.2.1", "salesforce", "as64500") == ["T-1", "T-2"]
    assert _naming(index, "192.0.2.1", "as645") == []


def test_as_numbers_are_those_that_entries_name() -> None:
    """A number that is none (2^32 and more) names nobody."""
    index = _index("match: {operators: [as64500, salesforce, as4294967296]}", "match: {operators: [as7]}")

    assert index.as_numbers == (7, 64500)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("match: {networks: [192.168.7.0/24]}", True),
        ("match: {networks: [192.168.7.0/24], countries: [US, IN]}", True),
        ("match: {networks: [192.168.7.0/24], countries: [US]}", False),
        ("match: {networks: [192.168.7.0/24]}, systems: [portal, warehouse]", True),
        ("match: {networks: [192.168.7.0/24]}, systems: [portal]", False),
        ("match: {networks: [192.168.7.0/24]}, data_classes: [health]", True),
        ("match: {networks: [192.168.7.0/24]}, data_classes: [identity]", False),
    ],
)
def test_an_absent_list_restricts_nothing(entry: str, *, expected: bool) -> None:
    """Country, system and class are each in their list, or the list is absent."""
    assert bool(_index(entry).matching([0], ["IN"], "warehouse", "health", _AT)) is expected


def test_a_far_end_of_no_system_matches_only_without_lists() -> None:
    """A forwarder outside every system has neither system nor class."""
    index = _index("match: {networks: [192.168.7.0/24]}", "match: {networks: [192.168.7.0/24]}, systems: [portal]")

    assert [entry.id for entry in index.matching([0, 1], ["IN"], None, None, _AT)] == ["T-1"]


def test_the_best_of_several_comes_first() -> None:
    """In force, then narrowest: networks before domains before operators, more lists before fewer; then id."""
    index = _index(
        "match: {operators: [salesforce]}",
        "match: {operators: [salesforce], countries: [IN]}, systems: [warehouse]",
        "match: {domains: [example.com]}",
        "match: {networks: [192.168.7.0/24]}",
        "match: {networks: [192.168.7.0/24]}, systems: [warehouse]",
        "match: {networks: [192.168.7.0/24]}, systems: [warehouse], valid_to: 2026-10-01",
        "match: {networks: [192.168.7.0/24]}",
    )

    found = [entry.id for entry in index.matching(range(7), ["IN"], "warehouse", "health", _AT)]
    assert found == ["T-5", "T-4", "T-7", "T-3", "T-2", "T-1", "T-6"]


def test_the_order_of_the_question_changes_nothing() -> None:
    """A set has no order."""
    index = _index(*["match: {networks: [192.168.7.0/24]}"] * 3)

    assert index.matching([2, 0, 1], ["IN"], None, None, _AT) == index.matching([0, 1, 2], ["IN"], None, None, _AT)


def test_an_empty_register_names_nothing() -> None:
    """No register, no entries."""
    index = RegisterIndex.of(Register())

    assert (_naming(index, "192.0.2.1", "salesforce"), index.as_numbers) == ([], ())


@pytest.mark.parametrize(
    ("listed", "expected"), [("[IN, US]", True), ("[IN, US, FR]", True), ("[IN]", False), ("[]", True)]
)
def test_an_entry_covers_every_candidate_or_does_not_match(listed: str, *, expected: bool) -> None:
    """Where sources name two countries, the entry's list must hold both."""
    entry = f"match: {{networks: [192.168.7.0/24], countries: {listed}}}"

    assert bool(_index(entry).matching([0], ["IN", "US"], "warehouse", "health", _AT)) is expected
