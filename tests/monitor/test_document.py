"""A YAML file becomes a model, or every problem of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from pydantic import Field

from monitor.document import (
    LARGEST_OCTETS,
    Document,
    Finding,
    Listed,
    Written,
    dotted,
    load_collecting,
    load_document,
    repeated,
)
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class _Leaf(Written):
    name: str = Field(examples=["a"])
    keys: Literal["provider", "customer"] = "provider"


class _Tree(Written):
    leaves: Listed[_Leaf]
    title: str = ""


def _problems(path: Path, text: str | bytes) -> list[str]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ProblemsFound) as raised:
        load_document(path, _Tree, shown_as="tree.yaml", check=_names_differ)
    return [str(problem) for problem in raised.value.problems]


def _names_differ(tree: _Tree) -> Iterator[Finding]:
    for place, leaf in enumerate(tree.leaves):
        if leaf.name in [before.name for before in tree.leaves[:place]]:
            yield Finding(("leaves", place, "name"), f"{leaf.name} is there already.", "Write another.")


def test_a_sound_file_is_its_model(tmp_path: Path) -> None:
    """Lists are tuples, absent keys have their defaults."""
    path = tmp_path / "tree.yaml"
    path.write_text("leaves:\n  - name: a\n")

    assert _Tree(leaves=(_Leaf(name="a"),)) == load_document(path, _Tree)


def test_a_byte_order_mark_is_no_character(tmp_path: Path) -> None:
    """Windows editors write one."""
    path = tmp_path / "tree.yaml"
    path.write_bytes(b"\xef\xbb\xbfleaves:\n")

    assert _Tree(leaves=()) == load_document(path, _Tree)


def test_every_problem_is_said_at_once(tmp_path: Path) -> None:
    """Unknown, missing, wrong and repeated, each at its own place."""
    text = "leaves:\n  - {name: a}\n  - {nam: b}\n  - {name: a, keys: hsm}\n  - {name: a}\ntitl: x\n"

    assert _problems(tmp_path / "t", text) == [
        "tree.yaml:3:5 leaves[1].name: this key is missing. Write it, for example `name: a`.",
        "tree.yaml:3:6 leaves[1].nam: this key is not known. Did you mean name?",
        'tree.yaml:4:21 leaves[2].keys: "hsm" is not one of the choices. Write one of: provider, customer.',
        "tree.yaml:5:12 leaves[3].name: a is there already. Write another.",
        "tree.yaml:6:1 titl: this key is not known. Did you mean title?",
    ]


def test_a_key_without_value_is_shown_at_the_key(tmp_path: Path) -> None:
    """There is nothing else to point at."""
    assert _problems(tmp_path / "t", "leaves:\n  - keys: customer\n    name:\n") == [
        "tree.yaml:3:5 leaves[0].name: there is no value. Write it, for example `name: a`."
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "tree.yaml:1:1: the file is empty. Write `key: value` lines."),
        ("- a", "tree.yaml:1:1: the file must be a mapping of keys to values. Write `key: value` lines."),
        (b"leaves: []\ntitle: \xe9t\xe9", "tree.yaml:2:8: the octet 0xE9 is not UTF-8. Save the file as UTF-8."),
        ("leaves:\nleaves:", "tree.yaml:2:1 leaves: the key is written twice, first in line 1. Keep one."),
    ],
)  # fmt: skip
def test_what_is_no_mapping_is_one_problem(tmp_path: Path, text: str | bytes, said: str) -> None:
    """A file that cannot be read has nothing more to say."""
    assert [said] == _problems(tmp_path / "t", text)


def test_a_file_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    """A log that was named by mistake stays on disk."""
    path = tmp_path / "t"
    with path.open("wb") as stream:
        stream.truncate(LARGEST_OCTETS * 1024)
    with pytest.raises(ProblemsFound) as raised:
        load_document(path, _Tree, shown_as="tree.yaml")

    assert str(raised.value) == "tree.yaml: the file is larger than 16 MiB. Check that this is the file you meant."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("absent.yaml", "f: there is no such file. Create it, or correct the path."),
        (".", "f: the file cannot be read: is a directory."),
    ],
)
def test_a_file_that_cannot_be_opened_is_a_problem(tmp_path: Path, name: str, said: str) -> None:
    """The operator reads what the system said."""
    with pytest.raises(ProblemsFound) as raised:
        load_document(tmp_path / name, _Tree, shown_as="f")

    assert said == str(raised.value)


def test_several_files_report_together(tmp_path: Path) -> None:
    """The caller's list holds the problems of all."""
    problems: list[Problem] = []
    for name in ("a", "b"):
        load_collecting(tmp_path / name, _Tree, problems, shown_as=name)

    assert [problem.file for problem in problems] == ["a", "b"]


def test_a_problem_below_what_is_written_stands_at_the_nearest_place() -> None:
    """A path that is not in the file keeps its name and borrows a position."""
    document = Document("f", "a:\n  b: 1\n", {"a": {"b": 1}})

    assert Problem("f", 2, 3, "a.c", "x") == document.problem(("a", "c"), "x")


def test_a_path_reads_like_the_file() -> None:
    """Places in a list count from 0, as in every query language for YAML."""
    assert dotted(("systems", 0, "hosting", 1, "country")) == "systems[0].hosting[1].country"


def test_repetitions_are_seen_in_entries_that_are_otherwise_wrong() -> None:
    """The plain data is enough."""
    data = Document("f", "", {"a": [{"id": 1}, "x", {"no": 1}, {"id": 1, "odd": {}}]}).data

    assert list(repeated(data, "a", ("id",))) == [(0, 3)]
