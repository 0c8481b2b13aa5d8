"""Tell any receiver of HTTP, with a body that it can prove to be ours.

Decides the signature: HMAC-SHA256 (RFC 2104) over the time stamp, a dot and the body, under a shared secret, so that an
old body cannot be sent again much later. The id of a delivery is the same each time the same change is told.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.alert.delivery import Answer
from monitor.alert.payload import as_json, payload
from monitor.alert.picture import Wants
from monitor.alert.posting import client_for, post

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from monitor.alert.picture import Alert


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """One receiver."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    least_level: str = "low"
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class WebhookRoute:
    """Posts each change to one receiver."""

    settings: WebhookSettings

    @property
    def name(self) -> str:
        """The receiver by its host: the path of a webhook is often a secret."""
        parts = urlsplit(self.settings.url)
        return f"webhook {parts.hostname} {hashlib.sha256(self.settings.url.encode()).hexdigest()[:6]}"

    @property
    def wants(self) -> Wants:
        """Each change."""
        return Wants(self.settings.least_level)

    async def tell(self, alerts: Sequence[tuple[Alert, str]], now: int) -> Answer:
        """Post each alert on its own; one that is refused does not keep the others back."""
        taken: set[str] = set()
        trouble, said = None, ""
        async with client_for(self.settings.ca_file) as client:
            for alert, state in alerts:
                body = as_json(payload(alert, state))
                headers = {
                    "X-Transferwatch-Timestamp": str(now),
                    "X-Transferwatch-Signature": f"sha256={signature(self.settings.secret, now, body)}",
                    "X-Transferwatch-Delivery": f"{alert.finding.id}-{alert.opened_at}-{state}",
                }
                posted = await post(client, self.settings.url, body, headers)
                said = posted.said or said
                if posted.trouble is None:
                    taken.add(alert.finding.id)
                    continue
                trouble = posted.trouble
                if not posted.said:
                    break  # nobody is there: the others would only wait as long
        return Answer(frozenset(taken), said, trouble)


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """What a receiver computes and compares, in hex."""
    return hmac.new(secret.encode(), str(timestamp).encode() + b"." + body, hashlib.sha256).hexdigest()
