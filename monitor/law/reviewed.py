"""Say up to which day the shipped law was reviewed as a whole.

Decides nothing that a verdict depends on: the day is no part of the law's digest. It refuses to take the newest
decision for it, because years without a decision are no years without a review.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from monitor.document import Written, load_document
from monitor.fields import Day, Text  # noqa: TC001 - pydantic reads them at run time
from monitor.shipped import shipped

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

FILE: Final = "rules/law/reviewed.yaml"


class _ReviewedFile(Written):
    reviewed: Day
    source: Text


@cache
def law_reviewed() -> date:
    """The day for the shipped law.

    Raises:
        ProblemsFound: the shipped file was damaged.
    """
    return load_reviewed(shipped(FILE), shown_as=FILE)


def load_reviewed(path: Path, *, shown_as: str | None = None) -> date:
    """The day of a file.

    Raises:
        ProblemsFound: with everything that is wrong in it.
    """
    return load_document(path, _ReviewedFile, shown_as=shown_as).reviewed
