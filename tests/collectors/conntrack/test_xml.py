"""A flow of XML as fields, and what is refused."""

from __future__ import annotations

import pytest

from collectors.conntrack.xml import DEPTH, xml_entry

FLOW = (
    '<flow type="destroy"><meta direction="original">'
    '<layer3 protonum="2" protoname="ipv4"><src>10.0.0.1</src><dst>10.0.0.2</dst></layer3>'
    '<layer4 protonum="6" protoname="tcp"><sport>1</sport><dport>2</dport></layer4>'
    "<counters><packets>3</packets><bytes>180</bytes></counters></meta>"
    '<meta direction="reply"><layer3 protonum="2" protoname="ipv4"><src>10.0.0.2</src><dst>10.0.0.1</dst></layer3>'
    "</meta>"
    '<meta direction="independent"><state>CLOSE</state><assured/><deltatime>4</deltatime></meta>'
    "<when><hour>1</hour></when></flow>"
)


def test_a_flow_gives_its_fields() -> None:
    """Those of the reply under names of their own."""
    assert xml_entry(FLOW) == {
        "event": "DESTROY",
        "src": "10.0.0.1",
        "dst": "10.0.0.2",
        "protocol": "6",
        "name": "tcp",
        "sport": "1",
        "dport": "2",
        "packets": "3",
        "bytes": "180",
        "reply_src": "10.0.0.2",
        "reply_dst": "10.0.0.1",
        "state": "CLOSE",
        "assured": "1",
        "delta_time": "4",
        "when_hour": "1",
    }


def test_what_stands_behind_a_flow_is_no_part_of_it() -> None:
    """It says there who asked for the end."""
    assert xml_entry(FLOW + " [USERSPACE] portid=7") == xml_entry(FLOW)


def test_a_flow_that_is_not_over_is_only_told_as_such() -> None:
    """It is looked at no further."""
    assert xml_entry('<flow type="new"><broken') == {"event": "NEW"}


@pytest.mark.parametrize(
    "line",
    [
        "<flow>",
        "<other></other>",
        '<!DOCTYPE a [<!ENTITY e "x">]><flow>&e;</flow>',
        "<flow>&e;</flow>",
        "<flow>" + "<a>" * DEPTH + "</a>" * DEPTH + "</flow>",
        "<flow>\x00</flow>",
    ],
)
def test_what_is_no_flow_is_refused(line: str) -> None:
    """Entities, a document type and deep nesting too."""
    assert xml_entry(line) is None
