"""Every broken site of `config/` says exactly the committed words; the exemplary site says nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from monitor.config import check
from monitor.law.regimes import load_regimes
from monitor.law.territories import load_territories

if TYPE_CHECKING:
    from monitor.law.regimes import Regimes
    from monitor.law.territories import Territories

CASES = sorted(path for path in (Path(__file__).parent / "config").iterdir() if path.is_dir())
OPERATORS = frozenset({"aws", "microsoft_azure", "ovh", "scaleway", "snowflake"})
KINDS = frozenset({"aws_vpc", "azure_vnet", "netflow", "zeek"})


@cache
def shipped_law() -> tuple[Regimes, Territories]:
    """The law that decisions of a site are about."""
    return load_regimes(), load_territories()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_site_says_what_to_write(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory's name is the mistake; the text is what `transferwatch check` prints there."""
    monkeypatch.chdir(case)

    problems = check(Path("transferwatch.yaml"), known_operators=OPERATORS, known_kinds=KINDS, shipped_law=shipped_law)

    assert (case / "expected.txt").read_text(encoding="utf-8").splitlines() == [str(problem) for problem in problems]


def test_no_message_shows_the_program() -> None:
    """Class names, library names and type names stay inside."""
    said = "\n".join((case / "expected.txt").read_text(encoding="utf-8") for case in CASES).lower()

    assert [word for word in ("pydantic", "type=", "input_", "traceback", "nonetype", "<class") if word in said] == []


def test_the_exemplary_site_has_no_problem() -> None:
    """The example of the handbook loads."""
    site = Path(__file__).parent / "site" / "transferwatch.yaml"

    assert check(site, known_operators=OPERATORS, known_kinds=KINDS) == []
