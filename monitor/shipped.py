"""Find the data that ships with the program: `rules/` and `dashboards/`, in a checkout and in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(relative: str) -> Path:
    """Path of a shipped file or directory, such as `rules/law/adequacy.yaml`.

    A wheel holds the data below the package (`monitor/shipped_data`), a checkout beside it.

    Raises:
        FileNotFoundError: the installation lacks that file.
    """
    for root in (_PACKAGE / "shipped_data", _PACKAGE.parent):
        candidate = root / relative
        if candidate.exists():
            return candidate
    message = f"{relative} is not part of this installation"
    raise FileNotFoundError(message)
