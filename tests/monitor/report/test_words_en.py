"""The English words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor import schema
from monitor.kept import BASIS_PARTS
from monitor.report.course import GROUPS
from monitor.report.page import PARTS
from monitor.report.page_tables import LAYOUT
from monitor.report.words_en import ENGLISH

_REPORT = Path(__file__).parents[3] / "monitor" / "report"
# Words that are looked up by the name of what they say.
_FAMILIES = (
    "activity", "basis", "caption", "cause", "column", "data_class", "grid", "group", "heading", "key", "keys", "note",
    "organisation", "outcome", "part", "role", "seen", "sentence", "status", "custody", "scheme", "qualified",
    "rests_on", "posture", "done",
)  # fmt: skip
_VOCABULARIES = {
    "place_verdict": schema.PLACE_VERDICTS,
    "place_reason": schema.PLACE_REASONS,
    "control_verdict": schema.CONTROL_VERDICTS,
    "control_reason": schema.CONTROL_REASONS,
    "direction": schema.DIRECTIONS,
    "actor_kind": schema.ACTOR_KINDS,
}


@pytest.mark.parametrize("vocabulary", _VOCABULARIES)
def test_every_word_of_a_closed_vocabulary_is_said(vocabulary: str) -> None:
    """A new verdict or reason needs its words."""
    wanted = {f"{vocabulary}.{word}" for word in _VOCABULARIES[vocabulary].categories}

    assert {key for key in ENGLISH if key.startswith(f"{vocabulary}.")} == wanted


def test_every_activity_but_probes_is_said() -> None:
    """Probes are no activity of a transfer."""
    wanted = {f"activity.{word}" for word in schema.ACTIVITIES.categories} - {"activity.probe"}

    assert {key for key in ENGLISH if key.startswith("activity.")} == wanted


def test_headings_groups_parts_and_captions_are_said() -> None:
    """Every part of the page has its words."""
    wanted = {
        *(f"heading.{part}" for part in PARTS),
        *(f"group.{name}" for name in GROUPS),
        *(f"part.{part}" for part in BASIS_PARTS),
        *(f"caption.{name}" for name in LAYOUT),
    }

    assert sorted(wanted - set(ENGLISH)) == []


def test_uncovered_is_never_called_illegal() -> None:
    """The tool knows no ground; that is all it knows."""
    text = " ".join(ENGLISH.values())

    assert ENGLISH["place_verdict.uncovered"] == "no ground known"
    assert re.findall(r"illegal|unlawful|violat|breach|banned", text, re.IGNORECASE) == []


def test_every_word_is_used() -> None:
    """By its name, or through the vocabulary that it belongs to."""
    files = [path for path in sorted(_REPORT.glob("*.*")) if not path.name.startswith("words_")]
    text = "".join(path.read_text("utf-8") for path in files)
    families = {*_FAMILIES, *_VOCABULARIES}
    quoted = set(re.findall(r"\"[a-z_.-]+\"|'[a-z_.-]+'", text))
    alone = [key for key in ENGLISH if key.split(".")[0] not in families]

    assert sorted(key for key in alone if not {f'"{key}"', f"'{key}'"} & quoted) == []
