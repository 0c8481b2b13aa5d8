"""Which members of which event types are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collectors.suricata.events import EVENT_TYPE, FLOW, FLOW_ATTRIBUTES, NETFLOW, NETFLOW_ATTRIBUTES, wanted

if TYPE_CHECKING:
    from collectors.json_lines import Wanted

_KINDS = {"netflow": NETFLOW, **wanted("flow")}


@pytest.mark.parametrize("flows_from", ["flow", "netflow"])
def test_one_sort_of_conversation_is_read(flows_from: str) -> None:
    """The other sort tells of the same octets."""
    assert {"flow", "netflow"} & wanted(flows_from).keys() == {flows_from}


@pytest.mark.parametrize(("attributes", "kind"), [(FLOW_ATTRIBUTES, FLOW), (NETFLOW_ATTRIBUTES, NETFLOW)])
def test_every_attribute_is_read(attributes: tuple[str, ...], kind: Wanted) -> None:
    """Under its own name."""
    assert set(attributes) - {field.column for field in kind.fields} == set()


@pytest.mark.parametrize("attributes", [FLOW_ATTRIBUTES, NETFLOW_ATTRIBUTES])
def test_an_attribute_is_called_as_its_member_is(attributes: tuple[str, ...]) -> None:
    """With the objects around it."""
    paths = {field.column: ".".join(field.path) for kind in (FLOW, NETFLOW) for field in kind.fields}

    assert [paths[name] for name in attributes] == list(attributes)


@pytest.mark.parametrize("word", _KINDS)
def test_no_member_is_read_twice(word: str) -> None:
    """Nor into one column: the reader gives each member to one."""
    fields = _KINDS[word].fields
    paths = {field.path for field in fields} | {EVENT_TYPE}

    assert (len(paths), len({field.column for field in fields})) == (len(fields) + 1, len(fields))


@pytest.mark.parametrize("word", _KINDS)
def test_every_event_has_its_time_and_its_observer(word: str) -> None:
    """Whatever its type."""
    assert {field.column for field in _KINDS[word].fields} >= {"time", "host", "sensor_name", "in_iface"}
