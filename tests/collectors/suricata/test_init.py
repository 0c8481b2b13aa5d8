"""How an input is recognised as an EVE log."""

from __future__ import annotations

import pytest

from collectors import KINDS
from collectors.suricata import KIND, recognise
from tests.collectors.suricata.decoding import event, flow, lines

BY_FORM = "the first line is an object with `timestamp` and `event_type` as Suricata writes them"


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [
        pytest.param(lines([flow()]), BY_FORM, id="flow"),
        pytest.param(b"\xef\xbb\xbf\n\n" + lines([event("alert")]), BY_FORM, id="after empty lines"),
        pytest.param(
            lines([{"timestamp": "2026-10-05T07:00:00.000000+0200", "event_type": "stats"}]), BY_FORM, id="stats"
        ),
        pytest.param(lines([event("dns")]).replace(b'":', b'": ').replace(b",", b", "), BY_FORM, id="with spaces"),
        pytest.param(lines([event("dns")])[:150], BY_FORM, id="cut off"),
        pytest.param(b'{"ts":1591367999.305988,"uid":"C5bLoe2Mvxqhawzqqd","id.orig_h":"192.0.2.1"}\n', None, id="Zeek"),
        pytest.param(b'{"timestamp":"2026-10-05T07:00:00Z","severity":"INFO"}\n', None, id="another log"),
        pytest.param(b'{"event_type":"flow"}\n', None, id="without a time"),
        pytest.param(b"srcaddr dstaddr bytes\n1", None, id="flow log"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_an_input_is_recognised_by_its_first_line(beginning: bytes, reason: str | None) -> None:
    """The reason is for people."""
    assert recognise(beginning) == reason


def test_the_kind_is_listed() -> None:
    """Under its name."""
    assert KINDS["suricata"] == KIND
