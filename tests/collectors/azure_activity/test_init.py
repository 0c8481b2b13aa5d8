"""How an input is recognised as of Azure's or Entra's logs of administration."""

from __future__ import annotations

import pytest

from collectors import KINDS
from collectors.azure_activity import recognise
from collectors.contract import Framing

MONITOR = "it has the keys of Azure Monitor's activity or resource logs"
SIGN_INS = "it has the keys of Entra sign-ins"
AUDITS = "it has the keys of Entra audit logs"


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [
        pytest.param(b'{"records":[{"operationName":"x","callerIpAddress":"y"', MONITOR, id="activity"),
        pytest.param(b'{"time":"x","operationName":"Sign-in activity","category":"SignInLogs"', MONITOR, id="sign-in"),
        pytest.param(b'{"value":[{"caller":"x","operationName":{"value":"y"}', MONITOR, id="API"),
        pytest.param(
            b'{"value":[{"createdDateTime":"","appDisplayName":"","ipAddress":""', SIGN_INS, id="Graph sign-in"
        ),
        pytest.param(b'[{"activityDisplayName":"x","initiatedBy":{', AUDITS, id="Graph audit"),
        pytest.param(b'{"records":[{"operationName":"NetworkSecurityGroupFlowEvents"', None, id="NSG flow log"),
        pytest.param(
            b'{"records":[{"category":"FlowLogFlowEvent","operationName":"x","identity"', None, id="VNet flow log"
        ),
        pytest.param(b'{"operationName":"x"}', None, id="another log"),
        pytest.param(b'{"Records":[{"eventVersion":"1.08"', None, id="CloudTrail"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_an_input_is_recognised_by_its_keys(beginning: bytes, reason: str | None) -> None:
    """The reason is for people."""
    assert recognise(beginning) == reason


def test_records_are_json_values() -> None:
    """Whatever stands at the beginning."""
    assert KINDS["azure_activity"].framing(b"") is Framing.JSON
