"""Entries of Google's audit logs become rows: who, whose person, from where, on what, with what outcome."""

from __future__ import annotations

from typing import Any

import pytest

from tests.collectors.auditing import decode, event, read, spelled

LOGS = "cloudaudit.googleapis.com%2F"
ENTRY: dict[str, Any] = {
    "timestamp": "2026-01-01T00:00:00.123456789Z",
    "logName": f"projects/hub-1/logs/{LOGS}activity",
    "resource": {"type": "gcs_bucket", "labels": {"project_id": "hub-1", "location": "europe-west9"}},
    "protoPayload": {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "serviceName": "storage.googleapis.com",
        "methodName": "storage.objects.get",
        "resourceName": "projects/_/buckets/warehouse/objects/x",
        "authenticationInfo": {"principalEmail": "marie@example.org"},
        "requestMetadata": {"callerIp": "198.51.100.7"},
    },
}


def row(payload: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON has it
    """Give the event of an entry with other fields."""
    return event("gcp_audit", {**ENTRY, "protoPayload": {**ENTRY["protoPayload"], **(payload or {})}, **changes})


def test_an_entry_fills_the_columns() -> None:
    """Each field goes where the handbook says."""
    found = row()

    assert {name: found[name] for name in ("time", "actor", "actor_kind", "actor_address", "action", "target")} == {
        "time": "2026-01-01T00:00:00.123456Z",
        "actor": "marie@example.org",
        "actor_kind": "customer",
        "actor_address": "198.51.100.7",
        "action": "storage.objects.get",
        "target": "projects/_/buckets/warehouse/objects/x",
    }
    assert (found["account"], found["region_hint"], found["service_hint"]) == (
        "hub-1",
        "europe-west9",
        "storage.googleapis.com",
    )


@pytest.mark.parametrize(
    ("principal", "whose"),
    [
        ("marie@example.org", "customer"),
        ("etl@hub-1.iam.gserviceaccount.com", "customer"),
        ("123-compute@developer.gserviceaccount.com", "customer"),
        ("somebody@google.com", "customer"),
        ("service-123@gcp-sa-logging.iam.gserviceaccount.com", "service"),
        ("service-org-123@gcp-sa-logging.iam.gserviceaccount.com", "service"),
        ("123@cloudservices.gserviceaccount.com", "service"),
        ("cloud-logs@system.gserviceaccount.com", "service"),
        ("system@google.com", "service"),
        ("system:kube-controller-manager", "service"),
        ("system:serviceaccount:kube-system:daemon-set-controller", "service"),
        ("system:serviceaccount:portal:default", "customer"),
        ("system:anonymous", None),
        (None, None),
    ],
)
def test_a_principal_tells_whose_it_is(principal: str | None, whose: str | None) -> None:
    """Google's own accounts are services; where the log withholds the principal, nobody knows."""
    found = row({"authenticationInfo": {"principalEmail": principal}})

    assert (found["actor"], found["actor_kind"]) == (principal, whose)


def test_a_system_event_is_a_services() -> None:
    """Whoever stands in it."""
    assert row(logName=f"projects/hub-1/logs/{LOGS}system_event")["actor_kind"] == "service"


def test_a_principal_without_an_email_is_named_by_its_subject() -> None:
    """As workforce identity federation writes it."""
    subject = "principal://iam.googleapis.com/locations/global/workforcePools/hub/subject/marie"

    assert row({"authenticationInfo": {"principalSubject": subject}})["actor"] == subject


def test_who_borrowed_a_service_account_stands_in_the_attributes() -> None:
    """The chain in order, and the key that was used."""
    authentication = {
        "principalEmail": "etl@hub-1.iam.gserviceaccount.com",
        "serviceAccountKeyName": "//iam.googleapis.com/projects/hub-1/serviceAccounts/etl/keys/7",
        "serviceAccountDelegationInfo": [
            {"firstPartyPrincipal": {"principalEmail": "marie@example.org"}},
            {"principalSubject": "serviceAccount:relay@hub-1.iam.gserviceaccount.com"},
            {},
        ],
    }
    attributes = row({"authenticationInfo": authentication})["attributes"]

    assert {name.removeprefix("authenticationInfo."): text for name, text in attributes.items() if "Info." in name} == {
        "serviceAccountKeyName": "//iam.googleapis.com/projects/hub-1/serviceAccounts/etl/keys/7",
        "serviceAccountDelegationInfo": "marie@example.org, serviceAccount:relay@hub-1.iam.gserviceaccount.com",
    }


@pytest.mark.parametrize(
    ("metadata", "address", "told"),
    [
        pytest.param({"callerIp": "198.51.100.7"}, "198.51.100.7", None, id="IPv4"),
        pytest.param({"callerIp": "2001:DB8::7"}, "2001:db8::7", None, id="IPv6"),
        pytest.param({"callerIP": "198.51.100.7"}, "198.51.100.7", None, id="capital P"),
        pytest.param({"callerIp": "private"}, None, "private", id="within Google's network"),
        pytest.param({"callerIp": "gce-internal-ip"}, None, "gce-internal-ip", id="another organisation's machine"),
        pytest.param({}, None, None, id="no address"),
        pytest.param("...", None, None, id="another form"),
        pytest.param(None, None, None, id="nothing"),
    ],
)
def test_a_caller_is_an_address_or_an_attribute(metadata: object, address: str | None, told: str | None) -> None:
    """What is no address is kept as it stands."""
    found = row({"requestMetadata": metadata})

    assert (found["actor_address"], found["attributes"].get("requestMetadata.callerIp")) == (address, told)


@pytest.mark.parametrize(
    ("payload", "changes", "success"),
    [
        pytest.param({}, {}, True, id="no status"),
        pytest.param({"status": {}}, {}, True, id="empty status"),
        pytest.param({"status": {"code": 7}}, {}, False, id="code"),
        pytest.param({"authorizationInfo": [{"granted": True}, {"granted": False}]}, {}, False, id="not granted"),
        pytest.param({"authorizationInfo": [{"permission": "x"}]}, {}, True, id="grant not told"),
        pytest.param({}, {"operation": {"id": "o", "first": True}}, None, id="begin of an operation"),
        pytest.param({"status": {"code": 7}}, {"operation": {"first": True}}, False, id="begin that failed"),
        pytest.param({}, {"operation": {"first": True, "last": True}}, True, id="begin and end"),
        pytest.param({}, {"operation": {"last": True}}, True, id="end of an operation"),
    ],
)
def test_a_status_or_a_refusal_tells_the_outcome(
    payload: dict[str, Any],
    changes: dict[str, Any],
    success: bool | None,  # noqa: FBT001 - a case
) -> None:
    """Of the begin of an operation nobody knows yet."""
    assert row(payload, **changes)["success"] is success


@pytest.mark.parametrize(
    ("log", "labels", "account"),
    [
        (f"projects/hub-1/logs/{LOGS}activity", {"project_id": "other"}, "hub-1"),
        (f"organizations/77/logs/{LOGS}activity", {"project_id": "hub-1"}, "hub-1"),
        (f"organizations/77/logs/{LOGS}activity", {}, "organizations/77"),
        (f"folders/7/logs/{LOGS}activity", {"project_id": 7}, "folders/7"),
        (None, {"project_id": "hub-1"}, "hub-1"),
        (None, {}, None),
    ],
)
def test_the_account_is_the_project(log: str | None, labels: dict[str, Any], account: str | None) -> None:
    """Else the organisation or folder whose log it is."""
    assert row(logName=log, resource={"type": "x", "labels": labels})["account"] == account


def test_the_end_of_a_tunnel_is_the_target_address() -> None:
    """As Identity-Aware Proxy tells it; the column is for joining and is not printed."""
    metadata = {"callerIp": "198.51.100.7", "destinationAttributes": {"ip": "10.20.0.5", "port": "22"}}
    entry = {**ENTRY, "protoPayload": {**ENTRY["protoPayload"], "requestMetadata": metadata}}
    (admins,) = decode("gcp_audit", spelled(entry)).admins

    assert admins.addresses.text.gather(admins.frame["target_address"]).to_list() == ["10.20.0.5"]


@pytest.mark.parametrize(
    ("value", "passed_over"),
    [
        pytest.param({**ENTRY, "protoPayload": {"@type": "x.RequestLog"}}, {"other_log": 1}, id="other payload"),
        pytest.param(
            {"logName": "projects/p/logs/x", "jsonPayload": {"reason": 7}}, {"other_log": 1}, id="application"
        ),
        pytest.param({"logName": "projects/p/logs/x", "textPayload": "x"}, {"other_log": 1}, id="text"),
    ],
)
def test_entries_of_other_logs_are_passed_over(value: dict[str, Any], passed_over: dict[str, int]) -> None:
    """A sink may write several logs into one file."""
    found = read("gcp_audit", value, ENTRY)

    assert (len(found.events), found.bad, found.passed_over, found.records) == (1, [], passed_over, 2)


@pytest.mark.parametrize(
    ("value", "reason", "what"),
    [
        pytest.param({"methodName": "x"}, "missing_field", "protoPayload is missing", id="no payload"),
        pytest.param({**ENTRY, "timestamp": "now"}, "not_a_time", "timestamp `now` is not a time", id="time"),
        pytest.param(
            {"protoPayload": {"methodName": 7}},
            "wrong_type",
            "protoPayload.methodName: expected `str | null`, got `int`",
            id="type",
        ),
    ],
)
def test_a_bad_record_names_its_field(value: dict[str, Any], reason: str, what: str) -> None:
    """With a reason of the closed list."""
    found = read("gcp_audit", ENTRY, value)

    assert (len(found.events), found.bad) == (1, [(2, reason, what)])


def test_an_entry_without_a_timestamp_has_the_time_of_its_receipt() -> None:
    """Else it is decoded and not judged."""
    assert [row(timestamp=None, receiveTimestamp=time)["time"] for time in ("2026-01-01T00:00:00Z", None)] == [
        "2026-01-01T00:00:00.000000Z",
        None,
    ]
