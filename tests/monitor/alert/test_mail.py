"""Mail, through a real server on the loopback."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest

from monitor.alert.mail import MailRoute, MailSettings
from tests.monitor.alert.loopback import Heard, smtp_server
from tests.monitor.alert.matches import NOW_SECONDS, match
from tests.monitor.alert.pictures import alert

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage


@pytest.fixture
def heard() -> Iterator[Heard]:
    """A server that takes every mail."""
    with smtp_server() as server:
        yield server


def _route(heard: Heard) -> MailRoute:
    settings = MailSettings("127.0.0.1", "watch@example.org", ("oncall@example.org",), port=heard.port, tls="none")
    return MailRoute(settings)


def _mails(heard: Heard) -> list[EmailMessage]:
    return [message_from_bytes(body, policy=policy.default) for body in heard.bodies]


async def test_the_subject_is_the_first_line(heard: Heard) -> None:
    """It is all that a telephone shows."""
    await _route(heard).tell([(alert(), "open")], NOW_SECONDS)

    assert [mail["Subject"] for mail in _mails(heard)] == [
        "[paris-1] warehouse (health data) sent to aws in US: no ground known"
    ]


async def test_no_mailbox_answers_it(heard: Heard) -> None:
    """RFC 3834: an answering machine leaves it alone."""
    await _route(heard).tell([(alert(), "open")], NOW_SECONDS)

    assert [mail["Auto-Submitted"] for mail in _mails(heard)] == ["auto-generated"]


async def test_the_end_answers_the_begin(heard: Heard) -> None:
    """They stand together in a mailbox."""
    made = alert()
    await _route(heard).tell([(made, "open")], NOW_SECONDS)
    await _route(heard).tell([(made, "resolved")], NOW_SECONDS)
    first, second = _mails(heard)

    assert second["In-Reply-To"] == first["Message-ID"]


async def test_many_at_once_are_one_mail(heard: Heard) -> None:
    """A bad night does not fill a mailbox."""
    alerts = [(alert(match(system=f"system-{place}")), "open") for place in range(6)]
    answer = await _route(heard).tell(alerts, NOW_SECONDS)

    assert (len(heard.bodies), len(answer.taken)) == (1, 6)


async def test_a_server_that_refuses_is_told_in_a_word(heard: Heard) -> None:
    """Nothing counts as told."""
    heard.status = 550
    answer = await _route(heard).tell([(alert(), "open")], NOW_SECONDS)

    assert answer.taken == frozenset()
    assert answer.trouble is not None


async def test_a_line_break_in_a_log_forges_no_header(heard: Heard) -> None:
    """What an attacker writes into a log stays on its line."""
    await _route(heard).tell([(alert(match(importer="x\r\nBcc: all@example.org")), "open")], NOW_SECONDS)

    assert [mail["Bcc"] for mail in _mails(heard)] == [None]
