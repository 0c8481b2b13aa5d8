"""Turn the values of a line into cells of the page: text, and the exact number behind it.

Decides what a person reads in a cell. Every text is plain; the template escapes it, because names come from logs that
anybody may have written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitor.kept import RESTS_ON
from monitor.report.in_words import NONE
from monitor.report.sections import BETWEEN_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.report.figures import Report
    from monitor.report.in_words import InWords
    from monitor.report.sums import Share, Sums

_VOCABULARIES: Final = frozenset(
    {
        "activity",
        "actor_kind",
        "control_reason",
        "control_verdict",
        "data_class",
        "direction",
        "done",
        "place_reason",
        "place_verdict",
    }
)
# Longer words are broken anywhere, so that no name can push the figures off the paper.
_LONG_WORD: Final = 22
_PLACES: Final = frozenset({"place", "control_country", "candidates"})


@dataclass(frozen=True, slots=True)
class Cell:
    """Text of a cell. `exact`: the number that the text rounds; `title` says it in full; `id`: of this figure."""

    text: str
    numeric: bool = False
    exact: int | None = None
    title: str = ""
    id: str = ""
    second: Cell | None = None

    @property
    def unwieldy(self) -> bool:
        """Whether a word is so long that it must be broken, wherever that is."""
        return any(len(word) > _LONG_WORD for word in self.text.split())


def shown_columns(by: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that have a place of their own on the page."""
    return tuple(name for name in by if name != "data_class" or "system" not in by)


NO_FIGURE: Final = Cell(NONE, numeric=True)


@dataclass(frozen=True, slots=True)
class Cells:
    """Makes the cells of one page."""

    inw: InWords
    names: Mapping[str, str]

    @classmethod
    def of(cls, report: Report, inw: InWords) -> Cells:
        """Cells with the names that the caller gave."""
        return cls(inw, report.given.names)

    def value(self, column: str, value: str | None) -> Cell:
        """A value that a line is told apart by."""
        return Cell(self._text(column, value))

    def values(self, by: Mapping[str, str | None]) -> tuple[Cell, ...]:
        """The values that a line is told apart by; a system's data class stands with it."""
        texts = {name: self._text(name, value) for name, value in by.items()}
        if texts.keys() >= {"system", "data_class"} and by["data_class"] is not None:
            texts["system"] = f"{texts['system']} ({texts['data_class']})"
        return tuple(Cell(texts[name]) for name in shown_columns(tuple(by)))

    def octets(self, number: int) -> Cell:
        """A rounded quantity with the exact one behind it."""
        exact = f"{self.inw.count(number)} {self.inw.words['octet_units'].split()[0]}"
        return Cell(self.inw.octets(number), numeric=True, exact=number, title=exact)

    def count(self, number: int) -> Cell:
        """A whole number."""
        return Cell(self.inw.count(number), numeric=True)

    def share(self, share: Share) -> Cell:
        """A percentage with its part and whole behind it."""
        return Cell(
            self.inw.share(share), numeric=True, title=f"{self.inw.count(share.part)} / {self.inw.count(share.whole)}"
        )

    def measures(self, sums: Sums) -> tuple[Cell, Cell, Cell]:
        """Out, in, records."""
        return self.octets(sums.octets_out), self.octets(sums.octets_in), self.count(sums.records)

    def operator(self, operator: str) -> str:
        """An operator's display name; a network that the table does not list by its number."""
        if operator in self.names:
            return self.names[operator]
        number = operator.removeprefix("as")
        if number != operator and number.isdecimal():
            return f"AS{number} ({self.inw.words['not_listed']})"
        return operator

    def laws(self, codes: tuple[str, ...]) -> str:
        """Laws by their codes; the page names each of them once."""
        return self.inw.words["list"].join(codes) or self.inw.words["none"]

    def facts(self, facts: tuple[str, ...]) -> str:
        """The unverified facts on which a verdict rests."""
        return self.inw.words["list"].join(self.inw.word(RESTS_ON, fact) for fact in facts)

    def _text(self, column: str, value: str | None) -> str:
        words = self.inw.words
        if column in _VOCABULARIES:
            return self.inw.word(column, value)
        if column in _PLACES:
            return self.inw.country(value)
        if column in _LISTS:
            return _LISTS[column](self, tuple((value or "").split()))
        if value is None:
            return words[{"system": "no_system", "hosting_operator": "own_premises"}.get(column, "unknown")]
        if column in {"operator", "hosting_operator", "importer"}:
            # Who runs an address, and the service on it; an importer may have any name.
            names = value.split(BETWEEN_OPERATORS) if column == "operator" else [value]
            return f" {BETWEEN_OPERATORS} ".join(self.operator(each) for each in names)
        return value


# Columns that hold words with a space between.
_LISTS: Final = {"laws": Cells.laws, RESTS_ON: Cells.facts}
