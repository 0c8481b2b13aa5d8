"""The demo's sample site: whose folder it is, and how its time goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from monitor.app import build_pipeline, build_writer, open_site
from monitor.demo import MARK, SEED, DemoSite, GoingOn, make_demo_site
from monitor.inputs import AUTO, find_inputs
from monitor.keeping import Keeping
from monitor.ledger.store import open_ledger
from monitor.replay import Replay
from monitor.sums import Summation
from monitor.world.history import write_history
from monitor.world.live import LIVE_START, Live
from monitor.world.site import site_files, write_site
from tests.monitor.ledger.keepers import TODAY, Keeper, contents, records

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.world.history import History
    from monitor.world.live import Step

_STEPS = 6
_PACE = timedelta(hours=2)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A history of one day, a hundredth of the usual."""
    monkeypatch.setattr("monitor.demo.write_history", partial(write_history, days=1))


def _made(directory: Path) -> DemoSite:
    return make_demo_site(directory, lambda _: None, scale=0.01)[0]


@pytest.mark.usefixtures("short")
def test_demo_site_loads_and_has_logs(tmp_path: Path, knowledge: Knowledge) -> None:
    """What the README promises works on what the demo writes."""
    told: list[History] = []
    made, history = make_demo_site(tmp_path / "demo", told.append, scale=0.01)
    site = open_site(made.config, knowledge.operators)

    assert (site.name, site.ledger) == ("paris-1", made.ledger)
    assert len([path for path in made.logs.rglob("*") if path.is_file()]) == history.files
    assert told == [history]


@pytest.mark.usefixtures("short")
def test_folder_is_made_for_its_owner_alone_and_marked(tmp_path: Path) -> None:
    """The logs name people's addresses, invented or not."""
    _made(tmp_path / "demo")

    assert ((tmp_path / "demo").stat().st_mode & 0o777, (tmp_path / "demo" / MARK).is_file()) == (0o700, True)


@pytest.mark.usefixtures("short")
def test_folder_is_made_afresh(tmp_path: Path) -> None:
    """Nothing of an earlier run is left: neither its ledger nor its reports."""
    made = _made(tmp_path / "demo")
    before = _files(made.directory)
    (made.directory / "ledger.db").write_text("old")
    made.reports.mkdir()
    (made.reports / "old.html").write_text("old")
    next(made.logs.rglob("*.log*")).write_text("old")
    _made(made.directory)

    assert _files(made.directory) == before


@pytest.mark.parametrize("inside", ["letter.txt", ".hidden", "flow-logs/flow.log", f"{MARK}/file", f"x/{MARK}"])
def test_folder_that_holds_something_else_is_never_touched(tmp_path: Path, inside: str) -> None:
    """Whatever it is; only the mark's file itself says that the folder is the demo's."""
    mine = tmp_path / "demo" / inside
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    before = _files(tmp_path)
    with pytest.raises(FileExistsError):
        _made(tmp_path / "demo")

    assert _files(tmp_path) == before


@pytest.mark.usefixtures("short")
def test_empty_folder_is_taken(tmp_path: Path) -> None:
    """There is nothing in it to lose."""
    (tmp_path / "demo").mkdir()

    assert _made(tmp_path / "demo").config.is_file()


def _files(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@dataclass(slots=True)
class Gone:
    """A demo that went on for some steps: what each reached, and how many records were judged by then."""

    site: DemoSite
    keeper: Keeper
    steps: list[Step]
    records: list[int]


def _going_on(site: DemoSite, keeping: Keeping, keeper: Keeper) -> GoingOn:
    return GoingOn(
        site=site,
        keeping=keeping,
        inputs=lambda paths: find_inputs(list(paths), AUTO, keeper.site).inputs,
        live=Live(site.directory, SEED, scale=0.02),
    )


@pytest.fixture(scope="module")
def gone(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Gone:
    """Six steps of two hours, beside a log of the time before that was judged already."""
    site = DemoSite(tmp_path_factory.mktemp("demo"))
    write_site(site_files(), site.directory)
    old = site.logs / "old.log"
    old.parent.mkdir()
    old.write_text("what was judged before\n")
    keeper = Keeper.of(site.config, knowledge)
    with pytest.MonkeyPatch.context() as patched, open_ledger(site.ledger, create=True) as ledger:
        patched.setattr("monitor.demo.PACE", _PACE)
        stages = Replay(build_pipeline(keeper.site, knowledge), Summation.of(keeper.site))
        keeping = Keeping(stages, build_writer(keeper.site, knowledge, ledger, TODAY))
        going_on = _going_on(site, keeping, keeper)
        going_on.remember()
        gone = Gone(site, keeper, [], [])
        for _ in range(_STEPS):
            gone.steps.append(going_on.step())
            gone.records.append(going_on.records)
    old.unlink()
    return gone


def test_each_step_lets_the_pace_pass(gone: Gone) -> None:
    """From the first moment after the two months on."""
    begins = datetime(LIVE_START.year, LIVE_START.month, LIVE_START.day, tzinfo=UTC)

    assert [step.until for step in gone.steps] == [begins + number * _PACE for number in range(1, _STEPS + 1)]
    assert not any(step.ended for step in gone.steps)


def test_each_step_judges_exactly_what_was_appended(gone: Gone) -> None:
    """No line is left for later and none is read twice; what lay there before is left alone."""
    judged = [after - before for before, after in zip([0, *gone.records], gone.records, strict=False)]

    assert judged == [step.lines for step in gone.steps]
    assert min(judged) > 0


def test_going_on_gives_the_ledger_of_one_replay(gone: Gone, tmp_path: Path) -> None:
    """Step by step or at once: the same rows, the same evidence, the same checkpoints."""
    at_once = tmp_path / "at-once.db"
    gone.keeper.keep(at_once, gone.site.logs, format_="auto")

    assert contents(gone.site.directory / "ledger.db") == contents(at_once)
    assert records(at_once) > 0
