"""Say every line of an assumed law in the words of one language.

Decides the sentence of each kind of line. A source stands as it was written: it is the reader's to check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from monitor.report.in_words import InWords
    from monitor.report.month import AssumedLine


def assumed_sentence(line: AssumedLine, inw: InWords, last_day: date) -> str:
    """What is assumed, from which day, and who says so; `last_day` is that of the month."""
    said = [*_said(line, inw)]
    marks = [inw.say("assumed.source", source=line.source)]
    if not line.verified:
        marks.append(inw.words["assumed.unverified"])
    if _begins_to_matter(line, last_day):
        marks.append(inw.words["assumed.later"])
    return f"{' '.join(said)} ({'; '.join(marks)})"


def _begins_to_matter(line: AssumedLine, last_day: date) -> bool:
    """Whether nothing of the line falls into the month or before it."""
    own = line.ends_before or line.last_day if line.about == "decision" else None
    days = [day for day in (line.begins, own, line.eea_efta_from, line.ends_before) if day is not None]
    if not days:
        return line.last_day is not None and line.last_day >= last_day
    first = min(days)
    return first >= last_day if first == line.last_day else first > last_day


def _said(line: AssumedLine, inw: InWords) -> list[str]:
    if line.about == "adequate":
        key = "assumed.adequate" if line.framework is None else "assumed.adequate_listed"
        return [
            inw.say(
                key,
                country=inw.country(line.country),
                number=line.number,
                framework=line.framework,
                day=_day(line.begins, inw),
                end=_end(line, inw),
            )
        ]
    # What is decided of a whole country is better known by its name, which each language has.
    named = line.about == "decision" and line.framework is None
    title = inw.country(line.country) if named else line.title
    said = []
    if line.about == "law" and line.begins is not None:
        day = _day(line.begins, inw)
        return [inw.say("assumed.law_begins", number=line.number, title=title, day=day, end=_end(line, inw))]
    for name in ("ends_before", "last_day"):
        day_of_it: date | None = getattr(line, name)
        if day_of_it is not None:
            key = f"assumed.{line.about}_{name}"
            said.append(inw.say(key, number=line.number, title=title, day=_day(day_of_it, inw)))
    if line.eea_efta_from is not None:
        day = _day(line.eea_efta_from, inw)
        said.append(inw.say("assumed.decision_efta", number=line.number, title=title, day=day))
    return said


def _end(line: AssumedLine, inw: InWords) -> str:
    if line.ends_before is not None:
        return inw.say("assumed.until_before", day=_day(line.ends_before, inw))
    return "" if line.last_day is None else inw.say("assumed.until_last", day=_day(line.last_day, inw))


def _day(day: date | None, inw: InWords) -> str:
    return "" if day is None else inw.day(day)
