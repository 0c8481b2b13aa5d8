"""Following a thousand growing files: CPU while nothing is written, and how long a new line takes to be judged.

Then all files grow at once, told beside it. Exits 1 above a limit.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import shutil
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from monitor.app import Knowledge, build_pipeline, build_writer, open_site
from monitor.following import Following, following_of
from monitor.keeping import Keeping
from monitor.ledger.store import open_ledger
from monitor.replay import Replay
from monitor.sources import Source
from monitor.sums import Summation
from tests.bench.material import ROOT, SITE, make_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_IDLE_SHARE: Final = 0.03
_JUDGED_SECONDS: Final = 2.0
_LINES_EACH: Final = 5
_TODAY: Final = 1_790_000_000


def main() -> None:
    """Measure, print, and exit 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--idle-seconds", type=float, default=30.0)
    parser.add_argument("--lines", type=int, default=20)
    chosen = parser.parse_args()
    work = ROOT / "build" / "bench" / "following"
    shutil.rmtree(work, ignore_errors=True)
    (work / "logs").mkdir(parents=True)
    lines = _write(work, chosen.files)
    with _followed(work) as following:
        begun = time.monotonic()
        _wait_for(work / "ledger.db", chosen.files * _LINES_EACH)
        print(f"{chosen.files:,} files of {_LINES_EACH} lines: all judged after {time.monotonic() - begun:.1f} s")
        time.sleep(4.0)  # files written just now are looked at once more
        share = _idle(chosen.idle_seconds)
        waits = [_judged_after(work, lines, number) for number in range(chosen.lines)]
        all_at_once = _all_grow(work, lines, chosen.files)
    print(f"  idle: {share:.2%} of a core, over {chosen.idle_seconds:.0f} s (limit {_IDLE_SHARE:.0%});", end=" ")
    print(f"a look takes {following.step().seconds * 1e3:.1f} ms")
    print(f"  a new line is judged after {_middle(waits):.2f} s, at most {max(waits):.2f} s", end=" ")
    print(f"(limit {_JUDGED_SECONDS:.0f} s), of {len(waits)} lines")
    print(f"  a new line in every file at once: all {chosen.files:,} judged after {all_at_once:.2f} s")
    missed = []
    if share > _IDLE_SHARE:
        missed.append(f"{share:.2%} of a core while idle")
    if max(waits) > _JUDGED_SECONDS:
        missed.append(f"{max(waits):.2f} seconds until a line is judged")
    for sentence in missed:
        print(f"ABOVE THE LIMIT: {sentence}")
    raise SystemExit(1 if missed else 0)


def _write(work: Path, files: int) -> list[bytes]:
    """Write the files; the lines that are left over."""
    log, _ = make_log(work, "all.log", "--lines", str(files * (_LINES_EACH + 2) + 2_000))
    header, *lines = log.read_bytes().splitlines(keepends=True)
    lines = [line for line in lines if line.count(b" ") == header.count(b" ") and b" - " not in line]
    log.unlink()
    for number in range(files):
        first = number * _LINES_EACH
        (work / "logs" / f"{number:04}.log").write_bytes(header + b"".join(lines[first : first + _LINES_EACH]))
    return lines[files * _LINES_EACH :]


@contextmanager
def _followed(work: Path) -> Iterator[Following]:
    """Follow the files in a thread, as the daemon's loop does."""
    knowledge = Knowledge.load()
    site = open_site(SITE, knowledge.operators)
    source = Source.model_construct(type="aws_vpc", path=str(work / "logs" / "*.log"))
    site = replace(site, sources=(source,), ledger=f"sqlite:///{work / 'ledger.db'}")
    with open_ledger(f"sqlite:///{work / 'ledger.db'}", create=True) as ledger:
        writer = build_writer(site, knowledge, ledger, _TODAY)
        following = following_of(site, Keeping(Replay(build_pipeline(site, knowledge), Summation.of(site)), writer))
        loop = asyncio.new_event_loop()
        task = loop.create_task(following.run())
        thread = threading.Thread(target=_until_cancelled, args=(loop, task))
        thread.start()
        try:
            yield following
        finally:
            loop.call_soon_threadsafe(task.cancel)
            thread.join()


def _until_cancelled(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        loop.run_until_complete(loop.shutdown_default_executor())


def _idle(seconds: float) -> float:
    """Share of a core that this process takes, threads and all."""
    before, begun = _cpu_seconds(), time.monotonic()
    time.sleep(seconds)
    return (_cpu_seconds() - before) / (time.monotonic() - begun)


def _cpu_seconds() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def _judged_after(work: Path, lines: list[bytes], number: int) -> float:
    records = _records(work / "ledger.db")
    with (work / "logs" / f"{number:04}.log").open("ab") as log:
        log.write(lines.pop())
    begun = time.monotonic()
    _wait_for(work / "ledger.db", records + 1)
    return time.monotonic() - begun


def _all_grow(work: Path, lines: list[bytes], files: int) -> float:
    records = _records(work / "ledger.db")
    for number in range(files):
        with (work / "logs" / f"{number:04}.log").open("ab") as log:
            log.write(lines.pop())
    begun = time.monotonic()
    _wait_for(work / "ledger.db", records + files)
    return time.monotonic() - begun


def _records(ledger: Path) -> int:
    """Records that the ledger has taken in, whatever became of them."""
    with closing(sqlite3.connect(ledger)) as opened:
        return int(opened.execute("SELECT coalesce(sum(records), 0) FROM inputs").fetchone()[0])


def _wait_for(ledger: Path, records: int) -> None:
    until = time.monotonic() + 600
    while _records(ledger) < records:
        if time.monotonic() > until:
            raise SystemExit(f"{_records(ledger)} records in the ledger, not {records}")
        time.sleep(0.02)


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main()
