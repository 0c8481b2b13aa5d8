"""In which order the inputs of a source are read, and what waits for what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from collectors import KINDS
from collectors.contract import Piece, SourceOptions
from monitor.inputs import Input
from monitor.interleaving import read_side_by_side
from monitor.joining import Clock, Decoded
from tests.cases.zeek_sensor import BEGIN, json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectors.contract import Batch
    from monitor.interleaving import Steps

_ZEEK = KINDS["zeek"]
_ENDS = {"id.orig_h": "10.20.0.5", "id.orig_p": 50_000, "id.resp_h": "198.51.100.9", "id.resp_p": 443}


def _batch(log: str, at: float, uid: str) -> Batch:
    record = {"ts": BEGIN + at, "uid": uid, **_ENDS, "server_name": "a.example", "established": True}
    if log == "conn":
        record = {"ts": BEGIN + at, "uid": uid, **_ENDS, "proto": "tcp", "service": "ssl", "conn_state": "SF"}
    return _ZEEK.decoder(SourceOptions()).decode(Piece(json_text(log, [record]).encode(), 1, 0))


class _Logs:
    """Logs of one record a piece, by the name of their file; tells in which order pieces were decoded and judged."""

    def __init__(self, **logs: list[float]) -> None:
        self.pieces = {
            name: [_batch(name.split("_")[0], at, f"C{number}") for number, at in enumerate(times)]
            for name, times in logs.items()
        }
        self.said: list[str] = []

    def inputs(self) -> list[Input]:
        """One for each log, in the order in which they were given."""
        return [Input(Path(name), _ZEEK) for name in self.pieces]

    def look(self, input_: Input) -> Iterator[Batch]:
        """The beginning of a log."""
        yield from self.pieces[input_.path.name]

    def steps(self, input_: Input) -> Steps[str]:
        """Read one as a replay does."""
        clock = Clock()
        for number, batch in enumerate(self.pieces[input_.path.name]):
            self.said.append(f"{input_.path.name} {number} decoded")
            if input_.joins:
                named = yield Decoded(batch, clock)
                clock = named.clock
                for flows in named.batch.flows:
                    yield f"{input_.path.name} {number} {flows.frame['name'][0]}"
            else:
                yield f"{input_.path.name} {number}"

    def run(self, inputs: list[Input] | None = None) -> list[str]:
        """What comes of them."""
        return list(read_side_by_side(inputs or self.inputs(), self.steps, self.look))


def test_connections_wait_for_names_the_slack_ahead() -> None:
    """However far behind the file of names begins."""
    logs = _Logs(conn=[0, 1], ssl=[0, 1, 100, 200])

    assert logs.run() == ["conn 0 a.example", "conn 1 a.example"]
    assert logs.said.index("ssl 3 decoded") < logs.said.index("conn 1 decoded")


def test_names_are_not_read_ahead_of_what_connections_need() -> None:
    """What is held stays small."""
    logs = _Logs(ssl=[0, 500, 1_000, 1_500], conn=[0, 500, 1_000, 1_500])
    logs.run()

    assert logs.said.index("conn 1 decoded") < logs.said.index("ssl 3 decoded")


def test_an_input_that_lies_later_is_not_begun_early() -> None:
    """A day of rotated files is not open all at once."""
    logs = _Logs(ssl_2=[10_000], conn_2=[10_000], ssl_1=[0, 1_000], conn_1=[0, 1_000])
    found = logs.run()

    assert found == ["conn_1 0 a.example", "conn_1 1 a.example", "conn_2 0 a.example"]
    assert logs.said.index("conn_1 1 decoded") < logs.said.index("conn_2 0 decoded")


def test_connections_alone_wait_for_nothing() -> None:
    """Where no input gives names, pieces are judged as they are decoded."""
    logs = _Logs(conn=[0, 1, 2])

    assert (logs.run(), logs.said[0]) == (["conn 0 None", "conn 1 None", "conn 2 None"], "conn 0 decoded")


def test_sources_are_read_apart() -> None:
    """The names of one sensor are not those of another."""
    logs = _Logs(conn=[0], ssl=[0])
    one, other = logs.inputs()

    assert logs.run([one, replace(other, source="another")]) == ["conn 0 None"]


def test_inputs_that_join_nothing_come_in_their_order_and_are_asked_nothing() -> None:
    """Neither their clock nor their names cost anything."""
    logs = _Logs(conn_2=[5], conn_1=[0])
    alone = [replace(input_, join_slack_seconds=0) for input_ in logs.inputs()]

    assert logs.run(alone) == ["conn_2 0", "conn_1 0"]
