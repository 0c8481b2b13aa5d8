"""What moves which metric."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import kept
from monitor.kept import BASIS_PARTS, MOST
from monitor.metrics.counters import _PLACE, AtlasSourceState, Metrics
from monitor.schema import departures
from tests.monitor.metrics.sums import HOUR, Told, probes, sums, transfers

_RECORDS = "transferwatch_transfer_records_total"
_OCTETS = "transferwatch_transfer_octets_total"
_VERDICTS = "transferwatch_verdict_octets_total"
_HOUR_OCTETS = "transferwatch_closed_hour_octets"
_SOURCE = "transferwatch_source_records_total"


@pytest.fixture
def told() -> Told:
    """A registry with metrics that have not started."""
    return Told()


def test_the_frames_of_these_tests_are_those_of_the_ledger() -> None:
    """A column that the ledger gains cannot pass these tests unseen."""
    assert departures(transfers({}), kept.TRANSFERS) == []
    assert departures(probes({}), kept.PROBES) == []
    assert departures(sums(coverage=[{}]).coverage, kept.COVERAGE) == []


def test_two_sets_of_metrics_do_not_share_a_registry(told: Told) -> None:
    """A second one of the same names is refused at once, not at the first scrape."""
    with pytest.raises(ValueError, match="Duplicated timeseries"):
        Metrics(told.registry)


def test_every_system_stands_at_zero_from_the_start(told: Told) -> None:
    """An alert for what is absent can tell a quiet system from one that nobody looks at."""
    told.metrics.start([("warehouse", "health"), ("portal", "identity")], [])

    assert set(told.series(_RECORDS).values()) == {0}
    assert {labels[:2] for labels in told.series(_RECORDS)} == {
        ("warehouse", "health"), ("portal", "identity"), ("none", "none"),
    }  # fmt: skip
    assert told.series("transferwatch_probes_records_total") == {("warehouse",): 0, ("portal",): 0, ("none",): 0}


def test_every_verdict_of_a_system_stands_at_zero_from_the_start(told: Told) -> None:
    """`increase()` sees the first octets of a verdict only where the series was there before them."""
    told.metrics.start([("warehouse", "health")], [])
    before = set(told.series(_VERDICTS))
    told.metrics.judged(sums(transfers({"place_verdict": "uncovered", "octets_out": 5})), "aws_vpc")

    assert set(told.series(_VERDICTS)) == before
    assert told.series(_VERDICTS, place_verdict="uncovered", control_verdict="exposed", system="warehouse") == {
        ("warehouse", "health", "uncovered", "exposed", "out"): 5,
        ("warehouse", "health", "uncovered", "exposed", "in"): 0,
    }


def test_every_outcome_and_state_of_a_source_stands_at_zero_from_the_start(told: Told) -> None:
    """A source that never delivered anything can be told."""
    told.metrics.start([], ["aws_vpc"])

    assert told.series(_SOURCE) == {
        ("aws_vpc", outcome): 0 for outcome in ("judged", "not_ours", "broken", "skipped", "dropped")
    }
    assert told.series("transferwatch_source_statements_total") == {
        ("aws_vpc", state): 0 for state in ("no_data", "skipped", "gap", "dropped", "sampled")
    }


def test_starting_again_moves_nothing(told: Told) -> None:
    """A reloaded inventory adds its new systems; counters do not go back."""
    told.metrics.judged(sums(transfers({"records": 3})), "aws_vpc")
    told.metrics.start([("warehouse", "health"), ("new", "health")], ["aws_vpc"])

    assert told.total(_RECORDS) == 3
    assert told.total(_RECORDS, system="new") == 0


def test_counts_add_up_over_batches(told: Told) -> None:
    """Octets by way; the labels are those of the row."""
    for _ in range(2):
        told.metrics.judged(sums(transfers({"records": 2, "octets_out": 100, "octets_in": 7})), "aws_vpc")

    labels = ("warehouse", "health", "data", "outbound", "FR", "US", "eea", "exposed", "microsoft_azure")
    assert told.series(_RECORDS) == {labels: 4}
    assert told.series(_OCTETS) == {(*labels, "out"): 200, (*labels, "in"): 14}


def test_what_is_unknown_is_called_none(told: Told) -> None:
    """An empty label would be no label."""
    unknown = dict.fromkeys(("system", "data_class", "place_country", "control_country", "operator"))
    told.metrics.judged(sums(transfers(unknown)), "aws_vpc")

    assert set(told.series(_RECORDS)) == {
        ("none", "none", "data", "outbound", "none", "none", "eea", "exposed", "none")
    }


def test_uncounted_records_are_apart(told: Told) -> None:
    """They enter no metric of traffic, only their own."""
    told.metrics.judged(sums(transfers({"counted": False, "records": 5, "octets_out": 9})), "aws_vpc")

    assert (told.total(_RECORDS), told.total(_OCTETS), told.total(_VERDICTS)) == (0, 0, 0)
    assert told.series("transferwatch_uncounted_records_total") == {("warehouse",): 5}


def test_probes_are_apart(told: Told) -> None:
    """A probe is a number, never a transfer; beside the counting point it is not even that."""
    told.metrics.judged(sums(probes=probes({"records": 4}, {"records": 2, "counted": False})), "aws_vpc")

    assert told.series("transferwatch_probes_records_total") == {("warehouse",): 4}
    assert told.series("transferwatch_uncounted_records_total") == {("warehouse",): 2}
    assert told.total(_RECORDS) == 0


def test_what_came_of_a_source_is_the_sum_of_its_outcomes(told: Told) -> None:
    """Read records are judged or not ours; the others are known by reason."""
    told.metrics.judged(
        sums(
            coverage=[{"records": 10, "not_ours_records": 3}],
            outcomes=[
                {"outcome": "broken", "reason": "empty_field", "records": 2},
                {"outcome": "no_time", "reason": "no_time", "records": 1},
            ],
        ),
        "aws_vpc",
    )
    told.metrics.dropped("aws_vpc", "queue_full", 4)

    assert told.series(_SOURCE) == {
        ("aws_vpc", "judged"): 7,
        ("aws_vpc", "not_ours"): 3,
        ("aws_vpc", "broken"): 2,
        ("aws_vpc", "skipped"): 1,
        ("aws_vpc", "dropped"): 4,
    }
    assert told.series("transferwatch_source_unjudged_records_total") == {
        ("aws_vpc", "broken", "empty_field"): 2,
        ("aws_vpc", "skipped", "no_time"): 1,
        ("aws_vpc", "dropped", "queue_full"): 4,
    }


def test_names_that_had_to_go_are_no_records(told: Told) -> None:
    """Each of them was read and counted as a record already."""
    told.metrics.judged(sums(outcomes=[{"outcome": "evicted", "reason": "names_held", "records": 4}]), "zeek")

    assert told.series("transferwatch_source_evicted_names_total") == {("zeek",): 4}
    assert told.total(_SOURCE) == 0


def test_what_is_passed_over_and_what_is_evidence_is_skipped_by_reason(told: Told) -> None:
    """Evidence was read and stands in the coverage as well; what is passed over stands nowhere else."""
    told.metrics.judged(
        sums(
            coverage=[{"records": 10}],
            outcomes=[
                {"outcome": "passed_over", "reason": "cron", "records": 5},
                {"outcome": "evidence", "reason": "own_resolver", "records": 4},
            ],
        ),
        "aws_vpc",
    )

    assert told.total(_SOURCE, outcome="judged") == 6
    assert told.series("transferwatch_source_unjudged_records_total") == {
        ("aws_vpc", "skipped", "cron"): 5,
        ("aws_vpc", "skipped", "own_resolver"): 4,
    }
    assert told.total(_SOURCE) == 15


def test_acts_are_counted_by_whose_people_acted_and_what_became_of_it(told: Told) -> None:
    """Counted or not: what failed is worth a look. Every series stands at zero from the start."""
    name = "transferwatch_administration_records_total"
    told.metrics.start([("warehouse", "health")], ["aws_cloudtrail"])
    before = told.series(name, system="warehouse")
    rows = [
        {"event": "admin", "activity": "admin", "actor_kind": "provider", "success": True, "records": 2},
        {"event": "admin", "activity": "admin", "success": False, "counted": False, "records": 7},
        {"activity": "admin", "records": 9},
    ]
    told.metrics.judged(sums(transfers(*rows)), "aws_cloudtrail")
    moved = {labels: value for labels, value in told.series(name).items() if value}

    assert (len(before), set(before.values())) == (12, {0})
    assert moved == {("warehouse", "provider", "done"): 2, ("warehouse", "none", "failed"): 7}


def test_who_was_silent_is_replaced_as_a_whole(told: Told) -> None:
    """A source that the site's file no longer names is gone."""
    told.metrics.expected({"core": 600, "portal": 60})
    told.metrics.seeing({"core": 30.0}, {"core": 2, "portal": 0}, {"core": 1, "portal": 0})
    told.metrics.expected({"core": 300})

    assert told.series("transferwatch_source_expected_every_seconds") == {("core",): 300}
    assert told.series("transferwatch_source_silence_seconds") == {("core",): 30}
    assert told.series("transferwatch_source_silent_observers") == {("core",): 2, ("portal",): 0}
    assert told.series("transferwatch_source_silent_networks") == {("core",): 1, ("portal",): 0}


def test_what_a_source_says_of_itself_is_no_record_of_it(told: Told) -> None:
    """A statement that records were skipped is counted by itself."""
    told.metrics.judged(sums(coverage=[{"state": "skipped", "statements": 2, "records": 50}]), "aws_vpc")

    assert told.total(_SOURCE) == 0
    assert told.total("transferwatch_source_statements_total", state="skipped") == 2
    assert told.total("transferwatch_source_stated_records_total", state="skipped") == 50


def test_the_51st_operator_is_other_and_the_sums_stay(told: Told) -> None:
    """Fifty names, the largest; nothing is lost with the rest."""
    rows = [{"operator": f"as{number:02}", "octets_out": 1_000 + number} for number in range(60)]
    told.metrics.judged(sums(transfers(*rows)), "aws_vpc")

    names = {labels[8] for labels in told.series(_RECORDS)}
    assert names == {f"as{number}" for number in range(10, 60)} | {"other"}
    assert told.total(_OCTETS, operator="other") == sum(1_000 + number for number in range(10))
    assert told.total(_OCTETS) == sum(1_000 + number for number in range(60))
    assert told.series("transferwatch_folded_records_total")["operator",] == 10


def test_past_the_limit_of_series_places_are_other_and_the_sums_stay() -> None:
    """Three series a label set; the metrics themselves say that detail is lost."""
    told = Told(series_limit=30)
    rows = [{"place_country": f"{number:02}", "octets_out": 100 - number} for number in range(40)]
    told.metrics.judged(sums(transfers(*rows)), "aws_vpc")

    assert {labels[4] for labels in told.series(_RECORDS)} == {*(f"{number:02}" for number in range(8)), "other"}
    assert told.total(_OCTETS) == sum(100 - number for number in range(40))
    assert told.series("transferwatch_folded_records_total")["place_country",] == 32
    assert told.series("transferwatch_traffic_series") == {(): 27}
    assert told.series("transferwatch_traffic_series_limit") == {(): 30}


def test_the_series_of_the_start_are_part_of_the_limit(told: Told) -> None:
    """What says how many series there are says it before the first batch too."""
    told.metrics.start([("warehouse", "health")], [])

    assert told.series("transferwatch_traffic_series") == {(): len(told.series(_RECORDS)) + len(told.series(_OCTETS))}


def test_no_sum_wraps_around(told: Told) -> None:
    """A record may claim any count; two such in one batch do not fit 64 bits, and single records still count."""
    rows = [{"octets_out": MOST, "activity": activity} for activity in ("data", "data", "web")]
    told.metrics.judged(sums(transfers(*rows)), "aws_vpc")
    told.metrics.judged(sums(transfers({"octets_out": 1})), "aws_vpc")

    assert told.total(_OCTETS) == 3 * MOST + 1


def test_lag_is_from_the_newest_record_to_the_moment_of_the_caller(told: Told) -> None:
    """An older record does not set it back, and without records it grows."""
    told.metrics.lag("aws_vpc", HOUR, HOUR - timedelta(seconds=90))
    told.metrics.lag("aws_vpc", HOUR, HOUR - timedelta(days=1))
    first = told.series("transferwatch_source_lag_seconds")
    told.metrics.lag("aws_vpc", HOUR + timedelta(seconds=10))

    assert first == {("aws_vpc",): 90.0}
    assert told.series("transferwatch_source_lag_seconds") == {("aws_vpc",): 100.0}
    assert told.series("transferwatch_source_newest_record_timestamp_seconds") == {("aws_vpc",): HOUR.timestamp() - 90}


def test_a_record_of_the_future_does_not_hide_silence(told: Told) -> None:
    """It counts as one of the moment in which it was read."""
    told.metrics.lag("aws_vpc", HOUR, datetime(9999, 1, 1, tzinfo=UTC))
    told.metrics.lag("aws_vpc", HOUR + timedelta(hours=1))

    assert told.series("transferwatch_source_lag_seconds") == {("aws_vpc",): 3600.0}


def test_a_source_without_records_has_no_lag(told: Told) -> None:
    """Zero would say that it is up to date."""
    told.metrics.lag("aws_vpc", HOUR)

    assert told.series("transferwatch_source_lag_seconds") == {}


def test_versions_are_those_of_the_last_load(told: Told) -> None:
    """A former basis does not stand beside the present one."""
    for basis in ("first", "second"):
        told.metrics.versions(basis, dict.fromkeys(BASIS_PARTS, "1"), atlas=HOUR, law=HOUR)

    assert told.series("transferwatch_build_info") == {("second", *("1",) * len(BASIS_PARTS)): 1}
    assert told.series("transferwatch_atlas_oldest_source_timestamp_seconds") == {(): HOUR.timestamp()}


def test_a_closed_hour_replaces_the_former_one(told: Told) -> None:
    """What is not in the new hour is gone, and uncounted rows are in none."""
    told.metrics.closed_hour(HOUR, transfers({"octets_out": 5}, {"system": "portal"}))
    told.metrics.closed_hour(
        HOUR + timedelta(hours=1), transfers({"octets_out": 6, "octets_in": 1}, {"counted": False, "system": "lab"})
    )

    assert told.series(_HOUR_OCTETS) == {
        ("warehouse", "eea", "exposed", "out"): 6,
        ("warehouse", "eea", "exposed", "in"): 1,
    }
    assert told.series("transferwatch_closed_hour_timestamp_seconds") == {(): HOUR.timestamp() + 3600}


def test_a_closed_hour_tells_who_hosted_our_end(told: Told) -> None:
    """Internal traffic counts: a system that talks to itself at the old host has not moved."""
    internal = {"place_verdict": "internal", "control_verdict": "none"}
    told.metrics.closed_hour(
        HOUR,
        transfers(
            {"hosting_operator": "aws", "octets_out": 5},
            {"hosting_operator": "aws", "octets_out": 2, "octets_in": 1, **internal},
            {"hosting_operator": None, "octets_in": 3},
            {"hosting_operator": "scaleway", "octets_in": 9, "counted": False},
        ),
    )

    assert told.series("transferwatch_closed_hour_hosted_octets") == {
        ("warehouse", "aws", "out"): 7, ("warehouse", "aws", "in"): 1,
        ("warehouse", "none", "out"): 0, ("warehouse", "none", "in"): 3,
    }  # fmt: skip


_COUNTS = st.integers(0, 10**6) | st.integers(MOST - 5, MOST)
_ROWS = st.fixed_dictionaries(
    {
        "system": st.sampled_from([None, "none", "warehouse", "portal"]),
        "activity": st.sampled_from(["data", "web"]),
        "place_country": st.none() | st.sampled_from(["FR", "US", "DE", "other"]),
        "control_country": st.sampled_from([None, "US", "several", "CN"]),
        "operator": st.none() | st.text(max_size=3),
        "counted": st.booleans(),
        "records": st.integers(0, 10**6),
        "octets_out": _COUNTS,
        "octets_in": _COUNTS,
    }
)


@given(
    batches=st.lists(st.lists(_ROWS, max_size=12), max_size=5),
    slots=st.integers(0, 4),
    limit=st.integers(0, 40),
)
def test_sums_over_all_label_sets_are_those_of_the_frames(
    batches: list[list[dict[str, Any]]], slots: int, limit: int
) -> None:
    """Whatever is folded, every count is in exactly one series; and no series ever moves backwards."""
    told = Told(series_limit=limit, operator_slots=slots)
    told.metrics.start([("warehouse", "health")], ["aws_vpc"])
    before: dict[tuple[str, ...], float] = {}
    for rows in batches:
        told.metrics.judged(sums(transfers(*rows), probes=probes(*rows)), "aws_vpc")
        after = told.series(_OCTETS)
        assert all(after[labels] >= value for labels, value in before.items())
        before = after

    rows = [row for batch in batches for row in batch]
    counted = [row for row in rows if row["counted"]]
    records = sum(row["records"] for row in counted)
    for way in ("out", "in"):
        octets = sum(row[f"octets_{way}"] for row in counted)
        assert (told.total(_OCTETS, way=way), told.total(_VERDICTS, way=way)) == (octets, octets)
    assert (told.total(_RECORDS), told.total("transferwatch_probes_records_total")) == (records, records)
    assert told.total(_RECORDS, system="portal") == sum(row["records"] for row in counted if row["system"] == "portal")
    uncounted = 2 * sum(row["records"] for row in rows if not row["counted"])
    assert told.total("transferwatch_uncounted_records_total") == uncounted
    assert len({labels[8] for labels in told.series(_OCTETS)} - {"none", "other"}) <= slots


def test_octets_without_a_name_are_counted_by_system(told: Told) -> None:
    """Of counted records, and from zero."""
    told.metrics.start([("warehouse", "health"), ("portal", "identity")], [])
    rows = transfers(
        {"octets_without_name": 7}, {"octets_without_name": 5}, {"octets_without_name": 3, "counted": False}
    )
    told.metrics.judged(sums(rows), "aws_vpc")

    assert told.series("transferwatch_octets_without_name_total") == {("warehouse",): 12, ("portal",): 0, ("none",): 0}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"place_country": None, "place_candidates": ["DE", "FR"], "place_verdict": "eea"}, "several"),
        ({"place_country": None, "place_candidates": ["FR", "US"], "place_verdict": "undetermined"}, "none"),
        ({"place_country": None, "place_candidates": [], "place_verdict": "internal"}, "none"),
        ({"place_country": "FR", "place_candidates": ["FR"], "place_verdict": "eea"}, "FR"),
    ],
)
def test_candidates_that_are_judged_alike_are_several(row: dict[str, object], expected: str) -> None:
    """A place that is inside whichever of its countries it is has no country of its own."""
    labelled = transfers(row).with_columns(_PLACE)

    assert labelled["place_country"].to_list() == [expected if expected != "none" else None]


def test_a_source_of_the_atlas_that_is_not_listed_any_more_is_gone(told: Told) -> None:
    """Its age would grow for ever."""
    old, new = (AtlasSourceState(name, HOUR, None, 86_400, 0) for name in ("old", "new"))
    told.metrics.kept_atlases([old, new], None, 0)
    told.metrics.kept_atlases([new], HOUR, 1)

    assert told.series("transferwatch_atlas_source_timestamp_seconds") == {("new",): HOUR.timestamp()}
    assert told.series("transferwatch_atlas_source_success_timestamp_seconds") == {}
    assert told.series("transferwatch_atlas_update_failures_total") == {(): 1}


def test_a_source_without_an_input_has_no_day(told: Told) -> None:
    """A zero would be the year 1970."""
    told.metrics.kept_atlases([AtlasSourceState("new", None, None, 86_400, 3)], None, 1)

    assert told.series("transferwatch_atlas_source_timestamp_seconds") == {}
    assert told.series("transferwatch_atlas_source_failures_total") == {("new",): 3}


# The daemon


def test_a_reload_is_counted_by_what_became_of_it() -> None:
    """The problems are those of the last one."""
    told = Told()
    told.metrics.reloaded(3)
    told.metrics.reloaded(0)

    assert told.series("transferwatch_reloads_total") == {("done",): 1, ("refused",): 1}
    assert told.total("transferwatch_reload_problems") == 0


def test_sources_that_are_gone_are_not_up() -> None:
    """Their restarts were counted and stay."""
    told = Told()
    for source in ("gateway", "store"):
        told.metrics.source_up(source, is_up=True)
        told.metrics.source_restarted(source)
    told.metrics.sources_are(["store"])

    assert told.series("transferwatch_source_up") == {("store",): 1}
    assert told.total("transferwatch_source_restarts_total") == 2


def test_an_input_that_cannot_be_read_is_counted_by_its_reason(told: Told) -> None:
    """Every reason stands at zero from the start."""
    told.metrics.start([], ["core"])
    told.metrics.unreadable("core", "bomb")

    assert told.series("transferwatch_source_inputs_unreadable_total") == {
        ("core", reason): int(reason == "bomb") for reason in ("bomb", "cut_off", "damaged", "refused", "failed")
    }
