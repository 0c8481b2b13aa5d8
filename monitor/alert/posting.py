"""Post JSON over HTTP to the servers that an operator named, and nowhere else.

Decides what counts as taken: an answer of 2xx. A redirect is an answer that is none: it is not followed, so that what
was found goes to no other host; no proxy is taken from the environment. What is said about a failure names no URL,
since URLs of webhooks are secrets.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import httpx

from monitor.alert.distrust import LOGIN_REFUSED, why_no_tls

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TIMEOUT_SECONDS: Final = 10.0
_OK: Final = range(200, 300)
_REDIRECTS: Final = range(300, 400)


@dataclass(frozen=True, slots=True)
class Posted:
    """What a server answered; `trouble` is None when it took it."""

    said: str
    trouble: str | None = None


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Whom to trust: an authority of the site's own, or those of the system."""
    return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))


def client_for(ca_file: Path | None) -> httpx.AsyncClient:
    """A client for one server."""
    return httpx.AsyncClient(verify=trust(ca_file), follow_redirects=False, trust_env=False, timeout=_TIMEOUT_SECONDS)


async def post(client: httpx.AsyncClient, url: str, body: bytes, headers: Mapping[str, str]) -> Posted:
    """Post a body of JSON; whatever the network does is told, not raised."""
    try:
        answer = await client.post(url, content=body, headers={"Content-Type": "application/json", **headers})
    except httpx.TimeoutException:
        return Posted("", f"no answer in {_TIMEOUT_SECONDS:.0f} seconds")
    except httpx.HTTPError as error:
        return Posted("", f"no answer: {why_no_tls(error) or type(error).__name__}")
    said = f"answered {answer.status_code}"
    if answer.status_code in _OK:
        return Posted(said)
    if answer.status_code in _REDIRECTS:
        return Posted(said, f"{said}; a redirect is not followed")
    return Posted(said, f"{said}; {LOGIN_REFUSED}" if answer.status_code == httpx.codes.UNAUTHORIZED else said)
