"""Recorded audit logs: every record of the corpus is a row, passed over, or bad for a reason, and says what it said.

What a row must say is read here a second time, plainly, from the record: what was done, when, from where, and whether
it failed. Whose person it was is counted, and was read by eye.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest

from collectors import KINDS
from monitor.inputs import AUTO, Input, find_inputs
from monitor.replay import decoded
from tests.collectors.auditing import Reading, read, reading

if TYPE_CHECKING:
    from pathlib import Path

RULE_TESTS = {"aws_cloudtrail": "cloudtrail", "azure_activity": "azure", "gcp_audit": "gcp"}
WORDS = {"Success": True, "Succeeded": True, "Failed": False}


def deliveries(corpus: Path) -> list[Path]:
    """Give the files that CloudTrail delivered."""
    return sorted((corpus / "audit" / "cloudtrail").glob("*_CloudTrail_*.json"))


def rule_tests(corpus: Path, kind: str) -> list[Any]:
    """Give the records of the rule tests, in order."""
    path = corpus / "audit" / RULE_TESTS[kind] / "panther-rule-tests.jsonl"
    return [json.loads(line)["log"] for line in path.read_text(encoding="utf-8").splitlines()]


def file_read(path: Path, kind: str) -> Reading:
    """Decode a file."""
    return reading(kind, decoded(Input(path, KINDS[kind])))


def address(text: Any) -> str | None:  # noqa: ANN401 - any type may stand there
    """Spell an address, with no port behind it; null for any other text, and for that of no address."""
    try:
        found = ip_address(re.sub(r"^([0-9.]+):[0-9]+$", r"\1", str(text)))
    except ValueError:
        return None
    return None if found.is_unspecified else str(found)


def when(text: str | None) -> str | None:
    """Spell a time with six digits."""
    if text is None:
        return None
    day, clock, digits = re.fullmatch(r"([-0-9]{10})[T ]([:0-9]{8})\.?([0-9]*)Z?", text).groups()  # type: ignore[union-attr]
    return f"{day}T{clock}.{digits[:6].ljust(6, '0')}Z"


def of_cloudtrail(event: dict[str, Any]) -> dict[str, Any]:
    """Say what a row must say of a CloudTrail event."""
    answer = event.get("responseElements") or {}
    failed = "errorCode" in event or "errorMessage" in event or answer.get("ConsoleLogin") == "Failure"
    return {
        "time": when(event.get("eventTime")),
        "action": f"{event['eventSource'].removesuffix('.amazonaws.com')}:{event['eventName']}",
        "actor_address": address(event.get("sourceIPAddress")),
        "account": event.get("recipientAccountId") or (event.get("userIdentity") or {}).get("accountId"),
        "region_hint": event.get("awsRegion"),
        "success": not failed,
    }


def of_azure(record: dict[str, Any]) -> dict[str, Any]:
    """Say what a row must say of a record of Azure."""
    operation, status = record["operationName"], record.get("status")
    result = status["value"] if isinstance(status, dict) else record.get("resultType")
    http = record.get("statusCode")
    subscription = re.match("(?i)/subscriptions/([^/]+)", record.get("resourceId", ""))
    return {
        "time": when(record.get("time")),
        "action": operation["value"] if isinstance(operation, dict) else operation,
        "actor_address": address(record.get("callerIpAddress")),
        "account": subscription[1].lower() if subscription else record.get("tenantId"),
        "region_hint": None if record.get("location") in {"", "global"} else record.get("location"),
        "success": int(http) < 400 if http else WORDS.get(str(result)),
    }


def of_gcp(entry: dict[str, Any]) -> dict[str, Any]:
    """Say what a row must say of an entry of Google's."""
    log = entry["protoPayload"]
    metadata = log.get("requestMetadata")
    caller = metadata if isinstance(metadata, dict) else {}
    code = (log.get("status") or {}).get("code")
    refused = any(each.get("granted") is False for each in log.get("authorizationInfo", []))
    operation = entry.get("operation", {})
    begun = operation.get("first") and not operation.get("last") and code is None
    return {
        "time": when(entry.get("timestamp") or entry.get("receiveTimestamp")),
        "action": log.get("methodName"),
        "actor_address": address(caller.get("callerIp", caller.get("callerIP"))),
        "actor": log.get("authenticationInfo", {}).get("principalEmail"),
        "target": log.get("resourceName"),
        "success": False if code or refused else None if begun else True,
    }


PLAINLY = {"aws_cloudtrail": of_cloudtrail, "azure_activity": of_azure, "gcp_audit": of_gcp}


@pytest.mark.parametrize("kind", RULE_TESTS)
def test_every_record_of_the_rule_tests_says_what_it_said(corpus: Path, kind: str) -> None:
    """Those that are rows, in their order."""
    records = rule_tests(corpus, kind)
    found = read(kind, *records)
    bad = {line for line, _, _ in found.bad}
    expected = [PLAINLY[kind](record) for line, record in enumerate(records, 1) if line not in bad]

    assert [{name: row[name] for name in expected[0]} for row in found.events] == expected


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        # Keys in lower case, as a search index spells them, and tests of what is no event.
        pytest.param("aws_cloudtrail", {"missing_field": 3, "not_an_object": 3}, id="aws_cloudtrail"),
        pytest.param("azure_activity", {}, id="azure_activity"),
        # Tests of one key alone, and one whose keys are in lower case.
        pytest.param("gcp_audit", {"missing_field": 5}, id="gcp_audit"),
    ],
)
def test_few_records_of_the_rule_tests_are_no_records(corpus: Path, kind: str, bad: dict[str, int]) -> None:
    """Each is counted with its reason."""
    records = rule_tests(corpus, kind)
    found = read(kind, *records)

    assert Counter(reason for _, reason, _ in found.bad) == bad
    assert (found.records, len(found.events)) == (len(records), len(records) - sum(bad.values()))


@pytest.mark.parametrize(
    ("kind", "whose"),
    [
        ("aws_cloudtrail", {"customer": 127, "service": 16, None: 2}),
        ("azure_activity", {"customer": 6, "service": 2, None: 61}),
        ("gcp_audit", {"customer": 37, None: 4}),
    ],
)
def test_persons_of_the_rule_tests_are_counted(corpus: Path, kind: str, whose: dict[str | None, int]) -> None:
    """No record of theirs shows staff of a provider; most of Azure's name nobody."""
    assert Counter(row["actor_kind"] for row in read(kind, *rule_tests(corpus, kind)).events) == whose


def test_every_event_that_cloudtrail_delivered_says_what_it_said(corpus: Path) -> None:
    """Three files, one document each, of 159 events."""
    for path in deliveries(corpus):
        found = file_read(path, "aws_cloudtrail")
        expected = [of_cloudtrail(event) for event in json.loads(path.read_text(encoding="utf-8"))["Records"]]

        assert [{name: row[name] for name in expected[0]} for row in found.events] == expected
        assert (found.bad, found.passed_over, found.records) == ([], {}, len(expected))


def test_persons_of_the_delivered_events_are_counted(corpus: Path) -> None:
    """Eight acts came from within AWS, under the name of a service in place of an address."""
    rows = [row for path in deliveries(corpus) for row in file_read(path, "aws_cloudtrail").events]
    named = Counter(row["attributes"].get("sourceIPAddress") for row in rows if row["actor_kind"] == "service")

    assert Counter(row["actor_kind"] for row in rows) == {"customer": 151, "service": 8}
    assert named == {
        "AWS Internal": 3,
        "rolesanywhere.amazonaws.com": 2,
        "secretsmanager.amazonaws.com": 1,
        "health.amazonaws.com": 1,
        "lambda.amazonaws.com": 1,
    }


def test_a_delivered_event_was_read_by_eye(corpus: Path) -> None:
    """A role session of a machine, from an address of its own."""
    rows = [row for path in deliveries(corpus) for row in file_read(path, "aws_cloudtrail").events]
    (row,) = [row for row in rows if row["actor_address"] == "3.225.16.109"]

    assert (row["actor"].rpartition(":")[2], row["action"], row["target"].rpartition(":")[2]) == (
        "assumed-role/stratus-red-team-ec2-steal-credentials-role/i-0dbc91f429e48eeed",
        "ssm:ListInstanceAssociations",
        "instance/i-0dbc91f429e48eeed",
    )
    assert row["attributes"]["sessionContext.sessionIssuer.arn"].endswith(
        ":role/stratus-red-team-ec2-steal-credentials-role"
    )


def test_crowdsec_reads_the_same_of_its_events(corpus: Path) -> None:
    """Its names beside ours; the account is another, as the handbook says."""
    folder = corpus / "audit" / "cloudtrail"
    asserted = (folder / "crowdsec-aws-cloudtrail.parser.assert").read_text(encoding="utf-8")
    pattern = r'\["s02-enrich"\]\["crowdsecurity/dateparse-enrich"\]\[(\d)\]\.Evt\.Meta\["(\w+)"\] == "(.*)"'
    meta = [{}, {}]  # type: list[dict[str, str]]
    for number, name, text in re.findall(pattern, asserted):
        meta[int(number)][name] = text
    rows = file_read(folder / "crowdsec-aws-cloudtrail.log", "aws_cloudtrail").events
    ours = [
        {
            "timestamp": row["time"].replace(".000000", ""),
            "user_arn": row["actor"],
            "event_id": row["attributes"]["eventID"],
            "event_name": row["action"].partition(":")[2],
            "event_source": row["service_hint"],
            "region": row["region_hint"],
            "source_ip": row["actor_address"],
            "user_type": row["attributes"]["userIdentity.type"],
        }
        for row in rows
    ]

    assert ours == [{name: each[name] for name in ours[0]} for each in meta]
    assert [row["success"] for row in rows] == [False, True]


def test_googles_sample_of_access_transparency_is_an_access_of_its_staff(corpus: Path) -> None:
    """Read by eye: from Canada, by an engineer whose desk is in the United States, for a support case."""
    (row,) = file_read(corpus / "audit" / "gcp" / "access-transparency.json", "gcp_audit").events

    assert (row["actor"], row["actor_kind"], row["actor_country"]) == ("Google LLC, Engineering", "provider", "CA")
    assert (row["justification"], row["account"]) == ("CUSTOMER_INITIATED_SUPPORT: Case number: bar123", "PROJECT_ID")
    assert row["attributes"]["location.principalOfficeCountry"] == "US"


def test_a_controller_of_kubernetes_is_a_service(corpus: Path) -> None:
    """Google's own, from within the cluster."""
    (row,) = file_read(corpus / "audit" / "gcp" / "otel-activity.json", "gcp_audit").events

    assert (row["actor"], row["actor_kind"], row["actor_address"]) == (
        "system:gcp-controller-manager",
        "service",
        "172.16.0.3",
    )


def test_every_audit_log_of_the_corpus_is_recognised(corpus: Path) -> None:
    """By its content alone; the rule tests are wrapped, and no log as they stand."""
    paths = sorted(path for path in (corpus / "audit").rglob("*") if path.suffix in {".json", ".log"})
    kinds = {found.path.name: found.kind.name for found in find_inputs(paths, AUTO).inputs}

    assert Counter(kinds.values()) == {"aws_cloudtrail": 4, "gcp_audit": 2}
    assert {name for name, kind in kinds.items() if kind == "gcp_audit"} == {
        "access-transparency.json",
        "otel-activity.json",
    }
