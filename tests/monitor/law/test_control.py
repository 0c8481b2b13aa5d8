"""Whose law reaches an operator, from its ownership path at an instant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.law.control import INTERNAL, WEIGHTS, Control, OwnershipPath, joint_control, judge_control, unlisted
from monitor.law.regimes import load_regimes
from monitor.law.territories import load_territories

_TERRITORIES = load_territories()
_REGIMES = load_regimes()
_AT = datetime(2026, 10, 7, 12, tzinfo=UTC)


def _judge(
    *seats: str | None, laws: tuple[str, ...] = (), mixed: bool = False, at: datetime = _AT, weight: str = "medium"
) -> Control:
    return judge_control(OwnershipPath(seats, laws, mixed), at, _TERRITORIES, _REGIMES, weight)


@pytest.mark.parametrize(
    ("seats", "expected"),
    [
        (("FR",), ("eea", "seat")),
        (("FR", "DE", "NO"), ("eea", "seat")),
        (("FR", "CH"), ("adequate", "seat")),
        (("CH",), ("adequate", "seat")),
        (("FR", "MX"), ("exposed", "seat")),
        (("CH", "MX"), ("exposed", "seat")),
        (("FR", None), ("undetermined", "path_incomplete")),
        (("CH", None), ("undetermined", "path_incomplete")),
        (("MX", None), ("exposed", "seat")),
        ((), ("undetermined", "path_incomplete")),
    ],
)
def test_seats_decide_where_no_law_does(seats: tuple[str | None, ...], expected: tuple[str, str]) -> None:
    """`exposed` before `adequate` before `eea`; what is known to expose does so on an open path too."""
    found = _judge(*seats)

    assert (found.verdict, found.reason) == expected


def test_mixed_ownership_is_undetermined_unless_a_seat_exposes() -> None:
    """It stands before an incomplete path."""
    found = [_judge(*seats, mixed=True).reason for seats in (("FR", "CA"), ("FR", None), ("FR", "CH"), ("FR",))]

    assert found == ["seat", "mixed_ownership", "mixed_ownership", "mixed_ownership"]


def test_a_law_of_weight_decides() -> None:
    """Wherever the seats are."""
    found = _judge("FR", "DE", laws=("US_CLOUD_ACT",))

    assert (found.verdict, found.reason, found.laws) == ("exposed", "law", ("US_CLOUD_ACT",))


@pytest.mark.parametrize(
    ("weight", "expected"),
    [("low", ["law", "law", "law"]), ("medium", ["seat", "law", "law"]), ("high", ["seat", "seat", "law"])],
)
def test_the_policy_says_from_which_weight(weight: str, expected: list[str]) -> None:
    """Lower laws are listed all the same."""
    found = [_judge("FR", laws=(code,), weight=weight) for code in ("CA_CSIS", "UK_IPA", "US_CLOUD_ACT")]

    assert [each.reason for each in found] == expected
    assert [each.laws for each in found] == [("CA_CSIS",), ("UK_IPA",), ("US_CLOUD_ACT",)]


def test_every_weight_of_a_law_has_its_place() -> None:
    """A weight that is not among them would stop the judgement."""
    assert {law.weight for law in _REGIMES.laws.values()} <= set(WEIGHTS)


def test_laws_are_those_in_force_in_the_order_of_the_letters() -> None:
    """The CLOUD Act is of 2018."""
    at = datetime(2017, 1, 1, tzinfo=UTC)
    laws = ("US_FISA702", "US_CLOUD_ACT", "US_EO12333")

    assert _judge("US", laws=laws, at=at).laws == ("US_EO12333", "US_FISA702")
    assert _judge("US", laws=laws).laws == ("US_CLOUD_ACT", "US_EO12333", "US_FISA702")


def test_countries_are_distinct_and_in_the_order_of_the_path() -> None:
    """A seat that is not known has no country."""
    assert _judge("FR", "US", None, "FR").countries == ("FR", "US")


def test_a_scoped_decision_makes_no_owner_adequate() -> None:
    """The Data Privacy Framework and PIPEDA speak of importers."""
    found = [_judge(seat) for seat in ("US", "CA")]

    assert [(each.verdict, each.reason) for each in found] == [("exposed", "seat")] * 2


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        (datetime(2019, 1, 1, tzinfo=UTC), "eea"),
        (datetime(2020, 6, 1, tzinfo=UTC), "eea"),
        (datetime(2021, 5, 1, tzinfo=UTC), "eea"),
        (datetime(2021, 7, 1, tzinfo=UTC), "adequate"),
    ],
)
def test_a_british_seat_over_time(at: datetime, verdict: str) -> None:
    """Inside through the transition and the bridge, adequate after."""
    assert _judge("GB", at=at).verdict == verdict


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2018, 6, 1, tzinfo=UTC), ("eea", "seat")),
        (datetime(2020, 6, 1, tzinfo=UTC), ("eea", "seat")),
        (datetime(2021, 5, 1, tzinfo=UTC), ("eea", "seat")),
        (datetime(2021, 7, 1, tzinfo=UTC), ("exposed", "law")),
    ],
)
def test_a_law_exposes_to_a_third_country_alone(at: datetime, expected: tuple[str, str]) -> None:
    """An act of a Member State, or of the United Kingdom in transition, is listed and does not decide."""
    found = _judge("GB", laws=("UK_IPA",), at=at)

    assert ((found.verdict, found.reason), found.laws) == (expected, ("UK_IPA",))


def test_a_seat_in_a_review_territory_is_outside() -> None:
    """The site's policy is about places; an owner there is under another law."""
    assert _judge("NC").verdict == "exposed"


@pytest.mark.parametrize(
    ("seats", "laws", "country"),
    [
        pytest.param(("FR", "DE"), ("US_CLOUD_ACT", "US_FISA702"), "US", id="laws of one country, wherever the seats"),
        pytest.param(("FR",), ("US_CLOUD_ACT", "UK_IPA"), "several", id="laws of two countries"),
        pytest.param(("US", "MX"), ("UK_IPA",), "GB", id="a law before any seat"),
        pytest.param(("FR", "MX"), (), "MX", id="the bare seat"),
        pytest.param(("FR", "MX", "CH"), (), "MX", id="the bare seat before the adequate one"),
        pytest.param(("MX", "FR", "MX"), (), "MX", id="one country with two seats"),
        pytest.param(("MX", "BR", "VN"), (), "several", id="several bare seats"),
        pytest.param(("MX", None), (), "MX", id="on an open path too"),
        pytest.param(("FR", "CH"), (), "CH", id="the adequate seat before those inside"),
        pytest.param(("FR",), (), "FR", id="the seat inside"),
        pytest.param(("FR", "DE"), (), "several", id="seats inside"),
        pytest.param(("FR", None), (), None, id="an open path"),
        pytest.param((), (), None, id="no path"),
    ],
)
def test_a_verdict_rests_on_countries(
    seats: tuple[str | None, ...], laws: tuple[str, ...], country: str | None
) -> None:
    """Those of the laws or seats that decide; where the verdict is open, on none."""
    assert _judge(*seats, laws=laws).country == country


def test_a_law_that_is_too_light_decides_nothing() -> None:
    """It is listed; the country is that of the seat."""
    found = _judge("FR", laws=("CA_CSIS",))

    assert (found.laws, found.country) == (("CA_CSIS",), "FR")


def test_mixed_ownership_rests_on_no_country() -> None:
    """Who decides is not known."""
    assert _judge("FR", "DE", mixed=True).country is None


def test_deciding_countries_are_distinct_and_in_order() -> None:
    """Whatever the order of the path."""
    assert _judge("VN", "MX", "VN").deciding == ("MX", "VN")


def test_an_operator_outside_the_table_rests_on_no_country() -> None:
    """Where its network is registered decides nothing; nor does anything of what stays."""
    assert (unlisted("BY").country, INTERNAL.country) == (None, None)


def test_an_operator_outside_the_table() -> None:
    """Where its network is registered is a candidate, nothing more."""
    assert unlisted("BY") == Control("undetermined", "operator_unlisted", ("BY",), ())
    assert unlisted(None) == Control("undetermined", "operator_unlisted", (), ())


def test_what_stays_has_no_control() -> None:
    """`none` for `internal`."""
    assert Control("none", None, (), ()) == INTERNAL


@pytest.mark.parametrize(
    ("host", "service", "expected"),
    [
        (("FR",), ("DE",), ("eea", "seat", "several")),
        (("FR",), ("FR",), ("eea", "seat", "FR")),
        (("FR",), ("CH",), ("adequate", "seat", "CH")),
        (("FR",), ("FR", None), ("undetermined", "path_incomplete", None)),
        (("FR",), ("MX",), ("exposed", "seat", "MX")),
        (("MX",), ("FR",), ("exposed", "seat", "MX")),
        (("MX",), ("CL",), ("exposed", "seat", "several")),
        ((None,), ("CH",), ("undetermined", "path_incomplete", None)),
        ((None,), ("MX",), ("exposed", "seat", "MX")),
    ],
)
def test_of_a_host_and_the_service_on_it_the_heavier_verdict_stands(
    host: tuple[str | None, ...], service: tuple[str | None, ...], expected: tuple[str, str, str | None]
) -> None:
    """Whichever of the two it is."""
    joint = joint_control(_judge(*host), _judge(*service))

    assert (joint.verdict, joint.reason, joint.country) == expected


def test_a_service_on_an_unlisted_host_is_open_unless_it_is_exposed() -> None:
    """Nobody knows whose machine it is."""
    assert joint_control(unlisted(None), _judge("FR")).reason == "operator_unlisted"
    assert joint_control(unlisted(None), _judge("FR", laws=("US_CLOUD_ACT",))).reason == "law"


def test_seats_and_laws_of_host_and_service_are_listed_together() -> None:
    """Each once; a law before a seat as the reason."""
    joint = joint_control(_judge("FR", "MX"), _judge("FR", "US", laws=("US_FISA702", "US_CLOUD_ACT")))

    assert (joint.reason, joint.countries, joint.laws) == ("law", ("FR", "MX", "US"), ("US_CLOUD_ACT", "US_FISA702"))
