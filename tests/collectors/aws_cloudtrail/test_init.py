"""How an input is recognised as CloudTrail's."""

from __future__ import annotations

import pytest

from collectors import KINDS
from collectors.aws_cloudtrail import recognise
from collectors.contract import Framing

EVENTS = "it has the keys of CloudTrail events"
DIGEST = "it has the keys of a CloudTrail digest"


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [
        pytest.param(b'{"Records":[{"eventVersion":"1.08","userIdentity":{},"eventTime":"x"', EVENTS, id="delivery"),
        pytest.param(b'{"eventTime":"x","eventSource":"s3","eventName":"GetObject"}\n', EVENTS, id="one a line"),
        pytest.param(
            rb'{"message":"{\"eventTime\":\"x\",\"eventSource\":\"s3\",\"eventName\":\"y\"}"}', EVENTS, id="message"
        ),
        pytest.param(b'{"awsAccountId":"1","digestStartTime":"x"', DIGEST, id="digest"),
        pytest.param(b'{"Records":[]}', None, id="no events"),
        pytest.param(b'{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3"', None, id="S3 notification"),
        pytest.param(b'{"records":[{"operationName":"x","callerIpAddress":"y"}]}', None, id="Azure"),
        pytest.param(b"2 111122223333 eni-0a1", None, id="text"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_an_input_is_recognised_by_its_keys(beginning: bytes, reason: str | None) -> None:
    """The reason is for people."""
    assert recognise(beginning) == reason


def test_records_are_json_values() -> None:
    """Whatever stands at the beginning."""
    assert KINDS["aws_cloudtrail"].framing(b"") is Framing.JSON
