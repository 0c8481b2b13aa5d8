"""Mail to a real server (aiosmtpd) that wants STARTTLS and a log-in."""

from __future__ import annotations

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


class _StartTls(Controller):
    """A server that takes nothing before STARTTLS and a log-in."""

    def __init__(self, mailbox: _Mailbox, port: int, certificate: Certificate) -> None:
        super().__init__(mailbox, hostname="127.0.0.1", port=port)
        self._certificate = certificate

    def factory(self) -> SMTP:
        return SMTP(
            self.handler,
            tls_context=self._certificate.serving,
            require_starttls=True,
            auth_required=True,
            authenticator=_let_in,
        )


@contextmanager
def _served(mailbox: _Mailbox, port: int, certificate: Certificate) -> Iterator[None]:
    server = _StartTls(mailbox, port, certificate)
    server.start()
    try:
        yield
    finally:
        server.stop()


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
    with _served(mailbox, port, authority.ours):
        async with teller.telling(_route(port, authority.ca_file)):
            await until(lambda: bool(mailbox.mails))

    assert [mail["Subject"].replace("\n", "") for mail in mailbox.mails] == [_SUBJECT]


async def test_a_mail_over_tls_from_the_begin(teller: Teller, authority: Authority) -> None:
    """As on port 465 (RFC 8314); by a server that knows its clients."""
    mailbox, port = _Mailbox(), free_port()
    server = Controller(mailbox, hostname="127.0.0.1", port=port, ssl_context=authority.ours.serving)
    server.start()
    try:
        settings = MailSettings(
            "127.0.0.1", "watch@example.org", ("oncall@example.org",), port, "tls", ca_file=authority.ca_file
        )
        async with teller.telling(MailRoute(settings)):
            await until(lambda: bool(mailbox.mails))
    finally:
        server.stop()

    assert len(mailbox.mails) == 1


async def test_what_is_refused_is_told(teller: Teller, authority: Authority) -> None:
    """Another authority, another password."""
    mailbox, port = _Mailbox(), free_port()
    with _served(mailbox, port, authority.ours):
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
        with _served(mailbox, port, authority.elsewhere):
            await until(lambda: bool(teller.outcomes))
            first = teller.outcomes[0][2]
        with _served(mailbox, port, authority.ours):
            await until(lambda: teller.outcomes[-1][1] == "told")

    assert (first, len(mailbox.mails)) == (
        "the mail server did not take it: its certificate is for another address",
        1,
    )
