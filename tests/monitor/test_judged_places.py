"""Answers of the atlas and of the inventory as columns: the candidates, how well the place is known, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from monitor import schema
from monitor.attribution.atlas import Answers
from monitor.attribution.precedence import GLOBAL
from monitor.judged_places import Places, lists_of_words

if TYPE_CHECKING:
    from monitor.attribution.far_ends import Attributor

_COUNTRIES = (None, "AN", "FR", "US")
_ANSWERS = Answers(
    candidates=((), (2,), (2, 3), (1,), (1, 2), ()),
    confidence=np.array([0, 2, 0, 0, 0, 0], dtype=np.uint8),
    flags=np.array([0, 0, 0, 0, 0, GLOBAL], dtype=np.uint8),
    source=(None, "a+b", "a+b", "a", "a+b", "feed"),
    region=(None, "par1", None, None, None, None),
)


@dataclass(frozen=True)
class _Attributor:
    answers: Answers = _ANSWERS

    def candidates(self, answer: int) -> tuple[str, ...]:
        return tuple(_COUNTRIES[code] or "" for code in self.answers.candidates[answer])


_PLACES, _NUMBER = Places.of(cast("Attributor", _Attributor()), ["FR", "CH", "FR"], {"AN"})


def _row(answer: int, *, sought: bool = True, settled: bool = True) -> tuple[object, ...]:
    one = np.array([answer], dtype=np.int64)
    columns = _PLACES.columns(one, sought=np.array([sought]), settled=np.array([settled]))
    found = {column.name: column[0] for column in columns}
    candidates = found["place_candidates"].to_list()
    return found["place_country"], found["place_region"], candidates, found["place_confidence"], found["place_source"]


def test_one_country_is_the_place() -> None:
    """With its region, its confidence and whose word counts."""
    assert _row(1) == ("FR", "par1", ["FR"], "agreed", "a+b")


def test_several_are_candidates() -> None:
    """And none of them is the place."""
    assert _row(2) == (None, None, ["FR", "US"], "none", "a+b")


def test_what_the_law_leaves_open_is_known_all_the_same() -> None:
    """No country, and the confidence that there is one."""
    assert _row(1, settled=False) == (None, "par1", ["FR"], "agreed", "a+b")


def test_what_is_not_sought_keeps_its_candidate() -> None:
    """An anycast network."""
    assert _row(1, sought=False, settled=False) == (None, None, ["FR"], "none", "a+b")


def test_a_code_that_is_no_country_is_no_candidate() -> None:
    """Alone it is what the law is asked about; beside a country it leaves that one, by one witness."""
    assert _row(3) == (None, None, [], "none", None)
    assert _row(4) == ("FR", None, ["FR"], "single", "a+b")
    assert [_PLACES.asked[_PLACES.set_of[answer]] for answer in (3, 4)] == [("AN",), ("FR",)]


def test_what_is_everywhere_names_its_source() -> None:
    """Though it has no candidate."""
    assert _row(5, sought=False, settled=False) == (None, None, [], "none", "feed")


def test_what_the_inventory_states_is_stated() -> None:
    """Each of its countries once."""
    assert _row(_NUMBER["CH"]) == ("CH", None, ["CH"], "stated", "inventory")
    assert sorted(_NUMBER) == ["CH", "FR"]


def test_lists_of_words_keep_their_order() -> None:
    """Empty ones too."""
    assert lists_of_words([["b", "a"], [], ["c"]], schema.COUNTRY_LIST).to_list() == [["b", "a"], [], ["c"]]
