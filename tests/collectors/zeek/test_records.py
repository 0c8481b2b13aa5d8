"""Which logs are of use."""

from __future__ import annotations

from tests.collectors.zeek.decoding import decode, log


def test_each_log_gives_its_events() -> None:
    """And says how many records it had."""
    logs = ("conn", "dns", "ssl", "quic", "http", "ssh", "rdp", "capture_loss")
    made = {name: decode(log(name, "ts uid id.orig_h id.resp_h", "1 C1 10.0.0.1 10.0.0.2")) for name in logs}

    assert {name: batch.records for name, batch in made.items()} == dict.fromkeys(logs, 1)
    assert [name for name in logs if made[name].flows] == ["conn"]
    assert [name for name in logs if made[name].names] == ["dns", "ssl", "quic", "http"]
    assert [name for name in logs if made[name].admins] == ["ssh", "rdp"]
    assert [name for name in logs if made[name].coverage] == ["capture_loss"]


def test_any_other_log_is_passed_over_by_its_name() -> None:
    """Whatever its fields are."""
    made = decode(log("x509", "ts fingerprint", "1 a", "broken") + log("conn_long", "ts uid", "1 C1"))

    assert (made.records, made.passed_over, made.bad) == (3, {"x509": 2, "conn_long": 1}, ())
