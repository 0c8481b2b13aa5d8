"""Sentences of the design's sections 3.5 and 3.7 on place and control that say never, only or first that applies.

Each test quotes its sentence; every neighbour in an order has a test in which both steps apply.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor import schema
from tests.judging import INVENTORY, NOON, OURS, PORTAL, control, line, printing, second_before, told, verdict

if TYPE_CHECKING:
    from tests.judging import Gazetteer, Judging

_RUSSIAN = "5.188.10.7"
_UNDETERMINED = ("place_country", "place_candidates", "place_confidence", "place_source")


def _with(**lists: str) -> str:
    """The inventory with peers, staff or forwarders besides."""
    return INVENTORY + "".join(f"{name}: [{entry}]\n" for name, entry in lists.items())


def _certified(framework: str, importer: str, rest: str = "covers: [non_hr], valid_from: 2016-08-01") -> str:
    entry = f"{{framework: {framework}, importer: {importer}, {rest}, source: invented}}"
    return f"certifications: [{entry}]"


def _entry(match: str, *, basis: str = "bcr", rest: str = "") -> str:
    tia = "" if basis == "derogation" else "tia: {date: 2020-01-01, next_review: 2030-01-01}, "
    return (
        f"transfers: [{{id: T-1, importer: Example, match: {{{match}}}, basis: {basis}, {tia}"
        f"clear_text_access: false, valid_from: 2020-01-01{rest}}}]"
    )


# Place: what is no transfer by itself


def test_both_ends_ours_stand_before_the_staff(judged: Judging) -> None:
    """`internal` (ours), before `not_a_transfer` (own staff): the longest network says whose an address is."""
    inventory = _with(staff="{networks: [10.20.0.0/15], country: JP}")

    assert verdict(judged.one(line(OURS, PORTAL), inventory=inventory)) == ("internal", None, None)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "169.254.169.254", "224.0.0.251", "240.0.0.1", "198.51.100.7", "ff02::fb"]
)
def test_what_cannot_leave_the_site_is_internal(judged: Judging, address: str) -> None:
    """`internal` (ours, or cannot leave the site: loopback, link-local, multicast, reserved, documentation)."""
    ours = "2001:db8:20::5" if ":" in address else OURS
    row = judged.one(line(ours, address))

    assert told(row, "place_verdict", "control_verdict", "operator", "importer") == ("internal", "none", None, None)
    assert told(row, *_UNDETERMINED) == (None, [], "none", None)


def test_the_word_of_the_inventory_stands_before_the_registries(judged: Judging) -> None:
    """An address that the inventory calls staff or peer is that, though the registries confine it to a site."""
    staff = _with(staff="{networks: [198.51.100.0/24], country: JP}")
    peers = _with(peers="{networks: [198.51.100.0/24], country: RU}")

    assert verdict(judged.one(line(OURS, "198.51.100.7"), inventory=staff))[:2] == ("not_a_transfer", "own_staff")
    assert verdict(judged.one(line(OURS, "198.51.100.7"), inventory=peers))[:2] == ("uncovered", "no_ground")


def test_own_staff_stand_before_direct_collection(judged: Judging) -> None:
    """`not_a_transfer` (own staff, direct collection): staff who visit the portal are staff."""
    inventory = _with(staff="{networks: [5.188.10.0/24], country: RU}")
    row = judged.one(line(_RUSSIAN, PORTAL), inventory=inventory)

    assert verdict(row) == ("not_a_transfer", "own_staff", None)
    assert told(row, "place_country", "place_source", "place_confidence") == ("RU", "inventory", "stated")


def test_direct_collection_stands_before_the_law(judged: Judging) -> None:
    """`not_a_transfer` (own staff, direct collection), with its operator and control all the same."""
    row = judged.one(line(_RUSSIAN, PORTAL))

    assert verdict(row) == ("not_a_transfer", "direct_collection", None)
    assert (row["operator"] is not None, row["control_verdict"] != "none") == (True, True)


# Place: what cannot be placed


def test_a_private_address_that_no_file_names(judged: Judging) -> None:
    """A private address that no file names is `undetermined`/`private_unlisted` (it may be a peer abroad)."""
    row = judged.abroad("192.168.77.5")

    assert verdict(row) == ("undetermined", "private_unlisted", None)
    assert told(row, *_UNDETERMINED) == (None, [], "none", None)


@pytest.mark.parametrize("address", ["2001:0:4136:e378:8000:63bf:3fff:fdd2", "::5.188.10.7"])
def test_addresses_whose_bits_tell_nothing(judged: Judging, address: str) -> None:
    """Teredo and IPv4-compatible are `undetermined`."""
    assert verdict(judged.one(line("2001:db8:20::5", address))) == ("undetermined", "no_source", None)


@pytest.mark.parametrize("address", ["64:ff9b::5.188.10.7", "2002:5bc:a07::1"])
def test_addresses_that_carry_another(judged: Judging, address: str) -> None:
    """NAT64 `64:ff9b::/96` and 6to4 `2002::/16` are attributed by the IPv4 inside."""
    inner = judged.abroad(_RUSSIAN)
    row = judged.one(line("2001:db8:20::5", address))

    assert told(row, "place_country", "operator") == told(inner, "place_country", "operator") == ("RU", row["operator"])


def test_an_anycast_address_keeps_its_candidate(judged: Judging) -> None:
    """Anycast, missing or conflicting sources give `undetermined` with the candidates and the confidence."""
    row = judged.abroad("8.8.8.8")

    assert verdict(row) == ("undetermined", "anycast", None)
    assert told(row, *_UNDETERMINED) == (None, ["US"], "none", "dbip-country+geo-whois-asn-country")
    assert told(row, "operator", "control_verdict") == ("google_cloud", "exposed")


def test_anycast_stands_before_the_register(judged: Judging) -> None:
    """Anycast is `undetermined`: an entry speaks of countries, and which one it is nobody can say."""
    assert verdict(judged.abroad("8.8.8.8", register=_entry("networks: [8.8.8.0/24]")))[0] == "undetermined"


def test_an_address_in_no_source(judged: Judging) -> None:
    """`undetermined`: never silently outside, never silently inside."""
    row = judged.one(line("2001:db8:20::5", "3000::1"))

    assert verdict(row) == ("undetermined", "no_source", None)
    assert control(row) == ("undetermined", "operator_unlisted")


@pytest.mark.parametrize("code", ["EU", "AP", "A1", "A2", "T1", "ZZ", "XX", "AN"])
def test_a_code_that_is_no_country(judged: Judging, code: str) -> None:
    """`undetermined`/`pseudo_country`: never silently outside, never silently inside; it is no candidate either."""
    judged.knowledge = printing(judged.knowledge, code, instead_of="RU")
    row = judged.abroad("37.146.0.1")

    assert verdict(row) == ("undetermined", "pseudo_country", None)
    assert told(row, *_UNDETERMINED, "control_countries") == (None, [], "none", None, [])


# Place: the grounds of chapter V


def test_the_area_stands_before_every_ground(judged: Judging) -> None:
    """`eea` (the GDPR area at that time): no register entry is relied on inside."""
    assert verdict(judged.peer("NO", register=_entry("networks: [10.99.0.0/16]"))) == ("eea", None, None)


def test_the_transition_stands_before_the_register(judged: Judging) -> None:
    """`eea` (the GDPR area at that time, the UK's transition and bridge included)."""
    row = judged.peer("GB", at=datetime(2021, 5, 1, tzinfo=UTC), register=_entry("networks: [10.99.0.0/16]"))

    assert verdict(row) == ("eea", "transition_period", None)


def test_adequacy_stands_before_a_safeguard(judged: Judging) -> None:
    """`adequate`, `safeguarded` (an Art. 46 entry covers it): the mechanism is the decision."""
    row = judged.peer("CH", register=_entry("networks: [10.99.0.0/16]"))

    assert verdict(row) == ("adequate", None, "2000/518/EC")


def test_a_certification_stands_before_a_safeguard(judged: Judging) -> None:
    """`adequate`, `safeguarded` (an Art. 46 entry covers it): the importer's certification is asked first."""
    row = judged.peer("US", register=_entry("networks: [10.99.0.0/16]"), certifications=_certified("us_dpf", "example"))

    assert verdict(row) == ("adequate", None, "(EU) 2023/1795")


def test_a_safeguard_stands_before_the_policy(judged: Judging) -> None:
    """`safeguarded` (an Art. 46 entry covers it), for a territory that the policy leaves undetermined too."""
    covered = _entry("networks: [10.99.0.0/16]")
    policies = ["{review_territories: third_country}", "{review_territories: undetermined}"]

    assert [verdict(judged.peer("NC", register=covered, policy=policy)) for policy in policies] == [
        ("safeguarded", None, "T-1"),
        ("safeguarded", None, "T-1"),
    ]


def test_the_policy_that_calls_a_territory_inside_stands_before_the_register(judged: Judging) -> None:
    """`eea`: what the policy counts as inside needs no ground."""
    row = judged.peer("NC", register=_entry("networks: [10.99.0.0/16]"), policy="{review_territories: eea}")

    assert verdict(row) == ("eea", "policy_review", None)


def test_a_derogation_has_a_verdict_of_its_own(judged: Judging) -> None:
    """`derogation` (an Art. 49 entry)."""
    row = judged.peer("IN", register=_entry("networks: [10.99.0.0/16]", basis="derogation"))

    assert verdict(row) == ("derogation", None, "T-1")


def test_a_declared_adequacy_covers_nothing_by_itself(judged: Judging) -> None:
    """`safeguarded` (an Art. 46 entry covers it), `derogation` (an Art. 49 entry): an Art. 45 entry is neither."""
    row = judged.peer("IN", register=_entry("networks: [10.99.0.0/16]", basis="adequacy"))

    assert verdict(row) == ("uncovered", "no_ground", None)


def test_uncovered_is_never_worded_otherwise() -> None:
    """`uncovered` (third country and **no ground known to this tool**; never worded "illegal")."""
    words = [*schema.PLACE_VERDICTS.categories, *schema.PLACE_REASONS.categories]

    assert [word for word in words if "legal" in word or "unlawful" in word] == []


def test_a_scoped_framework_looks_at_the_importer_never_at_the_host(judged: Judging, places: Gazetteer) -> None:
    """Frameworks with a scope look at the importer, never at the host's operator: an unknown tenant is uncovered."""
    row = judged.abroad(places.find(country="US", operator="aws"), certifications=_certified("us_dpf", "aws"))

    assert verdict(row) == ("uncovered", "importer_unknown", None)
    assert told(row, "operator", "importer") == ("aws", None)


def test_a_service_of_its_own_is_the_importer(judged: Judging, places: Gazetteer) -> None:
    """Importer is who receives: ... the operator when it does not host others."""
    address = places.find(country="US", operator="salesforce")
    certified = judged.abroad(address, certifications=_certified("us_dpf", "Salesforce"))

    assert told(judged.abroad(address), "importer", "place_reason") == ("salesforce", "importer_not_certified")
    assert verdict(certified) == ("adequate", None, "(EU) 2023/1795")


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("covers: [non_hr], valid_from: 2023-09-01", "adequate"),
        ("covers: [hr], valid_from: 2023-09-01", "uncovered"),
        ("covers: [non_hr], valid_from: 2026-10-08", "uncovered"),
        ("covers: [non_hr], valid_from: 2023-09-01, valid_to: 2026-10-07", "adequate"),
        ("covers: [non_hr], valid_from: 2023-09-01, valid_to: 2026-10-06", "uncovered"),
        ("covers: [non_hr], valid_from: 2023-09-01, verified: false", "uncovered"),
    ],
)
def test_what_a_certification_covers(judged: Judging, rest: str, expected: str) -> None:
    """An unverified certification covers nothing; ... certifications have dates like everything else."""
    row = judged.peer("US", importer="example", certifications=_certified("us_dpf", "example", rest))

    assert row["place_verdict"] == expected


def test_a_certification_of_another_framework_covers_nothing(judged: Judging) -> None:
    """Frameworks with a scope look at the importer: Privacy Shield has ended, whoever is still on its list."""
    row = judged.peer("US", importer="example", certifications=_certified("us_privacy_shield", "example"))

    assert verdict(row) == ("uncovered", "importer_not_certified", None)


@pytest.mark.parametrize(
    ("country", "importer", "expected"),
    [
        ("US", "example", "importer_not_certified"),
        ("US", None, "importer_unknown"),
        ("NC", None, "policy_review"),
        ("IN", None, "no_ground"),
    ],
)
def test_the_last_reasons_for_uncovered(judged: Judging, country: str, importer: str | None, expected: str) -> None:
    """`place_reason` is never null for `uncovered`."""
    assert verdict(judged.peer(country, importer=importer)) == ("uncovered", expected, None)


# Control, first that applies


def _control(
    judged: Judging, places: Gazetteer, operator: str, at: datetime = NOON, policy: str = "{}"
) -> tuple[str, str | None]:
    return control(judged.abroad(places.find(operator=operator), at=at, policy=policy))


def test_control_is_none_only_within(judged: Judging) -> None:
    """`none` for `internal`."""
    rows = judged([line(OURS, PORTAL), line(OURS, "127.0.0.1"), line(OURS, "192.168.7.7"), line(OURS, "8.8.8.8")]).rows

    assert [row["control_verdict"] for row in rows] == ["none", "none", "undetermined", "exposed"]


def test_a_law_stands_before_a_seat(judged: Judging, places: Gazetteer) -> None:
    """`exposed` (a law of weight `medium` or more in force then reaches the operator, or a seat in a third country)."""
    assert _control(judged, places, "jio") == ("exposed", "law")


def test_a_seat_without_adequacy_exposes(judged: Judging, places: Gazetteer) -> None:
    """`exposed` ... or a seat in a third country without adequacy; it stands before `mixed_ownership`."""
    assert _control(judged, places, "exoscale") == ("exposed", "seat")


def test_mixed_ownership_stands_before_an_incomplete_path(judged: Judging, places: Gazetteer) -> None:
    """`undetermined`: `path_incomplete mixed_ownership`; with both the mixture is the reason."""
    assert _control(judged, places, "gcore") == ("undetermined", "mixed_ownership")


def test_an_incomplete_path_stands_before_adequacy(judged: Judging, places: Gazetteer) -> None:
    """`adequate` needs the whole path: where an owner is not known nobody can say that *every* seat is inside."""
    assert _control(judged, places, "infomaniak") == ("undetermined", "path_incomplete")
    assert _control(judged, places, "upcloud") == ("undetermined", "path_incomplete")


def test_exposed_stands_before_adequate(judged: Judging, places: Gazetteer) -> None:
    """`exposed` before `adequate` before `eea`: British Telecom sits in an adequate country, and a law reaches it."""
    assert _control(judged, places, "bt") == ("exposed", "law")


def test_adequate_stands_before_eea(judged: Judging, places: Gazetteer) -> None:
    """`adequate` (a seat outside it, each such country adequate)."""
    assert _control(judged, places, "kt") == ("adequate", "seat")


def test_every_seat_inside(judged: Judging, places: Gazetteer) -> None:
    """`eea` (every seat on the ownership path in the EEA at that time)."""
    assert _control(judged, places, "hetzner") == ("eea", "seat")


@pytest.mark.parametrize(
    ("policy", "expected"), [("{}", ("eea", "seat")), ("{exposed_from_weight: low}", ("exposed", "law"))]
)
def test_low_laws_are_listed_but_do_not_decide(
    judged: Judging, places: Gazetteer, policy: str, expected: tuple[str, str]
) -> None:
    """Laws of weight `low` are listed and shown but do not decide (`exposed_from_weight` in the policy)."""
    row = judged.abroad(places.find(operator="ovh"), policy=policy)

    assert (control(row), row["reach_laws"]) == (expected, ["CA_PRODUCTION_ORDER"])


def test_the_weight_that_decides_may_be_raised(judged: Judging, places: Gazetteer) -> None:
    """A law of weight `medium` or more: with `exposed_from_weight: high` a medium law is listed only."""
    assert _control(judged, places, "bt", policy="{exposed_from_weight: high}") == ("adequate", "seat")


@pytest.mark.parametrize("operator", ["s3ns", "ntt"])
def test_markers_are_not_laws(judged: Judging, places: Gazetteer, operator: str) -> None:
    """`EU_ONLY`, `AT`, `JP_NONE`, `DEP_US_TECH` of the fact files are markers, not laws."""
    row = judged.abroad(places.find(operator=operator))

    assert (row["reach_laws"], row["control_reason"]) == ([], "seat")


def test_a_law_that_is_not_yet_in_force_does_not_reach(judged: Judging, places: Gazetteer) -> None:
    """A law of weight `medium` or more *in force then*: the CLOUD Act is of 2018-03-23, in Brussels from 23:00 UTC."""
    address = places.find(country="US", operator="aws")
    begins = datetime(2018, 3, 22, 23, tzinfo=UTC)
    laws = [judged.abroad(address, at=at)["reach_laws"] for at in (second_before(begins), begins)]

    assert laws == [["US_EO12333", "US_FISA702"], ["US_CLOUD_ACT", "US_EO12333", "US_FISA702"]]


def test_a_seat_counts_only_while_it_is_there(judged: Judging, places: Gazetteer) -> None:
    """Laws, seats, parents and certifications have dates like everything else."""
    sold = datetime(2024, 7, 14, 22, tzinfo=UTC)
    found = [_control(judged, places, "nebius", at) for at in (second_before(sold), sold)]

    assert found == [("exposed", "seat"), ("eea", "seat")]


def test_a_scoped_decision_makes_no_seat_adequate(judged: Judging, places: Gazetteer) -> None:
    """Frameworks with a scope look at the importer: Privacy Shield makes no owner in the US adequate."""
    assert _control(judged, places, "kyndryl", datetime(2017, 6, 1, tzinfo=UTC)) == ("exposed", "seat")


def test_a_seat_in_the_transition_is_inside(judged: Judging, places: Gazetteer) -> None:
    """`eea` (every seat on the ownership path in the EEA at that time), the UK's transition and bridge included."""
    at = datetime(2020, 6, 1, tzinfo=UTC)

    assert _control(judged, places, "datacamp_cdn77", at, "{exposed_from_weight: high}") == (
        "undetermined",
        "mixed_ownership",
    )
    assert _control(judged, places, "bt", at, "{exposed_from_weight: high}") == ("eea", "seat")


def test_an_operator_that_no_file_knows(judged: Judging, places: Gazetteer) -> None:
    """An AS's registration country is a candidate for control only, `operator_unlisted`, never for place."""
    row = judged.abroad(places.find(country="BY", listed=False))

    assert control(row) == ("undetermined", "operator_unlisted")
    assert (len(row["control_countries"]), row["reach_laws"], row["place_candidates"]) == (1, [], ["BY"])


def test_a_us_owned_data_centre_in_paris_is_inside_and_exposed(judged: Judging, places: Gazetteer) -> None:
    """Two axes, never merged: a US-owned data centre in Paris is `eea` in place and `exposed` in control."""
    row = judged.abroad(places.find(country="FR", operator="aws"))

    assert (row["place_verdict"], *control(row)) == ("eea", "exposed", "law")
