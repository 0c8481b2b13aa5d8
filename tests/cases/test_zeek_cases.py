"""Every oddity of `zeek/` decodes to its committed golden.

A directory of `zeek/` is named for what its input shows. With `TRANSFERWATCH_REGENERATE=goldens` the goldens are
written instead of compared: read the difference before committing it, and say in the commit what changed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from collectors import KINDS
from collectors.files import ReadLimits
from monitor import schema
from monitor.events import event_frames, event_lines
from monitor.inputs import Input
from monitor.ndjson import ndjson_lines
from monitor.replay import decoded

if TYPE_CHECKING:
    from collectors.contract import Batch

CASES = Path(__file__).parent / "zeek"
ODDITIES = sorted(path.parent.name for path in CASES.glob("*/input.log"))
REGENERATE = os.environ.get("TRANSFERWATCH_REGENERATE") == "goldens"


def batches(path: Path, lines: int | None = None) -> list[Batch]:
    """Decode a file, cut into pieces of as many lines."""
    return list(decoded(Input(path, KINDS["zeek"]), ReadLimits(lines=lines)))


def events(made: list[Batch]) -> str:
    """Spell the events as `decode` prints them."""
    return "".join(text for batch in made for text in event_lines(batch, "zeek"))


def broken(made: list[Batch]) -> str:
    """Spell the bad records, one a line, and how many records there were."""
    lines = [f"{bad.line} {bad.reason}: {bad.what}" for batch in made for bad in batch.bad]
    count = sum(sum(batch.bad_by_reason.values()) for batch in made)
    return "\n".join([*lines, f"{count} of {sum(batch.records for batch in made)} records are broken", ""])


def compare(golden: Path, actual: str) -> None:
    """Compare with the golden, or write it when told to."""
    if REGENERATE:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(actual, encoding="utf-8")
    assert golden.read_text(encoding="utf-8").split("\n") == actual.split("\n")


@pytest.mark.parametrize("case", ODDITIES)
def test_an_oddity_decodes_to_its_golden(case: str) -> None:
    """Events and bad records alike."""
    made = batches(CASES / case / "input.log")

    compare(CASES / case / "expected.ndjson", events(made))
    compare(CASES / case / "expected-bad.txt", broken(made))


@pytest.mark.parametrize("case", ODDITIES)
@pytest.mark.parametrize("lines", [1, 2, 7])
def test_an_oddity_decodes_alike_in_any_pieces(case: str, lines: int) -> None:
    """The size of a piece changes neither events nor bad records."""
    made = batches(CASES / case / "input.log", lines)

    assert events(made) == (CASES / case / "expected.ndjson").read_text(encoding="utf-8")
    assert broken(made) == (CASES / case / "expected-bad.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", ODDITIES)
def test_events_conform_to_the_schema(case: str) -> None:
    """Frame by frame; and they say in frames what they say in lines."""
    made = batches(CASES / case / "input.log")
    frames = [frame for batch in made for frame in event_frames(batch, "zeek")]
    tables = {"flow": schema.FLOW, "name": schema.NAME, "admin": schema.ADMIN, "coverage": schema.COVERAGE}

    assert [schema.departures(frame, tables[frame["event"][0]]) for frame in frames] == [[]] * len(frames)
    assert "".join(text for frame in frames for text in ndjson_lines(frame)) == events(made)


def test_every_line_of_a_golden_is_one_object() -> None:
    """With text and numbers that any JSON reader takes."""
    lines = [line for path in CASES.glob("*/expected.ndjson") for line in path.read_text("utf-8").split("\n") if line]

    assert {type(json.loads(line)) for line in lines} == {dict}
