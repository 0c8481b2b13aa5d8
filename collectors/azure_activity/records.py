"""Records of Azure's and Entra's logs as far as they are read, in the forms that Microsoft writes them.

One record type serves all: what Azure Monitor exports (a frame of common fields, with the details under `properties`),
what the Activity Log's API returns (`{"value": ...}` texts), and what Microsoft Graph returns (the details alone).
Decides of which type a decisive field must be; where services write what they like, any type is taken.

Source: Microsoft, "Azure Activity Log event schema", "Common and service-specific schemas for Azure resource logs",
Microsoft Graph "signIn", "directoryAudit"; read 2026-11.
"""

# ruff: noqa: N815 - fields are called what Microsoft calls them

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

Loose: TypeAlias = str | bool | int | float | list[Any] | None
_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_MICROSOFT_CLAIMS = "http://schemas.microsoft.com/identity/claims/"


class Localised(msgspec.Struct, frozen=True, gc=False):
    """A word of the API, which comes with a translation."""

    value: str | None = None


class Claims(msgspec.Struct, frozen=True, gc=False):
    """What the token says of who asks."""

    upn: Any = msgspec.field(default=None, name=f"{_CLAIMS}upn")
    account: Any = msgspec.field(default=None, name=f"{_CLAIMS}name")
    email: Any = msgspec.field(default=None, name=f"{_CLAIMS}emailaddress")
    object_id: Any = msgspec.field(default=None, name=f"{_MICROSOFT_CLAIMS}objectidentifier")
    name: Any = None
    appid: Any = None
    ipaddr: Any = None


class Requester(msgspec.Struct, frozen=True, gc=False):
    """Who asked a storage account with a token."""

    upn: str | None = None
    objectId: str | None = None
    appId: str | None = None


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """The role by which it was allowed."""

    role: str | None = None


class Authorization(msgspec.Struct, frozen=True, gc=False):
    """Why it was allowed."""

    evidence: Evidence | Loose = None


class Identity(msgspec.Struct, frozen=True, gc=False):
    """Who asked, and how they showed it (`type`: a storage account's key or signature tells nobody)."""

    type: str | None = None
    claims: Claims | Loose = None
    claim: Claims | Loose = None
    requester: Requester | Loose = None
    authorization: Authorization | Loose = None


class HttpRequest(msgspec.Struct, frozen=True, gc=False):
    """The request that did it."""

    clientIpAddress: str | None = None


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where Microsoft holds the address of a sign-in to be."""

    countryOrRegion: str | None = None


class Status(msgspec.Struct, frozen=True, gc=False):
    """How it ended: `errorCode` of a sign-in, `value` of the API."""

    errorCode: int | str | None = None
    value: str | None = None


class Person(msgspec.Struct, frozen=True, gc=False):
    """A user who changed the directory."""

    userPrincipalName: str | None = None
    displayName: str | None = None
    id: str | None = None
    ipAddress: str | None = None


class Application(msgspec.Struct, frozen=True, gc=False):
    """An application that changed the directory."""

    displayName: str | None = None
    servicePrincipalName: str | None = None
    servicePrincipalId: str | None = None
    appId: str | None = None


class Initiator(msgspec.Struct, frozen=True, gc=False):
    """Who changed the directory."""

    user: Person | None = None
    app: Application | None = None


class Target(msgspec.Struct, frozen=True, gc=False):
    """What in the directory was changed."""

    userPrincipalName: str | None = None
    displayName: str | None = None
    id: str | None = None


class Details(msgspec.Struct, frozen=True, gc=False):
    """What a sign-in or a change of the directory says; in other logs any of these may be something else."""

    id: Any = None
    createdDateTime: Any = None
    activityDateTime: Any = None
    userPrincipalName: Any = None
    servicePrincipalName: Any = None
    servicePrincipalId: Any = None
    appDisplayName: Any = None
    appId: Any = None
    resourceDisplayName: Any = None
    ipAddress: Any = None
    location: Place | Loose = None
    status: Status | Loose = None
    conditionalAccessStatus: Any = None
    authenticationRequirement: Any = None
    clientAppUsed: Any = None
    crossTenantAccessType: Any = None
    homeTenantId: Any = None
    resourceTenantId: Any = None
    userType: Any = None
    activityDisplayName: Any = None
    initiatedBy: Initiator | Loose = None
    targetResources: list[Target] | str | bool | int | float | None = None
    loggedByService: Any = None
    result: Any = None
    resultReason: Any = None
    justification: Any = None


class Record(Details, frozen=True, gc=False):
    """One record."""

    time: str | None = None
    eventTimestamp: str | None = None
    operationName: Localised | str | None = None
    category: Localised | str | None = None
    resultType: Localised | str | int | None = None
    resultSignature: str | int | None = None
    statusCode: str | int | None = None
    statusText: str | None = None
    uri: str | None = None
    resourceId: str | None = None
    subscriptionId: str | None = None
    tenantId: str | None = None
    correlationId: str | None = None
    eventDataId: str | None = None
    caller: str | None = None
    callerIpAddress: str | None = None
    claims: Claims | Loose = None
    authorization: Authorization | Loose = None
    httpRequest: HttpRequest | Loose = None
    identity: Identity | str | None = None
    properties: Details | Loose = None
