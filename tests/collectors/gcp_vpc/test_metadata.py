"""Metadata become flat texts, and tell whose side reports."""

from __future__ import annotations

import json

import pytest

from collectors.gcp_vpc import metadata
from collectors.gcp_vpc.metadata import Metadata, Side, network_of


@pytest.mark.parametrize(
    ("value", "members"),
    [
        ("text", {"a": "text"}),
        (5, {"a": "5"}),
        (1.25, {"a": "1.25"}),
        (True, {"a": "true"}),
        (None, {}),
        ({"b": {"c": 1}, "d": "x"}, {"a.b.c": "1", "a.d": "x"}),
        ([1, {"b": 2}], {"a": '[1,{"b":2}]'}),
        ({}, {}),
        ('"\\\n', {"a": '"\\\n'}),
    ],
)
def test_a_value_becomes_flat_texts(value: object, members: dict[str, str]) -> None:
    """Under dotted names."""
    text = Metadata().text("a", json.dumps(value))

    assert json.loads("{" + text[1:] + "}") == members


def test_a_value_that_is_nested_too_deep_stays_json() -> None:
    """Beyond eight names."""
    value: object = 1
    for _ in range(12):
        value = {"x": value}
    text = Metadata().text("a", json.dumps(value))

    assert list(json.loads("{" + text[1:] + "}")) == ["a" + ".x" * 8]


def test_too_many_values_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered changes no answer."""
    monkeypatch.setattr(metadata, "_REMEMBERED", 2)
    remembering = Metadata()

    assert [remembering.text("a", f"{number}") for number in range(5)] == [f',"a":"{n}"' for n in range(5)]
    assert [remembering.service(f'{{"type":"{number}"}}') for number in range(5)] == list("01234")


@pytest.mark.parametrize(
    ("network", "instance", "gateway", "side"),
    [
        ("", "", "", Side()),
        ("null", "null", "null", Side()),
        ('{"vpc_name":"v","subnetwork_name":"s"}', "", "", Side(observer="s", network="v")),
        ('{"vpc_name":"v"}', '{"vm_name":"m","region":"r"}', "", Side(observer="m", network="v", region="r")),
        (
            "",
            "",
            '{"name":"g","location":"l","vpc":{"vpc_name":"v","project_id":"p"}}',
            Side(observer="g", project="p", network="v", region="l"),
        ),
    ],
)
def test_a_side_is_told_by_what_is_there(network: str, instance: str, gateway: str, side: Side) -> None:
    """The narrowest first."""
    assert Metadata().side(network, instance, gateway) == side


def test_names_are_found_in_resource_names() -> None:
    """Or nothing."""
    assert [Metadata().project("projects/p/logs/x"), Metadata().project("folders/1/logs/x")] == ["p", None]
    assert [network_of("projects/1/global/networks/n"), network_of("projects/1/regions/r/subnetworks/s")] == ["n", None]
