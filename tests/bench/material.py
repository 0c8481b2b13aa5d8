"""What several benchmarks need: the log, the peer's database, the site, and one line of result each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.bench.spent import Spent

ROOT: Final = Path(__file__).parents[2]
SITE: Final = Path(__file__).parent / "site" / "transferwatch.yaml"
_ATLAS: Final = ROOT / "rules" / "atlas" / "atlas.twa"


def make_log(work: Path, name: str, *arguments: str) -> tuple[Path, dict[str, int]]:
    """Write a flow log, and tell what it holds: `lines`, `broken`, `octets`."""
    command = [sys.executable, "-m", "tests.bench.flow_lines", str(work / name), *arguments]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    return work / name, json.loads(said)


def reference_database(work: Path) -> Path:
    """The MMDB that syslog-ng reads, with the atlas's own countries; made once for an atlas, in half a minute."""
    database = work / "reference.mmdb"
    if not database.exists() or database.stat().st_mtime < _ATLAS.stat().st_mtime:
        command = [sys.executable, "-m", "tests.bench.reference_database", str(database)]
        subprocess.run(command, cwd=ROOT, check=True)
    return database


def show(what: str, lines: int, spent: Spent) -> None:
    """Print one result."""
    rate = lines / spent.cpu_seconds / 1e6
    print(
        f"  {what:<52} {rate:6.3f} million lines per CPU second"
        f"  ({spent.cpu_seconds:.2f} s CPU, {spent.wall_seconds:.2f} s wall, peak {spent.peak_octets / 1e6:.0f} MB)",
        flush=True,
    )
