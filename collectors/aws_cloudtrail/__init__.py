"""AWS CloudTrail: who called which API of which account, from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collectors.contract import Kind, values_only

if TYPE_CHECKING:
    from collectors.contract import Decoder, SourceOptions

# Keys that every event has, in the order in which CloudTrail writes them; a digest has others.
_KEYS: Final = (b'"eventVersion"', b'"userIdentity"', b'"eventTime"', b'"eventSource"', b'"eventName"', b'"awsRegion"')
_DIGEST_KEYS: Final = (b'"digestStartTime"', b'"digestS3Bucket"', b'"awsAccountId"')
_ENOUGH: Final = 3


def _decoder(options: SourceOptions) -> Decoder:
    from collectors.administration import AuditDecoder
    from collectors.aws_cloudtrail.decode import actions, opened, unfit
    from collectors.aws_cloudtrail.records import Event

    del options
    return AuditDecoder(Event, unfit, actions, opened)


def recognise(beginning: bytes) -> str | None:
    """Why an input is CloudTrail's: keys of its events, also of those that are a text in a field; or of its digests."""
    beginning = beginning.replace(b'\\"', b'"')
    if sum(key in beginning for key in _KEYS) >= _ENOUGH:
        return "it has the keys of CloudTrail events"
    if sum(key in beginning for key in _DIGEST_KEYS) >= _ENOUGH - 1:
        return "it has the keys of a CloudTrail digest"
    return None


KIND: Final = Kind(
    name="aws_cloudtrail",
    title="AWS CloudTrail",
    decoder=_decoder,
    recognise=recognise,
    gives=("admin",),
    reads=(
        ("eventTime", "time"),
        ("userIdentity: arn, else userName, onBehalfOf.userId, principalId, invokedBy, accountId", "actor"),
        ("userIdentity, eventType, sourceIPAddress", "actor_kind"),
        ("sourceIPAddress, where it is an address", "actor_address"),
        ("eventSource, eventName", "action"),
        ("resources[].ARN, else the main one of requestParameters", "target"),
        ("errorCode, errorMessage, responseElements.ConsoleLogin", "success"),
        ("serviceEventDetails.supportCaseDisplayId", "justification"),
        ("recipientAccountId, else userIdentity.accountId", "account"),
        ("awsRegion", "region_hint"),
        ("eventSource", "service_hint"),
    ),
    cannot_see=(
        "what AWS staff do below the API: hypervisors, storage, network; only AWS Support's calls are logged",
        "where AWS Support's people sit: no address and no country is logged of them",
        "what was read or written: data events must be switched on, and tell names, not contents",
        "what is done on a machine itself once somebody is logged in",
    ),
    sample="""- type: aws_cloudtrail
  path: AWSLogs/**/CloudTrail/**/*.json.gz
  expect_every_seconds: 900
""",
    framing=values_only,
)
