"""Files that are whole or absent, and a state that can be read back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from monitor.attribution.refresh.store import (
    INPUTS,
    STATE,
    SourceState,
    State,
    locked,
    read_state,
    sweep,
    write_state,
    write_whole,
)
from monitor.problem import ProblemsFound
from tests.monitor.attribution.refresh.small import NOW

if TYPE_CHECKING:
    from pathlib import Path


def test_a_state_is_read_back(tmp_path: Path) -> None:
    """As it was written."""
    state = State(sources={"a": SourceState(confirmed_at=NOW, result="failed", what="why")}, attempted_at=NOW)

    write_state(tmp_path, state)

    assert read_state(tmp_path) == state


def test_no_state_is_an_empty_one(tmp_path: Path) -> None:
    """Before the first update."""
    assert read_state(tmp_path) == State()


@pytest.mark.parametrize("text", ["", "[]", '{"sources": {"a": 1}}', '{"form": 2}', "{" * 100_000])
def test_a_damaged_state_is_told(text: str, tmp_path: Path) -> None:
    """With what to do about it."""
    (tmp_path / STATE).write_text(text, encoding="utf-8")

    with pytest.raises(ProblemsFound, match=r"damaged\. Remove it"):
        read_state(tmp_path)


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full says so when the file is brought to it."""
    path = tmp_path / "file"
    write_whole(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")

    assert path.read_bytes() == b"old"


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    """Nothing is left that a person must remove."""
    for _ in range(2):
        with locked(tmp_path):
            assert (tmp_path / INPUTS).is_dir()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file is in its place."""
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(ProblemsFound, match="cannot be written"), locked(tmp_path / "file"):
        pass


def test_only_what_an_update_made_is_swept(tmp_path: Path) -> None:
    """A site may put its own notes there."""
    with locked(tmp_path):
        for name in ("notes.txt", "atlas-old.twa", "atlas-new.twa", ".part-x", "inputs/old", "inputs/new"):
            (tmp_path / name).write_bytes(b"")

        (tmp_path / ".part-links").mkdir()
        (tmp_path / ".part-links" / "archive").symlink_to(tmp_path / "inputs" / "new")
        (tmp_path / "more").mkdir()

        sweep(tmp_path, {"atlas-new.twa", "new"})

    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert left == ["atlas-new.twa", "inputs", "inputs/new", "lock", "more", "notes.txt"]
