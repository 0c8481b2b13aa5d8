"""Allocators that keep what batches free."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = """
import os, sys
{before}
from monitor.memory import keep_freed_pages
assert "polars" not in sys.modules
keep_freed_pages()
print(os.environ["_RJEM_MALLOC_CONF"])
"""


def run(before: str = "") -> str:
    """What a fresh process has told its allocator."""
    # Polars sets a value of its own where there is none, and children inherit it.
    environment = {name: value for name, value in os.environ.items() if name != "_RJEM_MALLOC_CONF"}
    command = [sys.executable, "-c", SCRIPT.format(before=before)]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.strip()


def test_allocator_is_told_before_polars_is_there() -> None:
    """It reads the setting once, when the library is loaded."""
    assert run() == "dirty_decay_ms:30000,muzzy_decay_ms:30000"


def test_own_setting_of_the_user_stands() -> None:
    """Whoever set it knows why."""
    assert run("os.environ['_RJEM_MALLOC_CONF'] = 'dirty_decay_ms:0'") == "dirty_decay_ms:0"
