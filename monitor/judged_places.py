"""What a verdict's row says of a place: the candidates, the country, how well it is known, and by whom.

Decides how answers of the atlas and statements of the inventory are numbered together, what becomes of one that a name
speaks of, and which candidates the law is asked about: all that are countries, or the pseudo code where there is
nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl

from monitor import schema
from monitor.attribution.precedence import CONFIDENCES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from monitor.attribution.far_ends import Attributor

    Numbers = NDArray[np.int64]

INVENTORY_SOURCE: Final = "inventory"
NAME_SOURCE: Final = "name"
CLAIM_SOURCE: Final = "claimed"
# What a name does to an answer: nothing, one more candidate, a second witness of the only one, or the answer itself.
KEEP, ADD, AGREE, BY_NAME = range(4)
_NONE, _SINGLE, _AGREED, _STATED = range(len(CONFIDENCES))


class Spoken(NamedTuple):
    """An answer, what a name does to it, and the country and region that the name tells."""

    answer: int
    how: int
    country: str
    region: str | None


@dataclass(frozen=True, slots=True)
class Places:
    """Answers for a place, one position each; the first says that nothing is known.

    `set_of` numbers the distinct candidates of an answer; `asked` are the countries that the law is asked about,
    `shown` the candidates, by that number; the rest are tables of words, by that number or by answer.
    """

    set_of: Numbers
    asked: tuple[tuple[str, ...], ...]
    shown: tuple[tuple[str, ...], ...]
    confidence: Numbers
    flagged: NDArray[np.bool_]
    one: NDArray[np.bool_]
    some: NDArray[np.bool_]
    country: pl.Series
    candidates: pl.Series
    source: pl.Series
    region: pl.Series

    @classmethod
    def of(
        cls, attributor: Attributor, stated: Iterable[str], pseudo: Collection[str], claimed: Iterable[str] = ()
    ) -> tuple[Places, Mapping[str, int], Mapping[str, int]]:
        """The atlas's answers, one for each country that the inventory states, one for each that a log may claim.

        And the numbers of the two latter, by country.
        """
        return _places(attributor, tuple(stated), frozenset(pseudo), tuple(claimed))

    @classmethod
    def made(
        cls, attributor: Attributor, stated: tuple[str, ...], pseudo: frozenset[str], claimed: tuple[str, ...]
    ) -> tuple[Places, Mapping[str, int], Mapping[str, int]]:
        """As `of`, made afresh."""
        answers = attributor.answers
        told = [attributor.candidates(place) for place in range(len(answers.candidates))]
        number = {code: len(told) + place for place, code in enumerate(dict.fromkeys(stated))}
        told += [(code,) for code in number]
        claim = {code: len(told) + place for place, code in enumerate(dict.fromkeys(claimed))}
        told += [(code,) for code in claim]
        beyond = len(number) + len(claim)
        real = [tuple(code for code in each if code not in pseudo) for each in told]
        pairs = [(shown or each[:1], shown) for each, shown in zip(told, real, strict=True)]
        sets = {pair: place for place, pair in enumerate(dict.fromkeys(pairs))}
        shown = [pair[1] for pair in sets]
        of_others = np.repeat((_STATED, _SINGLE), (len(number), len(claim)))
        confidence = np.append(answers.confidence, of_others).astype(np.int64)
        # A code that the atlas took for a country and the law does not (`AN`) leaves one witness for the other.
        alone = [len(each) > 1 and len(left) == 1 for each, left in zip(told, real, strict=True)]
        confidence[np.array(alone, dtype=np.bool_)] = _SINGLE
        places = cls(
            set_of=np.array([sets[pair] for pair in pairs], dtype=np.int64),
            asked=tuple(pair[0] for pair in sets),
            shown=tuple(shown),
            confidence=confidence,
            flagged=np.append(answers.flags != 0, np.zeros(beyond, dtype=np.bool_)),
            one=np.array([len(each) == 1 for each in shown], dtype=np.bool_),
            some=np.array([bool(each) for each in shown], dtype=np.bool_),
            country=pl.Series(
                "place_country", [each[0] if len(each) == 1 else None for each in shown], dtype=schema.COUNTRIES
            ),
            candidates=lists_of_words(shown, schema.COUNTRY_LIST).alias("place_candidates"),
            source=pl.Series(
                "place_source",
                [*answers.source, *([INVENTORY_SOURCE] * len(number)), *([CLAIM_SOURCE] * len(claim))],
                dtype=schema.SOURCES,
            ),
            region=pl.Series("place_region", [*answers.region, *([None] * beyond)], dtype=schema.REGIONS),
        )
        return places, number, claim

    def with_names(self, spoken: Sequence[Spoken]) -> Places:
        """The same answers, and behind them one for each of `spoken`."""
        told = [self._spoken(each) for each in spoken]
        first = len(self.asked)
        shown = [each.shown for each in told]
        return Places(
            set_of=np.append(self.set_of, np.arange(first, first + len(told))),
            asked=(*self.asked, *(each.asked for each in told)),
            shown=(*self.shown, *shown),
            confidence=np.append(self.confidence, [each.confidence for each in told]),
            flagged=np.append(self.flagged, [self.flagged[each.answer] & (each.how != BY_NAME) for each in spoken]),
            one=np.append(self.one, [len(each) == 1 for each in shown]),
            some=np.append(self.some, [bool(each) for each in shown]),
            country=_and(self.country, [each[0] if len(each) == 1 else None for each in shown]),
            candidates=_and(self.candidates, [list(each) for each in shown]),
            source=_and(self.source, [each.source for each in told]),
            region=_and(self.region, [each.region for each in told]),
        )

    def _spoken(self, spoken: Spoken) -> _Told:
        number = self.set_of[spoken.answer]
        shown, asked, source = self.shown[number], self.asked[number], self.source[spoken.answer]
        if spoken.how == BY_NAME:
            only = (spoken.country,)
            return _Told(only, only, _SINGLE, NAME_SOURCE, spoken.region)
        joined = f"{source}+{NAME_SOURCE}" if source else NAME_SOURCE
        if spoken.how == AGREE:
            confidence = max(int(self.confidence[spoken.answer]), _AGREED)
            return _Told(shown, asked, confidence, joined, self.region[spoken.answer] or spoken.region)
        every = (*shown, spoken.country)
        return _Told(every, every if shown else asked, _NONE, joined, None)

    def columns(self, answer: Numbers, *, sought: NDArray[np.bool_], settled: NDArray[np.bool_]) -> list[pl.Series]:
        """The columns of a place, row by row.

        `sought`: the place counts as known as well as it is; `settled`: the law lets it stand as one country.
        """
        number = self.set_of[answer]
        of_set, of_answer = pl.Series(number), pl.Series(answer)
        known = sought & self.one[number]
        nowhere = ~self.some[number] & ~self.flagged[answer]
        return [
            _unless(self.country[of_set], ~settled),
            _unless(self.region[of_answer], ~known),
            self.candidates[of_set],
            pl.Series("place_confidence", CONFIDENCES, dtype=schema.PLACE_CONFIDENCES)[
                pl.Series(np.where(known, self.confidence[answer], 0))
            ],
            _unless(self.source[of_answer], nowhere),
        ]


# Every pipeline of a site asks for the same; a site that is loaded again, too. Only the last is kept, as it keeps the
# atlas that it is of.
_places: Final = lru_cache(maxsize=1)(Places.made)


class _Told(NamedTuple):
    """An answer in words: candidates, what the law is asked about, and the rest of the columns."""

    shown: tuple[str, ...]
    asked: tuple[str, ...]
    confidence: int
    source: str
    region: str | None


def _and(column: pl.Series, more: Sequence[object]) -> pl.Series:
    return column.clone().append(pl.Series(column.name, more, dtype=column.dtype))


def _unless(values: pl.Series, mask: NDArray[np.bool_]) -> pl.Series:
    return pl.select(pl.when(~pl.Series(mask)).then(values).alias(values.name)).to_series()


def lists_of_words(lists: Sequence[Sequence[str]], dtype: pl.List) -> pl.Series:
    """Lists of words without spaces, made by one split of text instead of list by list."""
    text = pl.Series([" ".join(words) for words in lists], dtype=pl.String)
    some = pl.when(text != "").then(text.str.split(" ")).otherwise(pl.Series([[]], dtype=pl.List(pl.String)))
    return pl.select(some).to_series().cast(dtype)
