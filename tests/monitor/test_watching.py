"""What rules find of a batch lies in the ledger with it, however the log is cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from collectors.files import ReadLimits
from monitor.alert.findings import Life
from monitor.alerting import all_findings
from monitor.app import build_pipeline, build_writer, open_site, rules_of
from monitor.inputs import find_inputs
from monitor.keeping import Findings, Keeping
from monitor.law.reviewed import law_reviewed
from monitor.ledger.store import LedgerError, open_ledger
from monitor.replay import Replay
from monitor.sums import Summation
from monitor.tally import Tally
from monitor.watching import Watching
from tests.judging import HEADER, NOON, OURS, Site, line
from tests.monitor.ledger.keepers import TODAY, records

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.config import Site as Loaded
    from monitor.keeping import Committed
    from monitor.ledger.store import Ledger

ABROAD = "5.188.10.7"
RULE = "health_to_uncovered_country"
NOW = int(NOON.timestamp()) + 60


@pytest.fixture
def site(tmp_path: Path, knowledge: Knowledge) -> Loaded:
    """A small site with a log of twenty records to one far end."""
    config = Site().write(tmp_path)
    lines = "".join(f"{line(OURS, ABROAD, octets=100_000 + number)}\n" for number in range(20))
    (tmp_path / "flow.log").write_text(f"{HEADER}\n{lines}", encoding="utf-8")
    return open_site(config, knowledge.operators)


def _keep(
    site: Loaded, knowledge: Knowledge, path: Path, *, lines: int | None = None, commit_lines: int = 500_000
) -> list[Committed]:
    """Judge the log into a ledger under the rules; what was committed."""
    heard: list[Committed] = []
    with open_ledger(f"sqlite:///{path}", create=True) as ledger:
        keeping = _keeping(site, knowledge, ledger)
        stages = replace(keeping.replay, limits=ReadLimits(lines=lines))
        keeping = replace(keeping, replay=stages, commit_lines=commit_lines, committed=heard.append)
        for _ in keeping.keep(find_inputs([site.directory / "flow.log"], "aws_vpc", site).inputs, Tally(), Findings()):
            pass
    return heard


def _keeping(site: Loaded, knowledge: Knowledge, ledger: Ledger) -> Keeping:
    watching = Watching.of(rules_of(site), ledger, Life(), lambda: NOW)
    replay = Replay(build_pipeline(site, knowledge), Summation.of(site))
    return Keeping(replay, build_writer(site, knowledge, ledger, TODAY), watches=watching)


def _found(path: Path) -> list[tuple[str, int, int]]:
    """Id, records and octets of what the rule found."""
    with open_ledger(f"sqlite:///{path}") as ledger:
        return [(each.id, each.records, each.octets_out) for each in all_findings(ledger, NOW) if each.rule == RULE]


def test_what_a_rule_finds_is_kept_with_its_batch(site: Loaded, knowledge: Knowledge, tmp_path: Path) -> None:
    """All records of it, as one finding, and whoever hears of the batch hears its id."""
    (batch,) = _keep(site, knowledge, tmp_path / "l.db")
    ((id_, count, octets),) = _found(tmp_path / "l.db")

    assert (count, octets, id_ in batch.findings) == (20, sum(range(100_000, 100_020)), True)


def test_a_second_reading_finds_nothing_twice(site: Loaded, knowledge: Knowledge, tmp_path: Path) -> None:
    """The checkpoint of the batch is that of its findings."""
    for _ in range(2):
        _keep(site, knowledge, tmp_path / "l.db")

    assert [(count, octets) for _, count, octets in _found(tmp_path / "l.db")] == [(20, sum(range(100_000, 100_020)))]


@pytest.mark.parametrize(("lines", "commit_lines"), [(1, 1), (3, 7)])
def test_the_cut_of_a_log_changes_no_finding(
    site: Loaded, knowledge: Knowledge, tmp_path: Path, lines: int, commit_lines: int
) -> None:
    """One record at a time, or all at once."""
    _keep(site, knowledge, tmp_path / "whole.db")
    _keep(site, knowledge, tmp_path / "cut.db", lines=lines, commit_lines=commit_lines)

    assert _found(tmp_path / "cut.db") == _found(tmp_path / "whole.db")


def test_a_batch_that_is_not_written_leaves_no_finding(
    site: Loaded, knowledge: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction: what fails behind the findings takes them along."""

    def broken(*_: object) -> None:
        raise LedgerError(tmp_path / "l.db", "no room.", "")

    monkeypatch.setattr("monitor.ledger.write.add_findings", broken)
    with pytest.raises(LedgerError):
        _keep(site, knowledge, tmp_path / "l.db")
    monkeypatch.undo()

    assert (records(tmp_path / "l.db"), _found(tmp_path / "l.db")) == (0, [])


OFTEN = """
title: Twenty Records To A Third Country
id: 5f7b1a52-9a0c-4d6b-9f0f-0f3f6a0f5c11
name: twenty_records
level: high
correlation:
  type: event_count
  rules: [health_to_uncovered_country]
  group-by: [system]
  timespan: 1h
  condition: {gte: 20}
"""


@pytest.fixture
def often(site: Loaded, knowledge: Knowledge) -> Loaded:
    """The same site with a correlation of its own: twenty matches within an hour."""
    (site.directory / "rules").mkdir()
    (site.directory / "rules" / "twenty_records.yml").write_text(OFTEN, encoding="utf-8")
    config = site.directory / "transferwatch.yaml"
    config.write_text(f"{config.read_text(encoding='utf-8')}rules: rules\n", encoding="utf-8")
    return open_site(config, knowledge.operators)


def _answered(path: Path) -> int:
    """Findings of the correlation."""
    with open_ledger(f"sqlite:///{path}") as ledger:
        return sum(each.rule == "twenty_records" for each in all_findings(ledger, NOW))


def test_a_window_goes_on_after_a_restart(often: Loaded, knowledge: Knowledge, tmp_path: Path) -> None:
    """Twelve records before it, eight after it: together twenty, once."""
    log = often.directory / "flow.log"
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    answers = []
    for end in (13, 20, 21, 21):
        log.write_text("".join(lines[:end]), encoding="utf-8")
        _keep(often, knowledge, tmp_path / "l.db", commit_lines=5)
        answers.append(_answered(tmp_path / "l.db"))

    assert answers == [0, 0, 1, 1]


def test_what_another_process_remembered_meanwhile_counts(often: Loaded, knowledge: Knowledge, tmp_path: Path) -> None:
    """Two rule engines on one ledger, each with one half of the records."""
    log = often.directory / "flow.log"
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    with open_ledger(f"sqlite:///{tmp_path / 'l.db'}", create=True) as ledger:
        engines = [_keeping(often, knowledge, ledger) for _ in range(2)]
        for keeping, end in zip(engines, (13, 21), strict=True):
            log.write_text("".join(lines[:end]), encoding="utf-8")
            for _ in keeping.keep(find_inputs([log], "aws_vpc", often).inputs, Tally(), Findings()):
                pass

    assert _answered(tmp_path / "l.db") == 1


def test_a_batch_that_is_thrown_away_is_not_remembered(
    often: Loaded, knowledge: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is judged again: its matches count once."""
    log = often.directory / "flow.log"
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    log.write_text("".join(lines[:13]), encoding="utf-8")
    with open_ledger(f"sqlite:///{tmp_path / 'l.db'}", create=True) as ledger:
        keeping = _keeping(often, knowledge, ledger)
        inputs = find_inputs([log], "aws_vpc", often).inputs
        with monkeypatch.context() as broken:
            broken.setattr("monitor.ledger.write.hold", _broken_in_the_transaction)
            with pytest.raises(RuntimeError):
                list(keeping.keep(inputs, Tally(), Findings()))
        list(keeping.keep(inputs, Tally(), Findings()))

    assert _answered(tmp_path / "l.db") == 0


def _broken_in_the_transaction(*_: object) -> None:
    raise RuntimeError


def test_posture_and_coverage_are_asked_without_a_record(site: Loaded, knowledge: Knowledge, tmp_path: Path) -> None:
    """An old atlas and an old law are told although nothing was read."""
    with open_ledger(f"sqlite:///{tmp_path / 'l.db'}", create=True) as ledger:
        keeping = _keeping(site, knowledge, ledger)
        assert isinstance(keeping.watches, Watching)
        ids = keeping.watches.look(site, keeping.replay.pipeline, keeping.writer, NOON.replace(year=2031))
        found = {each.rule for each in all_findings(ledger, NOW)}

    assert (len(ids) > 0, found >= {"atlas_stale", "law_stale"}) == (True, True)


def test_a_law_that_was_reviewed_lately_is_not_old(site: Loaded, knowledge: Knowledge, tmp_path: Path) -> None:
    """However long ago the newest decision fell."""
    with open_ledger(f"sqlite:///{tmp_path / 'l.db'}", create=True) as ledger:
        keeping = _keeping(site, knowledge, ledger)
        assert isinstance(keeping.watches, Watching)
        reviewed = datetime.combine(law_reviewed(), time(12), UTC)
        keeping.watches.look(site, keeping.replay.pipeline, keeping.writer, reviewed + timedelta(days=179))
        found = {each.rule for each in all_findings(ledger, NOW)}

    assert ("law_stale" in found) is False
