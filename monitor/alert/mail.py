"""Send mail, for a site without Alertmanager.

Decides the form: plain text, the first line as subject, one mail for each change; many changes at once are one mail, so
that a bad night does not fill a mailbox. A mail that tells the end of a finding answers the one that told its begin.

Source: RFC 5322 (Message-ID, In-Reply-To), RFC 3834 (Auto-Submitted), RFC 3207 (STARTTLS).
"""

from __future__ import annotations

import asyncio
import smtplib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from monitor.alert.delivery import Answer
from monitor.alert.distrust import LOGIN_REFUSED, why_no_tls
from monitor.alert.picture import Wants
from monitor.alert.posting import trust

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from monitor.alert.picture import Alert

_TIMEOUT_SECONDS: Final = 20.0
_ONE_BY_ONE: Final = 5


@dataclass(frozen=True, slots=True)
class MailSettings:
    """One mail server. `tls`: `starttls`, `tls` or `none`."""

    host: str
    sender: str
    to: tuple[str, ...]
    port: int = 587
    tls: str = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    least_level: str = "low"
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class MailRoute:
    """Sends by one mail server."""

    settings: MailSettings

    @property
    def name(self) -> str:
        """The server and the recipients."""
        return f"mail {self.settings.host}:{self.settings.port} {','.join(self.settings.to)}"

    @property
    def wants(self) -> Wants:
        """Each change."""
        return Wants(self.settings.least_level)

    async def tell(self, alerts: Sequence[tuple[Alert, str]], now: int) -> Answer:
        """Send them, off the event loop."""
        return await asyncio.to_thread(self._send, alerts, now)

    def _send(self, alerts: Sequence[tuple[Alert, str]], now: int) -> Answer:
        taken: set[str] = set()
        try:
            with self._session() as session:
                for message, ids in messages(self.settings, alerts, now):
                    session.send_message(message)
                    taken.update(ids)
        except smtplib.SMTPAuthenticationError as error:
            trouble = f"the mail server answered {error.smtp_code}; {LOGIN_REFUSED}"
            return Answer(frozenset(taken), "", trouble)
        except smtplib.SMTPResponseException as error:
            return Answer(frozenset(taken), "", f"the mail server answered {error.smtp_code}")
        except (smtplib.SMTPException, OSError) as error:
            why = why_no_tls(error) or type(error).__name__
            return Answer(frozenset(taken), "", f"the mail server did not take it: {why}")
        return Answer(frozenset(taken), "the mail server took it")

    def _session(self) -> smtplib.SMTP:
        settings = self.settings
        if settings.tls == "tls":
            context = trust(settings.ca_file)
            session: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=_TIMEOUT_SECONDS, context=context
            )
        else:
            session = smtplib.SMTP(settings.host, settings.port, timeout=_TIMEOUT_SECONDS)
        try:
            if settings.tls == "starttls":
                session.starttls(context=trust(settings.ca_file))
            if settings.username is not None:
                session.login(settings.username, settings.password or "")
        except BaseException:
            session.close()
            raise
        return session


def messages(
    settings: MailSettings, alerts: Sequence[tuple[Alert, str]], now: int
) -> list[tuple[EmailMessage, tuple[str, ...]]]:
    """The mails, each with the ids of the findings that it tells."""
    if len(alerts) <= _ONE_BY_ONE:
        return [(_one(settings, alert, state, now), (alert.finding.id,)) for alert, state in alerts]
    ids = tuple(alert.finding.id for alert, _ in alerts)
    heads = [f"- {alert.text.head} [{alert.finding.id}]" for alert, _ in alerts]
    bodies = [f"{alert.text.head}\n{alert.text.body}" for alert, _ in alerts]
    first = alerts[0][0]
    message = _message(settings, f"{len(alerts)}: {first.text.head}", first, now)
    message.set_content("\n".join(heads) + "\n\n" + "\n\n".join(bodies) + "\n")
    return [(message, ids)]


def _one(settings: MailSettings, alert: Alert, state: str, now: int) -> EmailMessage:
    message = _message(settings, alert.text.head, alert, now)
    thread = f"{alert.finding.id}.{alert.opened_at}"
    domain = settings.sender.rpartition("@")[2]
    message["Message-ID"] = f"<{thread}.{state}@{domain}>"
    if state != "open":
        message["In-Reply-To"] = message["References"] = f"<{thread}.open@{domain}>"
    message.set_content(f"{alert.text.head}\n\n{alert.text.body}\n")
    return message


def _message(settings: MailSettings, subject: str, alert: Alert, now: int) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = f"[{alert.site}] {subject}"
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.to)
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    message["Auto-Submitted"] = "auto-generated"
    return message
