"""The daemon from its start to its end: it judges what grows, reloads all or nothing, and loses and doubles nothing."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.judging import OURS, line
from tests.monitor.daemon.process import BROKEN_INVENTORY, HEAD, OTHER_INVENTORY, append, body, running, write_site
from tests.monitor.ledger.keepers import Keeper, contents, records

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge

_PORTAL = "10.30.0.5"
_OTHER = "10.40.0.5"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The file of a site that follows a folder."""
    (tmp_path / "logs").mkdir()
    return write_site(tmp_path)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log in that folder."""
    return tmp_path / "logs" / "flow.log"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """The ledger of the site."""
    return tmp_path / "ledger.db"


def test_what_a_log_gains_is_judged(config: Path, log: Path, ledger: Path) -> None:
    """What was there at the start, and what came since, each record once."""
    append(log, HEAD + body(2))
    with running(config) as daemon:
        daemon.wait_for_records(2)
        append(log, body(3, 5_000))
        daemon.wait_for_records(5)
        code = daemon.end()

    assert (code, records(ledger)) == (0, 5)


def test_a_ledger_after_the_end_is_that_of_a_replay(
    config: Path, log: Path, ledger: Path, tmp_path: Path, knowledge: Knowledge
) -> None:
    """Whatever came in how many parts, and wherever it was told to end."""
    append(log, HEAD + body(500))
    with running(config) as daemon:
        daemon.end()
    append(log, body(700, 5_000))
    with running(config) as daemon:
        daemon.wait_for(lambda: records(ledger) == 1_200)
        daemon.end()
    replayed = tmp_path / "replayed.db"
    Keeper.of(config, knowledge).keep(replayed, log)

    assert contents(ledger) == contents(replayed)


def test_a_kill_loses_and_doubles_nothing(
    config: Path, log: Path, ledger: Path, tmp_path: Path, knowledge: Knowledge
) -> None:
    """Each time at another moment of reading."""
    append(log, HEAD + body(20))
    for part in range(2):
        append(log, body(40_000, 1_000 + part))
        with running(config) as daemon:
            daemon.end(signal.SIGKILL)
    with running(config) as daemon:
        daemon.wait_for(lambda: records(ledger) == 80_020)
        daemon.end()
    replayed = tmp_path / "replayed.db"
    Keeper.of(config, knowledge).keep(replayed, log)

    assert contents(ledger) == contents(replayed)


def test_a_reload_takes_a_good_inventory(config: Path, log: Path, tmp_path: Path) -> None:
    """What the same log gains from then on is judged by it."""
    append(log, HEAD + body(2, ours=_PORTAL))
    with running(config) as daemon:
        daemon.wait_for_records(2)
        (tmp_path / "inventory.yaml").write_text(OTHER_INVENTORY, encoding="utf-8")
        reloading = daemon.reload()
        append(log, body(3, ours=_OTHER))
        daemon.wait_for_records(5)
        append(log, body(4, ours=_PORTAL))
        daemon.wait_for_records(4, "not_ours")
        reloads = (daemon.metric("transferwatch_reloads_total"), daemon.metric("transferwatch_reload_problems"))
        code = daemon.end()

    assert (reloading.splitlines()[1].partition("=")[0], reloads, code) == ("MONOTONIC_USEC", (1, 0), 0)


def test_a_reload_of_a_broken_inventory_changes_nothing(config: Path, log: Path, tmp_path: Path) -> None:
    """The problem stands in the log and in a metric, and what ran before goes on."""
    append(log, HEAD + body(2))
    with running(config) as daemon:
        daemon.wait_for_records(2)
        (tmp_path / "inventory.yaml").write_text(BROKEN_INVENTORY, encoding="utf-8")
        daemon.reload()
        append(log, body(3, 5_000))
        daemon.wait_for_records(5)
        refused = daemon.metric('transferwatch_reloads_total{reload="refused"}')
        problems = daemon.metric("transferwatch_reload_problems")
        told = [each["problem"] for each in daemon.lines() if each["event"] == "reload_refused"]
        code = daemon.end()

    assert (refused, problems, code) == (1, 1, 0)
    assert [each.partition(" ")[0].rpartition("/")[2] for each in told] == ["inventory.yaml:2:32"]


def test_a_reload_cannot_move_the_ledger(config: Path) -> None:
    """Half of what was judged would lie elsewhere."""
    with running(config) as daemon:
        text = config.read_text(encoding="utf-8")
        config.write_text(text.replace("ledger.db", "another.db"), encoding="utf-8")
        daemon.reload()
        told = [each["problem"] for each in daemon.lines() if each["event"] == "reload_refused"]
        daemon.end()

    assert [each.partition("ledger: ")[2] for each in told] == [
        "a reload cannot change this. Restart the daemon, or write what it was."
    ]


def test_a_folder_that_vanishes_and_returns(config: Path, log: Path, tmp_path: Path) -> None:
    """It is shown meanwhile, and what it holds then is read."""
    up = 'transferwatch_source_up{source="gateway"}'
    append(log, HEAD + body(2))
    with running(config) as daemon:
        daemon.wait_for_records(2)
        shutil.rmtree(tmp_path / "logs")
        daemon.wait_for(lambda: daemon.metric(up) == 0)
        told = daemon.ask("/healthz").json()["source gateway"].partition(":")[0]
        append(log, HEAD + body(3, 5_000))
        daemon.wait_for_records(5)
        daemon.wait_for(lambda: daemon.metric(up) == 1)
        daemon.end()

    assert told == "absent"


def test_a_store_that_does_not_answer_harms_no_other(tmp_path: Path) -> None:
    """Its state is shown, and the others are judged."""
    config = write_site(
        tmp_path,
        "  - {type: aws_vpc, name: gateway, path: logs/*.log}\n"
        "  - type: aws_vpc\n    name: store\n    path: s3://logs/\n"
        "    store: {endpoint: 'http://127.0.0.1:9', anonymous: true}\n",
    )
    append(tmp_path / "logs" / "flow.log", HEAD + body(2))
    with running(config) as daemon:
        daemon.wait_for_records(2)
        daemon.wait_for(lambda: daemon.ask("/readyz").is_success)
        # The client of the store tries for a while before it says that nobody answers.
        daemon.wait_for(lambda: daemon.ask("/healthz").json()["source store"].startswith("absent"))
        up = daemon.metric('transferwatch_source_up{source="store"}')
        code = daemon.end()

    assert (up, code) == (0, 0)


def test_a_ledger_that_fails_ends_the_daemon(config: Path, log: Path, ledger: Path) -> None:
    """With a word that says what to do, and none lost: the next start reads on."""
    append(log, HEAD + body(2))
    with running(config) as daemon:
        daemon.wait_for_records(2)
        with closing(sqlite3.connect(ledger)) as connection:
            connection.execute("DROP TABLE transfers")
        append(log, body(2, 5_000))
        code = daemon.process.wait(60)
        told = [each["problem"] for each in daemon.lines() if each["event"] == "ledger_failed"]

    assert (code, len(told)) == (1, 1)
    assert told[0].startswith(f"{ledger}: ")


def test_the_watchdog_hears_that_it_is_alive(config: Path) -> None:
    """More than once in the time that it was given, and that it stops."""
    with running(config, watchdog_seconds=0.6) as daemon:
        daemon.hear("WATCHDOG=1")
        daemon.hear("WATCHDOG=1")
        daemon.hear("STATUS=following 1 source")
        daemon.end()
        daemon.hear("STOPPING=1")

    assert daemon.process.returncode == 0


def test_broken_records_are_told_once(config: Path, log: Path) -> None:
    """A line for each reason, without what the record says; the metric counts all of them."""
    append(log, HEAD + body(2) + b"10.20.0.5 5.188.10.7 broken\n" * 300)
    with running(config) as daemon:
        daemon.wait_for_records(300, "broken")
        append(log, b"10.20.0.5 5.188.10.7 broken\n" * 5)
        daemon.wait_for_records(305, "broken")
        daemon.end()
        told = [each for each in daemon.lines() if each["event"] == "bad_records"]
        text = daemon.log.read_text(encoding="utf-8")

    assert ([each["records"] for each in told], "5.188.10.7" in text) == ([300], False)


def test_reports_are_served(config: Path, log: Path) -> None:
    """Of what was judged until then."""
    append(log, HEAD + body(2))
    with running(config) as daemon:
        daemon.wait_for_records(2)
        code = daemon.ask("/report/2026-10").status_code
        daemon.end()

    assert code == 200


def test_a_daemon_that_begins_tells_of_no_silence_that_it_is_about_to_read_over(tmp_path: Path, ledger: Path) -> None:
    """Posture and coverage are asked when what lies there has been read."""
    source = "  - {type: aws_vpc, name: gateway, path: logs/*.log, expect_every_seconds: 600}\n"
    config = write_site(tmp_path, source)
    now = datetime.fromtimestamp(time.time_ns() // 1_000_000_000, UTC)
    append(tmp_path / "logs" / "flow.log", HEAD + f"{line(OURS, '5.188.10.7', at=now)}\n".encode())

    def rules() -> set[str]:
        with closing(sqlite3.connect(ledger)) as opened:
            return {rule for (rule,) in opened.execute("SELECT rule FROM findings")}

    with running(config) as daemon:
        daemon.wait_for(lambda: "atlas_stale" in rules())
        found = rules()
        daemon.end()

    assert "source_silent" not in found
