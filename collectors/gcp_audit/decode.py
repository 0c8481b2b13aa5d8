"""Make rows of administration of entries of Google's audit logs.

Decides who acted, whose person that is, from where, on what, and whether it succeeded. Refuses to know where an address
is; an account that was lent is the actor, and who borrowed it stands in the attributes.

Whose person, first that applies:
- *provider*: an Access Transparency entry (`transparency`). Google's people whom the customer's own policy lets in show
  in audit logs as anybody does, and nothing tells them apart.
- *service*: a System Event; a service agent of Google's; a component of a Kubernetes control plane (`system:...`,
  but for the service accounts of the cluster's own namespaces).
- *customer*: all else with a principal; null where the log withholds it.

Source: as in `records`; Google Cloud, "Service agents" (how their addresses are built), read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.administration import MISSING_FIELD, Actions, Unfit, column, lists, text_columns
from collectors.gcp_audit.records import (
    AuditLog,
    Authentication,
    Authorization,
    Destination,
    Entry,
    Labels,
    MonitoredResource,
    RequestMetadata,
    ResourceLocation,
)
from collectors.gcp_audit.transparency import ATTRIBUTES, is_transparency, transparency_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

OTHER_LOG: Final = "other_log"
_AUDIT: Final = ".AuditLog"
_SYSTEM_EVENT: Final = "system_event"

_NO_LOG: Final = AuditLog()
_NO_RESOURCE: Final = MonitoredResource()
_NO_LABELS: Final = Labels()
_NO_AUTHENTICATION: Final = Authentication()
_NO_AUTHORIZATION: Final = (Authorization(),)
_NO_METADATA: Final = RequestMetadata()
_NO_DESTINATION: Final = Destination()


def unfit(entry: Entry) -> Unfit | None:
    """Why an entry is no record of administration: it is of another log."""
    log = entry.protoPayload
    if log is not None:
        if log.payload_type is None or log.payload_type.endswith(_AUDIT):
            return None
        return Unfit(OTHER_LOG)
    if is_transparency(entry.jsonPayload, entry.logName or ""):
        return None
    if entry.jsonPayload is not None or entry.textPayload is not None:
        return Unfit(OTHER_LOG)
    return Unfit(MISSING_FIELD, "protoPayload is missing")


def actions(entries: Sequence[Entry]) -> Actions:
    """Rows of entries: one each, or one for each access that an Access Transparency entry tells."""
    audited = [(number, entry) for number, entry in enumerate(entries) if entry.protoPayload is not None]
    rows, common, record = _audited([entry for _, entry in audited]), _entries(entries), None
    if len(audited) < len(entries):
        shown = [(number, entry) for number, entry in enumerate(entries) if entry.protoPayload is None]
        numbers = pl.Series("record", [number for number, _ in audited], dtype=pl.Int64)
        parts = [rows.with_columns(numbers), transparency_rows(shown)]
        rows = pl.concat(parts, how="diagonal").sort("record", maintain_order=True)
        common = common.select(pl.all().gather(rows["record"]))
        record = rows["record"].to_numpy().astype(np.intp)
    said = rows.hstack(common)
    return Actions(
        columns=said.select(*_TAKEN, *_MADE),
        time=said["time"],
        time_field="timestamp",
        address=said["address"],
        address_field="requestMetadata.callerIp",
        attributes=lists(said.select(name for name in (*_AUDITED, *ATTRIBUTES) if name in said.columns)),
        target_address=said["target_address"],
        record=record,
    )


_TAKEN: Final = (
    "actor", "actor_kind", "actor_country", "action", "target", "success", "justification", "service_hint",
)  # fmt: skip
_AUDITED: Final = (
    "insertId", "logName", "resource.type", "operation.id", "authenticationInfo.principalSubject",
    "authenticationInfo.serviceAccountKeyName", "authenticationInfo.serviceAccountDelegationInfo",
    "authorizationInfo.permission", "status.code", "requestMetadata.callerNetwork",
)  # fmt: skip
_OWNER: Final = r"^(?:projects/([^/]+)|((?:organizations|folders|billingAccounts)/[^/]+))/"
_MADE: Final = (
    pl.coalesce(pl.col("logName").str.extract(_OWNER, 1), "project", pl.col("logName").str.extract(_OWNER, 2)).alias(
        "account"
    ),
    pl.coalesce("resource_location", "label_location").alias("region_hint"),
)


def _entries(entries: Sequence[Entry]) -> pl.DataFrame:
    """What an entry of any log tells."""
    resources = [entry.resource if isinstance(entry.resource, MonitoredResource) else _NO_RESOURCE for entry in entries]
    labels = [resource.labels or _NO_LABELS for resource in resources]
    return text_columns(
        {
            "time": [entry.timestamp or entry.receiveTimestamp for entry in entries],
            "logName": column(entries, "logName"),
            "insertId": column(entries, "insertId"),
            "resource.type": column(resources, "type"),
            "operation.id": [entry.operation.id if entry.operation else None for entry in entries],
            "project": [_text(each) for each in column(labels, "project_id")],
            "label_location": [
                None if each is _NO_LABELS else _text(each.location) or _text(each.zone) or _text(each.region)
                for each in labels
            ],
        }
    )


# Google's own accounts: service agents, and what its systems call themselves.
_AGENT: Final = (
    r"^service-(?:org-|folder-)?[0-9]+@|^[0-9]+@cloudservices\.gserviceaccount\.com$"
    r"|@system\.gserviceaccount\.com$|^system@google\.com$"
)
_CONTROL_PLANE: Final = r"^system:(?:serviceaccount:kube-system:|node:|kube|[^:]+$)"
_NOBODY: Final = ("system:anonymous", "system:unauthenticated")


def _audited(entries: Sequence[Entry]) -> pl.DataFrame:
    """What an audit log's entry tells."""
    logs = [entry.protoPayload or _NO_LOG for entry in entries]
    people = [log.authenticationInfo or _NO_AUTHENTICATION for log in logs]
    asked = [log.authorizationInfo or _NO_AUTHORIZATION for log in logs]
    sources = [
        log.requestMetadata if isinstance(log.requestMetadata, RequestMetadata) else _NO_METADATA for log in logs
    ]
    codes = [log.status.code if log.status else None for log in logs]
    said = text_columns(
        {
            "log": column(entries, "logName"),
            "principal": [person.principalEmail or person.principalSubject for person in people],
            "action": column(logs, "methodName"),
            "target": column(logs, "resourceName"),
            "service_hint": column(logs, "serviceName"),
            "address": [source.callerIp or source.callerIP for source in sources],
            "target_address": [(source.destinationAttributes or _NO_DESTINATION).ip for source in sources],
            "resource_location": [_place(log.resourceLocation) for log in logs],
            "authenticationInfo.principalSubject": column(people, "principalSubject"),
            "authenticationInfo.serviceAccountKeyName": column(people, "serviceAccountKeyName"),
            "authenticationInfo.serviceAccountDelegationInfo": [_borrowers(person) for person in people],
            "authorizationInfo.permission": [each[0].permission for each in asked],
            "status.code": [str(code) if code else None for code in codes],
            "requestMetadata.callerNetwork": column(sources, "callerNetwork"),
        }
    )
    outcomes = [_succeeded(*each) for each in zip(entries, codes, asked, strict=True)]
    return said.with_columns(
        pl.col("principal").alias("actor"),
        pl.when(
            pl.col("log").str.ends_with(_SYSTEM_EVENT).fill_null(False)
            | pl.col("principal").str.contains(_AGENT)
            | (pl.col("principal").str.contains(_CONTROL_PLANE) & ~pl.col("principal").is_in(_NOBODY))
        )
        .then(pl.lit("service"))
        .when(pl.col("principal").is_not_null() & ~pl.col("principal").is_in(_NOBODY))
        .then(pl.lit("customer"))
        .alias("actor_kind"),
        pl.lit(None, pl.String).alias("actor_country"),
        pl.lit(None, pl.String).alias("justification"),
        pl.Series("success", outcomes, dtype=pl.Boolean),
    )


def _succeeded(entry: Entry, code: int | None, asked: Sequence[Authorization]) -> bool | None:
    """Whether it was done; null of the begin of an operation that goes on."""
    if code:
        return False
    for each in asked:
        if each.granted is False:
            return False
    operation = entry.operation
    begins = operation is not None and operation.first is True and operation.last is not True
    return None if begins and code is None else True


def _borrowers(person: Authentication) -> str | None:
    """Who stands behind a service account, from the first to the last who lent it on."""
    chain = person.serviceAccountDelegationInfo
    if not chain:
        return None
    chained = [
        (each.firstPartyPrincipal and each.firstPartyPrincipal.principalEmail) or each.principalSubject
        for each in chain
    ]
    return ", ".join(text for text in chained if text) or None


def _place(location: ResourceLocation | str | None) -> str | None:
    if not isinstance(location, ResourceLocation) or not location.currentLocations:
        return None
    return location.currentLocations[0]


def _text(value: object) -> str | None:
    return value if value.__class__ is str and value else None
