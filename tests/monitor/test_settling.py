"""Flows of a source whose names stand in other files wait a moment, and no longer."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from errno import EACCES
from typing import TYPE_CHECKING, Final, NoReturn

import polars as pl
import pytest

from collectors.files.watch import Changed
from monitor.app import build_writer
from monitor.following import following_of, settled
from monitor.keeping import Keeping
from monitor.ledger.evidence import evidence_of
from monitor.ledger.seconds import seconds
from monitor.ledger.store import open_ledger
from monitor.replay import Replay
from monitor.settling import Settling
from tests.judging import Site
from tests.monitor.ledger.keepers import FROM, TODAY, UNTIL, Keeper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.following import Following

_SECOND: Final = 1_000_000_000
_NOW: Final = 1_800_000_000 * _SECOND


@dataclass(slots=True)
class Clock:
    """A time that is set, in nanoseconds."""

    now: int = _NOW

    def __call__(self) -> int:
        """Tell it."""
        return self.now


@dataclass(slots=True)
class Growing:
    """A file that is looked at while it grows."""

    path: Path
    clock: Clock = field(default_factory=Clock)
    settling: Settling = field(init=False)

    def __post_init__(self) -> None:
        """Nothing was seen of it yet."""
        self.settling = Settling(1.0, self.clock)

    def look(self, after: float, size: int, written: float) -> int | None:
        """How much of it may be read that many seconds after the begin; null: nothing is to be read."""
        self.clock.now = _NOW + round(after * _SECOND)
        found = [Changed(self.path, (size, _NOW + round(written * _SECOND), 0))]
        return next((each.until for each in self.settling.settled(found)), None)


def test_what_was_just_written_waits(tmp_path: Path) -> None:
    """A second after its last octet all of it may be read, until somebody has."""
    file = Growing(tmp_path / "conn.log")

    assert [file.look(after, 100, 0) for after in (0.1, 0.6, 1.1, 1.6)] == [None, None, 100, 100]


def test_a_file_that_grows_all_the_time_is_read_a_second_behind(tmp_path: Path) -> None:
    """Up to where it stood then."""
    file = Growing(tmp_path / "conn.log")
    looks = [(0.5 * number, 100 * (number + 1)) for number in range(6)]

    assert [file.look(after, size, after) for after, size in looks] == [None, None, 100, 200, 300, 400]


def test_a_file_that_was_left_alone_is_read_at_once(tmp_path: Path) -> None:
    """And one that was truncated begins anew."""
    file = Growing(tmp_path / "conn.log")

    assert [file.look(10, 100, 0), file.look(11, 40, 10.9), file.look(12, 40, 10.9)] == [100, None, 40]


def test_what_was_read_and_comes_again_is_handed_on_again(tmp_path: Path) -> None:
    """Nothing of it has to be more than before: it could not be read then, and may be now."""
    file = Growing(tmp_path / "conn.log")
    first = file.look(10, 100, 0)

    assert (first, file.look(80, 100, 0)) == (100, 100)


_HEAD: Final = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t{}\n#fields\t{}\n"
_FIELDS: Final = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p "
_COUNTS: Final = "proto orig_bytes resp_bytes orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes"
_CONN: Final = _HEAD.format("conn", (_FIELDS + _COUNTS).replace(" ", "\t"))
_SSL: Final = _HEAD.format("ssl", (_FIELDS + "server_name").replace(" ", "\t"))
_ENDS: Final = "10.20.1.5\t40000\t5.188.10.7\t443"


@dataclass(slots=True)
class Followed:
    """A sensor's folder that is followed by a clock that is set."""

    following: Following
    clock: Clock
    folder: Path
    ledger: Path

    def write(self, name: str, text: str) -> None:
        """Write on, at the time of the clock."""
        path = self.folder / name
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
        os.utime(path, ns=(self.clock.now, self.clock.now))

    def look(self, after: float) -> None:
        """Look that many seconds later, and keep what has settled."""
        self.clock.now += round(after * _SECOND)
        self.following.keep(settled(self.following.look(self.following.sources)))

    def names(self) -> list[str | None]:
        """The names of the flows that are kept."""
        with open_ledger(f"sqlite:///{self.ledger}") as opened, opened.reading() as connection:
            frame = evidence_of(connection, seconds(FROM), seconds(UNTIL))
        return frame.filter(pl.col("protocol") == 6)["name"].to_list()


@pytest.fixture
def path() -> str:
    """What the source names."""
    return "logs/*.log"


@pytest.fixture
def followed(tmp_path: Path, knowledge: Knowledge, path: str) -> Iterator[Followed]:
    """A site whose only source is a sensor."""
    config = Site().write(tmp_path)
    text = config.read_text(encoding="utf-8").partition("sources:")[0]
    config.write_text(
        f"{text}ledger: sqlite:///ledger.db\nsources:\n  - {{type: zeek, path: {path}}}\n", encoding="utf-8"
    )
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "conn.log").touch()
    keeper, clock = Keeper.of(config, knowledge), Clock()
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", create=True) as ledger:
        writer = build_writer(keeper.site, knowledge, ledger, TODAY)
        keeping = Keeping(Replay(keeper.pipeline, keeper.summation), writer)
        yield Followed(
            following_of(keeper.site, keeping, clock=clock), clock, tmp_path / "logs", tmp_path / "ledger.db"
        )


def conn(number: int) -> str:
    """A connection."""
    return f"{1_791_374_400 + number}.0\tC{number}\t{_ENDS}\ttcp\t900\t900\t20\t2000\t20\t2000\n"


def test_a_name_that_is_flushed_after_its_connection_is_met(followed: Followed) -> None:
    """Within a second; without it the connection would have no name."""
    followed.write("conn.log", _CONN + conn(1))
    followed.look(0.5)
    followed.write("ssl.log", _SSL + f"1791374400.9\tC1\t{_ENDS}\texample.org\n")
    before = followed.names()
    followed.look(0.5)

    assert (before, followed.names()) == ([], ["example.org"])


@pytest.mark.parametrize("path", ["logs/conn.log"])
def test_a_file_alone_waits_for_no_name(followed: Followed) -> None:
    """No other file can give one."""
    followed.write("conn.log", _CONN + conn(1))
    followed.look(0)

    assert followed.names() == [None]


def test_a_stop_before_flows_have_settled_loses_none(followed: Followed) -> None:
    """They are read after the next start, and once."""
    followed.write("conn.log", _CONN + conn(1))
    followed.look(0.5)
    followed.following.step()
    followed.look(2)
    followed.look(2)

    assert followed.names() == [None]


def test_a_file_that_could_be_opened_only_later_is_read_then(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though nobody writes to it or to another one any more."""
    followed.write("conn.log", _CONN + conn(1))
    with monkeypatch.context() as closed:
        closed.setattr("pathlib.Path.open", _refused)
        followed.look(2)
    (followed.folder / "conn.log").chmod(0o640)
    for _ in range(3):
        followed.look(61)

    assert followed.names() == [None]


def _refused(path: Path, mode: str = "r") -> NoReturn:
    raise PermissionError(EACCES, f"{path} may not be opened", mode)
