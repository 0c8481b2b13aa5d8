"""The JSON Schema of the report's JSON form, made from the same tables of columns and sections as the report itself.

Decides how each field is described. `report.schema.json` beside this module and `docs/report.md` are written from it;
tests hold them together. Nothing is allowed that is not described.
"""

from __future__ import annotations

from typing import Any, Final

from monitor import kept, schema
from monitor.report.as_json import FORMAT, SENTENCES
from monitor.report.course import GROUPS
from monitor.report.coverage import STATES
from monitor.report.in_words import LANGUAGES
from monitor.report.sections import SECTIONS, Section

Fields = dict[str, dict[str, Any]]

_ID: Final = r"^\d{4}-\d{2}\.[a-z-]+\.[a-z2-7]+$"
_INSTANT: Final = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$"
_DAY: Final = r"^\d{4}-\d{2}-\d{2}$"
_CODES: Final = {
    "activity": [word for word in schema.ACTIVITIES.categories if word != "probe"],
    "direction": list(schema.DIRECTIONS.categories),
    "place_verdict": list(schema.PLACE_VERDICTS.categories),
    "place_reason": list(schema.PLACE_REASONS.categories),
    "control_verdict": list(schema.CONTROL_VERDICTS.categories),
    "control_reason": list(schema.CONTROL_REASONS.categories),
}
_MEANINGS: Final = {column.name: column for column in kept.TRANSFERS}
# What a line is told apart by and the ledger keeps in another form.
_DERIVED: Final[Fields] = {
    "place": {
        "type": "array",
        "items": {"type": "string"},
        "description": "country of the far end; several where only candidates are known; empty: none is",
    },
    "laws": {"type": "array", "items": {"type": "string"}, "description": "laws in force then that reach the operator"},
    "entry": {"type": "string", "description": "id of the register entry"},
}
_GROUP_MEANINGS: Final = {
    "no_ground": "place verdict `uncovered`: no ground known to this tool",
    "undetermined": "place verdict `undetermined`",
    "on_a_ground": "place verdict `adequate`, `safeguarded` or `derogation`",
    "exposed_inside": "place verdict `eea` and control verdict `exposed`",
    "inside": "place verdict `eea`, any other control verdict",
    "not_a_transfer": "place verdict `not_a_transfer`",
    "internal": "place verdict `internal`",
}


def report_schema() -> dict[str, Any]:
    """The schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "transferwatch monthly report",
        "description": "Every figure of one calendar month in the site's time zone. Whole numbers have no bound.",
        **_object("", _top()),
        "$defs": {
            "sums": _object("measures added up over rows of the ledger", _measures()),
            "share": _object(
                "a part of a whole, both exact",
                {"part": _count("the part"), "whole": _count("the whole; 0: there is nothing to have a share of")},
            ),
        },
    }


def _top() -> Fields:
    answer = {
        "outward": _object("all counted traffic with far ends that are not ours", _measures()),
        "left": _figure("what left the EEA for certain"),
        "no_ground": _figure("what left with no ground known; a share of `outward`", "share"),
        "undetermined": _figure("place undetermined; a share of `outward`", "share"),
        "control_undetermined": _figure("control undetermined; a share of `outward`", "share"),
        "exposed_inside": _figure("exposed inside the EEA; a share of all that stayed in the EEA", "share"),
        "administration": _figure("administration from third countries that we did not begin, as far as is known"),
        "probes": _count("records that were rejected or carry no payload; a number, never a transfer"),
        "coverage": _list(
            "hours seen, by source",
            {
                "source": _text("name of the source: as the site calls it, else its KIND"),
                "hours_seen": _number("hours of which the source spoke"),
                "hours_in_month": _number("hours of the month"),
            },
        ),
    }
    return {
        "format": {"const": FORMAT, "description": "name and version of this form"},
        "sentences": _object(
            "what must be read with the figures, by language",
            {
                language: _object(
                    f"the sentences, `{language}`", {name: _text(f"sentence `{name}`") for name in SENTENCES}
                )
                for language in LANGUAGES
            },
        ),
        "site": _text("name of the site"),
        "exporter": _object(
            "the data exporter",
            {
                "name": _text("name"),
                "country": _text("where it is established, ISO 3166-1 alpha-2"),
                "role": _text("controller or processor"),
            },
        ),
        "timezone": _text("time zone of the site; days and the month are counted in it"),
        "month": {"type": "string", "pattern": r"^\d{4}-\d{2}$", "description": "the calendar month"},
        "begins": _instant("first instant of the month, UTC"),
        "ends": _instant("first instant after the month, UTC"),
        "hours": _number("how long the month was; 745 or 743 where the clock changed"),
        "status": {
            "enum": ["complete", "preliminary", "no_data"],
            "description": "`complete`: the ledger holds a record from after the month; `preliminary`: it does not; "
            "`no_data`: nothing of the month was read, which is not to say that nothing was transferred",
        },
        "newest_record": _instant("newest record in the whole ledger; null: there is none", null=True),
        "answer": _object("the answer on one screen", answer),
        "tables": _object(
            "every table of transfers, by section; all lines, the largest first",
            {each.name: _table(each) for each in SECTIONS},
        ),
        "days": _list(
            "the course of the month",
            {
                "day": _day("the day in the site's time zone"),
                "hours": _number("how long the day was"),
                "hours_seen": _number("hours of which any source spoke; 0: zeros of this day say nothing"),
                "groups": _object(
                    "counted transfers of the day; the groups add up to all of them",
                    {name: _ref("sums", _GROUP_MEANINGS[name]) for name in GROUPS},
                ),
            },
        ),
        **_standing(),
        **_looking(),
    }


def _standing() -> Fields:
    return {
        "hosting": _list(
            "who hosts our systems, at the month's end",
            {
                "system": _text("our system"),
                "data_class": _text("its data class"),
                "operator": _text("operator id"),
                "operator_name": _text("operator's name"),
                "country": _text("where it hosts us"),
                "keys": _text("who holds the keys: provider, customer or external"),
                "from": _day("since when; null: always", null=True),
                "networks": _texts("the networks of the system that this is about; empty: the whole system"),
                "current": {"type": "boolean", "description": "false: replaced by a later entry for the same networks"},
                "control_verdict": _code("control_verdict", "whose law reaches the host at the month's end"),
                "control_reason": _code("control_reason", "why", null=True),
                "reach_laws": _texts("laws in force at the month's end that reach the host"),
            },
        ),
        "transitions": _list(
            "systems that are to move to another host",
            {
                "system": _text("our system"),
                "target": _text("operator id of the new host"),
                "deadline": _day("by when; null: no day is given", null=True),
                "days_left": {"type": ["integer", "null"], "description": "from the month's last day; negative: late"},
                "octets": _ref("share", "share of the system's counted octets that the new host carries"),
                "records": _ref("share", "share of its counted records"),
                "id": _id("line of `tables.hosted`; null: the new host carries nothing", null=True),
            },
        ),
        "declared": _list(
            "entries of the register whose validity touches the month",
            {
                "entry": _text("id of the entry"),
                "importer": _text("its importer"),
                "basis": _text("its basis: adequacy, scc, bcr or derogation"),
                "valid_from": _day("first day; null: always", null=True),
                "valid_to": _day("last day; null: no end", null=True),
                "seen": {
                    "enum": ["relied_on", "matched", "not_seen"],
                    "description": "`matched`: it names a far end that was seen, and no transfer rests on it",
                },
                "id": _id("line of `tables.register`; null: not seen", null=True),
                **_measures(),
            },
        ),
    }


def _looking() -> Fields:
    probe = {"system": _text("our system", null=True), "direction": _code("direction", "who knocked")}
    return {
        "probes": _object(
            "probes: a number, never a transfer",
            {
                "records": _count("probes counted"),
                "uncounted": _count("probes that another record counts"),
                "lines": _list("by system and direction", {**probe, **_measures()}),
            },
        ),
        "coverage": _list(
            "what each source saw; expected sources that never spoke have their line",
            {
                "source": _text("name of the source: as the site calls it, else its KIND"),
                "expected": {"type": "boolean", "description": "whether it is configured"},
                "hours_in_month": _number("hours of the month"),
                "hours_seen": _number("hours with records, or of which the source says that there was no traffic"),
                "hours_with_loss": _number("hours in which the source says that it lost records"),
                "hours_silent": _number("hours without a record or a word, or lost altogether"),
                "hours_after_newest": _number("hours after the newest record of the ledger"),
                "records": _count("records read"),
                "octets": _count("their octets, both ways, unscaled"),
                "not_ours_records": _count("of these, records of which no end is in the inventory"),
                "not_ours_octets": _count("octets of those"),
                "gaps": _list(
                    "spans without a word, in order",
                    {
                        "begins": _instant("first instant"),
                        "ends": _instant("first instant after it"),
                        "hours": _number("how long"),
                    },
                ),
                "hours": _list(
                    "every hour of the month",
                    {
                        "begins": _instant("when it began"),
                        "state": {"enum": list(STATES), "description": "what the source saw, or that it said nothing"},
                        "records": _count("records read"),
                        "lost": _count("records lost, where the source tells how many"),
                    },
                ),
            },
        ),
        "observers": _list(
            "who reported, the least heard first",
            {
                "source": _text("name of the source: as the site calls it, else its KIND"),
                "observer": _text("exporter, interface or sensor", null=True),
                "hours": _count("hours with records"),
                "records": _count("records read"),
                "first_time": _instant("first record"),
                "last_time": _instant("last record"),
            },
        ),
        "outcomes": _list(
            "records that could not be judged, of every input that touches the month",
            {
                "source": _text("name of the source: as the site calls it, else its KIND"),
                "outcome": _text("broken, or no_time"),
                "reason": _text("from the closed list of the source"),
                "inputs": _count("inputs concerned"),
                "records": _count("records"),
                "octets": _count("octets that they name"),
            },
        ),
        "versions": _list(
            "sets of versions that the month was judged with",
            {
                "basis": _text("short name of the set"),
                **{part: _text(_meaning(part), null=True) for part in kept.BASIS_PARTS},
                "rows": _count("keys of the ledger judged with it"),
                **_measures(),
            },
        ),
        "atlas": _object(
            "how far the atlases lie from what was judged with them, by the days of their place databases",
            {
                "oldest": _day("oldest place database of all atlases used; null: not known", null=True),
                "newest": _day("newest one of them; null: not known", null=True),
                "most_days_apart": _count(
                    "days from the farther of both to the hour, the most; null: not known", null=True
                ),
                "far_from_days": _count("more days than these, either way, are far"),
                "whole": _object("all counted traffic with far ends that are not ours", _measures()),
                "far": _object("of it, what is far: an address may have lain elsewhere then", _measures()),
                "not_known": _object("of it, what was judged with an atlas whose days are not known", _measures()),
            },
        ),
    }


def _table(section: Section) -> dict[str, Any]:
    by = {name: _column(name) for name in section.by}
    lines = _list("one for each distinct value of the columns", {"id": _id("id of the figure"), **by, **_measures()})
    total = _object("sums over all rows of the section", {"id": _id("id of the figure"), **_measures()})
    return _object(section.meaning, {"lines": lines, "total": total})


def _column(name: str) -> dict[str, Any]:
    if name in _DERIVED:
        return _DERIVED[name]
    column = _MEANINGS[name]
    if name in _CODES:
        return _code(name, column.meaning, null=column.nullable)
    return _text(column.meaning, null=column.nullable)


def _meaning(part: str) -> str:
    return next(column.meaning for column in kept.BASES if column.name == part)


def _measures() -> Fields:
    return {column.name: _count(column.meaning) for column in kept.MEASURES}


def _figure(description: str, *extra: str) -> dict[str, Any]:
    shares = {name: _ref("share", "of octets both ways") for name in extra}
    return _object(description, {"id": _id("id of the figure"), **_measures(), **shares})


def _object(description: str, fields: Fields) -> dict[str, Any]:
    return {
        "type": "object",
        **({"description": description} if description else {}),
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def _list(description: str, fields: Fields) -> dict[str, Any]:
    return {"type": "array", "description": description, "items": _object("", fields)}


def _ref(name: str, description: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}", "description": description}


def _text(description: str, *, null: bool = False) -> dict[str, Any]:
    return {"type": ["string", "null"] if null else "string", "description": description}


def _texts(description: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}, "description": description}


def _count(description: str, *, null: bool = False) -> dict[str, Any]:
    return {"type": ["integer", "null"] if null else "integer", "minimum": 0, "description": description}


def _number(description: str) -> dict[str, Any]:
    return {"type": "number", "minimum": 0, "description": description}


def _code(name: str, description: str, *, null: bool = False) -> dict[str, Any]:
    return {"enum": [*_CODES[name], *([None] if null else [])], "description": description}


def _id(description: str, *, null: bool = False) -> dict[str, Any]:
    return {**_text(description, null=null), "pattern": _ID}


def _instant(description: str, *, null: bool = False) -> dict[str, Any]:
    return {**_text(description, null=null), "pattern": _INSTANT}


def _day(description: str, *, null: bool = False) -> dict[str, Any]:
    return {**_text(description, null=null), "pattern": _DAY}
