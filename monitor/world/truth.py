"""What is true of every line, stated from the scenario's tables by the role that the line plays.

Decides nothing from addresses: a story says who started, what for and on which ground; a far end says where it is and
whose; a report says whether it counts. A line that is damaged keeps only what a reader could still trust.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from monitor.world.far_ends import ABROAD, FarEnd, far_ends
from monitor.world.scenario import HOSTS, NAT_SYSTEM, SYSTEMS
from monitor.world.standing import OPERATORS, Place, standing
from monitor.world.stories import STORIES, Story

_OUTCOMES: Final = {
    "too_few_fields": "broken",
    "too_many_fields": "broken",
    "bad_number": "broken",
    "bad_address": "broken",
    "end_before_start": "broken",
    "no_time": "skipped",
    "no_data": "coverage",
    "skip_data": "coverage",
}
_NO_OCTETS: Final = ("too_few_fields", "bad_number", "no_data", "skip_data")
_DIRECTIONS: Final = {"ours": "outbound", "theirs": "inbound", "nobody": "unknown"}
_SERVICES: Final = {1: "icmp", 6: "tcp", 17: "udp", 50: "esp"}
_WITH_PORTS: Final = (6, 17)
_INTERNAL: Final = Place("internal")
_DISPUTED: Final = Place("undetermined", "sources_disagree")

EVENT_COLUMNS: Final = (
    "start_time", "end_time", "src_address", "dst_address", "src_port", "dst_port", "protocol", "octets", "packets",
    "action",
)  # fmt: skip
JUDGED_COLUMNS: Final = (
    "system", "peer_system", "data_class", "activity", "direction", "local_address", "local_port", "remote_address",
    "remote_port", "service", "octets_out", "octets_in", "packets_out", "packets_in", "counted", "importer",
    "operator", "control_countries", "reach_laws", "place_country", "place_candidates", "place_confidence",
    "place_source", "place_verdict", "place_reason", "control_verdict", "control_reason", "mechanism",
)  # fmt: skip
TRUTH_COLUMNS: Final = ("file", "line", "outcome", *EVENT_COLUMNS, *JUDGED_COLUMNS, "story")
_ANSWER_TYPES: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "story": pl.Int64,
    "other": pl.Int64,
    "importer": pl.String,
    "operator": pl.String,
    "control_countries": pl.List(pl.String),
    "reach_laws": pl.List(pl.String),
    "place_country": pl.String,
    "place_candidates": pl.List(pl.String),
    "place_confidence": pl.String,
    "place_source": pl.String,
    "place_verdict": pl.String,
    "place_reason": pl.String,
    "control_verdict": pl.String,
    "control_reason": pl.String,
    "mechanism": pl.String,
}


def _control(far: FarEnd) -> tuple[list[str], list[str], str, str]:
    """Seats, laws, verdict and reason for the operator of a far end."""
    known = OPERATORS.get(far.operator or "")
    if known:
        return list(known.seats), list(known.laws), known.verdict, known.reason
    return [far.registration] if far.registration else [], [], "undetermined", "operator_unlisted"


def _answer(story: Story, number: int, far: FarEnd, position: int) -> dict[str, object]:
    """Where, who, whose law and on which ground, for one story and one of its far ends."""
    answer: dict[str, object] = {"story": number, "other": position}
    if story.inside:
        return answer | {
            "control_countries": [],
            "reach_laws": [],
            "place_candidates": [],
            "place_confidence": "none",
            "place_verdict": _INTERNAL.verdict,
            "control_verdict": "none",
        }
    operator = OPERATORS.get(far.operator or "")
    importer = story.importer or (far.operator if operator and operator.receives else None)
    place = story.place or (
        _DISPUTED if far.disputed else standing(far.country or "", importer_known=importer is not None)
    )
    settled = place.verdict != "undetermined"
    seats, laws, control_verdict, control_reason = _control(far)
    return answer | {
        "importer": importer,
        "operator": far.operator,
        "control_countries": seats,
        "reach_laws": laws,
        "place_country": far.country if settled else None,
        "place_candidates": sorted([far.country, *far.disputed]) if far.country else [],
        "place_confidence": {"inventory": "stated"}.get(far.stated_by or "", "agreed") if settled else "none",
        "place_source": far.stated_by,
        "place_verdict": place.verdict,
        "place_reason": place.reason,
        "control_verdict": control_verdict,
        "control_reason": control_reason,
        "mechanism": place.mechanism,
    }


def _answers() -> pl.DataFrame:
    """One row per judged story and far end (or peer host)."""
    fars = far_ends()
    rows = []
    for number, story in enumerate(STORIES):
        if story.far[0].startswith("host:"):
            rows += [_answer(story, number, fars[0], position) for position in range(len(HOSTS))]
            continue
        wanted = story.far
        for position, far in enumerate(fars):
            if far.id in wanted or (wanted == (ABROAD,) and far.id.startswith("isp_")):
                rows.append(_answer(story, number, far, position))
    return pl.DataFrame(rows, schema=_ANSWER_TYPES)


def _story_roles() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "story": range(len(STORIES)),
            "name": [story.id for story in STORIES],
            "activity": [story.activity for story in STORIES],
            "direction": [_DIRECTIONS[story.starter] for story in STORIES],
            "not_ours": [story.hosts == "neighbour" for story in STORIES],
        }
    )


def _systems() -> pl.Series:
    return pl.Series([host.system for host in HOSTS])


def _judged_columns() -> list[pl.Expr]:
    """Roles of the two ends. Columns in: of `lines.lines`, the answers and the story's roles."""
    # With both ends ours and no sign of who started, the source's system is the one.
    local_is_source = pl.col("outward") | (pl.col("to_host") & (pl.col("direction") == "unknown"))
    turned = local_is_source & ~pl.col("outward")
    host_system = pl.lit(_systems()).gather(pl.col("host"))
    other_system = pl.lit(_systems()).gather(pl.when("to_host").then("other").otherwise(0))
    system = pl.when("at_nat").then(pl.lit(NAT_SYSTEM)).when(turned).then(other_system).otherwise(host_system)
    peer = pl.when("to_host").then(pl.when(turned).then(host_system).otherwise(other_system))
    name = pl.col("protocol").replace_strict(_SERVICES, return_dtype=pl.String)
    with_ports = pl.col("protocol").is_in(_WITH_PORTS)
    return [
        system.alias("system"),
        peer.alias("peer_system"),
        system.replace_strict({name: system.data_class for name, system in SYSTEMS.items()}, default=None).alias(
            "data_class"
        ),
        pl.when(local_is_source).then("src_address").otherwise("dst_address").alias("local_address"),
        pl.when(local_is_source).then("src_port").otherwise("dst_port").alias("local_port"),
        pl.when(local_is_source).then("dst_address").otherwise("src_address").alias("remote_address"),
        pl.when(local_is_source).then("dst_port").otherwise("src_port").alias("remote_port"),
        pl.when(with_ports).then(pl.format("{}/{}", name, "service_port")).otherwise(name).alias("service"),
        *(
            pl.when(local_is_source if way == "out" else ~local_is_source).then(measure).alias(f"{measure}_{way}")
            for measure in ("octets", "packets")
            for way in ("out", "in")
        ),
    ]


def truth(placed: pl.DataFrame) -> pl.DataFrame:
    """The truth of every line, in the order given.

    Columns in: of `lines.lines`, `file`, `line`. Columns out: `TRUTH_COLUMNS`; those of the event are null where
    the line does not give them, those of the judgement wherever the outcome is not `judged`.
    """
    frame = placed.join(_story_roles(), on="story", how="left", maintain_order="left")
    frame = frame.join(_answers(), on=["story", "other"], how="left", maintain_order="left")
    outcome = (
        pl.when(pl.col("damage") != "")
        .then(pl.col("damage").replace_strict(_OUTCOMES, default=None, return_dtype=pl.String))
        .when("not_ours")
        .then(pl.lit("not_ours"))
        .otherwise(pl.lit("judged"))
    )
    frame = frame.with_columns(*_judged_columns(), outcome.alias("outcome"))
    whole = pl.col("outcome").is_in(["judged", "not_ours", "skipped"])
    timed = pl.col("outcome").is_in(["judged", "not_ours", "coverage"])
    readable = ~pl.col("damage").is_in(_NO_OCTETS)
    judged = pl.col("outcome") == "judged"
    instant = pl.Datetime("us", "UTC")
    return (
        frame.with_columns(
            *(
                pl.when(timed).then((pl.col(name) * 1_000_000).cast(instant)).alias(f"{name}_time")
                for name in ("start", "end")
            ),
            *(
                pl.when(whole).then(name).alias(name)
                for name in ("src_address", "dst_address", "src_port", "dst_port", "protocol", "packets", "action")
            ),
            pl.when(readable).then("octets").alias("octets"),
            *(pl.when(judged).then(name).alias(name) for name in JUDGED_COLUMNS),
            pl.col("action").str.to_lowercase().alias("action_word"),
        )
        .with_columns(pl.when(whole).then("action_word").alias("action"), pl.col("name").alias("story"))
        .select(TRUTH_COLUMNS)
    )
