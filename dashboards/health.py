"""*Coverage and health of the monitor*: whether it looks, at what, how late, and by which facts it judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dashboards.asking import FILTERS, HEALTH, OVERVIEW, SHARE, SITE, SOURCE, SYSTEM, by, columns
from dashboards.parts import NONE_IS_WELL, About, Asked, bars, board, from_on, lines, number, rows

if TYPE_CHECKING:
    from grafana_foundation_sdk.builders.dashboard import Dashboard

    from dashboards.parts import Builder

_RECORDS: Final = f"transferwatch_source_records_total{{{SOURCE}"
_SEEN: Final = f"{by('system')} (rate(transferwatch_verdict_octets_total{{{SYSTEM}"
_DAY: Final = 86_400


def health() -> Dashboard:
    """Build it."""
    says = (
        "Whether the monitor looks, at what, how late, and by which facts it judges: no transfer seen is not no look."
    )
    filters = {**FILTERS, "source": "transferwatch_source_records_total"}
    return board(HEALTH[1], HEALTH[0], says, [*_at_a_glance(), *_sources(), *_facts()], filters)


def _at_a_glance() -> list[Builder]:
    return [
        number(
            About(
                "Daemons that answer", "Processes that Prometheus reaches.", "none", OVERVIEW,
                ((None, "red"), (1, "green")), width=4, height=4,
            ),
            Asked(f'sum(up{{job="transferwatch", {SITE}}})', "daemons"),
        ),
        number(
            About(
                "Sources behind", "Sources whose newest record is older than the site's file calls normal.",
                "none", OVERVIEW, ((None, "green"), (1, "red")), width=4, height=4,
            ),
            Asked(
                f"count(transferwatch_source_lag_seconds{{{SOURCE}}} > on (job, instance, source)"
                f" transferwatch_source_expected_every_seconds)"
                f" or 0 * count(transferwatch_source_expected_every_seconds{{{SITE}}})",
                "sources",
            ),
        ),
        number(
            About(
                "Observers and networks that stopped",
                "Interfaces, sensors or exporters that used to report, networks of ours that were heard of, and "
                "stopped while their source goes on.",
                "none", OVERVIEW, ((None, "green"), (1, "red")), width=4, height=4,
            ),
            Asked(f"sum(transferwatch_source_silent_observers{{{SOURCE}}})", "observers"),
            Asked(f"sum(transferwatch_source_silent_networks{{{SOURCE}}})", "networks"),
        ),
        number(
            About(
                "Lost in a full queue, last hour", "Records that were read and never judged.",
                "short", OVERVIEW, NONE_IS_WELL, width=4, height=4,
            ),
            Asked(f'sum(increase({_RECORDS}, outcome="dropped"}}[1h]))', "records"),
        ),
        number(
            About(
                "Age of the last closed hour",
                "From its begin. Three to four hours are normal with a steady source; more where sources come late.",
                "s", OVERVIEW, from_on(5 * 3600, 12 * 3600), width=4, height=4,
            ),
            Asked(f"time() - max(transferwatch_closed_hour_timestamp_seconds{{{SITE}}})", "age"),
        ),
        number(
            About(
                "Series of traffic", "Share of the limit. From 80 % on, new series lose operator and country.",
                SHARE, OVERVIEW, from_on(0.8, 1), width=4, height=4,
            ),
            Asked(
                f"max(transferwatch_traffic_series{{{SITE}}} / transferwatch_traffic_series_limit{{{SITE}}})", "series"
            ),
        ),
    ]  # fmt: skip


def _sources() -> list[Builder]:
    return [
        lines(
            About("Records by source", "Records a second, whatever became of them.", "cps", OVERVIEW),
            Asked(f"{by('source')} (rate({_RECORDS}}}[5m]))", "{{source}}"),
        ),
        lines(
            About(
                "Records that nothing was judged of",
                "Share of all by outcome. `not_ours` above a few per cent: networks are missing in the inventory.",
                SHARE, OVERVIEW, from_on(0.01, 0.2),
            ),
            Asked(
                f'{by("source", "outcome")} (rate({_RECORDS}, outcome!="judged"}}[1h]))'
                f" / on (source) group_left () ({by('source')} (rate({_RECORDS}}}[1h])) > 0)",
                "{{source}}: {{outcome}}",
            ),
        ),
        lines(
            About("Lag", "From the end of the newest record to the last look.", "s", OVERVIEW),
            Asked(f"max by (source) (transferwatch_source_lag_seconds{{{SOURCE}}})", "{{source}}"),
            Asked(
                f"max by (source) (transferwatch_source_expected_every_seconds{{{SOURCE}}})", "{{source}}: normal"
            ),
        ),
        bars(
            About(
                "Age of the newest record", "By the clock of Prometheus, whether the daemon still looks or not.",
                "s", OVERVIEW,
            ),
            Asked(
                f"time() - max by (source) (transferwatch_source_newest_record_timestamp_seconds{{{SOURCE}}})",
                "{{source}}",
            ),
        ),
        bars(
            About(
                "Silent, last day", "Time within silences longer than is normal for the source, up to the closed hour.",
                "s", OVERVIEW, from_on(1, 3600),
            ),
            Asked(f"max by (source) (transferwatch_source_silence_seconds{{{SOURCE}}})", "{{source}}"),
        ),
        lines(
            About(
                "What sources say of their own seeing", "Statements in the hour before: gaps, drops, sampling.",
                "short", OVERVIEW, NONE_IS_WELL,
            ),
            Asked(
                f"{by('source', 'state')} (increase(transferwatch_source_statements_total{{{SOURCE}}}[1h]))",
                "{{source}}: {{state}}",
            ),
        ),
        rows(
            About(
                "Records that these statements concern", "Where the source tells how many; since the daemon started.",
                "short", OVERVIEW, NONE_IS_WELL, width=8,
            ),
            Asked(f"{by('source', 'state')} (transferwatch_source_stated_records_total{{{SOURCE}}})", "__auto"),
            columns("source", "state"), "Records",
        ),
        rows(
            About(
                "Broken, skipped and dropped, by reason", "Since the daemon started.",
                "short", OVERVIEW, NONE_IS_WELL, width=8,
            ),
            Asked(
                f"{by('source', 'outcome', 'reason')} (transferwatch_source_unjudged_records_total{{{SOURCE}}})",
                "__auto",
            ),
            columns("source", "outcome", "reason"), "Records",
        ),
        rows(
            About(
                "Inputs that could not be read", "Each once, since the daemon started: nobody knows what they hold.",
                "short", OVERVIEW, NONE_IS_WELL, width=8,
            ),
            Asked(f"{by('source', 'reason')} (transferwatch_source_inputs_unreadable_total{{{SOURCE}}})", "__auto"),
            columns("source", "reason"), "Inputs",
        ),
        bars(
            About(
                "Names forgotten before their flows", "In the last day: importers of these flows may stay unknown.",
                "short", OVERVIEW, NONE_IS_WELL,
            ),
            Asked(f"{by('source')} (increase(transferwatch_source_evicted_names_total{{{SOURCE}}}[1d]))", "{{source}}"),
        ),
        lines(
            About(
                "Octets without a host name", "Share by system over a day: without a name many importers stay unknown.",
                SHARE, OVERVIEW,
            ),
            Asked(
                f"{by('system')} (rate(transferwatch_octets_without_name_total{{{SYSTEM}}}[1d]))"
                f" / ({_SEEN}}}[1d])) > 0)",
                "{{system}}",
            ),
        ),
    ]  # fmt: skip


def _facts() -> list[Builder]:
    return [
        lines(
            About(
                "Verdicts that rest on unverified facts",
                "Share of the octets with far ends that are not ours, over a day.",
                SHARE, OVERVIEW, from_on(0.2, 0.5),
            ),
            Asked(
                f"{by('system')} (rate(transferwatch_unverified_octets_total{{{SYSTEM}}}[1d]))"
                f' / ({_SEEN}, place_verdict!="internal"}}[1d])) > 0)',
                "{{system}}",
            ),
        ),
        lines(
            About(
                "Records outside the counting point",
                "Records a second beside the one counting point of their conversation. They are in no sum of traffic.",
                "cps", OVERVIEW,
            ),
            Asked(f"{by('system')} (rate(transferwatch_uncounted_records_total{{{SYSTEM}}}[1h]))", "{{system}}"),
        ),
        lines(
            About(
                "Records by system", "Counted records of each closed hour; a system that falls to nothing is not seen.",
                "short", OVERVIEW,
            ),
            Asked(
                f"{by('system')} (max without (instance) (transferwatch_closed_hour_records{{{SYSTEM}}}))", "{{system}}"
            ),
        ),
        number(
            About(
                "Detail lost, last day", "Counted records that have `other` in a label because its values are bounded.",
                "short", OVERVIEW, ((None, "green"), (1, "orange")), width=4,
            ),
            Asked(f"sum by (label) (increase(transferwatch_folded_records_total{{{SITE}}}[1d]))", "{{label}}"),
        ),
        number(
            About(
                "Matches forgotten, last day",
                "Matches that a correlation had no room for before its window had passed: a finding may be missing.",
                "short", OVERVIEW, NONE_IS_WELL, width=4,
            ),
            Asked(f"sum(increase(transferwatch_correlation_dropped_matches_total{{{SITE}}}[1d]))", "matches"),
        ),
        number(
            About(
                "Age of atlas and law",
                "Since the oldest place database of the atlas in use was made, and since the law files were reviewed.",
                "d", OVERVIEW, ((None, "blue"),), width=4,
            ),
            Asked(
                f"(time() - min(transferwatch_atlas_oldest_source_timestamp_seconds{{{SITE}}})) / {_DAY}", "atlas"
            ),
            Asked(f"(time() - min(transferwatch_law_timestamp_seconds{{{SITE}}})) / {_DAY}", "law"),
        ),
        rows(
            About(
                "Kept atlases: age over what is allowed",
                "Of each source of the kept atlases; above 100 % it is too old. Nothing where the site keeps none.",
                SHARE, OVERVIEW, from_on(0.8, 1), none="The site keeps no atlas of its own",
            ),
            Asked(
                f"max by (atlas_source) ((time() - transferwatch_atlas_source_timestamp_seconds{{{SITE}}})"
                " / on (job, instance, atlas_source) transferwatch_atlas_source_stale_after_seconds)",
                "__auto",
            ),
            columns("atlas_source"), "Of the allowed age",
        ),
        rows(
            About(
                "Kept atlases: since the last success", "Of each source. Nothing where the site keeps none.",
                "s", OVERVIEW, from_on(2 * _DAY, 8 * _DAY), none="The site keeps no atlas of its own",
            ),
            Asked(
                f"max by (atlas_source) (time() - transferwatch_atlas_source_success_timestamp_seconds{{{SITE}}})",
                "__auto",
            ),
            columns("atlas_source"), "Ago",
        ),
        lines(
            About(
                "Kept atlases: attempts that failed", "In the day before, by source, and whole updates.",
                "short", OVERVIEW, NONE_IS_WELL, none="The site keeps no atlas of its own",
            ),
            Asked(
                f"sum by (atlas_source) (increase(transferwatch_atlas_source_failures_total{{{SITE}}}[1d]))",
                "{{atlas_source}}",
            ),
            Asked(f"sum(increase(transferwatch_atlas_update_failures_total{{{SITE}}}[1d]))", "updates"),
        ),
        number(
            About(
                "Kept atlases: last update", "Since an update made the atlas, or found it up to date.",
                "s", OVERVIEW, from_on(2 * _DAY, 8 * _DAY),
                none="The site keeps no atlas of its own",
            ),
            Asked(f"time() - max(transferwatch_atlas_update_success_timestamp_seconds{{{SITE}}})", "ago"),
        ),
        rows(
            About(
                "Versions", "What records are judged by: two daemons of one site should say the same.",
                "none", OVERVIEW, width=24, height=6,
            ),
            Asked(f"count by (basis, software, atlas, law, inventory) (transferwatch_build_info{{{SITE}}})", "__auto"),
            {
                "basis": "Basis", "software": "Software", "atlas": "Atlas", "law": "Law", "inventory": "Inventory",
            },
            "Daemons",
        ),
    ]  # fmt: skip
