"""What a name does to the place of an address: every cell of the table in docs/judging.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import polars as pl
import pytest

from monitor.judged_names import NOWHERE, PLACED, UNKNOWN_NETWORK, NameSays, spoken_places
from monitor.judged_places import Places

if TYPE_CHECKING:
    from monitor.attribution.far_ends import Attributor

# Answers of a small atlas, by what they stand for.
UNKNOWN, SINGLE, AGREED, STATED, SEVERAL, PSEUDO, GLOBAL, STATED_REGION = range(8)
_STANDING = {"placed": PLACED, "nowhere": NOWHERE, "private": UNKNOWN_NETWORK}


@dataclass(frozen=True)
class _Answers:
    candidates: tuple[tuple[int, ...], ...] = ((), (0,), (0,), (0,), (0, 1), (2,), (1,), (0,))
    confidence = np.array([0, 1, 2, 3, 0, 0, 0, 3])
    flags = np.array([0, 0, 0, 0, 0, 0, 1, 0])
    source: tuple[str | None, ...] = (None, "db", "db+other", "feed", "db+other", "db", "feed", "feed")
    region: tuple[str | None, ...] = (None, None, None, None, None, None, None, "westeurope")


class _SmallAttributor:
    """Countries FR, US and a code that is none."""

    answers = _Answers()

    def candidates(self, answer: int) -> tuple[str, ...]:
        return tuple(("FR", "US", "EU")[code] for code in self.answers.candidates[answer])


def _told(answer: int, country: str, standing: str, *, borne_out: bool) -> tuple[list[str], str, str | None, object]:
    """Candidates, confidence, source and country of an address when a name tells a country."""
    places, _, _ = Places.of(cast("Attributor", _SmallAttributor()), (), {"EU"})
    one, none = np.ones(1, dtype=np.int64), np.full(1, -1)
    says = NameSays(none, none, none, one, np.array([borne_out]))
    standings = np.array([_STANDING[standing]])
    spoken, known, by_name = spoken_places(places, np.array([answer]), says, standings, lambda _: (country, "region-1"))
    sought = by_name | (standings == PLACED)
    columns = pl.DataFrame(spoken.columns(known, sought=sought, settled=sought))
    row = columns.to_dicts()[0]
    return (
        row["place_candidates"],
        row["place_confidence"],
        row["place_source"],
        (row["place_country"], row["place_region"]),
    )


@pytest.mark.parametrize(
    ("answer", "country", "borne_out", "expected"),
    [
        # One country, and the name tells the same.
        (SINGLE, "FR", True, (["FR"], "agreed", "db+name", ("FR", "region-1"))),
        (AGREED, "FR", True, (["FR"], "agreed", "db+other+name", ("FR", "region-1"))),
        (STATED, "FR", True, (["FR"], "stated", "feed+name", ("FR", "region-1"))),
        (STATED_REGION, "FR", True, (["FR"], "stated", "feed+name", ("FR", "westeurope"))),
        (SINGLE, "FR", False, (["FR"], "single", "db", ("FR", None))),
        # One country, and the name tells another: both, whoever stated the first.
        (SINGLE, "DE", True, (["FR", "DE"], "none", "db+name", (None, None))),
        (SINGLE, "DE", False, (["FR", "DE"], "none", "db+name", (None, None))),
        (AGREED, "US", True, (["FR", "US"], "none", "db+other+name", (None, None))),
        (STATED, "US", True, (["FR", "US"], "none", "feed+name", (None, None))),
        (STATED, "US", False, (["FR", "US"], "none", "feed+name", (None, None))),
        # Several countries.
        (SEVERAL, "US", True, (["US"], "single", "name", ("US", "region-1"))),
        (SEVERAL, "US", False, (["FR", "US"], "none", "db+other", (None, None))),
        (SEVERAL, "DE", True, (["FR", "US", "DE"], "none", "db+other+name", (None, None))),
        (SEVERAL, "DE", False, (["FR", "US", "DE"], "none", "db+other+name", (None, None))),
        # A code that is no country.
        (PSEUDO, "FR", True, (["FR"], "single", "name", ("FR", "region-1"))),
    ],
)
def test_an_address_with_a_place(answer: int, country: str, *, borne_out: bool, expected: tuple[object, ...]) -> None:
    """Only a name that the network bears out speaks; one that contradicts is seen, whoever says it."""
    assert _told(answer, country, "placed", borne_out=borne_out) == expected


@pytest.mark.parametrize(
    ("answer", "borne_out", "expected"),
    [
        (UNKNOWN, True, (["FR"], "single", "name", ("FR", "region-1"))),
        (UNKNOWN, False, (["FR"], "none", "name", (None, None))),
        (GLOBAL, True, (["FR"], "single", "name", ("FR", "region-1"))),
        (GLOBAL, False, (["US", "FR"], "none", "feed+name", (None, None))),
    ],
)
def test_an_address_without_a_place(answer: int, *, borne_out: bool, expected: tuple[object, ...]) -> None:
    """A name places it on its provider's own network, where the connection ends in the region."""
    assert _told(answer, "FR", "nowhere", borne_out=borne_out) == expected


def test_a_private_address_is_never_placed_by_a_name() -> None:
    """Nobody can say whose network it is on."""
    assert _told(UNKNOWN, "FR", "private", borne_out=True) == (["FR"], "none", "name", (None, None))


def test_a_name_with_a_place_on_a_code_that_is_no_country_stays_a_candidate() -> None:
    """Where the network does not bear it out."""
    assert _told(PSEUDO, "FR", "placed", borne_out=False)[:3] == (["FR"], "none", "db+name")
