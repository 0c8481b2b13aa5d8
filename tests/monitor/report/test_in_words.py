"""Numbers, days and codes in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.countries import country_names, organisation_names
from monitor.report.in_words import LANGUAGES, InWords, french_countries
from monitor.report.sums import Share

ENGLISH = InWords.of("en", "Europe/Paris")
FRENCH = InWords.of("fr", "Europe/Paris")


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (9994, "9.99 kB"),
        (9995, "10.0 kB"),
        (99_950, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (2**63, "9.22 EB"),
        (5 * 10**30, "5 000 000 YB"),
    ],
)
def test_octets_have_three_figures(octets: int, text: str) -> None:
    """Halves go up, and a full thousand is the next unit."""
    assert ENGLISH.octets(octets).replace("\u00a0", " ").replace("\u202f", " ") == text


def test_octets_in_french() -> None:
    """`o` and a comma."""
    assert FRENCH.octets(1234) == "1,23\u00a0ko"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 10, "0 %"),
        (10, 10, "100 %"),
        (1, 10**9, "< 0.1 %"),
        (10**9 - 1, 10**9, "> 99.9 %"),
        (9995, 10_000, "> 99.9 %"),
        (9994, 10_000, "99.9 %"),
        (1, 3, "33.3 %"),
        (0, 0, "\u2013"),
    ],
)
def test_share_is_never_0_or_100_unless_it_is(part: int, whole: int, text: str) -> None:
    """What is there at all is seen."""
    assert ENGLISH.share(Share(part, whole)).replace("\u00a0", " ") == text


def test_first_of_a_month_in_french() -> None:
    """1er, and only that one."""
    assert [FRENCH.day(date(2026, 10, day)) for day in (1, 2)] == ["1er octobre 2026", "2 octobre 2026"]


def test_hour_that_comes_twice_is_told_apart() -> None:
    """By the offset from UTC."""
    said = [ENGLISH.instant(datetime(2026, 10, 25, hour, tzinfo=UTC)) for hour in (0, 1)]

    assert said == ["25 October 2026, 02:00 (UTC+02:00)", "25 October 2026, 02:00 (UTC+01:00)"]


def test_candidates_are_joined_by_or() -> None:
    """In the language's own word."""
    assert (ENGLISH.country("GB/US"), FRENCH.country("GB/US")) == (
        "United Kingdom or United States",
        "Royaume-Uni ou États-Unis",
    )


def test_unknown_code_is_said_as_it_came() -> None:
    """Not hidden."""
    assert (ENGLISH.country("QQ"), ENGLISH.word("activity", "new"), ENGLISH.country(None)) == ("QQ", "new", "unknown")


def test_every_country_has_a_french_name() -> None:
    """The same codes as the shipped table."""
    assert sorted(french_countries()) == sorted(country_names())


def test_unknown_language_names_those_there_are() -> None:
    """In one sentence."""
    with pytest.raises(ValueError, match="Write one of: en, fr"):
        InWords.of("de", "UTC")


@pytest.mark.parametrize(("hours", "text"), [(745.0, "745"), (0.5, "0.5"), (1490.0, "1\u202f490")])
def test_hours_have_a_fraction_only_where_there_is_one(hours: float, text: str) -> None:
    """Zones with half hours."""
    assert ENGLISH.hours(hours) == text


@pytest.mark.parametrize(
    ("language", "name"), [("en", "European Patent Organisation"), ("fr", "Organisation européenne des brevets")]
)
def test_an_organisation_is_called_by_its_name(language: str, name: str) -> None:
    """It stands where a country stands."""
    assert InWords.of(language, "UTC").country("EPO") == name


def test_every_organisation_that_may_be_written_has_a_name_in_both_languages() -> None:
    """A new one in the law needs its words."""
    wanted = {f"organisation.{code}" for code in organisation_names()}

    assert [{key for key in words if key.startswith("organisation.")} for words in LANGUAGES.values()] == [wanted] * 2
