"""Azure's Activity Log, and the sign-in and audit logs of Microsoft Entra: who administered what, from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collectors.contract import Kind, values_only

if TYPE_CHECKING:
    from collectors.contract import Decoder, SourceOptions

_SIGN_IN_KEYS: Final = (b'"createdDateTime"', b'"ipAddress"', b'"appDisplayName"')
_AUDIT_KEYS: Final = (b'"activityDisplayName"', b'"initiatedBy"')
# One of these stands beside `operationName` in every record of these logs; other resource logs may have them too.
_KEYS: Final = (
    b'"callerIpAddress"', b'"identity"', b'"caller"', b'"claims"', b'"eventTimestamp"', b'"subscriptionId"',
    b"SignInLogs", b"AuditLogs", b'"Administrative"',
)  # fmt: skip
# Flow logs have `operationName` as well.
_FLOW_LOGS: Final = (b"FlowEvent", b'"flowRecords"', b'"flowTuples"')


def _decoder(options: SourceOptions) -> Decoder:
    from collectors.administration import AuditDecoder
    from collectors.azure_activity.decode import actions, unfit
    from collectors.azure_activity.records import Record

    del options
    return AuditDecoder(Record, unfit, actions)


def recognise(beginning: bytes) -> str | None:
    """Why an input is of Azure's or Entra's logs of administration: keys of their records."""
    if any(key in beginning for key in _FLOW_LOGS):
        return None
    if b'"operationName"' in beginning and any(key in beginning for key in _KEYS):
        return "it has the keys of Azure Monitor's activity or resource logs"
    if all(key in beginning for key in _SIGN_IN_KEYS):
        return "it has the keys of Entra sign-ins"
    if all(key in beginning for key in _AUDIT_KEYS):
        return "it has the keys of Entra audit logs"
    return None


KIND: Final = Kind(
    name="azure_activity",
    title="Azure Activity Log, Entra sign-in and audit logs",
    decoder=_decoder,
    recognise=recognise,
    gives=("admin",),
    reads=(
        ("time, else eventTimestamp, createdDateTime, activityDateTime", "time"),
        ("caller, else identity.claims; userPrincipalName (sign-in); initiatedBy (audit)", "actor"),
        ("category, operationName, crossTenantAccessType, initiatedBy", "actor_kind"),
        ("ipAddress, initiatedBy.user.ipAddress, callerIpAddress, clientIpAddress, ipaddr", "actor_address"),
        ("location.countryOrRegion of sign-ins, where it is a country", "actor_country"),
        ("operationName, else activityDisplayName", "action"),
        ("resourceId, or uri without its query; resourceDisplayName (sign-in); targetResources[] (audit)", "target"),
        ("status, resultType, statusCode, status.errorCode", "success"),
        ("justification; resultReason of Privileged Identity Management", "justification"),
        ("subscription of resourceId, else tenantId", "account"),
        ("location (Activity Log)", "region_hint"),
        ("loggedByService, else the resource provider", "service_hint"),
    ),
    cannot_see=(
        "what Microsoft's staff do below Azure's interfaces, and accesses that Customer Lockbox is not asked for",
        "whether a Lockbox request that was approved was used, and from where",
        "where somebody is: the country of a sign-in is Microsoft's estimate of its address",
        "reads of resources: the Activity Log has changes and actions; reads of data are in resource logs",
    ),
    sample="""- type: azure_activity
  path: insights-activity-logs/**/PT1H.json
  expect_every_seconds: 3600
""",
    framing=values_only,
)
