"""From Zeek logs to a ledger: lines per CPU second and peak memory, of TSV and of JSON, with names joined and without.

Lines are those of conn.log and ssl.log together. Exits 1 where memory has grown beyond its bound.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.bench.material import ROOT, SITE, make_log, show
from tests.bench.spent import Spent, median, spend

_RUNS: Final = 3
_PEAK_OCTETS: Final = 700_000_000


def main() -> None:
    """Measure, print, and exit 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=_RUNS)
    chosen = parser.parse_args()
    work = ROOT / "build" / "bench"
    work.mkdir(parents=True, exist_ok=True)
    flow_log, _ = make_log(work, "zeek-flow.log", "--lines", str(chosen.lines))
    too_much = False
    for form in ("tsv", "json"):
        folder = work / f"zeek-{form}"
        made = _logs(flow_log, folder, form)
        both = [_keep(work, [folder / "conn.log", folder / "ssl.log"]) for _ in range(chosen.runs)]
        alone = [_keep(work, [folder / "conn.log"]) for _ in range(chosen.runs)]
        show(f"{form}: conn.log and ssl.log, joined, file to ledger", made["lines"], median(both))
        show(f"{form}: conn.log alone, file to ledger", made["conn"], median(alone))
        too_much |= max(spent.peak_octets for spent in both) > _PEAK_OCTETS
    raise SystemExit(1 if too_much else 0)


def _logs(flow_log: Path, folder: Path, form: str) -> dict[str, int]:
    command = [sys.executable, "-m", "tests.bench.zeek_lines", str(flow_log), str(folder)]
    command += ["--json"] if form == "json" else []
    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    made: dict[str, int] = json.loads(said)
    return made


def _keep(work: Path, logs: list[Path]) -> Spent:
    ledger = work / "zeek.db"
    for each in work.glob("zeek.db*"):
        each.unlink()
    program = Path(sys.executable).with_name("transferwatch")
    return spend(
        [program, "replay", "-c", SITE, "--format", "zeek", "--ledger", f"sqlite:///{ledger}", *logs], cwd=work
    )


if __name__ == "__main__":
    main()
