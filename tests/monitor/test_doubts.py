"""On which unverified facts kept verdicts rest; small graphs made by hand, and the shipped one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from monitor import kept
from monitor.app import Knowledge, basis_of, build_grounds, doubts_of
from monitor.attribution.operators import load_operators
from monitor.config import bare_site
from monitor.doubts import Doubts
from monitor.schema import frame_schema
from tests.monitor.report.months import BASIS, TRANSFER

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 10, 1, tzinfo=UTC)
END = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = "verified: true"
GUESS = "verified: false"


def doubts_about(
    knowledge: Knowledge, directory: Path, owners: str, laws: str = "", status: str = "verified", control: str = "eu"
) -> Doubts:
    """The doubts about one operator, `x`; `owners` as in a file, without their sources."""
    path = owners.replace("verified", "source: s, verified")
    (directory / "x.yaml").write_text(
        f"operators:\n  - {{id: x, name: X, kinds: [cloud], ownership: [{path}], control: {control}, laws: [{laws}],"
        f" status: {status}}}\n",
        encoding="utf-8",
    )
    changed = replace(knowledge, operators=load_operators(directory))
    return Doubts(build_grounds(bare_site(), changed), frozenset())


def owner(country: str, mark: str, name: str = "A") -> str:
    """One owner on a path."""
    return f"{{entity: {name}, country: {country}, {mark}}}"


@pytest.mark.parametrize(
    ("owners", "laws", "status", "rests_on"),
    [
        (owner("FR", KNOWN), "", "verified", ()),
        (owner("FR", GUESS), "", "memory", ("owner",)),
        (f"{owner('FR', GUESS)}, {owner('DE', KNOWN, 'B')}", "", "partly", ("owner",)),
        (f"{owner('FR', KNOWN)}, {owner('null', GUESS, 'B')}", "", "partly", ()),
        (owner("US", KNOWN), "US_CLOUD_ACT", "verified", ()),
        (owner("US", GUESS), "US_CLOUD_ACT", "memory", ("owner",)),
        (f"{owner('US', GUESS)}, {owner('US', KNOWN, 'B')}", "US_CLOUD_ACT", "partly", ()),
        (f"{owner('FR', KNOWN)}, {owner('US', GUESS, 'B')}", "US_CLOUD_ACT", "partly", ("owner",)),
        (owner("NL", KNOWN), "US_CLOUD_ACT", "verified", ()),
        (owner("NL", KNOWN), "US_CLOUD_ACT", "partly", ("owner",)),
        (owner("FR", KNOWN), "RU_SORM", "verified", ("law",)),
        (owner("RU", KNOWN), "RU_SORM", "verified", ()),
        (owner("RU", GUESS), "RU_SORM", "memory", ("owner",)),
        (owner("IL", GUESS), "IL_SECRET", "memory", ("owner", "law")),
        (owner("CH", KNOWN), "", "verified", ()),
        (owner("CH", GUESS), "", "memory", ("owner",)),
    ],
    ids=[
        "a known seat in the EEA",
        "a guessed seat in the EEA",
        "one guess on the path to an owner in the EEA is enough",
        "what is not known at all is open with and without the guess",
        "a known American owner and a law that was read",
        "a guessed American owner",
        "of two American owners one that is known is enough",
        "the American parent alone is guessed",
        "a law without an owner of its state, the operator checked",
        "a law without an owner of its state, the operator not checked",
        "a law that was not read decides alone",
        "a law that was not read, and a known seat that decides without it",
        "a guessed seat, and a law that was not read",
        "either the owner or the law is enough to leave the adequate seat",
        "a known adequate seat",
        "a guessed adequate seat",
    ],
)
def test_a_verdict_rests_on_what_it_would_be_another_one_without(
    knowledge: Knowledge, tmp_path: Path, owners: str, laws: str, status: str, rests_on: tuple[str, ...]
) -> None:
    """Owners without their page are not known, laws without theirs reach nobody."""
    assert doubts_about(knowledge, tmp_path, owners, laws, status).of_operator(0, NOW) == rests_on


@pytest.mark.parametrize(("moment", "rests_on"), [("2008-07-11", ("law",)), ("2009-07-12", ())])
def test_a_first_day_from_memory_counts_for_a_year(
    knowledge: Knowledge, tmp_path: Path, moment: str, rests_on: tuple[str, ...]
) -> None:
    """The day of FISA 702 is from memory; that the law exists is not."""
    doubts = doubts_about(knowledge, tmp_path, owner("NL", KNOWN), "US_FISA702")

    assert doubts.of_operator(0, datetime.fromisoformat(moment).replace(tzinfo=UTC)) == rests_on


def rows(*changes: dict[str, Any]) -> pl.DataFrame:
    """Transfer rows of a month."""
    return pl.DataFrame([{**TRANSFER, **each} for each in changes], schema=frame_schema(kept.MONTH))


def told(doubts: Doubts, *changes: dict[str, Any], bases: pl.DataFrame | None = None) -> list[str | None]:
    """On what each row rests."""
    found: list[str | None] = doubts.marked(rows(*changes), NOW, END, bases)[kept.RESTS_ON].to_list()
    return found


EEA = {"control_verdict": "eea", "control_reason": "seat", "place_verdict": "eea", "place_reason": None}


def test_rows_are_told_apart_by_their_operator_and_keep_their_order(knowledge: Knowledge) -> None:
    """Ikoula is from memory, Amazon is not; who is not listed is not known, which is no doubt."""
    doubts = doubts_of(bare_site(), knowledge)
    unlisted = {"operator": "as64500", "control_verdict": "undetermined", "control_reason": "operator_unlisted"}
    internal = {"operator": None, "control_verdict": "none", "control_reason": None, "place_verdict": "internal"}

    assert told(doubts, {"operator": "ikoula", **EEA}, {}, unlisted, internal, {"operator": "euris", **EEA}) == [
        "owner", None, None, None, "owner",
    ]  # fmt: skip


def test_a_verdict_of_another_time_of_the_month_is_not_taken_for_this_one(knowledge: Knowledge, tmp_path: Path) -> None:
    """Exposed by a known owner up to the 14th, then in the EEA by a guess: only the second rests on it."""
    first = "{entity: A, country: US, to: 2026-10-15, verified: true}"
    then = "{entity: B, country: FR, from: 2026-10-15, verified: false}"
    doubts = doubts_about(knowledge, tmp_path, f"{first}, {then}", "{code: US_CLOUD_ACT, to: 2026-10-15}", "partly")

    assert told(doubts, {"operator": "x"}, {"operator": "x", **EEA}) == [None, "owner"]


@pytest.mark.parametrize(
    ("host", "named", "verdict", "rests_on"),
    [
        ("ikoula", "ovh", EEA, "owner"),
        ("ovh", "ikoula", EEA, "owner"),
        ("ikoula", "aws", {}, None),
        ("aws", "ikoula", {}, None),
        ("as64500", "aws", {}, None),
    ],
)
def test_a_name_that_shows_another_operator_brings_its_doubts(
    knowledge: Knowledge, host: str, named: str, verdict: dict[str, Any], rests_on: str | None
) -> None:
    """The EEA needs both of them; either of them exposes, and Amazon does without a doubt."""
    row = {"operator": host, "named_operator": named, **verdict}

    assert told(doubts_of(bare_site(), knowledge), row) == [rests_on]


@pytest.mark.parametrize(("operator", "rests_on"), [("he", "anycast"), ("quad9", None)])
def test_an_anycast_entry_from_memory_bears_the_place(
    knowledge: Knowledge, operator: str, rests_on: str | None
) -> None:
    """The place is undetermined because of the entry."""
    doubts = doubts_of(bare_site(), knowledge)
    anycast = {"operator": operator, "place_verdict": "undetermined", "place_reason": "anycast", "place_country": None}
    known = knowledge.operators.by_id[operator]
    control = doubts.grounds.controls[
        doubts.grounds.control(knowledge.operators.operators.index(known), doubts.grounds.epochs.number_of(NOW))
    ]
    said = {"control_verdict": control.verdict, "control_reason": control.reason}

    assert told(doubts, {**anycast, **said}) == [rests_on]


def test_of_rows_judged_by_other_versions_nothing_can_be_told(knowledge: Knowledge) -> None:
    """Other operators or another law; another inventory changes nothing of it."""
    site = bare_site()
    today = basis_of(site, knowledge).parts
    bases = pl.DataFrame(
        [
            {**BASIS, **today, "basis": "today"},
            {**BASIS, **today, "basis": "moved", "inventory": "f" * 64},
            {**BASIS, **today, "basis": "operators", "operators": "f" * 64},
            {**BASIS, **today, "basis": "law", "law": "f" * 64},
        ],
        schema=frame_schema(kept.BASES),
    )
    asked = [{"operator": "ikoula", **EEA, "basis": name} for name in bases["basis"]]

    assert told(doubts_of(site, knowledge), *asked, bases=bases) == [
        "owner", "owner", kept.OTHER_VERSIONS, kept.OTHER_VERSIONS,
    ]  # fmt: skip


def test_no_row_is_lost_or_made(knowledge: Knowledge) -> None:
    """The frame comes back with one column more; an empty one too."""
    doubts = doubts_of(bare_site(), knowledge)
    given = rows({}, {"operator": None}, {"operator": "ikoula", **EEA})

    assert doubts.marked(given, NOW, END).drop(kept.RESTS_ON).equals(given)
    assert doubts.marked(given.clear(), NOW, NOW + timedelta(hours=1)).columns == [*given.columns, kept.RESTS_ON]
