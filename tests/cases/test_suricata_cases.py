"""Every oddity of `suricata/`, and every file of the corpus, decodes to its committed golden.

A directory of `suricata/` is named for what its input shows; `flows-from.txt` is the site's `flows_from:` where it has
one. With `TRANSFERWATCH_REGENERATE=goldens` the goldens are written instead of compared: read the
difference before committing it, and say in the commit what changed.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from collectors import KINDS
from collectors.contract import SourceOptions
from collectors.files import ReadLimits
from monitor import schema
from monitor.events import event_frames, event_lines
from monitor.inputs import Input
from monitor.ndjson import ndjson_lines
from monitor.replay import decoded

if TYPE_CHECKING:
    from collectors.contract import Batch

CASES = Path(__file__).parent / "suricata"
ODDITIES = sorted(path.parent.name for path in CASES.glob("*/input.json"))
CORPUS = sorted(path.name for path in CASES.glob("corpus-*"))
REGENERATE = os.environ.get("TRANSFERWATCH_REGENERATE") == "goldens"


def batches(path: Path, lines: int | None = None) -> list[Batch]:
    """Decode a file, cut into pieces of as many lines."""
    flows_from = path.parent / "flows-from.txt"
    options = SourceOptions(flows_from=flows_from.read_text(encoding="utf-8").strip() if flows_from.exists() else None)
    return list(decoded(Input(path, KINDS["suricata"], options), ReadLimits(lines=lines)))


def events(made: list[Batch]) -> str:
    """Spell the events as `decode` prints them."""
    return "".join(text for batch in made for text in event_lines(batch, "suricata"))


def broken(made: list[Batch]) -> str:
    """Spell the bad records, one a line, and how many records there were."""
    lines = [f"{bad.line} {bad.reason}: {bad.what}" for batch in made for bad in batch.bad]
    count = sum(sum(batch.bad_by_reason.values()) for batch in made)
    passed_over: Counter[str] = sum((batch.passed_over for batch in made), Counter())
    others = [f"passed over: {number} {what}" for what, number in sorted(passed_over.items())]
    return "\n".join([*lines, f"{count} of {sum(batch.records for batch in made)} records are broken", *others, ""])


def compare(golden: Path, actual: str) -> None:
    """Compare with the golden, or write it when told to."""
    if REGENERATE:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(actual, encoding="utf-8")
    assert golden.read_text(encoding="utf-8").split("\n") == actual.split("\n")


@pytest.mark.parametrize("case", ODDITIES)
def test_an_oddity_decodes_to_its_golden(case: str) -> None:
    """Events and bad records alike."""
    made = batches(CASES / case / "input.json")

    compare(CASES / case / "expected.ndjson", events(made))
    compare(CASES / case / "expected-bad.txt", broken(made))


@pytest.mark.parametrize("case", ODDITIES)
@pytest.mark.parametrize("lines", [1, 2, 7])
def test_an_oddity_decodes_alike_in_any_pieces(case: str, lines: int) -> None:
    """The size of a piece changes neither events nor bad records."""
    made = batches(CASES / case / "input.json", lines)

    assert events(made) == (CASES / case / "expected.ndjson").read_text(encoding="utf-8")
    assert broken(made) == (CASES / case / "expected-bad.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", ODDITIES)
def test_events_conform_to_the_schema(case: str) -> None:
    """Frame by frame; and they say in frames what they say in lines."""
    made = batches(CASES / case / "input.json")
    frames = [frame for batch in made for frame in event_frames(batch, "suricata")]
    tables = {"flow": schema.FLOW, "name": schema.NAME, "admin": schema.ADMIN, "coverage": schema.COVERAGE}

    assert [schema.departures(frame, tables[frame["event"][0]]) for frame in frames] == [[]] * len(frames)
    assert "".join(text for frame in frames for text in ndjson_lines(frame)) == events(made)


def test_every_line_of_a_golden_is_one_object() -> None:
    """With text and numbers that any JSON reader takes."""
    lines = [line for path in CASES.glob("*/expected.ndjson") for line in path.read_text("utf-8").split("\n") if line]

    assert {type(json.loads(line)) for line in lines} == {dict}


@pytest.mark.parametrize("name", CORPUS)
def test_a_file_of_the_corpus_decodes_to_its_golden(corpus: Path, name: str) -> None:
    """Events and bad records alike."""
    made = batches(corpus / "suricata-eve" / f"{name.removeprefix('corpus-')}.log")

    compare(CASES / name / "expected.ndjson", events(made))
    compare(CASES / name / "expected-bad.txt", broken(made))


def test_every_file_of_the_corpus_has_a_golden(corpus: Path) -> None:
    """A file that is added to the corpus is decoded too."""
    found = sorted(f"corpus-{path.stem}" for path in (corpus / "suricata-eve").glob("*.log"))

    assert found == CORPUS
