"""Files that a site names, opened for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.document import open_document
from monitor.named_files import NamedFiles

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.problem import Problem


def files_named(folder: Path, text: str) -> NamedFiles:
    """Open a site's file of this text."""
    problems: list[Problem] = []
    (folder / "site.yaml").write_text(text, encoding="utf-8")
    document = open_document(folder / "site.yaml", problems)
    assert document is not None
    return NamedFiles(document, folder, problems)


def problems_of(files: NamedFiles) -> list[str]:
    """Tell the problems, with paths from the folder."""
    return [str(problem).replace(f"{files.directory}/", "") for problem in files.problems]
