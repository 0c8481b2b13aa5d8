"""Which question a line of dnsmasq belongs to: by its serial number, else by name in order.

Decides whom an answer was for, and which resolver had been asked. A question is kept until it is answered or too many
came after it; the lines of one answer follow one another. Refuses to guess: an answer that fits no question has no
client.
"""

from __future__ import annotations

import ipaddress
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# dnsmasq itself has at most 150 questions on the way unless told otherwise (dns-forward-max).
QUESTIONS_KEPT: Final = 4_000
_ANSWERED_KEPT: Final = 100
# Questions for one name that wait at once, where there are no serial numbers.
_OF_ONE_NAME_KEPT: Final = 20
_ADDRESS_TYPES: Final = ("A", "AAAA")


@dataclass(slots=True)
class Question:
    """Who asked for what, and which resolver was asked in turn; `several`: more than one was."""

    scope: str
    serial: str | None
    client: str | None
    name: str
    type: str
    resolver: str | None = None
    several: bool = False

    @property
    def answering_resolver(self) -> str | None:
        """The resolver that a reply is from, where it can be but one."""
        return None if self.several else self.resolver

    def fits(self, family: str | None) -> bool:
        """Whether an answer of an address type may be to this question."""
        return family is None or self.type == family or self.type not in _ADDRESS_TYPES

    def ask(self, resolver: str) -> None:
        """Note that a resolver was asked."""
        self.several = self.several or self.resolver not in {None, resolver}
        self.resolver = resolver


class Questions:
    """Questions of one input that wait for an answer, and the answer that is being told."""

    def __init__(self) -> None:
        self._open: dict[int, Question] = {}
        self._by_serial: dict[tuple[str, str], int] = {}
        self._by_name: dict[tuple[str, str], list[int]] = {}
        self._answered: dict[tuple[str, str], Question] = {}
        self._number = 0
        # Without serial numbers: what the last line answered, under which name, from where, and whether by an alias.
        self._telling: Question | None = None
        self._told = ""
        self._source = ""
        self._alias = False

    def state(self) -> list[object]:
        """All of it, as plain values."""
        telling = astuple(self._telling) if self._telling else None
        open_ = [astuple(question) for question in self._open.values()]
        answered = [astuple(question) for question in self._answered.values()]
        return [open_, answered, telling, self._told, self._source, self._alias]

    @classmethod
    def resumed(cls, state: Sequence[Any]) -> Questions:
        """Go on from a state."""
        open_, answered, telling, told, source, alias = state
        questions = cls()
        for values in open_:
            questions._add(Question(*values))
        for values in answered:
            question = Question(*values)
            questions._answered[question.scope, question.serial or ""] = question
        questions._telling = Question(*telling) if telling else None
        questions._told, questions._source, questions._alias = told, source, alias
        return questions

    def asked(self, question: Question) -> bool:
        """Keep a question; answers whether another one was given up for it."""
        self._telling = None
        if question.serial is not None:
            self._take_serial(question.scope, question.serial)
            self._answered.pop((question.scope, question.serial), None)
        self._add(question)
        alike = self._by_name.get((question.scope, question.name), [])
        if len(self._open) <= QUESTIONS_KEPT and len(alike) <= _OF_ONE_NAME_KEPT:
            return False
        self._take(alike[0] if len(alike) > _OF_ONE_NAME_KEPT else next(iter(self._open)))
        return True

    def forwarded(self, scope: str, serial: str | None, name: str, resolver: str) -> Question | None:
        """The question for which a resolver is asked."""
        self._telling = None
        if serial is not None:
            question = self._known(scope, serial)
        else:
            waiting = [self._open[number] for number in self._by_name.get((scope, name), ())]
            fresh = [each for each in waiting if each.resolver is None]
            question = next(reversed(fresh or waiting), None)
        if question is not None:
            question.ask(resolver)
        return question

    def answered(self, scope: str, serial: str | None, name: str, family: str | None, source: str) -> Question | None:
        """The question that a line answers: `family` is the address type of the answer, where it has one.

        An alias is told with `family` null, and by `told_alias` thereafter.
        """
        if serial is not None:
            question = self._known(scope, serial)
            if question is not None and (scope, serial) not in self._answered:
                self._take_serial(scope, serial)
                self._answered[scope, serial] = question
                if len(self._answered) > _ANSWERED_KEPT:
                    del self._answered[next(iter(self._answered))]
            return question
        telling = self._telling
        goes_on = self._source == source and (self._alias or name == self._told)
        if telling and telling.scope == scope and goes_on and telling.fits(family):
            self._told, self._alias = name, False
            return telling
        question = self._waiting(scope, name, family, source)
        self._telling, self._told, self._source, self._alias = question, name, source, False
        return question

    def told_alias(self) -> None:
        """The next line tells what the alias stands for, whatever its name."""
        self._alias = True

    def _known(self, scope: str, serial: str) -> Question | None:
        number = self._by_serial.get((scope, serial))
        return self._answered.get((scope, serial)) if number is None else self._open[number]

    def _waiting(self, scope: str, name: str, family: str | None, source: str) -> Question | None:
        """The question by name: a reply is to the oldest that was forwarded, other answers to the last asked.

        Older ones for the same name and type were answered by the same line, or never will be; but for those that a
        resolver has still to answer.
        """
        asked = reverse_name(name) or name
        numbers = [number for number in self._by_name.get((scope, asked), ()) if self._open[number].fits(family)]
        if not numbers:
            return None
        is_forwarded: Callable[[int], bool] = lambda number: self._open[number].resolver is not None  # noqa: E731
        if source == "reply":
            chosen = next((number for number in numbers if is_forwarded(number)), numbers[0])
        else:
            chosen = next((number for number in reversed(numbers) if not is_forwarded(number)), numbers[0])
        question = self._open[chosen]
        for number in numbers:
            waits = number != chosen and source != "reply" and is_forwarded(number)
            if number <= chosen and self._open[number].type == question.type and not waits:
                self._take(number)
        return question

    def _add(self, question: Question) -> None:
        self._open[self._number] = question
        if question.serial is None:
            self._by_name.setdefault((question.scope, question.name), []).append(self._number)
        else:
            self._by_serial[question.scope, question.serial] = self._number
        self._number += 1

    def _take_serial(self, scope: str, serial: str) -> None:
        number = self._by_serial.get((scope, serial))
        if number is not None:
            self._take(number)

    def _take(self, number: int) -> None:
        question = self._open.pop(number)
        if question.serial is not None:
            del self._by_serial[question.scope, question.serial]
            return
        numbers = self._by_name[question.scope, question.name]
        numbers.remove(number)
        if not numbers:
            del self._by_name[question.scope, question.name]


def reverse_name(address: str) -> str | None:
    """The name under which an address is asked for (RFC 1035 section 3.5, RFC 3596 section 2.5); null: no address."""
    if not (address[-1:].isdigit() or ":" in address):
        return None  # nearly every name; asking for the rest costs some microseconds
    try:
        return ipaddress.ip_address(address).reverse_pointer
    except ValueError:
        return None
