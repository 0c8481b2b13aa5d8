"""Accesses by Google's staff become rows of the provider."""

from __future__ import annotations

from typing import Any

import pytest

from tests.collectors.auditing import event, read
from tests.collectors.gcp_audit.test_decode import ENTRY, LOGS

ACCESS: dict[str, Any] = {
    "timestamp": "2026-01-01T00:00:00Z",
    "logName": f"projects/hub-1/logs/{LOGS}access_transparency",
    "jsonPayload": {
        "@type": "type.googleapis.com/google.cloud.audit.TransparencyLog",
        "location": {"principalEmployingEntity": "Google LLC", "principalOfficeCountry": "US"},
        "principalJobTitle": "Engineering",
        "product": ["Cloud Storage", "BigQuery"],
        "reason": [
            {"type": "CUSTOMER_INITIATED_SUPPORT", "detail": "Case number: 7"},
            {"type": "GOOGLE_INITIATED_SERVICE"},
        ],
        "accesses": [{"methodName": "GoogleInternal.Read", "resourceName": "//googleapis.com/storage/buckets/b"}],
        "eventId": "e7",
    },
}


def shown(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON has it
    """Give an access with another payload."""
    return {**ACCESS, "jsonPayload": {**ACCESS["jsonPayload"], **changes}}


def test_an_access_fills_the_columns() -> None:
    """Nobody is named: the employer and the job title are what the log tells."""
    found = event("gcp_audit", ACCESS)

    assert {
        name: found[name]
        for name in ("actor", "actor_kind", "actor_address", "actor_country", "action", "target", "success")
    } == {
        "actor": "Google LLC, Engineering",
        "actor_kind": "provider",
        "actor_address": None,
        "actor_country": "US",
        "action": "GoogleInternal.Read",
        "target": "//googleapis.com/storage/buckets/b",
        "success": True,
    }
    assert found["justification"] == "CUSTOMER_INITIATED_SUPPORT: Case number: 7; GOOGLE_INITIATED_SERVICE"
    assert (found["account"], found["service_hint"]) == ("hub-1", "Cloud Storage")


@pytest.mark.parametrize(
    ("office", "place", "country"),
    [
        pytest.param("US", "CA", "CA", id="where they were, not where their desk is"),
        pytest.param("US", None, "US", id="desk alone"),
        pytest.param("US", "EUR", None, id="region of the world"),
        pytest.param("US", "??", None, id="not known"),
        pytest.param("ASI", None, None, id="desk in a region"),
        pytest.param(None, None, None, id="nothing"),
        pytest.param("US", "ca", None, id="lower case"),
    ],
)
def test_only_a_country_is_a_country(office: str | None, place: str | None, country: str | None) -> None:
    """What the log says stands in the attributes all the same."""
    found = event(
        "gcp_audit", shown(location={"principalOfficeCountry": office, "principalPhysicalLocationCountry": place})
    )

    assert found["actor_country"] == country
    assert found["attributes"].get("location.principalPhysicalLocationCountry") == place


def test_each_access_of_an_entry_is_a_row() -> None:
    """In their order; the entry is one record."""
    accesses = [{"methodName": "GoogleInternal.Read", "resourceName": name} for name in ("b", "a")]
    found = read("gcp_audit", ENTRY, shown(accesses=accesses), ENTRY)

    assert [each["target"] for each in found.events] == [
        "projects/_/buckets/warehouse/objects/x", "b", "a", "projects/_/buckets/warehouse/objects/x",
    ]  # fmt: skip
    assert found.records == 3


def test_an_entry_without_accesses_is_a_row_all_the_same() -> None:
    """Somebody came in."""
    found = event("gcp_audit", shown(accesses=[]))

    assert (found["actor_kind"], found["action"], found["target"]) == ("provider", None, None)


def test_an_access_with_a_bad_time_is_one_bad_record() -> None:
    """However many accesses it tells."""
    found = read("gcp_audit", {**shown(accesses=[{}, {}]), "timestamp": "now"})

    assert (found.events, found.bad, found.records) == ([], [(1, "not_a_time", "timestamp `now` is not a time")], 1)


def test_the_name_of_the_log_tells_an_access_too() -> None:
    """Where the payload has lost its type."""
    assert event("gcp_audit", shown(**{"@type": None}))["actor_kind"] == "provider"


def test_fields_of_another_form_are_left_out() -> None:
    """The access is a row all the same."""
    odd = {"location": "US", "principalJobTitle": 7, "product": "x", "reason": {}, "accesses": ["x", 7]}
    found = read("gcp_audit", shown(**odd))

    assert [(each["actor"], each["actor_country"], each["justification"]) for each in found.events] == [(None,) * 3] * 2
