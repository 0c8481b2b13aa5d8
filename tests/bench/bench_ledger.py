"""From flow log to a committed ledger with evidence: lines per CPU second against syslog-ng on the same lines.

Then the same files a second time, and the report of a month of a million rows. Exits 1 below a floor.
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.bench import syslog_ng
from tests.bench.material import ROOT, SITE, make_log, reference_database, show
from tests.bench.spent import Spent, median, spend

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUNS: Final = 3
_FLOOR: Final = 3.0
_TARGET: Final = 5.0
_DISTINCT_FLOOR: Final = 2.0
_PEAK_OCTETS: Final = 700_000_000
_SECOND_SECONDS: Final = 2.0
_REPORT_SECONDS: Final = 5.0
_REPORT_OCTETS: Final = 500_000_000
_MONTH: Final = "2026-10"
_PROGRAM: Final = Path(sys.executable).with_name("transferwatch")


def main() -> None:
    """Measure, print, and exit 1 when a floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--database", type=Path, help="an MMDB with country codes for syslog-ng, instead of the atlas")
    chosen = parser.parse_args()
    work = ROOT / "build" / "bench"
    work.mkdir(parents=True, exist_ok=True)
    database = chosen.database.resolve() if chosen.database else reference_database(work)
    missed = [*_speed(work, chosen.lines, database), *_report(work)]
    for sentence in missed:
        print(f"BELOW THE FLOOR: {sentence}")
    raise SystemExit(1 if missed else 0)


def _speed(work: Path, lines: int, database: Path) -> list[str]:
    usual, written = make_log(work, "flow.log", "--lines", str(lines))
    distinct, of_distinct = make_log(work, "distinct.log", "--lines", str(lines), "--distinct")
    print(f"{lines:,} lines, {written['octets'] / 1e6:.0f} MB, to a committed ledger with evidence; median of {_RUNS}")
    peer, ours, ours_distinct = [], [], []
    for _ in range(_RUNS):
        peer.append(syslog_ng.attribute(usual, lines, database, syslog_ng.WHOLE, work))
        ours.append(_keep(work, usual, written))
        ours_distinct.append(_keep(work, distinct, of_distinct))
    second = median([_replay(work, distinct) for _ in range(_RUNS)])
    show("syslog-ng, every field and both countries as JSON", lines, median(peer))
    show("transferwatch, far ends by Zipf's law", lines, median(ours))
    show("transferwatch, all far ends distinct", lines, median(ours_distinct))
    print(f"  a second replay of the same file: {second.wall_seconds:.2f} s wall (limit {_SECOND_SECONDS:.0f})")
    usual.unlink()
    distinct.unlink()
    ratio = median(peer).cpu_seconds / median(ours).cpu_seconds
    ratio_distinct = median(peer).cpu_seconds / median(ours_distinct).cpu_seconds
    print(f"ratio {ratio:.2f} (floor {_FLOOR:.0f}, target {_TARGET:.0f});", end=" ")
    print(f"all distinct {ratio_distinct:.2f} (floor {_DISTINCT_FLOOR:.0f})")
    return [
        *_below(ratio, _FLOOR, "times syslog-ng"),
        *_below(ratio_distinct, _DISTINCT_FLOOR, "times syslog-ng with all far ends distinct"),
        *_above(second.wall_seconds, _SECOND_SECONDS, "seconds for a second replay"),
        *_above(_peak([*ours, *ours_distinct]) / 1e6, _PEAK_OCTETS / 1e6, "MB of memory"),
    ]


def _report(work: Path) -> list[str]:
    ledger = work / "large.db"
    subprocess.run([sys.executable, "-m", "tests.bench.large_ledger", ledger], cwd=ROOT, check=True)
    with closing(sqlite3.connect(ledger)) as opened:
        rows = opened.execute("SELECT count(*) FROM transfers").fetchone()[0]
    command: list[str | Path] = [
        _PROGRAM,
        "report",
        _MONTH,
        "-c",
        SITE,
        "--ledger",
        f"sqlite:///{ledger}",
        "-o",
        work / "report",
    ]
    runs = [spend(command, cwd=work) for _ in range(_RUNS)]
    spent = median(runs)
    print(
        f"report of {rows:,} ledger rows, page and JSON: {spent.wall_seconds:.2f} s wall,"
        f" {spent.cpu_seconds:.2f} s CPU, peak {_peak(runs) / 1e6:.0f} MB"
        f" (limits {_REPORT_SECONDS:.0f} s, {_REPORT_OCTETS / 1e6:.0f} MB)"
    )
    ledger.unlink()
    return [
        *_above(spent.wall_seconds, _REPORT_SECONDS, "seconds for a report"),
        *_above(_peak(runs) / 1e6, _REPORT_OCTETS / 1e6, "MB for a report"),
    ]


def _keep(work: Path, log: Path, written: dict[str, int]) -> Spent:
    """Judge a log into a new ledger, and check that every record that is not broken is in it."""
    for path in work.glob("ledger.db*"):
        path.unlink()
    spent = _replay(work, log)
    with sqlite3.connect(work / "ledger.db") as ledger:
        sums = [ledger.execute(f"SELECT sum(records) FROM {table}").fetchone()[0] for table in ("transfers", "probes")]  # noqa: S608
        closed = ledger.execute("SELECT count(*) FROM evidence WHERE closed").fetchone()[0]
    ledger.close()
    if sum(sums) != written["lines"] - written["broken"] or not closed:
        raise SystemExit(f"{sum(sums)} records in the ledger of {written['lines']} lines, {closed} hours closed")
    return spent


def _replay(work: Path, log: Path) -> Spent:
    url = f"sqlite:///{work / 'ledger.db'}"
    return spend([_PROGRAM, "replay", "-c", SITE, "--format", "aws_vpc", "--ledger", url, log], cwd=work)


def _peak(runs: Sequence[Spent]) -> int:
    return max(run.peak_octets for run in runs)


def _below(value: float, floor: float, what: str) -> list[str]:
    return [f"{value:.2f} {what}, not {floor:.0f}"] if value < floor else []


def _above(value: float, limit: float, what: str) -> list[str]:
    return [f"{value:.2f} {what}, more than {limit:.0f}"] if value > limit else []


if __name__ == "__main__":
    main()
