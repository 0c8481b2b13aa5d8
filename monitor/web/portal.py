"""Serve health, metrics and reports to a browser on the same machine.

Decides what is served and under which headers. Everything is read: no address here changes anything. It knows neither
ledger nor law; what the pages say comes from functions that it is given, and they run off the event loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from monitor.web.findings import STATES, asked_of, findings_page
from monitor.web.headers import SecurityHeaders
from monitor.web.index import index_page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from monitor.web.findings import Asked, Listed

LANGUAGES: Final = ("en", "fr")
# A page of another site must not reach this one under a name of its own (DNS rebinding).
_HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Health:
    """Whether everything runs; `says` is for people, `facts` for machines."""

    is_well: bool
    says: str
    facts: dict[str, str | int | float | None]


@dataclass(frozen=True, slots=True)
class Served:
    """What the pages are made from. `months` newest first; `page` and `figures` raise KeyError for another month.

    `ready` says whether everything has begun, `health` whether it still runs; `hosts`: names by which it is called
    besides those of the loopback. Without `shows_reports` no report and no finding is served, as beyond the loopback,
    where anybody could read it. `finding` gives the text behind an id in a language, and raises KeyError where there is
    none; `findings` gives the part of the list of them that an address asks for.
    """

    site: str
    registry: CollectorRegistry
    health: Callable[[], Health]
    months: Callable[[], Sequence[str]]
    page: Callable[[str, str], str]
    figures: Callable[[str], str]
    ready: Callable[[], Health] | None = None
    hosts: Sequence[str] = ()
    shows_reports: bool = True
    finding: Callable[[str, str], str] | None = None
    findings: Callable[[Asked], Listed] | None = None


def portal(served: Served) -> ASGIApp:
    """Build the application."""

    def index(request: Request) -> Response:
        del request
        months = served.months() if served.shows_reports else ()
        has_findings = served.shows_reports and served.findings is not None
        return HTMLResponse(index_page(served.site, months, served.health().says, has_findings=has_findings))

    def health(request: Request) -> Response:
        del request
        return _said(served.health())

    def ready(request: Request) -> Response:
        del request
        return _said((served.ready or served.health)())

    def metrics(request: Request) -> Response:
        del request
        return Response(generate_latest(served.registry), media_type=CONTENT_TYPE_LATEST)

    def report(request: Request) -> Response:
        month, language = request.path_params["month"], request.query_params.get("lang", LANGUAGES[0])
        if language not in LANGUAGES:
            return _no_such_language()
        try:
            return HTMLResponse(served.page(month, language))
        except KeyError:
            return _no_such_month(served)

    def figures(request: Request) -> Response:
        try:
            return Response(served.figures(request.path_params["month"]), media_type="application/json")
        except KeyError:
            return _no_such_month(served)

    reports = [Route("/report/{month}.json", figures), Route("/report/{month}", report)]
    reports += _findings(served)
    pages = Starlette(
        routes=[
            Route("/", index),
            Route("/healthz", health),
            Route("/readyz", ready),
            Route("/metrics", metrics),
            *(reports if served.shows_reports else ()),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=[*_HOSTS, *served.hosts], www_redirect=False),
        ],
    )
    # Outside of Starlette: what it answers by itself, to a strange host or when a page fails, is an answer too.
    return SecurityHeaders(pages)


def _findings(served: Served) -> list[Route]:
    routes = []
    if served.findings is not None:
        routes.append(Route("/findings", partial(_list, served.site, served.findings)))
    if served.finding is not None:
        routes.append(Route("/findings/{id}", partial(_finding, served.finding)))
    return routes


def _list(site: str, listed_of: Callable[[Asked], Listed], request: Request) -> Response:
    asked = asked_of(request.query_params, LANGUAGES)
    if asked is None:
        states, languages = ", ".join(STATES), ", ".join(LANGUAGES)
        return _refused(400, f"Write state= one of {states}; lang= one of {languages}; page= a number from 1 on.")
    return HTMLResponse(findings_page(site, asked, listed_of(asked)))


def _finding(text_of: Callable[[str, str], str], request: Request) -> Response:
    language = request.query_params.get("lang", LANGUAGES[0])
    if language not in LANGUAGES:
        return _no_such_language()
    try:
        return PlainTextResponse(text_of(request.path_params["id"], language))
    except KeyError:
        return _refused(404, "The ledger holds no such finding; it may have been deleted in its time.")


def _no_such_language() -> Response:
    return _refused(400, f"There are no words in that language. Write one of: {', '.join(LANGUAGES)}.")


def _said(told: Health) -> Response:
    status = {"status": "ok" if told.is_well else "failing", "says": told.says, **told.facts}
    return JSONResponse(status, status_code=200 if told.is_well else 503)


def _no_such_month(served: Served) -> Response:
    months = ", ".join(served.months()) or "none yet"
    return _refused(404, f"The ledger holds no such month. It holds: {months}.")


def _refused(status: int, why: str) -> Response:
    return PlainTextResponse(why, status_code=status)
