"""The far ends are distinct, well-formed and fully stated."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network

from monitor.world.far_ends import NAMED, abroad, far_ends
from monitor.world.standing import OPERATORS


def test_150_countries_have_one_access_network_each() -> None:
    """One line a country in the table."""
    assert len({far.country for far in abroad()}) == len(abroad()) == 150


def test_ids_are_unique() -> None:
    """Stories name far ends by id."""
    assert len({far.id for far in far_ends()}) == len(far_ends())


def test_v6_texts_are_whole_prefixes() -> None:
    """Leading groups and random groups make eight."""
    wrong = [
        far.id for far in far_ends() if far.v6 and "::" not in far.v6 and len(far.v6.split(":")) + far.v6_groups != 8
    ]

    assert wrong == []


def test_every_listed_operator_is_stated() -> None:
    """An operator is in the scenario's table, or is an AS with the country that it is registered in."""
    wrong = [
        far.id
        for far in far_ends()
        if far.operator
        and far.operator not in OPERATORS
        and (far.operator != f"as{far.as_number}" or not far.registration)
    ]

    assert wrong == []


def test_networks_of_patients_and_scanners_are_nobody_elses() -> None:
    """No access network overlaps a named far end."""
    named = [ip_network(far.v4) for far in NAMED]
    overlapping = [far.id for far in abroad() if any(IPv4Network(far.v4).overlaps(other) for other in named)]

    assert overlapping == []
