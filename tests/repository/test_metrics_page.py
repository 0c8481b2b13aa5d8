"""docs/metrics.md says of every metric what the table says; TRANSFERWATCH_REGENERATE=docs writes it anew."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from monitor.metrics.table import LABELS, METRICS
from tests.monitor.metrics.sums import everything

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.metrics.table import Metric

HEAD = """# Metrics

Every metric of `/metrics`. The tables are written from `monitor/metrics/table.py`; a test holds the two together, and
another one asks a real Prometheus every question below.

- Only counted records enter `transferwatch_transfer_*` and `transferwatch_verdict_*`. Both hold the same octets and
  records, so add up one of them, never both. Their sums are those of the ledger since the daemon started; a restart
  begins at zero, which `rate()` and `increase()` know.
- Ask `transferwatch_verdict_*` for increases. `increase()` does not see the first value of a series that was not there
  before; these stand at zero for every system and verdict from the start, `transferwatch_source_records_total` for
  every source and outcome. `transferwatch_transfer_*` says what it was made of; of it, each system has one series at
  zero (its internal data), so that `sum by (system)` names every system.
- `increase()` extrapolates to the edges of its window, and its answers are not whole. `transferwatch_closed_hour_*` is
  the ledger's own figure of the last closed hour. What is filed comes from the report.
- Values are floating point in Prometheus: whole numbers are exact up to 2**53, which is nine quadrillion records or
  eight pebioctets in one series. The daemon itself adds whole numbers and never wraps around.
- Series are bounded, whatever the input says. At most 50 operators bear their name: the ledger's largest at the start,
  then those that come, the largest of a batch first; the last half of the slots waits for operators that carry a
  hundredth of all octets since the start. Near `transferwatch_traffic_series_limit` new series lose detail. What loses
  its name is counted under `other`, in the same sums, and `transferwatch_folded_records_total` says how much that is.
- Measured with 10 000 pairs of system and operator (40 000 sets of labels, in two countries and two directions): 35 728
  series, of which 25 200 are of traffic; a scrape is 7.5 MB of text and takes one to four seconds on two loaded cores,
  so give Prometheus a `scrape_timeout` to match. `python -m tests.bench.bench_series` measures it and proves the sums.
"""

QUESTIONS = """
## Questions

```promql
# What left the EEA in the last hour, per system, in octets. Own staff and direct collection are no transfers.
sum by (system) (increase(
  transferwatch_verdict_octets_total{way="out", place_verdict=~"adequate|safeguarded|derogation|uncovered"}[1h]
))

# The same of the last closed hour, exactly as the ledger has it; nothing where nothing left.
sum by (system) (
  transferwatch_closed_hour_octets{way="out", place_verdict=~"adequate|safeguarded|derogation|uncovered"}
)

# Stays in the EEA by place, and a law from outside reaches the operator.
sum by (system) (increase(transferwatch_verdict_octets_total{place_verdict="eea", control_verdict="exposed"}[1h]))

# Share of octets whose place is undetermined, per system.
sum by (system) (rate(transferwatch_verdict_octets_total{place_verdict="undetermined"}[1h]))
  / sum by (system) (rate(transferwatch_verdict_octets_total[1h]))

# Under whose control what left came, and with which operators.
topk(10, sum by (operator, control_country) (transferwatch_transfer_octets_total{way="out", control_verdict="exposed"}))

# A silent source: nothing came of it for half an hour, or nothing ever.
sum by (source) (increase(transferwatch_source_records_total[30m])) == 0

# A source that is behind, whether the daemon still looks or not.
time() - transferwatch_source_newest_record_timestamp_seconds > 1800

# Share of records that touch no system of the inventory: above a few per cent, the inventory is incomplete.
sum by (source) (rate(transferwatch_source_records_total{outcome="not_ours"}[1h]))
  / sum by (source) (rate(transferwatch_source_records_total[1h]))

# Records lost or unreadable, and why.
sum by (source, outcome, reason) (increase(transferwatch_source_unjudged_records_total[1h])) > 0

# An hour that should be closed and is not.
time() - transferwatch_closed_hour_timestamp_seconds > 3 * 3600

# Share of the octets with far ends that are not ours of which a verdict rests on an unverified fact.
sum by (system) (rate(transferwatch_unverified_octets_total[1d]))
  / sum by (system) (rate(transferwatch_verdict_octets_total{place_verdict!="internal"}[1d]))

# Systems on a host that is exposed and holds the keys.
transferwatch_hosting_exposed{keys="provider"} == 1

# Days that are left to move.
(transferwatch_transition_deadline_timestamp_seconds - time()) / 86400

# Age of the oldest place database of the atlas, in days.
(time() - transferwatch_atlas_oldest_source_timestamp_seconds) / 86400

# Sources of the kept atlases that are too old, by how many days.
(time() - transferwatch_atlas_source_timestamp_seconds - transferwatch_atlas_source_stale_after_seconds) / 86400 > 0

# When the atlas was last found to be up to date, in hours.
(time() - transferwatch_atlas_update_success_timestamp_seconds) / 3600

# Access by the provider's own people.
increase(transferwatch_administration_records_total{actor_kind="provider", result!="failed"}[1h]) > 0

# Sources that are silent for longer than is normal for them.
transferwatch_source_lag_seconds > on (source) transferwatch_source_expected_every_seconds

# Interfaces and sensors that used to report and stopped.
transferwatch_source_silent_observers > 0

# Detail was lost today.
increase(transferwatch_folded_records_total[1d]) > 0
```
"""


def page() -> str:
    """The page as it should be."""
    labels = "\n".join(f"| `{label}` | {LABELS[label]} |" for label in sorted(LABELS))
    return (
        HEAD
        + "\n## Metrics\n\n| metric | type | unit | labels | meaning | moves when |\n|---|---|---|---|---|---|\n"
        + "\n".join(_row(metric) for metric in METRICS)
        + "\n\n## Labels\n\n| label | values |\n|---|---|\n"
        + labels
        + "\n"
        + QUESTIONS
    )


def _row(metric: Metric) -> str:
    labels = " ".join(f"`{label}`" for label in metric.labels)
    return f"| `{metric.name}` | {metric.type} | {metric.unit} | {labels} | {metric.meaning} | {metric.moves} |"


def test_page_says_what_the_table_says(root: Path) -> None:
    """No metric is missing and none is invented."""
    path = root / "docs" / "metrics.md"
    if os.environ.get("TRANSFERWATCH_REGENERATE") == "docs":
        path.write_text(page(), encoding="utf-8")

    assert path.read_text(encoding="utf-8") == page()


def test_what_is_exposed_is_what_the_table_says() -> None:
    """Names, types and labels of a scrape after everything moved; no metric is only promised."""
    exposed = {
        (sample.name, family.type, tuple(sample.labels))
        for family in everything().registry.collect()
        for sample in family.samples
    }

    assert exposed == {(metric.name, metric.type, metric.labels) for metric in METRICS}
