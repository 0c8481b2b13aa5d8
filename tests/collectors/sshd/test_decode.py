"""What a message of sshd becomes."""

from __future__ import annotations

import pytest

from tests.collectors.reading_lines import columns, decode, reasons

HEAD = "Nov 26 08:00:00 bastion sshd-session[7]: "
FROM = "from 203.0.113.7 port 50514"


@pytest.mark.parametrize(
    ("message", "event"),
    [
        (f"Accepted publickey for alice {FROM} ssh2: ED25519 SHA256:abc", ("alice", "203.0.113.7", "ssh login", True)),
        (f"Failed password for invalid user bob {FROM} ssh2", ("bob", "203.0.113.7", "ssh login", False)),
        (f"Invalid user bob {FROM}", ("bob", "203.0.113.7", "ssh login", False)),
        (f"Partial publickey for alice {FROM} ssh2", ("alice", "203.0.113.7", "ssh login", False)),
        ("Disconnected from user alice 2001:db8::7 port 50514", ("alice", "2001:db8::7", "ssh disconnect", None)),
        ("Connection closed by 203.0.113.7 port 50514 [preauth]", (None, "203.0.113.7", "ssh disconnect", False)),
        ("Disconnected from invalid user bob 203.0.113.7 port 1", ("bob", "203.0.113.7", "ssh disconnect", False)),
        ("Received disconnect from 2001:db8::7: 11: bye", (None, "2001:db8::7", "ssh disconnect", None)),
        (f"Starting session: shell on pts/0 for alice {FROM} id 0", ("alice", "203.0.113.7", "ssh session", True)),
        (
            "drop connection #10 from [203.0.113.7]:50514 on [10.20.0.22]:22 x",
            (None, "203.0.113.7", "ssh connect", False),
        ),
        ("User bob from host.example not allowed because x", ("bob", None, "ssh login", False)),
    ],
)
def test_a_message_says_who_from_where_did_what(message: str, event: tuple[object, ...]) -> None:
    """And whether it came to pass; null where sshd does not tell."""
    assert columns("sshd", f"{HEAD}{message}\n", "actor", "actor_address", "action", "success") == [event]


def test_the_host_of_the_line_is_observer_and_target() -> None:
    """Whoever logs in there is a customer's."""
    assert columns("sshd", f"{HEAD}Invalid user bob {FROM}\n", "observer", "target", "actor_kind") == [
        ("bastion", "bastion", "customer")
    ]


def test_our_own_end_is_told_where_sshd_tells_it() -> None:
    """Of a connection that it drops."""
    line = f"{HEAD}drop connection #10 from [203.0.113.7]:50514 on [10.20.0.22]:22 past MaxStartups\n"
    (part,) = decode("sshd", line).admins

    assert part.addresses.text.gather(part.frame["target_address"]).to_list() == ["10.20.0.22"]


def test_a_connection_alone_is_no_act() -> None:
    """Any scan makes one; and what a newer version says again with the user is not told twice."""
    data = f'{HEAD}Connection {FROM} on 10.20.0.22 port 22 rdomain ""\n{HEAD}Received disconnect {FROM}:11: bye\n'

    assert dict(decode("sshd", data).passed_over) == {"other_message": 2}


def test_a_key_and_a_certificate_are_taken_apart() -> None:
    """What cannot be is kept as it stands."""
    said = "RSA-CERT SHA256:abc ID alice at ops (serial 42) CA ECDSA SHA256:def"
    key = f"{HEAD}Accepted publickey for alice {FROM} ssh2: {said}\n"

    assert columns("sshd", key, "key_type", "fingerprint", "certificate", "serial", "ca_fingerprint", "detail") == [
        ("RSA-CERT", "SHA256:abc", "alice at ops", "42", "SHA256:def", None)
    ]


def test_a_user_named_like_a_message_moves_no_address() -> None:
    """The last address is the one that sshd wrote."""
    line = f"{HEAD}Failed password for invalid user x from 192.0.2.1 port 22 ssh2 {FROM} ssh2\n"

    assert columns("sshd", line, "actor_address") == [("203.0.113.7",)]


def test_a_repetition_is_an_event_that_says_how_often() -> None:
    """Across pieces too."""
    data = f"{HEAD}Invalid user bob {FROM}\nNov 26 08:00:09 bastion last message repeated 2 times\n"

    assert columns("sshd", data, "actor", "repeated") == [("bob", None), ("bob", "2")]


def test_what_sshd_says_of_itself_is_passed_over() -> None:
    """As are the lines of other programs; a broken message is not."""
    other = HEAD.replace("sshd-session", "cron")
    data = f"{HEAD}Server listening on 0.0.0.0 port 22.\n{other}x\n{HEAD}Failed password for\n"

    assert (dict(decode("sshd", data).passed_over), reasons("sshd", data)) == (
        {"other_message": 1, "other_program": 1},
        [(3, "unreadable_message")],
    )


def test_a_record_of_the_journal_without_a_program_is_another_programs() -> None:
    """It is no broken line."""
    batch = decode("sshd", b"__CURSOR=a\n\n__CURSOR=b\nMESSAGE=x\n\n")

    assert (dict(batch.passed_over), batch.bad) == ({"other_program": 2}, ())
