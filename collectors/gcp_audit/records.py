"""Entries of Cloud Logging as far as they are read: audit logs and Access Transparency.

Decides which fields a decoder looks at, and of which type each must be. What other logs of the same project write in
`jsonPayload` may be of any type.

Source: Google Cloud, "LogEntry", "AuditLog" (google.cloud.audit), "Understanding audit logs", "Understanding and using
Access Transparency logs"; read 2026-11.
"""

# ruff: noqa: N815 - fields are called what Google calls them

from __future__ import annotations

from typing import Any

import msgspec


class Labels(msgspec.Struct, frozen=True, gc=False):
    """Which resource an entry is of."""

    project_id: Any = None
    location: Any = None
    zone: Any = None
    region: Any = None


class MonitoredResource(msgspec.Struct, frozen=True, gc=False):
    """The resource that an entry is of, and its type."""

    type: str | None = None
    labels: Labels | None = None


class FirstParty(msgspec.Struct, frozen=True, gc=False):
    """An identity that Google knows."""

    principalEmail: str | None = None


class Delegation(msgspec.Struct, frozen=True, gc=False):
    """One link of the chain of who lent whom a service account."""

    principalSubject: str | None = None
    firstPartyPrincipal: FirstParty | None = None


class Authentication(msgspec.Struct, frozen=True, gc=False):
    """Who made a request."""

    principalEmail: str | None = None
    principalSubject: str | None = None
    serviceAccountKeyName: str | None = None
    serviceAccountDelegationInfo: list[Delegation] | None = None


class Authorization(msgspec.Struct, frozen=True, gc=False):
    """A permission that was asked for, and whether it was granted."""

    permission: str | None = None
    granted: bool | None = None


class Destination(msgspec.Struct, frozen=True, gc=False):
    """The end of ours that a connection was made to."""

    ip: str | None = None


class RequestMetadata(msgspec.Struct, frozen=True, gc=False):
    """From where a request came; some exports spell `callerIp` with a capital P."""

    callerIp: str | None = None
    callerIP: str | None = None
    callerNetwork: str | None = None
    destinationAttributes: Destination | None = None


class ResourceLocation(msgspec.Struct, frozen=True, gc=False):
    """Where the resource is."""

    currentLocations: list[str] | None = None


class Status(msgspec.Struct, frozen=True, gc=False):
    """How an operation ended: a `google.rpc.Code`, 0 where it is left out."""

    code: int | None = None


class AuditLog(msgspec.Struct, frozen=True, gc=False):
    """What was done by whom."""

    payload_type: str | None = msgspec.field(default=None, name="@type")
    serviceName: str | None = None
    methodName: str | None = None
    resourceName: str | None = None
    authenticationInfo: Authentication | None = None
    authorizationInfo: list[Authorization] | None = None
    requestMetadata: RequestMetadata | str | None = None
    resourceLocation: ResourceLocation | str | None = None
    status: Status | None = None


class Payload(msgspec.Struct, frozen=True, gc=False):
    """An access by Google's staff, where `@type` says so."""

    payload_type: Any = msgspec.field(default=None, name="@type")
    location: Any = None
    principalJobTitle: Any = None
    product: Any = None
    reason: Any = None
    permissionDetails: Any = None
    eventId: Any = None
    accesses: Any = None
    accessApprovals: Any = None


class Operation(msgspec.Struct, frozen=True, gc=False):
    """The operation that an entry is a part of, and whether it is its first or last."""

    id: str | None = None
    first: bool | None = None
    last: bool | None = None


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One entry of a log."""

    timestamp: str | None = None
    receiveTimestamp: str | None = None
    logName: str | None = None
    insertId: str | None = None
    resource: MonitoredResource | str | None = None
    operation: Operation | None = None
    protoPayload: AuditLog | None = None
    jsonPayload: Payload | str | None = None
    textPayload: str | None = None
