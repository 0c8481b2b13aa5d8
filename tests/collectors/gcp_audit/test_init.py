"""How an input is recognised as of Google's audit logs."""

from __future__ import annotations

import pytest

from collectors import KINDS
from collectors.contract import Framing
from collectors.gcp_audit import recognise

BY_LOG = "it names a log of cloudaudit.googleapis.com"
BY_TYPE = "it has payloads of google.cloud.audit"
BY_KEYS = "it has the keys of audit log entries"


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [
        pytest.param(b'{"logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity"', BY_LOG, id="log"),
        pytest.param(
            b'[{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog"', BY_TYPE, id="type"
        ),
        pytest.param(b'{"jsonPayload":{"@type":"google.cloud.audit.TransparencyLog"', BY_TYPE, id="access"),
        pytest.param(b'{"protoPayload":{"methodName":"x"', BY_KEYS, id="keys"),
        pytest.param(b'{"logName":"projects/p/logs/compute.googleapis.com%2Fvpc_flows"', None, id="flow log"),
        pytest.param(b'{"protoPayload":{}}', None, id="another payload"),
        pytest.param(b'{"Records":[{"eventVersion":"1.08"', None, id="CloudTrail"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_an_input_is_recognised_by_its_log_or_keys(beginning: bytes, reason: str | None) -> None:
    """The reason is for people."""
    assert recognise(beginning) == reason


def test_records_are_json_values() -> None:
    """Whatever stands at the beginning."""
    assert KINDS["gcp_audit"].framing(b"") is Framing.JSON
