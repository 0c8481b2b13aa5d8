"""A process that is set up for batches."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Final

SET: Final = ("_RJEM_MALLOC_CONF", "POLARS_MAX_THREADS", "POLARS_ASYNC_THREAD_COUNT", "OPENBLAS_NUM_THREADS")
SCRIPT: Final = """
import os, sys
from monitor.tuning import tune_for_batches
assert not {{"polars", "numpy"}} & set(sys.modules)
tune_for_batches(keep_pages={pages})
print({said})
"""


def said(expression: str, *, pages: bool = True, **settings: str) -> str:
    """What a fresh process answers once it is set up."""
    # Polars sets values of its own where there are none, and children inherit them.
    environment = {name: value for name, value in os.environ.items() if name not in SET} | settings
    command = [sys.executable, "-c", SCRIPT.format(said=expression, pages=pages)]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.strip()


def test_allocator_is_told_before_polars_is_there() -> None:
    """It reads the setting once, when the library is loaded."""
    assert said("os.environ['_RJEM_MALLOC_CONF']") == "dirty_decay_ms:30000,muzzy_decay_ms:30000"


def test_polars_has_one_thread() -> None:
    """It reads the setting once, too."""
    assert said("__import__('polars').thread_pool_size()") == "1"


def test_own_setting_of_the_user_stands() -> None:
    """Whoever set it knows why."""
    assert said("__import__('polars').thread_pool_size()", POLARS_MAX_THREADS="2") == "2"


def test_collector_waits() -> None:
    """It would look at every column that was ever read."""
    assert said("__import__('gc').get_threshold()[0]") == "100000"


def test_work_that_is_done_once_gives_its_pages_back() -> None:
    """A report takes less room so."""
    assert said("os.environ.get('_RJEM_MALLOC_CONF')", pages=False) == "None"
