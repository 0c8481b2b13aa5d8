"""A real browser opens the report page: it runs nothing, fetches nothing, complains of nothing, and shows the words."""

from __future__ import annotations

import json
import re
import subprocess
import zlib
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest
from prometheus_client import CollectorRegistry

from monitor.reports import Reports
from monitor.web.portal import Health, Served, portal
from tests.kept_worlds import kept_world
from tests.services.portals import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

    from monitor.app import Knowledge

_MONTH: Final = "2026-10"
_SENTENCES: Final = {
    "en": "Traffic is not proof of personal data.",
    "fr": "Le trafic n\u2019est pas une preuve de données personnelles.",
}
_QUIET: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--virtual-time-budget=5000", "--lang=en",
    "--hide-scrollbars", "--window-size=1200,1600",
)  # fmt: skip
_HOSTILE: Final = """<!doctype html><html><head><title>as it was</title></head><body><p>words</p>
<script>document.title = "it ran"</script><img src="/healthz"><link rel="stylesheet" href="/metrics">
<img src="x" onerror="document.title = 'it ran'"></body></html>"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a browser made of a page: its elements as text, what the console said, and what the page asked for."""

    dom: str
    console: list[str]
    asked_by_page: list[str]

    @property
    def title(self) -> str:
        """The title of the page."""
        found = re.search(r"<title>(.*?)</title>", self.dom, re.DOTALL)
        return found[1] if found else ""


@dataclass(slots=True)
class Browser:
    """A browser with a profile of its own for each page, and the requests that reached the portal."""

    executable: Path
    directory: Path
    port: int
    requests: list[str] = field(default_factory=list)
    number: int = 0

    def open(self, path: str) -> Seen:
        """Open a page and let its time pass."""
        self.requests.clear()
        log = self.directory / f"net-{self.number}.json"
        done = self.run(path, "--enable-logging=stderr", f"--log-net-log={log}", "--dump-dom")
        console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        return Seen(done.stdout, console, self._asked_by_page(json.loads(log.read_text(encoding="utf-8"))))

    def run(self, path: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the browser until it is done with a page."""
        self.number += 1
        profile = f"--user-data-dir={self.directory / f'profile-{self.number}'}"
        command = [str(self.executable), *_QUIET, profile, *options, f"http://127.0.0.1:{self.port}{path}"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)

    def _asked_by_page(self, log: dict[str, Any]) -> list[str]:
        """What was asked for in the name of the page; the browser's own errands have no origin."""
        told = [event.get("params", {}) for event in log["events"]]
        own = f"http://127.0.0.1:{self.port}"
        return [each["url"] for each in told if str(each.get("initiator", "")).startswith(own) and "url" in each]


def _hearing(application: ASGIApp, requests: list[str]) -> ASGIApp:
    """Write down what is asked for, and pass on."""

    async def heard(scope: Scope, receive: Receive, send: Send) -> None:
        query = scope.get("query_string", b"").decode()
        requests.append(scope.get("path", "") + (f"?{query}" if query else ""))
        await application(scope, receive, send)

    return heard


@pytest.fixture(scope="module")
def browser(
    service: Callable[[str], Path], knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A browser before the portal over a day of the sample hospital; the page of 1999-01 is a hostile one."""
    executable = service("chromium")
    site = kept_world(tmp_path_factory.mktemp("world"), knowledge, date(2026, 10, 15), days=1, scale=0.02)
    with site.opened() as ledger:
        reports = Reports(site.keeper.site, knowledge, ledger)
        application = portal(
            Served(
                site.keeper.site.name,
                CollectorRegistry(),
                lambda: Health(is_well=True, says="all is well", facts={}),
                reports.months,
                lambda month, language: _HOSTILE if month == "1999-01" else reports.page(month, language),
                reports.figures,
            )
        )
        requests: list[str] = []
        with served(_hearing(application, requests)) as port:
            yield Browser(executable, tmp_path_factory.mktemp("browser"), port, requests)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_report_is_shown_and_nothing_else_happens(browser: Browser, language: str) -> None:
    """Title and key sentence are there; the console is silent; no request but the one for the page."""
    path = f"/report/{_MONTH}?lang={language}"
    seen = browser.open(path)

    assert (_MONTH[:4] in seen.title, _SENTENCES[language] in seen.dom) == (True, True)
    assert f'<html lang="{language}"' in seen.dom
    assert (seen.console, seen.asked_by_page, browser.requests) == ([], [], [path])


def test_the_first_page_is_shown_and_nothing_else_happens(browser: Browser) -> None:
    """It links the month."""
    seen = browser.open("/")

    assert f'href="/report/{_MONTH}"' in seen.dom
    assert (seen.console, seen.asked_by_page, browser.requests) == ([], [], ["/"])


def test_a_page_that_would_run_and_fetch_does_neither(browser: Browser) -> None:
    """The headers hold, and the console says so: its silence elsewhere means something."""
    seen = browser.open("/report/1999-01")

    assert (seen.title, browser.requests) == ("as it was", ["/report/1999-01"])
    assert {kind in "".join(seen.console) for kind in ("inline script", "/healthz", "/metrics")} == {True}


def test_a_report_has_ink(browser: Browser) -> None:
    """A screenshot is of the size asked for, and not of one colour."""
    picture = browser.directory / "page.png"
    browser.run(f"/report/{_MONTH}", f"--screenshot={picture}")
    width, height, colours = _picture(picture.read_bytes())

    assert (width, height, colours > 20) == (1200, 1600, True)


def _picture(png: bytes) -> tuple[int, int, int]:
    """Width, height, and how many values its octets have: a blank one has one or two.

    Source: PNG specification, third edition, sections 5.3 and 11.2.
    """
    at, data = 8, b""
    while at < len(png):
        length, kind = int.from_bytes(png[at : at + 4]), png[at + 4 : at + 8]
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24]), len(set(zlib.decompress(data)))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_printed_report_bears_the_key_sentence(
    browser: Browser, service: Callable[[str], Path], language: str
) -> None:
    """On paper as on the screen."""
    paper = browser.directory / f"page.{language}.pdf"
    executable = service("pdftotext")
    browser.run(f"/report/{_MONTH}?lang={language}", f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    text = subprocess.run([executable, paper, "-"], capture_output=True, text=True, check=True).stdout

    assert _SENTENCES[language] in " ".join(text.split())
