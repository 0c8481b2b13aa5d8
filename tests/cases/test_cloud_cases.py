"""Files of the corpus of the clouds' flow logs decode to their goldens, and say what the vendors say of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from collectors import KINDS
from collectors.contract import Piece, SourceOptions
from monitor.inputs import find_inputs
from tests.cases.goldens import Case, compare, decode

if TYPE_CHECKING:
    from pathlib import Path

# Kind, and the file of the corpus.
CORPUS: Final = (
    ("azure_nsg", "azure-flow/nsg-v1.json"),
    ("azure_nsg", "azure-flow/nsg-v1-nested-records.json"),
    ("azure_nsg", "azure-flow/nsg-v2.json"),
    ("azure_vnet", "azure-flow/vnet-v4.json"),
    ("gcp_vpc", "gcp-vpc-flow/google-service.json"),
    ("gcp_vpc", "gcp-vpc-flow/internet-routing-icmp.json"),
)


@pytest.mark.parametrize(("kind", "name"), CORPUS)
def test_a_file_of_the_corpus_decodes_to_its_golden(corpus: Path, kind: str, name: str) -> None:
    """Examples of the vendors' documentation, found by their content."""
    path = corpus / name
    case = Case(kind, path.stem, path)
    made = decode(case)

    compare(case, "expected.ndjson", made.events)
    assert made.told.startswith("0 of ")
    assert [each.kind.name for each in find_inputs([path], "auto").inputs] == [kind]


def test_every_file_of_the_corpus_has_a_golden(corpus: Path) -> None:
    """A file that is added to the corpus is decoded too."""
    found = {path.relative_to(corpus).as_posix() for path in corpus.glob("azure-flow/*.json")}
    found |= {path.relative_to(corpus).as_posix() for path in corpus.glob("gcp-vpc-flow/*.json")}

    assert found - {name for _, name in CORPUS} == {
        "azure-flow/bandwidth-cases.json",
        "gcp-vpc-flow/google-service.expected.json",
    }


@pytest.mark.parametrize("place", [0, 1])
def test_counters_add_up_to_what_microsoft_says(corpus: Path, place: int) -> None:
    """Those of a tuple are what passed since the one before."""
    case = json.loads((corpus / "azure-flow" / "bandwidth-cases.json").read_bytes())[place]
    kind, record = {
        "nsg-v2": ("azure_nsg", {"properties": {"flows": [{"flows": [{"flowTuples": case["tuples"]}]}]}}),
        "vnet-v4": ("azure_vnet", {"flowRecords": {"flows": [{"flowGroups": [{"flowTuples": case["tuples"]}]}]}}),
    }[case["format"]]
    (flows,) = KINDS[kind].decoder(SourceOptions()).decode(Piece(json.dumps(record).encode(), 1, 0)).flows
    total = flows.frame.sum().row(0, named=True)

    assert total["octets"] + total["reverse_octets"] == case["expected_total_bytes"]
    assert total["packets"] + total["reverse_packets"] == case["expected_total_packets"]


# Names of the OpenTelemetry golden, and what says the same here.
OPEN_TELEMETRY: Final = {
    "source.address": "src_address",
    "source.port": "src_port",
    "destination.address": "dst_address",
    "destination.port": "dst_port",
    "bytes_sent": "octets",
    "packets_sent": "packets",
    "source.instance.vm.name": "observer",
    "source.instance.vm.region": "region_hint",
    "source.vpc.name": "network_id",
    "destination.google_service.name": "service_hint",
}


def test_a_google_entry_says_what_open_telemetry_reads(corpus: Path) -> None:
    """But for the deliberate differences that the handbook's page lists."""
    expected = json.loads((corpus / "gcp-vpc-flow" / "google-service.expected.json").read_bytes())
    event = json.loads(
        decode(Case("gcp_vpc", "google-service", corpus / "gcp-vpc-flow" / "google-service.json")).events
    )

    assert {name: event[column] for name, column in OPEN_TELEMETRY.items()} == {
        name: expected[name] for name in OPEN_TELEMETRY
    }
    assert event["attributes"]["src_instance.zone"] == expected["source.instance.vm.zone"]
    assert event["attributes"]["dest_google_service.type"] == expected["destination.google_service.type"]
    assert {"reporter": event["attributes"]["reporter"], "protocol": event["protocol"]} == {
        "reporter": expected["reporter"],
        "protocol": {"tcp": 6}[expected["network.protocol.name"]],
    }
