# ruff: noqa: ANN401 - values of a rule and of an event are of any type
"""A slow, plain interpreter of Sigma detections, written from the specification; it shares no code with the backend.

Reads a rule as plain data and an event as a dictionary. Source: Sigma specification 2.0, rules (detection, condition)
and appendix on modifiers; what it leaves open is decided in docs/rules.md: text without case, any element of a list.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any


def holds(detection: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether a rule's `detection` holds of an event."""
    named = {name: _detection(said, event) for name, said in detection.items() if name != "condition"}
    words = re.findall(r"[()]|[^\s()]+", detection["condition"])
    value, rest = _or(words, named)
    assert rest == []
    return value


def _or(words: list[str], named: dict[str, bool]) -> tuple[bool, list[str]]:
    value, words = _and(words, named)
    while words and words[0] == "or":
        right, words = _and(words[1:], named)
        value = value or right
    return value, words


def _and(words: list[str], named: dict[str, bool]) -> tuple[bool, list[str]]:
    value, words = _not(words, named)
    while words and words[0] == "and":
        right, words = _not(words[1:], named)
        value = value and right
    return value, words


def _not(words: list[str], named: dict[str, bool]) -> tuple[bool, list[str]]:
    if words[0] == "not":
        value, words = _not(words[1:], named)
        return not value, words
    if words[0] == "(":
        value, words = _or(words[1:], named)
        assert words[0] == ")"
        return value, words[1:]
    if words[0] in {"1", "any", "all"} and words[1:2] == ["of"]:
        pattern = ".*" if words[2] == "them" else words[2].replace("*", ".*")
        chosen = [value for name, value in named.items() if re.fullmatch(pattern, name)]
        return (all(chosen) if words[0] == "all" else any(chosen)), words[3:]
    return named[words[0]], words[1:]


def _detection(said: Any, event: dict[str, Any]) -> bool:
    if isinstance(said, list):
        return any(_detection(each, event) for each in said)
    return all(_field(key, value, event) for key, value in said.items())


def _field(key: str, said: Any, event: dict[str, Any]) -> bool:
    name, *modifiers = key.split("|")
    wanted = said if isinstance(said, list) else [said]
    seen = event[name]
    if "all" in modifiers and isinstance(seen, list) and len(wanted) == 1:
        return bool(seen) and all(_one(modifiers, wanted[0], each, event) for each in seen)
    held = [_value(modifiers, each, seen, event) for each in wanted]
    return all(held) if "all" in modifiers else any(held)


def _value(modifiers: list[str], wanted: Any, seen: Any, event: dict[str, Any]) -> bool:
    absent = seen is None or seen == []
    if "exists" in modifiers:
        return wanted is not absent
    if wanted is None:
        return absent
    if isinstance(seen, list):
        return any(_one(modifiers, wanted, each, event) for each in seen)
    return _one(modifiers, wanted, seen, event)


def _one(modifiers: list[str], wanted: Any, seen: Any, event: dict[str, Any]) -> bool:
    if seen is None:
        return False
    for modifier, compares in (
        ("gt", lambda: seen > wanted),
        ("gte", lambda: seen >= wanted),
        ("lt", lambda: seen < wanted),
        ("lte", lambda: seen <= wanted),
        ("cidr", lambda: _inside(seen, wanted)),
        ("re", lambda: re.search(wanted, seen, _flags(modifiers)) is not None),
    ):
        if modifier in modifiers:
            return bool(compares())
    if "fieldref" in modifiers:
        other = event[wanted]
        return other is not None and _compared(modifiers, other, seen)
    if not isinstance(seen, str):
        return bool(seen == wanted)
    pattern = _pattern(wanted)
    before = ".*" if {"contains", "endswith"} & set(modifiers) else ""
    behind = ".*" if {"contains", "startswith"} & set(modifiers) else ""
    if "cased" not in modifiers:
        pattern, seen = pattern.lower(), seen.lower()
    return re.fullmatch(before + pattern + behind, seen, re.DOTALL) is not None


def _compared(modifiers: list[str], other: Any, seen: Any) -> bool:
    if not isinstance(seen, str):
        return bool(seen == other)
    text, other = seen.lower(), str(other).lower()
    if "contains" in modifiers:
        return bool(other in text)
    if "startswith" in modifiers:
        return bool(text.startswith(other))
    return bool(text.endswith(other) if "endswith" in modifiers else text == other)


def _flags(modifiers: list[str]) -> int:
    flags = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
    return sum(flags[each] for each in modifiers if each in flags)


def _inside(seen: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(seen) in ipaddress.ip_network(network)
    except ValueError:
        return False


def _pattern(wanted: str) -> str:
    """A word as a regular expression: `*` and `?` stand for others, a backslash before them takes that away."""
    said, place = "", 0
    while place < len(wanted):
        here, following = wanted[place], wanted[place + 1 : place + 2]
        if here == "\\" and following in {"*", "?", "\\"}:
            said, place = said + re.escape(following), place + 2
            continue
        said, place = said + {"*": ".*", "?": "."}.get(here, re.escape(here)), place + 1
    return said
