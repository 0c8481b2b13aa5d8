"""Every example of the AWS documentation in the corpus decodes to its committed golden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.cases.goldens import CASES, Case, compare, decode

if TYPE_CHECKING:
    from pathlib import Path

CORPUS: Final = sorted(path.name for path in CASES.glob("aws_vpc/awsdocs-*"))


@pytest.mark.parametrize("name", CORPUS)
def test_a_file_of_the_corpus_decodes_to_its_golden(corpus: Path, name: str) -> None:
    """The examples of the AWS documentation."""
    case = Case("aws_vpc", name, corpus / "aws-vpc-flow" / f"{name}.log")

    compare(case, "expected.ndjson", decode(case).events)


def test_every_file_of_the_corpus_has_a_golden(corpus: Path) -> None:
    """A file that is added to the corpus is decoded too."""
    found = sorted(path.stem for path in (corpus / "aws-vpc-flow").glob("*.log"))

    assert found == CORPUS
