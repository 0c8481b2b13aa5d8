"""What the record around a tuple says goes to every tuple of it."""

from __future__ import annotations

from collections import Counter

import pytest

from collectors.azure_flow import groups
from collectors.azure_flow.groups import Found, Group, batch_of, network_of, subscription_of
from collectors.azure_nsg import LAYOUT
from collectors.contract import SAMPLED_BAD_RECORDS, BadRecord
from tests.collectors.json_reading import events

GOOD = "1767225600,10.20.0.5,192.0.2.9,50514,443,T,O,A,B,,,,"


@pytest.mark.parametrize(
    ("resource", "subscription", "network"),
    [
        ("/SUBSCRIPTIONS/AB-1/RESOURCEGROUPS/X", "ab-1", None),
        ("/subscriptions/ab-1/x/virtualNetworks/My-VNet/subnets/s", "ab-1", "My-VNet"),
        ("", None, None),
    ],
)
def test_a_resource_id_tells_subscription_and_network(
    resource: str, subscription: str | None, network: str | None
) -> None:
    """In whichever case."""
    assert (subscription_of(resource), network_of(resource)) == (subscription, network)


def test_bad_records_come_in_the_order_of_the_input() -> None:
    """Values that are none among tuples that cannot be read."""
    found = Found()
    for place in range(3):
        found.place = place
        if place == 1:
            found.tell(BadRecord(2, "not_json", "x"))
        else:
            found.add([Group(place + 1, [GOOD, "bad"], None, "", {})])
    batch = batch_of(found, LAYOUT)

    assert [(bad.line, bad.reason) for bad in batch.bad] == [
        (1, "too_few_fields"),
        (2, "not_json"),
        (3, "too_few_fields"),
    ]
    assert (batch.records, batch.flows[0].frame["line"].to_list()) == (5, [1, 3])


def test_bad_records_are_counted_beyond_their_sample() -> None:
    """All are counted, the first are shown."""
    found = Found()
    found.add([Group(1, ["bad"] * 1000, None, "", {})])
    batch = batch_of(found, LAYOUT)

    assert (batch.bad_by_reason, len(batch.bad)) == (Counter(too_few_fields=1000), SAMPLED_BAD_RECORDS)


def test_nothing_found_is_an_empty_batch() -> None:
    """No part without rows."""
    assert batch_of(Found(), LAYOUT).flows == ()


def test_many_tuples_come_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its own addresses, and the same events in all."""
    found = Found()
    found.add([Group(line, [GOOD, "bad", GOOD], None, "", {}) for line in range(1, 6)])
    whole = batch_of(found, LAYOUT)
    monkeypatch.setattr(groups, "_TUPLES_A_PART", 4)
    parts = batch_of(found, LAYOUT)

    assert [part.frame.height for part in parts.flows] == [3, 2, 3, 2]
    assert (events("azure_nsg", parts), parts.bad) == (events("azure_nsg", whole), whole.bad)
