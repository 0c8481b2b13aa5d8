"""Every oddity of the clouds' flow logs, and every file of the corpus, decodes to its committed golden.

A directory is named for what its input shows. With `TRANSFERWATCH_REGENERATE=goldens` the goldens are written instead
of compared: read the difference before committing it, and say in the commit what changed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from collectors import KINDS
from collectors.contract import Piece, SourceOptions
from collectors.files import ReadLimits
from monitor import schema
from monitor.events import event_frames, event_lines
from monitor.inputs import Input, find_inputs
from monitor.replay import decoded

if TYPE_CHECKING:
    from collectors.contract import Batch

CASES: Final = Path(__file__).parent
# Kind, directory and the name of the input in it.
ODDITIES: Final = sorted(
    (path.parent.parent.name, path.parent.name)
    for kind in ("aws_vpc", "azure_nsg", "azure_vnet", "gcp_vpc")
    for path in CASES.glob(f"{kind}/*/input.json")
)
# Kind, and the file of the corpus.
CORPUS: Final = (
    ("azure_nsg", "azure-flow/nsg-v1.json"),
    ("azure_nsg", "azure-flow/nsg-v1-nested-records.json"),
    ("azure_nsg", "azure-flow/nsg-v2.json"),
    ("azure_vnet", "azure-flow/vnet-v4.json"),
    ("gcp_vpc", "gcp-vpc-flow/google-service.json"),
    ("gcp_vpc", "gcp-vpc-flow/internet-routing-icmp.json"),
)
REGENERATE: Final = os.environ.get("TRANSFERWATCH_REGENERATE") == "goldens"


def batches(kind: str, path: Path, limits: ReadLimits | None = None) -> list[Batch]:
    """Decode a file."""
    return list(decoded(Input(path, KINDS[kind], SourceOptions()), limits))


def events(kind: str, made: list[Batch]) -> str:
    """Spell the events as `decode` prints them."""
    return "".join(text for batch in made for text in event_lines(batch, kind))


def told(made: list[Batch]) -> str:
    """Spell the bad records, one a line, what was passed over, and how many records there were."""
    lines = [f"{bad.line} {bad.reason}: {bad.what}" for batch in made for bad in batch.bad]
    count = sum(sum(batch.bad_by_reason.values()) for batch in made)
    passed = sum((batch.passed_over for batch in made), start=type(made[0].passed_over)()) if made else {}
    lines += [f"{count} passed over: {what}" for what, count in sorted(passed.items())]
    return "\n".join([*lines, f"{count} of {sum(batch.records for batch in made)} records are broken", ""])


def compare(golden: Path, actual: str) -> None:
    """Compare with the golden, or write it when told to."""
    if REGENERATE:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(actual, encoding="utf-8")
    assert golden.read_text(encoding="utf-8").split("\n") == actual.split("\n")


@pytest.mark.parametrize(("kind", "case"), ODDITIES)
def test_an_oddity_decodes_to_its_golden(kind: str, case: str) -> None:
    """Events and bad records alike."""
    made = batches(kind, CASES / kind / case / "input.json")

    compare(CASES / kind / case / "expected.ndjson", events(kind, made))
    compare(CASES / kind / case / "expected-bad.txt", told(made))


@pytest.mark.parametrize(("kind", "case"), ODDITIES)
@pytest.mark.parametrize("limits", [ReadLimits(lines=1), ReadLimits(piece_octets=64), ReadLimits(piece_octets=1000)])
def test_an_oddity_decodes_alike_in_any_pieces(kind: str, case: str, limits: ReadLimits) -> None:
    """The size of a piece changes neither events nor bad records."""
    made = batches(kind, CASES / kind / case / "input.json", limits)

    assert events(kind, made) == (CASES / kind / case / "expected.ndjson").read_text(encoding="utf-8")
    assert told(made) == (CASES / kind / case / "expected-bad.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(("kind", "case"), ODDITIES)
def test_events_conform_to_the_schema(kind: str, case: str) -> None:
    """Frame by frame."""
    made = batches(kind, CASES / kind / case / "input.json")
    frames = [frame for batch in made for frame in event_frames(batch, kind)]
    tables = {"flow": schema.FLOW, "coverage": schema.COVERAGE}

    assert [schema.departures(frame, tables[frame["event"][0]]) for frame in frames] == [[]] * len(frames)


@pytest.mark.parametrize(("kind", "case"), ODDITIES)
def test_an_oddity_is_recognised(kind: str, case: str) -> None:
    """As its kind and no other."""
    beginning = (CASES / kind / case / "input.json").read_bytes()[:4096]

    assert [name for name, each in KINDS.items() if each.recognise(beginning)] == [kind]


@pytest.mark.parametrize(("kind", "name"), CORPUS)
def test_a_file_of_the_corpus_decodes_to_its_golden(corpus: Path, kind: str, name: str) -> None:
    """Examples of the vendors' documentation, found by their content."""
    path = corpus / name
    made = batches(kind, path)

    compare(CASES / kind / path.stem / "expected.ndjson", events(kind, made))
    assert told(made).endswith(f"0 of {sum(batch.records for batch in made)} records are broken\n")
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
    made = batches("gcp_vpc", corpus / "gcp-vpc-flow" / "google-service.json")
    event = json.loads(events("gcp_vpc", made))

    assert {name: event[column] for name, column in OPEN_TELEMETRY.items()} == {
        name: expected[name] for name in OPEN_TELEMETRY
    }
    assert event["attributes"]["src_instance.zone"] == expected["source.instance.vm.zone"]
    assert event["attributes"]["dest_google_service.type"] == expected["destination.google_service.type"]
    assert {"reporter": event["attributes"]["reporter"], "protocol": event["protocol"]} == {
        "reporter": expected["reporter"],
        "protocol": {"tcp": 6}[expected["network.protocol.name"]],
    }
