"""The files and folders that transferwatch.yaml names.

Decides that a path is meant from the folder of the file that names it, and what is said where nothing is there. It
knows no key: which of them name a file, and what the file must hold, its callers say.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from monitor.document import open_document

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TypeAlias

    from monitor.document import Document
    from monitor.problem import Problem
    from monitor.yaml_text import Data

    KeyPath: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """The files that a document names; what is wrong with one is added to `problems`."""

    document: Document
    directory: Path
    problems: list[Problem]

    def open(self, key: str) -> Document | None:
        """The file behind a key; None when the key is absent, or a problem was added."""
        path = self.path((key,), self.document.data.get(key))
        return open_document(path, self.problems) if path else None

    def open_all(self, key: str) -> list[Document]:
        """The files of a list, those that could be opened."""
        written = self.document.data.get(key)
        paths = [self.path((key, place), each) for place, each in enumerate(listed(written))]
        opened = [open_document(path, self.problems) for path in paths if path]
        return [document for document in opened if document is not None]

    def folder(self, key: str) -> Path | None:
        """The folder behind a key; None where it is a file, or nothing."""
        path = self.path((key,), self.document.data.get(key))
        return path if path is not None and path.is_dir() else None

    def path(self, place: KeyPath, written: Data) -> Path | None:
        """The path that was written; None where none was, and when a problem was added because nothing is there."""
        if isinstance(written, (bool, float, list, dict)) or written is None or not str(written).strip():
            return None  # the model reports it
        path = self.directory / str(written)
        try:
            if path.exists():
                return path
            beside = sorted(found.name for found in path.parent.iterdir())
        except (OSError, ValueError):
            beside = []
        close = get_close_matches(path.name, beside, n=1)
        remedy = f"Did you mean {close[0]}?" if close else "Write a path from the folder of this file."
        self.add(place, f"there is no file {path}.", remedy)
        return None

    def add(self, place: KeyPath, what: str, remedy: str = "") -> None:
        """Add a problem at a key."""
        self.problems.append(self.document.problem(place, what, remedy))


def listed(written: Data) -> list[Data]:
    """What was written, where it is a list; an empty list where it is anything else."""
    return written if isinstance(written, list) else []
