"""`demo`: what it makes, says and serves, over a shorter history than the real one."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING

import httpx
import pytest

from monitor.demo import DemoSite
from monitor.serving import LOOPBACK, listen
from monitor.world.history import write_history
from monitor.world.live import Live
from tests.monitor.commands.running import run, said
from tests.monitor.ledger.keepers import records

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from starlette.types import ASGIApp
    from typer.testing import Result

    from monitor.app import Knowledge

pytestmark = pytest.mark.usefixtures("loaded_once", "short")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A history of one day, at a hundredth, and a going on at a hundredth."""
    shorten(monkeypatch)


def shorten(patch: pytest.MonkeyPatch) -> None:
    """Let the demo be short."""
    history = partial(write_history, days=1)
    patch.setattr("monitor.demo.write_history", lambda *of, told, scale: history(*of, told=told, scale=scale / 100))
    patch.setattr("monitor.commands.demo.Live", partial(Live, scale=0.05))


def _files(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_once_makes_a_ledger_and_a_report_of_every_month(tmp_path: Path) -> None:
    """The page in both languages, the figures once; each is named."""
    site = DemoSite(tmp_path / "demo")
    result = run("demo", "--once", "--directory", site.directory)
    written = [line.removeprefix("report: ") for line in result.stdout.splitlines() if line.startswith("report: ")]

    assert said(result) == (0, "")
    assert written == [
        str(site.reports / f"transfers-paris-1-2026-10{ending}") for ending in (".en.html", ".json", ".fr.html")
    ]
    assert _files(site.reports) == sorted(name.rpartition("/")[2] for name in written)
    assert records(site.directory / "ledger.db") > 0


def test_once_says_what_leaves_and_what_to_type_next(tmp_path: Path) -> None:
    """The commands that it prints are those of its own files."""
    result = run("demo", "--once", "--directory", tmp_path / "demo")
    (command,) = (line for line in result.stdout.splitlines() if line.startswith("Look behind a figure: "))
    _, _, typed = command.partition(" transferwatch ")

    assert "what leaves the EEA, or may" in result.stdout
    assert said(run(*typed.split())) == (0, "")


def test_a_folder_of_yours_is_refused(tmp_path: Path) -> None:
    """It is named, and it stays as it is."""
    (tmp_path / "letter.txt").write_text("mine")
    result = run("demo", "--once", "--directory", tmp_path)

    assert said(result) == (
        2,
        f"--directory {tmp_path}: holds something else, and nothing of yours is overwritten. Name a new one.\n",
    )
    assert _files(tmp_path) == ["letter.txt"]


def test_a_second_run_takes_the_place_of_the_first(tmp_path: Path) -> None:
    """The same files, the same number of records."""
    first, second = (run("demo", "--once", "--directory", tmp_path / "demo").stdout for _ in range(2))

    assert second == first


class Served:
    """Stands where the server stands: asks the pages, lets what goes on do some steps, and asks again."""

    def __init__(self, ask: tuple[str, ...]) -> None:
        self._ask = ask
        self.port = 0
        self.answers: list[dict[str, httpx.Response]] = []

    async def __call__(
        self, application: ASGIApp, listening: socket.socket, beside: Callable[[], Awaitable[None]]
    ) -> None:
        """Take the place of `serve`."""
        self.port = listening.getsockname()[1]
        listening.close()
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{LOOPBACK}:{self.port}") as client:
            self.answers.append({path: await client.get(path) for path in self._ask})
            going_on = asyncio.ensure_future(beside())  # noqa: TID251 - held to the end of this function
            while "records" not in self._health or self._health["records"] == 0:
                await asyncio.sleep(0.01)
                self.answers.append({path: await client.get(path) for path in self._ask})
                if going_on.done():
                    going_on.result()
            going_on.cancel()
            await asyncio.get_running_loop().shutdown_default_executor()  # the step that it was at comes to its end
            self.answers.append({path: await client.get(path) for path in self._ask})

    @property
    def _health(self) -> dict[str, object]:
        told: dict[str, object] = json.loads(self.answers[-1]["/healthz"].text)
        return told


@pytest.fixture(scope="module")
def pages(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> tuple[Served, Result]:
    """A demo that served until it had judged something live."""
    served = Served(
        ("/", "/healthz", "/findings", "/metrics", "/report/2026-10", "/report/2026-10?lang=fr", "/report/2026-10.json")
    )
    with pytest.MonkeyPatch.context() as patched:
        shorten(patched)
        patched.setattr(type(knowledge), "load", lambda: knowledge)
        patched.setattr("monitor.commands.demo.serve", served)
        patched.setattr("monitor.commands.demo._STEP_SECONDS", 0.0)
        return served, run("demo", "--port", "0", "--directory", tmp_path_factory.mktemp("served") / "demo")


def test_what_it_points_at_is_served(pages: tuple[Served, Result]) -> None:
    """Every address that it prints answers."""
    served, result = pages
    pointed = [line.split()[0] for line in result.stdout.splitlines() if line.startswith("  http://")]
    first = served.answers[0]

    assert said(result) == (0, "")
    assert [f"http://{LOOPBACK}:{served.port}{path}" for path in first if path != "/report/2026-10.json"] == sorted(
        pointed, key=[f"http://{LOOPBACK}:{served.port}{path}" for path in first].index
    )
    assert {answer.status_code for answers in served.answers for answer in answers.values()} == {200}


def test_what_goes_on_is_counted_and_told(pages: tuple[Served, Result]) -> None:
    """Nothing before its first step, then as many records as it has judged."""
    served, _ = pages
    first, last = served.answers[0], served.answers[-1]

    assert json.loads(first["/healthz"].text)["records"] == 0
    assert _counted(first) == 0
    assert _counted(last) == json.loads(last["/healthz"].text)["records"] > 0


def _counted(answers: dict[str, httpx.Response]) -> float:
    """Records of the source, whatever became of them, as Prometheus is told."""
    lines = answers["/metrics"].text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("transferwatch_source_records_total{"))


def test_a_taken_port_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And which it is instead."""
    served = Served(("/healthz",))
    monkeypatch.setattr("monitor.commands.demo.serve", served)
    monkeypatch.setattr("monitor.commands.demo._STEP_SECONDS", 0.0)
    with listen(0) as taken:
        port = taken.getsockname()[1]
        result = run("demo", "--port", port, "--directory", tmp_path / "demo")

    assert f"Port {port} is taken: it is {served.port} instead." in result.stdout.splitlines()
