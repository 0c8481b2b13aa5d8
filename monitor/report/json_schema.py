"""The JSON Schema of the report's JSON form, made from the same tables of columns and sections as the report itself.

Decides how each field is described. `report.schema.json` beside this module and `docs/report.md` are written from it;
tests hold them together. Nothing is allowed that is not described.
"""

from __future__ import annotations

from typing import Any, Final

from monitor import kept
from monitor.report.as_json import FORMAT, SENTENCES
from monitor.report.course import GROUPS
from monitor.report.coverage import STATES
from monitor.report.exceptions import STATES as STATES_OF_WAIVERS
from monitor.report.in_words import LANGUAGES
from monitor.report.json_forms import (
    Fields,
    code_of,
    column_of,
    count_of,
    day_of,
    id_of,
    instant_of,
    list_of,
    measures_of,
    number_of,
    object_of,
    ref_of,
    text_of,
    texts_of,
)
from monitor.report.json_schema_assumed import assumption_schema
from monitor.report.sections import SECTIONS, Section

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
        **object_of("", _top()),
        "$defs": {
            "sums": object_of("measures added up over rows of the ledger", measures_of()),
            "share": object_of(
                "a part of a whole, both exact",
                {"part": count_of("the part"), "whole": count_of("the whole; 0: there is nothing to have a share of")},
            ),
        },
    }


def _top() -> Fields:
    answer = {
        "outward": object_of("all counted traffic with far ends that are not ours", measures_of()),
        "left": _figure("what left the EEA for certain"),
        "no_ground": _figure("what left with no ground known; a share of `outward`", "share"),
        "undetermined": _figure("place undetermined; a share of `outward`", "share"),
        "control_undetermined": _figure("control undetermined; a share of `outward`", "share"),
        "unverified": _figure("a verdict rests on an unverified fact; a share of `outward`", "share"),
        "other_versions": _figure("judged by other operators or another law than today's; not in `unverified`"),
        "exposed_inside": _figure("exposed inside the EEA; a share of all that stayed in the EEA", "share"),
        "administration": _figure("administration from third countries that we did not begin, as far as is known"),
        "provider_access": _figure("access by the provider's own people, as administration logs tell it"),
        "probes": count_of("records that were rejected or carry no payload; a number, never a transfer"),
        "coverage": list_of(
            "hours seen, by source",
            {
                "source": text_of("name of the source: as the site calls it, else its KIND"),
                "hours_seen": number_of("hours of which the source spoke"),
                "hours_in_month": number_of("hours of the month"),
            },
        ),
        "without_name": ref_of("share", "octets of records that tell no host name, both ways; a share of `outward`"),
    }
    return {
        "format": {"const": FORMAT, "description": "name and version of this form"},
        "sentences": object_of(
            "what must be read with the figures, by language",
            {
                language: object_of(
                    f"the sentences, `{language}`", {name: text_of(f"sentence `{name}`") for name in SENTENCES}
                )
                for language in LANGUAGES
            },
        ),
        "site": text_of("name of the site"),
        "exporter": object_of(
            "the data exporter",
            {
                "name": text_of("name"),
                "country": text_of("where it is established, ISO 3166-1 alpha-2"),
                "role": text_of("controller or processor"),
            },
        ),
        "timezone": text_of("time zone of the site; days and the month are counted in it"),
        "month": {"type": "string", "pattern": r"^\d{4}-\d{2}$", "description": "the calendar month"},
        "begins": instant_of("first instant of the month, UTC"),
        "ends": instant_of("first instant after the month, UTC"),
        "hours": number_of("how long the month was; 745 or 743 where the clock changed"),
        "status": {
            "enum": ["complete", "preliminary", "no_data"],
            "description": "`complete`: the ledger holds a record from after the month; `preliminary`: it does not; "
            "`no_data`: nothing of the month was read, which is not to say that nothing was transferred",
        },
        "newest_record": instant_of("newest record in the whole ledger; null: there is none", null=True),
        "assumption": assumption_schema(),
        "answer": object_of("the answer on one screen", answer),
        "tables": object_of(
            "every table of transfers, by section; all lines, the largest first",
            {each.name: _table(each) for each in SECTIONS},
        ),
        "days": list_of(
            "the course of the month",
            {
                "day": day_of("the day in the site's time zone"),
                "hours": number_of("how long the day was"),
                "hours_seen": number_of("hours of which any source spoke; 0: zeros of this day say nothing"),
                "groups": object_of(
                    "counted transfers of the day; the groups add up to all of them",
                    {name: ref_of("sums", _GROUP_MEANINGS[name]) for name in GROUPS},
                ),
            },
        ),
        **_standing(),
        **_posture(),
        **_looking(),
    }


def _standing() -> Fields:
    return {
        "hosting": list_of(
            "who hosts our systems, at the month's end",
            {
                "system": text_of("our system"),
                "data_class": text_of("its data class"),
                "operator": text_of("operator id"),
                "operator_name": text_of("operator's name"),
                "country": text_of("where it hosts us"),
                "keys": text_of("who holds the keys: provider, customer or external"),
                "from": day_of("since when; null: always", null=True),
                "networks": texts_of("the networks of the system that this is about; empty: the whole system"),
                "current": {"type": "boolean", "description": "false: replaced by a later entry for the same networks"},
                "control_verdict": code_of("control_verdict", "whose law reaches the host at the month's end"),
                "control_reason": code_of("control_reason", "why", null=True),
                "reach_laws": texts_of("laws in force at the month's end that reach the host"),
            },
        ),
        "transitions": list_of(
            "systems that are to move to another host",
            {
                "system": text_of("our system"),
                "target": text_of("operator id of the new host"),
                "deadline": day_of("by when; null: no day is given", null=True),
                "days_left": {"type": ["integer", "null"], "description": "from the month's last day; negative: late"},
                "octets": ref_of("share", "share of the system's counted octets that the new host carries"),
                "records": ref_of("share", "share of its counted records"),
                "id": id_of("line of `tables.hosted`; null: the new host carries nothing", null=True),
            },
        ),
        "declared": list_of(
            "entries of the register whose validity touches the month",
            {
                "entry": text_of("id of the entry"),
                "importer": text_of("its importer"),
                "basis": text_of("its basis: adequacy, scc, bcr or derogation"),
                "valid_from": day_of("first day; null: always", null=True),
                "valid_to": day_of("last day; null: no end", null=True),
                "seen": {
                    "enum": ["relied_on", "matched", "not_seen"],
                    "description": "`matched`: it names a far end that was seen, and no transfer rests on it",
                },
                "id": id_of("line of `tables.register`; null: not seen", null=True),
                **measures_of(),
            },
        ),
        "waivers": list_of(
            "what the site's waivers keep from being sent; no waiver is a legal ground, and none enters a figure",
            {
                "waiver": text_of("id of the waiver"),
                "rules": texts_of("rules whose findings it is about"),
                "systems": texts_of("systems; empty: every system"),
                "operators": texts_of("operators; empty: every operator"),
                "countries": texts_of("countries where data land; empty: everywhere"),
                "sources": texts_of("sources; empty: every source"),
                "owner": text_of("who answers for it"),
                "reason": text_of("why"),
                "starts": day_of("first day; null: since ever", null=True),
                "expires": day_of("last day"),
                "state": {"enum": list(STATES_OF_WAIVERS), "description": "on the month's last day"},
                "findings": texts_of("ids of the findings of the month that it was about while it held"),
            },
        ),
    }


def _posture() -> Fields:
    rests_on = column_of(kept.RESTS_ON)
    qualification: Fields = {
        "scheme": text_of("scheme, such as secnumcloud or hds"),
        "service": text_of("service that is qualified; null: no source names it", null=True),
        "status": {
            "enum": ["qualified", "in_process", "contested"],
            "description": "`in_process`: a candidature; `contested`: public sources disagree",
        },
        "from": day_of("first day; null: no source gives it", null=True),
        "to": day_of("first day without it; null: no source gives it", null=True),
        "stated": day_of("newest day for which a source says so"),
        "source": text_of("where it was read"),
        "verified": {"type": "boolean", "description": "false: from memory, or from one second-hand page"},
    }
    known = list_of("what its services are known to be qualified for at the month's end", qualification)
    line: Fields = {
        "system": text_of("our system"),
        "data_class": text_of("its data class"),
        "operator": text_of("operator id of the host; null: the inventory names none", null=True),
        "operator_name": text_of("its name", null=True),
        "country": text_of("where it hosts us", null=True),
        "networks": texts_of("the networks that it hosts; empty: the whole system"),
        "keys": text_of("who holds the keys: provider, customer or external", null=True),
        "control_verdict": code_of("control_verdict", "whose law reaches the host at the month's end", null=True),
        "control_reason": code_of("control_reason", "why", null=True),
        "rests_on": rests_on,
        "qualifications": known,
        "octets": ref_of("share", "share of the system's counted octets of the month that this host carried"),
        "id": id_of("line of `tables.hosted`; null: it carried nothing", null=True),
        "target": {
            **object_of(
                "the host that the system moves to; null: it is not to move",
                {
                    "operator": text_of("operator id"),
                    "control_verdict": code_of("control_verdict", "whose law reaches it", null=True),
                    "qualifications": known,
                },
            ),
            "type": ["object", "null"],
        },
        "deadline": day_of("by when; null: no day is given", null=True),
        "days_left": {"type": ["integer", "null"], "description": "from the month's last day; negative: late"},
        "still": {
            **object_of(
                "share of the system's counted octets at all hosts but the target; null: it is not to move",
                {"part": count_of("the part"), "whole": count_of("the whole; 0: there is nothing to have a share of")},
            ),
            "type": ["object", "null"],
        },
    }
    return {
        "posture": object_of(
            "where our own systems stand at the month's end, from the inventory",
            {
                "systems": count_of("systems of the inventory"),
                "exposed": count_of("of these, with a host that is exposed in control"),
                "provider_keys": count_of("of the exposed, with the keys held by that host"),
                "open": count_of("with no exposed host and one of undetermined control"),
                "without_host": count_of("of which the inventory names no host"),
                "moving": count_of("that are to move"),
                "lines": list_of("one for each system and host that holds at the month's end", line),
            },
        ),
        "offers": list_of(
            "services known to be qualified at the month's end, or of which sources disagree; data, no recommendation",
            {
                "operator": text_of("operator id"),
                "operator_name": text_of("its name"),
                "control_verdict": code_of("control_verdict", "whose law reaches it at the month's end"),
                "control_reason": code_of("control_reason", "why", null=True),
                "rests_on": rests_on,
                **qualification,
            },
        ),
    }


def _looking() -> Fields:
    probe = {"system": text_of("our system", null=True), "direction": code_of("direction", "who knocked")}
    return {
        "probes": object_of(
            "probes: a number, never a transfer",
            {
                "records": count_of("probes counted"),
                "uncounted": count_of("probes that another record counts"),
                "lines": list_of("by system and direction", {**probe, **measures_of()}),
            },
        ),
        "coverage": list_of(
            "what each source saw; expected sources that never spoke have their line",
            {
                "source": text_of("name of the source: as the site calls it, else its KIND"),
                "expected": {"type": "boolean", "description": "whether it is configured"},
                "every_seconds": count_of("the longest silence that is normal; null: none is declared", null=True),
                "hours_in_month": number_of("hours of the month"),
                "hours_seen": number_of(
                    "hours with records, of which the source says that there was no traffic, or quiet ones"
                ),
                "hours_quiet": number_of("of those seen, hours of a silence that is normal, with a word on both sides"),
                "hours_with_loss": number_of("hours in which the source says that it lost records"),
                "hours_silent": number_of("hours without a record or a word, or lost altogether"),
                "hours_after_newest": number_of("hours after the newest record of the ledger"),
                "records": count_of("records read"),
                "octets": count_of("their octets, both ways, unscaled"),
                "not_ours_records": count_of("of these, records of which no end is in the inventory"),
                "not_ours_octets": count_of("octets of those"),
                "gaps": list_of(
                    "spans without a word, in order: longer than is normal, or of an hour and more where nothing is "
                    "declared",
                    {
                        "begins": instant_of("first instant"),
                        "ends": instant_of("first instant after it"),
                        "hours": number_of("how long"),
                    },
                ),
                "silent_networks": list_of(
                    "networks of ours of which it told, and no more while it went on",
                    {
                        "system": text_of("our system"),
                        "network": text_of("its network, as the inventory has it"),
                        "silent_since": instant_of("its last record"),
                    },
                ),
                "hours": list_of(
                    "every hour of the month",
                    {
                        "begins": instant_of("when it began"),
                        "state": {"enum": list(STATES), "description": "what the source saw, or that it said nothing"},
                        "records": count_of("records read"),
                        "lost": count_of("records lost, where the source tells how many"),
                    },
                ),
            },
        ),
        "observers": list_of(
            "who reported: those that fell silent, then the least heard first",
            {
                "source": text_of("name of the source: as the site calls it, else its KIND"),
                "observer": text_of("exporter, interface or sensor", null=True),
                "hours": count_of("hours with records"),
                "records": count_of("records read"),
                "first_time": instant_of("first record"),
                "last_time": instant_of("last record"),
                "silent_since": instant_of(
                    "last record, where it used to report and stopped while its source goes on; else null", null=True
                ),
            },
        ),
        "outcomes": list_of(
            "records that could not be judged, of every input that touches the month",
            {
                "source": text_of("name of the source: as the site calls it, else its KIND"),
                "outcome": text_of("broken, no_time, passed_over, evidence, evicted, or unreadable: inputs"),
                "reason": text_of("from the closed list of the source"),
                "inputs": count_of("inputs concerned"),
                "records": count_of("records"),
                "octets": count_of("octets that they name"),
            },
        ),
        "versions": list_of(
            "sets of versions that the month was judged with",
            {
                "basis": text_of("short name of the set"),
                **{part: text_of(_meaning(part), null=True) for part in kept.BASIS_PARTS},
                "rows": count_of("keys of the ledger judged with it"),
                **measures_of(),
            },
        ),
        "atlas": object_of(
            "how far the atlases lie from what was judged with them, by the days of their place databases",
            {
                "oldest": day_of("oldest place database of all atlases used; null: not known", null=True),
                "newest": day_of("newest one of them; null: not known", null=True),
                "most_days_apart": count_of(
                    "days from the farther of both to the hour, the most; null: not known", null=True
                ),
                "far_from_days": count_of("more days than these, either way, are far"),
                "whole": object_of("all counted traffic with far ends that are not ours", measures_of()),
                "far": object_of("of it, what is far: an address may have lain elsewhere then", measures_of()),
                "not_known": object_of("of it, what was judged with an atlas whose days are not known", measures_of()),
            },
        ),
    }


def _table(section: Section) -> dict[str, Any]:
    by = {name: column_of(name) for name in section.by}
    lines = list_of(
        "one for each distinct value of the columns", {"id": id_of("id of the figure"), **by, **measures_of()}
    )
    total = object_of("sums over all rows of the section", {"id": id_of("id of the figure"), **measures_of()})
    return object_of(section.meaning, {"lines": lines, "total": total})


def _meaning(part: str) -> str:
    return next(column.meaning for column in kept.BASES if column.name == part)


def _figure(description: str, *extra: str) -> dict[str, Any]:
    shares = {name: ref_of("share", "of octets both ways") for name in extra}
    return object_of(description, {"id": id_of("id of the figure"), **measures_of(), **shares})
