"""From the clouds' flow logs to a committed ledger: records per CPU second, beside the text form of AWS. No floor.

The same conversations in every form; each form's records are all in the ledger, or it is told.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

from tests.bench.cloud_logs import FORMS, sound_rows, write_cloud_log
from tests.bench.material import ROOT, SITE, make_log, show
from tests.bench.spent import Spent, median, spend

_RUNS: Final = 3
_PROGRAM: Final = Path(sys.executable).with_name("transferwatch")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=500_000)
    parser.add_argument("--runs", type=int, default=_RUNS)
    chosen = parser.parse_args()
    work = ROOT / "build" / "bench"
    work.mkdir(parents=True, exist_ok=True)
    log, written = make_log(work, "flow.log", "--lines", str(chosen.lines))
    print(f"{written['lines']:,} lines, to a committed ledger with evidence; median of {chosen.runs}")
    runs = [_keep(work, log, "aws_vpc", written["lines"] - written["broken"]) for _ in range(chosen.runs)]
    show(f"aws_vpc, text, {log.stat().st_size / 1e6:.0f} MB", written["lines"], median(runs))
    rows = sound_rows(log)
    log.unlink()
    for form in FORMS:
        path = work / form.name
        records = write_cloud_log(rows, form, path)
        runs = [_keep(work, path, form.kind, records) for _ in range(chosen.runs)]
        show(f"{form.kind}, {form.name}, {path.stat().st_size / 1e6:.0f} MB", records, median(runs))
        path.unlink()


def _keep(work: Path, log: Path, kind: str, records: int) -> Spent:
    """Judge a log into a new ledger, and check that every record is in it, or neither of its ends is ours."""
    for path in work.glob("ledger.db*"):
        path.unlink()
    url = f"sqlite:///{work / 'ledger.db'}"
    spent = spend([_PROGRAM, "replay", "-c", SITE, "--format", kind, "--ledger", url, log], cwd=work)
    with closing(sqlite3.connect(work / "ledger.db")) as ledger:
        sums = [ledger.execute(f"SELECT sum(records) FROM {table}").fetchone()[0] for table in ("transfers", "probes")]  # noqa: S608
    if sum(sums) != records:
        raise SystemExit(f"{sum(sums)} records in the ledger of {records} in {log.name}")
    return spent


if __name__ == "__main__":
    main()
