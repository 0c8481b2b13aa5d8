"""What a log-in is as an action of an administrator."""

from __future__ import annotations

import pytest

from tests.collectors.zeek.decoding import decode, event, log

_ENDS = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p"
_RECORD = "1791374400 C1 203.0.113.7 50000 10.20.0.9 22"


@pytest.mark.parametrize(("said", "success"), [("T", True), ("F", False), ("-", None), ("maybe", None)])
def test_ssh_succeeded_when_zeek_says_so(said: str, success: bool | None) -> None:  # noqa: FBT001 - what is expected
    """Who it was is not known."""
    found = event("ssh", f"{_ENDS} auth_success", f"{_RECORD} {said}")

    assert (found["success"], found["actor"], found["action"], found["target"]) == (
        success, None, "ssh login", "10.20.0.9",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("result", "success"), [("encrypted", None), ("Success", None), ("-", None), ("HYBRID_REQUIRED_BY_SERVER", False)]
)
def test_of_rdp_only_a_refusal_is_known(result: str, success: bool | None) -> None:  # noqa: FBT001 - what is expected
    """The cookie names who asks."""
    found = event("rdp", f"{_ENDS} cookie result", f"{_RECORD} admin {result}")

    assert (found["success"], found["actor"]) == (success, "admin")


def test_our_end_is_told_as_an_address() -> None:
    """As text, and as a position."""
    (admins,) = decode(log("ssh", _ENDS, _RECORD)).admins

    assert admins.addresses.text.gather(admins.frame["target_address"]).to_list() == ["10.20.0.9"]
