"""A watch tells which files are worth reading, by looking only."""

from __future__ import annotations

import glob
import gzip
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from collectors.files.watch import FileWatch, matcher

if TYPE_CHECKING:
    from pathlib import Path

    from collectors.files.watch import Changed

SECOND = 1_000_000_000
LONG_AFTER = 4_000_000_000 * SECOND


@dataclass(slots=True)
class Clock:
    """A time that is set; by default long after any file was written."""

    now: int = LONG_AFTER

    def __call__(self) -> int:
        """Tell it."""
        return self.now


def watch(pattern: Path | str) -> FileWatch:
    """A watch whose files are all settled."""
    return FileWatch(str(pattern), Clock())


def names(found: list[Changed]) -> list[str]:
    """Names of the files, and a mark on those of which only what is known is read."""
    return [each.path.name + (" if known" if each.only_known else "") for each in found]


def looked(watched: FileWatch) -> list[str]:
    """Look, and take all that was found as read."""
    found = watched.changed()
    for each in found:
        watched.read(each)
    return sorted(names(found))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two logs and something else."""
    for name in ("a.log", "b.log", "README"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    return tmp_path


def test_every_named_file_is_new_at_first(folder: Path) -> None:
    """And nothing else."""
    assert looked(watch(folder / "*.log")) == ["a.log", "b.log"]


@pytest.mark.parametrize("pattern", ["*.log", "", "a.log"])
def test_what_is_there_is_not_absent(folder: Path, pattern: str) -> None:
    """A pattern, a folder, a file."""
    assert watch(folder / pattern).absence() == ""


@pytest.mark.parametrize("pattern", ["gone/*.log", "gone/a.log", "gone.log"])
def test_what_is_not_there_is_absent(folder: Path, pattern: str) -> None:
    """It is named, so that a person finds the slip."""
    assert str(folder / "gone") in watch(folder / pattern).absence()


def test_what_was_read_is_not_told_again(folder: Path) -> None:
    """What was not is."""
    watched = watch(folder / "*.log")
    first, _ = watched.changed()
    watched.read(first)

    assert names(watched.changed()) == ["b.log"]


def test_a_file_that_grew_is_told(folder: Path) -> None:
    """Alone."""
    watched = watch(folder / "*.log")
    looked(watched)
    with (folder / "a.log").open("a", encoding="utf-8") as log:
        log.write("more")

    assert (looked(watched), looked(watched)) == (["a.log"], [])


def test_a_late_file_is_told(folder: Path) -> None:
    """However old it says that it is, and in a new folder below."""
    watched = watch(folder / "*.log")
    looked(watched)
    (folder / "deep").mkdir()
    late = folder / "deep" / "c.log"
    late.write_bytes(b"c")
    os.utime(late, (0, 0))

    assert looked(watched) == ["c.log"]


def test_a_file_that_was_renamed_is_followed_under_its_new_name(folder: Path) -> None:
    """Though the pattern does not name it: its last lines may not have been read."""
    watched = watch(folder / "a.log")
    looked(watched)
    (folder / "a.log").rename(folder / "a.log.1")
    (folder / "a.log").write_bytes(b"new")
    after_rotation = looked(watched)
    with (folder / "a.log.1").open("ab") as log:
        log.write(b"the last line")

    assert (after_rotation, looked(watched)) == (["a.log", "a.log.1"], ["a.log.1"])


def test_a_file_renamed_within_the_pattern_is_looked_at_once_more(folder: Path) -> None:
    """Its content says that it was read."""
    watched = watch(folder / "*")
    looked(watched)
    (folder / "a.log").rename(folder / "a.log.1")

    assert (looked(watched), looked(watched)) == (["a.log.1"], [])


def test_a_copy_before_truncation_is_looked_at(folder: Path) -> None:
    """It holds what was written after the last look."""
    watched = watch(folder / "a.log")
    looked(watched)
    shutil.copy(folder / "a.log", folder / "a.log.1")
    (folder / "a.log").write_bytes(b"")

    assert looked(watched) == ["a.log", "a.log.1"]


def test_the_compressed_form_of_a_followed_file_is_looked_at(folder: Path) -> None:
    """The file may be gone before its last lines were read."""
    watched = watch(folder / "a.log")
    looked(watched)
    (folder / "a.log-20261125.gz").write_bytes(gzip.compress(b"a.log and more"))
    (folder / "a.log").unlink()

    assert looked(watched) == ["a.log-20261125.gz"]


def test_old_archives_are_read_only_where_they_are_known(folder: Path) -> None:
    """At the first look: a rotation while nobody looked may have left lines there; others were never asked for."""
    (folder / "a.log.1").write_bytes(b"before")
    (folder / "b.log.1").write_bytes(b"of another log")

    assert looked(watch(folder / "a.log")) == ["a.log", "a.log.1 if known"]


def test_a_new_file_of_another_name_is_left_alone(folder: Path) -> None:
    """It is no rotation of what is followed."""
    watched = watch(folder / "a.log")
    looked(watched)
    (folder / "a.txt").write_bytes(b"a")
    (folder / "c.log.1").write_bytes(b"c")

    assert looked(watched) == []


def test_a_file_that_vanished_is_forgotten(folder: Path) -> None:
    """One that comes after it is new."""
    watched = watch(folder / "*.log")
    looked(watched)
    (folder / "a.log").unlink()
    gone = looked(watched)
    (folder / "a.log").write_bytes(b"another")

    assert (gone, looked(watched)) == ([], ["a.log"])


def test_a_file_written_within_the_tick_of_its_time_is_looked_at_once_more(folder: Path) -> None:
    """It may be written anew with the same size and the same time."""
    watched = watch(folder / "a.log")
    written = (folder / "a.log").stat().st_mtime_ns
    watched.clock = Clock(written + SECOND)
    found = [looked(watched), looked(watched)]
    watched.clock = Clock(written + 3 * SECOND)

    assert [*found, looked(watched), looked(watched)] == [["a.log"], [], ["a.log"], []]


def test_hidden_files_and_those_of_the_ledger_are_no_logs(folder: Path) -> None:
    """A ledger that is read as a log would grow by it."""
    (folder / ".a.log").write_bytes(b"hidden")
    watched = FileWatch(str(folder), Clock(), frozenset({str(folder / "b.log")}))

    assert looked(watched) == ["README", "a.log"]


@pytest.mark.parametrize("below", ["", "/*.log", "/a.log"])
def test_a_folder_whose_name_holds_wildcards_is_looked_into(tmp_path: Path, below: str) -> None:
    """Where they are escaped, they stand for themselves."""
    folder = tmp_path / "site[1]*"
    folder.mkdir()
    (folder / "a.log").write_bytes(b"a")

    assert looked(watch(f"{glob.escape(str(folder))}{below}")) == ["a.log"]


def test_a_folder_that_is_not_there_yet_is_looked_into_later(tmp_path: Path) -> None:
    """Nothing is raised."""
    watched = watch(tmp_path / "logs")
    before = looked(watched)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.log").write_bytes(b"a")

    assert (before, looked(watched)) == ([], ["a.log"])


def test_the_longest_unchanged_comes_first(folder: Path) -> None:
    """So that time goes on as it did."""
    os.utime(folder / "b.log", (1, 1))

    assert names(watch(folder / "*.log").changed()) == ["b.log", "a.log"]


@pytest.mark.parametrize(
    ("pattern", "path", "is_named"),
    [
        ("/logs/*.gz", "/logs/a.gz", True),
        ("/logs/*.gz", "/logs/deep/a.gz", True),
        ("/logs/*.gz", "/logs/a.log", False),
        ("/logs", "/logs/deep/a.log", True),
        ("/logs/", "/logs/a.log", True),
        ("/logs", "/logs2/a.log", False),
        ("/logs/a.log", "/logs/a.log", True),
        ("/logs/a.log", "/logs/a.log.1", False),
    ],
)
def test_a_pattern_names_files_and_folders(pattern: str, path: str, is_named: bool) -> None:  # noqa: FBT001 - a case
    """As the site's sources do."""
    assert bool(matcher([pattern])(path)) == is_named


@pytest.mark.parametrize("why_not", ["", "cut_off"])
def test_a_file_that_cannot_be_read_while_it_is_written_is_looked_at_once_more(folder: Path, why_not: str) -> None:
    """A minute after it was left alone; then it is as finished as it gets."""
    written = (folder / "a.log").stat().st_mtime_ns
    clock = Clock(written + 10 * SECOND)
    watched = FileWatch(str(folder / "a.log"), clock)
    found = []
    for later in (10, 40, 61, 70):
        clock.now = written + later * SECOND
        found.append([each.unfinished for each in watched.changed()])
        for each in watched.changed():
            watched.read(each, why_not)

    assert found == [[True], [], [False] if why_not else [], []]
