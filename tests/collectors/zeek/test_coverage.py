"""What Zeek says about its own seeing."""

from __future__ import annotations

from tests.collectors.zeek.decoding import decode, events, log

_CONN = "ts uid id.orig_h id.resp_h duration missed_bytes conn_state"


def _coverage(text: str) -> list[tuple[object, ...]]:
    return [
        (each["state"], each["observer"], each["start_time"], each["end_time"], each["detail"])
        for each in events(decode(text))
        if each["event"] == "coverage"
    ]


def test_octets_that_were_missed_in_a_connection_are_a_drop() -> None:
    """For as long as the connection was open."""
    text = log(
        "conn", _CONN, "1791374400.5 C1 10.0.0.1 10.0.0.2 2.5 1460 SF", "1791374400.5 C2 10.0.0.1 10.0.0.2 2 0 SF"
    )

    assert _coverage(text) == [
        ("dropped", None, "2026-10-07T12:00:00.500000Z", "2026-10-07T12:00:03.000000Z", "missed_bytes 1460")
    ]


def test_a_measure_of_loss_is_a_drop_of_its_worker_or_none() -> None:
    """Over the time that was measured."""
    text = log("capture_loss", "ts ts_delta peer percent_lost", "1791374400 900 w1 0.25", "1791374400 900 w2 0.0")

    assert _coverage(text) == [
        ("dropped", "w1", "2026-10-07T11:45:00.000000Z", "2026-10-07T12:00:00.000000Z", "percent_lost 0.25"),
        ("ok", "w2", "2026-10-07T11:45:00.000000Z", "2026-10-07T12:00:00.000000Z", "percent_lost 0.0"),
    ]
