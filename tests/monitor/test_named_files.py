"""A file that is named is there, or a problem says where it was looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.named_files import listed

if TYPE_CHECKING:
    from pathlib import Path

from tests.monitor.naming import files_named, problems_of


def test_a_path_is_meant_from_the_folder_of_the_file(tmp_path: Path) -> None:
    """Wherever the command was started."""
    (tmp_path / "own.yaml").write_text("a: 1\n", encoding="utf-8")
    opened = files_named(tmp_path, "inventory: own.yaml\n").open("inventory")

    assert opened is not None
    assert opened.data == {"a": 1}


def test_a_file_that_is_not_there_is_a_problem_at_its_key(tmp_path: Path) -> None:
    """With the nearest name that is there."""
    (tmp_path / "inventory.yaml").touch()
    named = files_named(tmp_path, "inventory: inventori.yaml\n")

    assert (named.open("inventory"), problems_of(named)) == (
        None,
        ["site.yaml:1:12 inventory: there is no file inventori.yaml. Did you mean inventory.yaml?"],
    )


def test_of_a_list_what_is_there_is_opened(tmp_path: Path) -> None:
    """The others are problems, each at its own place."""
    (tmp_path / "a.yaml").write_text("a: 1\n", encoding="utf-8")
    named = files_named(tmp_path, "law: [gone, a.yaml]\n")

    assert [document.data for document in named.open_all("law")] == [{"a": 1}]
    assert problems_of(named) == [
        "site.yaml:1:7 law[0]: there is no file gone. Write a path from the folder of this file."
    ]


@pytest.mark.parametrize("written", ["", "' '", "true", "5.5", "[a]", "{a: b}"])
def test_what_is_no_path_is_left_to_the_model(tmp_path: Path, written: str) -> None:
    """One mistake is said once."""
    named = files_named(tmp_path, f"inventory: {written}\n")

    assert (named.open("inventory"), named.problems) == (None, [])


def test_a_path_that_cannot_be_one_is_a_problem(tmp_path: Path) -> None:
    """A NUL, or a name longer than any file system takes."""
    named = files_named(tmp_path, f"inventory: {'a' * 300}\n")

    assert (named.open("inventory"), len(named.problems)) == (None, 1)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """And a file is no folder."""
    (tmp_path / "atlases").mkdir()
    named = files_named(tmp_path, "atlas: atlases\ninventory: site.yaml\n")

    assert (named.folder("atlas"), named.folder("inventory")) == (tmp_path / "atlases", None)


def test_what_is_no_list_lists_nothing() -> None:
    """The model says that a list is wanted."""
    assert [listed(["a"]), listed("a"), listed(None)] == [["a"], [], []]
