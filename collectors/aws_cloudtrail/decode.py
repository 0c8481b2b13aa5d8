"""Make rows of administration of CloudTrail events.

Decides who acted, whose person that is, from where, on what, and whether it succeeded. Refuses to know where an address
is, and who sits behind a role session beyond what the event says.

Whose person, first that applies:
- *provider*: AWS Support. CloudTrail shows it as requests of the service principals `support.amazonaws.com` and
  `supportauthz.amazonaws.com`, and as sessions of the role `AWSServiceRoleForSupport`, which only AWS Support's tools
  can assume and which AWS made for that purpose: its staff's access is to be visible.
- *service*: AWS itself (`AwsServiceEvent`, identity `AWSService`, a service-linked role's session), or a service that
  acts for somebody who is not told by an address.
- *customer*: all else with an identity.

Source: as in `records`; AWS Support User Guide, "Using service-linked roles for AWS Support", read 2026-11.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec
import polars as pl

from collectors.administration import MISSING_FIELD, Actions, Unfit, column, text_columns, texts_of
from collectors.aws_cloudtrail.records import (
    MAIN_PARAMETERS,
    Additional,
    Credentials,
    Event,
    OnBehalfOf,
    Parameters,
    Resource,
    Response,
    ServiceDetails,
    SessionAttributes,
    SessionContext,
    SessionIssuer,
    UserIdentity,
    WebIdFederation,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGEST: Final = "CloudTrail-Digest"
INSIGHT: Final = "CloudTrail-Insight"
OTHER_EVENT: Final = "other_event"  # of EventBridge
_SUPPORT: Final = ("support.amazonaws.com", "supportauthz.amazonaws.com")
# AWS Support asks for a permit, or takes that back; what it then does is told as an action.
_PERMIT_REQUESTS: Final = ("SupportPermitRequestCreated", "CancelSupportPermitRequest")
_SUPPORT_ROLE: Final = ":role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport"
_SERVICE_ROLE: Final = ":role/aws-service-role/"
# A session's identity is `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`; the role's own ARN is that of its issuer.
_SERVICE_SESSION: Final = ":assumed-role/AWSServiceRoleFor"
# `ec2.amazonaws.com`, `ec2.amazonaws.com.cn`: what stands behind the service's own name.
_DOMAIN: Final = r"\.amazonaws\.com(?:\.cn)?$"
_EVENT_TEXT: Final = msgspec.json.Decoder(Event)
_FAILED: Final = "Failure"
_MAIN: Final = attrgetter(*MAIN_PARAMETERS)

_NO_IDENTITY: Final = UserIdentity()
_NO_CONTEXT: Final = SessionContext()
_NO_ISSUER: Final = SessionIssuer()
_NO_SESSION: Final = SessionAttributes()
_NO_FEDERATION: Final = WebIdFederation()
_NO_PERSON: Final = OnBehalfOf()
_NO_RESOURCE: Final = Resource()
_NO_PARAMETERS: Final = Parameters()
_NO_RESPONSE: Final = Response()
_NO_CREDENTIALS: Final = Credentials()
_NO_ADDITIONAL: Final = Additional()
_NO_DETAILS: Final = ServiceDetails()


def opened(event: Event) -> Event:
    """Take an event out of what EventBridge, CloudWatch Logs or the look-up of events sent it in."""
    if event.eventName is not None:
        return event
    if isinstance(event.detail, Event):
        return event.detail if event.detail.eventName is not None else event
    text = event.message or event.CloudTrailEvent
    if not isinstance(text, str):
        return event
    try:
        return _EVENT_TEXT.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return event


def unfit(event: Event) -> Unfit | None:
    """Why a value is no event of administration: a digest, an Insight, or something else."""
    if event.eventName is not None and event.eventSource is not None and event.eventCategory != "Insight":
        return None
    if event.digestStartTime is not None or (event.hashValue is not None and event.s3Object is not None):
        return Unfit(DIGEST)
    if event.eventCategory == "Insight":
        return Unfit(INSIGHT)
    if event.detail_type is not None:
        return Unfit(OTHER_EVENT)
    missing = "eventName" if event.eventName is None else "eventSource"
    return Unfit(MISSING_FIELD, f"{missing} is missing")


def actions(events: Sequence[Event]) -> Actions:
    """Rows of events, one each."""
    identities = [event.userIdentity or _NO_IDENTITY for event in events]
    contexts = [identity.sessionContext or _NO_CONTEXT for identity in identities]
    issuers = [context.sessionIssuer or _NO_ISSUER for context in contexts]
    parameters = _those(events, "requestParameters", Parameters, _NO_PARAMETERS)
    responses = _those(events, "responseElements", Response, _NO_RESPONSE)
    details = _those(events, "serviceEventDetails", ServiceDetails, _NO_DETAILS)
    people = [identity.onBehalfOf or _NO_PERSON for identity in identities]
    said = text_columns(
        {
            **{name: column(events, name) for name in _EVENT},
            **{name: column(identities, name) for name in _IDENTITY},
            "issuer": column(issuers, "arn"),
            "person": column(people, "userId"),
            "target": [_target(*each) for each in zip(events, parameters, details, strict=True)],
            "outcome": [
                None if each is _NO_RESPONSE else each.ConsoleLogin or each.CheckMfa or each.SwitchRole or each.ExitRole
                for each in responses
            ],
            "case": column(details, "supportCaseDisplayId"),
        }
    )
    return Actions(
        columns=said.select(_COLUMNS),
        time=said["eventTime"],
        time_field="eventTime",
        address=said["sourceIPAddress"],
        address_field="sourceIPAddress",
        attributes=_attributes(events, identities, contexts, said, parameters, responses, details),
    )


_EVENT: Final = (
    "eventTime", "eventSource", "eventName", "eventType", "awsRegion", "sourceIPAddress", "recipientAccountId",
    "errorCode", "errorMessage",
)  # fmt: skip
_IDENTITY: Final = ("type", "arn", "userName", "principalId", "accountId", "invokedBy")


def _is_support(name: str) -> pl.Expr:
    return pl.col(name).str.strip_suffix(".cn").is_in(_SUPPORT)


# A name in place of an address: of a service, or of AWS itself.
_NAMED: Final = pl.col("sourceIPAddress").str.contains(r"(?i)^AWS Internal$|\.(?:amazonaws|amazon)\.com(?:\.cn)?$")
_PROVIDER: Final = (
    _is_support("invokedBy")
    | _is_support("sourceIPAddress")
    | pl.col("issuer").str.ends_with(_SUPPORT_ROLE)
    | pl.col("arn").str.contains(":assumed-role/AWSServiceRoleForSupport/", literal=True)
)
_SERVICE: Final = (
    (pl.col("eventType") == "AwsServiceEvent")
    | (pl.col("type") == "AWSService")
    | pl.col("issuer").str.contains(_SERVICE_ROLE, literal=True)
    | pl.col("arn").str.contains(_SERVICE_SESSION, literal=True)
    | _NAMED
    | (pl.col("invokedBy").is_not_null() & pl.col("sourceIPAddress").is_null())
)
_WHO: Final = pl.coalesce("arn", "userName", "person", "principalId", "invokedBy", "accountId")
_COLUMNS: Final = (
    pl.when(pl.col("type") == "AWSService").then(pl.coalesce("invokedBy", _WHO)).otherwise(_WHO).alias("actor"),
    pl.when(_PROVIDER.fill_null(False))
    .then(pl.lit("provider"))
    .when(_SERVICE.fill_null(False))
    .then(pl.lit("service"))
    .when(_WHO.is_not_null() | pl.col("sourceIPAddress").is_not_null())
    .then(pl.lit("customer"))
    .alias("actor_kind"),
    pl.concat_str(pl.col("eventSource").str.replace(_DOMAIN, ""), pl.lit(":"), pl.col("eventName")).alias("action"),
    pl.col("target"),
    (pl.col("errorCode").is_null() & pl.col("errorMessage").is_null() & pl.col("outcome").ne_missing(_FAILED)).alias(
        "success"
    ),
    pl.when(pl.col("case").is_not_null())
    .then(pl.concat_str(pl.lit("supportCaseDisplayId: "), "case"))
    .alias("justification"),
    pl.when(_PROVIDER.fill_null(False) & pl.col("eventName").is_in(_PERMIT_REQUESTS)).then(False).alias("access"),
    pl.coalesce("recipientAccountId", "accountId").alias("account"),
    pl.col("awsRegion").alias("region_hint"),
    pl.col("eventSource").alias("service_hint"),
)


def _those(events: Sequence[Event], name: str, wanted: type[Any], nothing: Any) -> list[Any]:  # noqa: ANN401
    """One part of every event, where it has the usual form."""
    return [part if part.__class__ is wanted else nothing for part in column(events, name)]


def _target(event: Event, parameters: Any, details: ServiceDetails) -> str | None:  # noqa: ANN401 - made at import
    """What was acted on: what AWS Support worked on, the first resource named, or the request's main parameter."""
    if details is not _NO_DETAILS:
        worked_on = details.resource or _first(details.resourceIdentifiers) or _first(details.resources)
        if worked_on:
            return worked_on
    if event.resources:
        for resource in event.resources:
            name = resource.ARN or resource.arn or resource.ARNPrefix
            if name:
                return name
    if parameters is not _NO_PARAMETERS:
        for value in _MAIN(parameters):
            if value and (named := _named(value)):
                return named
    return None


def _named(value: Any) -> str | None:  # noqa: ANN401 - services write what they like
    """The resource that a parameter names: itself, the first of a list, or the first of EC2's sets of items."""
    if isinstance(value, dict):
        items = value.get("items")
        first = items[0] if isinstance(items, list) and items else None
        value = first.get("instanceId") if isinstance(first, dict) else None
    elif isinstance(value, list):
        value = value[0]
    return value if isinstance(value, str) and value else None


def _first(values: list[Any] | str | None) -> str | None:
    """The first text of a list, or a text alone."""
    if isinstance(values, str):
        return values
    return next((value for value in values or () if isinstance(value, str)), None)


def _attributes(
    events: Sequence[Event],
    identities: Sequence[UserIdentity],
    contexts: Sequence[SessionContext],
    said: pl.DataFrame,
    parameters: Sequence[Any],
    responses: Sequence[Response],
    details: Sequence[ServiceDetails],
) -> dict[str, Sequence[str | None]]:
    sessions = [context.attributes or _NO_SESSION for context in contexts]
    additional = _those(events, "additionalEventData", Additional, _NO_ADDITIONAL)
    federations = [context.webIdFederationData or _NO_FEDERATION for context in contexts]
    given = _those(responses, "credentials", Credentials, _NO_CREDENTIALS)  # type: ignore[arg-type]
    other = pl.col("accountId").ne_missing(pl.col("recipientAccountId"))
    return {
        "eventID": column(events, "eventID"),
        "eventType": column(events, "eventType"),
        "eventCategory": column(events, "eventCategory"),
        "readOnly": texts_of(column(events, "readOnly")),
        "managementEvent": texts_of(column(events, "managementEvent")),
        "errorCode": column(events, "errorCode"),
        "vpcEndpointId": column(events, "vpcEndpointId"),
        "sessionCredentialFromConsole": texts_of(column(events, "sessionCredentialFromConsole")),
        "userIdentity.type": column(identities, "type"),
        "userIdentity.principalId": column(identities, "principalId"),
        "userIdentity.accountId": said.select(pl.when(other).then("accountId")).to_series().to_list(),
        "userIdentity.accessKeyId": column(identities, "accessKeyId"),
        "userIdentity.invokedBy": column(identities, "invokedBy"),
        "userIdentity.identityProvider": column(identities, "identityProvider"),
        "userIdentity.onBehalfOf.userId": said["person"].to_list(),
        "sessionContext.sessionIssuer.arn": said["issuer"].to_list(),
        "sessionContext.sourceIdentity": column(contexts, "sourceIdentity"),
        "sessionContext.webIdFederationData.federatedProvider": column(federations, "federatedProvider"),
        "sessionContext.attributes.mfaAuthenticated": texts_of(column(sessions, "mfaAuthenticated")),
        "additionalEventData.MFAUsed": texts_of(column(additional, "MFAUsed")),
        "requestParameters.roleSessionName": texts_of(column(parameters, "roleSessionName")),
        "requestParameters.sourceIdentity": texts_of(column(parameters, "sourceIdentity")),
        "responseElements.credentials.accessKeyId": column(given, "accessKeyId"),
        "serviceEventDetails.action": [
            None if each is _NO_DETAILS else each.action or _first(each.actions) for each in details
        ],
        "serviceEventDetails.supportPermitArn": column(details, "supportPermitArn"),
    }
