"""What the rules cost: files judged into a ledger with all shipped rules asked of each batch, against the same without.

Three logs: two months of the sample hospital as one log of each network, which is held to the floor; the same as it is
delivered, in 488 files of some thousand lines that are a transaction each; and the flow log of the other benchmarks,
whose far ends lie in the whole world, so that two rows of five are candidates and hundreds of findings go on in every
batch; the last two once. Runs take turns. Units: CPU seconds of judging and writing, without the start of the program.
Exits 1 below the floor.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from monitor.alerting import life_of
from monitor.app import Knowledge, build_pipeline, build_writer, open_site, rules_of
from monitor.inputs import find_inputs
from monitor.keeping import Findings, Keeping
from monitor.ledger.store import open_ledger
from monitor.replay import Replay
from monitor.sums import Summation
from monitor.tally import Tally
from monitor.watching import Watching
from monitor.world.history import write_history
from monitor.world.site import site_files, write_site
from tests.bench.material import ROOT, SITE, make_log

_FLOOR: Final = 0.80
_RUNS: Final = 3
# All records are young at this instant: each finding opens, as in a daemon.
_NOW: Final = datetime(2026, 10, 1, tzinfo=UTC)


def main() -> None:
    """Measure, print, and exit 1 below the floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000, help="of the log of the whole world")
    parser.add_argument("--runs", type=int, default=_RUNS)
    parser.add_argument("--keep", choices=("with", "without"), help=argparse.SUPPRESS)
    parser.add_argument("--logs", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--site", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.keep:
        print(json.dumps(_keep(chosen.site, chosen.logs, asks=chosen.keep == "with")))
        return
    work = ROOT / "build" / "bench" / "rules"
    work.mkdir(parents=True, exist_ok=True)
    hospital = work / "hospital"
    if not (hospital / "transferwatch.yaml").exists():
        write_history(hospital, 7)
        write_site(site_files(), hospital)
    joined = _joined(hospital, work / "joined")
    log, _ = make_log(work, "world.log", "--lines", str(chosen.lines))
    share = _compared("the hospital, a log of each network", joined, joined.parent / "flow-logs", chosen.runs)
    _compared("the hospital, in 488 files", hospital / "transferwatch.yaml", hospital / "flow-logs", 1)
    _compared("far ends in the whole world", SITE, log, 1)
    log.unlink()
    if share < _FLOOR:
        print(f"BELOW THE FLOOR: {share:.2f} of the speed without rules, not {_FLOOR:.2f}")
    raise SystemExit(1 if share < _FLOOR else 0)


def _joined(hospital: Path, directory: Path) -> Path:
    """The hospital with one log of each network; its settings."""
    write_site(site_files(), directory)
    for network in ("core", "portal"):
        target = directory / "flow-logs" / network / "all.log"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as whole:
            for path in sorted((hospital / "flow-logs" / network).iterdir()):
                octets = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
                # A header in mid-file is no record.
                whole.write(octets.partition(b"\n")[2] if whole.tell() and octets.startswith(b"version") else octets)
    return directory / "transferwatch.yaml"


def _compared(what: str, site: Path, logs: Path, runs: int) -> float:
    """Speed with rules as a share of that without, by the median of each."""
    took: dict[str, list[float]] = {"without": [], "with": []}
    said: dict[str, float] = {}
    for _ in range(runs):
        for keep, each in took.items():
            command = [sys.executable, "-m", "tests.bench.bench_rules", "--keep", keep]
            command += ["--site", str(site), "--logs", str(logs)]
            said = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
            each.append(said["cpu_seconds"])
    with_rules, without = (sorted(took[keep])[runs // 2] for keep in ("with", "without"))
    share = without / with_rules
    print(f"{what}: {said['records']:,} records, {said['findings']} findings; median of {runs}")
    print(f"  without rules {without:.2f} CPU s, with all rules {with_rules:.2f} CPU s:", end=" ")
    print(f"{share:.0%} of the speed (floor of the first {_FLOOR:.0%})", flush=True)
    return share


def _keep(config: Path, logs: Path, *, asks: bool) -> dict[str, float]:
    """Judge into a new ledger, once."""
    knowledge = Knowledge.load()
    site = open_site(config, knowledge.operators)
    rules = rules_of(site)
    ledger_file = ROOT / "build" / "bench" / "rules" / "ledger.db"
    for each in ledger_file.parent.glob("ledger.db*"):
        each.unlink()
    inputs = find_inputs([logs], "aws_vpc", site).inputs
    tally, findings = Tally(), 0
    with open_ledger(f"sqlite:///{ledger_file}", create=True) as ledger:
        writer = build_writer(site, knowledge, ledger, int(_NOW.timestamp()))
        keeping = Keeping(Replay(build_pipeline(site, knowledge), Summation.of(site)), writer)
        if asks:
            keeping = replace(keeping, watches=Watching.of(rules, ledger, life_of(site), _NOW.timestamp))
        begun = time.process_time()
        for _ in keeping.keep(inputs, tally, Findings()):
            pass
        spent = time.process_time() - begun
        with ledger.reading() as connection:
            findings = connection.exec_driver_sql("SELECT count(*) FROM findings").scalar_one()
    return {"cpu_seconds": spent, "records": tally.records, "findings": findings}


if __name__ == "__main__":
    main()
