"""Every oddity of every collector decodes to its committed golden, however it is cut; `goldens` says what a case is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from collectors import KINDS
from collectors.contract import Framing
from collectors.files import ReadLimits
from monitor import schema
from monitor.ndjson import ndjson_lines
from tests.cases.goldens import cases, compare, decode, golden

if TYPE_CHECKING:
    from tests.cases.goldens import Case

ALL: Final = cases(*KINDS)
_TABLES: Final = {"flow": schema.FLOW, "name": schema.NAME, "admin": schema.ADMIN, "coverage": schema.COVERAGE}
_OF_LINES: Final = {f"{lines} lines a piece": ReadLimits(lines=lines) for lines in (1, 2, 7)}
_OF_VALUES: Final = {
    "1 value a piece": ReadLimits(lines=1),
    "64 octets a piece": ReadLimits(piece_octets=64),
    "1000 octets a piece": ReadLimits(piece_octets=1000),
}
# Of a text log, nothing may be whole; what a cloud writes is recognised by its first record, whatever is in it.
_OF_CLOUDS: Final = ("aws_cloudtrail", "azure_activity", "azure_nsg", "azure_vnet", "gcp_audit", "gcp_vpc")


def _limits(case: Case) -> dict[str, ReadLimits]:
    """How a case is cut."""
    is_lines = KINDS[case.kind].framing(case.input.read_bytes()[:4096]) == Framing.LINES
    return _OF_LINES if is_lines else _OF_VALUES


@pytest.mark.parametrize("case", ALL, ids=str)
def test_an_oddity_decodes_to_its_golden(case: Case) -> None:
    """Events, bad records and what was passed over alike."""
    made = decode(case)

    compare(case, "expected.ndjson", made.events)
    compare(case, "expected-bad.txt", made.told)


@pytest.mark.parametrize(
    ("case", "limits"),
    [pytest.param(case, limits, id=f"{case}, {cut}") for case in ALL for cut, limits in _limits(case).items()],
)
def test_an_oddity_decodes_alike_in_any_pieces(case: Case, limits: ReadLimits) -> None:
    """The size of a piece changes neither events nor what is told of others."""
    made = decode(case, limits)

    assert made.events == golden(case, "expected.ndjson")
    assert made.told == golden(case, "expected-bad.txt")


@pytest.mark.parametrize("case", ALL, ids=str)
def test_events_conform_to_the_schema(case: Case) -> None:
    """Frame by frame; and they say in frames what they say in lines, one object a line."""
    made = decode(case)

    assert [schema.departures(each, _TABLES[each["event"][0]]) for each in made.frames] == [[]] * len(made.frames)
    assert {frame["event"][0] for frame in made.frames} <= {*KINDS[case.kind].gives, "coverage"}
    assert "".join(text for frame in made.frames for text in ndjson_lines(frame)) == made.events
    assert {type(json.loads(line)) for line in made.events.split("\n") if line} <= {dict}


@pytest.mark.parametrize("case", ALL, ids=str)
def test_a_case_is_recognised_as_no_other_kind(case: Case) -> None:
    """As its own by its content alone, or, where nothing in it is whole, as none."""
    beginning = case.input.read_bytes()[:4096]
    found = [name for name, each in KINDS.items() if each.recognise(beginning)]

    assert found == [case.kind] or (not found and (case.kind not in _OF_CLOUDS or case.name == "empty-document"))
