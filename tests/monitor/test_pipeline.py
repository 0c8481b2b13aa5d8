"""From decoded records to verdicts: what a judged part holds, and what leaves on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.app import build_pipeline, open_site
from monitor.hosting import OWN_PREMISES
from monitor.pipeline import SourceSettings
from monitor.rows import rows
from tests.judging import INVENTORY, OURS, PORTAL, Site, flows, line

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.pipeline import Pipeline

_ABROAD = "5.188.10.7"
_AWS = SourceSettings("aws_vpc")
_HOSTED = INVENTORY.replace("data_class: health", "data_class: health, hosting: {operator: aws, country: FR}")


@pytest.fixture
def pipeline(knowledge: Knowledge, tmp_path: Path) -> Pipeline:
    """The stages of a small site, one system of which is hosted by another."""
    return build_pipeline(open_site(Site(inventory=_HOSTED).write(tmp_path), knowledge.operators), knowledge)


def test_a_record_without_times_is_not_judged(pipeline: Pipeline) -> None:
    """Counted with its octets, apart from what is not ours."""
    lines = [
        line(OURS, _ABROAD, start="-", end="-", octets=7),
        line(_ABROAD, "9.9.9.9", octets=30),
        line(OURS, _ABROAD),
    ]
    judged = pipeline.run(flows(*lines), _AWS)

    assert (judged.oriented.frame.height, judged.no_time, judged.no_time_octets) == (1, 1, 7)
    assert (judged.not_ours, judged.not_ours_octets) == (1, 30)


def test_every_record_that_has_a_time_is_kept_for_coverage(pipeline: Pipeline) -> None:
    """Whoever's it is: what a source saw is not only what is ours."""
    lines = [line(OURS, _ABROAD, end="-", octets=7), line(_ABROAD, "9.9.9.9", octets=30), line(OURS, _ABROAD)]
    judged = pipeline.run(flows(*lines), _AWS)

    assert judged.timed["octets"].to_list() == [30, 5000]


def test_each_record_has_its_verdict(pipeline: Pipeline) -> None:
    """`verdict` numbers the rows of `verdicts`."""
    judged = pipeline.run(flows(line(OURS, "13.38.0.1"), line(OURS, PORTAL), line(OURS, "13.38.0.1")), _AWS)

    assert judged.verdicts["place_verdict"].gather(judged.verdict).to_list() == rows(judged)["place_verdict"].to_list()
    assert judged.verdict[0] == judged.verdict[2]


def test_each_record_knows_who_hosts_our_end(pipeline: Pipeline) -> None:
    """`host` numbers the operators of `hosts`; what is on our own premises has none."""
    judged = pipeline.run(flows(line(OURS, _ABROAD), line(PORTAL, _ABROAD), line(_ABROAD, OURS)), _AWS)

    assert (judged.hosts.operators, judged.host.tolist()) == (("aws",), [0, OWN_PREMISES, 0])


def test_a_part_names_its_source_and_what_it_was_judged_by(pipeline: Pipeline) -> None:
    """Whatever becomes of it next says both."""
    judged = pipeline.run(flows(line(OURS, _ABROAD)), SourceSettings("netflow"))

    assert (judged.source, judged.basis) == (SourceSettings("netflow"), pipeline.basis)
