"""Which log has which fields."""

from __future__ import annotations

import pytest

from collectors.zeek.fields import LOGS, TOLD_BY, UNTOLD, field_name, log_of


@pytest.mark.parametrize(
    ("fields", "log"),
    [
        (["ts", "uid", "conn_state"], "conn"),
        (["ts", "trans_id"], "dns"),
        (["ts", "server_name", "established"], "ssl"),
        (["ts", "client_initial_dcid"], "quic"),
        (["ts", "trans_depth"], "http"),
        (["ts", "auth_attempts"], "ssh"),
        (["ts", "security_protocol"], "rdp"),
        (["ts", "percent_lost"], "capture_loss"),
        (["ts", "level", "message"], UNTOLD),
    ],
)
def test_a_field_of_one_log_alone_tells_it(fields: list[str], log: str) -> None:
    """Where the log does not name itself."""
    assert log_of(fields) == log


def test_every_log_that_is_read_can_be_told() -> None:
    """By one field each."""
    assert sorted(TOLD_BY.values()) == sorted(LOGS)


def test_the_ends_may_be_spelled_with_underscores() -> None:
    """Other names are as they are."""
    assert [field_name(name) for name in ("id_orig_h", "id_resp_p", "id.orig_h", "orig_h")] == [
        "id.orig_h", "id.resp_p", "id.orig_h", "orig_h",
    ]  # fmt: skip
