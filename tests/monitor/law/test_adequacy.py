"""One adequacy decision: when it is in force, when it can be relied on, what it may not say."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.law.adequacy import AdequacyFile, Decision, decision_findings

SHIELD: dict[str, object] = {
    "id": "us_shield",
    "country": "US",
    "number": "(EU) 2016/1250",
    "title": "Privacy Shield",
    "adopted": date(2016, 7, 12),
    "in_force_from": date(2016, 7, 12),
    "usable_from": date(2016, 8, 1),
    "ends_before": date(2020, 7, 16),
    "framework": "us_privacy_shield",
    "legal_basis": "directive_95_46",
    "scope": "organisations on the list",
    "source": "x",
    "verified": True,
}


def at(*moment: int) -> datetime:
    """An instant in UTC."""
    return datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year, month, day, hour, ...


@pytest.mark.parametrize(
    ("moment", "in_force", "usable"),
    [
        (at(2016, 7, 11, 21, 59, 59), False, False),
        (at(2016, 7, 11, 22), True, False),
        (at(2016, 7, 31, 21, 59, 59), True, False),
        (at(2016, 7, 31, 22), True, True),
        (at(2020, 7, 15, 21, 59, 59), True, True),
        (at(2020, 7, 15, 22), False, False),
    ],
)
def test_days_are_days_in_brussels(moment: datetime, *, in_force: bool, usable: bool) -> None:
    """A judgment ends a decision at the beginning of its own day."""
    decision = Decision.model_validate(SHIELD)

    assert (decision.in_force(moment), decision.usable(moment)) == (in_force, usable)


def test_expiry_includes_its_last_day() -> None:
    """Unlike an annulment."""
    written = {name: value for name, value in SHIELD.items() if name != "ends_before"}
    decision = Decision.model_validate({**written, "last_day": date(2020, 7, 16)})

    assert decision.in_force(at(2020, 7, 16, 12))
    assert not decision.in_force(at(2020, 7, 16, 22))


def test_without_a_list_it_is_usable_from_its_first_day() -> None:
    """Nobody has to be entered first."""
    written = {name: value for name, value in SHIELD.items() if name != "usable_from"}

    assert Decision.model_validate(written).usable_from == date(2016, 7, 12)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"last_day": date(2020, 7, 16)}, "an entry ends once, and ends_before is written too."),
        ({"usable_from": date(2016, 7, 1)}, "nobody can rely on it before 2016-07-12, its first day."),
        ({"framework": "us_wat"}, "the framework us_wat is not in frameworks.yaml."),
    ],
)
def test_what_a_decision_may_not_say(changes: dict[str, object], what: str) -> None:
    """Each mistake in words."""
    read = AdequacyFile.model_validate({"decisions": [{**SHIELD, **changes}], "pending": [], "without_decision": []})
    found = [finding.what for finding in decision_findings(read, {"us_privacy_shield"})]

    assert found == [what]


def test_an_organisation_may_have_a_decision_and_a_word_may_not() -> None:
    """The European Patent Organisation is no country."""
    assert Decision.model_validate({**SHIELD, "country": "EPO"}).country == "EPO"
    with pytest.raises(ValueError, match="is not a country code"):
        Decision.model_validate({**SHIELD, "country": "WAT"})
