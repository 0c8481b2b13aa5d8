"""Every oddity of `aws_cloudtrail/`, `azure_activity/` and `gcp_audit/` decodes to its committed golden.

A directory is named for what its input shows; all inputs were made for these tests. With
`TRANSFERWATCH_REGENERATE=goldens` the goldens are written instead of compared: read the difference before committing
it, and say in the commit what changed.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from collectors import KINDS
from collectors.files import ReadLimits
from monitor import schema
from monitor.events import event_frames, event_lines
from monitor.inputs import AUTO, Input, find_inputs
from monitor.ndjson import ndjson_lines
from monitor.replay import decoded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectors.contract import Batch

CASES = Path(__file__).parent
AUDITS = ("aws_cloudtrail", "azure_activity", "gcp_audit")
ODDITIES = sorted(str(path.parent.relative_to(CASES)) for kind in AUDITS for path in CASES.glob(f"{kind}/*/input.json"))
REGENERATE = os.environ.get("TRANSFERWATCH_REGENERATE") == "goldens"
LIMITS = [
    pytest.param(ReadLimits(lines=1), id="one value a piece"),
    pytest.param(ReadLimits(lines=2), id="two values a piece"),
    pytest.param(ReadLimits(piece_octets=700), id="700 octets a piece"),
]


def batches(case: str, limits: ReadLimits | None = None) -> list[Batch]:
    """Decode the input of a case."""
    return list(decoded(Input(CASES / case / "input.json", KINDS[kind_of(case)]), limits))


def kind_of(case: str) -> str:
    """Give the kind whose case it is."""
    return case.partition("/")[0]


def events(made: Sequence[Batch], kind: str) -> str:
    """Spell the events as `decode` prints them."""
    return "".join(text for batch in made for text in event_lines(batch, kind))


def counted(made: Sequence[Batch]) -> str:
    """Spell the bad records, one a line, what was passed over, and how many records there were."""
    lines = [f"{bad.line} {bad.reason}: {bad.what}" for batch in made for bad in batch.bad]
    kinds = sorted({what for batch in made for what in batch.passed_over})
    lines += [f"{sum(batch.passed_over[what] for batch in made)} passed over: {what}" for what in kinds]
    bad = sum(batch.bad_by_reason.total() for batch in made)
    return "\n".join([*lines, f"{bad} of {sum(batch.records for batch in made)} records are broken", ""])


def compare(golden: Path, actual: str) -> None:
    """Compare with the golden, or write it when told to."""
    if REGENERATE:
        golden.write_text(actual, encoding="utf-8")
    assert golden.read_text(encoding="utf-8").split("\n") == actual.split("\n")


@pytest.mark.parametrize("case", ODDITIES)
def test_an_oddity_decodes_to_its_golden(case: str) -> None:
    """Events, bad records and counts alike."""
    made = batches(case)

    compare(CASES / case / "expected.ndjson", events(made, kind_of(case)))
    compare(CASES / case / "expected-counts.txt", counted(made))


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("case", ODDITIES)
def test_an_oddity_decodes_alike_in_any_pieces(case: str, limits: ReadLimits) -> None:
    """The size of a piece changes neither events nor counts."""
    made = batches(case, limits)

    assert events(made, kind_of(case)) == (CASES / case / "expected.ndjson").read_text(encoding="utf-8")
    assert counted(made) == (CASES / case / "expected-counts.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", ODDITIES)
def test_events_conform_to_the_schema(case: str) -> None:
    """Frame by frame; and they say in frames what they say in lines."""
    made, kind = batches(case), kind_of(case)
    frames = [frame for batch in made for frame in event_frames(batch, kind)]

    assert [schema.departures(frame, schema.ADMIN) for frame in frames] == [[]] * len(frames)
    assert "".join(text for frame in frames for text in ndjson_lines(frame)) == events(made, kind)


@pytest.mark.parametrize("kind", AUDITS)
def test_the_handbook_names_every_attribute_and_reason(root: Path, kind: str) -> None:
    """All that stand in the goldens."""
    page = (root / "docs" / "sources" / f"{kind}.md").read_text(encoding="utf-8")
    folders = [CASES / case for case in ODDITIES if kind_of(case) == kind]
    rows = [row for folder in folders for row in (folder / "expected.ndjson").read_text(encoding="utf-8").splitlines()]
    names = {name for row in rows for name in json.loads(row)["attributes"]}
    counts = "".join((folder / "expected-counts.txt").read_text(encoding="utf-8") for folder in folders)
    reasons = set(re.findall(r"^[0-9]+ (?:passed over: )?([\w-]+)", counts, re.MULTILINE)) - {"of"}

    assert [name for name in sorted(names | reasons) if f"`{name}`" not in page] == []


@pytest.mark.parametrize("case", [case for case in ODDITIES if "empty" not in case])
def test_an_oddity_is_recognised_as_of_its_kind(case: str) -> None:
    """By its content alone, and as of no other kind."""
    (found,) = find_inputs([CASES / case / "input.json"], AUTO).inputs

    assert found.kind.name == kind_of(case)
