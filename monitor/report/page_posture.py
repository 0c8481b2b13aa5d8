"""Lay out where our own systems stand, and what is known of qualified offers.

Decides the columns of these tables and which sentences stand above them. Their figures are made in `posture`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from monitor.report.in_words import NONE
from monitor.report.page_cells import NO_FIGURE, Cell
from monitor.report.page_tables import Heading, Line, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.report.figures import Report
    from monitor.report.month import QualificationFacts
    from monitor.report.page_cells import Cells
    from monitor.report.posture import PostureLine

_MARK: Final = " *"
_NONE: Final = Cell(NONE)
_KEYS: Final = ("provider", "customer", "external")


def posture_sheet(report: Report, cells: Cells) -> Sheet:
    """System by host: whose law, whose keys, which qualification, where to and by when, and what is still there."""
    lines = [
        Line(
            (
                Cell(f"{line.system} ({cells.value('data_class', line.data_class).text})"),
                *_host(line, cells),
                *_move(line, cells),
                cells.share(line.octets),
                NO_FIGURE if line.still is None or line.arrived else cells.share(line.still),
            ),
            line.id or "",
        )
        for line in report.posture.lines
    ]
    columns = (
        "system", "host", "control_verdict", "keys", "qualification", "target", "deadline", "share_here",
        "share_still",
    )  # fmt: skip
    return _sheet("posture", cells, columns, lines, numeric=7)


def posture_summary(report: Report, cells: Cells) -> Sheet:
    """The posture in figures: of how many systems what is true."""
    words, posture = cells.inw.words, report.posture
    counted = (
        ("systems", posture.systems),
        ("exposed", posture.exposed),
        ("provider_keys", posture.provider_keys),
        ("open", posture.open),
        ("without_host", posture.without_host),
        ("moving", posture.moving),
    )
    lines = [Line((Cell(words[f"posture.{name}"]), cells.count(number))) for name, number in counted]
    return _sheet("posture-summary", cells, ("what", "systems"), lines, numeric=1)


def posture_sentences(report: Report, cells: Cells) -> tuple[str, ...]:
    """What it means who holds the keys, for the holders that occur, and what a mark says."""
    words, posture = cells.inw.words, report.posture
    hostings = [line.hosting for line in posture.lines if line.hosting is not None]
    said = [words[f"custody.{holder}"] for holder in _KEYS if holder in {each.keys for each in hostings}]
    marked = [*(each.host.rests_on for each in hostings), *(offer.host.rests_on for offer in report.given.offers)]
    return (*said, words["posture.mark"]) if any(marked) else tuple(said)


def offers_sheet(report: Report, cells: Cells) -> Sheet:
    """What is known to be qualified on the month's last day, or is contested, by scheme."""
    inw = cells.inw
    lines = [
        Line(
            (
                Cell(inw.word("scheme", offer.qualification.scheme)),
                Cell(offer.host.name),
                Cell(offer.qualification.service or inw.words["service_not_named"]),
                Cell(inw.word("qualified", offer.qualification.status)),
                Cell(_since(offer.qualification, cells)),
                Cell(
                    inw.words["not_known"]
                    if offer.qualification.to_day is None
                    else inw.day(offer.qualification.to_day)
                ),
                _control(offer.host.control_verdict, offer.host.rests_on, cells),
                Cell(_source(offer.qualification, cells)),
            )
        )
        for offer in report.given.offers
    ]
    columns = ("scheme", "operator", "service", "status", "since", "until", "control_verdict", "read_in")
    return _sheet("offers", cells, columns, lines)


def _host(line: PostureLine, cells: Cells) -> tuple[Cell, ...]:
    words, hosting = cells.inw.words, line.hosting
    if hosting is None:
        return Cell(words["own_premises"]), _NONE, _NONE, _NONE
    host = hosting.host
    name = f"{host.name}, {cells.inw.country(hosting.country)}"
    if hosting.networks:
        name = f"{name} ({words['list'].join(hosting.networks)})"
    return (
        Cell(name),
        _control(host.control_verdict, host.rests_on, cells),
        Cell(cells.inw.word("keys", hosting.keys)),
        Cell(_qualified(host.qualifications, cells)),
    )


def _move(line: PostureLine, cells: Cells) -> tuple[Cell, Cell]:
    words = cells.inw.words
    if line.target_name is None:
        return Cell(words["stays"]), _NONE
    target = cells.operator(line.target_name)
    if line.arrived:
        target = cells.inw.say("arrived", target=target)
    elif line.target is not None:
        target = f"{target}{words['colon']} {_qualified(line.target.qualifications, cells)}"
    if line.deadline is None:
        return Cell(target), Cell(words["open_end"])
    left = line.days_left or 0
    days = cells.inw.say("days_over" if left < 0 else "days_to_go", days=cells.inw.count(abs(left)))
    return Cell(target), Cell(f"{cells.inw.day(line.deadline)} ({days})")


def _control(verdict: str, rests_on: tuple[str, ...], cells: Cells) -> Cell:
    text = cells.value("control_verdict", verdict).text
    if not rests_on:
        return Cell(text)
    return Cell(f"{text}{_MARK} ({cells.facts(rests_on)})")


def _qualified(known: Iterable[QualificationFacts], cells: Cells) -> str:
    """Schemes with the best that is known of any service of the operator; a service is named in the offers."""
    inw = cells.inw
    order = ("qualified", "contested", "in_process")
    best: dict[str, QualificationFacts] = {}
    for each in sorted(known, key=lambda each: (order.index(each.status), each.from_day or each.stated)):
        best.setdefault(each.scheme, each)
    said = []
    for scheme, each in sorted(best.items(), reverse=True):
        status = [] if each.status == "qualified" else [inw.word("qualified", each.status)]
        marks = [*status, *([] if each.verified else [inw.words["not_verified"]])]
        said.append(inw.word("scheme", scheme) + (f" ({inw.words['list'].join(marks)})" if marks else ""))
    return inw.words["list"].join(said) or inw.words["none_known"]


def _since(known: QualificationFacts, cells: Cells) -> str:
    if known.from_day is not None:
        return cells.inw.day(known.from_day)
    return cells.inw.say("known_since", day=cells.inw.day(known.stated))


def _source(known: QualificationFacts, cells: Cells) -> str:
    mark = "" if known.verified else f" ({cells.inw.words['not_verified']})"
    return f"{known.source}{mark}"


def _sheet(name: str, cells: Cells, columns: Sequence[str], lines: Sequence[Line], numeric: int | None = None) -> Sheet:
    words = cells.inw.words
    first = len(columns) if numeric is None else numeric
    headings = tuple(Heading(words[f"column.{each}"], place >= first) for place, each in enumerate(columns))
    return Sheet(
        name, words[f"caption.{name}"], headings, tuple(lines), note=words.get(f"note.{name}", ""), anchors=False
    )
