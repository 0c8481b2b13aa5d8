"""Say numbers, days and codes in the words of one language.

Decides how a figure is rounded for people: decimal units, three figures, and nothing that is there at all ever reads as
0 %, nothing that lacks anything as 100 %. A word of no table is said as it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from monitor.countries import country_names
from monitor.document import Written, load_document
from monitor.report.words_assumed import ENGLISH_ASSUMED, FRENCH_ASSUMED
from monitor.report.words_en import ENGLISH
from monitor.report.words_exceptions import ENGLISH_EXCEPTIONS, FRENCH_EXCEPTIONS
from monitor.report.words_fr import FRENCH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from monitor.report.sums import Share

LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {**ENGLISH, **ENGLISH_ASSUMED, **ENGLISH_EXCEPTIONS},
    "fr": {**FRENCH, **FRENCH_ASSUMED, **FRENCH_EXCEPTIONS},
}
NONE: Final = "\u2013"
THIN: Final = "\u202f"
_WIDE: Final = "\u00a0"
_THOUSAND: Final = 1000
_PER_MILLE: Final = 1000


class _CountriesFile(Written):
    countries: dict[str, str]


@cache
def french_countries() -> Mapping[str, str]:
    """Names of countries in French, by code."""
    return load_document(Path(__file__).with_name("countries_fr.yaml"), _CountriesFile).countries


@dataclass(frozen=True, slots=True)
class InWords:
    """One language and one time zone."""

    words: Mapping[str, str]
    timezone: str

    @classmethod
    def of(cls, language: str, timezone: str) -> InWords:
        """The words of a language.

        Raises:
            ValueError: there is no such language.
        """
        if language not in LANGUAGES:
            raise ValueError(f"{language!r} is not a language of the report. Write one of: {', '.join(LANGUAGES)}.")
        return cls(LANGUAGES[language], timezone)

    def say(self, key: str, **values: object) -> str:
        """A sentence with its values."""
        return self.words[key].format(**values) if values else self.words[key]

    def word(self, vocabulary: str, value: str | None) -> str:
        """A word of a closed vocabulary; one that the table does not know stays as it is."""
        return self.words["unknown"] if value is None else self.words.get(f"{vocabulary}.{value}", value)

    def count(self, number: int) -> str:
        """A whole number in thin groups of three."""
        return f"{number:,}".replace(",", THIN)

    def octets(self, number: int) -> str:
        """Octets in decimal units with three figures: 950 B, 1.20 kB, 340 MB. Exact arithmetic, halves up."""
        units = self.words["octet_units"].split()
        power = 0
        while power + 1 < len(units) and round_half_up(number, _THOUSAND**power, 0) >= _THOUSAND:
            power += 1
        divisor = _THOUSAND**power
        digits = 2 if power else 0
        while digits and round_half_up(number, divisor, digits) >= _THOUSAND:
            digits -= 1
        return f"{self._decimal(round_half_up(number, divisor, digits), digits)}{_WIDE}{units[power]}"

    def hours(self, hours: float) -> str:
        """Hours, with a fraction only where there is one."""
        return self.count(int(hours)) if hours == int(hours) else f"{hours:.1f}".replace(".", self._point)

    def share(self, share: Share) -> str:
        """A percentage with one decimal, never 0 or 100 unless it is."""
        percent = f"{_WIDE}%"
        if not share.whole:
            return NONE
        if share.part in {0, share.whole}:
            return f"{0 if not share.part else 100}{percent}"
        tenths = round_half_up(100 * share.part, share.whole, 1)
        if tenths == 0:
            return f"<{_WIDE}{self._decimal(1, 1)}{percent}"
        if tenths >= _PER_MILLE:
            return f">{_WIDE}{self._decimal(999, 1)}{percent}"
        return f"{self._decimal(tenths, 1)}{percent}"

    def day(self, day: date) -> str:
        """A day with its month in words."""
        number = self.words["first_of_month"] if day.day == 1 else str(day.day)
        return self.say("day", day=number, month=self._month(day.month), year=day.year)

    def weekday(self, day: date) -> str:
        """The weekday, short."""
        return self.words["weekdays"].split()[day.weekday()]

    def month(self, month: str) -> str:
        """Such as October 2026."""
        year, number = month.split("-")
        return f"{self._month(int(number))} {year}"

    def instant(self, at: datetime) -> str:
        """Day and time on the wall clock of the site; the offset from UTC tells apart an hour that came twice."""
        local = at.astimezone(ZoneInfo(self.timezone))
        return self.say("instant", day=self.day(local.date()), time=f"{local:%H:%M} (UTC{local.isoformat()[-6:]})")

    def country(self, code: str | None) -> str:
        """A country, or the candidates of which nobody knows which one it is."""
        if code is None:
            return self.words["unknown"]
        if code == "several":
            return self.words["several"]
        names = french_countries() if self.words["language"] == "fr" else country_names()
        return self.words["or"].join(
            names.get(each) or self.words.get(f"organisation.{each}", each) for each in code.split("/")
        )

    @property
    def _point(self) -> str:
        return self.words["decimal_point"]

    def _month(self, number: int) -> str:
        return self.words["months"].split()[number - 1]

    def _decimal(self, scaled: int, digits: int) -> str:
        if not digits:
            return self.count(scaled)
        whole, fraction = divmod(scaled, 10**digits)
        return f"{self.count(whole)}{self._point}{fraction:0{digits}}"


def round_half_up(number: int, divisor: int, digits: int) -> int:
    """`number / divisor` as a whole number of its `digits`-th decimal; both are not negative."""
    scale = int(10**digits)
    return (2 * number * scale + divisor) // (2 * divisor)
