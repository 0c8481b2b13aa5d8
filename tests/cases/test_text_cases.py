"""Every oddity of the logs of hosts decodes to its committed golden, and so does every file of the corpus for them.

A directory of `KIND/` is named for what its input shows; those named for a version hold lines that the program itself
wrote. `options.json` is what the site says about the source. With `TRANSFERWATCH_REGENERATE=goldens` the goldens are
written instead of compared: read the difference before committing it, and say in the commit what changed.
"""

from __future__ import annotations

import json
import os
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

HERE = Path(__file__).parent
TEXTS = ("conntrack", "dns_bind", "dns_dnsmasq", "dns_unbound", "sshd")
ODDITIES = sorted(f"{kind}/{path.parent.name}" for kind in TEXTS for path in (HERE / kind).glob("*/input.*"))
REGENERATE = os.environ.get("TRANSFERWATCH_REGENERATE") == "goldens"


def batches(case: str, lines: int | None = None) -> list[Batch]:
    """Decode a case, cut into pieces of as many lines."""
    (path,) = (HERE / case).glob("input.*")
    said = HERE / case / "options.json"
    options = SourceOptions(**json.loads(said.read_text("utf-8"))) if said.exists() else SourceOptions()
    return list(decoded(Input(path, KINDS[case.partition("/")[0]], options), ReadLimits(lines=lines)))


def events(case: str, made: list[Batch]) -> str:
    """Spell the events as `decode` prints them."""
    return "".join(text for batch in made for text in event_lines(batch, case.partition("/")[0]))


def told(made: list[Batch]) -> str:
    """Spell the bad records, one a line, what was passed over, and how many records there were."""
    lines = [f"{bad.line} {bad.reason}: {bad.what}" for batch in made for bad in batch.bad]
    passed = sum((batch.passed_over for batch in made), start=type(made[0].passed_over)()) if made else {}
    lines += [f"passed over: {count} {what}" for what, count in sorted(passed.items())]
    count = sum(sum(batch.bad_by_reason.values()) for batch in made)
    return "\n".join([*lines, f"{count} of {sum(batch.records for batch in made)} records are broken", ""])


def compare(golden: Path, actual: str) -> None:
    """Compare with the golden, or write it when told to."""
    if REGENERATE:
        golden.write_text(actual, encoding="utf-8")
    assert golden.read_text(encoding="utf-8").split("\n") == actual.split("\n")


@pytest.mark.parametrize("case", ODDITIES)
def test_an_oddity_decodes_to_its_golden(case: str) -> None:
    """Events, bad records and those passed over alike."""
    made = batches(case)

    compare(HERE / case / "expected.ndjson", events(case, made))
    compare(HERE / case / "expected-bad.txt", told(made))


@pytest.mark.parametrize("case", ODDITIES)
@pytest.mark.parametrize("lines", [1, 2, 7])
def test_an_oddity_decodes_alike_in_any_pieces(case: str, lines: int) -> None:
    """The size of a piece changes neither events nor bad records."""
    made = batches(case, lines)

    assert events(case, made) == (HERE / case / "expected.ndjson").read_text(encoding="utf-8")
    assert told(made) == (HERE / case / "expected-bad.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", ODDITIES)
def test_events_conform_to_the_schema(case: str) -> None:
    """Frame by frame; and they say in frames what they say in lines."""
    made, kind = batches(case), case.partition("/")[0]
    frames = [frame for batch in made for frame in event_frames(batch, kind)]
    tables = {"flow": schema.FLOW, "name": schema.NAME, "admin": schema.ADMIN, "coverage": schema.COVERAGE}

    assert [schema.departures(frame, tables[frame["event"][0]]) for frame in frames] == [[]] * len(frames)
    assert "".join(text for frame in frames for text in ndjson_lines(frame)) == events(case, made)
    assert {frame["event"][0] for frame in frames} <= set(KINDS[kind].gives)


@pytest.mark.parametrize("case", ODDITIES)
def test_a_case_is_recognised_as_no_other_kind(case: str) -> None:
    """As its own, or, where nothing in it is whole, as none."""
    (path,) = (HERE / case).glob("input.*")
    kind = case.partition("/")[0]

    assert [name for name, each in KINDS.items() if each.recognise(path.read_bytes()[:4096])] in ([kind], [])
