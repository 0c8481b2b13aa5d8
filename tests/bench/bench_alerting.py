"""From a line that is appended to a followed log to the POST at Alertmanager: seconds, by one clock.

A real daemon follows a log that another process appends to, VPC text or Zeek's conn as JSON, and tells a real
Alertmanager behind a proxy that notes when each POST came. Marked lines come from systems that sent nothing before, so
that each is a finding of its own. With `--highest` the rate is raised until what is not judged yet grows. Exits 1 when
the 99th of a hundred takes longer than the target at the rate of the target.

The load of the machine is printed beside: what other programs take is missing here.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.bench.material import ROOT, SITE, make_log
from tests.bench.recording_proxy import recording
from tests.monitor.daemon.process import Running, running
from tests.services.alertmanager import Alertmanager

if TYPE_CHECKING:
    from collections.abc import Sequence

_NANOSECONDS: Final = 1_000_000_000
_RATE: Final = 50_000
_SECONDS: Final = 60
# Of the site's other ends these are most of the traffic; many of them are findings that go on in every batch.
_FAR_ENDS: Final = 1_000
_P99_SECONDS: Final = 2.0
_MARKS_PER_SECOND: Final = 4
_FAR: Final = "5.188.10.7"  # in Russia, with which no ground is known
_PREFIX: Final = "mark-"
# The rate is held when all that was written is judged so soon after the last line, and it was written in time.
_DRAINED_SECONDS: Final = 3.0
_STEP_SECONDS: Final = 15
_FASTEST: Final = 400_000


@dataclass(frozen=True, slots=True)
class Written:
    """What the writer wrote: when each mark, how many lines in how many seconds, and when it ended."""

    marks: Sequence[float]
    lines: int
    seconds: float
    ended: float


@dataclass(frozen=True, slots=True)
class Run:
    """What one run gave; `waits`: seconds from the marked line to its POST, `lost`: marks that never came.

    `drained`: seconds from the last line until everything was judged; `rate`: lines a second that were written.
    """

    waits: Sequence[float]
    lost: int
    drained: float
    rate: float
    cpu_seconds: float
    seconds: float
    alerts: int
    refused: int
    findings: int

    def share(self, percent: float) -> float:
        """The wait that so many of a hundred do not exceed."""
        ranked = sorted(self.waits)
        return ranked[min(int(len(ranked) * percent / 100), len(ranked) - 1)] if ranked else float("inf")


def main() -> None:
    """Measure, print, and exit 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=_RATE)
    parser.add_argument("--seconds", type=int, default=_SECONDS)
    parser.add_argument("--far-ends", type=int, default=_FAR_ENDS, help="other ends of the log, all over the world")
    parser.add_argument("--form", choices=("vpc", "zeek"), action="append")
    parser.add_argument("--highest", action="store_true", help="look for the highest rate that is held")
    chosen = parser.parse_args()
    work = ROOT / "build" / "bench" / "alerting"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    missed = []
    for form in chosen.form or ("vpc", "zeek"):
        lines = max(chosen.rate * (chosen.seconds + 1), _FASTEST * _STEP_SECONDS if chosen.highest else 0)
        log = _prepared(work, form, chosen, lines)
        done = _run(work, log, form, chosen.rate, chosen.seconds)
        _print(form, done)
        if done.lost or done.refused:
            missed.append(f"{form}: {done.lost} marked lines gave no alert, {done.refused} POSTs were refused")
        if chosen.rate >= _RATE and done.share(99) > _P99_SECONDS:
            missed.append(f"{form}: {done.share(99):.2f} s at the 99th of a hundred")
        if chosen.highest:
            print(
                f"  highest rate held over {_STEP_SECONDS} s: {_highest(work, log, form):,} lines a second", flush=True
            )
        log.unlink()
    for sentence in missed:
        print(f"ABOVE THE LIMIT: {sentence}")
    raise SystemExit(1 if missed else 0)


def _print(form: str, done: Run) -> None:
    loads = " ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"{form}: {done.rate:,.0f} lines a second over {done.seconds:.0f} s; load {loads}")
    print(
        f"  line to POST: p50 {done.share(50):.2f} s, p99 {done.share(99):.2f} s, longest {done.share(100):.2f} s",
        end="",
    )
    print(f" (limit of p99 {_P99_SECONDS:.0f} s), of {len(done.waits)} marked lines, {done.lost} lost")
    print(f"  all judged {done.drained:.2f} s after the last line;", end=" ")
    print(f"the daemon took {done.cpu_seconds / done.seconds:.0%} of a core; {done.alerts:,} alerts posted of", end=" ")
    print(f"{done.findings:,} findings", flush=True)


def _prepared(work: Path, form: str, chosen: argparse.Namespace, lines: int) -> Path:
    """Lines enough for the longest run; all have ended within the last minutes."""
    began = time.time_ns() // _NANOSECONDS - chosen.seconds - 60
    arguments = {
        "--lines": lines,
        "--first-second": began,
        "--lines-per-second": chosen.rate,
        "--far-ends": chosen.far_ends,
    }
    log, _ = make_log(work, "prepared.log", *(str(word) for pair in arguments.items() for word in pair))
    if form == "vpc":
        return log
    command = [sys.executable, "-m", "tests.bench.zeek_lines", str(log), str(work), "--json"]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (work / "ssl.log").unlink()
    log.unlink()
    return work / "conn.log"


def _run(work: Path, log: Path, form: str, rate: int, seconds: int) -> Run:
    """Follow a log that grows, from its first line on, in a folder and with a ledger of its own."""
    place = Path(work, f"{form}-{rate}")
    shutil.rmtree(place, ignore_errors=True)
    (place / "logs").mkdir(parents=True)
    # One file: flows of a folder of Zeek's logs wait a second for names that the other files may tell.
    (place / "logs" / "live.log").touch()
    marks = _marks(form, seconds * _MARKS_PER_SECOND)
    (place / "marks").write_bytes(b"".join(marks))
    alertmanager = Alertmanager(_alertmanager(), place)
    alertmanager.start()
    try:
        with recording(alertmanager.port, _PREFIX) as recorded:
            config = _site(place, form, len(marks), recorded.port)
            with running(config) as daemon:
                before, begun = _cpu_seconds(daemon), time.monotonic()
                written = _write(place, log, rate)
                drained = _drained(place, written.ended)
                spent, lasted = _cpu_seconds(daemon) - before, time.monotonic() - begun
                _wait_for_marks(recorded.first, len(marks))
                daemon.end()
    finally:
        alertmanager.stop()
    waits = [
        recorded.first[f"{_PREFIX}{number:04}"] - at
        for number, at in enumerate(written.marks)
        if f"{_PREFIX}{number:04}" in recorded.first
    ]
    findings = _number(place / "ledger.db", "SELECT count(*) FROM findings")
    shutil.rmtree(place)
    lost = len(marks) - len(waits)
    return Run(
        waits,
        lost,
        drained,
        written.lines / written.seconds,
        spent,
        lasted,
        recorded.alerts,
        recorded.refused,
        findings,
    )


def _highest(work: Path, log: Path, form: str) -> int:
    """Double the rate until it is not held, then halve the difference three times."""
    held, rate = 0, _RATE
    while rate <= _FASTEST and _is_held(_run(work, log, form, rate, _STEP_SECONDS), rate):
        held, rate = rate, rate * 2
    low, high = held, min(rate, _FASTEST)
    for _ in range(3):
        middle = (low + high) // 2_000 * 1_000
        if _is_held(_run(work, log, form, middle, _STEP_SECONDS), middle):
            low = middle
        else:
            high = middle
    return low


def _is_held(done: Run, rate: int) -> bool:
    is_held = done.drained <= _DRAINED_SECONDS and done.rate >= 0.95 * rate and not done.lost
    said = "held" if is_held else "not held"
    print(
        f"  {rate:,} lines a second: {said}, p99 {done.share(99):.2f} s, all judged after {done.drained:.2f} s",
        flush=True,
    )
    return is_held


def _alertmanager() -> Path:
    found = shutil.which("prometheus-alertmanager")
    if found is None:
        raise SystemExit("this measures with a real Alertmanager: apt-get install prometheus-alertmanager")
    return Path(found)


def _site(place: Path, form: str, marks: int, port: int) -> Path:
    """The benchmark's site, with a system for each mark."""
    inventory = (SITE.parent / "inventory.yaml").read_text(encoding="utf-8")
    systems = "".join(
        f"  - {{id: {_PREFIX}{number:04}, networks: [{_marked(number)}/32], serves: staff, data_class: health}}\n"
        for number in range(marks)
    )
    (place / "inventory.yaml").write_text(inventory + systems, encoding="utf-8")
    kind = {"vpc": "aws_vpc", "zeek": "zeek"}[form]
    config = place / "transferwatch.yaml"
    config.write_text(
        f"{SITE.read_text(encoding='utf-8')}ledger: sqlite:///ledger.db\nlisten: 127.0.0.1:0\n"
        f"alerts: {{alertmanagers: [{{url: 'http://127.0.0.1:{port}'}}]}}\n"
        f"sources: [{{type: {kind}, name: gateway, path: logs/live.log}}]\n",
        encoding="utf-8",
    )
    return config


def _marked(number: int) -> str:
    return f"10.21.{number // 200}.{number % 200 + 1}"


def _marks(form: str, count: int) -> list[bytes]:
    """A line for each system; the records ended a minute ago."""
    end = time.time_ns() // _NANOSECONDS - 60
    if form == "vpc":
        fields = "2 123456789012 eni-0mark {} " + f"{_FAR} 40000 443 6 10 5000 {end - 30} {end} ACCEPT OK\n"
        return [fields.format(_marked(number)).encode() for number in range(count)]
    conn = {
        "_path": "conn", "ts": end - 30, "id.orig_p": 40000, "id.resp_h": _FAR, "id.resp_p": 443, "proto": "tcp",
        "duration": 30.0, "orig_bytes": 4500, "resp_bytes": 900, "conn_state": "SF", "orig_pkts": 10,
        "orig_ip_bytes": 5000, "resp_pkts": 10, "resp_ip_bytes": 1400,
    }  # fmt: skip
    return [
        json.dumps({**conn, "uid": f"Cmark{number}", "id.orig_h": _marked(number)}).encode() + b"\n"
        for number in range(count)
    ]


def _write(place: Path, log: Path, rate: int) -> Written:
    command = [sys.executable, "-m", "tests.bench.live_writer", str(log), str(place / "marks")]
    command += [str(place / "logs" / "live.log"), "--rate", str(rate), "--every-seconds", str(1 / _MARKS_PER_SECOND)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    told = json.loads(said)
    return Written(told["marks"], told["lines"], told["seconds"], time.monotonic())


def _drained(place: Path, ended: float) -> float:
    """Seconds after the last line until the checkpoint has come to the end of the log, at most a minute."""
    size = (place / "logs" / "live.log").stat().st_size
    while (waited := time.monotonic() - ended) < 60:
        if _number(place / "ledger.db", 'SELECT coalesce(sum("offset"), 0) FROM inputs') >= size:
            break
        time.sleep(0.05)
    return waited


def _number(ledger: Path, query: str) -> int:
    with closing(sqlite3.connect(ledger)) as opened:
        return int(opened.execute(query).fetchone()[0])


def _wait_for_marks(first: dict[str, float], count: int) -> None:
    until = time.monotonic() + 10
    while len(first) < count and time.monotonic() < until:
        time.sleep(0.05)


def _cpu_seconds(daemon: Running) -> float:
    """CPU of a process so far, its threads and its finished children included (proc(5))."""
    fields = Path("/proc", str(daemon.process.pid), "stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
