"""How an input is recognised as a VPC flow log of Google Cloud."""

from __future__ import annotations

import json

import pytest

from collectors import KINDS
from collectors.contract import Framing
from collectors.gcp_vpc import KIND, recognise
from tests.collectors.gcp_vpc.test_decode import ENTRY

PAYLOAD = "an entry has the payload of a VPC flow log"


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [
        pytest.param(
            json.dumps(ENTRY).encode(), "an entry is of the log compute.googleapis.com/vpc_flows", id="subnetwork"
        ),
        pytest.param(
            json.dumps([ENTRY], indent=1).replace("compute.", "networkmanagement.").encode(),
            "an entry is of the log networkmanagement.googleapis.com/vpc_flows",
            id="configuration",
        ),
        pytest.param(json.dumps({"jsonPayload": ENTRY["jsonPayload"]}).encode(), PAYLOAD, id="no name"),
        pytest.param(
            json.dumps({"logName": "projects/p/logs/compute.googleapis.com%2Ffirewall"}).encode(), None, id="firewall"
        ),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_an_input_is_recognised_by_its_entries(beginning: bytes, reason: str | None) -> None:
    """The reason is for people."""
    assert recognise(beginning) == reason


def test_the_kind_is_read_as_json() -> None:
    """As `KINDS` lists it."""
    assert (KINDS["gcp_vpc"], KIND.framing(b"")) == (KIND, Framing.JSON)
