"""Records of Azure's and Entra's logs become rows: who, whose person, from where, on what, with what outcome."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tests.collectors.auditing import decode, event, read, spelled

SUBSCRIPTION = "0B1F6471-1BF0-4DDA-AEC3-111122223333"
RESOURCE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/hub/providers/Microsoft.Compute/virtualMachines/vm-7"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
ACTIVITY: dict[str, Any] = {
    "time": "2026-01-01T00:00:00.1234567Z",
    "resourceId": RESOURCE,
    "operationName": "Microsoft.Compute/virtualMachines/start/action",
    "category": "Administrative",
    "resultType": "Success",
    "callerIpAddress": "198.51.100.7",
    "identity": {"claims": {f"{CLAIMS}/upn": "marie@example.org", "appid": "app-7", "ipaddr": "198.51.100.7"}},
    "location": "westeurope",
    "tenantId": "tenant-7",
}
SIGN_IN: dict[str, Any] = {
    "time": "2026-01-01T00:00:00Z",
    "resourceId": "/tenants/tenant-7/providers/Microsoft.aadiam",
    "operationName": "Sign-in activity",
    "category": "SignInLogs",
    "tenantId": "tenant-7",
    "resultType": "0",
    "callerIpAddress": "198.51.100.9",
    "identity": "Marie",
    "location": "FR",
    "properties": {
        "userPrincipalName": "marie@example.org",
        "appDisplayName": "Azure Portal",
        "resourceDisplayName": "Windows Azure Service Management API",
        "ipAddress": "198.51.100.7",
        "status": {"errorCode": 0},
        "location": {"city": "Paris", "countryOrRegion": "FR"},
        "conditionalAccessStatus": "success",
    },
}
CHANGE: dict[str, Any] = {
    "time": "2026-01-01T00:00:00Z",
    "resourceId": "/tenants/tenant-7/providers/Microsoft.aadiam",
    "operationName": "Add member to role",
    "category": "AuditLogs",
    "tenantId": "tenant-7",
    "resultSignature": "None",
    "properties": {
        "result": "success",
        "loggedByService": "Core Directory",
        "initiatedBy": {"user": {"userPrincipalName": "marie@example.org", "ipAddress": "198.51.100.7"}},
        "targetResources": [{"userPrincipalName": "paul@example.org"}, {"displayName": "Global Administrator"}, {}],
    },
}
COLUMNS = ("actor", "actor_kind", "actor_address", "actor_country", "action", "target", "success")


def row(base: dict[str, Any], **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON has it
    """Give the event of a record with other fields."""
    return event("azure_activity", {**base, **changes})


def inside(base: dict[str, Any], **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Give the event of a record with other properties."""
    return row(base, properties={**base["properties"], **changes})


def frame(record: dict[str, Any]) -> pl.DataFrame:
    """Give the rows of a record, as they are handed on."""
    (part,) = decode("azure_activity", spelled(record)).admins
    return part.frame


def test_an_activity_fills_the_columns() -> None:
    """As Azure Monitor exports it."""
    found = row(ACTIVITY)

    assert [found[name] for name in COLUMNS] == [
        "marie@example.org",
        "customer",
        "198.51.100.7",
        None,
        "Microsoft.Compute/virtualMachines/start/action",
        RESOURCE,
        True,
    ]
    assert found["time"] == "2026-01-01T00:00:00.123456Z"
    assert (found["account"], found["region_hint"], found["service_hint"]) == (
        SUBSCRIPTION.lower(),
        "westeurope",
        "Microsoft.Compute",
    )


def test_an_activity_of_the_api_says_the_same() -> None:
    """Words come in pairs with their translation there, and the caller stands outside the claims."""
    record = {
        "eventTimestamp": "2026-01-01T00:00:00.1234567Z",
        "caller": "marie@example.org",
        "claims": {"appid": "app-7"},
        "httpRequest": {"clientIpAddress": "198.51.100.7", "method": "POST"},
        "operationName": {"value": "Microsoft.Compute/virtualMachines/start/action", "localizedValue": "Start"},
        "category": {"value": "Administrative", "localizedValue": "Administrative"},
        "status": {"value": "Succeeded", "localizedValue": "Succeeded"},
        "resourceId": RESOURCE,
        "subscriptionId": SUBSCRIPTION,
    }

    assert [row(record)[name] for name in (*COLUMNS, "time", "account")] == [
        row(ACTIVITY)[name] for name in (*COLUMNS, "time", "account")
    ]


def test_a_sign_in_fills_the_columns() -> None:
    """The country is what Microsoft says of the address; the target is what was signed in to."""
    found = row(SIGN_IN)

    assert [found[name] for name in COLUMNS] == [
        "marie@example.org",
        "customer",
        "198.51.100.7",
        "FR",
        "Sign-in activity",
        "Windows Azure Service Management API",
        True,
    ]
    assert (found["account"], found["region_hint"]) == ("tenant-7", None)
    assert found["attributes"]["conditionalAccessStatus"] == "success"


def test_a_sign_in_of_graph_says_the_same() -> None:
    """There the details stand alone, without a name of what was done."""
    record = {"createdDateTime": "2026-01-01T00:00:00Z", "resourceTenantId": "tenant-7", **SIGN_IN["properties"]}

    assert [row(record)[name] for name in (*COLUMNS, "time", "account")] == [
        row(SIGN_IN)[name] for name in (*COLUMNS, "time", "account")
    ]


def test_a_change_of_the_directory_fills_the_columns() -> None:
    """The first target is the target, all of them are an attribute."""
    found = row(CHANGE)

    assert [found[name] for name in COLUMNS] == [
        "marie@example.org",
        "customer",
        "198.51.100.7",
        None,
        "Add member to role",
        "paul@example.org",
        True,
    ]
    assert (found["account"], found["service_hint"]) == ("tenant-7", "Core Directory")
    assert found["attributes"]["targetResources"] == "paul@example.org, Global Administrator"


def test_a_change_of_graph_says_the_same() -> None:
    """There the details stand alone."""
    details = {key: value for key, value in CHANGE["properties"].items() if key != "loggedByService"}
    record = {"activityDateTime": "2026-01-01T00:00:00Z", "activityDisplayName": "Add member to role", **details}

    assert [row(record)[name] for name in (*COLUMNS, "time")] == [row(CHANGE)[name] for name in (*COLUMNS, "time")]


@pytest.mark.parametrize(
    ("identity", "who"),
    [
        pytest.param({"claims": {f"{CLAIMS}/name": "a", f"{CLAIMS}/emailaddress": "b"}}, "a", id="account name"),
        pytest.param({"claims": {f"{CLAIMS}/emailaddress": "b", "name": "c"}}, "b", id="e-mail"),
        pytest.param({"claims": {"name": "c", "appid": "app-7"}}, "c", id="name"),
        pytest.param({"claims": {"appid": "app-7"}}, "app-7", id="application"),
        pytest.param({"claim": {f"{CLAIMS}/upn": "a"}}, "a", id="key vault"),
        pytest.param({"type": "OAuth", "requester": {"upn": "a", "objectId": "b"}}, "a", id="storage account"),
        pytest.param({"type": "OAuth", "requester": {"objectId": "b"}}, "b", id="application at a storage account"),
        pytest.param("Marie", "Marie", id="text"),
        pytest.param({"type": "AccountKey"}, None, id="key of a storage account"),
        pytest.param(None, None, id="nobody"),
    ],
)
def test_an_identity_is_the_actor(identity: object, who: str | None) -> None:
    """Whose person somebody unknown is, is unknown too."""
    found = row(ACTIVITY, identity=identity)

    assert (found["actor"], found["actor_kind"]) == (who, "customer" if who else None)


@pytest.mark.parametrize(
    ("details", "who"),
    [
        ({"userPrincipalName": None, "servicePrincipalName": "etl", "servicePrincipalId": "sp-7"}, "etl"),
        ({"userPrincipalName": "", "servicePrincipalName": "etl"}, "etl"),
        ({"userPrincipalName": None, "servicePrincipalId": "sp-7"}, "Marie"),
    ],
)
def test_a_sign_in_is_of_a_user_or_an_application(details: dict[str, Any], who: str) -> None:
    """As the log names them."""
    assert inside(SIGN_IN, **details)["actor"] == who


@pytest.mark.parametrize(
    ("base", "changes", "whose"),
    [
        pytest.param(ACTIVITY, {"category": "ServiceHealth"}, "service", id="Azure speaks"),
        pytest.param(
            SIGN_IN, {"category": "MicrosoftServicePrincipalSignInLogs"}, "service", id="Microsoft's application"
        ),
        pytest.param(SIGN_IN, {"category": "ManagedIdentitySignInLogs"}, "customer", id="managed identity"),
        pytest.param(ACTIVITY, {"operationName": "Create Lockbox Request"}, "provider", id="Lockbox request"),
        pytest.param(ACTIVITY, {"operationName": "Lockbox Request Expiry"}, "service", id="Lockbox request ran out"),
        pytest.param(ACTIVITY, {"operationName": "Deny Lockbox Request"}, "customer", id="Lockbox request denied"),
        pytest.param(
            ACTIVITY,
            {"operationName": "Microsoft.CustomerLockbox/requests/UpdateApproval/action"},
            "customer",
            id="approval",
        ),
    ],
)
def test_categories_and_operations_tell_whose_person(base: dict[str, Any], changes: dict[str, Any], whose: str) -> None:
    """Where Microsoft's staff ask, the provider acts; where it is answered, the customer."""
    assert row(base, **changes)["actor_kind"] == whose


@pytest.mark.parametrize(
    ("operation", "access"),
    [("Create Lockbox Request", [False]), ("Deny Lockbox Request", [None]), ("Approve Lockbox Request", [None, None])],
)
def test_a_lockbox_request_is_no_access(operation: str, access: list[bool | None]) -> None:
    """Access comes with approval."""
    assert frame({**ACTIVITY, "operationName": operation})["access"].to_list() == access


def test_an_approval_is_an_act_of_yours_and_the_access_that_it_opens() -> None:
    """Of the access nobody is named, and no place is told."""
    made = frame({**ACTIVITY, "operationName": "Approve Lockbox Request"})

    assert made.select("actor_kind", pl.col("actor", "actor_address").is_null()).rows() == [
        ("customer", False, False),
        ("provider", True, True),
    ]
    assert made["line"].to_list() == [1, 1]


def test_an_approval_that_failed_opens_nothing() -> None:
    """It is one row."""
    made = frame({**ACTIVITY, "operationName": "Approve Lockbox Request", "resultType": "Failure"})

    assert made["success"].to_list() == [False]


@pytest.mark.parametrize(
    ("access", "whose"),
    [
        ("microsoftSupport", "provider"),
        ("serviceProvider", "customer"),
        ("b2bCollaboration", "customer"),
        ("none", "customer"),
    ],
)
def test_a_sign_in_of_microsofts_support_is_the_providers(access: str, whose: str) -> None:
    """As Entra tells it by the kind of access across tenants."""
    found = inside(SIGN_IN, crossTenantAccessType=access)

    assert (found["actor_kind"], found["attributes"]["crossTenantAccessType"]) == (whose, access)


@pytest.mark.parametrize(
    ("category", "activity", "initiator", "whose"),
    [
        ("MicrosoftSupportAccessManagement", "Request created", {"app": {"displayName": "Support"}}, "provider"),
        ("MicrosoftSupportAccessManagement", "Approval approved", {"user": {"userPrincipalName": "a"}}, "customer"),
        ("ApplicationManagement", "Add app", {"app": {"displayName": "x", "servicePrincipalId": "sp-7"}}, "customer"),
        ("GroupManagement", "Set licence", {"app": {"displayName": "Microsoft Azure AD", "appId": None}}, "service"),
    ],
)
def test_an_initiator_tells_whose_person(category: str, activity: str, initiator: dict[str, Any], whose: str) -> None:
    """An application without an account in the tenant is Microsoft's."""
    record = {"activityDateTime": "2026-01-01T00:00:00Z", "category": category, "activityDisplayName": activity}

    assert row({**record, "initiatedBy": initiator})["actor_kind"] == whose


@pytest.mark.parametrize(
    ("address", "claimed", "found", "told"),
    [
        pytest.param("198.51.100.7", "198.51.100.7", "198.51.100.7", None, id="same"),
        pytest.param("198.51.100.7", "198.51.100.8", "198.51.100.7", "198.51.100.8", id="token from elsewhere"),
        pytest.param("198.51.100.7:443", None, "198.51.100.7", None, id="port"),
        pytest.param("[2001:db8::7]:443", None, "2001:db8::7", None, id="IPv6 and port"),
        pytest.param(None, "198.51.100.8", "198.51.100.8", None, id="token alone"),
        pytest.param("0.0.0.0", "198.51.100.8", "198.51.100.8", None, id="nowhere"),  # noqa: S104
        pytest.param("", None, None, None, id="empty"),
        pytest.param("0.0.0.0", None, None, None, id="nowhere alone"),  # noqa: S104
    ],
)
def test_an_address_is_the_callers(
    address: str | None, claimed: str | None, found: str | None, told: str | None
) -> None:
    """Else that to which the token was given; that one stays as an attribute where it is another."""
    made = row(ACTIVITY, callerIpAddress=address, identity={"claims": {"ipaddr": claimed}})

    assert (made["actor_address"], made["attributes"].get("claims.ipaddr")) == (found, told)


@pytest.mark.parametrize(
    ("place", "country", "told"),
    [
        pytest.param({"countryOrRegion": "DE"}, "DE", None, id="country"),
        pytest.param({"countryOrRegion": "Unknown"}, None, "Unknown", id="no country"),
        pytest.param({"countryOrRegion": ""}, "FR", None, id="empty"),
        pytest.param({}, "FR", None, id="of the record"),
        pytest.param("{}", "FR", None, id="another form"),
    ],
)
def test_only_a_country_is_a_country(place: object, country: str | None, told: str | None) -> None:
    """Two capital letters; other words stay as an attribute."""
    found = inside(SIGN_IN, location=place)

    assert (found["actor_country"], found["attributes"].get("location.countryOrRegion")) == (country, told)


def test_the_region_of_an_activity_is_no_country_of_the_actor() -> None:
    """It is ours."""
    assert (row(ACTIVITY, location="FR")["actor_country"], row(ACTIVITY, location="global")["region_hint"]) == (
        None,
        None,
    )


@pytest.mark.parametrize(
    ("base", "changes", "success"),
    [
        pytest.param(ACTIVITY, {"resultType": "Start"}, None, id="begin"),
        pytest.param(ACTIVITY, {"resultType": "Accept"}, None, id="accepted"),
        pytest.param(ACTIVITY, {"resultType": "Failure"}, False, id="failure"),
        pytest.param(ACTIVITY, {"resultType": "Failed"}, False, id="failed"),
        pytest.param(ACTIVITY, {"resultType": None, "statusCode": 200}, True, id="HTTP 200"),
        pytest.param(ACTIVITY, {"resultType": None, "statusCode": "403"}, False, id="HTTP 403"),
        pytest.param(ACTIVITY, {"resultType": None}, None, id="nothing"),
        pytest.param(SIGN_IN, {"resultType": "50140", "properties": {}}, False, id="sign-in of another result"),
        pytest.param(SIGN_IN, {"properties": {"status": {"errorCode": 50126}}}, False, id="failed sign-in"),
        pytest.param(SIGN_IN, {"resultType": 0, "properties": "{}"}, True, id="result as a number"),
        pytest.param(CHANGE, {"properties": {"result": "timeout", "initiatedBy": {}}}, False, id="timeout"),
    ],
)
def test_a_result_tells_the_outcome(base: dict[str, Any], changes: dict[str, Any], success: bool | None) -> None:  # noqa: FBT001 - a case
    """Of what has only begun nobody knows yet."""
    assert row(base, **changes)["success"] is success


def test_a_blob_is_the_target_without_the_secret_of_its_link() -> None:
    """The query of a link to a storage account may hold a signature that opens it."""
    found = row(ACTIVITY, operationName="GetBlob", uri="https://hub.blob.core.windows.net/c/x?sv=1&sig=secret")

    assert found["target"] == "https://hub.blob.core.windows.net/c/x"
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"justification": "Case 7"}, "Case 7"),
        ({"loggedByService": "PIM", "resultReason": "backup failed"}, "backup failed"),
        ({"loggedByService": "PIM", "resultReason": "Success"}, None),
        ({"resultReason": "User not found"}, None),
    ],
)
def test_a_justification_is_what_somebody_gave(changes: dict[str, Any], why: str | None) -> None:
    """The reason of a failure is none."""
    assert inside(CHANGE, **changes)["justification"] == why


def test_flow_logs_of_the_same_form_are_passed_over() -> None:
    """They are of another source."""
    found = read("azure_activity", {"operationName": "FlowLogFlowEvent", "category": "FlowLogFlowEvent"}, ACTIVITY)

    assert (len(found.events), found.bad, found.passed_over, found.records) == (1, [], {"flow_log": 1}, 2)


@pytest.mark.parametrize(
    ("value", "reason", "what"),
    [
        pytest.param({"time": "2026-01-01T00:00:00Z"}, "missing_field", "operationName is missing", id="operation"),
        pytest.param({**ACTIVITY, "time": "now"}, "not_a_time", "time `now` is not a time", id="time"),
        pytest.param(
            {**ACTIVITY, "callerIpAddress": 7},
            "wrong_type",
            "callerIpAddress: expected `str | null`, got `int`",
            id="type",
        ),
    ],
)
def test_a_bad_record_names_its_field(value: dict[str, Any], reason: str, what: str) -> None:
    """With a reason of the closed list."""
    found = read("azure_activity", ACTIVITY, value)

    assert (len(found.events), found.bad) == (1, [(2, reason, what)])
