"""What detection gives: one row per match, that is per event and rule that holds of it.

Decides which columns a finding, its evidence and the text of its alert may rely on. Rows of one `KEY` belong to one
finding: never one per address. Knows neither how a rule is written nor how long a finding lives.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from monitor import schema
from monitor.schema import Column, frame_schema

LEVELS: Final = pl.Enum(["informational", "low", "medium", "high", "critical"])
CATEGORIES: Final = pl.Enum(["flow", "name", "admin", "posture", "coverage", "correlation"])

_JUDGED: Final = {column.name: column for column in schema.JUDGED}
# What a match takes over from the row as it stands there; all of it may be null, posture and coverage lack most.
_TAKEN: Final = (
    "system", "peer_system", "data_class", "activity", "direction", "service", "local_address", "remote_address",
    "octets_out", "octets_in", "importer", "operator", "operator_parent", "named_operator", "named_service",
    "place_country", "place_candidates", "place_region", "place_confidence", "place_verdict", "place_reason",
    "control_country", "control_countries", "reach_laws", "control_verdict", "control_reason", "mechanism", "name",
    "actor", "actor_kind", "action", "target", "justification", "source", "observer", "account", "basis",
)  # fmt: skip

MATCHES: Final = (
    Column("rule", pl.String(), nullable=False, meaning="id of the rule: the name of its file without .yml"),
    Column("level", LEVELS, nullable=False, meaning="level of the rule"),
    Column("category", CATEGORIES, nullable=False, meaning="what the rule reads; a correlation reads matches"),
    Column("time", schema.TIME, nullable=False, meaning="end of the event, or when it was seen"),
    Column("first_time", schema.TIME, nullable=False, meaning="its start where it has one, else `time`"),
    Column("records", pl.Int64(), nullable=False, meaning="1; of posture, coverage and correlations what they count"),
    *(Column(name, _JUDGED[name].dtype, nullable=True, meaning=_JUDGED[name].meaning) for name in _TAKEN),
    Column(
        "detail",
        pl.String(),
        nullable=True,
        meaning="of posture and coverage: what was found, in English; of a correlation: the rules and the count",
    ),
    Column(
        "facts", pl.String(), nullable=True, meaning="of posture and coverage: `detail` as JSON, for other languages"
    ),
)
TAKEN: Final = _TAKEN
KEY: Final = ("rule", "system", "operator", "place_country", "control_country")
"""What makes a finding one: rows that are equal in these, null being a value, belong to the same finding."""


def no_matches() -> pl.DataFrame:
    """A frame of matches without rows."""
    return pl.DataFrame(schema=frame_schema(MATCHES))
