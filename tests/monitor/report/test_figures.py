"""The figures of a month."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.report.as_json import to_json
from monitor.report.figures import figures
from monitor.report.sums import Share
from tests.monitor.report.months import full_month, given_month


def test_answer_of_a_full_month() -> None:
    """Worked out by hand from the rows of `full_month`."""
    answer = figures(full_month()).answer

    assert (answer.outward.octets_out, answer.left.octets_out, answer.left.records) == (6200, 5900, 4)
    assert (answer.no_ground.octets_out, answer.no_ground_share) == (5100, Share(5120, 7160))
    assert (answer.undetermined.octets, answer.undetermined_share) == (110, Share(110, 7160))
    assert (answer.exposed_inside.octets_in, answer.exposed_inside_share) == (900, Share(1000, 1000))
    assert (answer.administration.records, answer.probes) == (1, 9)


@pytest.mark.parametrize(
    ("newest", "status"),
    [
        (datetime(2026, 10, 31, 22, 59, tzinfo=UTC), "preliminary"),
        (datetime(2026, 10, 31, 23, tzinfo=UTC), "complete"),
        (None, "preliminary"),
    ],
)
def test_month_is_over_when_the_ledger_holds_a_record_from_after_it(newest: datetime | None, status: str) -> None:
    """No clock is asked."""
    assert figures(given_month({}, newest_record=newest)).status == status


def test_month_of_which_nothing_was_read_has_no_data() -> None:
    """Even where later months were read."""
    assert figures(given_month(newest_record=datetime(2026, 12, 1, tzinfo=UTC))).status == "no_data"


def test_month_in_which_the_source_saw_no_traffic_has_data() -> None:
    """No transfers, and somebody looked."""
    assert figures(given_month(coverage=[{"state": "no_data"}])).status == "preliminary"


def test_order_of_the_rows_does_not_matter() -> None:
    """The same ledger gives the same report."""
    given = full_month()
    turned = {
        name: getattr(given, name).reverse() for name in ("transfers", "course", "probes", "coverage", "outcomes")
    }
    other = type(given)(**{name: turned.get(name, getattr(given, name)) for name in given.__slots__})

    assert to_json(figures(other)) == to_json(figures(given))


def test_octets_without_a_name_are_a_share_of_the_traffic_with_far_ends() -> None:
    """Records between our own systems and beside the counting point are not in it."""
    named = {"octets_out": 300, "octets_in": 100, "octets_without_name": 0}
    unnamed = {"octets_out": 90, "octets_in": 10, "octets_without_name": 100}
    rows: list[dict[str, Any]] = [
        named,
        unnamed,
        {**unnamed, "place_verdict": "internal"},
        {**unnamed, "counted": False},
    ]

    assert figures(given_month(*rows)).answer.without_name == Share(100, 500)
