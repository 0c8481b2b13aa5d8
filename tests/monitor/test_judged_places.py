"""What a row says of a place, by the number of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import polars as pl
import pytest

from monitor.judged_places import ADD, AGREE, BY_NAME, Places, Spoken, lists_of_words
from monitor.schema import COUNTRY_LIST

if TYPE_CHECKING:
    from monitor.attribution.far_ends import Attributor


@dataclass(frozen=True)
class _Answers:
    """Nothing; one country; two; a code that is none; a network announced everywhere; a country beside such a code."""

    candidates: tuple[tuple[int, ...], ...] = ((), (0,), (0, 1), (2,), (), (0, 2))
    confidence = np.array([0, 1, 0, 0, 0, 0])
    flags = np.array([0, 0, 0, 0, 1, 0])
    source: tuple[str | None, ...] = (None, "db", "db+other", "db", "feed", "db+other")
    region: tuple[str | None, ...] = (None, "north", None, None, None, None)


class _SmallAttributor:
    answers = _Answers()

    def candidates(self, answer: int) -> tuple[str, ...]:
        return tuple(("FR", "US", "EU")[code] for code in self.answers.candidates[answer])


@pytest.fixture
def places() -> Places:
    """The answers of a small atlas, and two countries that an inventory states."""
    return Places.of(cast("Attributor", _SmallAttributor()), ["JP", "FR", "JP"], {"EU"})[0]


def _row(places: Places, answer: int, *, sought: bool = True, settled: bool = True) -> dict[str, Any]:
    columns = places.columns(np.array([answer]), sought=np.array([sought]), settled=np.array([settled]))
    row: dict[str, Any] = pl.DataFrame(columns).to_dicts()[0]
    return row


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (0, (None, None, [], "none", None)),
        (1, ("FR", "north", ["FR"], "single", "db")),
        (2, (None, None, ["FR", "US"], "none", "db+other")),
        (3, (None, None, [], "none", None)),
        (4, (None, None, [], "none", "feed")),
        (5, ("FR", None, ["FR"], "single", "db+other")),
        (6, ("JP", None, ["JP"], "stated", "inventory")),
    ],
)
def test_an_answer_in_words(answer: int, expected: tuple[object, ...], places: Places) -> None:
    """Country, region, candidates, confidence and source."""
    assert tuple(_row(places, answer).values()) == expected


def test_each_country_of_the_inventory_has_one_answer() -> None:
    """Behind those of the atlas."""
    assert Places.of(cast("Attributor", _SmallAttributor()), ["JP", "FR", "JP"], {"EU"})[1] == {"JP": 6, "FR": 7}


def test_the_law_is_asked_of_every_country_and_of_a_code_where_there_is_none(places: Places) -> None:
    """A code that is no country is told to the law, and to nobody else."""
    assert [places.asked[places.set_of[answer]] for answer in range(6)] == [
        (),
        ("FR",),
        ("FR", "US"),
        ("EU",),
        (),
        ("FR",),
    ]


def test_a_place_that_the_law_leaves_open_has_no_country(places: Places) -> None:
    """How well it is known does not depend on that."""
    row = _row(places, 1, settled=False)

    assert (row["place_country"], row["place_confidence"], row["place_region"]) == (None, "single", "north")


def test_a_place_that_nobody_seeks_has_no_confidence(places: Places) -> None:
    """An anycast address, whatever a database says."""
    assert _row(places, 1, sought=False, settled=False)["place_confidence"] == "none"


def test_answers_that_names_speak_of_stand_behind_the_others(places: Places) -> None:
    """Those before stay as they are."""
    spoken = places.with_names([Spoken(1, ADD, "US", "r"), Spoken(1, AGREE, "FR", "r"), Spoken(2, BY_NAME, "US", "r")])
    rows = [tuple(_row(spoken, 8 + number).values()) for number in range(3)]

    assert [_row(spoken, answer) for answer in range(8)] == [_row(places, answer) for answer in range(8)]
    assert rows == [
        (None, None, ["FR", "US"], "none", "db+name"),
        ("FR", "north", ["FR"], "agreed", "db+name"),
        ("US", "r", ["US"], "single", "name"),
    ]


def test_lists_of_words_keep_empty_ones() -> None:
    """As many as there were."""
    assert lists_of_words([["FR", "DE"], [], ["US"]], COUNTRY_LIST).to_list() == [["FR", "DE"], [], ["US"]]


def test_what_a_log_claims_stands_behind_what_the_inventory_states() -> None:
    """One source says it, and it is called so."""
    attributor = cast("Attributor", _SmallAttributor())
    places, stated, claimed = Places.of(attributor, ["JP"], {"EU"}, ["JP", "FR"])
    said = {code: (places.source[place], int(places.confidence[place])) for code, place in claimed.items()}

    assert (stated, claimed) == ({"JP": 6}, {"JP": 7, "FR": 8})
    assert said == {"JP": ("claimed", 1), "FR": ("claimed", 1)}
    assert places.shown[places.set_of[8]] == ("FR",)
