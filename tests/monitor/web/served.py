"""A portal over pages that are made up, for tests of what a browser is answered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import httpx
from prometheus_client import CollectorRegistry, Counter

from monitor.web.findings import Listed
from monitor.web.portal import Health, Served, portal

if TYPE_CHECKING:
    from starlette.types import ASGIApp

MONTHS: Final = ("2026-11", "2026-10")


@dataclass(slots=True)
class Pages:
    """What the portal is given; a test changes what it is about."""

    site: str = "paris-1"
    months: tuple[str, ...] = MONTHS
    health: Health = field(default_factory=lambda: Health(is_well=True, says="all is well", facts={"records": 7}))
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    failure: Exception | None = None
    ready: Health | None = None
    hosts: tuple[str, ...] = ()
    shows_reports: bool = True

    @property
    def portal(self) -> ASGIApp:
        """The application."""
        return portal(
            Served(
                self.site,
                self.registry,
                lambda: self.health,
                lambda: self.months,
                self._page,
                self._figures,
                ready=lambda: self.ready or self.health,
                hosts=self.hosts,
                shows_reports=self.shows_reports,
                finding=lambda id_, language: {"f-aaaaaaaaaa": f"what was found, in {language}"}[id_],
                findings=lambda _: Listed((), 0),
            )
        )

    def ask(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        """Ask as a browser on the same machine does; a failure of the application is a response, as there."""
        return asked(self.portal, path, method, **headers)

    def count(self) -> None:
        """Count one sample record."""
        Counter("sample_records", "Sample.", registry=self.registry).inc()

    def _page(self, month: str, language: str) -> str:
        return f"<p>{self._known(month)} in {language}</p>"

    def _figures(self, month: str) -> str:
        return f'{{"month": "{self._known(month)}"}}'

    def _known(self, month: str) -> str:
        if self.failure:
            raise self.failure
        if month not in self.months:
            raise KeyError(month)
        return month


def asked(application: ASGIApp, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """Ask an application, without a socket.

    Starlette's own test client wants another release of httpx than the one that is pinned; this one is httpx's own.
    """

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(ask())
