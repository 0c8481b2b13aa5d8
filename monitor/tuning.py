"""Set a process up for batches that are alike: one thread, pages that are kept, a collector that waits.

Decides nothing about results. On a replay of two million lines all of it together saves a sixth of the CPU time and
nothing of the wall time: a piece of a log is too little work to share among threads, and what one batch frees the next
needs. Who runs many sources runs them side by side. An operator's own setting of a variable stands.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from typing import Final

# glibc's malloc.h: parameters of mallopt.
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
_NEVER: Final = 1 << 30
# Polars calls us back on many threads; without a limit each keeps freed pages of its own.
_ARENAS: Final = 1
# jemalloc (in Polars): how long freed pages are kept, see its manual under opt.dirty_decay_ms.
_PAGES: Final = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:30000,muzzy_decay_ms:30000"}
_THREADS: Final = {
    # Threads that wait for work spin before they sleep, and a piece is handed to them thousands of times.
    "POLARS_MAX_THREADS": "1",
    "POLARS_ASYNC_THREAD_COUNT": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
# Objects made before a collection; ours are columns, and what a batch leaves behind is freed by counting references.
_COLLECT_AFTER: Final = (100_000, 50, 100)


def tune_for_batches(*, keep_pages: bool = True) -> None:
    """Tell thread pools, collector and allocators; must run before Polars and NumPy are imported.

    Without `keep_pages` freed pages are given back as ever: for work that is done once and takes much room.
    """
    for name, value in (_THREADS | _PAGES if keep_pages else _THREADS).items():
        os.environ.setdefault(name, value)
    gc.set_threshold(*_COLLECT_AFTER)
    if not keep_pages or not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return  # another C library, which keeps its own counsel
    mallopt(_M_MMAP_THRESHOLD, _NEVER)
    mallopt(_M_TRIM_THRESHOLD, _NEVER)
    mallopt(_M_ARENA_MAX, _ARENAS)
