"""The part of the JSON Schema that describes an assumed law and what it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from monitor.report.assumption_json import GROUP_NAMES
from monitor.report.effect import BY, GROUPS, WORSE
from monitor.report.in_words import LANGUAGES
from monitor.report.json_forms import code_of, column_of, day_of, list_of, measures_of, object_of, ref_of, text_of

if TYPE_CHECKING:
    from monitor.report.json_forms import Fields

_MEANING: Final = (
    "null in a report under the law in force. Else every figure of this file is one under an assumed law, "
    "and this is what that changes"
)
_EFFECT_MEANINGS: Final = {
    "worse": "becomes `{}`",
    "otherwise": "another verdict, or another ground",
    "reason": "the same verdict for another reason",
    "same": "unchanged",
}


def assumption_schema() -> dict[str, Any]:
    """The field `assumption`: an object, or null."""
    return {**object_of(_MEANING, _assumption()), "type": ["object", "null"]}


def _assumption() -> Fields:
    line = {
        "about": {
            "enum": ["decision", "adequate", "law"],
            "description": "a decision that ends, a country that becomes adequate, a law that begins or ends",
        },
        "number": text_of("number of the decision, or code of the law"),
        "title": text_of("its title; empty where the file gives none"),
        "country": text_of("the country that it is about", null=True),
        "framework": text_of("the list that the decision needs; null: none", null=True),
        "in_force_from": day_of("first day in Brussels", null=True),
        "ends_before": day_of("first day without it", null=True),
        "last_day": day_of("last day with it", null=True),
        "eea_efta_from": day_of("first day for exporters in Iceland, Liechtenstein and Norway", null=True),
        "source": text_of("who says so, as the file says"),
        "verified": {"type": "boolean", "description": "whether somebody checked it, as the file says"},
        "sentences": object_of(
            "the line in words", {language: text_of(f"sentence, `{language}`") for language in LANGUAGES}
        ),
    }
    return {
        "file": text_of("name of the file that holds the assumption"),
        "mark": text_of("what tells the ids of these figures from real ones"),
        "same_versions": {
            "type": "boolean",
            "description": "false: the month was judged with other versions of the site's files; "
            "both sides are judged with those of today",
        },
        "lines": list_of("what is assumed", line),
        "whole": ref_of("sums", "all counted traffic with far ends that are not ours"),
        **{axis: object_of(f"what changes on the axis of {axis}", _effect(axis)) for axis in GROUP_NAMES},
    }


def _effect(axis: str) -> Fields:
    names = GROUP_NAMES[axis]
    verdict = f"{axis}_verdict"
    side = {verdict: code_of(verdict, "the verdict"), **measures_of()}
    return {
        "groups": object_of(
            "every octet of `whole` once",
            {names[group]: ref_of("sums", _EFFECT_MEANINGS[group].format(WORSE[axis])) for group in GROUPS},
        ),
        "before": list_of("by verdict, without the assumption; adds up to `whole`", side),
        "after": list_of("by verdict, under the assumption; adds up to `whole`", side),
        names["worse"]: list_of(f"what becomes `{WORSE[axis]}`, the largest first", _changed(f"{axis}-worse")),
        names["otherwise"]: list_of("what changes otherwise, the largest first", _changed(f"{axis}-otherwise")),
    }


def _changed(table: str) -> Fields:
    by: Fields = {}
    for name in BY[table]:
        was = name.removeprefix("was_")
        field = column_of(was)
        by[name] = field if was == name else {**field, "description": f"before: {field['description']}"}
    return {**by, **measures_of()}
