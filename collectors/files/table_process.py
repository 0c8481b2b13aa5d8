"""Read Parquet files for another process: the program that `table_file` starts.

A damaged or hostile file can end the process that reads it (a length in it is allocated before it is checked), or claim
all memory. So it is read in a process of its own, with a limit on its memory, and whoever asked is told that it ended.

Requests come on standard input, one JSON object a line: `{"path", "offset", "rows"}` opens a file at a row, and an
empty line asks for the next rows. Each is answered on standard output by four octets of length and an Arrow IPC stream;
no length means that there are no more rows, and the length of all ones is followed by another and by a sentence.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH: Final = struct.Struct("<I")
FAILED: Final = 0xFFFF_FFFF
# What one answer may hold, and what reading may take beside what the process has when it begins.
ANSWER_OCTETS: Final = 64 << 20
_MEMORY_OCTETS: Final = 3 << 30


class _FailedError(Exception):
    """The file cannot be read; the message says why, for people."""


def rows_of(path: str, offset: int, rows: int) -> Iterator[bytes]:
    """Rows of a file from one on, as Arrow IPC streams of at most as many rows.

    Raises:
        _FailedError: what the file says cannot be read.
    """
    try:
        batches = pl.scan_parquet(path, glob=False).slice(offset).collect_batches(chunk_size=rows, maintain_order=True)
        for batch in batches:
            for first in range(0, batch.height, rows):
                yield from _answers(batch[first : first + rows])
    except _FailedError:
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        raise _FailedError(str(error).split("\n", 1)[0]) from error


def _answers(frame: pl.DataFrame) -> Iterator[bytes]:
    """Halve rows until each part fits an answer."""
    if frame.estimated_size() > ANSWER_OCTETS:
        if frame.height == 1:
            message = f"a row has more than {ANSWER_OCTETS >> 20} MiB"
            raise _FailedError(message)
        middle = frame.height // 2
        yield from _answers(frame[:middle])
        yield from _answers(frame[middle:])
        return
    stream = BytesIO()
    frame.write_ipc_stream(stream)
    yield stream.getvalue()


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until there are no more."""
    rows: Iterator[bytes] = iter(())
    for line in requests:
        if line.strip():
            asked = json.loads(line)
            rows = rows_of(asked["path"], asked["offset"], asked["rows"])
            continue
        try:
            answer = next(rows, b"")
            answers.write(LENGTH.pack(len(answer)) + answer)
        except _FailedError as error:
            said = str(error).encode("utf-8", "replace")[:1_000]
            answers.write(LENGTH.pack(FAILED) + LENGTH.pack(len(said)) + said)
        answers.flush()


def _limit_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + _MEMORY_OCTETS
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer)
