"""Edges of the ownership graph."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.attribution.anycast import load_anycast
from monitor.attribution.operators import load_operators
from monitor.attribution.ownership_graph import Edge, anycast_edges, edges_of


def test_the_edges_lead_from_numbers_and_names_to_the_ultimate_parent() -> None:
    """In that order, with days and marks."""
    edges = list(edges_of(load_operators().by_id["omnissa"]))

    assert [(edge.kind, edge.start, edge.end, edge.verified) for edge in edges] == [
        ("domain", "workspaceone.com", "omnissa", False),
        ("domain", "vmwareidentity.com", "omnissa", False),
        ("owner", "omnissa", "Omnissa", False),
        ("owner", "Omnissa", "KKR", False),
    ]


def test_an_owner_keeps_its_days() -> None:
    """KKR came to Contabo in June 2022."""
    owners = [edge for edge in edges_of(load_operators().by_id["contabo"]) if edge.kind == "owner"]

    assert [(edge.end, edge.begins, edge.ends) for edge in owners] == [
        ("Contabo GmbH", None, None),
        ("owner before KKR", None, date(2022, 6, 1)),
        ("KKR (majority)", date(2022, 6, 1), None),
    ]


@pytest.mark.parametrize(("operator", "day"), [("ovh", date(2026, 7, 15)), ("euris_cn", date(2026, 6, 17))])
def test_an_as_number_has_the_day_of_its_list(operator: str, day: date) -> None:
    """Of the list that the entry names."""
    edges = [edge for edge in edges_of(load_operators().by_id[operator]) if edge.kind == "as_number"]

    assert {edge.read for edge in edges} == {day}


def test_every_edge_of_the_shipped_graph_has_a_source() -> None:
    """And a list that was read has its day."""
    edges = [edge for operator in load_operators().operators for edge in edges_of(operator)]
    edges += anycast_edges(load_anycast())

    assert [edge for edge in edges if not edge.source] == []
    assert [edge for edge in edges if edge.kind != "owner" and edge.verified and edge.read is None] == []


def test_a_network_leads_to_its_operator() -> None:
    """With the day on which the list was read."""
    edges = list(anycast_edges(load_anycast()))

    assert (
        Edge("prefix", "9.9.9.0/24", "quad9", edges[0].source, date(2026, 11, 24), None, None, verified=True) in edges
    )
