"""Whose word counts for a place, and how well the place is known by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.attribution.precedence import ANYCAST, GLOBAL, NO_COUNTRY, OVERRIDDEN, PlaceAnswer, Said, answer_of
from monitor.attribution.stated import UNTOLD, Placed
from monitor.law.territories import load_territories

_FAMILIES = {"a": "one", "b": "one", "c": "two"}


def _of(
    databases: str = "", stated: str = "", overrides: str = "", flags: int = 0
) -> tuple[tuple[str, ...], str, tuple[str, ...], int]:
    """Candidates, confidence, sources and flags; words are `source:country`, a feed's `*` is everywhere."""
    said = [Said(source, code, flags=flags) for source, code in (word.split(":") for word in databases.split())]
    answer = answer_of(_placed(overrides), _placed(stated), said, _FAMILIES)
    return answer.candidates, answer.confidence, answer.sources, answer.flags


def _placed(words: str) -> list[Placed]:
    pairs = [word.split(":") for word in words.split()]
    return [Placed(source, country.replace("*", ""), "") for source, country in pairs]


@pytest.mark.parametrize(
    ("databases", "expected"),
    [
        ("", ((), "none", (), 0)),
        ("a:FR", (("FR",), "single", ("a",), 0)),
        ("a:FR b:FR", (("FR",), "single", ("a", "b"), 0)),
        ("a:FR c:FR", (("FR",), "agreed", ("a", "c"), 0)),
        ("a:US c:FR", (("FR", "US"), "none", ("a", "c"), 0)),
        ("a:US b:US c:FR", (("FR", "US"), "none", ("a", "b", "c"), 0)),
        ("a:EU c:FR", (("FR",), "single", ("c",), 0)),
        ("a:EU", (("EU",), "none", ("a",), 0)),
        ("a:EU b:AP", (("AP", "EU"), "none", ("a", "b"), 0)),
    ],
)
def test_databases_agree_or_are_all_candidates(databases: str, expected: tuple[object, ...]) -> None:
    """Two of one family are one witness; a majority decides nothing; what is no country names none."""
    assert _of(databases) == expected


@pytest.mark.parametrize(
    ("databases", "stated", "expected"),
    [
        ("a:US c:US", "f:FR", (("FR",), "stated", ("f",), 0)),
        ("a:US", "f:FR g:FR", (("FR",), "stated", ("f", "g"), 0)),
        ("a:US", "f:FR g:DE", (("DE", "FR"), "none", ("f", "g"), 0)),
        ("a:US c:US", "f:*", (("US",), "none", ("f",), GLOBAL)),
        ("a:US", "f:* g:FR", (("FR",), "none", ("f",), GLOBAL)),
        ("", "f:*", ((), "none", ("f",), GLOBAL)),
        ("a:US c:US", f"f:{UNTOLD}", (("US",), "agreed", ("a", "c"), 0)),
        ("a:US", f"f:{UNTOLD} g:FR", (("FR",), "stated", ("g",), 0)),
    ],
)
def test_a_feed_comes_before_databases(databases: str, stated: str, expected: tuple[object, ...]) -> None:
    """Feeds that contradict each other are candidates; what is everywhere has no place, and keeps its candidates."""
    assert _of(databases, stated) == expected


def test_an_override_comes_before_all() -> None:
    """Also where the network is announced everywhere or anycast."""
    assert _of("a:US c:US", "f:*", "o:FR", flags=ANYCAST) == (("FR",), "stated", ("o",), OVERRIDDEN)


def test_what_a_database_calls_anycast_has_no_place() -> None:
    """Whether databases or a feed name its countries."""
    assert _of("a:US c:US", flags=ANYCAST) == (("US",), "none", ("a", "c"), ANYCAST)
    assert _of("a:US", "f:FR", flags=ANYCAST) == (("FR",), "none", ("f",), ANYCAST)


def test_a_region_is_told_where_the_statements_name_one() -> None:
    """Two names are none, and a place that is not one has none."""

    def region(*placed: Placed) -> str:
        return answer_of((), placed, (), {}).region

    paris, other = Placed("f", "FR", "eu-west-3"), Placed("g", "FR", "par1")
    assert [region(paris), region(paris, Placed("g", "FR", "")), region(paris, other)] == ["eu-west-3", "eu-west-3", ""]
    assert region(paris, Placed("g", "", "")) == ""


def test_everything_that_is_said_is_kept() -> None:
    """Those whose word counts first."""
    answer = answer_of([Placed("o", "FR", "")], [Placed("f", "DE", "x")], [Said("a", "US")], _FAMILIES)

    assert answer.said == (Said("o", "FR"), Said("f", "DE", "x"), Said("a", "US"))


def test_codes_that_are_no_country_are_those_of_the_law() -> None:
    """The atlas ignores exactly what the law calls no country."""
    assert set(load_territories().pseudo_codes) == NO_COUNTRY


_CODES = st.sampled_from(("FR", "DE", "US", "EU"))
_STATED = st.lists(st.builds(Placed, st.sampled_from("fgh"), st.sampled_from(("", "FR", "US", UNTOLD)), st.just("")))
_DATABASES = st.dictionaries(st.sampled_from("abc"), _CODES).map(lambda said: [Said(*each) for each in said.items()])


@given(overrides=_STATED, stated=_STATED, databases=_DATABASES, data=st.data())
def test_the_order_of_words_never_matters(
    overrides: list[Placed], stated: list[Placed], databases: list[Said], data: st.DataObject
) -> None:
    """Of statements; databases come in the order of the list of sources, which decides nothing but the order shown."""
    once = answer_of(overrides, stated, databases, _FAMILIES)
    again = answer_of(
        data.draw(st.permutations(overrides)),
        data.draw(st.permutations(stated)),
        data.draw(st.permutations(databases)),
        _FAMILIES,
    )

    assert _without_words(again) == _without_words(once)


@given(overrides=_STATED, stated=_STATED, databases=_DATABASES)
def test_confidence_belongs_to_one_country(
    overrides: list[Placed], stated: list[Placed], databases: list[Said]
) -> None:
    """And to a network that is in one place."""
    answer = answer_of(overrides, stated, databases, _FAMILIES)
    one = len(answer.candidates) == 1 and not answer.flags & GLOBAL and answer.candidates[0] not in NO_COUNTRY

    assert (answer.confidence != "none") == one


def _without_words(answer: PlaceAnswer) -> tuple[object, ...]:
    return answer.candidates, answer.confidence, answer.sources, answer.region, answer.flags
