"""Members of payloads become flat attributes, in an order of their own."""

from __future__ import annotations

import json

import msgspec
import pytest

from collectors.gcp_vpc.members import Members, PartedTexts
from collectors.gcp_vpc.metadata import Metadata

KNOWN = frozenset({"reporter", "src_vpc", "rtt_msec"})


def members(*payloads: object) -> Members:
    """Take payloads, each as a part of its own."""
    parted = PartedTexts()
    for payload in payloads:
        raw = msgspec.json.decode(json.dumps(payload), type=dict[str, msgspec.Raw])
        parted.add([raw], ("reporter", "src_vpc", "rtt_msec"), KNOWN)
    return Members(Metadata(), len(payloads), parted)


@pytest.mark.parametrize(
    ("payload", "attributes"),
    [
        pytest.param({}, "{}", id="nothing"),
        pytest.param({"reporter": None}, "{}", id="null"),
        pytest.param({"rtt_msec": "12"}, '{"rtt_msec":"12"}', id="plain text"),
        pytest.param({"rtt_msec": 12}, '{"rtt_msec":"12"}', id="whole number"),
        pytest.param({"rtt_msec": 1.50}, '{"rtt_msec":"1.5"}', id="other number"),
        pytest.param({"rtt_msec": 0}, '{"rtt_msec":"0"}', id="zero"),
        pytest.param({"reporter": "a\\b\u00e9"}, '{"reporter":"a\\\\bé"}', id="text with escapes"),
        pytest.param({"src_vpc": {"b": 1, "a": {"c": "x"}}}, '{"src_vpc.b":"1","src_vpc.a.c":"x"}', id="object"),
    ],
)
def test_a_payload_becomes_one_flat_object(payload: object, attributes: str) -> None:
    """Of texts, whatever the members are."""
    assert members(payload).objects().to_list() == [attributes]


def test_attributes_stand_in_one_order_whatever_that_of_the_entry() -> None:
    """So that entries that say the same have the same text; what nobody knows comes last."""
    made = members(
        {"src_vpc": {"a": 1}, "new": 1, "reporter": "SRC"}, {"reporter": "SRC", "src_vpc": {"a": 1}, "new": 1}
    )

    assert made.objects().to_list() == ['{"reporter":"SRC","src_vpc.a":"1","new":"1"}'] * 2


def test_a_value_that_cannot_be_read_is_told_of_each_row_that_has_it() -> None:
    """And of no other."""
    made = members({"reporter": 5}, {"reporter": "SRC"}, {"reporter": 5})
    made.said("reporter", lambda text: msgspec.json.decode(text, type=str), "")

    assert sorted(made.wrong) == [0, 2]


def test_a_member_that_only_a_later_part_has_is_not_there_before() -> None:
    """Each row keeps its own."""
    made = members({}, {"rtt_msec": "1"}, {})

    assert made.texts("rtt_msec").to_list() == ["", '"1"', ""]
