"""What Alertmanager is posted; a real one is asked in tests/services/test_alertmanager.py."""

from __future__ import annotations

from monitor.alert.alertmanager import AHEAD_SECONDS, AlertmanagerSettings, labels, postable
from monitor.alert.payload import instant
from tests.monitor.alert.matches import NOW_SECONDS, match
from tests.monitor.alert.pictures import alert


def test_labels_are_those_that_alerts_are_routed_by() -> None:
    """All else is an annotation, so that a number that moves opens no second alert."""
    assert set(labels(alert())) == {
        "alertname", "site", "system", "team", "operator", "place_country", "control_country", "severity",
    }  # fmt: skip


def test_what_is_unknown_is_no_label() -> None:
    """Alertmanager takes an empty one for none."""
    found = labels(alert(match(operator=None, place_country=None)))

    assert {"operator", "place_country"} & set(found) == set()


def test_an_open_alert_ends_by_itself_when_nobody_tells_it_again() -> None:
    """Four minutes ahead, whatever happens to us."""
    assert postable(alert(), "open", NOW_SECONDS)["endsAt"] == instant(NOW_SECONDS + AHEAD_SECONDS)


def test_a_resolved_alert_ends_now() -> None:
    """And never before it began."""
    posted = postable(alert(), "resolved", NOW_SECONDS)

    assert (posted["endsAt"], posted["startsAt"] < posted["endsAt"]) == (instant(NOW_SECONDS), True)


def test_settings_show_no_secret() -> None:
    """In a log or a traceback."""
    assert "hunter2" not in repr(AlertmanagerSettings("https://am.example.org", authorization="Bearer hunter2"))
