"""What a missing corpus or service does to a run of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.conftest import LONGEST

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeAlias

    Runs: TypeAlias = Callable[[str], subprocess.CompletedProcess[str]]

_TESTS = """
def test_reads_the_corpus(corpus): pass
def test_reads_it_again(corpus): pass
def test_asks_a_service(service): service("no-such-service")
"""


@pytest.fixture(scope="module")
def runs(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """A run of the tests above, by what is required; one of each."""
    return cache(lambda required: _run(tmp_path_factory.mktemp("run"), root, required))


@pytest.mark.parametrize(
    ("required", "exit_code", "outcome"),
    [("", 0, "3 skipped"), ("corpus", 1, "1 skipped, 2 errors"), ("corpus,services", 1, "1 failed, 2 errors")],
)
def test_missing_things_skip_unless_they_are_required(runs: Runs, required: str, exit_code: int, outcome: str) -> None:
    """The corpus and the services are two kinds that are required apart."""
    run = runs(required)

    assert (run.returncode, outcome in run.stdout) == (exit_code, True), run.stdout


def test_one_line_says_what_was_missing(runs: Runs) -> None:
    """The count, then what to do about it."""
    lines = runs("").stdout.splitlines()

    assert [line for line in lines if "for want of" in line] == [
        "3 tests skipped for want of: no-such-service, the corpus (set TRANSFERWATCH_CORPUS to its directory)"
    ]


def test_files_that_begin_first_are_there(root: Path) -> None:
    """A name that is gone would let its successor begin last."""
    assert [name for name in LONGEST if not (root / "tests" / name).is_file()] == []


def _run(tmp_path: Path, root: Path, required: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "test_it.py").write_text(_TESTS, encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(root),
        "TRANSFERWATCH_CORPUS": str(tmp_path / "absent"),
        "TRANSFERWATCH_REQUIRE": required,
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
        f"--rootdir={tmp_path}",
        ".",
    ]
    return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
