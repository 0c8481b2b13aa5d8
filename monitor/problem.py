"""Say what is wrong in the operator's words, with the place in the file and what to write instead.

A problem is a value, not an exception: loaders collect every one of them before they give up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that a user can mend; lines and columns count from 1, 0 where there is none."""

    file: str
    line: int
    column: int
    key: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        """Render as `file:line:col key: what is wrong. What to write.`."""
        place = self.file
        if self.line:
            place += f":{self.line}"
            if self.column:
                place += f":{self.column}"
        head = f"{place} {self.key}:" if self.key else f"{place}:"
        return " ".join(part for part in (head, self.what, self.remedy) if part)


class ProblemsFound(Exception):  # noqa: N818 - it carries findings about the user's files, not a fault of the program
    """Raised by a loader after everything was read; holds at least one problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems sorted by file and position."""
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))
