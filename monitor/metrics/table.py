"""Every metric: name, type, labels, unit, meaning, and when it moves.

Decides what a dashboard and an alert may rely on; `docs/metrics.md` is written from here. Knows no value.

One metric has two shapes where it would else deceive: `increase()` sees nothing of a series that appears with its first
value already on it, so whatever an alert asks for also has a coarse metric whose every series stands at zero from the
start (`transferwatch_verdict_*`, `transferwatch_source_records_total`); the fine ones say what it was made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from monitor.kept import BASIS_PARTS


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric as Prometheus sees it: `name` as exposed, `moves` says when its value changes."""

    name: str
    type: Literal["counter", "gauge"]
    labels: tuple[str, ...]
    unit: str
    meaning: str
    moves: str


# Both ways bear one name and a label `way`, not two names: octets are octets, the sum over the ways is what both ends
# exchanged and means something, and a rule for both is written once. What left is `way="out"`.
WAYS: Final = ("out", "in")
VERDICTS: Final = ("system", "data_class", "place_verdict", "control_verdict")
TRAFFIC: Final = (
    "system", "data_class", "activity", "direction", "place_country", "control_country",
    "place_verdict", "control_verdict", "operator",
)  # fmt: skip
HOUR: Final = ("system", "place_verdict", "control_verdict")
# Each record that a source delivered, or that was lost of it here, has one of these.
OUTCOMES: Final = ("judged", "not_ours", "broken", "skipped", "dropped")

_BATCH: Final = "a batch is committed"
_START: Final = "a configuration is loaded"
_STATE: Final = "a source is looked at, fails or recovers"
_RELOAD: Final = "the daemon is told to load its files again"
_LOOK: Final = "the daemon looks; replaced as a whole"
_FOLDER: Final = "the daemon looks at the folder of kept atlases; absent where the site keeps none"
_PICTURE: Final = "findings are looked at: each minute, and when one is found; replaced as a whole"
_HOUR: Final = "an hour is closed; replaced as a whole, what is not in the new hour is gone"

TRANSFER_OCTETS: Final = Metric(
    "transferwatch_transfer_octets_total", "counter", (*TRAFFIC, "way"), "octets",
    "Octets of counted records, scaled by sampling.", _BATCH,
)  # fmt: skip
TRANSFER_RECORDS: Final = Metric(
    "transferwatch_transfer_records_total", "counter", TRAFFIC, "records", "Counted records.", _BATCH
)
VERDICT_OCTETS: Final = Metric(
    "transferwatch_verdict_octets_total", "counter", (*VERDICTS, "way"), "octets",
    "The same octets by system and verdict, every series at zero from the start: ask this for increases.", _BATCH,
)  # fmt: skip
VERDICT_RECORDS: Final = Metric(
    "transferwatch_verdict_records_total", "counter", VERDICTS, "records",
    "The same records by system and verdict, every series at zero from the start.", _BATCH,
)  # fmt: skip
UNNAMED_OCTETS: Final = Metric(
    "transferwatch_octets_without_name_total", "counter", ("system",), "octets",
    "Of the octets of counted records, both ways together, those of records that tell no host name; every series at "
    "zero from the start. A share of the sum of transferwatch_verdict_octets_total by system.", _BATCH,
)  # fmt: skip
PROBES: Final = Metric(
    "transferwatch_probes_records_total", "counter", ("system",), "records",
    "Counted records that were rejected or carry no payload: a number, never a transfer.", _BATCH,
)  # fmt: skip
UNCOUNTED: Final = Metric(
    "transferwatch_uncounted_records_total", "counter", ("system",), "records",
    "Records beside the one counting point of their conversation, probes among them; in no other metric of traffic.",
    _BATCH,
)  # fmt: skip
ACTS: Final = Metric(
    "transferwatch_administration_records_total", "counter", ("system", "actor_kind", "result"), "records",
    "Acts that administration logs tell, by whose people acted; every series at zero from the start. Provider staff: "
    'actor_kind="provider", result!="failed".', _BATCH,
)  # fmt: skip
SOURCE_RECORDS: Final = Metric(
    "transferwatch_source_records_total", "counter", ("source", "outcome"), "records",
    "Records of a source by what became of them; the sum over the outcomes is what came. Read are judged and not_ours.",
    _BATCH + ", or records are dropped",
)  # fmt: skip
SOURCE_UNJUDGED: Final = Metric(
    "transferwatch_source_unjudged_records_total", "counter", ("source", "outcome", "reason"), "records",
    "Of these, the broken, skipped and dropped ones by reason.", _BATCH + ", or records are dropped",
)  # fmt: skip
SOURCE_UNREADABLE: Final = Metric(
    "transferwatch_source_inputs_unreadable_total", "counter", ("source", "reason"), "inputs",
    "Inputs that could not be read, or not to their end, each once: how many records they hold nobody knows. One that "
    "is read later stays counted here, and goes from the ledger and the report.",
    "an input is found that cannot be read, and was not written to for a minute",
)  # fmt: skip
SOURCE_EVICTED: Final = Metric(
    "transferwatch_source_evicted_names_total", "counter", ("source",), "names",
    "Names that had to go, for want of room, before the flows were read that might have asked for them.", _BATCH,
)  # fmt: skip
SOURCE_STATEMENTS: Final = Metric(
    "transferwatch_source_statements_total", "counter", ("source", "state"), "statements",
    "What the source says about its own seeing.", _BATCH,
)  # fmt: skip
SOURCE_STATED: Final = Metric(
    "transferwatch_source_stated_records_total", "counter", ("source", "state"), "records",
    "Records that these statements concern, where the source tells how many.", _BATCH,
)  # fmt: skip
SOURCE_NEWEST: Final = Metric(
    "transferwatch_source_newest_record_timestamp_seconds", "gauge", ("source",), "Unix time, seconds",
    "End of the newest record; what claims to end in the future counts as ending when it was read.",
    "a newer record was read; absent until the first",
)  # fmt: skip
SOURCE_UP: Final = Metric(
    "transferwatch_source_up", "gauge", ("source",), "1",
    "1 where the last look at the source found its folder or store; 0 where it is not there, does not answer, or its "
    "reading failed and begins again after a pause.", _STATE,
)  # fmt: skip
SOURCE_RESTARTS: Final = Metric(
    "transferwatch_source_restarts_total", "counter", ("source",), "restarts",
    "How often the reading of the source failed and began again.", _STATE,
)  # fmt: skip
DELIVERIES: Final = Metric(
    "transferwatch_alert_deliveries_total", "counter", ("route", "delivery"), "attempts",
    "Attempts to tell a route its findings, by what became of them; one that failed is made again.",
    "a route is told",
)  # fmt: skip
RELOADS: Final = Metric(
    "transferwatch_reloads_total", "counter", ("reload",), "reloads",
    "Reloads by what became of them.", _RELOAD,
)  # fmt: skip
RELOAD_PROBLEMS: Final = Metric(
    "transferwatch_reload_problems", "gauge", (), "problems",
    "Problems of the last reload: above 0, the files of before are in use; `transferwatch check` says what is wrong.",
    _RELOAD,
)  # fmt: skip
SOURCE_LAG: Final = Metric(
    "transferwatch_source_lag_seconds", "gauge", ("source",), "seconds",
    "From the end of the newest record to the moment of the last look.", "the daemon looks; absent until the first",
)  # fmt: skip
SOURCE_EXPECTED: Final = Metric(
    "transferwatch_source_expected_every_seconds", "gauge", ("source",), "seconds",
    "Longest silence that is normal for the source, as the site's file says; absent where it says nothing. A source "
    "whose lag is more is behind.", _START,
)  # fmt: skip
SOURCE_SILENCE: Final = Metric(
    "transferwatch_source_silence_seconds", "gauge", ("source",), "seconds",
    "Of the day up to the end of the last closed hour, the part that lies in silences longer than is normal for the "
    "source; absent where none is declared.", _HOUR,
)  # fmt: skip
SILENT_OBSERVERS: Final = Metric(
    "transferwatch_source_silent_observers", "gauge", ("source",), "observers",
    "Interfaces, sensors or exporters of the last seven days that used to report and stopped while their source goes "
    "on.", _HOUR,
)  # fmt: skip
SILENT_NETWORKS: Final = Metric(
    "transferwatch_source_silent_networks", "gauge", ("source",), "networks",
    "Networks of the inventory that the source used to tell of in the last seven days and tells of no more while it "
    "goes on.", _HOUR,
)  # fmt: skip
HOUR_OCTETS: Final = Metric(
    "transferwatch_closed_hour_octets", "gauge", (*HOUR, "way"), "octets",
    "Counted octets of the last closed hour, as the ledger has them.", _HOUR,
)  # fmt: skip
HOUR_RECORDS: Final = Metric(
    "transferwatch_closed_hour_records", "gauge", HOUR, "records",
    "Counted records of the last closed hour, as the ledger has them.", _HOUR,
)  # fmt: skip
HOUR_HOSTED: Final = Metric(
    "transferwatch_closed_hour_hosted_octets", "gauge", ("system", "host", "way"), "octets",
    "Counted octets of the last closed hour by who hosted our end, internal traffic included, as the ledger has them: "
    "what a move from one host to another shows in.", _HOUR,
)  # fmt: skip
HOUR_TIME: Final = Metric(
    "transferwatch_closed_hour_timestamp_seconds", "gauge", (), "Unix time, seconds",
    "Begin of the last closed hour (of the records' ends).", "an hour is closed; absent until the first",
)  # fmt: skip
BUILD: Final = Metric(
    "transferwatch_build_info", "gauge", ("basis", *BASIS_PARTS), "1",
    "Always 1; the labels name the versions that records are judged by.", _START,
)  # fmt: skip
ATLAS_TIME: Final = Metric(
    "transferwatch_atlas_oldest_source_timestamp_seconds", "gauge", (), "Unix time, seconds",
    "Day of the oldest place database of the atlas; its age is time() less this.", _START,
)  # fmt: skip
ATLAS_SOURCE_TIME: Final = Metric(
    "transferwatch_atlas_source_timestamp_seconds", "gauge", ("atlas_source",), "Unix time, seconds",
    "Day of a source of the kept atlases, as `geodata status` counts it; its age is time() less this. Absent without "
    "an input.", _FOLDER,
)  # fmt: skip
ATLAS_SOURCE_STALE: Final = Metric(
    "transferwatch_atlas_source_stale_after_seconds", "gauge", ("atlas_source",), "seconds",
    "Age from which on that source is too old, as the list of sources says.", _FOLDER,
)  # fmt: skip
ATLAS_SOURCE_SUCCESS: Final = Metric(
    "transferwatch_atlas_source_success_timestamp_seconds", "gauge", ("atlas_source",), "Unix time, seconds",
    "When an input of that source was last taken, or found to be the same; absent until the first time.", _FOLDER,
)  # fmt: skip
ATLAS_SOURCE_FAILURES: Final = Metric(
    "transferwatch_atlas_source_failures_total", "counter", ("atlas_source",), "attempts",
    "Attempts on that source that failed; counted by the updates, so it outlives the daemon.", _FOLDER,
)  # fmt: skip
ATLAS_UPDATE_SUCCESS: Final = Metric(
    "transferwatch_atlas_update_success_timestamp_seconds", "gauge", (), "Unix time, seconds",
    "When an update last made the atlas, or found it up to date, a failed source or not; absent until the first time.",
    _FOLDER,
)  # fmt: skip
ATLAS_UPDATE_FAILURES: Final = Metric(
    "transferwatch_atlas_update_failures_total", "counter", (), "updates",
    "Updates in which a source or the building failed.", _FOLDER,
)  # fmt: skip
LAW_TIME: Final = Metric(
    "transferwatch_law_timestamp_seconds", "gauge", (), "Unix time, seconds",
    "Day up to which the law files were reviewed as a whole; their age is time() less this.", _START,
)  # fmt: skip
UNVERIFIED: Final = Metric(
    "transferwatch_unverified_octets_total", "counter", ("system", "way"), "octets",
    "Of the counted octets with far ends that are not ours, those of which a verdict rests on an unverified fact.",
    _BATCH,
)  # fmt: skip
HOSTING: Final = Metric(
    "transferwatch_hosting_exposed", "gauge", ("system", "host", "keys"), "1",
    "1 where the law in force now makes the host of a system exposed in control, 0 where it does not; from the "
    "inventory, without traffic.", _LOOK,
)  # fmt: skip
DEADLINE: Final = Metric(
    "transferwatch_transition_deadline_timestamp_seconds", "gauge", ("system", "target"), "Unix time, seconds",
    "End of the last day by which a system is to have moved; the time left is this less time().", _LOOK,
)  # fmt: skip
OPEN_FINDINGS: Final = Metric(
    "transferwatch_open_findings", "gauge",
    ("rule", "severity", "system", "operator", "place_country", "control_country", "waived"), "findings",
    "Findings that are open now, those of which a waiver keeps the alert from being sent among them; more than 1 where "
    "labels are `other`. From 2 000 label sets on, the least severe lose operator and countries, from 4 000 on the "
    "system too.", _PICTURE,
)  # fmt: skip
OPEN_FINDINGS_FIRST: Final = Metric(
    "transferwatch_open_findings_first_seen_timestamp_seconds", "gauge", OPEN_FINDINGS.labels, "Unix time, seconds",
    "First record of the oldest of these findings; how long it has been there is time() less this.", _PICTURE,
)  # fmt: skip
MATCHES_DROPPED: Final = Metric(
    "transferwatch_correlation_dropped_matches_total", "counter", (), "matches",
    "Matches that correlations had to forget for want of room before their window had passed.", _BATCH,
)  # fmt: skip
FOLDED: Final = Metric(
    "transferwatch_folded_records_total", "counter", ("label",), "records",
    "Counted records that have `other` in a label of transferwatch_transfer_* because its values are bounded.", _BATCH,
)  # fmt: skip
SERIES: Final = Metric(
    "transferwatch_traffic_series", "gauge", (), "series", "Series of transferwatch_transfer_*.", _BATCH
)
SERIES_LIMIT: Final = Metric(
    "transferwatch_traffic_series_limit", "gauge", (), "series",
    "From four fifths of this on, new series have `other` as operator and place_country; from all of it on, as "
    "control_country too.", _START,
)  # fmt: skip

METRICS: Final = (
    TRANSFER_OCTETS, TRANSFER_RECORDS, VERDICT_OCTETS, VERDICT_RECORDS, UNNAMED_OCTETS, PROBES, UNCOUNTED,
    ACTS, SOURCE_RECORDS, SOURCE_UNJUDGED, SOURCE_UNREADABLE, SOURCE_EVICTED, SOURCE_STATEMENTS, SOURCE_STATED,
    SOURCE_NEWEST, SOURCE_LAG, SOURCE_EXPECTED, SOURCE_SILENCE, SILENT_OBSERVERS, SILENT_NETWORKS,
    SOURCE_UP, SOURCE_RESTARTS, DELIVERIES, RELOADS, RELOAD_PROBLEMS,
    HOUR_OCTETS, HOUR_RECORDS, HOUR_HOSTED, HOUR_TIME,
    UNVERIFIED, HOSTING, DEADLINE, OPEN_FINDINGS, OPEN_FINDINGS_FIRST, MATCHES_DROPPED,
    BUILD, ATLAS_TIME, ATLAS_SOURCE_TIME, ATLAS_SOURCE_STALE, ATLAS_SOURCE_SUCCESS, ATLAS_SOURCE_FAILURES,
    ATLAS_UPDATE_SUCCESS, ATLAS_UPDATE_FAILURES, LAW_TIME, FOLDED, SERIES, SERIES_LIMIT,
)  # fmt: skip

LABELS: Final = {
    "actor_kind": "`customer`, `provider`, `service` (of the provider), or `none` where the log does not tell",
    "activity": "kind of conversation, as in columns.md; never `probe`",
    "atlas_source": "id of a source in the site's list of sources",
    "basis": "short name of all versions together",
    "control_country": "country that decides the control verdict, `several`, `other`, or `none`",
    "control_verdict": "whose law reaches the operator, as in columns.md; `none` for internal traffic",
    "data_class": "data class of the system, or `none`",
    "direction": "who initiated: `outbound`, `inbound`, `unknown`; never which way octets went",
    "host": "operator that hosts the system, as the inventory says; `none` on own premises",
    "keys": "who holds the keys: `provider`, `customer`, `external`",
    "label": "the label that was folded: `operator`, `place_country`, `control_country`",
    "operator": "operator at the other end, `other` where values are bounded (of traffic above 50 names); `none` when "
    "there is no known one",
    "outcome": "`judged`; `not_ours` (no end is in the inventory); `broken` (no record of its kind); `skipped` "
    "(without a time no law applies; of another subject; a name that is evidence for flows); `dropped` (read, "
    "and lost in a full queue)",
    "place_country": "country where the bytes land, `several` when candidates are judged alike, `other`, or `none` "
    "when it is undetermined or the site itself",
    "place_verdict": "chapter V verdict, as in columns.md",
    "reason": "from the closed list of the source; `other` above 50 of them. Of inputs: `bomb` (it unpacks to more "
    "than any log does), `cut_off` (it ends too early), `damaged`, `refused` (it may not be read), `failed` (the disk "
    "or the store did)",
    "delivery": "`told`, or `failed`",
    "reload": "`done`, or `refused`: something is wrong with the files, and those of before stay in use",
    "result": "`done`, `failed`, or `unknown` where the log does not tell",
    "route": "a way on which findings are told: its kind and its address",
    "rule": "id of the detection rule",
    "severity": "level of the rule: `critical`, `high`, `medium`, `low`, `informational`",
    "source": "name of the source: as the site calls it, else its KIND",
    "state": "`no_data`, `skipped`, `gap`, `dropped`, `sampled`: the source's own words",
    "system": "id of the system in the inventory; `none` for a forwarder outside every system and a finding of no "
    "system; `other` above 4 000 label sets of findings",
    "target": "operator that the system moves to",
    "waived": "`yes`: a waiver of the site keeps the alert from being sent; else `no`",
    "way": "`out` from our end to theirs, `in` back",
    **dict.fromkeys(BASIS_PARTS, "version of this part: SHA-256, or a version number"),
}
