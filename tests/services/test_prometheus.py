"""A real Prometheus scrapes the metrics, and adds up what the ledger would."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from prometheus_client import generate_latest, start_http_server

from tests.monitor.metrics.sums import HOUR, Told, everything, sums, transfers
from tests.services.prometheus import Prometheus, scraping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_ROWS: Final[list[dict[str, Any]]] = [
    {
        "system": ("warehouse", "portal")[number % 2],
        "data_class": ("health", "identity")[number % 2],
        "operator": f"as{number % 70}",
        "place_country": ("FR", "US", "DE", None)[number % 4],
        "place_verdict": ("eea", "uncovered", "eea", "undetermined")[number % 4],
        "records": number,
        "octets_out": number * 1_000_003,
        "octets_in": number * 7,
        "counted": number % 5 > 0,
    }
    for number in range(500)
]
_ROWS.append(
    {
        "event": "admin",
        "actor_kind": "provider",
        "success": True,
        "system": "warehouse",
        "data_class": "health",
        "operator": "aws",
        "place_country": "US",
        "place_verdict": "uncovered",
        "records": 3,
        "octets_out": 0,
        "octets_in": 0,
        "counted": True,
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def prometheus(service: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus that has scraped metrics at zero, twice, and then with a batch and a closed hour."""
    executable = service("prometheus")
    told = Told()
    told.metrics.start([("warehouse", "health"), ("portal", "identity")], ["aws_vpc", "zeek"])
    frame = transfers(*_ROWS)
    with _exposed(told) as port, scraping(executable, port, tmp_path_factory.mktemp("prometheus")) as asked:
        asked.wait_for('count_over_time(transferwatch_source_records_total{source="zeek", outcome="judged"}[1m]) >= 2')
        told.metrics.judged(sums(frame, coverage=[{"records": 600, "not_ours_records": 100}]), "aws_vpc")
        told.metrics.lag("aws_vpc", HOUR + timedelta(hours=1), HOUR)
        told.metrics.expected({"aws_vpc": 600})
        told.metrics.seeing({"aws_vpc": 3000.0}, {"aws_vpc": 1}, {"aws_vpc": 1})
        told.metrics.posture([("warehouse", "aws", "provider", True)], [("warehouse", "scaleway", HOUR)])
        told.metrics.closed_hour(HOUR, frame)
        asked.wait_for("transferwatch_closed_hour_timestamp_seconds")
        yield asked


def test_prometheus_adds_up_what_the_frames_add_up_to(prometheus: Prometheus) -> None:
    """Sums by way, system and verdict; also of the closed hour."""
    out = _total("octets_out")
    asked = {
        "sum(transferwatch_transfer_records_total)": _total("records"),
        "sum(transferwatch_verdict_records_total)": _total("records"),
        "sum(transferwatch_uncounted_records_total)": _total("records", counted=False),
        'sum(transferwatch_transfer_octets_total{way="out"})': out,
        'sum(transferwatch_verdict_octets_total{way="out"})': out,
        'sum(transferwatch_closed_hour_octets{way="out"})': out,
        'sum(transferwatch_transfer_octets_total{way="in", place_verdict="uncovered"})': _total(
            "octets_in", place_verdict="uncovered"
        ),
        'sum(transferwatch_transfer_records_total{system="portal"})': _total("records", system="portal"),
        "sum(transferwatch_source_records_total)": 600,
        "transferwatch_closed_hour_timestamp_seconds": HOUR.timestamp(),
    }

    assert {query: prometheus.value(query) for query in asked} == asked


def test_every_question_of_the_handbook_is_a_query(prometheus: Prometheus, root: Path) -> None:
    """Nobody copies a line that Prometheus refuses, or that asks for a metric which is not there."""
    questions = _questions(root)
    silent = [question for question in questions if not prometheus.answer(question)]

    assert len(questions) > 10
    # Nothing was lost; and the versions, with the dates of the atlas, were not told in this test.
    assert [question for question in silent if "_unjudged_" not in question and "_atlas_" not in question] == []


def test_the_first_octets_of_a_verdict_are_an_increase(prometheus: Prometheus, root: Path) -> None:
    """One batch is enough: the series stood at zero before it."""
    left = prometheus.answer(_questions(root)[0])

    assert {each["metric"]["system"]: float(each["value"][1]) > 0 for each in left} == {
        "warehouse": False, "portal": True, "none": False,
    }  # fmt: skip


def test_a_source_that_never_came_is_silent(prometheus: Prometheus, root: Path) -> None:
    """It stands at zero from the start, so its silence can be asked for."""
    (question,) = (each for each in _questions(root) if "[30m]" in each)

    assert [each["metric"] for each in prometheus.answer(question)] == [{"source": "zeek"}]


def test_promtool_finds_nothing_to_say_of_the_exposition(service: Callable[[str], Path]) -> None:
    """Names, units and help texts are as Prometheus wants them."""
    exposition = generate_latest(everything().registry)
    checked = subprocess.run(
        [service("promtool"), "check", "metrics"], input=exposition, capture_output=True, check=False
    )

    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")


def _total(measure: str, **labels: object) -> int:
    """Sum of a measure over the rows with these values; the counted ones, unless `counted` says otherwise."""
    wanted = {"counted": True, **labels}
    return sum(row[measure] for row in _ROWS if wanted.items() <= row.items())


def _questions(root: Path) -> list[str]:
    """The queries of docs/metrics.md, comments included; an empty line stands between two."""
    page = (root / "docs" / "metrics.md").read_text(encoding="utf-8")
    return page.partition("```promql\n")[2].partition("\n```")[0].split("\n\n")


@contextmanager
def _exposed(told: Told) -> Iterator[int]:
    """Serve the metrics on a free port."""
    server, thread = start_http_server(0, addr="127.0.0.1", registry=told.registry)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
