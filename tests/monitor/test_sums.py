"""What judged records add up to: transfers, probes, evidence, coverage, and what is in no hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl
import pytest

from monitor import schema
from monitor.kept import KEY_NAMES, MEASURE_NAMES, MOST
from tests.judging import INVENTORY, NOON, OURS, PORTAL, line
from tests.summing import SCHEMAS, Summing, different, folded, scaled, told

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge

# In Russia, of an operator that no file knows: uncovered and undetermined. In Paris, of AWS: eea and exposed.
_ABROAD: Final = "37.146.0.1"
_PARIS: Final = "13.38.0.1"
_HOSTED: Final = "data_class: health, hosting: {operator: aws, country: FR, from: 2026-10-02}}"
_INVENTORY: Final = INVENTORY.replace("data_class: health}", _HOSTED) + (
    "  - {id: leaflets, networks: [10.40.0.0/16, 13.36.0.0/16, 81.128.0.0/16], data_class: public}\n"
    "forwarders: [10.20.0.220, 10.60.0.1]\n"
)
_LEAFLETS: Final = "10.40.0.5"
_REGISTER: Final = """
transfers:
  - {id: T-2, importer: Lab, match: {networks: [37.146.0.0/16]}, basis: derogation, valid_from: 2026-10-01}
  - {id: T-1, importer: Lab, match: {networks: [37.146.0.0/17]}, systems: [portal], basis: derogation,
     valid_from: 2026-10-01}
"""


@pytest.fixture
def summing(knowledge: Knowledge, tmp_path: Path) -> Summing:
    """A hosted system, a public one, one of public data, forwarders."""
    return Summing.of(knowledge, tmp_path, inventory=_INVENTORY)


def test_the_frames_are_as_the_tables_say(summing: Summing) -> None:
    """Names, types and nulls, with rows and without."""
    records = [line(OURS, _ABROAD), line(OURS, _PARIS, action="REJECT"), line(OURS, "-"), line("10.60.0.1", _ABROAD)]
    full, none = summing.summation.sums(summing.judged(*records)), summing.summation.sums(summing.judged(records[0]))
    empty = summing.summation.sums(summing.judged(line(_ABROAD, _PARIS, end="-")))

    for sums in (full, none, empty):
        found = {name: schema.departures(getattr(sums, name), columns) for name, columns in SCHEMAS.items()}
        assert found == {name: [] for name in SCHEMAS}
    assert [getattr(empty, name).height for name in SCHEMAS] == [0] * len(SCHEMAS)


def test_records_of_one_key_and_hour_are_one_row(summing: Summing) -> None:
    """Addresses, source ports and minutes are not part of it."""
    lines = [
        line(OURS, _PARIS, octets=1000),
        line("10.20.0.6", "13.38.0.2", octets=200, srcport=50000, at=NOON + timedelta(minutes=59)),
        line(_PARIS, OURS, octets=70, srcport=443, dstport=40000),
    ]
    sums = summing.sums(*lines)

    assert told(sums.transfers, "hour", *MEASURE_NAMES) == [(NOON, 3, 1200, 70, 20, 10, 0, 30, 1270)]


def test_the_hour_is_that_of_the_end(summing: Summing) -> None:
    """Whenever the record began."""
    lines = [line(OURS, _PARIS, at=at, seconds=600) for at in (NOON - timedelta(seconds=1), NOON)]

    assert told(summing.sums(*lines).transfers, "hour", "records") == [(NOON - timedelta(hours=1), 1), (NOON, 1)]


def test_a_midnight_of_the_site_begins_a_row_of_its_own(knowledge: Knowledge, tmp_path: Path) -> None:
    """In Kolkata at 18:30 UTC: transfers, probes, evidence and coverage alike."""
    summing = Summing.of(knowledge, tmp_path, timezone="Asia/Kolkata")
    midnight = datetime(2026, 10, 7, 18, 30, tzinfo=UTC)
    times = (midnight - timedelta(seconds=1), midnight)
    sums = summing.sums(*(line(OURS, _ABROAD, at=at, action=action) for at in times for action in ("ACCEPT", "REJECT")))

    hours = [midnight - timedelta(minutes=30), midnight]
    assert {name: sorted(getattr(sums, name)["hour"].to_list()) for name in SCHEMAS} == dict.fromkeys(SCHEMAS, hours)


def test_a_transfer_says_what_the_judge_said(summing: Summing) -> None:
    """Words of the verdict, of the inventory and of the site, as text."""
    (row,) = summing.sums(line(OURS, _PARIS)).transfers.to_dicts()
    known = {name: row[name] for name in KEY_NAMES if name != "basis"}

    assert known == {
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
        "place_candidates": ["FR"],
        "place_region": None,
        "place_confidence": "agreed",
        "control_countries": ["US"],
        "control_country": "US",
        "reach_laws": row["reach_laws"],
        "register_entries": [],
        "named_elsewhere": False,
        "place_verdict": "eea",
        "place_reason": None,
        "control_verdict": "exposed",
        "control_reason": "law",
        "mechanism": None,
        "counted": True,
    }
    assert (row["place_country"], "US_CLOUD_ACT" in row["reach_laws"]) == ("FR", True)
    assert row["basis"] == summing.pipeline.basis


def test_the_host_is_that_of_the_records_time(summing: Summing) -> None:
    """From 2 October in Paris on."""
    begins = datetime(2026, 10, 1, 22, tzinfo=UTC)
    sums = summing.sums(*(line(OURS, _PARIS, at=at) for at in (begins - timedelta(seconds=1), begins)))

    assert told(sums.transfers, "hour", "hosting_operator") == [(begins - timedelta(hours=1), None), (begins, "aws")]


def test_every_entry_that_matches_is_told(knowledge: Knowledge, tmp_path: Path) -> None:
    """Not only the one that is relied on; and whether one names the far end for another system."""
    summing = Summing.of(knowledge, tmp_path, register=_REGISTER)
    sums = summing.sums(line(PORTAL, _ABROAD), line(OURS, _ABROAD), line(OURS, "81.128.0.1"))

    assert told(sums.transfers, "system", "register_entries", "named_elsewhere", "mechanism") == [
        ("portal", ["T-1", "T-2"], False, "T-1"),
        ("warehouse", ["T-2"], False, "T-2"),
        ("warehouse", [], False, "renewal of (EU) 2021/1772"),
    ]


def test_an_entry_that_names_the_far_end_for_another_system(knowledge: Knowledge, tmp_path: Path) -> None:
    """It matches nothing, and is told."""
    register = _REGISTER.replace("basis: derogation, valid_from", "systems: [portal], basis: derogation, valid_from", 1)
    sums = Summing.of(knowledge, tmp_path, register=register).sums(line(OURS, _ABROAD))

    assert told(sums.transfers, "register_entries", "named_elsewhere", "place_reason") == [
        ([], True, "entry_outside_scope")
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("62.67.21.192", "62.67.0.128", id="one operator, one country, two registrations"),
        pytest.param("13.36.0.1", "81.128.0.1", id="two of our networks, of two operators"),
        pytest.param(_ABROAD, "37.146.0.2", id="two addresses of one network"),
    ],
)
def test_rows_are_distinct_by_their_key(summing: Summing, one: str, other: str) -> None:
    """Verdicts that differ in what is not kept, and in nothing else, are one row, with its evidence."""
    lines = [line(OURS, far, octets=octets) for far in (one, other) for octets in (1000, 200)]
    sums = summing.summation.sums(summing.judged(*lines))

    assert sums.transfers.select("hour", "key").is_duplicated().sum() == 0
    assert sums.transfers["octets_out"].sum() == 2400
    assert different(sums, folded([sums])) == []
    assert set(sums.evidence["key"]) <= set(sums.transfers["key"])


def test_one_key_has_one_number_in_every_part(summing: Summing) -> None:
    """Another hour changes nothing of it."""
    first, second = (summing.sums(line(OURS, _PARIS, at=NOON + timedelta(days=days))) for days in (0, 30))

    assert first.transfers["key"].to_list() == second.transfers["key"].to_list()


# Probes


def test_a_probe_is_a_number_and_no_transfer(summing: Summing) -> None:
    """Of our end alone: no far end is kept."""
    sums = summing.sums(
        *(line(OURS, far, action="REJECT", octets=60, packets=1) for far in (_ABROAD, _PARIS, "8.8.8.8"))
    )

    assert (sums.transfers.height, sums.evidence.height) == (0, 0)
    assert told(sums.probes, "system", "data_class", "direction", "counted", "records", "octets_out") == [
        ("warehouse", "health", "outbound", True, 3, 180)
    ]


def test_a_probe_leaves_no_evidence_beside_a_transfer(summing: Summing) -> None:
    """Of the same far end, in the same hour, in any order."""
    probe, transfer = line(OURS, _ABROAD, action="REJECT", octets=60), line(OURS, _ABROAD, octets=5000)
    sums = summing.sums(probe, transfer, probe, transfer, probe)

    assert told(sums.transfers, "records", "octets_out") == [(2, 10_000)]
    assert told(sums.evidence, "records", "octets_out") == [(2, 10_000)]
    assert told(sums.probes, "records", "octets_out") == [(3, 180)]


# Evidence


@pytest.mark.parametrize(
    ("local", "far", "expected"),
    [
        pytest.param(OURS, _ABROAD, True, id="uncovered"),
        pytest.param(OURS, "8.8.8.8", True, id="undetermined"),
        pytest.param(OURS, _PARIS, True, id="exposed inside the EEA"),
        pytest.param(_LEAFLETS, _PARIS, False, id="exposed, of public data"),
        pytest.param(_LEAFLETS, _ABROAD, True, id="uncovered, of public data"),
        pytest.param(OURS, "77.58.0.1", False, id="adequate"),
        pytest.param(OURS, PORTAL, False, id="internal"),
        pytest.param(OURS, "-", True, id="the record does not tell the far end"),
        pytest.param("10.20.0.220", _ABROAD, False, id="counted elsewhere"),
    ],
)
def test_evidence_is_kept_of_what_a_person_must_look_into(
    summing: Summing, local: str, far: str, *, expected: bool
) -> None:
    """Counted, and not settled or exposed; of nothing else."""
    sums = summing.sums(line(local, far))

    assert (sums.transfers.height, sums.evidence.height) == (1, int(expected))


def test_exposed_data_of_an_unknown_class_is_evidence(knowledge: Knowledge, tmp_path: Path) -> None:
    """A forwarder outside every system has none; a site may count there."""
    inventory = f"{INVENTORY}forwarders: [10.60.0.1]\n"
    summing = Summing.of(knowledge, tmp_path, inventory=inventory, count_at="forwarders")
    judged = summing.judged(line("10.60.0.1", _PARIS))
    judged.oriented.counted[:] = True
    sums = summing.summation.sums(judged)

    assert told(sums.transfers, "system", "data_class") == [(None, None)]
    assert told(sums.evidence, "remote_address", "local_address") == [(_PARIS, "10.60.0.1")]


def test_evidence_is_kept_by_both_ends_and_the_protocol(summing: Summing) -> None:
    """Ports are not."""
    lines = [
        line(OURS, _ABROAD),
        line(OURS, _ABROAD, srcport=50_000),
        line("10.20.0.6", _ABROAD),
        line(OURS, "37.146.0.2"),
        line(OURS, _ABROAD, protocol=132),
        line(OURS, _ABROAD, protocol=47),
    ]
    sums = summing.sums(*lines)

    assert told(sums.evidence, "local_address", "remote_address", "protocol", "records") == [
        (OURS, _ABROAD, 132, 1),
        (OURS, _ABROAD, 47, 1),
        (OURS, _ABROAD, 6, 2),
        (OURS, "37.146.0.2", 6, 1),
        ("10.20.0.6", _ABROAD, 6, 1),
    ]


def test_evidence_names_the_transfer_that_it_is_of(summing: Summing) -> None:
    """Its hour and key, and together it counts what the transfer counts."""
    lines = [line(OURS, far, at=NOON + timedelta(hours=hours)) for far in (_ABROAD, "37.146.0.2") for hours in (0, 1)]
    sums = summing.sums(*lines, line(OURS, PORTAL))
    wanted = sums.transfers.filter(pl.col("place_verdict") != "internal")

    assert told(
        sums.evidence.group_by("hour", "key").agg(pl.col(MEASURE_NAMES).sum()), "hour", "key", "octets_out"
    ) == (told(wanted, "hour", "key", "octets_out"))


def test_evidence_says_when_it_was_first_and_last_seen(summing: Summing) -> None:
    """From the smallest start to the largest end; a record without a start has its end for one."""
    lines = [line(OURS, _ABROAD, at=NOON + timedelta(minutes=minutes), seconds=20) for minutes in (5, 1, 9)]
    (row,) = summing.sums(*lines).evidence.to_dicts()
    (other,) = summing.sums(line(OURS, _ABROAD, start="-")).evidence.to_dicts()

    assert (row["first_seen"], row["last_seen"], row["folded"]) == (
        NOON + timedelta(seconds=40), NOON + timedelta(minutes=9), 0,
    )  # fmt: skip
    assert (other["first_seen"], other["last_seen"]) == (NOON, NOON)


def test_names_are_told_apart_in_the_evidence(summing: Summing) -> None:
    """And a conversation without one from those with."""
    judged = summing.judged(*(line(OURS, _ABROAD, octets=octets) for octets in (1000, 2000, 4000, 8000)))
    frame = judged.oriented.frame
    frame.replace_column(frame.columns.index("name"), pl.Series("name", ["a.example", None, "b.example", "a.example"]))
    sums = summing.summation.sums(judged)

    assert told(sums.evidence, "name", "octets_out") == [("a.example", 9000), ("b.example", 4000), (None, 2000)]
    assert told(sums.transfers, "octets_out") == [(15_000,)]


# Measures


def test_sums_stay_at_the_largest_number(summing: Summing) -> None:
    """Two records of 2**63-1 octets: in transfers, probes, evidence and coverage, in one part and over parts."""
    lines = [line(OURS, _ABROAD, octets=MOST, packets=MOST), line(OURS, _PARIS, octets=MOST, action="REJECT")]
    parts = summing.parts(lines * 2)

    for sums in (folded(parts), folded(parts * 2)):
        assert (sums.transfers["octets_out"].to_list(), sums.transfers["packets_observed"].to_list()) == ([MOST],) * 2
        assert (sums.probes["octets_out"].to_list(), sums.evidence["octets_out"].to_list()) == ([MOST],) * 2
        assert (sums.coverage["octets"].to_list(), sums.coverage["not_ours_octets"].to_list()) == ([MOST], [0])


def test_a_sampled_record_stays_at_the_largest_number(summing: Summing) -> None:
    """What the sensor looked at is never scaled."""
    judged = scaled(summing.judged(line(OURS, _ABROAD, octets=MOST)), sampling_interval=1000)
    sums = summing.summation.sums(judged)

    measures = told(sums.transfers, "octets_out", "packets_out", "packets_observed")
    assert measures == told(sums.evidence, "octets_out", "packets_out", "packets_observed") == [(MOST, 10_000, 10)]
    assert told(sums.coverage, "octets") == [(MOST,)]


def test_what_is_not_ours_is_exact_beside_the_largest_number(summing: Summing) -> None:
    """Coverage tells what is not ours, not what is left of a number that has no more room."""
    ours, others = line(OURS, _ABROAD, octets=MOST), line(_ABROAD, _PARIS, octets=5)
    whole, parts = summing.sums(ours, others), folded(summing.parts([ours]) + summing.parts([others]))

    assert told(whole.coverage, "octets", "not_ours_octets") == [(MOST, 5)]
    assert different(whole, parts) == []


# Coverage and outcomes


def test_coverage_counts_every_timed_record_by_hour_and_observer(summing: Summing) -> None:
    """Whoever's it is, probe or not, counted or not; what is not ours also apart."""
    later = NOON + timedelta(hours=1, minutes=5)
    lines = [
        line(OURS, _ABROAD, octets=1000),
        line(OURS, _ABROAD, octets=60, action="REJECT", at=NOON + timedelta(minutes=7)),
        line("10.20.0.220", _ABROAD, octets=500),
        line(_PARIS, _ABROAD, octets=300),
        line(_PARIS, _ABROAD, octets=30, interface_id="eni-2"),
        line(_PARIS, _ABROAD, octets=3, interface_id="-"),
        line(OURS, _ABROAD, octets=7, at=later),
        line(OURS, _ABROAD, octets=9, end="-"),
    ]
    sums = summing.sums(*lines)

    names = ("hour", "observer", "records", "octets", "not_ours_records", "not_ours_octets", "first_time", "last_time")
    assert sorted(sums.coverage.select(names).rows(), key=lambda row: (row[0], str(row[1]))) == [
        (NOON, None, 1, 3, 1, 3, NOON, NOON),
        (NOON, "eni-1", 4, 1860, 1, 300, NOON, NOON + timedelta(minutes=7)),
        (NOON, "eni-2", 1, 30, 1, 30, NOON, NOON),
        (NOON + timedelta(hours=1), "eni-1", 1, 7, 0, 0, later, later),
    ]
    assert told(sums.coverage.unique(["source", "state", "statements"]), "source", "state", "statements") == [
        ("aws_vpc", "ok", 0)
    ]


def test_what_the_source_says_of_its_own_seeing_is_counted(summing: Summing) -> None:
    """Statements are no records and have no octets."""
    silent = {"srcport": "-", "dstport": "-", "protocol": "-", "packets": "-", "octets": "-", "action": "-"}
    lines = [
        line("-", "-", log_status="NODATA", **silent),
        line("-", "-", log_status="NODATA", at=NOON + timedelta(minutes=10), **silent),
        line("-", "-", log_status="SKIPDATA", **silent),
        line(OURS, _ABROAD),
    ]
    sums = summing.sums(*lines)

    assert told(sums.coverage, "state", "statements", "records", "octets", "last_time") == [
        ("no_data", 2, 0, 0, NOON + timedelta(minutes=10)),
        ("ok", 0, 1, 5000, NOON),
        ("skipped", 1, 0, 0, NOON),
    ]


def test_what_is_in_no_hour_is_counted_by_reason(summing: Summing) -> None:
    """Broken records, records without a time, statements without one."""
    silent = {"srcport": "-", "dstport": "-", "protocol": "-", "packets": "-", "octets": "-", "action": "-"}
    lines = [
        "x y z",
        line(OURS, _ABROAD, protocol=999),
        line(OURS, _ABROAD, protocol=998),
        line(OURS, _ABROAD, start="-", end="-", octets=7),
        line(OURS, _ABROAD, end="-", octets=70),
        line("-", "-", log_status="NODATA", start="-", end="-", **silent),
    ]
    outcomes = summing.sums(*lines).outcomes
    by_outcome = outcomes.group_by("outcome").agg(pl.col("records", "octets").sum())

    assert told(by_outcome, "outcome", "records", "octets") == [("broken", 3, 0), ("no_time", 3, 77)]
    assert told(outcomes.filter(pl.col("outcome") == "no_time"), "reason", "records", "octets") == [
        ("no_time", 2, 77), ("statement", 1, 0),
    ]  # fmt: skip
