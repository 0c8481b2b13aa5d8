"""Small months made by hand, for the tests of the report."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from monitor import kept
from monitor.report.month import (
    AssumedLine,
    AssumptionFacts,
    DeclaredFacts,
    ExporterFacts,
    HostFacts,
    HostingFacts,
    ReportInput,
    SystemFacts,
    TransitionFacts,
    WaiverFacts,
    month_span,
)
from monitor.schema import frame_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.schema import Column

MONTH = "2026-10"
ZONE = "Europe/Paris"
NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)

TRANSFER: dict[str, Any] = {
    "key": 1,
    "exporter": "CHU Exemple",
    "exporter_country": "FR",
    "event": "flow",
    "actor_kind": None,
    "success": None,
    "system": "warehouse",
    "peer_system": None,
    "data_class": "health",
    "hosting_operator": "aws",
    "activity": "data",
    "direction": "outbound",
    "service": "tcp/443",
    "importer": None,
    "operator": "aws",
    "named_operator": None,
    "place_candidates": ["US"],
    "place_region": None,
    "place_confidence": "single",
    "control_countries": ["US"],
    "control_country": "US",
    "reach_laws": ["US_FISA702", "US_CLOUD_ACT"],
    "register_entries": [],
    "named_elsewhere": False,
    "place_verdict": "uncovered",
    "place_reason": "importer_unknown",
    "control_verdict": "exposed",
    "control_reason": "law",
    "mechanism": None,
    "counted": True,
    "basis": "b1",
    "place_country": "US",
    "records": 1,
    "octets_out": 100,
    "octets_in": 10,
    "packets_out": 2,
    "packets_in": 1,
    "records_without_octets": 0,
    "packets_observed": 3,
    "octets_without_name": 0,
}
_MEASURED = {name: TRANSFER[name] for name in kept.MEASURE_NAMES}
COURSE: dict[str, Any] = {
    "hour": NOON,
    "place_verdict": "uncovered",
    "control_verdict": "exposed",
    "counted": True,
    "basis": "b1",
    **_MEASURED,
}
PROBE: dict[str, Any] = {
    "hour": NOON,
    "exporter": "CHU Exemple",
    "system": "portal",
    "peer_system": None,
    "data_class": "identity",
    "direction": "inbound",
    "counted": True,
    "basis": "b1",
    **_MEASURED,
}
COVERAGE: dict[str, Any] = {
    "hour": NOON,
    "source": "aws_vpc",
    "observer": "eni-1",
    "state": "ok",
    "statements": 0,
    "records": 5,
    "octets": 500,
    "not_ours_records": 0,
    "not_ours_octets": 0,
    "first_time": NOON,
    "last_time": NOON,
}
OUTCOME: dict[str, Any] = {
    "input": 1,
    "source": "aws_vpc",
    "first_time": NOON,
    "last_time": NOON,
    "outcome": "broken",
    "reason": "not_a_number",
    "records": 1,
    "octets": 0,
}
BASIS: dict[str, Any] = {
    "basis": "b1",
    **dict.fromkeys(kept.BASIS_PARTS, "f" * 64),
    "atlas_oldest": "2026-06-01",
    "atlas_newest": "2026-06-17",
}


def frame(columns: Sequence[Column], example: dict[str, Any], rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """A frame of one of the tables of `kept`: the example with each row's own values."""
    return pl.DataFrame([{**example, **row} for row in rows], schema=frame_schema(columns))


def given_month(*transfers: dict[str, Any], month: str = MONTH, zone: str = ZONE, **parts: Any) -> ReportInput:  # noqa: ANN401
    """A month with these transfers; `course`, `probes`, `coverage`, `outcomes`, `bases` are lists of rows."""
    begins, ends = month_span(month, zone)
    tables = {
        "course": (kept.COURSE, COURSE),
        "probes": (kept.PROBES, PROBE),
        "coverage": (kept.COVERAGE, COVERAGE),
        "outcomes": (kept.OUTCOMES, OUTCOME),
        "bases": (kept.BASES, BASIS),
    }
    frames = {
        name: frame(columns, example, parts.pop(name, [{}] if name == "bases" else []))
        for name, (columns, example) in tables.items()
    }
    made = ReportInput(
        site="paris-1",
        exporter=ExporterFacts("CHU Exemple", "FR", "controller"),
        timezone=zone,
        month=month,
        begins=begins,
        ends=ends,
        transfers=frame(kept.MONTH, TRANSFER, transfers),
        course=frames["course"],
        probes=frames["probes"],
        coverage=frames["coverage"],
        outcomes=frames["outcomes"],
        bases=frames["bases"],
    )
    return replace(made, **parts)


WAIVER: Final = WaiverFacts(
    id="W-1",
    rules=("undeclared_importer",),
    systems=("warehouse",),
    operators=("aws",),
    countries=("US",),
    sources=(),
    owner="dpo",
    reason="contract is being signed",
    starts=None,
    expires=date(2026, 10, 15),
    findings=tuple(f"f-aaaaaaaaa{place}" for place in "abcdef"),
)


def full_month() -> ReportInput:
    """A month in which every part of the report has something to say."""
    covered = {"place_verdict": "safeguarded", "place_reason": None, "mechanism": "T-1", "register_entries": ["T-1"]}
    derogation = {"place_verdict": "derogation", "place_reason": None, "mechanism": "T-2", "register_entries": ["T-2"]}
    inside = {"place_verdict": "eea", "place_reason": None, "place_country": "DE", "place_candidates": ["DE"]}
    internal = {"place_verdict": "internal", "place_reason": None, "control_verdict": "none", "control_reason": None}
    aws = HostFacts("aws", "Amazon Web Services", "exposed", "law", ("US_X",))
    scaleway = HostFacts("scaleway", "Scaleway", "eea", "seat", ())
    hosts = (
        HostingFacts(aws, "FR", "provider", date(2019, 6, 1), ()),
        HostingFacts(scaleway, "FR", "customer", date(2026, 9, 1), ("10.0.0.0/8",)),
    )
    moving = TransitionFacts("scaleway", date(2027, 6, 30))
    return given_month(
        {"octets_out": 5000},
        {"activity": "admin", "direction": "inbound", "place_country": "IN", "operator": "as64500"},
        {**covered, "importer": "Harbor Lab", "octets_out": 700},
        {**derogation, "importer": "Clinique"},
        {**inside, "octets_in": 900, "hosting_operator": "scaleway"},
        {**internal, "peer_system": "portal"},
        {"place_verdict": "not_a_transfer", "place_reason": "direct_collection", "system": "portal"},
        {
            "place_verdict": "undetermined",
            "place_reason": "anycast",
            "place_country": None,
            "control_verdict": "undetermined",
        },
        {"counted": False, "octets_out": 77},
        course=[{}, {"place_verdict": "eea", "octets_out": 3}],
        probes=[{"records": 9}, {"records": 4, "counted": False}],
        coverage=[{}, {"hour": datetime(2026, 10, 7, 3, tzinfo=UTC), "state": "no_data", "records": 0}],
        outcomes=[{}, {"outcome": "no_time", "reason": "no_time", "octets": 60}],
        systems=(SystemFacts("warehouse", "Entrepôt", "health", "staff", hosts, moving),),
        declared=(
            DeclaredFacts("T-1", "Harbor Lab", "scc", date(2026, 1, 1), None),
            DeclaredFacts("T-3", "Nobody", "scc", None, date(2026, 10, 1)),
        ),
        waivers=(WAIVER,),
        names={"aws": "Amazon Web Services"},
        sources=("aws_vpc", "sshd"),
        newest_record=datetime(2026, 10, 20, tzinfo=UTC),
    )


_WAS = (
    "place_verdict",
    "place_reason",
    "mechanism",
    "control_verdict",
    "control_reason",
    "control_country",
    "reach_laws",
)


def changes_of(*rows: dict[str, Any]) -> pl.DataFrame:
    """What an assumption changes: rows of a month, with `was_...` equal to what is, where a row says nothing else."""
    columns = [column for column in kept.MONTH if column.name != "key"]
    types = {column.name: column.dtype for column in columns}
    full = [{**TRANSFER, **{f"was_{name}": TRANSFER[name] for name in _WAS}, **row} for row in rows]
    for row, given in zip(full, rows, strict=True):
        row.update({f"was_{name}": row[name] for name in _WAS if f"was_{name}" not in given and name not in given})
    schema = {**types, **{f"was_{name}": types[name] for name in _WAS}}
    return pl.DataFrame([{name: row[name] for name in schema} for row in full], schema=schema)


def assumed_month(*rows: dict[str, Any], **parts: Any) -> ReportInput:  # noqa: ANN401
    """A month under an assumed law in which the Data Privacy Framework has fallen."""
    given = given_month(*({name: value for name, value in row.items() if not name.startswith("was_")} for row in rows))
    line = AssumedLine(
        about="decision",
        number="(EU) 2023/1795",
        title="EU-US Data Privacy Framework",
        source="a <court>",
        verified=True,
        country="US",
        framework="us_dpf",
        ends_before=date(2026, 10, 2),
    )
    facts = AssumptionFacts("what-if.yaml", "if-abcdef", (line,), same_versions=True, changes=changes_of(*rows))
    return replace(given, assumption=replace(facts, **parts))
