"""Mistakes are said in the operator's words."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pytest
from pydantic import Field, ValidationError

from monitor.document import Listed, Written
from monitor.wording import choose, nearest, shown, wrong_words


class _Leaf(Written):
    country: str = Field(examples=["FR"])
    keys: Literal["provider", "customer"] = "provider"
    module: Literal[1, 2] = 1
    seconds: int = Field(default=1, gt=0)
    ratio: float = 0.5
    public: bool = False
    since: date | None = None
    start: str = Field(default="x", alias="from")


class _Tree(Written):
    leaves: Listed[_Leaf] = ()
    named: dict[str, _Leaf] = Field(default_factory=dict)


_KEYS = "Write one of: country, from, keys, module, public, ratio, seconds, since."
_CHOICES = "Did you mean provider? The choices are: provider, customer."


@pytest.mark.parametrize(
    ("leaf", "what", "remedy"),
    [
        ({}, "this key is missing.", "Write it, for example `country: FR`."),
        ({"country": None}, "there is no value.", "Write it, for example `country: FR`."),
        ({"country": 1.5}, "1.5 is not text.", "Put it in quotes."),
        ({"country": []}, "a list is not text.", "Write one value."),
        ({"country": "FR", "form": "x"}, "this key is not known.", "Did you mean from?"),
        ({"country": "FR", "qqqq": 1}, "this key is not known.", _KEYS),
        ({"country": "FR", "keys": "provder"}, '"provder" is not one of the choices.', _CHOICES),
        ({"country": "FR", "module": 3}, "3 is not one of the choices.", "Write one of: 1, 2."),
        ({"country": "FR", "seconds": 0}, "0 is out of bounds.", "Write a number that is more than 0."),
        ({"country": "FR", "seconds": "5m"}, '"5m" is not a whole number.', "Write digits without quotes."),
        ({"country": "FR", "ratio": "a"}, '"a" is not a number.', "Write digits without quotes."),
        ({"country": "FR", "public": "yes"}, '"yes" is not true or false.', "Write true or false, without quotes."),
        ({"country": "FR", "since": "x"}, '"x" is not a day.', "Write it as 2026-02-01, without quotes."),
        (7, "7 is not a mapping.", "Write `key: value` lines below it."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("under", ["leaves", "named"])
def test_a_mistake_has_its_sentence(leaf: object, what: str, remedy: str, under: str) -> None:
    """The same words wherever in the file the value stands."""
    with pytest.raises(ValidationError) as raised:
        _Tree.model_validate({"leaves": [leaf]} if under == "leaves" else {"named": {"a": leaf}})

    assert [(what, remedy)] == [
        (words.what, words.remedy) for words in (wrong_words(_Tree, mistake) for mistake in raised.value.errors())
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("a", '"a"'),
        ("a\nb", '"a\\nb"'),
        ("é" * 80, '"' + "é" * 60 + '..."'),
        (None, "nothing"),
        (True, "true"),
        ({}, "a mapping"),
        ((), "a list"),
        (date(2026, 2, 1), "2026-02-01"),
    ],
)
def test_a_value_is_shown_short_and_on_one_line(value: object, said: str) -> None:
    """A pasted file does not flood the terminal."""
    assert said == shown(value)


def test_nearest_ignores_case() -> None:
    """`Scaleway` means scaleway."""
    assert nearest("Scaleway", {"scaleway", "ovh"}) == "scaleway"


def test_nothing_near_lists_all() -> None:
    """Who is far off sees the choices."""
    assert choose("zzz", ["b", "a"]) == "Write one of: a, b."
