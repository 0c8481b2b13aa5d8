"""A ledger whose month holds a million rows: what a large site has after a month, made without its logs.

Two thousand keys in most hours of a month; the keys are those of a judged log, varied by service. Run as a program of
its own, `python -m tests.bench.large_ledger FILE`, it leaves whoever measures as small as they were.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from monitor import kept
from monitor.ledger.checkpoints import Checkpoint, Origin
from monitor.ledger.store import open_ledger
from monitor.ledger.write import LedgerBatch, Retention, Writer
from monitor.schema import TIME
from monitor.transfer_keys import KeyNumbers

ROWS: Final = 1_000_000
_FIRST: Final = datetime(2026, 10, 1, tzinfo=UTC)
_HOURS: Final = 720
_KEYS: Final = 40_000
_SEED: Final = 20261001
_COUNTRIES: Final = ("US", "IN", "CN", "GB", "CH", "DE", "FR", "TR", "SG", "BR")
_VERDICTS: Final = ("uncovered", "uncovered", "uncovered", "adequate", "adequate", "eea", "eea", "uncovered")


class _Content:
    """An input that is known by these octets."""

    def beginning(self, octets: int) -> bytes:
        return b"a large site"[:octets]

    def window(self, end: int) -> bytes | None:
        return b"a large site"[:end] if end <= len(b"a large site") else None


def make_large_ledger(path: Path) -> None:
    """Write the ledger, in place of one that was there."""
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()
    keys = _keys()
    rng = np.random.default_rng(_SEED)
    pairs = np.unique(rng.integers(0, _HOURS * _KEYS, int(ROWS * 1.02)))[:ROWS]
    hour, key = pairs // _KEYS, pairs % _KEYS
    counts = {name: rng.integers(0, 1 << 30, len(pairs)) for name in kept.MEASURE_NAMES}
    begins = pl.Series("hour", hour.astype(np.int64) * 3_600_000_000 + int(_FIRST.timestamp()) * 1_000_000).cast(TIME)
    parts = dict.fromkeys(kept.BASIS_PARTS, "bench")
    with open_ledger(f"sqlite:///{path}", create=True) as ledger:
        writer = Writer(ledger, "bench", parts, Retention(1_827, 365, int(_FIRST.timestamp())))
        end = _FIRST + timedelta(hours=_HOURS + 1)
        transfers = keys[key].with_columns(begins, **counts).select(column.name for column in kept.TRANSFERS)
        sums = kept.Sums(
            transfers=transfers,
            probes=kept.empty(kept.PROBES),
            evidence=kept.empty(kept.EVIDENCE),
            coverage=_coverage(),
            outcomes=kept.empty(kept.OUTCOMES).drop("input", "first_time", "last_time"),
        )
        batch = LedgerBatch(0, Checkpoint(12, 2, "", b"a large site"), [sums], ROWS, (_FIRST, end))
        writer.write(batch, Origin("aws_vpc", "large", "0:0"), _Content(), None)


def _keys() -> pl.DataFrame:
    number = np.arange(_KEYS)
    verdict = number % len(_VERDICTS)
    country = pl.Series(_COUNTRIES).gather(pl.Series(number % len(_COUNTRIES)))
    texts = {column.name: pl.Series([None] * _KEYS, dtype=column.dtype) for column in kept.KEY}
    texts |= {
        "exporter": pl.Series(["CHU Exemple"] * _KEYS),
        "exporter_country": pl.Series(["FR"] * _KEYS),
        "event": pl.Series(["flow"] * _KEYS),
        "actor_kind": pl.Series([None] * _KEYS, dtype=pl.String),
        "success": pl.Series([None] * _KEYS, dtype=pl.Boolean),
        "system": pl.Series(["warehouse", "portal"]).gather(pl.Series(number % 2)),
        "data_class": pl.Series(["health", "identity"]).gather(pl.Series(number % 2)),
        "activity": pl.Series(["data", "admin", "dns"]).gather(pl.Series(number % 3)),
        "direction": pl.Series(["outbound", "inbound"]).gather(pl.Series(number // 2 % 2)),
        "service": "tcp/" + pl.Series(number % 997).cast(pl.String),
        "operator": "as" + pl.Series(number // 8).cast(pl.String),
        "place_candidates": pl.DataFrame({"c": country}).select(pl.concat_list("c")).to_series(),
        "place_confidence": pl.Series(["single"] * _KEYS),
        "control_countries": pl.DataFrame({"c": country}).select(pl.concat_list("c")).to_series(),
        "reach_laws": pl.Series([[]] * _KEYS, dtype=kept.TEXTS),
        "register_entries": pl.Series([[]] * _KEYS, dtype=kept.TEXTS),
        "named_elsewhere": pl.Series([False] * _KEYS),
        "place_verdict": pl.Series(_VERDICTS).gather(pl.Series(verdict)),
        "place_reason": pl.Series([None if each != "uncovered" else "no_ground" for each in _VERDICTS]).gather(
            pl.Series(verdict)
        ),
        "control_verdict": pl.Series(["undetermined"] * _KEYS),
        "control_reason": pl.Series(["operator_unlisted"] * _KEYS),
        "counted": pl.Series(number % 10 != 0),
        "basis": pl.Series(["bench"] * _KEYS),
    }
    frame = pl.DataFrame(texts)
    return frame.with_columns(country.alias("place_country"), KeyNumbers().of(frame))


def _coverage() -> pl.DataFrame:
    begins = [_FIRST + timedelta(hours=hour) for hour in range(_HOURS)]
    row = {"source": "aws_vpc", "observer": "eni-1", "state": "ok", "statements": 0, "records": 1, "octets": 1}
    row |= {"not_ours_records": 0, "not_ours_octets": 0}
    rows = [{**row, "hour": each, "first_time": each, "last_time": each} for each in begins]
    schema = {column.name: column.dtype for column in kept.COVERAGE}
    return pl.DataFrame(rows, schema=schema)


if __name__ == "__main__":
    make_large_ledger(Path(sys.argv[1]))
