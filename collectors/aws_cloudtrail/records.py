"""CloudTrail events as they are written, as far as they are read.

Decides which fields a decoder looks at, and of which type each must be: one that is decisive and of another type makes
a bad record; where services write what they like (`requestParameters`) any type is taken.

Source: AWS, CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element"; AWS Support
User Guide, "Monitoring AWS Support authorization with AWS CloudTrail"; read 2026-11.
"""

# ruff: noqa: N815 - fields are called what AWS calls them

from __future__ import annotations

from typing import Any, Final

import msgspec

# The resource that a request is about, where `resources` does not name it: the first of these that names one. Names of
# things stand before names of what is done with them (a role that is given, a policy that is attached).
MAIN_PARAMETERS: Final = (
    "instanceId",
    "instanceIds",
    "instancesSet",
    "functionName",
    "bucketName",
    "secretId",
    "dBInstanceIdentifier",
    "dBClusterIdentifier",
    "dBSnapshotIdentifier",
    "dBSecurityGroupName",
    "sourceArn",
    "snapshotId",
    "volumeId",
    "imageId",
    "networkInterfaceId",
    "groupId",
    "networkAclId",
    "routeTableId",
    "vpcId",
    "subnetId",
    "userName",
    "roleName",
    "roleArn",
    "groupName",
    "instanceProfileName",
    "policyArn",
    "keyId",
    "trailName",
    "logGroupName",
    "tableName",
    "streamName",
    "topicArn",
    "queueUrl",
    "stackName",
    "clusterName",
    "repositoryName",
    "domainName",
    "projectArn",
    "workGroup",
    "target",
    "resourceArn",
    "resourceName",
    "resourceId",
    "accountId",
    "name",
)


class SessionIssuer(msgspec.Struct, frozen=True, gc=False):
    """Whose credentials a session has."""

    arn: str | None = None
    userName: str | None = None


class SessionAttributes(msgspec.Struct, frozen=True, gc=False):
    """How a session came to be."""

    mfaAuthenticated: str | bool | None = None


class WebIdFederation(msgspec.Struct, frozen=True, gc=False):
    """Who vouched for the person behind a session."""

    federatedProvider: str | None = None


class SessionContext(msgspec.Struct, frozen=True, gc=False):
    """The session that a request was made in."""

    sessionIssuer: SessionIssuer | None = None
    attributes: SessionAttributes | None = None
    webIdFederationData: WebIdFederation | None = None
    sourceIdentity: str | None = None


class OnBehalfOf(msgspec.Struct, frozen=True, gc=False):
    """The person of IAM Identity Center for whom a request was made."""

    userId: str | None = None


class UserIdentity(msgspec.Struct, frozen=True, gc=False):
    """Who made a request."""

    type: str | None = None
    arn: str | None = None
    principalId: str | None = None
    accountId: str | None = None
    accessKeyId: str | None = None
    userName: str | None = None
    invokedBy: str | None = None
    identityProvider: str | None = None
    onBehalfOf: OnBehalfOf | None = None
    sessionContext: SessionContext | None = None


class Resource(msgspec.Struct, frozen=True, gc=False):
    """A resource that a request touched; older exports write its name in lower case."""

    ARN: str | None = None
    arn: str | None = None
    ARNPrefix: str | None = None


class Credentials(msgspec.Struct, frozen=True, gc=False):
    """What a role session was given: the key by which its requests are known."""

    accessKeyId: str | None = None


class Response(msgspec.Struct, frozen=True, gc=False):
    """What a request was answered, as far as it tells an outcome."""

    ConsoleLogin: str | None = None
    CheckMfa: str | None = None
    SwitchRole: str | None = None
    ExitRole: str | None = None
    credentials: Credentials | str | bool | int | float | list[Any] | None = None


class Additional(msgspec.Struct, frozen=True, gc=False):
    """What a service says besides."""

    MFAUsed: str | bool | None = None


class ServiceDetails(msgspec.Struct, frozen=True, gc=False):
    """What AWS says of an act of its own; these are of AWS Support."""

    supportCaseDisplayId: str | None = None
    supportPermitArn: str | None = None
    action: str | None = None
    actions: list[Any] | str | None = None
    resource: str | None = None
    resources: list[Any] | str | None = None
    resourceIdentifiers: list[Any] | str | None = None


Parameters = msgspec.defstruct(
    "Parameters",
    [(name, Any, None) for name in (*MAIN_PARAMETERS, "roleSessionName", "sourceIdentity")],
    frozen=True,
    gc=False,
)


class Event(msgspec.Struct, frozen=True, gc=False):
    """One event, or what one was sent in.

    `digestStartTime`, and `hashValue` with `s3Object`, are those of a digest. EventBridge puts the event in `detail`;
    CloudWatch Logs (`message`) and the look-up of events (`CloudTrailEvent`) put its text in a field.
    """

    eventTime: str | None = None
    eventSource: str | None = None
    eventName: str | None = None
    eventType: str | None = None
    eventCategory: str | None = None
    eventID: str | None = None
    awsRegion: str | None = None
    sourceIPAddress: str | None = None
    recipientAccountId: str | None = None
    userIdentity: UserIdentity | None = None
    errorCode: str | None = None
    errorMessage: str | None = None
    readOnly: bool | str | None = None
    managementEvent: bool | str | None = None
    sessionCredentialFromConsole: bool | str | None = None
    vpcEndpointId: str | None = None
    resources: list[Resource] | None = None
    requestParameters: Parameters | str | bool | int | float | list[Any] | None = None  # type: ignore[valid-type]
    responseElements: Response | str | bool | int | float | list[Any] | None = None
    additionalEventData: Additional | str | bool | int | float | list[Any] | None = None
    serviceEventDetails: ServiceDetails | str | bool | int | float | list[Any] | None = None
    digestStartTime: str | None = None
    s3Object: str | None = None
    hashValue: str | None = None
    detail_type: Any = msgspec.field(default=None, name="detail-type")
    detail: Event | str | bool | int | float | list[Any] | None = None
    message: Any = None
    CloudTrailEvent: Any = None
