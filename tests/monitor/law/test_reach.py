"""One reach law: when it can reach somebody, and what is no law."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.law.reach import ReachFile, ReachLaw, reach_findings

LAW: dict[str, object] = {
    "code": "US_A",
    "country": "US",
    "name": "Act",
    "weight": "high",
    "in_force_from": date(2018, 3, 23),
    "dates_verified": True,
    "source": "x",
    "verified": True,
}
MARKER = {"code": "EU_M", "country": None, "name": "Marker", "weight": "none", "source": "x", "verified": True}


def findings(*, laws: list[dict[str, object]], markers: list[dict[str, object]]) -> list[str]:
    """What is found in a file with these."""
    read = ReachFile.model_validate({"laws": laws, "markers": markers, "conflict_rules": []})
    return [finding.what for finding in reach_findings(read)]


@pytest.mark.parametrize(("hour", "reaches"), [(22, False), (23, True)])
def test_law_reaches_from_its_first_day_in_brussels(hour: int, *, reaches: bool) -> None:
    """Midnight in Brussels is 23:00 UTC in March."""
    law = ReachLaw.model_validate(LAW)

    assert law.in_force(datetime(2018, 3, 22, hour, tzinfo=UTC)) is reaches


def test_law_without_an_end_goes_on() -> None:
    """Until somebody writes the end."""
    assert ReachLaw.model_validate(LAW).in_force(datetime(2100, 1, 1, tzinfo=UTC))


def test_marker_has_no_weight_that_could_decide() -> None:
    """Only low or none."""
    with pytest.raises(ValueError, match="weight"):
        ReachFile.model_validate({"laws": [], "markers": [{**MARKER, "weight": "high"}], "conflict_rules": []})


def test_law_is_not_a_marker_too() -> None:
    """One code, one meaning."""
    assert findings(laws=[LAW], markers=[{**MARKER, "code": "US_A"}]) == ["US_A is a law already."]


def test_code_is_written_once() -> None:
    """The second of two would be lost."""
    assert len(findings(laws=[LAW, LAW], markers=[])) == 1


def test_sound_file_has_no_findings() -> None:
    """A law and a marker."""
    assert findings(laws=[LAW], markers=[dict(MARKER)]) == []
