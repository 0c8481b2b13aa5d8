"""What every test may ask for: the corpus of recorded logs, and services that a laptop may lack.

What is missing skips the test, with one line at the end of the run; where `TRANSFERWATCH_REQUIRE` names its kind
(`corpus,services` in CI) it fails the test instead, so that a skip cannot hide there.
"""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.app import Knowledge

_ROOT = Path(__file__).parents[1]
_CORPUS = Path(os.environ.get("TRANSFERWATCH_CORPUS") or _ROOT.parent / "shared" / "corpus")
_REQUIRED = os.environ.get("TRANSFERWATCH_REQUIRE", "").split(",")
_SKIPPED = "not here: "

# Examples take different times on a laptop under load, and a time limit there finds nothing but the load.
settings.register_profile("dev", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=100, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

# The collector would look at ten thousand tests again and again.
gc.set_threshold(100_000, 50, 100)

# Nothing here multiplies matrices: no process needs threads for it, and `tests.forked` forks one that has none.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The width of somebody's terminal, which a shell or pytest-xdist hands on, must not decide what commands print.
os.environ.pop("COLUMNS", None)


# A file stays on one core: what takes over ten seconds of it begins first, so that no core waits for it at the end.
# In the order of what they take; no other file comes near. `pytest --durations=50` shows whether that still holds.
LONGEST = (
    "cases/test_demo_once.py", "cases/test_once.py", "cases/test_world.py", "cases/test_once_forms.py",
    "cases/test_joined_names.py", "properties/test_key.py", "properties/test_summing.py", "properties/test_judging.py",
    "monitor/daemon/test_service.py", "cases/test_goldens.py", "fuzz/test_decoders.py",
    "properties/test_telling.py", "monitor/commands/test_evidence.py",
)  # fmt: skip
_TURN = {_ROOT / "tests" / name: turn for turn, name in enumerate(LONGEST)}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the others keep their order."""
    items.sort(key=lambda item: _TURN.get(item.path, len(_TURN)))


@pytest.fixture(scope="session")
def root() -> Path:
    """Root of the source tree."""
    return _ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Directory of the recorded logs: `TRANSFERWATCH_CORPUS`, or `shared/corpus` beside the source tree."""
    if not _CORPUS.is_dir():
        _miss("corpus", "the corpus (set TRANSFERWATCH_CORPUS to its directory)")
    return _CORPUS


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The shipped atlas, operators and law; a value that nothing changes."""
    from monitor.app import Knowledge as Shipped  # noqa: PLC0415 - most tests do without the atlas

    return Shipped.load()


@pytest.fixture
def loaded_once(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command loads what ships; here it is there already."""
    monkeypatch.setattr(type(knowledge), "load", lambda: knowledge)


@pytest.fixture(scope="session")
def service() -> Callable[[str], Path]:
    """Find the executable of a real service: `service("promtool")` is its path."""

    def find(executable: str) -> Path:
        found = shutil.which(executable)
        if found is None:
            _miss("services", executable)
        return Path(str(found))

    return find


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line how many tests were skipped for want of something, and what to do."""
    reasons = [
        report.longrepr[2] for report in terminalreporter.getreports("skipped") if isinstance(report.longrepr, tuple)
    ]
    missing = [reason.partition(_SKIPPED)[2] for reason in reasons if _SKIPPED in reason]
    if missing:
        what = ", ".join(sorted(set(missing)))
        terminalreporter.write_line(f"{len(missing)} tests skipped for want of: {what}")


def _miss(kind: str, what: str) -> None:
    if kind in _REQUIRED:
        pytest.fail(f"TRANSFERWATCH_REQUIRE names {kind}, and this is missing: {what}", pytrace=False)
    pytest.skip(_SKIPPED + what)
