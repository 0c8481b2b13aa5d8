"""Which name belongs to a flow, record by record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from collectors import KINDS
from collectors.contract import Piece, SourceOptions
from monitor.joining import Clock, JoinSettings, NamesHeld, Standing, Ticks, gives_names, takes_names
from tests.cases.zeek_sensor import BEGIN, json_text
from tests.judging import flows as aws_flows
from tests.judging import line

if TYPE_CHECKING:
    from collectors.contract import Batch, Flows

_SECOND = 1_000_000
_DAY = 86_400.0
_SETTINGS = JoinSettings()


def batch(*records: tuple[str, dict[str, object]]) -> Batch:
    """Records of a sensor as a batch."""
    data = "".join(json_text(log, [record]) for log, record in records).encode()
    return KINDS["zeek"].decoder(SourceOptions()).decode(Piece(data, 1, 0))


def conn(at: float = 0.0, duration: float = 1.0, uid: str = "C1", **other: object) -> tuple[str, dict[str, object]]:
    """A connection that begins some seconds after the beginning."""
    ends = {"id.orig_h": "10.20.0.5", "id.orig_p": 50_000, "id.resp_h": "198.51.100.9", "id.resp_p": 443}
    said = {"ts": BEGIN + at, "uid": uid, **ends, "proto": "tcp", "service": "ssl", "duration": duration}
    return "conn", said | {"conn_state": "SF", "orig_bytes": 700} | other


def ssl(at: float = 0.0, name: str = "a.example", uid: str = "C1") -> tuple[str, dict[str, object]]:
    """A TLS handshake."""
    ends = {"id.orig_h": "10.20.0.5", "id.orig_p": 50_000, "id.resp_h": "198.51.100.9", "id.resp_p": 443}
    return "ssl", {"ts": BEGIN + at, "uid": uid, **ends, "server_name": name, "established": True}


def http(at: float = 0.0, name: str = "h.example", uid: str = "C1") -> tuple[str, dict[str, object]]:
    """A request."""
    ends = {"id.orig_h": "10.20.0.5", "id.orig_p": 50_000, "id.resp_h": "198.51.100.9", "id.resp_p": 80}
    return "http", {"ts": BEGIN + at, "uid": uid, **ends, "trans_depth": 1, "host": name}


def standing(made: Batch, number: int = 1, *, gives: bool = True, begin: int | None = None) -> Standing:
    """Where a batch that begins its input stands."""
    ticks = Ticks.of(made, Clock())
    return Standing((number,), gives, begin if begin is not None else int(ticks.clocks[0]), ticks)


def named(names: Batch, flows: Batch, settings: JoinSettings = _SETTINGS, *, gives: bool = False) -> list[str | None]:
    """Names of the flows of one input that another one gives."""
    held = NamesHeld(settings)
    held.take(names, standing(names))
    own = standing(flows, 2, gives=gives)
    held.take(flows, own)
    return [name for part in flows.flows for name in held.named(part, own).frame["name"]]


@pytest.mark.parametrize(
    ("told", "flow", "name"),
    [
        (ssl(0), conn(0), "a.example"),
        (ssl(0), conn(0, uid="C2"), None),
        (ssl(0), conn(0, duration=_DAY - 200), "a.example"),
        (ssl(0), conn(0, duration=_DAY + 200), None),
        (ssl(121), conn(0, duration=0.5), None),
        (ssl(100), conn(0, duration=0.5), "a.example"),
        (ssl(0), conn(119), "a.example"),
        (ssl(0), conn(121), None),
        (ssl(0), conn(0, service="dns"), None),
        (ssl(0), conn(0, service=None), "a.example"),
        (ssl(0), conn(0, service="quic,ssl"), "a.example"),
        (ssl(0), conn(0, orig_bytes=0), None),
        (ssl(0), conn(0, proto="icmp"), None),
    ],
)
def test_a_name_belongs_to_a_flow_by_key_within_the_slack(
    told: tuple[str, dict[str, object]], flow: tuple[str, dict[str, object]], name: str | None
) -> None:
    """For as long as a name is held, and where the flow may have one at all."""
    assert named(batch(told), batch(flow)) == [name]


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ([http(0.1), ssl(0.2)], "a.example"),
        ([ssl(0.2), http(0.1)], "a.example"),
        ([http(0.2, "z.example"), http(0.1, "y.example")], "y.example"),
        ([http(0.1, "z.example"), http(0.1, "y.example")], "y.example"),
    ],
)
def test_of_several_names_the_tls_name_then_the_first_counts(
    told: list[tuple[str, dict[str, object]]], name: str
) -> None:
    """In whatever order they are read."""
    assert named(batch(*told), batch(conn())) == [name]


def test_in_its_own_input_a_flow_sees_the_names_above_it() -> None:
    """Not those below, which the next piece might hold."""
    made = batch(conn(uid="C1"), ssl(uid="C1"), ssl(uid="C2"), conn(uid="C2"))

    assert named(batch(ssl(uid="C9")), made, gives=True) == [None, "a.example"]


def test_a_flow_of_an_input_with_names_sees_others_before_its_beginning() -> None:
    """What a file that was rotated away holds, but nothing beside it."""
    flows = batch(ssl(10, uid="C9"), conn(11, uid="C1"), conn(11, uid="C2"))
    names = batch(ssl(9, uid="C1"), ssl(10.5, uid="C2"))

    assert named(names, flows, gives=True) == ["a.example", None]


def test_without_a_name_the_very_same_flows_come_back() -> None:
    """Nothing is copied."""
    made = batch(conn())
    held = NamesHeld(_SETTINGS)

    assert held.named(made.flows[0], standing(made)) is made.flows[0]


def test_flows_without_a_key_come_back_as_they_are() -> None:
    """Sources that know no key pay nothing."""
    made = batch(ssl())
    held = NamesHeld(_SETTINGS)
    held.take(made, standing(made))
    others: Flows = aws_flows(line("10.20.0.5", "198.51.100.9"))

    assert held.named(others, standing(made)) is others


def test_one_wild_time_does_not_move_the_clock() -> None:
    """A second one does: then the input has leapt."""
    year = 365 * _DAY
    lone = Ticks.of(batch(conn(0), conn(year), conn(1)), Clock())
    leap = Ticks.of(batch(conn(0), conn(year), conn(year + 1)), Clock())

    assert (lone.clocks - lone.clocks[0]).tolist() == [0, 0, _SECOND]
    assert (leap.clocks - leap.clocks[0]).tolist() == [0, 0, (365 * 86_400 + 1) * _SECOND]


def test_a_clock_goes_on_from_what_it_spells() -> None:
    """However a batch is cut."""
    records = [conn(0), conn(5), conn(400 * _DAY), conn(3), conn(9)]
    whole, clock, parts = Ticks.of(batch(*records), Clock()), Clock(), []
    for record in records:
        ticks = Ticks.of(batch(record), Clock.of(clock.spelled()))
        parts += ticks.clocks.tolist()
        clock = ticks.after

    assert (parts, clock) == (whole.clocks.tolist(), whole.after)


def test_names_beyond_the_bound_go_oldest_first_and_are_counted() -> None:
    """The youngest stay."""
    held = NamesHeld(JoinSettings(most_names=2))
    names = batch(*(ssl(at, uid=f"C{at}") for at in range(5)))
    held.take(names, standing(names))
    evicted = held.let_go(None)
    flows = batch(*(conn(at, uid=f"C{at}") for at in range(5)))
    own = standing(flows, 2, gives=False)

    assert (evicted, held.let_go(None)) == (3, 0)
    assert held.named(flows.flows[0], own).frame["name"].to_list() == [None, None, None, "a.example", "a.example"]


def test_what_no_flow_asks_for_any_more_goes_first_and_is_not_counted() -> None:
    """A bound that only old names break evicts nothing."""
    held = NamesHeld(JoinSettings(most_names=2))
    names = batch(*(ssl(at, uid=f"C{at}") for at in range(3)), ssl(2 * _DAY, uid="C8"), ssl(2 * _DAY, uid="C9"))
    held.take(names, standing(names))

    assert held.let_go(round((BEGIN + 2 * _DAY) * _SECOND)) == 0


def test_a_batch_tells_whether_it_gives_or_takes_names() -> None:
    """A log of handshakes gives even where none shows a name."""
    nameless = batch(("ssl", {"ts": BEGIN, "uid": "C1", "established": True}))
    found = [(gives_names(each), takes_names(each)) for each in (nameless, batch(conn()), batch(conn(orig_bytes=0)))]

    assert found == [(True, False), (False, True), (False, False)]


def test_held_names_can_be_forgotten_by_their_input() -> None:
    """Before a ledger's own are taken in their place."""
    held = NamesHeld(_SETTINGS)
    names = batch(ssl())
    taken = held.take(names, standing(names, 7))
    held.forget([7, -3])
    flows = batch(conn())

    assert held.named(flows.flows[0], standing(flows, 2)) is flows.flows[0]
    assert taken.select("reading", "join_key", "name").equals(
        pl.DataFrame({"reading": [7], "join_key": ["C1"], "name": ["a.example"]})
    )
