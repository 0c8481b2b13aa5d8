"""Cases of the collectors: an input in a directory that is named for what it shows, and what it decodes to.

`KIND/NAME/input.*` is read as a file; `options.json` is what the site says about the source, where it says anything.
`expected.ndjson` is what `decode` prints; `expected-bad.txt` names the bad records, what was passed over, and how many
records there were. With `TRANSFERWATCH_REGENERATE=goldens` the goldens are written instead of compared: read the
difference before committing it, and say in the commit what changed.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from collectors import KINDS
from collectors.contract import SourceOptions
from monitor.events import event_frames, event_lines
from monitor.inputs import Input
from monitor.replay import decoded

if TYPE_CHECKING:
    import polars as pl

    from collectors.contract import Batch
    from collectors.files import ReadLimits

CASES: Final = Path(__file__).parent
_REGENERATE: Final = os.environ.get("TRANSFERWATCH_REGENERATE") == "goldens"


@dataclass(frozen=True, slots=True)
class Case:
    """A directory of a kind; `corpus` is the input of one that has none of its own."""

    kind: str
    name: str
    corpus: Path | None = None

    def __str__(self) -> str:
        """Give the directory's name, which is the test's."""
        return f"{self.kind}/{self.name}"

    @property
    def folder(self) -> Path:
        """Where the goldens are."""
        return CASES / self.kind / self.name

    @property
    def input(self) -> Path:
        """What is decoded."""
        return self.corpus or next(self.folder.glob("input.*"))

    @property
    def options(self) -> SourceOptions:
        """What the site says about the source."""
        said = self.folder / "options.json"
        return SourceOptions(**json.loads(said.read_text("utf-8"))) if said.exists() else SourceOptions()


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a case decodes to: events as `decode` prints them, what is told of the others, events in frames."""

    events: str
    told: str
    frames: tuple[pl.DataFrame, ...]


def cases(*kinds: str) -> list[Case]:
    """All cases of some kinds that have an input, in the order of their names."""
    found = {(path.parent.parent.name, path.parent.name) for kind in kinds for path in CASES.glob(f"{kind}/*/input.*")}
    return [Case(*each) for each in sorted(found)]


@lru_cache(maxsize=512)
def decode(case: Case, limits: ReadLimits | None = None) -> Decoded:
    """Decode a case, in pieces of limited size."""
    batches = list(decoded(Input(case.input, KINDS[case.kind], case.options), limits))
    return Decoded(
        events="".join(text for batch in batches for text in event_lines(batch, case.kind)),
        told=_told(batches),
        frames=tuple(frame for batch in batches for frame in event_frames(batch, case.kind)),
    )


def _told(batches: list[Batch]) -> str:
    """Spell the bad records, one a line, what was passed over, and how many records there were."""
    lines = [f"{bad.line} {bad.reason}: {bad.what}" for batch in batches for bad in batch.bad]
    passed_over: Counter[str] = sum((batch.passed_over for batch in batches), Counter())
    lines += [f"{count} passed over: {what}" for what, count in sorted(passed_over.items())]
    bad = sum(batch.bad_by_reason.total() for batch in batches)
    return "\n".join([*lines, f"{bad} of {sum(batch.records for batch in batches)} records are broken", ""])


def golden(case: Case, name: str) -> str:
    """Text of a golden."""
    return (case.folder / name).read_text(encoding="utf-8")


def compare(case: Case, name: str, actual: str) -> None:
    """Compare with a golden, or write it when told to."""
    if _REGENERATE:
        case.folder.mkdir(exist_ok=True)
        (case.folder / name).write_text(actual, encoding="utf-8")
    assert golden(case, name).split("\n") == actual.split("\n")
