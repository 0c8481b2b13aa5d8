"""Verdicts are put to records by number; what is asked once stands for every record that asks the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from monitor.app import build_pipeline, open_site
from monitor.orient import orient
from tests.judging import INVENTORY, OURS, PORTAL, Gazetteer, Site, flows, line, printing

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.judge import Verdicts
    from monitor.pipeline import Pipeline

_INVENTORY = (
    f"{INVENTORY}"
    "peers: [{networks: [10.99.0.0/16], country: US, importer: example}, {networks: [9.9.9.9/32], country: CH}]\n"
    "staff: [{networks: [192.168.2.0/24], country: JP}, {networks: [192.168.3.0/24]}, {networks: [37.146.5.0/24]}]\n"
)


@pytest.fixture
def pipeline(knowledge: Knowledge, tmp_path: Path) -> Pipeline:
    """A site with peers and staff."""
    site = open_site(Site(inventory=_INVENTORY).write(tmp_path), knowledge.operators)
    return build_pipeline(site, knowledge)


@pytest.fixture(scope="module")
def places(knowledge: Knowledge) -> Gazetteer:
    """Real addresses by what the shipped atlas says of them."""
    return Gazetteer.of(knowledge)


def _judge(pipeline: Pipeline, *lines: str) -> Verdicts:
    found = flows(*lines)
    oriented = orient(found.frame, found.addresses, pipeline.orienter)
    return pipeline.judge.judge(oriented, found.addresses, pipeline.attributor.attribute(found.addresses))


def _told(pipeline: Pipeline, *lines: str) -> list[tuple[str | None, ...]]:
    verdicts = _judge(pipeline, *lines)
    rows = verdicts.table.to_dicts()
    names = ("place_verdict", "place_reason", "place_country", "place_confidence", "place_source", "importer")
    return [tuple(rows[number][name] for name in names) for number in verdicts.row]


def test_records_that_ask_the_same_share_a_verdict(pipeline: Pipeline) -> None:
    """However many there are, and whatever their ports."""
    verdicts = _judge(pipeline, *(line(OURS, "5.188.10.7", srcport=40000 + port) for port in range(50)))

    assert (verdicts.table.height, np.unique(verdicts.row).tolist()) == (1, [0])


def test_every_record_has_a_verdict(pipeline: Pipeline) -> None:
    """One number a record, each of them in the table."""
    verdicts = _judge(pipeline, line(OURS, PORTAL), line(OURS, "8.8.8.8"), line(OURS, "-"), line(OURS, "5.188.10.7"))

    assert (len(verdicts.row), verdicts.table.height) == (4, 4)
    assert verdicts.table["place_verdict"].gather(verdicts.row).to_list() == [
        "internal", "undetermined", "undetermined", "uncovered",
    ]  # fmt: skip


def test_no_record_has_no_verdict(pipeline: Pipeline) -> None:
    """A batch in which nothing is ours."""
    verdicts = _judge(pipeline, line("5.188.10.7", "8.8.8.8"))

    assert (verdicts.table.height, len(verdicts.row)) == (0, 0)


def test_the_inventory_says_where_a_peer_is(pipeline: Pipeline) -> None:
    """Private or public, and anycast too: the site knows it better than any list."""
    assert _told(pipeline, line(OURS, "10.99.0.1"), line(OURS, "9.9.9.9")) == [
        ("uncovered", "importer_not_certified", "US", "stated", "inventory", "example"),
        ("adequate", None, "CH", "stated", "inventory", "quad9"),
    ]


def test_staff_are_where_the_inventory_says_or_the_atlas(pipeline: Pipeline) -> None:
    """Without a country a public address is placed by the atlas, a private one by nothing."""
    assert _told(pipeline, *(line(OURS, far) for far in ("192.168.2.1", "192.168.3.1", "37.146.5.1"))) == [
        ("not_a_transfer", "own_staff", "JP", "stated", "inventory", None),
        ("not_a_transfer", "own_staff", None, "none", None, None),
        ("not_a_transfer", "own_staff", "RU", "agreed", "dbip-country+geo-whois-asn-country", None),
    ]


def test_an_address_that_the_record_does_not_tell(pipeline: Pipeline) -> None:
    """Nothing is known of it, and nothing is guessed."""
    assert (
        _told(pipeline, line(OURS, "-"), line("-", OURS))
        == [("undetermined", "no_source", None, "none", None, None)] * 2
    )


def test_a_verdict_says_which_country_decides_the_control(pipeline: Pipeline) -> None:
    """The law's or the seat's; none where it is open, or where nothing leaves."""
    verdicts = _judge(pipeline, line(OURS, "13.38.0.1"), line(OURS, "37.146.0.1"), line(OURS, PORTAL))

    assert verdicts.table["control_country"].gather(verdicts.row).to_list() == ["US", None, None]


def test_a_place_that_the_law_leaves_open_is_known_all_the_same(knowledge: Knowledge, tmp_path: Path) -> None:
    """How well a place is known does not depend on the policy about its territory."""
    peers = "peers: [{networks: [10.99.0.0/16], country: NC}]\n"
    site = Site(inventory=INVENTORY + peers, policy="{review_territories: undetermined}").write(tmp_path)
    found = _told(build_pipeline(open_site(site, knowledge.operators), knowledge), line(OURS, "10.99.0.1"))

    assert found == [("undetermined", "policy_review", None, "stated", "inventory", None)]


def test_a_verdict_names_every_entry_that_matches(knowledge: Knowledge, tmp_path: Path) -> None:
    """As text between spaces; or says that one names the far end for another system."""
    entries = "".join(
        f"  - {{id: {name}, importer: Lab, match: {{networks: [10.99.0.0/16]}}, systems: [{systems}],"
        " basis: derogation, valid_from: 2026-01-01}\n"
        for name, systems in (("T-2", "warehouse"), ("T-1", "warehouse"))
    )
    site = Site(inventory=_INVENTORY, register=f"transfers:\n{entries}").write(tmp_path)
    pipeline = build_pipeline(open_site(site, knowledge.operators), knowledge)
    verdicts = _judge(pipeline, *(line(ours, "10.99.0.1") for ours in (OURS, PORTAL)), line(OURS, PORTAL))

    told = verdicts.table.select("register_entries", "named_elsewhere", "place_region")[verdicts.row]
    assert told.rows() == [("T-1 T-2", False, None), ("", True, None), ("", False, None)]


def test_a_later_batch_changes_nothing_of_an_earlier_one(pipeline: Pipeline) -> None:
    """Answers are remembered between batches; rows of them never change."""
    first = _told(pipeline, line(OURS, "5.188.10.7"), line(OURS, "8.8.8.8"))
    _told(pipeline, *(line(OURS, far) for far in ("13.38.0.1", "10.99.0.1", "-", "37.146.0.1")))

    assert _told(pipeline, line(OURS, "5.188.10.7"), line(OURS, "8.8.8.8")) == first


def test_several_candidates_keep_the_verdict_that_they_share(pipeline: Pipeline, places: Gazetteer) -> None:
    """Germany or France is inside; France or the United States is open; both keep their candidates."""
    inside, open_ = places.between("DE", "FR"), places.between("FR", "US")
    rows = _judge(pipeline, line(OURS, inside), line(OURS, open_))
    told = rows.table.select("place_verdict", "place_reason", "place_country", "place_confidence", "place_candidates")

    assert [told.row(number) for number in rows.row] == [
        ("eea", None, None, "none", ["DE", "FR"]),
        ("undetermined", "sources_disagree", None, "none", ["FR", "US"]),
    ]


def test_what_is_in_no_place_keeps_its_candidates(pipeline: Pipeline, places: Gazetteer) -> None:
    """Its operator is judged all the same."""
    verdicts = _judge(pipeline, line(OURS, places.in_no_place())).table.row(0, named=True)

    assert (verdicts["place_verdict"], verdicts["place_reason"], verdicts["place_country"]) == (
        *("undetermined", "global_service", None),
    )
    assert verdicts["place_candidates"]
    assert verdicts["control_verdict"] != "none"


def test_an_old_code_is_no_second_witness(knowledge: Knowledge, tmp_path: Path, places: Gazetteer) -> None:
    """The atlas took it for a country, the law does not: one country is left, by one database."""
    site = open_site(Site().write(tmp_path), knowledge.operators)
    printed = printing(knowledge, "AN", instead_of="US")
    found = _told(build_pipeline(site, printed), line(OURS, places.between("FR", "US")))

    assert [row[:4] for row in found] == [("eea", None, "FR", "single")]
