"""Mail to a real server (aiosmtpd) that wants STARTTLS and a log-in."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from monitor.alert.distrust import LOGIN_REFUSED
from monitor.alert.mail import MailRoute, MailSettings
from tests.monitor.alert.telling import Teller, until
from tests.services.alertmanager import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message as Mail
    from pathlib import Path

    from tests.services.authority import Authority, Certificate

_PASSWORD: Final = "letmein"  # noqa: S105 - of a server that lives as long as a test
_SUBJECT: Final = "[paris-1] warehouse (health data) sent to aws in US: no ground known"


class _Mailbox(Message):
    """Keeps what it is handed."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Mail] = []

    def handle_message(self, message: Mail) -> None:
        self.mails.append(message)


def _let_in(_server: object, _session: object, _envelope: object, mechanism: str, login: Any) -> AuthResult:  # noqa: ANN401 - of the library
    del mechanism
    is_known = isinstance(login, LoginPassword) and (login.login, login.password) == (b"watch", _PASSWORD.encode())
    return AuthResult(success=is_known, handled=False)


class _Server(Controller):
    """A mail server that leaves no connection open behind it, as its library does where a client breaks off."""

    def __init__(self, mailbox: _Mailbox, port: int, **options: Any) -> None:  # noqa: ANN401 - of the library
        super().__init__(mailbox, hostname="127.0.0.1", port=port, **options)
        self._sessions: list[SMTP] = []

    def factory(self) -> SMTP:
        self._sessions.append(SMTP(self.handler, **self.SMTP_kwargs))
        return self._sessions[-1]

    def stop(self, no_assert: bool = False) -> None:  # noqa: FBT001, FBT002 - of the library
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result()
        super().stop(no_assert)

    async def _end(self) -> None:
        for session in self._sessions:
            if session.transport is not None:
                session.transport.close()
        await asyncio.sleep(0)  # what is closed ends in the next turn


@contextmanager
def _served(mailbox: _Mailbox, port: int, **options: Any) -> Iterator[None]:  # noqa: ANN401 - of the library
    server = _Server(mailbox, port, **options)
    server.start()
    try:
        yield
    finally:
        server.stop()


def _starting_tls(certificate: Certificate) -> dict[str, Any]:
    """Take nothing before STARTTLS and a log-in."""
    return {
        "tls_context": certificate.serving,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": _let_in,
    }


def _route(port: int, ca_file: Path, password: str = _PASSWORD) -> MailRoute:
    return MailRoute(
        MailSettings(
            "127.0.0.1",
            "watch@example.org",
            ("oncall@example.org",),
            port,
            username="watch",
            password=password,
            ca_file=ca_file,
        )
    )


async def _refused(teller: Teller, route: MailRoute) -> str:
    async with teller.telling(route):
        await until(lambda: bool(teller.outcomes))
    told = teller.outcomes[0][2]
    teller.outcomes.clear()
    return told


async def test_a_mail_by_starttls_and_a_log_in(teller: Teller, authority: Authority) -> None:
    """As the submission port of most mail servers wants it."""
    mailbox, port = _Mailbox(), free_port()
    with _served(mailbox, port, **_starting_tls(authority.ours)):
        async with teller.telling(_route(port, authority.ca_file)):
            await until(lambda: bool(mailbox.mails))

    assert [mail["Subject"].replace("\n", "") for mail in mailbox.mails] == [_SUBJECT]


async def test_a_mail_over_tls_from_the_begin(teller: Teller, authority: Authority) -> None:
    """As on port 465 (RFC 8314); by a server that knows its clients."""
    mailbox, port = _Mailbox(), free_port()
    settings = MailSettings(
        "127.0.0.1", "watch@example.org", ("oncall@example.org",), port, "tls", ca_file=authority.ca_file
    )
    with _served(mailbox, port, ssl_context=authority.ours.serving):
        async with teller.telling(MailRoute(settings)):
            await until(lambda: bool(mailbox.mails))

    assert len(mailbox.mails) == 1


async def test_what_is_refused_is_told(teller: Teller, authority: Authority) -> None:
    """Another authority, another password."""
    mailbox, port = _Mailbox(), free_port()
    with _served(mailbox, port, **_starting_tls(authority.ours)):
        by_authority = await _refused(teller, _route(port, authority.other_ca_file))
        by_password = await _refused(teller, _route(port, authority.ca_file, "let me in"))

    assert (by_authority, by_password, mailbox.mails) == (
        "the mail server did not take it: its certificate is not of an authority in ca_file",
        f"the mail server answered 535; {LOGIN_REFUSED}",
        [],
    )


async def test_a_server_that_shows_another_s_certificate_gets_nothing_until_it_has_its_own(
    teller: Teller, authority: Authority
) -> None:
    """What was found meanwhile is sent then, once."""
    mailbox, port = _Mailbox(), free_port()
    async with teller.telling(_route(port, authority.ca_file)):
        with _served(mailbox, port, **_starting_tls(authority.elsewhere)):
            await until(lambda: bool(teller.outcomes))
            first = teller.outcomes[0][2]
        with _served(mailbox, port, **_starting_tls(authority.ours)):
            await until(lambda: teller.outcomes[-1][1] == "told")

    assert (first, len(mailbox.mails)) == (
        "the mail server did not take it: its certificate is for another address",
        1,
    )
