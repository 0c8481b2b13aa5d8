"""Keep the state of each finding under a topic of an MQTT broker.

Decides the topics: one per finding, retained, so that whoever subscribes later sees how things stand. A connection is
made when there is something to tell; the delivery is at least once (QoS 1). What the ledger deletes in its time goes
from the broker too.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import aiomqtt

from monitor.alert.delivery import Answer
from monitor.alert.distrust import LOGIN_REFUSED, why_no_tls
from monitor.alert.payload import as_json, payload
from monitor.alert.picture import Wants
from monitor.alert.posting import trust

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from monitor.alert.picture import Alert

_TIMEOUT_SECONDS: Final = 10.0
_AGAIN_SECONDS: Final = 3_600
# MQTT 5, section 3.2.2.2: bad user name or password, not authorized.
_NOT_LET_IN: Final = (134, 135)


@dataclass(frozen=True, slots=True)
class MqttSettings:
    """One broker."""

    host: str
    port: int = 8883
    tls: bool = True
    topic: str = "transferwatch/findings"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    least_level: str = "low"
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class MqttRoute:
    """Publishes to one broker."""

    settings: MqttSettings

    @property
    def name(self) -> str:
        """The broker and the topic."""
        return f"mqtt {self.settings.host}:{self.settings.port} {self.settings.topic}"

    @property
    def wants(self) -> Wants:
        """Each change, and each hour what is open."""
        return Wants(self.settings.least_level, again_seconds=_AGAIN_SECONDS)

    async def tell(self, alerts: Sequence[tuple[Alert, str]], now: int) -> Answer:
        """Publish the state of each."""
        del now
        # A test is no state: nobody who subscribes later needs it.
        return await self._publish(
            (alert.finding.id, as_json(payload(alert, state)), not alert.is_test) for alert, state in alerts
        )

    async def clear(self, findings: Sequence[str]) -> Answer:
        """Take the state of findings that were deleted off their topics: it names addresses, and a broker keeps it."""
        # An empty retained message deletes the one that is kept (MQTT 5, 3.3.1.3).
        return await self._publish((id_, b"", True) for id_ in findings)

    async def _publish(self, messages: Iterable[tuple[str, bytes, bool]]) -> Answer:
        """Publish the body of each finding, retained or not."""
        settings = self.settings
        taken: set[str] = set()
        try:
            async with aiomqtt.Client(
                settings.host, settings.port, username=settings.username, password=settings.password,
                protocol=aiomqtt.ProtocolVersion.V5, timeout=_TIMEOUT_SECONDS,
                tls_context=_tls(settings.ca_file) if settings.tls else None,
            ) as client:  # fmt: skip
                for id_, body, is_retained in messages:
                    await client.publish(f"{settings.topic}/{id_}", body, qos=1, retain=is_retained)
                    taken.add(id_)
        except (aiomqtt.MqttError, OSError, ssl.SSLError) as error:
            return Answer(frozenset(taken), "", f"the broker did not take it: {_why(error)}")
        return Answer(frozenset(taken), "the broker took it")


class _ClosedWhenRefused(ssl.SSLSocket):
    """A socket that does not stay open where TLS came to nothing: the client below forgets it."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - as in the library
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def _tls(ca_file: Path | None) -> ssl.SSLContext:
    context = trust(ca_file)
    context.sslsocket_class = _ClosedWhenRefused
    return context


def _why(error: Exception) -> str:
    code = getattr(getattr(error, "rc", None), "value", None)
    return LOGIN_REFUSED if code in _NOT_LET_IN else why_no_tls(error) or type(error).__name__
