"""From flow log to judged Parquet: lines per CPU second against syslog-ng on the same lines, and peak memory.

Exits 1 below a floor. `--large` adds a log of 5 GB, for memory only.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.bench import syslog_ng
from tests.bench.material import ROOT, SITE, make_log, reference_database, show
from tests.bench.spent import Spent, median, spend

_RUNS: Final = 3
_FLOOR: Final = 3.0
_TARGET: Final = 5.0
_PEAK_OCTETS: Final = 600_000_000
_LARGE_OCTETS: Final = 5_000_000_000


def main() -> None:
    """Measure, print, and exit 1 when a floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="also measure the memory of judging 5 GB")
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--database", type=Path, help="an MMDB with country codes for syslog-ng, instead of the atlas")
    chosen = parser.parse_args()
    work = ROOT / "build" / "bench"
    work.mkdir(parents=True, exist_ok=True)
    database = chosen.database.resolve() if chosen.database else reference_database(work)
    missed = _speed(work, chosen.lines, database) + _distinct(work, chosen.lines)
    if chosen.large:
        missed += _large(work)
    for sentence in missed:
        print(f"BELOW THE FLOOR: {sentence}")
    raise SystemExit(1 if missed else 0)


def _speed(work: Path, lines: int, database: Path) -> list[str]:
    log, written = make_log(work, "flow.log", "--lines", str(lines))
    print(f"{written['lines']:,} lines, {written['octets'] / 1e6:.0f} MB, far ends by Zipf's law; median of {_RUNS}")
    whole, lean, ours = [], [], []
    for _ in range(_RUNS):
        whole.append(syslog_ng.attribute(log, lines, database, syslog_ng.WHOLE, work))
        lean.append(syslog_ng.attribute(log, lines, database, syslog_ng.LEAN, work))
        ours.append(_replay(work, log, written))
    show("syslog-ng, every field and both countries as JSON", lines, median(whole))
    show("syslog-ng, addresses, countries and octets as text", lines, median(lean))
    show("transferwatch, every column judged as Parquet", lines, median(ours))
    log.unlink()
    ratio = median(whole).cpu_seconds / median(ours).cpu_seconds
    against_lean = median(lean).cpu_seconds / median(ours).cpu_seconds
    print(f"ratio {ratio:.2f} (floor {_FLOOR:.0f}, target {_TARGET:.0f}); against the lean text {against_lean:.2f}")
    missed = [f"{ratio:.2f} times syslog-ng, not {_FLOOR:.0f}"] if ratio < _FLOOR else []
    return missed + _memory(max(run.peak_octets for run in ours), written["octets"])


def _distinct(work: Path, lines: int) -> list[str]:
    log, written = make_log(work, "distinct.log", "--lines", str(lines), "--distinct")
    spent = median([_replay(work, log, written) for _ in range(_RUNS)])
    show("transferwatch, all far ends distinct", lines, spent)
    log.unlink()
    return _memory(spent.peak_octets, written["octets"])


def _large(work: Path) -> list[str]:
    log, written = make_log(work, "large.log", "--octets", str(_LARGE_OCTETS))
    spent = _replay(work, log, written)
    show("transferwatch, the large log", written["lines"], spent)
    log.unlink()
    return _memory(spent.peak_octets, written["octets"])


def _memory(peak_octets: int, octets: int) -> list[str]:
    if peak_octets <= _PEAK_OCTETS:
        return []
    return [f"{peak_octets / 1e6:.0f} MB of memory for a log of {octets / 1e6:.0f} MB, not {_PEAK_OCTETS / 1e6:.0f}"]


def _replay(work: Path, log: Path, written: dict[str, int]) -> Spent:
    """Judge the log and check that every line that is not broken became a row."""
    judged = work / "judged.parquet"
    judged.unlink(missing_ok=True)
    program = Path(sys.executable).with_name("transferwatch")
    spent = spend([program, "replay", "-c", SITE, "--format", "aws_vpc", "--judged", judged, log], cwd=work)
    # In a process of its own, so that this one stays small.
    count = f"import polars; print(polars.scan_parquet({str(judged)!r}).select(polars.len()).collect().item())"
    rows = int(subprocess.run([sys.executable, "-c", count], capture_output=True, check=True).stdout)
    if rows != written["lines"] - written["broken"]:
        raise SystemExit(f"{rows} judged rows of {written['lines']} lines, {written['broken']} of them broken")
    return spent


if __name__ == "__main__":
    main()
