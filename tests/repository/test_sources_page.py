"""docs/sources.md says of every source what KINDS says; TRANSFERWATCH_REGENERATE=docs writes it anew."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

import pytest
import yaml

from collectors import KINDS
from collectors.contract import Framing
from monitor import schema
from monitor.sources import Source

if TYPE_CHECKING:
    from pathlib import Path

    from collectors.contract import Kind

HEAD: Final = """# Sources

What `sources:` may name, one section a kind; `--format KIND` takes the same names, and `--format auto` tells them by
content. Written from `KINDS` of `collectors/__init__.py`; a test holds the two together. Each kind has a page of its
own with how the log is switched on, how records are read, and where we differ from other tools.

- Files may be plain, gzip, Zstandard or bzip2, told by their first octets; `path` is a file, a folder, a pattern with
  `*` and `**`, or the URL of an object store ([following.md](following.md)).
- What a source says beyond the columns is kept in `attributes` of its events, and never reaches the ledger.
- A record that cannot be read is counted with a reason, one that is of no use to us by what it is. Nothing is lost
  without a count.

| kind | what it is | gives | one record is |
|---|---|---|---|
"""
RECORD: Final = {Framing.LINES: "a line", Framing.JSON: "a JSON value", Framing.TABLE: "a row"}
BEGINNINGS: Final = (b"a b c\n", b'{"a": 1}', b"PAR1")
EVENTS: Final = {"flow": schema.FLOW, "name": schema.NAME, "admin": schema.ADMIN, "coverage": schema.COVERAGE}


def _row(kind: Kind) -> str:
    gives = ", ".join(kind.gives)
    framings = dict.fromkeys(kind.framing(each) for each in BEGINNINGS)
    records = " or ".join(RECORD[each] for each in framings)
    return f"| [`{kind.name}`](sources/{kind.name}.md) | {kind.title} | {gives} | {records} |"


def _section(kind: Kind) -> str:
    fields = "\n".join(f"| {field} | {column} |" for field, column in kind.reads)
    blind = "\n".join(f"- {each}" for each in kind.cannot_see)
    return (
        f"## `{kind.name}`: {kind.title}\n\n```yaml\nsources:\n{_indented(kind.sample)}```\n\n"
        f"| what the source calls it | column |\n|---|---|\n{fields}\n\nIt cannot see:\n\n{blind}\n"
    )


def _indented(sample: str) -> str:
    return "".join(f"  {line}\n" for line in sample.splitlines())


def test_page_says_what_the_list_of_kinds_says(root: Path) -> None:
    """Every kind, its sample, its fields, and what it cannot see."""
    rows = "\n".join(map(_row, KINDS.values()))
    page = HEAD + rows + "\n\n" + "\n".join(map(_section, KINDS.values()))
    path = root / "docs" / "sources.md"
    if os.environ.get("TRANSFERWATCH_REGENERATE") == "docs":
        path.write_text(page, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == page


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_a_page_of_its_own(name: str, root: Path) -> None:
    """How to switch the log on does not fit a table."""
    page = (root / "docs" / "sources" / f"{name}.md").read_text(encoding="utf-8")

    assert f"`{name}`" in page.splitlines()[0]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_sample_is_an_entry_that_a_site_may_write(kind: Kind) -> None:
    """It is of that kind, and every key of it is one of ours."""
    [entry] = yaml.safe_load(kind.sample)

    assert Source.model_validate(entry).type == kind.name


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_fields_go_to_columns_of_what_the_kind_gives(kind: Kind) -> None:
    """Each right cell names a column of one of its events, or an event."""
    columns = {column.name for event in kind.gives for column in EVENTS[event]} | {
        "attributes",
        "event",
        "target_address",
    }

    assert [cell for _, cell in kind.reads if not columns & set(re.findall("[a-z_]+", cell))] == []
