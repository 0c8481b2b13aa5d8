"""Entries of Cloud Logging as they are read: audit logs strictly, other logs whatever they hold."""

from __future__ import annotations

import json

import msgspec
import pytest

from collectors.gcp_audit.records import Entry, Payload


def entry(**fields: object) -> Entry:
    """Read an entry."""
    return msgspec.json.decode(json.dumps(fields), type=Entry)


@pytest.mark.parametrize("name", ["reason", "location", "product", "accesses", "principalJobTitle", "@type"])
@pytest.mark.parametrize("value", ["text", 7, True, [1], {"x": 1}])
def test_what_other_logs_write_may_be_of_any_type(name: str, value: object) -> None:
    """Their keys may be those of Access Transparency."""
    assert isinstance(entry(jsonPayload={name: value}).jsonPayload, Payload)


def test_the_type_of_a_payload_is_read() -> None:
    """From a key that no name in Python can have."""
    read = entry(protoPayload={"@type": "type.googleapis.com/google.cloud.audit.AuditLog"}).protoPayload

    assert read is not None
    assert read.payload_type == "type.googleapis.com/google.cloud.audit.AuditLog"


@pytest.mark.parametrize("part", ["protoPayload", "timestamp", "logName", "operation"])
def test_a_decisive_field_of_another_type_is_refused(part: str) -> None:
    """Rather than guessed."""
    with pytest.raises(msgspec.ValidationError, match=part):
        entry(**{part: 7})
