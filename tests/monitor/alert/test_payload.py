"""A finding as JSON."""

from __future__ import annotations

import json

from monitor.alert.payload import as_json, instant, payload
from tests.monitor.alert.matches import match
from tests.monitor.alert.pictures import alert


def test_what_goes_on_is_open() -> None:
    """A receiver that missed the first word learns the state all the same."""
    assert payload(alert(), "continued")["state"] == "open"


def test_ends_are_told_with_their_octets() -> None:
    """Who spoke with whom is what the on-call looks for first."""
    told = payload(alert(match(remote_address="203.0.113.9", octets_out=700, octets_in=0)), "open")

    assert [(each["value"], each["octets"]) for each in told["evidence"]["remote"]] == [("203.0.113.9", 700)]


def test_half_a_surrogate_pair_is_replaced() -> None:
    """A name from a log may hold one, and JSON in UTF-8 may not."""
    assert json.loads(as_json({"name": "a\ud800"})) == {"name": "a?"}


def test_times_are_in_utc() -> None:
    """Whatever the site's zone."""
    assert instant(0) == "1970-01-01T00:00:00Z"
