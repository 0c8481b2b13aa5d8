"""Which SSH and RDP events begin the session of an administrator."""

from __future__ import annotations

import pytest

from collectors.suricata.admins import admins
from tests.collectors.suricata.decoding import event, parts


@pytest.mark.parametrize(
    ("rdp", "begins"),
    [
        ({"event_type": "initial_request"}, True),
        ({"event_type": "initial_response"}, False),
        ({"event_type": "initial_response", "error_code": 5}, True),
        ({"event_type": "initial_response", "reason": "hybrid required by server"}, True),
        ({"event_type": "tls_handshake"}, False),
        ({}, False),
    ],
)
def test_an_rdp_session_begins_with_its_request(rdp: dict[str, object], begins: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A refusal is told by itself; every other message is passed over."""
    found, passed_over = admins(parts("rdp", event("rdp", rdp=rdp))[0], "rdp", 1)

    assert (found.frame.height, passed_over) == (int(begins), int(not begins))


@pytest.mark.parametrize(("error", "success"), [(None, None), (5, False), (0, False)])
def test_only_a_refusal_tells_how_a_session_ended(error: int | None, success: bool | None) -> None:  # noqa: FBT001 - a parameter of the test
    """Nobody sees in the packets who logged in."""
    made = event("rdp", rdp={"event_type": "initial_request", "error_code": error})

    assert admins(parts("rdp", made)[0], "rdp", 1)[0].frame["success"].to_list() == [success]


def test_the_actor_of_rdp_is_who_the_client_says_it_is() -> None:
    """SSH says it only once it is encrypted."""
    rdp = event("rdp", rdp={"event_type": "initial_request", "cookie": "admin"})
    actors = [
        admins(parts(kind, made)[0], kind, 1)[0].frame["actor"].to_list()
        for kind, made in (("rdp", rdp), ("ssh", event("ssh")))
    ]

    assert actors == [["admin"], [None]]


@pytest.mark.parametrize(
    ("ends", "target"),
    [
        ({"dest_ip": "2001:db8::5", "dest_port": 22}, "2001:db8::5 22"),
        ({"dest_ip": "10.20.0.5", "dest_port": None}, "10.20.0.5"),
        ({"dest_ip": None, "dest_port": None}, None),
    ],
)
def test_the_target_is_the_other_end(ends: dict[str, object], target: str | None) -> None:
    """As far as the event says it."""
    assert admins(parts("ssh", event("ssh", **ends))[0], "ssh", 1)[0].frame["target"].to_list() == [target]


def test_a_broken_event_is_neither_a_session_nor_passed_over() -> None:
    """It is counted as a bad record."""
    events, _ = parts(
        "rdp", event("rdp", dest_port=-1), event("rdp", src_ip="x", rdp={"event_type": "initial_request"})
    )
    found, passed_over = admins(events, "rdp", 1)

    assert (found.frame.height, passed_over, sum(events.reasons.values())) == (0, 0, 2)
