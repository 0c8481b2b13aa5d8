"""What a verdict's row says of a place: the candidates, the country, how well it is known, and by whom.

Decides how answers of the atlas and statements of the inventory are numbered together, and which candidates the law is
asked about: all that are countries, or the pseudo code where there is nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor import schema

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from monitor.attribution.far_ends import Attributor

    Numbers = NDArray[np.int64]

INVENTORY_SOURCE: Final = "inventory"
_CONFIDENCES: Final = ("none", "single", "agreed", "stated")
_SINGLE: Final = _CONFIDENCES.index("single")
_STATED: Final = _CONFIDENCES.index("stated")


@dataclass(frozen=True, slots=True)
class Places:
    """Answers for a place, one position each; the first says that nothing is known.

    `set_of` numbers the distinct candidates of an answer; `asked` are the countries that the law is asked about, by
    that number; the rest are tables of words, by that number or by answer.
    """

    set_of: Numbers
    asked: tuple[tuple[str, ...], ...]
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
        cls, attributor: Attributor, stated: Iterable[str], pseudo: Collection[str]
    ) -> tuple[Places, dict[str, int]]:
        """The atlas's answers, then one for each country that the inventory states; and the numbers of the latter."""
        answers = attributor.answers
        told = [attributor.candidates(place) for place in range(len(answers.candidates))]
        number = {code: len(told) + place for place, code in enumerate(dict.fromkeys(stated))}
        told += [(code,) for code in number]
        real = [tuple(code for code in each if code not in pseudo) for each in told]
        pairs = [(shown or each[:1], shown) for each, shown in zip(told, real, strict=True)]
        sets = {pair: place for place, pair in enumerate(dict.fromkeys(pairs))}
        shown = [pair[1] for pair in sets]
        confidence = np.append(answers.confidence, np.full(len(number), _STATED)).astype(np.int64)
        # A code that the atlas took for a country and the law does not (`AN`) leaves one witness for the other.
        alone = [len(each) > 1 and len(left) == 1 for each, left in zip(told, real, strict=True)]
        confidence[np.array(alone, dtype=np.bool_)] = _SINGLE
        places = cls(
            set_of=np.array([sets[pair] for pair in pairs], dtype=np.int64),
            asked=tuple(pair[0] for pair in sets),
            confidence=confidence,
            flagged=np.append(answers.flags != 0, np.zeros(len(number), dtype=np.bool_)),
            one=np.array([len(each) == 1 for each in shown], dtype=np.bool_),
            some=np.array([bool(each) for each in shown], dtype=np.bool_),
            country=pl.Series(
                "place_country", [each[0] if len(each) == 1 else None for each in shown], dtype=schema.COUNTRIES
            ),
            candidates=lists_of_words(shown, schema.COUNTRY_LIST).alias("place_candidates"),
            source=pl.Series(
                "place_source", [*answers.source, *([INVENTORY_SOURCE] * len(number))], dtype=schema.SOURCES
            ),
            region=pl.Series("place_region", [*answers.region, *([None] * len(number))], dtype=schema.REGIONS),
        )
        return places, number

    def columns(self, answer: Numbers, *, sought: NDArray[np.bool_], settled: NDArray[np.bool_]) -> list[pl.Series]:
        """The columns of a place, row by row.

        `sought`: the place counts as known as well as it is; `settled`: the law lets it stand as one country.
        """
        number = self.set_of[answer]
        known = sought & self.one[number]
        nowhere = ~self.some[number] & ~self.flagged[answer]
        return [
            _unless(self.country.gather(number), ~settled),
            _unless(self.region.gather(answer), ~known),
            self.candidates.gather(number),
            pl.Series("place_confidence", _CONFIDENCES, dtype=schema.PLACE_CONFIDENCES).gather(
                np.where(known, self.confidence[answer], 0)
            ),
            _unless(self.source.gather(answer), nowhere),
        ]


def _unless(values: pl.Series, mask: NDArray[np.bool_]) -> pl.Series:
    return pl.select(pl.when(~pl.Series(mask)).then(values).alias(values.name)).to_series()


def lists_of_words(lists: Sequence[Sequence[str]], dtype: pl.List) -> pl.Series:
    """Lists of words without spaces, made by one split of text instead of list by list."""
    text = pl.Series([" ".join(words) for words in lists], dtype=pl.String)
    some = pl.when(text != "").then(text.str.split(" ")).otherwise(pl.Series([[]], dtype=pl.List(pl.String)))
    return pl.select(some).to_series().cast(dtype)
