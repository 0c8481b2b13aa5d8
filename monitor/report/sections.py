"""Which transfers stand together in a table of the report, and by what they are told apart.

Decides the definition of every figure that stands for transfers. Place and control are never merged: a section
filters on one axis and, where both matter, shows them as two columns. Internal traffic and probes never left; uncounted
rows are one figure and enter no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from monitor.kept import OTHER_VERSIONS, RESTS_ON

# Places outside the EEA, for certain. `undetermined` may be one and has figures of its own.
OUTSIDE: Final = ("uncovered", "derogation", "safeguarded", "adequate")

BETWEEN_OPERATORS: Final = "+"
"""Stands between who runs the address and who the name shows; no id has it."""

COUNTED: Final = pl.col("counted")
_PLACE: Final = pl.col("place_verdict")
_LEFT: Final = COUNTED & _PLACE.is_in(OUTSIDE)
_OUTWARD: Final = COUNTED & (_PLACE != "internal")
_ACTS: Final = pl.col("event") == "admin"
_ADMIN: Final = COUNTED & (pl.col("activity") == "admin") & (_PLACE != "internal")


@dataclass(frozen=True, slots=True)
class Section:
    """One table: the rows that it takes, and the columns that tell its lines apart.

    `entries`: a line is a register entry and takes every row that the entry matches, so that lines may overlap.
    """

    name: str
    by: tuple[str, ...]
    rows: pl.Expr
    meaning: str
    entries: bool = False

    @property
    def needs(self) -> frozenset[str]:
        """Columns that tell which rows it takes, and its lines apart."""
        return frozenset({*self.rows.meta.root_names(), *self.by})


SECTIONS: Final = (
    Section("verdict", ("place_verdict",), COUNTED, "all counted transfers by place verdict"),
    Section(
        "axes",
        ("system", "data_class", "place_verdict", "control_verdict"),
        COUNTED,
        "all counted transfers by system, place and control: two axes, never merged",
    ),
    Section("left-verdict", ("place_verdict",), _LEFT, "what left the EEA, by place verdict"),
    Section("left-system", ("system", "data_class"), _LEFT, "what left the EEA, by system and data class"),
    Section("left-country", ("place",), _LEFT, "what left the EEA, by country of the far end"),
    Section("left-importer", ("importer",), _LEFT, "what left the EEA, by importer"),
    Section("left-operator", ("operator",), _LEFT, "what left the EEA, by operator of the far end"),
    Section(
        "left-control",
        ("control_country", "control_verdict"),
        _LEFT,
        "what left the EEA, by the country that decides whose law reaches the operator",
    ),
    Section(
        "no-ground",
        ("system", "data_class", "activity", "place", "importer", "operator", "place_reason"),
        COUNTED & (_PLACE == "uncovered"),
        "what left the EEA with no ground known to this tool",
    ),
    Section(
        "covered",
        ("place_verdict", "mechanism", "system", "place", "importer", "operator"),
        COUNTED & _PLACE.is_in(("adequate", "safeguarded")),
        "what left under an adequacy decision or an Art. 46 entry",
    ),
    Section(
        "derogation",
        ("mechanism", "system", "place", "importer", "operator"),
        COUNTED & (_PLACE == "derogation"),
        "what left under an Art. 49 entry",
    ),
    Section(
        "exposed-eea",
        ("operator", "control_country", "laws", "system", "data_class", "place"),
        COUNTED & (_PLACE == "eea") & (pl.col("control_verdict") == "exposed"),
        "what stayed in the EEA with an operator that a law from outside reaches",
    ),
    Section(
        "admin-outside",
        ("system", "direction", "place", "operator", "place_verdict"),
        _ADMIN & _PLACE.is_in(OUTSIDE) & (pl.col("direction") != "outbound"),
        "administration from third countries: begun by the far end, or nobody knows by whom",
    ),
    Section(
        "admin",
        ("system", "direction", "place", "operator", "place_verdict", "control_verdict"),
        _ADMIN,
        "all administration with far ends that are not ours",
    ),
    Section(
        "provider-access",
        ("operator", "system", "data_class", "place", "place_verdict"),
        COUNTED & _ACTS & (pl.col("actor_kind") == "provider"),
        "access by the provider's own people, as administration logs tell it: a finding in itself, wherever they are",
    ),
    Section(
        "admin-acts",
        ("system", "data_class", "actor_kind", "done"),
        _ACTS,
        "all acts that administration logs tell; those that failed, and those of the provider's services of which no "
        "place is told, enter no total",
    ),
    Section(
        "not-transfer",
        ("place_reason", "system", "place"),
        COUNTED & (_PLACE == "not_a_transfer"),
        "own staff and direct collection, which are no transfers",
    ),
    Section(
        "open-place",
        ("place_reason", "system", "place", "operator"),
        COUNTED & (_PLACE == "undetermined"),
        "transfers whose place is undetermined, with the candidates",
    ),
    Section(
        "open-control",
        ("control_reason", "place_verdict", "system"),
        COUNTED & (pl.col("control_verdict") == "undetermined"),
        "transfers of which it is undetermined whose law reaches the operator",
    ),
    Section(
        "unverified",
        (RESTS_ON, "operator", "place_verdict", "control_verdict"),
        _OUTWARD & (pl.col(RESTS_ON) != OTHER_VERSIONS),
        "transfers of which a verdict rests on an unverified fact: it would be another one without it",
    ),
    Section(
        "other-versions",
        ("basis",),
        _OUTWARD & (pl.col(RESTS_ON) == OTHER_VERSIONS),
        "transfers judged by other operators or another law than today's: nobody can tell what was unverified then",
    ),
    Section(
        "hosted",
        ("system", "hosting_operator"),
        COUNTED,
        "all counted transfers by who hosted our end",
    ),
    Section(
        "register",
        ("entry",),
        COUNTED,
        "transfers that a register entry matches, whether it is relied on or not; several entries may match one",
        entries=True,
    ),
    Section(
        "uncounted",
        (),
        ~COUNTED,
        "records that another record of the same conversation counts, and acts of administration that do not count",
    ),
)
BY_NAME: Final = {section.name: section for section in SECTIONS}

# Columns that a line may be told apart by and that the ledger keeps in another form.
DERIVED: Final = {
    "place": pl.coalesce(
        "place_country",
        pl.when(pl.col("place_candidates").list.len() > 0).then(pl.col("place_candidates").list.sort().list.join("/")),
    ),
    "done": pl.when("success").then(pl.lit("done")).when(~pl.col("success")).then(pl.lit("failed")),
    "laws": pl.col("reach_laws").list.sort().list.join(" "),
    # Whose law reaches the far end may be that of the service on somebody's host: neither is shown without the other.
    "operator": pl.concat_str("operator", "named_operator", separator=BETWEEN_OPERATORS, ignore_nulls=True).replace(
        "", None
    ),
}


def with_derived(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the derived columns to rows of the ledger.

    Columns out: those of `frame`, `place` (the country, or the candidates with `/` between; null: none), `laws`, and
    RESTS_ON, null where the caller did not ask `doubts`; `operator` with the one that the name shows behind it.
    """
    asked = RESTS_ON in frame.columns
    marked = frame if asked else frame.with_columns(pl.lit(None, dtype=pl.String).alias(RESTS_ON))
    return marked.with_columns(**DERIVED)
