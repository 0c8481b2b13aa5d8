"""From a log of JSON lines to a committed ledger: lines per CPU second against syslog-ng on the same lines.

Suricata's EVE log, made up of flow, dns, tls and alert events. Other programs make a machine slower, never quicker, so
that of several runs the one that cost least is compared; the spread is shown. Exits 1 below a floor. `--octets 5e9`
reads one file of that size besides, for the peak of memory.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.bench import syslog_ng
from tests.bench.material import ROOT, SITE, reference_database, show
from tests.bench.spent import Spent, spend

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUNS: Final = 5
_FLOOR: Final = 2.0
_TARGET: Final = 6.0
_PEAK_OCTETS: Final = 700_000_000
_PROGRAM: Final = Path(sys.executable).with_name("transferwatch")


def main() -> None:
    """Measure, print, and exit 1 when a floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=_RUNS)
    parser.add_argument("--octets", type=float, help="read a file of this size besides")
    parser.add_argument("--database", type=Path, help="an MMDB with country codes for syslog-ng, instead of the atlas")
    chosen = parser.parse_args()
    work = ROOT / "build" / "bench"
    work.mkdir(parents=True, exist_ok=True)
    database = chosen.database.resolve() if chosen.database else reference_database(work)
    missed = _speed(work, chosen.lines, chosen.runs, database)
    if chosen.octets:
        missed += _large(work, int(chosen.octets))
    for sentence in missed:
        print(f"BELOW THE FLOOR: {sentence}")
    raise SystemExit(1 if missed else 0)


def _speed(work: Path, lines: int, runs: int, database: Path) -> list[str]:
    log, written = _make(work, "--lines", str(lines))
    print(f"{lines:,} EVE lines, {written['octets'] / 1e6:.0f} MB, to a committed ledger; the least of {runs} runs")
    peer, ours = [], []
    for _ in range(runs):
        peer.append(syslog_ng.attribute_eve(log, lines - written["broken"], database, work))
        ours.append(_keep(work, log, written))
    show("syslog-ng, what a team keeps and both countries", lines, min(peer))
    show("transferwatch", lines, min(ours))
    ratio = min(peer).cpu_seconds / min(ours).cpu_seconds
    print(f"  spread: syslog-ng {_spread(peer)}, transferwatch {_spread(ours)}")
    print(f"ratio {ratio:.2f} (floor {_FLOOR:.0f}, target {_TARGET:.0f})")
    log.unlink()
    return [f"{ratio:.2f} times syslog-ng, not {_FLOOR:.0f}"] if ratio < _FLOOR else []


def _large(work: Path, octets: int) -> list[str]:
    log, written = _make(work, "--octets", str(octets))
    spent = _keep(work, log, written)
    show(f"transferwatch, one file of {written['octets'] / 1e9:.1f} GB", written["lines"], spent)
    log.unlink()
    peak = spent.peak_octets
    return [f"{peak / 1e6:.0f} MB of memory, more than {_PEAK_OCTETS / 1e6:.0f}"] if peak > _PEAK_OCTETS else []


def _make(work: Path, *arguments: str) -> tuple[Path, dict[str, int]]:
    command = [sys.executable, "-m", "tests.bench.eve_lines", str(work / "eve.json"), *arguments]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    return work / "eve.json", json.loads(said)


def _keep(work: Path, log: Path, written: dict[str, int]) -> Spent:
    """Judge a log into a new ledger, and check that every flow of it is there."""
    for path in work.glob("ledger.db*"):
        path.unlink()
    url = f"sqlite:///{work / 'ledger.db'}"
    spent = spend([_PROGRAM, "replay", "-c", SITE, "--format", "suricata", "--ledger", url, log], cwd=work)
    with sqlite3.connect(work / "ledger.db") as ledger:
        sums = [ledger.execute(f"SELECT sum(records) FROM {table}").fetchone()[0] for table in ("transfers", "probes")]  # noqa: S608
    ledger.close()
    if sum(each or 0 for each in sums) < written["flow"]:
        raise SystemExit(f"{sums} records in the ledger of {written['flow']} flows")
    return spent


def _spread(runs: Sequence[Spent]) -> str:
    return f"{min(runs).cpu_seconds:.2f} to {max(runs).cpu_seconds:.2f} s CPU"


if __name__ == "__main__":
    main()
