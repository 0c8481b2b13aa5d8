"""Google Cloud audit logs, Access Transparency included: who called what on which resource, from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collectors.contract import Kind, values_only

if TYPE_CHECKING:
    from collectors.contract import Decoder, SourceOptions


def _decoder(options: SourceOptions) -> Decoder:
    from collectors.administration import AuditDecoder
    from collectors.gcp_audit.decode import actions, unfit
    from collectors.gcp_audit.records import Entry

    del options
    return AuditDecoder(Entry, unfit, actions)


def recognise(beginning: bytes) -> str | None:
    """Why an input is of Google's audit logs: the name of such a log, or the type of its payload."""
    if b"cloudaudit.googleapis.com" in beginning:
        return "it names a log of cloudaudit.googleapis.com"
    if b"google.cloud.audit." in beginning:
        return "it has payloads of google.cloud.audit"
    if b'"protoPayload"' in beginning and (b'"methodName"' in beginning or b'"authenticationInfo"' in beginning):
        return "it has the keys of audit log entries"
    return None


KIND: Final = Kind(
    name="gcp_audit",
    title="Google Cloud audit logs and Access Transparency",
    decoder=_decoder,
    recognise=recognise,
    gives=("admin",),
    reads=(
        ("timestamp, else receiveTimestamp", "time"),
        ("authenticationInfo.principalEmail, else principalSubject", "actor"),
        ("location.principalEmployingEntity and principalJobTitle (Access Transparency)", "actor"),
        ("logName, principalEmail, @type", "actor_kind"),
        ("requestMetadata.callerIp, where it is an address", "actor_address"),
        ("location.principalPhysicalLocationCountry, where it is a country (Access Transparency)", "actor_country"),
        ("methodName; accesses[].methodName (Access Transparency)", "action"),
        ("resourceName; accesses[].resourceName (Access Transparency)", "target"),
        ("status.code, authorizationInfo[].granted", "success"),
        ("reason[] (Access Transparency)", "justification"),
        ("logName, else resource.labels.project_id", "account"),
        ("resourceLocation.currentLocations[], else resource.labels", "region_hint"),
        ("serviceName; product[] (Access Transparency)", "service_hint"),
    ),
    cannot_see=(
        "Google's staff, where Access Transparency is not switched on, and in products that it does not cover",
        "who of Google's staff acted: an employer, a job title and a country are told, no name and no address",
        "callers within Google's network: `private` and `gce-internal-ip` stand where an address would",
        "reads of data, where Data Access logs are not switched on",
    ),
    sample="""- type: gcp_audit
  path: cloudaudit.googleapis.com/**/*.json
  expect_every_seconds: 3600
""",
    framing=values_only,
)
