"""What `explain` prints for four far ends, to the letter; and that it says what judging a record says.

With `TRANSFERWATCH_REGENERATE=goldens` the texts are written instead of compared: read the difference before committing
it, and say in the commit what changed. A new atlas changes versions and dates in all of them.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from rich.console import Console

from monitor.inquiry.explain import explain
from monitor.inquiry.explain_text import print_explanation
from tests.judging import OURS, line

if TYPE_CHECKING:
    from monitor.app import Knowledge
    from tests.judging import Gazetteer, Judging, Row

CASES: Final = Path(__file__).parent / "explain"
AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
OURS_6: Final = "2001:db8:20::5"
REGENERATE: Final = os.environ.get("TRANSFERWATCH_REGENERATE") == "goldens"
GOLDENS: Final = {
    "resolver-announced-everywhere": "8.8.8.8",
    "us-owned-cloud-in-france": "51.103.0.1",
    "sold-to-russian-owners": "5.255.255.70",
    "name-of-a-cloud-region": "s3.eu-west-3.amazonaws.com",
}
ADDRESSES: Final = (
    *("8.8.8.8", "1.1.1.1", "51.103.0.1", "51.178.1.1", "88.198.1.1", "5.255.255.70", "9.9.9.9", "193.0.6.139"),
    *("10.0.0.1", "100.64.0.1", "192.0.2.1", "169.254.0.1", "127.0.0.1", "255.255.255.255", "0.0.0.1"),
    *("2001:4860:4860::8888", "2a01:4f8::1", "2001:db8:ff::1", "fd00::1", "2001:0:1::1", "::1.2.3.4", "::1"),
    *("64:ff9b::808:808", "2002:58c6:101::1", "64:ff9b::10.0.0.1", "4000::1"),
)
MOMENTS: Final = ("2015-10-05", "2016-09-01", "2020-06-01", "2021-05-01", "2022-01-01", "2024-06-01", "2026-11-24")

PROGRAM: Final = """
import sys
def refuse(event, arguments):
    if event.startswith("socket."):
        raise SystemExit(f"{event} {arguments}")
sys.addaudithook(refuse)
from datetime import UTC, datetime
from rich.console import Console
from monitor.app import Knowledge
from monitor.inquiry.explain import explain
from monitor.inquiry.explain_text import print_explanation
knowledge = Knowledge.load()
for what in sys.argv[1:]:
    print_explanation(explain(what, datetime(2026, 11, 24, tzinfo=UTC), knowledge), Console())
print("no socket")
"""


def printed(what: str, knowledge: Knowledge) -> str:
    """What a person reads at 100 columns, without colours and without blanks at the end of lines."""
    console = Console(width=100, file=io.StringIO(), highlight=False, color_system=None)
    print_explanation(explain(what, AT, knowledge), console)
    assert isinstance(console.file, io.StringIO)
    return "".join(f"{each.rstrip()}\n" for each in console.file.getvalue().splitlines())


@pytest.mark.parametrize("case", GOLDENS)
def test_an_explanation_reads_as_committed(case: str, knowledge: Knowledge) -> None:
    """The file is named for what is odd about the far end."""
    golden = CASES / f"{case}.txt"
    actual = printed(GOLDENS[case], knowledge)
    if REGENERATE:
        golden.write_text(actual, encoding="utf-8")

    assert golden.read_text(encoding="utf-8").split("\n") == actual.split("\n")


def verdict_of_row(row: Row) -> dict[str, Any]:
    """What a judged row says of its far end."""
    names = (
        *("place_country", "place_candidates", "place_confidence", "place_verdict", "place_reason", "mechanism"),
        *("control_verdict", "control_reason", "control_countries", "reach_laws", "importer"),
    )
    return {name: row[name] for name in names}


def verdict_explained(explanation: dict[str, Any]) -> dict[str, Any]:
    """The same of an explanation."""
    place, verdict = explanation["place"], explanation["verdict"]
    return {
        "place_country": place["country"],
        "place_candidates": [candidate["country"] for candidate in place["candidates"]],
        "place_confidence": place["confidence"],
        "place_verdict": verdict["place"]["verdict"],
        "place_reason": verdict["place"]["reason"],
        "mechanism": verdict["place"]["mechanism"],
        "control_verdict": verdict["control"]["verdict"],
        "control_reason": verdict["control"]["reason"],
        "control_countries": verdict["control"]["countries"],
        "reach_laws": verdict["control"]["laws"],
        "importer": verdict["importer"]["name"],
    }


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_explanation_says_what_judging_says(address: str, knowledge: Knowledge, judged: Judging) -> None:
    """One address on seven days, against the rows of a flow log that has a conversation with it."""
    moments = [datetime.fromisoformat(f"{day}T12:00:00+00:00") for day in MOMENTS]
    ours = OURS_6 if ":" in address else OURS
    rows = judged([line(ours, address, at=moment) for moment in moments]).rows
    explained = [explain(address, moment, knowledge) for moment in moments]

    assert [verdict_explained(each) for each in explained] == [verdict_of_row(row) for row in rows]


def test_explanations_of_every_country_say_what_judging_says(
    knowledge: Knowledge, judged: Judging, places: Gazetteer
) -> None:
    """The first address of every code that the atlas holds, pseudo codes included."""
    found: dict[str | None, str] = {}
    for country, address in zip(places.country, places.text, strict=True):
        found.setdefault(country, address)
    addresses = list(found.values())
    rows = {row["remote_address"]: row for row in judged([line(OURS, address, at=AT) for address in addresses]).rows}
    different = [
        address
        for address in addresses
        if verdict_explained(explain(address, AT, knowledge)) != verdict_of_row(rows[address])
    ]

    assert different == []


def test_no_socket_is_opened(root: Path) -> None:
    """Neither for an address nor for a name: the interpreter refuses every event of the socket module."""
    command = [sys.executable, "-c", PROGRAM, "8.8.8.8", "2001:db8::1", "s3.eu-west-3.amazonaws.com", "example.org"]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)

    assert (run.stdout.splitlines()[-1:], run.returncode) == (["no socket"], 0), run.stderr
