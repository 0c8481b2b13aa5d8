"""Every EVE file of the corpus decodes to its committed golden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.cases.goldens import CASES, Case, compare, decode

if TYPE_CHECKING:
    from pathlib import Path

CORPUS: Final = sorted(path.name for path in CASES.glob("suricata/corpus-*"))


@pytest.mark.parametrize("name", CORPUS)
def test_a_file_of_the_corpus_decodes_to_its_golden(corpus: Path, name: str) -> None:
    """Events and bad records alike."""
    case = Case("suricata", name, corpus / "suricata-eve" / f"{name.removeprefix('corpus-')}.log")
    made = decode(case)

    compare(case, "expected.ndjson", made.events)
    compare(case, "expected-bad.txt", made.told)


def test_every_file_of_the_corpus_has_a_golden(corpus: Path) -> None:
    """A file that is added to the corpus is decoded too."""
    found = sorted(f"corpus-{path.stem}" for path in (corpus / "suricata-eve").glob("*.log"))

    assert found == CORPUS
