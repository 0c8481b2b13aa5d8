"""Lines of conntrack as columns."""

from __future__ import annotations

import polars as pl
import pytest

from collectors.conntrack.text import text_entries

BODY = "src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"tcp 6 299 ESTABLISHED {BODY} [ASSURED]", (None, "tcp", "6", "ESTABLISHED", "10.0.0.1", "1", None)),
        (
            f"ipv4     2 tcp      6 88 ESTABLISHED {BODY} mark=0 use=2",
            (None, "tcp", "6", "ESTABLISHED", "10.0.0.1", None, None),
        ),
        (f"[1795651940.1     ]\t[DESTROY] udp 17 {BODY}", ("DESTROY", "udp", "17", None, "10.0.0.1", None, None)),
        (f"    [NEW] udp 17 30 {BODY}", ("NEW", "udp", "17", None, None, None, None)),
        (
            "[DESTROY] 300 proto=6 src=10.0.0.1 dst=10.0.0.2 sport=0",
            (None, None, None, None, None, None, "expectation"),
        ),
        (
            "conntrack v1.4.7 (conntrack-tools): 19 flow events have been shown.",
            (None, None, None, None, None, None, "remark"),
        ),
        ("something else", (None, None, None, None, None, None, None)),
    ],
)
def test_a_line_falls_into_its_fields(line: str, expected: tuple[str | None, ...]) -> None:
    """Of one that is not over no more is read than what it is."""
    names = ("event", "name", "protocol", "state", "src", "assured", "remark")

    assert text_entries(pl.Series([line])).select(names).row(0) == expected


def test_both_directions_have_their_counts() -> None:
    """And what stands behind them, in any order."""
    counted = BODY.replace(" src=10.0.0.2", " packets=1 bytes=60 [UNREPLIED] src=10.0.0.2")
    line = f"tcp 6 {counted} packets=2 bytes=90 [OFFLOAD] mark=7 zone=3 delta-time=9"
    names = ("packets", "bytes", "reply_packets", "reply_bytes", "unreplied", "offload", "mark", "zone", "delta_time")

    assert text_entries(pl.Series([line])).select(names).row(0) == ("1", "60", "2", "90", "1", "OFFLOAD", "7", "3", "9")
