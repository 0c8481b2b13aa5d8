"""Sentences of the design's section 3.5 on the register: which entry matches, which of several, and what fails.

Each test quotes its sentence; every neighbour in an order has a test in which both steps apply.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.judging import INVENTORY, NOON, OURS, PORTAL, Row, line, second_before, verdict

if TYPE_CHECKING:
    from tests.judging import Gazetteer, Judging

_INDIAN = "10.99.0.7"
_PEERS = f"{INVENTORY}peers: [{{networks: [10.99.0.0/16], country: IN}}]\n"
_LAB = "match: {networks: [10.99.0.0/16]}"


def _register(*entries: str) -> str:
    """Entries of which each says what is not usual: by default binding rules without clear-text access, in force."""
    usual = {
        "importer": "Example",
        "basis": "bcr",
        "clear_text_access": "false",
        "tia": "{date: 2025-01-01, next_review: 2027-01-01}",
        "valid_from": "2025-01-01",
    }
    texts = []
    for place, entry in enumerate(entries, 1):
        said = {key for key in usual if f"{key}:" in entry}
        rest = [f"{key}: {value}" for key, value in usual.items() if key not in said]
        name = [] if entry.startswith("id:") else [f"id: T-{place}"]
        texts.append("{" + ", ".join([*name, entry, *rest]) + "}")
    return "transfers: [" + ", ".join(texts) + "]"


def _row(judged: Judging, *entries: str, src: str = OURS, dst: str = _INDIAN, at: datetime = NOON) -> Row:
    return judged.one(line(src, dst, at=at), inventory=_PEERS, register=_register(*entries))


def _mechanism(judged: Judging, *entries: str, at: datetime = NOON) -> str | None:
    mechanism: str | None = _row(judged, *entries, at=at)["mechanism"]
    return mechanism


# Which far ends an entry names


def test_any_of_operators_and_networks_names_the_far_end(judged: Judging, places: Gazetteer) -> None:
    """An entry matches when *any* of operators, domains (suffix at a label boundary), networks names the far end."""
    address = places.find(country="IN", operator="jio")
    other = "networks: [192.168.7.0/24]"
    operators = [f"match: {{operators: [jio], {other}}}", f"match: {{operators: [airtel], {other}}}"]
    network = f"match: {{operators: [airtel], networks: [{address}/32]}}"

    found = [_row(judged, entry, dst=address)["place_verdict"] for entry in (*operators, network)]
    assert found == ["safeguarded", "uncovered", "safeguarded"]


def test_an_as_number_names_an_operator_outside_the_table(judged: Judging, places: Gazetteer) -> None:
    """An entry matches when *any* of operators ... names the far end: `as64500` for one that no file knows."""
    address = places.find(country="IN", listed=False)
    operator = judged.abroad(address)["operator"]

    found = [_row(judged, f"match: {{operators: [{name}]}}", dst=address) for name in (operator, "as64500")]
    assert [verdict(row) for row in found] == [("safeguarded", None, "T-1"), ("uncovered", "no_ground", None)]


def test_an_as_number_names_a_network_of_a_listed_operator(judged: Judging, places: Gazetteer) -> None:
    """An entry matches when *any* of operators ... names the far end, under its id or its number."""
    row = _row(judged, "match: {operators: [as55836]}", dst=places.find(country="IN", operator="jio"))

    assert verdict(row) == ("safeguarded", None, "T-1")


# Which lists must hold


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (_LAB, ("safeguarded", None, "T-1")),
        (
            "match: {networks: [10.99.0.0/16], countries: []}, systems: [], data_classes: []",
            ("safeguarded", None, "T-1"),
        ),
        ("match: {networks: [10.99.0.0/16], countries: [US]}", ("uncovered", "entry_outside_scope", None)),
        (f"{_LAB}, systems: [portal]", ("uncovered", "entry_outside_scope", None)),
        (f"{_LAB}, data_classes: [identity]", ("uncovered", "entry_outside_scope", None)),
        (
            "match: {networks: [10.99.0.0/16], countries: [IN]}, systems: [warehouse], data_classes: [health]",
            ("safeguarded", None, "T-1"),
        ),
    ],
    ids=["no lists", "empty lists", "another country", "another system", "another class", "all three"],
)
def test_every_list_must_hold(judged: Judging, entry: str, expected: tuple[str, str | None, str | None]) -> None:
    """*And* country, system and class are in its lists (absent or empty means no restriction)."""
    assert verdict(_row(judged, entry)) == expected


def test_the_lists_are_asked_for_the_system_of_the_record(judged: Judging) -> None:
    """*And* country, system and class are in its lists."""
    entry = f"{_LAB}, systems: [portal]"

    assert verdict(_row(judged, entry, src=PORTAL)) == ("safeguarded", None, "T-1")


# Which of several


def test_in_force_stands_before_assessed(judged: Judging) -> None:
    """Of several: in force, assessment in date: what has ended covers nothing, however well it was assessed."""
    ended = f"{_LAB}, valid_to: 2026-10-06"
    lapsed = f"{_LAB}, tia: {{date: 2025-01-01, next_review: 2026-01-01}}, importer: Lapsed"
    row = _row(judged, ended, lapsed)

    assert (verdict(row), row["importer"]) == (("uncovered", "entry_lapsed", None), "Lapsed")


def test_in_force_stands_before_narrower(judged: Judging) -> None:
    """Of several: in force, assessment in date, narrowest, then id."""
    ended = f"{_LAB}, systems: [warehouse], valid_to: 2026-10-06"

    assert _mechanism(judged, ended, _LAB) == "T-2"


def test_assessed_stands_before_narrower(judged: Judging) -> None:
    """Of several: in force, assessment in date, narrowest, then id."""
    lapsed = f"{_LAB}, systems: [warehouse], tia: {{date: 2025-01-01, next_review: 2026-01-01}}"

    assert _mechanism(judged, lapsed, _LAB) == "T-2"


def test_narrower_stands_before_the_id(judged: Judging) -> None:
    """Of several: ... narrowest, then id: one more list makes an entry narrower."""
    assert _mechanism(judged, _LAB, f"{_LAB}, systems: [warehouse]") == "T-2"


def test_a_network_is_narrower_than_an_operator(judged: Judging, places: Gazetteer) -> None:
    """Of several: ... narrowest, then id: a network names less than an operator does, whatever the lists."""
    address = places.find(country="IN", operator="jio")
    row = _row(
        judged, "match: {operators: [jio]}, systems: [warehouse]", f"match: {{networks: [{address}/32]}}", dst=address
    )

    assert row["mechanism"] == "T-2"


def test_the_id_comes_last(judged: Judging) -> None:
    """Of several: ... narrowest, then id: the first in the order of the letters, not of the file."""
    assert _mechanism(judged, f"id: T-9, {_LAB}", f"id: T-10, {_LAB}") == "T-10"


def test_an_entry_that_cannot_work_does_not_hide_one_that_does(judged: Judging) -> None:
    """An entry ... whose measures cannot work for clear-text access does not cover: the next one is asked."""
    cannot = f"{_LAB}, systems: [warehouse], importer: Cannot, clear_text_access: true"
    row = _row(judged, cannot, f"{_LAB}, importer: Works")

    assert (verdict(row), row["importer"]) == (("safeguarded", None, "T-2"), "Works")


# Why none covers, first that applies


def test_the_best_entry_says_why_none_covers(judged: Judging) -> None:
    """Of several: in force, assessment in date, narrowest, then id. The importer is that of the same entry."""
    row = _row(
        judged,
        f"{_LAB}, importer: Ended, valid_to: 2026-10-06",
        f"{_LAB}, importer: Now, clear_text_access: true",
        "match: {networks: [10.99.0.0/24]}, systems: [portal]",
    )

    assert (verdict(row), row["importer"]) == (("uncovered", "entry_insufficient", None), "Now")


def test_insufficient_stands_before_the_importer(judged: Judging) -> None:
    """An entry ... whose measures cannot work for clear-text access does not cover: `entry_insufficient`."""
    register = _register(f"{_LAB}, clear_text_access: true")

    assert verdict(judged.peer("US", register=register)) == ("uncovered", "entry_insufficient", None)


def test_out_of_scope_stands_before_the_importer(judged: Judging) -> None:
    """`entry_outside_scope`: the far end was declared, for something else."""
    register = _register("match: {networks: [10.99.0.0/16], countries: [IN]}")

    assert verdict(judged.peer("US", register=register)) == ("uncovered", "entry_outside_scope", None)


def test_an_entry_that_has_not_begun_is_out_of_scope(judged: Judging) -> None:
    """`entry_outside_scope`: an entry that begins tomorrow says nothing of today, and has not lapsed."""
    assert verdict(_row(judged, f"{_LAB}, valid_from: 2026-10-08")) == ("uncovered", "entry_outside_scope", None)


@pytest.mark.parametrize(
    ("measures", "expected"),
    [("pseudonymised", "safeguarded"), ("exporter_keys", "uncovered"), ("encrypted_transit", "uncovered")],
)
def test_measures_that_work_for_clear_text(judged: Judging, measures: str, expected: str) -> None:
    """Whose measures cannot work for clear-text access: encryption does not, where the importer reads what it gets."""
    tia = f"tia: {{date: 2025-01-01, next_review: 2027-01-01, supplementary_measures: [{measures}]}}"

    assert _row(judged, f"{_LAB}, clear_text_access: true, {tia}")["place_verdict"] == expected


# Days


def test_register_days_are_both_included(judged: Judging) -> None:
    """Register days are both included, in the site's time zone: Paris is two hours ahead in October."""
    entry = f"{_LAB}, valid_from: 2026-10-07, valid_to: 2026-10-07"
    begins, ends = datetime(2026, 10, 6, 22, tzinfo=UTC), datetime(2026, 10, 7, 22, tzinfo=UTC)

    found = [
        _row(judged, entry, at=at)["place_reason"] for at in (second_before(begins), begins, second_before(ends), ends)
    ]
    assert found == ["entry_outside_scope", None, None, "entry_lapsed"]


def test_register_days_are_those_of_the_site(judged: Judging) -> None:
    """Register days are both included, *in the site's time zone*."""
    text = line(OURS, _INDIAN, at=datetime(2026, 10, 6, 23, tzinfo=UTC))
    register = _register(f"{_LAB}, valid_from: 2026-10-07")
    zones = ["Europe/Paris", "UTC", "America/Cayenne"]

    found = [judged.one(text, inventory=_PEERS, register=register, timezone=zone)["place_verdict"] for zone in zones]
    assert found == ["safeguarded", "uncovered", "uncovered"]


def test_a_record_is_judged_at_its_end(judged: Judging) -> None:
    """A record is judged at `end_time`: one that began under no entry and ended under one is covered."""
    ends = datetime(2026, 10, 6, 22, tzinfo=UTC)
    register = _register(f"{_LAB}, valid_from: 2026-10-07")

    row = judged.one(line(OURS, _INDIAN, at=ends, seconds=3600), inventory=_PEERS, register=register)
    assert verdict(row) == ("safeguarded", None, "T-1")


def test_the_assessment_holds_through_the_day_of_its_review(judged: Judging) -> None:
    """An entry whose assessment lapsed ... does not cover: `entry_lapsed`."""
    entry = f"{_LAB}, tia: {{date: 2025-01-01, next_review: 2026-10-06}}"
    ends = datetime(2026, 10, 6, 22, tzinfo=UTC)

    found = [_row(judged, entry, at=at)["place_reason"] for at in (second_before(ends), ends)]
    assert found == [None, "entry_lapsed"]


# Importer, first that applies


def test_the_entry_stands_before_the_peer(judged: Judging) -> None:
    """Importer is who receives: the register entry that matches, else ..."""
    named = _register(f"{_LAB}, importer: Of the entry")
    elsewhere = _register(f"{_LAB}, importer: Of the entry, systems: [portal]")

    found = [
        judged.peer("IN", importer="of_the_peer", register=register)["importer"] for register in (named, elsewhere)
    ]
    assert found == ["Of the entry", "of_the_peer"]


def test_the_peer_stands_before_the_operator(judged: Judging, places: Gazetteer) -> None:
    """Importer is who receives: what the inventory says of a peer, else the operator when it does not host others."""
    address = places.find(country="US", operator="salesforce")
    peers = [
        f"{INVENTORY}peers: [{{networks: [{address}/32], country: US{more}}}]\n" for more in (", importer: lab", "")
    ]

    assert [judged.abroad(address, inventory=text)["importer"] for text in peers] == ["lab", "salesforce"]


def test_the_operator_only_when_it_does_not_host_others(judged: Judging, places: Gazetteer) -> None:
    """Else the operator when it does not host others (kind not cloud, cdn, hosting, ...), else null."""
    wanted = [("US", "salesforce"), ("US", "aws"), ("IN", "jio")]
    found = [judged.abroad(places.find(country=where, operator=who))["importer"] for where, who in wanted]

    assert found == ["salesforce", None, None]


def test_a_certification_under_the_importers_name_or_its_operators(judged: Judging, places: Gazetteer) -> None:
    """Frameworks with a scope look at the importer, under the entry's name for it and under the operator's."""
    address = places.find(country="US", operator="salesforce")
    register = _register("match: {operators: [salesforce]}, basis: adequacy, importer: 'Salesforce, Inc.'")
    listed = (
        "certifications: [{{framework: us_dpf, importer: '{}', covers: [non_hr], valid_from: 2023-09-01, source: x}}]"
    )

    found = [
        verdict(judged.abroad(address, register=register, certifications=listed.format(name)))[0]
        for name in ("Salesforce, Inc.", "SALESFORCE", "somebody")
    ]
    assert found == ["adequate", "adequate", "uncovered"]


def test_a_host_named_by_an_entry_does_not_certify_its_tenant(judged: Judging, places: Gazetteer) -> None:
    """Frameworks with a scope look at the importer, never at the host's operator."""
    address = places.find(country="US", operator="aws")
    register = _register("match: {operators: [aws]}, basis: adequacy, importer: Tenant")
    listed = "certifications: [{framework: us_dpf, importer: aws, covers: [non_hr], valid_from: 2023-09-01, source: x}]"

    row = judged.abroad(address, register=register, certifications=listed)
    assert (verdict(row), row["importer"]) == (("uncovered", "importer_not_certified", None), "Tenant")


def test_nobody_receives_what_is_no_transfer(judged: Judging, places: Gazetteer) -> None:
    """Importer is who receives ... else null: a visitor of the portal receives nothing, even from a known service."""
    row = judged.one(line(places.find(operator="salesforce"), PORTAL))

    assert (row["place_reason"], row["operator"], row["importer"]) == ("direct_collection", "salesforce", None)


def test_internal_rows_have_no_importer(judged: Judging) -> None:
    """Importer is who receives ... else null: nobody receives what stays."""
    register = _register("match: {networks: [10.30.0.0/16]}")

    assert judged.one(line(OURS, PORTAL), register=register)["importer"] is None
