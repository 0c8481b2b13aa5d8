"""Make rows of administration of Azure's Activity Log and of Entra's sign-in and audit logs.

Decides who acted, whose person that is, from where, on what, and whether it succeeded. Refuses to know where an address
is; the country of a sign-in is Microsoft's word for its address, and is handed on as what the log claims.

Whose person, first that applies:
- *provider*: a sign-in of `crossTenantAccessType` `microsoftSupport`; a Customer Lockbox request that was created (who
  approves or denies it is the customer's), and what its approval opened; a support access request that nobody of the
  tenant created.
- *service*: categories in which Azure itself speaks (health, advice, alerts), a Lockbox request that ran out, sign-ins
  of Microsoft's own applications, and changes of the directory by an application without an account in the tenant.
- *customer*: all else with somebody who acts.

A request for access is none. Approval of a Lockbox request gives Microsoft's engineer access, for eight hours if
nothing else is said, and its use is logged nowhere: an approval is therefore two rows, the customer's act and the
provider's access. Support in Entra signs in, which is a row of its own: there an approval opens nothing untold.

Source: as in `records`; Microsoft, "Customer Lockbox for Microsoft Azure", section "Auditing logs"; Microsoft Entra,
"View activity logs for Microsoft Support access requests"; Azure Monitor Logs reference, `SigninLogs`; read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from collectors.administration import MISSING_FIELD, UNSPECIFIED, Actions, Unfit, column, lists, text_columns, texts_of
from collectors.azure_activity.records import (
    Application,
    Authorization,
    Claims,
    Details,
    Evidence,
    HttpRequest,
    Identity,
    Initiator,
    Localised,
    Person,
    Place,
    Requester,
    Status,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from collectors.azure_activity.records import Record, Target

FLOW_LOG: Final = "flow_log"
_SIGN_INS: Final = (
    "SignInLogs", "NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs",
    "ADFSSignInLogs", "MicrosoftServicePrincipalSignInLogs", "SignIn",
)  # fmt: skip
# What Azure Monitor calls a sign-in, for those that come from Graph without a name.
_SIGN_IN: Final = "Sign-in activity"
_AZURE_SPEAKS: Final = (
    "ServiceHealth", "ResourceHealth", "Recommendation", "Alert", "Autoscale", "Security",
    "MicrosoftServicePrincipalSignInLogs",
)  # fmt: skip

_NO_DETAILS: Final = Details()
_NO_IDENTITY: Final = Identity()
_NO_CLAIMS: Final = Claims()
_NO_REQUESTER: Final = Requester()
_NO_REQUEST: Final = HttpRequest()
_NO_INITIATOR: Final = Initiator()
_NO_PERSON: Final = Person()
_NO_APPLICATION: Final = Application()
_NO_AUTHORIZATION: Final = Authorization()
_NO_EVIDENCE: Final = Evidence()
_NO_STATUS: Final = Status()


def unfit(record: Record) -> Unfit | None:
    """Why a record is none of administration: it is a flow log's, or it does not say what was done."""
    operation = record.operationName
    if operation is not None:
        category = record.category
        if isinstance(category, str) and category.endswith("FlowEvent"):
            return Unfit(FLOW_LOG)
        return None
    if record.activityDisplayName is not None or record.createdDateTime is not None:
        return None
    return Unfit(MISSING_FIELD, "operationName is missing")


def actions(records: Sequence[Record]) -> Actions:
    """Rows of records, one each; of an approval that opens access to the provider, two."""
    said = _said(records).with_columns(_FOUND)
    columns, record = said.select(_COLUMNS), None
    opens = said.select(_APPROVED).to_series().fill_null(value=False) & columns["success"].fill_null(value=False)
    if opens.any():
        record = np.repeat(np.arange(len(records)), opens.to_numpy().astype(np.intp) + 1)
        first = pl.lit(pl.Series(np.append(True, record[1:] != record[:-1])))
        said = said[record].with_columns(pl.when(first).then(name).alias(name) for name in _OF_WHO_APPROVED)
        columns = columns[record].with_columns(
            pl.when(first).then("actor").alias("actor"),
            pl.when(first).then("actor_kind").otherwise(pl.lit("provider")).alias("actor_kind"),
        )
    return Actions(
        columns=columns,
        time=said["time"],
        time_field="time",
        address=said["address"],
        address_field="callerIpAddress",
        attributes=lists(said.select(_ATTRIBUTES)),
        record=record,
    )


def _said(records: Sequence[Record]) -> pl.DataFrame:
    """The texts of records, each as a column."""
    details = [record.properties if record.properties.__class__ is Details else record for record in records]
    identities = _those(column(records, "identity"), Identity, _NO_IDENTITY)
    claims = [
        record.claims
        if record.claims.__class__ is Claims
        else _NO_CLAIMS
        if identity is _NO_IDENTITY
        else _that(identity.claims, Claims, _that(identity.claim, Claims, _NO_CLAIMS))
        for record, identity in zip(records, identities, strict=True)
    ]
    requesters = _those(column(identities, "requester"), Requester, _NO_REQUESTER)
    requests = _those(column(records, "httpRequest"), HttpRequest, _NO_REQUEST)
    initiators = _those(column(details, "initiatedBy"), Initiator, _NO_INITIATOR)
    people = [initiator.user or _NO_PERSON for initiator in initiators]
    applications = [initiator.app or _NO_APPLICATION for initiator in initiators]
    allowed = [
        record.authorization
        if record.authorization.__class__ is Authorization
        else _that(identity.authorization, Authorization, _NO_AUTHORIZATION)
        for record, identity in zip(records, identities, strict=True)
    ]
    evidence = _those(column(allowed, "evidence"), Evidence, _NO_EVIDENCE)
    statuses = _those(column(details, "status"), Status, _NO_STATUS)
    named = [_names(each) if isinstance(each, list) else () for each in column(details, "targetResources")]
    columns: dict[str, Sequence[str | None]] = {
        "time": [
            record.time or record.eventTimestamp or _text(record.createdDateTime) or _text(record.activityDateTime)
            for record in records
        ],
        "operation": _words(column(records, "operationName")),
        "activityDisplayName": texts_of(column(details, "activityDisplayName")),
        "category": _words(column(records, "category")),
        "resultType": _words(column(records, "resultType")),
        "resultSignature": texts_of(column(records, "resultSignature")),
        "status": [
            status or text
            for status, text in zip(_words(column(records, "status")), column(records, "statusText"), strict=True)
        ],
        "statusCode": texts_of(column(records, "statusCode")),
        "status.errorCode": texts_of(column(statuses, "errorCode")),
        "result": texts_of(column(details, "result")),
        "uri": [each.partition("?")[0] if each else None for each in column(records, "uri")],
        "resourceId": column(records, "resourceId"),
        "subscriptionId": column(records, "subscriptionId"),
        "tenantId": column(records, "tenantId"),
        "correlationId": column(records, "correlationId"),
        "id": [record.eventDataId or _text(each.id) for record, each in zip(records, details, strict=True)],
        "caller": column(records, "caller"),
        "callerIpAddress": column(records, "callerIpAddress"),
        "httpRequest.clientIpAddress": column(requests, "clientIpAddress"),
        "ipAddress": texts_of(column(details, "ipAddress")),
        "initiatedBy.user.ipAddress": column(people, "ipAddress"),
        "claims.ipaddr": texts_of(column(claims, "ipaddr")),
        "upn": texts_of(column(claims, "upn")),
        "account_name": texts_of(column(claims, "account")),
        "email": texts_of(column(claims, "email")),
        "claims.name": texts_of(column(claims, "name")),
        "claims.appid": texts_of(column(claims, "appid")),
        "claims.objectidentifier": texts_of(column(claims, "object_id")),
        "requester": [each.upn or each.objectId or each.appId for each in requesters],
        "identity": [each if isinstance(each, str) else None for each in column(records, "identity")],
        "identity.type": column(identities, "type"),
        "authorization.evidence.role": column(evidence, "role"),
        "person": [each.userPrincipalName or each.displayName or each.id for each in people],
        "application": [_application(each) for each in applications],
        "application_account": column(applications, "servicePrincipalId"),
        "target_name": [each[0] if each else None for each in named],
        "targetResources": [", ".join(each) if len(each) > 1 else None for each in named],
        "location": [each if isinstance(each, str) else None for each in column(records, "location")],
        "country": [each.location.countryOrRegion if each.location.__class__ is Place else None for each in details],
        **{name: texts_of(column(details, name)) for name in _DETAILS},
    }
    return text_columns(columns)


_DETAILS: Final = (
    "createdDateTime", "userPrincipalName", "servicePrincipalName", "servicePrincipalId", "appDisplayName", "appId",
    "resourceDisplayName", "conditionalAccessStatus", "authenticationRequirement", "clientAppUsed",
    "crossTenantAccessType", "homeTenantId", "resourceTenantId", "userType", "loggedByService", "resultReason",
    "justification",
)  # fmt: skip
_ATTRIBUTES: Final = (
    "id", "correlationId", "category", "resultType", "resultSignature", "status.errorCode", "tenantId",
    "claims.appid", "claims.objectidentifier", "claims.ipaddr", "identity.type", "authorization.evidence.role",
    "appDisplayName", "appId", "servicePrincipalId", "clientAppUsed", "authenticationRequirement",
    "conditionalAccessStatus", "crossTenantAccessType", "homeTenantId", "resourceTenantId", "userType",
    "location.countryOrRegion", "targetResources",
)  # fmt: skip

_SIGNED_IN: Final = pl.col("category").is_in(_SIGN_INS).fill_null(False) | (
    pl.col("operation").is_null() & pl.col("activityDisplayName").is_null()
)
_CHANGED: Final = pl.col("person").is_not_null() | pl.col("application").is_not_null()
_COUNTRY: Final = pl.when(_SIGNED_IN).then(pl.coalesce("country", "location"))
_IS_COUNTRY: Final = _COUNTRY.str.contains(r"^[A-Z]{2}$")
_OPERATION: Final = (
    pl.when(_SIGNED_IN)
    .then(pl.coalesce("operation", pl.lit(_SIGN_IN)))
    .otherwise(pl.coalesce("operation", "activityDisplayName"))
)


def _somewhere(name: str) -> pl.Expr:
    """An address, where it is not one that stands for none."""
    return pl.when(~pl.col(name).is_in(list(UNSPECIFIED))).then(name)


_ADDRESS: Final = pl.coalesce(
    *map(
        _somewhere,
        ("ipAddress", "initiatedBy.user.ipAddress", "callerIpAddress", "httpRequest.clientIpAddress", "claims.ipaddr"),
    ),
    "callerIpAddress",
)
_WHO: Final = (
    pl.when(_SIGNED_IN)
    .then(pl.coalesce("userPrincipalName", "servicePrincipalName", "identity", "servicePrincipalId", "appDisplayName"))
    .when(_CHANGED)
    .then(pl.coalesce("person", "application"))
    .otherwise(
        pl.coalesce(
            "caller", "upn", "requester", "account_name", "email", "claims.name", "claims.appid",
            "claims.objectidentifier", "identity",
        )
    )
)  # fmt: skip
_FOUND: Final = (
    _ADDRESS.alias("address"),
    _WHO.alias("who"),
    _OPERATION.alias("action"),
    pl.when(~_IS_COUNTRY).then(_COUNTRY).alias("location.countryOrRegion"),
    pl.when(pl.col("claims.ipaddr").ne_missing(_ADDRESS)).then("claims.ipaddr").alias("claims.ipaddr"),
)

_OF_WHO_APPROVED: Final = (
    "address", "claims.appid", "claims.objectidentifier", "claims.ipaddr", "identity.type",
    "authorization.evidence.role",
)  # fmt: skip
_LOCKBOX: Final = pl.col("action").str.contains("(?i)lockbox")
_ASKED: Final = _LOCKBOX & pl.col("action").str.contains("(?i)create")
_APPROVED: Final = _LOCKBOX & pl.col("action").str.contains(r"(?i)\bapprove\b")
_RAN_OUT: Final = _LOCKBOX & pl.col("action").str.contains("(?i)expir")
_SUPPORT_REQUEST: Final = (
    (pl.col("category") == "MicrosoftSupportAccessManagement")
    & pl.col("person").is_null()
    & pl.col("action").str.contains("(?i)request created")
)
_PROVIDER: Final = (pl.col("crossTenantAccessType") == "microsoftSupport") | _ASKED | _SUPPORT_REQUEST
_SERVICE: Final = (
    pl.col("category").is_in(_AZURE_SPEAKS)
    | _RAN_OUT
    | (pl.col("application").is_not_null() & pl.col("person").is_null() & pl.col("application_account").is_null())
)
_WORD: Final = pl.coalesce("status", "resultType", "result").str.to_lowercase()
_CODE: Final = pl.coalesce("status.errorCode", "resultType")
_HTTP: Final = pl.col("statusCode").cast(pl.Int64, strict=False)
# Privileged Identity Management writes what somebody gave as a reason where others write how it ended.
_TYPED: Final = pl.when(
    (pl.col("loggedByService") == "PIM") & ~pl.col("resultReason").str.to_lowercase().is_in(["success", "failure"])
).then("resultReason")
_SUBSCRIPTION: Final = r"(?i)^/subscriptions/([^/]+)"
_TENANT: Final = r"(?i)^/tenants/([^/]+)"
_COLUMNS: Final = (
    pl.col("who").alias("actor"),
    pl.when(_PROVIDER.fill_null(False))
    .then(pl.lit("provider"))
    .when(_SERVICE.fill_null(False))
    .then(pl.lit("service"))
    .when(pl.col("who").is_not_null())
    .then(pl.lit("customer"))
    .alias("actor_kind"),
    pl.when(_IS_COUNTRY).then(_COUNTRY).alias("actor_country"),
    pl.col("action"),
    pl.when(_SIGNED_IN)
    .then(pl.coalesce("resourceDisplayName", "appDisplayName"))
    .otherwise(pl.coalesce("target_name", "uri", "resourceId"))
    .alias("target"),
    pl.when(_SIGNED_IN)
    .then(_CODE == "0")
    .when(_WORD.is_in(["success", "succeeded", "0"]))
    .then(pl.lit(True))
    .when(_WORD.is_in(["failure", "failed", "timeout"]))
    .then(pl.lit(False))
    .otherwise(_HTTP < 400)  # noqa: PLR2004 - RFC 9110 section 15
    .alias("success"),
    pl.when((_ASKED | _SUPPORT_REQUEST).fill_null(False)).then(False).alias("access"),
    pl.coalesce("justification", _TYPED).alias("justification"),
    pl.coalesce(
        pl.col("resourceId").str.extract(_SUBSCRIPTION, 1),
        "subscriptionId",
        "tenantId",
        pl.col("resourceId").str.extract(_TENANT, 1),
        "resourceTenantId",
    )
    .str.to_lowercase()
    .alias("account"),
    pl.when(~_SIGNED_IN & ~_CHANGED & (pl.col("location") != "global")).then("location").alias("region_hint"),
    pl.coalesce(
        "loggedByService",
        pl.col("operation").str.extract("^([^/ ]+)/", 1),
        pl.col("resourceId").str.extract("(?i)/providers/([^/]+)/", 1),
    ).alias("service_hint"),
)


def _that(value: Any, wanted: type[Any], otherwise: Any) -> Any:  # noqa: ANN401 - any type may stand there
    return value if value.__class__ is wanted else otherwise


def _those(values: Iterable[Any], wanted: type[Any], otherwise: Any) -> list[Any]:  # noqa: ANN401
    return [value if value.__class__ is wanted else otherwise for value in values]


def _words(values: Iterable[Any]) -> list[str | None]:
    return [value if value is None or value.__class__ is str else _word(value) for value in values]


def _word(value: Any) -> str | None:  # noqa: ANN401
    """A word out of the API's pair of word and translation, or a number."""
    if isinstance(value, Localised | Status):
        return value.value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: Any) -> str | None:  # noqa: ANN401
    return value if isinstance(value, str) and value else None


def _names(targets: Sequence[Target]) -> Sequence[str]:
    names = (target.userPrincipalName or target.displayName or target.id for target in targets)
    return [name for name in names if name]


def _application(application: Application) -> str | None:
    return (
        application.displayName
        or application.servicePrincipalName
        or application.appId
        or application.servicePrincipalId
    )
