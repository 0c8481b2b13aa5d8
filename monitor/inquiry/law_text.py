"""Print what is in force for a person: everywhere, or for one country with its past and its future."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from monitor.inquiry.fact_text import (
    SOURCE,
    UNVERIFIED,
    Row,
    decision_rows,
    law_rows,
    named,
    print_section,
    row,
    span_words,
    standing_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from monitor.law.standing import Facts

_CAVEAT: Final = (
    "Days are days in Brussels. Not legal advice: no ground known to this tool does not mean that there is none. "
    "A weight says how far a law reaches; medium and high decide by default, low is shown."
)
_KINDS: Final = {
    "eea_efta": "EEA-EFTA State",
    "member": "Member State",
    "former_member": "left the Union",
    "eu_special": "special territory of the Union",
    "outside_eea_agreement": "outside the EEA Agreement",
    "outside_the_union": "outside the Union",
    "us_territory": "outside the Union",
}


def print_law(law: Facts, console: Console) -> None:
    """Print the law; the width is the console's."""
    console.print()
    day = f"  law of {law['at'][:16].replace('T', ' ')} UTC"
    if law["country"] is None:
        console.print(Text.assemble(("What is in force", "bold"), (day, SOURCE)))
        console.print()
        print_section(console, "Inside", _area_rows(law))
        print_section(console, "Adequate", _decision_lines(law["decisions"]))
        print_section(console, "Lists", _frameworks(law))
        print_section(console, "Reach", _reach_lines(law["reach_laws"]))
        print_section(console, "Open", _open_rows(law))
    else:
        console.print(Text.assemble((named(law["country"], law["name"]), "bold"), (day, SOURCE)))
        console.print()
        print_section(console, "Status", _status_rows(law))
        print_section(console, "Decided", _acts("decisions", law))
        print_section(console, "Reach", _acts("reach_laws", law))
        print_section(console, "Besides", _besides(law))
    console.print(Text(_CAVEAT, SOURCE))


def _area_rows(law: Facts) -> Iterator[Row]:
    own = [each for each in law["area"]["eea"] if each["sovereign"] == each["country"]]
    linked = [each for each in law["area"]["eea"] if each["sovereign"] != each["country"]]
    yield row("GDPR area", f"{len(own)} States: {_codes(own)}")
    if linked:
        yield row("with them", _of(linked))
    if law["area"]["transition"]:
        yield row("by treaty", _names(law["area"]["transition"]))
    if law["review"]:
        yield row("review", f"the site's policy decides: {_of(law['review'])}")


def _decision_lines(decisions: list[Facts]) -> Iterator[Row]:
    for decision in sorted(decisions, key=lambda each: (each["country"], each["in_force_from"])):
        words = Text.assemble((decision["number"], "bold"), f" {decision['title']}, {span_words(decision)}")
        yield Row(decision["country"], words, decision["source"], decision["verified"], decision["from_memory"])


def _frameworks(law: Facts) -> Iterator[Row]:
    for decision in law["frameworks"]:
        yield from decision_rows(decision["country"], decision)
    for decision in law["covers_nothing_seen"]:
        yield row(decision["country"], f"{decision['number']} {decision['title']}: covers nothing that this tool sees")


def _reach_lines(laws: dict[str, list[Facts]]) -> Iterator[Row]:
    for country, entries in laws.items():
        for law in entries:
            words = Text.assemble(
                (law["code"], "bold"), f" ({law['weight']}) {law['name']}, since {law['in_force_from']}"
            )
            if law["verified"] and not law["dates_verified"]:
                words.append(" (first day from memory)", UNVERIFIED)
            yield Row(country, words, verified=law["verified"])


def _open_rows(law: Facts) -> Iterator[Row]:
    yield from (row("watch", point, style=UNVERIFIED) for point in law["open_points"])
    for talks in law["pending"]:
        words = Text(f"{named(talks['country'], talks['name'])}: {talks['what']}")
        yield Row("talks", words, talks["source"], talks["verified"])
    yield row("no decision", f"often asked: {_codes(law['without_decision'])}")


def _status_rows(law: Facts) -> Iterator[Row]:
    yield from standing_rows("then", law["standing"], whole=False)
    if law["kind"]:
        kind = _KINDS.get(law["kind"], law["kind"].replace("_", " "))
        of = (
            f"; belongs to {named(law['sovereign'], law['sovereign_name'])}"
            if law["sovereign"] != law["country"]
            else ""
        )
        yield row("kind", f"{kind}{of}")
    if law["law_of"] != law["country"]:
        yield row("reach laws", f"those of {law['law_of']}")
    if law["gdpr_from"]:
        yield row("GDPR", f"applies since {law['gdpr_from']}; before it Directive 95/46/EC")
    for period in law["periods"]:
        words = Text(f"{period['status']}, {span_words(period)}")
        yield Row(period["when"], words, period["source"], period["verified"])
    if law["note"]:
        yield row("note", law["note"])


def _acts(key: str, law: Facts) -> Iterator[Row]:
    rows = decision_rows if key == "decisions" else law_rows
    order = {"present": 0, "future": 1, "past": 2}
    for entry in sorted(law[key], key=lambda each: (order[each["when"]], each["in_force_from"])):
        yield from rows(entry["when"], entry)
    if not law[key]:
        yield row("", "no decision in the files" if key == "decisions" else "no such law in the files")


def _besides(law: Facts) -> Iterator[Row]:
    for rule in law["conflict_rules"]:
        yield Row("forbids", Text(f"{rule['name']}, since {rule['in_force_from']}"), rule["source"], rule["verified"])
    for place in law["printed_for"]:
        inside = {True: "inside", False: "outside", None: "uncertain"}[place["inside"]]
        yield row("also printed", f"for {place['name']}: {inside}")
    if law["asked_often_without_decision"]:
        yield row("no decision", "often asked, and none at the date of the files")


def _codes(entries: list[Facts]) -> str:
    return " ".join(each["country"] for each in entries)


def _names(entries: list[Facts]) -> str:
    return ", ".join(named(each["country"], each["name"]) for each in entries)


def _of(entries: list[Facts]) -> str:
    return ", ".join(f"{named(each['country'], each['name'])} ({each['sovereign']})" for each in entries)
