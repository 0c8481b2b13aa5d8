"""Every metric as the table has it."""

from __future__ import annotations

from monitor.metrics.table import LABELS, METRICS


def test_every_name_is_given_once() -> None:
    """A second metric of one name would hide the first."""
    names = [metric.name for metric in METRICS]

    assert len(names) == len(set(names))


def test_every_label_is_explained_and_used() -> None:
    """The page says what may stand in each label."""
    assert {label for metric in METRICS for label in metric.labels} == set(LABELS)


def test_counters_and_nothing_else_end_as_counters_do() -> None:
    """Prometheus' own convention; a recording rule that sees `_total` may take its rate."""
    assert [metric.name for metric in METRICS if metric.name.endswith("_total") != (metric.type == "counter")] == []


def test_no_label_can_hold_an_address_or_a_name_of_a_host() -> None:
    """Metrics are read by more people than the ledger is: no personal data stands in them."""
    assert not {"remote_address", "local_address", "name", "observer", "account"} & set(LABELS)
