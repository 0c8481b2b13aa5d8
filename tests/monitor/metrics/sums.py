"""Frames as the ledger has them, written by what a test says of each row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from prometheus_client import CollectorRegistry

from monitor import kept
from monitor.metrics.counters import AtlasSourceState, Metrics
from monitor.metrics.open_findings import OpenFinding
from monitor.schema import frame_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.schema import Column

HOUR: Final = datetime(2026, 10, 1, 9, tzinfo=UTC)
_USUAL: Final = {
    "hour": HOUR, "first_time": HOUR, "last_time": HOUR, "counted": True, "named_elsewhere": False, "records": 1,
    "system": "warehouse", "data_class": "health", "activity": "data", "direction": "outbound",
    "operator": "microsoft_azure", "place_country": "FR", "control_country": "US", "place_verdict": "eea",
    "control_verdict": "exposed", "event": "flow", "source": "aws_vpc", "state": "ok",
}  # fmt: skip
_OUTCOMES: Final = tuple(each for each in kept.OUTCOMES if each.name not in {"input", "first_time", "last_time"})


def transfers(*rows: dict[str, Any]) -> pl.DataFrame:
    """Transfer rows; the usual one is health data to Azure in France."""
    return _frame(kept.TRANSFERS, rows)


def probes(*rows: dict[str, Any]) -> pl.DataFrame:
    """Probe rows."""
    return _frame(kept.PROBES, rows)


def sums(
    transfers: pl.DataFrame | None = None,
    *,
    probes: pl.DataFrame | None = None,
    coverage: Sequence[dict[str, Any]] = (),
    outcomes: Sequence[dict[str, Any]] = (),
) -> kept.Sums:
    """A batch; what is not said is empty."""
    return kept.Sums(
        transfers=_frame(kept.TRANSFERS, ()) if transfers is None else transfers,
        probes=_frame(kept.PROBES, ()) if probes is None else probes,
        evidence=kept.empty(kept.EVIDENCE),
        coverage=_frame(kept.COVERAGE, coverage),
        outcomes=_frame(_OUTCOMES, outcomes),
    )


class Told:
    """A registry with the metrics, and what a scrape of it is told; values are not rounded yet."""

    def __init__(self, *, series_limit: int = 30_000, operator_slots: int = 50) -> None:
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry, series_limit=series_limit, operator_slots=operator_slots)

    def series(self, name: str, **labels: str) -> dict[tuple[str, ...], float]:
        """Values by label set (label values in the order of the table) of the series that have these labels."""
        return {
            tuple(sample.labels.values()): sample.value
            for family in self.registry.collect()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        }

    def total(self, name: str, **labels: str) -> float:
        """Sum over the series that have these labels."""
        return sum(self.series(name, **labels).values())


def everything() -> Told:
    """Metrics of which each has moved."""
    told = Told()
    told.metrics.start([("warehouse", "health"), ("portal", "identity")], ["aws_vpc"])
    rows = transfers(
        {"place_verdict": "uncovered", "octets_out": 5_000, "octets_in": 700, "place_country": "US"},
        {"system": "portal", "data_class": "identity", "octets_out": 2**40, "records": 12, "operator": "scaleway"},
        {"counted": False},
    )
    told.metrics.judged(
        sums(
            rows,
            probes=probes({}),
            coverage=[{"records": 15}, {"state": "skipped", "statements": 1, "records": 2}],
            outcomes=[{"outcome": "broken", "reason": "empty_field"}],
        ),
        "aws_vpc",
    )
    told.metrics.dropped("aws_vpc", "queue_full", 1)
    told.metrics.lag("aws_vpc", HOUR, HOUR)
    told.metrics.versions("abc", dict.fromkeys(kept.BASIS_PARTS, "1"), atlas=HOUR, law=HOUR)
    told.metrics.closed_hour(HOUR, rows)
    told.metrics.posture([("warehouse", "aws", "provider", True)], [("warehouse", "scaleway", HOUR)])
    told.metrics.kept_atlases([AtlasSourceState("dbip", HOUR, HOUR, 45 * 86_400, 2)], HOUR, 2)
    told.metrics.expected({"aws_vpc": 600})
    told.metrics.open_findings([open_finding()])
    told.metrics.source_up("aws_vpc", is_up=True)
    told.metrics.source_restarted("aws_vpc")
    told.metrics.told("alertmanager", "told")
    told.metrics.reloaded(0)
    told.metrics.seeing({"aws_vpc": 1_200.0}, {"aws_vpc": 1}, {"aws_vpc": 1})
    return told


def _frame(columns: Sequence[Column], rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(
        [{column.name: row.get(column.name, _value(column)) for column in columns} for row in rows],
        schema=frame_schema(columns),
    )


def _value(column: Column) -> object:
    if column.name in _USUAL:
        return _USUAL[column.name]
    if column.nullable:
        return None
    if column.dtype == pl.Int64:
        return 0
    return [] if isinstance(column.dtype, pl.List) else "x"


def open_finding(number: int = 0, **values: Any) -> OpenFinding:  # noqa: ANN401 - of several types
    """A finding that is open, of the system with this number."""
    usual: dict[str, Any] = {
        "rule": "health_to_uncovered_country", "severity": "high", "system": f"s{number}", "operator": "aws",
        "place_country": "US", "control_country": "US", "is_waived": False, "first_time": 1_000, "last_time": 2_000,
    }  # fmt: skip
    return OpenFinding(**usual | values)
