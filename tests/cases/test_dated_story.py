"""The dated story: one entity in the United States, the kingdom that left, and the places that are not what they seem.

The law has dates: each case is judged at an instant, and around an instant at which the law changed one second either
side. Days are days in Brussels.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.judging import INVENTORY, NOON, OURS, Row, control, line, printing, second_before, told, verdict

if TYPE_CHECKING:
    from tests.judging import Gazetteer, Judging

_PRIVACY_SHIELD, _DPF = "(EU) 2016/1250", "(EU) 2023/1795"
_RENEWAL = "renewal of (EU) 2021/1772"
_FRAMEWORKS = ("us_safe_harbour", "us_privacy_shield", "us_dpf")
_CERTIFIED = "certifications: [" + ", ".join(
    f"{{framework: {framework}, importer: example, covers: [non_hr], valid_from: 2000-11-01, source: invented}}"
    for framework in _FRAMEWORKS
) + "]"  # fmt: skip
_ENTITY = f"{INVENTORY}peers: [{{networks: [10.99.0.0/16], country: US, importer: example}}]\n"

# The first instants of the days in Brussels on which something changed.
_LIST_OPENS = datetime(2000, 10, 31, 23, tzinfo=UTC)
_SCHREMS_I = datetime(2015, 10, 5, 22, tzinfo=UTC)
_SHIELD_OPENS = datetime(2016, 7, 31, 22, tzinfo=UTC)
_SCHREMS_II = datetime(2020, 7, 15, 22, tzinfo=UTC)
_DPF_BEGINS = datetime(2023, 7, 9, 22, tzinfo=UTC)
_LEFT = datetime(2020, 1, 31, 23, tzinfo=UTC)
_TRANSITION_ENDS = datetime(2020, 12, 31, 23, tzinfo=UTC)
_BRIDGE_ENDS = datetime(2021, 6, 27, 22, tzinfo=UTC)
_RENEWED = datetime(2025, 12, 18, 23, tzinfo=UTC)


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


_NO_GROUND = ("uncovered", "no_ground", None)
_NOT_CERTIFIED = ("uncovered", "importer_not_certified", None)
_STORY = [
    (second_before(_LIST_OPENS), _NO_GROUND, _NO_GROUND),
    (_LIST_OPENS, ("adequate", None, "2000/520/EC"), _NOT_CERTIFIED),
    (second_before(_SCHREMS_I), ("adequate", None, "2000/520/EC"), _NOT_CERTIFIED),
    (_SCHREMS_I, _NO_GROUND, _NO_GROUND),
    (second_before(_SHIELD_OPENS), _NO_GROUND, _NO_GROUND),
    (_SHIELD_OPENS, ("adequate", None, _PRIVACY_SHIELD), _NOT_CERTIFIED),
    (second_before(_SCHREMS_II), ("adequate", None, _PRIVACY_SHIELD), _NOT_CERTIFIED),
    (_SCHREMS_II, _NO_GROUND, _NO_GROUND),
    (second_before(_DPF_BEGINS), _NO_GROUND, _NO_GROUND),
    (_DPF_BEGINS, ("adequate", None, _DPF), _NOT_CERTIFIED),
]


@pytest.mark.parametrize(("at", "certified", "uncertified"), _STORY, ids=[f"{at:%Y-%m-%d_%H%M%S}" for at, *_ in _STORY])
def test_an_entity_in_the_united_states(
    judged: Judging,
    at: datetime,
    certified: tuple[str, str | None, str | None],
    uncertified: tuple[str, str | None, str | None],
) -> None:
    """Safe Harbour, Schrems I, Privacy Shield, Schrems II, the Data Privacy Framework: one second either side."""
    found = [
        verdict(judged.peer("US", at=at, importer="example", certifications=text))
        for text in (_CERTIFIED, "certifications: []")
    ]

    assert found == [certified, uncertified]


def test_the_whole_story_in_one_log(judged: Judging) -> None:
    """A log that spans sixteen years has every verdict at its place."""
    lines = [line(OURS, "10.99.0.7", at=at) for at, *_ in _STORY]
    rows = judged(lines, inventory=_ENTITY, certifications=_CERTIFIED).rows

    assert [verdict(row) for row in rows] == [expected for _, expected, _ in _STORY]


_KINGDOM = [
    (_day(2019, 6, 1), ("eea", None, None)),
    (second_before(_LEFT), ("eea", None, None)),
    (_LEFT, ("eea", "transition_period", None)),
    (_day(2020, 6, 1), ("eea", "transition_period", None)),
    (second_before(_TRANSITION_ENDS), ("eea", "transition_period", None)),
    (_TRANSITION_ENDS, ("eea", "transition_period", None)),
    (_day(2021, 5, 1), ("eea", "transition_period", None)),
    (second_before(_BRIDGE_ENDS), ("eea", "transition_period", None)),
    (_BRIDGE_ENDS, ("adequate", None, "(EU) 2021/1772")),
    (_day(2021, 7, 1), ("adequate", None, "(EU) 2021/1772")),
    (second_before(_RENEWED), ("adequate", None, "(EU) 2021/1772")),
    (_RENEWED, ("adequate", None, _RENEWAL)),
    (_day(2026, 1, 1), ("adequate", None, _RENEWAL)),
]


@pytest.mark.parametrize(("at", "expected"), _KINGDOM, ids=[f"{at:%Y-%m-%d_%H%M%S}" for at, _ in _KINGDOM])
def test_an_end_in_the_united_kingdom(
    judged: Judging, places: Gazetteer, at: datetime, expected: tuple[str, str | None, str | None]
) -> None:
    """A member, then the transition and the bridge, then adequacy under the decision in force."""
    row = judged.abroad(places.find(country="GB", operator="bt"), at=at)

    assert verdict(row) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (second_before(_TRANSITION_ENDS), ("eea", "transition_period", None)),
        (_TRANSITION_ENDS, ("uncovered", "no_ground", None)),
        (_day(2026, 1, 1), ("uncovered", "no_ground", None)),
    ],
    ids=["2020", "2021", "2026"],
)
def test_an_end_in_gibraltar(
    judged: Judging, places: Gazetteer, at: datetime, expected: tuple[str, str | None, str | None]
) -> None:
    """Gibraltar had the transition, neither the bridge nor the adequacy."""
    assert verdict(judged.abroad(places.find(country="GI"), at=at)) == expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("aws", ("eea", "exposed", "law")),
        ("microsoft_azure", ("eea", "exposed", "law")),
        ("ovh", ("eea", "eea", "seat")),
        ("scaleway", ("eea", "eea", "seat")),
        ("outscale", ("eea", "eea", "seat")),
    ],
)
def test_an_address_in_paris(judged: Judging, places: Gazetteer, operator: str, expected: tuple[str, str, str]) -> None:
    """A US-owned data centre in Paris is inside and exposed; a French one is inside and within."""
    row = judged.abroad(places.find(country="FR", operator=operator))

    assert (row["place_verdict"], *control(row)) == expected
    assert told(row, "place_country", "place_confidence") == ("FR", "agreed")


@pytest.mark.parametrize("country", ["IS", "NO", "LI"])
def test_the_other_states_of_the_area(judged: Judging, places: Gazetteer, country: str) -> None:
    """Iceland, Norway and Liechtenstein are inside."""
    assert verdict(judged.abroad(places.find(country=country))) == ("eea", None, None)


@pytest.mark.parametrize("policy", ["third_country", "eea", "undetermined"])
@pytest.mark.parametrize("country", ["RE", "GP", "MQ", "GF"])
def test_outermost_regions_are_inside_whatever_the_policy(
    judged: Judging, places: Gazetteer, country: str, policy: str
) -> None:
    """Réunion and Guadeloupe are Union territory (Art. 355 TFEU)."""
    row = judged.abroad(places.find(country=country), policy=f"{{review_territories: {policy}}}")

    assert verdict(row) == ("eea", None, None)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("third_country", ("uncovered", "policy_review", None)),
        ("eea", ("eea", "policy_review", None)),
        ("undetermined", ("undetermined", "policy_review", None)),
    ],
)
@pytest.mark.parametrize("country", ["NC", "PF", "PM"])
def test_overseas_territories_are_as_the_policy_says(
    judged: Judging, places: Gazetteer, country: str, policy: str, expected: tuple[str, str | None, str | None]
) -> None:
    """New Caledonia and Polynesia have the French act and not the GDPR: the site says how to treat them."""
    row = judged.abroad(places.find(country=country), policy=f"{{review_territories: {policy}}}")

    assert verdict(row) == expected
    assert (row["place_country"], row["place_candidates"]) == (None if policy == "undetermined" else country, [country])


@pytest.mark.parametrize("code", ["EU", "AP"])
@pytest.mark.parametrize("at", [_day(2012, 1, 1), NOON])
def test_a_code_that_is_no_country_is_never_inside(judged: Judging, code: str, at: datetime) -> None:
    """`EU` is not the Union and `AP` is nowhere, at any time."""
    judged.knowledge = printing(judged.knowledge, code, instead_of="FR")
    row = judged.abroad("90.0.0.1", at=at)

    assert verdict(row) == ("undetermined", "pseudo_country", None)


@pytest.mark.parametrize("certifications", ["certifications: []", _CERTIFIED.replace("example", "aws")])
def test_an_unknown_tenant_of_a_certified_cloud(judged: Judging, places: Gazetteer, certifications: str) -> None:
    """That the cloud is on the list says nothing about who rents there."""
    row = judged.abroad(places.find(country="US", operator="aws"), certifications=certifications)

    assert (verdict(row), row["importer"]) == (("uncovered", "importer_unknown", None), None)


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("CH", ("adequate", None, "2000/518/EC")),
        ("JP", ("adequate", None, "(EU) 2019/419")),
        ("IL", ("adequate", None, "2011/61/EU")),
        ("KR", ("adequate", None, "(EU) 2022/254")),
        ("BR", ("adequate", None, "(EU) 2026/179")),
        ("RU", _NO_GROUND),
        ("CN", _NO_GROUND),
        ("IN", _NO_GROUND),
    ],
)
def test_other_countries(
    judged: Judging, places: Gazetteer, country: str, expected: tuple[str, str | None, str | None]
) -> None:
    """Switzerland, Japan and Israel have a decision; Russia and China have none."""
    assert verdict(judged.abroad(places.find(country=country))) == expected


def test_brazil_before_its_decision(judged: Judging, places: Gazetteer) -> None:
    """A decision does not look back: 2026-01-26 in Brussels begins at 23:00 UTC of the day before."""
    begins = datetime(2026, 1, 25, 23, tzinfo=UTC)
    address = places.find(country="BR")

    found = [verdict(judged.abroad(address, at=at))[:2] for at in (second_before(begins), begins)]
    assert found == [("uncovered", "no_ground"), ("adequate", None)]


def _canadian(judged: Judging, certifications: str) -> Row:
    return judged.peer("CA", importer="example", certifications=certifications)


def test_canada_looks_at_the_importer(judged: Judging, places: Gazetteer) -> None:
    """The decision covers recipients under PIPEDA: nobody knows whether an unknown host's tenant is one."""
    under_pipeda = (
        "certifications: [{framework: ca_pipeda, importer: example, valid_from: 2004-01-01, source: invented}]"
    )
    found = [
        verdict(judged.abroad(places.find(country="CA", listed=False))),
        verdict(_canadian(judged, "certifications: []")),
        verdict(_canadian(judged, under_pipeda)),
    ]

    assert found == [("uncovered", "importer_unknown", None), _NOT_CERTIFIED, ("adequate", None, "2002/2/EC")]


def test_russian_and_chinese_operators_are_exposed_by_law(judged: Judging, places: Gazetteer) -> None:
    """Their laws reach them, wherever the machines stand."""
    found = [judged.abroad(places.find(operator=operator)) for operator in ("selectel", "alibaba")]

    assert [(control(row), row["control_countries"]) for row in found] == [
        (("exposed", "law"), ["RU"]),
        (("exposed", "law"), ["CN"]),
    ]
