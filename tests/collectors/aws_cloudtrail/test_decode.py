"""CloudTrail events become rows: who, whose person, from where, on what, with what outcome."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.collectors.auditing import decode, event, read, spelled

ACCOUNT = "111122223333"
CALL: dict[str, Any] = {
    "eventTime": "2026-01-01T00:00:00Z",
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
    "awsRegion": "eu-west-3",
    "sourceIPAddress": "198.51.100.7",
    "recipientAccountId": ACCOUNT,
    "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/marie", "userName": "marie"},
}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/admin"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/marie"
SUPPORT_ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport"
CONFIG_ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"


def row(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON has it
    """Give the event of a call with other fields."""
    return event("aws_cloudtrail", {**CALL, **changes})


def actor(**identity: Any) -> tuple[str | None, str | None]:  # noqa: ANN401
    """Give the actor of an identity, and whose person that is."""
    found = row(userIdentity=identity)
    return found["actor"], found["actor_kind"]


def test_a_call_fills_the_columns() -> None:
    """Each field goes where the handbook says."""
    found = row()

    assert {name: found[name] for name in ("time", "actor", "actor_kind", "actor_address", "action", "success")} == {
        "time": "2026-01-01T00:00:00.000000Z",
        "actor": f"arn:aws:iam::{ACCOUNT}:user/marie",
        "actor_kind": "customer",
        "actor_address": "198.51.100.7",
        "action": "s3:GetObject",
        "success": True,
    }
    assert (found["account"], found["region_hint"], found["service_hint"]) == (ACCOUNT, "eu-west-3", "s3.amazonaws.com")


@pytest.mark.parametrize(
    ("identity", "who", "whose"),
    [
        pytest.param(
            {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root"},
            f"arn:aws:iam::{ACCOUNT}:root",
            "customer",
            id="root",
        ),
        pytest.param({"type": "AssumedRole", "arn": SESSION}, SESSION, "customer", id="role session"),
        pytest.param({"type": "IAMUser", "userName": "marie"}, "marie", "customer", id="user without ARN"),
        pytest.param(
            {"type": "FederatedUser", "arn": "arn:aws:sts::1:federated-user/x"},
            "arn:aws:sts::1:federated-user/x",
            "customer",
            id="federated",
        ),
        pytest.param(
            {"type": "AWSAccount", "accountId": "444455556666", "principalId": "AIDA7"},
            "AIDA7",
            "customer",
            id="other account",
        ),
        pytest.param(
            {"type": "AWSAccount", "accountId": "444455556666"}, "444455556666", "customer", id="account alone"
        ),
        pytest.param(
            {"type": "IdentityCenterUser", "onBehalfOf": {"userId": "u-7"}}, "u-7", "customer", id="Identity Center"
        ),
        pytest.param(
            {"type": "SAMLUser", "principalId": "p:marie", "userName": "marie@example.org"},
            "marie@example.org",
            "customer",
            id="SAML",
        ),
        pytest.param(
            {"type": "WebIdentityUser", "principalId": "accounts.example:a:b", "userName": "b"},
            "b",
            "customer",
            id="web identity",
        ),
        pytest.param(
            {"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}, "lambda.amazonaws.com", "service", id="service"
        ),
        pytest.param(
            {"type": "AssumedRole", "arn": SESSION, "invokedBy": "support.amazonaws.com"},
            SESSION,
            "provider",
            id="AWS Support",
        ),
        pytest.param(
            {"type": "AWSService", "invokedBy": "support.amazonaws.com.cn"},
            "support.amazonaws.com.cn",
            "provider",
            id="AWS Support in China",
        ),
        pytest.param(
            {
                "type": "AssumedRole",
                "sessionContext": {"sessionIssuer": {"arn": SUPPORT_ROLE}},
                "principalId": "AROA:x",
            },
            "AROA:x",
            "provider",
            id="AWS Support's role",
        ),
        pytest.param(
            {"type": "AssumedRole", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForSupport/x"},
            f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForSupport/x",
            "provider",
            id="session of AWS Support's role",
        ),
        pytest.param(
            {"type": "AssumedRole", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForSupportX/x"},
            f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForSupportX/x",
            "service",
            id="role with a longer name",
        ),
        pytest.param(
            {"type": "AssumedRole", "arn": SESSION, "sessionContext": {"sessionIssuer": {"arn": CONFIG_ROLE}}},
            SESSION,
            "service",
            id="service-linked role",
        ),
        pytest.param({"type": "Unknown"}, None, "customer", id="nobody, from an address"),
    ],
)
def test_an_identity_is_the_actor(identity: dict[str, Any], who: str | None, whose: str) -> None:
    """As CloudTrail names them, and whose person they are."""
    assert actor(**identity) == (who, whose)


@pytest.mark.parametrize(
    ("source", "address", "whose", "told"),
    [
        pytest.param("198.51.100.7", "198.51.100.7", "customer", None, id="IPv4"),
        pytest.param("2001:DB8::7", "2001:db8::7", "customer", None, id="IPv6"),
        pytest.param("cloudformation.amazonaws.com", None, "service", "cloudformation.amazonaws.com", id="service"),
        pytest.param("AWS Internal", None, "service", "AWS Internal", id="AWS itself"),
        pytest.param("support.amazonaws.com", None, "provider", "support.amazonaws.com", id="AWS Support"),
        pytest.param("06.237.252.245", None, "customer", "06.237.252.245", id="no address"),
        pytest.param(None, None, "customer", None, id="nothing"),
    ],
)
def test_a_source_is_an_address_or_a_name(
    source: str | None, address: str | None, whose: str, told: str | None
) -> None:
    """A name is kept as an attribute and tells whose person it is."""
    found = row(sourceIPAddress=source)

    assert (found["actor_address"], found["actor_kind"], found["attributes"].get("sourceIPAddress")) == (
        address,
        whose,
        told,
    )


def test_a_service_that_passes_a_persons_call_on_is_not_the_actor() -> None:
    """Their address stands in the event: somebody came from there."""
    found = row(userIdentity={**CALL["userIdentity"], "invokedBy": "cloudformation.amazonaws.com"})

    assert (found["actor_kind"], found["actor_address"]) == ("customer", "198.51.100.7")
    assert found["attributes"]["userIdentity.invokedBy"] == "cloudformation.amazonaws.com"


def test_an_act_of_aws_itself_is_a_services() -> None:
    """Whatever else the event says."""
    assert row(eventType="AwsServiceEvent", userIdentity=None)["actor_kind"] == "service"


@pytest.mark.parametrize(
    ("changes", "success"),
    [
        pytest.param({}, True, id="no error"),
        pytest.param({"errorCode": "AccessDenied"}, False, id="error code"),
        pytest.param({"errorMessage": "Failed authentication"}, False, id="error message alone"),
        pytest.param({"responseElements": {"ConsoleLogin": "Failure"}}, False, id="failed log-in"),
        pytest.param({"responseElements": {"ConsoleLogin": "Success"}}, True, id="log-in"),
        pytest.param({"responseElements": {"SwitchRole": "Failure"}}, False, id="failed change of role"),
        pytest.param({"responseElements": "text"}, True, id="answer of another form"),
    ],
)
def test_an_error_or_a_failed_log_in_did_not_succeed(changes: dict[str, Any], success: bool) -> None:  # noqa: FBT001 - a case
    """Anything else did."""
    assert row(**changes)["success"] is success


@pytest.mark.parametrize(
    ("changes", "target"),
    [
        pytest.param({"resources": [{"ARN": "arn:1"}, {"ARN": "arn:2"}]}, "arn:1", id="first resource"),
        pytest.param({"resources": [{"ARNPrefix": "arn:aws:s3:::b/"}]}, "arn:aws:s3:::b/", id="prefix"),
        pytest.param({"resources": [{"arn": "arn:1"}]}, "arn:1", id="lower case"),
        pytest.param(
            {"resources": [{"type": "x"}], "requestParameters": {"bucketName": "b"}}, "b", id="unnamed resource"
        ),
        pytest.param({"requestParameters": {"x": "y", "instanceId": "i-7"}}, "i-7", id="parameter"),
        pytest.param({"requestParameters": {"instanceIds": ["i-7", "i-8"]}}, "i-7", id="list"),
        pytest.param(
            {"requestParameters": {"instancesSet": {"items": [{"instanceId": "i-7"}]}}}, "i-7", id="set of EC2"
        ),
        pytest.param({"requestParameters": {"instancesSet": {"items": []}, "subnetId": "s-7"}}, "s-7", id="empty set"),
        pytest.param({"requestParameters": {"instanceId": {"value": 7}, "name": ""}}, None, id="no text"),
        pytest.param({"requestParameters": ["x"]}, None, id="other form"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_a_target_is_the_resource_named(changes: dict[str, Any], target: str | None) -> None:
    """Else the main parameter of the request."""
    assert row(**changes)["target"] == target


def test_a_role_session_says_who_stands_behind_it() -> None:
    """The role, the principal with the session's name, the source identity, and the key that links calls."""
    identity = {
        "type": "AssumedRole",
        "arn": SESSION,
        "principalId": "AROA7:marie",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIA7",
        "sessionContext": {
            "sessionIssuer": {"arn": ROLE},
            "sourceIdentity": "marie@example.org",
            "attributes": {"mfaAuthenticated": "true"},
            "webIdFederationData": {"federatedProvider": "accounts.example.org"},
        },
    }
    attributes = row(userIdentity=identity)["attributes"]

    assert attributes == {
        "userIdentity.type": "AssumedRole",
        "userIdentity.principalId": "AROA7:marie",
        "userIdentity.accessKeyId": "ASIA7",
        "sessionContext.sessionIssuer.arn": ROLE,
        "sessionContext.sourceIdentity": "marie@example.org",
        "sessionContext.webIdFederationData.federatedProvider": "accounts.example.org",
        "sessionContext.attributes.mfaAuthenticated": "true",
    }


def test_a_role_assumed_across_accounts_tells_both_accounts() -> None:
    """The account that is entered is ours; the caller's stands in the attributes, and the key that it was given."""
    found = row(
        eventSource="sts.amazonaws.com",
        eventName="AssumeRole",
        userIdentity={"type": "AWSAccount", "accountId": "444455556666", "principalId": "AIDA7"},
        requestParameters={"roleArn": ROLE, "roleSessionName": "audit", "sourceIdentity": "marie"},
        responseElements={"credentials": {"accessKeyId": "ASIA7"}},
    )

    assert (found["account"], found["target"]) == (ACCOUNT, ROLE)
    assert found["attributes"] == {
        "userIdentity.type": "AWSAccount",
        "userIdentity.principalId": "AIDA7",
        "userIdentity.accountId": "444455556666",
        "requestParameters.roleSessionName": "audit",
        "requestParameters.sourceIdentity": "marie",
        "responseElements.credentials.accessKeyId": "ASIA7",
    }


def test_an_action_of_aws_support_tells_case_resource_and_action() -> None:
    """Under a support permit: whose staff, why, on what."""
    found = row(
        eventSource="supportauthz.amazonaws.com",
        eventName="StartSupportAction",
        eventType="AwsServiceEvent",
        sourceIPAddress="supportauthz.amazonaws.com",
        userIdentity={"accountId": ACCOUNT, "invokedBy": "supportauthz.amazonaws.com"},
        resources=[{"ARN": "arn:aws:supportauthz:eu-west-3:111122223333:supportpermit/p"}],
        serviceEventDetails={
            "supportCaseDisplayId": "1234567890",
            "resourceIdentifiers": ["arn:aws:rds:eu-west-3:111122223333:cluster:warehouse"],
            "action": "rds:ReadClusterData",
        },
    )

    assert (found["actor"], found["actor_kind"], found["actor_address"]) == (
        "supportauthz.amazonaws.com",
        "provider",
        None,
    )
    assert (found["action"], found["target"]) == (
        "supportauthz:StartSupportAction",
        "arn:aws:rds:eu-west-3:111122223333:cluster:warehouse",
    )
    assert found["justification"] == "supportCaseDisplayId: 1234567890"
    assert found["attributes"]["serviceEventDetails.action"] == "rds:ReadClusterData"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(
            {"detail-type": "AWS API Call via CloudTrail", "source": "aws.s3", "detail": CALL}, id="EventBridge"
        ),
        pytest.param({"id": "7", "timestamp": 1767225600000, "message": json.dumps(CALL)}, id="CloudWatch Logs"),
        pytest.param({"EventId": "7", "EventTime": 1767225600, "CloudTrailEvent": json.dumps(CALL)}, id="look-up"),
    ],
)
def test_an_event_is_taken_out_of_what_it_was_sent_in(sent: dict[str, Any]) -> None:
    """It says what it says alone."""
    assert event("aws_cloudtrail", sent) == row()


@pytest.mark.parametrize("text", ["no event", "{}", '{"eventName":7}', 7])
def test_a_message_that_is_no_event_is_a_bad_record(text: object) -> None:
    """Counted as one that says nothing of an event."""
    assert read("aws_cloudtrail", {"message": text}).bad == [(1, "missing_field", "eventName is missing")]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        pytest.param({"digestStartTime": "2026-01-01T00:00:00Z", "logFiles": []}, "CloudTrail-Digest", id="digest"),
        pytest.param({"s3Object": "x.json.gz", "hashValue": "00"}, "CloudTrail-Digest", id="log file of a digest"),
        pytest.param({**CALL, "eventCategory": "Insight"}, "CloudTrail-Insight", id="Insight"),
        pytest.param({"eventCategory": "Insight"}, "CloudTrail-Insight", id="Insight without a name"),
        pytest.param(
            {"detail-type": "EC2 Instance State-change", "detail": {"state": "x"}}, "other_event", id="EventBridge"
        ),
    ],
)
def test_what_is_no_event_is_passed_over(value: dict[str, Any], what: str) -> None:
    """Counted by what it is; no record is lost and none invented."""
    found = read("aws_cloudtrail", value)

    assert (found.events, found.bad, found.passed_over, found.records) == ([], [], {what: 1}, 1)


@pytest.mark.parametrize(
    ("value", "reason", "what"),
    [
        pytest.param({"eventSource": "s3.amazonaws.com"}, "missing_field", "eventName is missing", id="no name"),
        pytest.param({"eventName": "GetObject"}, "missing_field", "eventSource is missing", id="no source"),
        pytest.param(
            {**CALL, "eventTime": "yesterday"}, "not_a_time", "eventTime `yesterday` is not a time", id="time"
        ),
        pytest.param({**CALL, "eventTime": 7}, "wrong_type", "eventTime: expected `str | null`, got `int`", id="type"),
        pytest.param(
            {**CALL, "userIdentity": "marie"},
            "wrong_type",
            "userIdentity: expected `object | null`, got `str`",
            id="identity",
        ),
    ],
)
def test_a_bad_record_names_its_field(value: dict[str, Any], reason: str, what: str) -> None:
    """With a reason of the closed list."""
    found = read("aws_cloudtrail", CALL, value)

    assert (len(found.events), found.bad) == (1, [(2, reason, what)])


def test_an_event_without_a_time_is_a_row() -> None:
    """It is decoded and not judged."""
    assert row(eventTime=None)["time"] is None


@pytest.mark.parametrize(
    ("name", "access"),
    [("SupportPermitRequestCreated", False), ("CancelSupportPermitRequest", False), ("StartSupportAction", None)],
)
def test_a_request_of_aws_support_is_no_access(name: str, access: bool | None) -> None:  # noqa: FBT001
    """What it then does is."""
    identity = {"accountId": "111122223333", "invokedBy": "supportauthz.amazonaws.com"}
    value = {"eventName": name, "eventSource": "supportauthz.amazonaws.com", "userIdentity": identity}
    (part,) = decode("aws_cloudtrail", spelled(value)).admins

    assert part.frame["access"].to_list() == [access]
