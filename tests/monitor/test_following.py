"""What is followed is judged and kept once, whatever rotation, truncation and stops do to its files."""

from __future__ import annotations

import asyncio
import gzip
import shutil
from dataclasses import dataclass, field, replace
from threading import Event
from typing import TYPE_CHECKING

import pytest

from collectors.files import ReadLimits
from monitor.app import build_writer
from monitor.following import FollowingSettings, following_of
from monitor.keeping import Keeping
from monitor.ledger.store import open_ledger
from monitor.replay import Replay
from tests.judging import HEADER, OURS, Site, line
from tests.loopback_store import LoopbackStore, loopback_store
from tests.monitor.ledger.keepers import TODAY, Keeper, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from collectors.files.watch import Changed
    from monitor.app import Knowledge
    from monitor.following import Following, Look, Round
    from monitor.keeping import Committed
    from monitor.ledger.store import Ledger

_HEAD = f"{HEADER}\n".encode()
_LONG_AFTER = 4_000_000_000_000_000_000
_SOURCES = "sources:\n  - {type: aws_vpc, path: logs/flow.log}\n"


def body(count: int, first: int = 1_000) -> bytes:
    """Records of which each has another number of octets."""
    return "".join(f"{line(OURS, '5.188.10.7', octets=first + number)}\n" for number in range(count)).encode()


@dataclass(slots=True)
class Follower:
    """A site that is followed: each `start` is a new process, as far as its memory goes."""

    keeper: Keeper
    ledger: Ledger
    rounds: list[Round] = field(default_factory=list)
    # Long after any file was written: none is looked at once more because it was written just now.
    now: int = _LONG_AFTER

    def start(self, committed: Callable[[Committed], None] | None = None) -> Following:
        """Begin to follow."""
        replay = Replay(self.keeper.pipeline, self.keeper.summation)
        writer = build_writer(self.keeper.site, self.keeper.knowledge, self.ledger, TODAY)
        keeping = Keeping(replay, writer, committed=committed)
        return following_of(self.keeper.site, keeping, self.rounds.append, lambda: self.now)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder of the logs."""
    (tmp_path / "logs").mkdir()
    return tmp_path / "logs"


@pytest.fixture
def log(folder: Path) -> Path:
    """Where the log is written."""
    return folder / "flow.log"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Where the ledger will be."""
    return tmp_path / "ledger.db"


@pytest.fixture
def follower(tmp_path: Path, knowledge: Knowledge, ledger: Path, folder: Path) -> Iterator[Follower]:
    """A site whose only source is that log."""
    config = Site().write(tmp_path)
    text = config.read_text(encoding="utf-8").partition("sources:")[0]
    config.write_text(f"{text}ledger: sqlite:///ledger.db\n{_SOURCES}", encoding="utf-8")
    assert folder.is_dir()
    with open_ledger(f"sqlite:///{ledger}", create=True) as opened:
        yield Follower(Keeper.of(config, knowledge), opened)


def append(path: Path, octets: bytes) -> None:
    """Write on."""
    with path.open("ab") as file:
        file.write(octets)


def test_a_line_that_is_written_is_judged_at_the_next_look(follower: Follower, log: Path, ledger: Path) -> None:
    """And once."""
    following = follower.start()
    append(log, _HEAD + body(2))
    found = [following.step().inputs]
    append(log, body(3, 5_000))
    found += [following.step().inputs, following.step().inputs]

    assert (found, records(ledger)) == ([1, 1, 0], 5)


def test_an_unfinished_last_line_waits(follower: Follower, log: Path, ledger: Path) -> None:
    """Until its end is written."""
    following = follower.start()
    text = _HEAD + body(2)
    append(log, text[:-20])
    following.step()
    before = records(ledger)
    append(log, text[-20:])
    following.step()

    assert (before, records(ledger)) == (1, 2)


def test_lines_before_a_rotation_by_rename_are_not_lost(follower: Follower, log: Path, ledger: Path) -> None:
    """Nor those that its writer puts there afterwards; the new file is another input."""
    following = follower.start()
    append(log, _HEAD + body(2))
    following.step()
    append(log, body(1, 3_000))
    log.rename(log.with_name("flow.log.1"))
    append(log, _HEAD + body(4, 6_000))
    following.step()
    append(log.with_name("flow.log.1"), body(1, 9_000))
    following.step()

    assert records(ledger) == 8


def test_lines_before_a_rotation_by_copying_are_not_lost(follower: Follower, log: Path, ledger: Path) -> None:
    """The copy is read on where the file was read to; what is written anew is another input."""
    following = follower.start()
    append(log, _HEAD + body(2))
    following.step()
    append(log, body(1, 3_000))
    shutil.copy(log, log.with_name("flow.log.1"))
    log.write_bytes(b"")
    following.step()
    append(log, _HEAD + body(4, 6_000))
    following.step()

    assert (records(ledger), [each.findings.rewritten for each in follower.rounds]) == (7, [[], [], [log]])


def test_the_compressed_form_of_a_rotated_file_is_not_read_twice(follower: Follower, log: Path, ledger: Path) -> None:
    """Only its last lines are, where the file was gone before they were read."""
    following = follower.start()
    append(log, _HEAD + body(3))
    following.step()
    log.with_name("flow.log.1.gz").write_bytes(gzip.compress(log.read_bytes() + body(2, 7_000)))
    log.unlink()
    found = [following.step().inputs, following.step().inputs]

    assert (found, records(ledger)) == ([1, 0], 5)


def test_a_rotation_while_nobody_looked_is_made_good(follower: Follower, log: Path, ledger: Path) -> None:
    """At the next start; an older archive that was never read is left alone."""
    append(log, _HEAD + body(3))
    follower.start().step()
    append(log, body(2, 4_000))
    log.rename(log.with_name("flow.log.1"))
    log.with_name("flow.log.2.gz").write_bytes(gzip.compress(_HEAD + body(50, 20_000)))
    append(log, _HEAD + body(1, 8_000))
    follower.start().step()

    assert records(ledger) == 6


def test_a_new_start_reads_nothing_again(follower: Follower, log: Path, ledger: Path) -> None:
    """What was read is in the ledger."""
    append(log, _HEAD + body(3))
    for _ in range(3):
        follower.start().step()

    assert records(ledger) == 3


@dataclass(slots=True)
class Found:
    """A watch that has found something."""

    changes: list[Changed]

    def changed(self) -> list[Changed]:
        """That."""
        return self.changes

    def read(self, changed: Changed, why_not: str = "") -> None:
        """Forget it."""
        assert why_not in {"", "gone"}
        self.changes.remove(changed)

    def absence(self) -> str:
        """It is there."""
        return ""


def test_a_file_that_vanishes_before_it_is_read_is_no_trouble(follower: Follower, log: Path, ledger: Path) -> None:
    """Nobody is told."""
    append(log, _HEAD + body(3))
    following = follower.start()
    (source,) = following.sources
    found = Found(list(source.watch.changed()))
    log.unlink()
    following.sources = [replace(source, watch=found)]

    assert (following.step().tally.unreadable, found.changes, records(ledger)) == ({}, [], 0)


def test_a_file_that_cannot_be_read_is_told(follower: Follower, log: Path) -> None:
    """And looked at again when it has changed."""
    log.write_bytes(gzip.compress(_HEAD + body(30))[:-30])
    following = follower.start()
    told = [following.step().tally.unreadable, following.step().tally.unreadable]

    assert told == [{str(log): "breaks off: the compressed data end too early"}, {}]


def test_the_ledger_among_the_logs_is_no_log(follower: Follower, log: Path, ledger: Path) -> None:
    """It would grow by being read."""
    append(log, _HEAD + body(1))
    site = follower.keeper.site
    follower.keeper.site = replace(site, sources=(site.sources[0].model_copy(update={"path": str(ledger.parent)}),))
    following = follower.start()
    following.step()

    assert (following.step().inputs, records(ledger)) == (0, 1)


def test_following_ends_when_it_is_cancelled(follower: Follower, log: Path, ledger: Path) -> None:
    """What was read until then is kept."""
    append(log, _HEAD + body(3))

    async def follow() -> None:
        following = follower.start()
        following.settings = FollowingSettings(look_every_seconds=0.01)
        running = asyncio.ensure_future(following.run())  # noqa: TID251 - it is cancelled below
        read = asyncio.Event()
        loop = asyncio.get_running_loop()

        def told(_: Round) -> None:
            loop.call_soon_threadsafe(read.set)

        following.told = told
        await read.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(follow())

    assert records(ledger) == 3


def test_whoever_cancels_waits_for_the_commit(follower: Follower, log: Path) -> None:
    """Afterwards nothing reads or writes any more."""
    append(log, _HEAD + body(3))
    committed, released = Event(), Event()

    def hold(_: Committed) -> None:
        committed.set()
        released.wait(60)

    async def follow() -> tuple[bool, bool]:
        running = asyncio.ensure_future(follower.start(hold).run())  # noqa: TID251 - it is cancelled below
        await asyncio.to_thread(committed.wait, 60)
        running.cancel()
        done, _ = await asyncio.wait([running], timeout=0)
        released.set()
        with pytest.raises(asyncio.CancelledError):
            await running
        return bool(done), running.done()

    assert asyncio.run(follow()) == (False, True)


def test_a_folder_that_is_not_there_is_told_by_a_look(follower: Follower, folder: Path, log: Path) -> None:
    """It may come, and then it is not."""
    following = follower.start()
    folder.rmdir()
    before = following.look(following.sources).absent
    folder.mkdir()
    append(log, _HEAD)

    assert (list(before), following.look(following.sources).absent) == (["logs/flow.log"], {})


def test_a_stop_ends_reading_after_a_commit(follower: Follower, log: Path, ledger: Path) -> None:
    """The rest is read at the next start."""
    append(log, _HEAD + body(3))
    following = follower.start(lambda _: following._stopped.set())
    following.step()
    told = list(follower.rounds)
    append(log, body(2, 5_000))
    following.step()

    assert (records(ledger), told) == (3, [])


def test_a_log_that_grows_while_it_is_judged_is_committed(follower: Follower, log: Path, ledger: Path) -> None:
    """A look reads what was there; who waited for the end of such a log would never commit, nor look at another."""
    append(log, _HEAD + body(3))
    following = follower.start()
    grown = iter(range(10))

    def grow(*_: object) -> None:
        append(log, body(1, 5_000 + next(grown)))

    replay = replace(following.keeping.replay, told=grow)
    following.keeping = replace(following.keeping, replay=replay, reads_on=True)
    following.step()
    first = records(ledger)
    following.step()

    assert (first, records(ledger)) == (3, 4)


# Object stores


@pytest.fixture
def server() -> Iterator[LoopbackStore]:
    """A server with an empty bucket."""
    with loopback_store() as server:
        yield server


@pytest.fixture
def of_store(tmp_path: Path, knowledge: Knowledge, ledger: Path, server: LoopbackStore) -> Iterator[Follower]:
    """A site whose only source is that bucket."""
    config = Site().write(tmp_path)
    text = config.read_text(encoding="utf-8").partition("sources:")[0]
    source = f"{{type: aws_vpc, path: '{server.url('day/')}', store: {server.yaml}}}"
    config.write_text(f"{text}ledger: sqlite:///ledger.db\nsources:\n  - {source}\n", encoding="utf-8")
    with open_ledger(f"sqlite:///{ledger}", create=True) as opened:
        yield Follower(Keeper.of(config, knowledge), opened)


def test_objects_are_judged_once(of_store: Follower, server: LoopbackStore, ledger: Path) -> None:
    """Plain or compressed, new or late, and whatever a new start has forgotten."""
    server.put("day/2.log", _HEAD + body(2))
    server.put("day/3.log.gz", gzip.compress(_HEAD + body(3, 4_000)))
    server.put("other/1.log", _HEAD + body(50, 20_000))
    found = [of_store.start().step().inputs, of_store.start().step().inputs]
    server.put("day/1.log", _HEAD + body(4, 8_000))
    found += [of_store.start().step().inputs, of_store.start().step().inputs]

    assert (found, records(ledger)) == ([2, 0, 1, 0], 9)


def test_an_object_that_grew_is_read_on(of_store: Follower, server: LoopbackStore, ledger: Path) -> None:
    """As the blobs do that a store appends to; what it looked like before is forgotten."""
    server.put("day/1.log", _HEAD + body(2))
    of_store.start().step()
    server.put("day/1.log", _HEAD + body(5))
    found = [of_store.start().step().inputs, of_store.start().step().inputs]

    assert (found, records(ledger)) == ([1, 0], 5)


def test_an_object_that_was_not_read_to_its_end_is_read_on(
    of_store: Follower, server: LoopbackStore, ledger: Path
) -> None:
    """Though something of it is in the ledger: only its end says that it was read."""
    of_store.keeper.limits = ReadLimits(lines=2)
    server.put("day/1.log", _HEAD + body(9))
    following = of_store.start(lambda _: following._stopped.set())
    following.keeping = replace(
        following.keeping, commit_lines=2, replay=replace(following.keeping.replay, limits=ReadLimits(lines=2))
    )
    following.step()
    before = records(ledger)
    of_store.start().step()

    assert (before, records(ledger)) == (1, 9)


def test_a_store_that_does_not_answer_is_told(of_store: Follower) -> None:
    """And asked again later."""
    config = of_store.keeper.site.sources[0]
    gone = config.model_copy(update={"path": "s3://another-bucket/day/"})
    of_store.keeper.site = replace(of_store.keeper.site, sources=(gone,))

    told = of_store.start().step().tally.unreadable

    assert list(told) == ["s3://another-bucket/day/"]
    assert told["s3://another-bucket/day/"].startswith("cannot be listed: ")


def test_a_store_that_does_not_answer_is_told_by_every_look(of_store: Follower) -> None:
    """No look at files, of which there are none, says in between that all is well."""
    config = of_store.keeper.site.sources[0]
    gone = config.model_copy(update={"path": "s3://another-bucket/day/"})
    of_store.keeper.site = replace(of_store.keeper.site, sources=(gone,))
    looks: list[int] = []

    async def follow() -> None:
        following = of_store.start()
        following.settings = FollowingSettings(look_every_seconds=0.01)
        running = asyncio.ensure_future(following.run())  # noqa: TID251 - it is cancelled below
        enough = asyncio.Event()

        def looked(look: Look) -> None:
            looks.append(len(look.absent))
            if len(looks) == 4:
                enough.set()

        following.looked = looked
        await enough.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(follow())

    assert looks[:4] == [1, 1, 1, 1]


def test_objects_are_named_on_the_command_line(of_store: Follower, server: LoopbackStore, ledger: Path) -> None:
    """As paths are."""
    server.put("elsewhere/1.log", _HEAD + body(2))
    findings = of_store.keeper.keep_in(of_store.ledger, server.url("elsewhere/"), format_="auto")

    assert (findings.read, records(ledger)) == (1, 2)


def test_a_file_that_is_still_being_written_is_not_counted_as_unreadable(follower: Follower, log: Path) -> None:
    """It is once it was left alone for a minute."""
    log.write_bytes(gzip.compress(_HEAD + body(30))[:-30])
    heard: list[str] = []
    written = log.stat().st_mtime_ns
    follower.now = written + 1_000_000_000
    following = follower.start(lambda each: heard.append(each.unreadable))
    following.step()
    before = list(filter(None, heard))
    follower.now = written + 61_000_000_000
    following.step()
    following.step()

    assert (before, list(filter(None, heard))) == ([], ["cut_off"])
