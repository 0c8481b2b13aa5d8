"""A state of affairs in the language of the alert: who hosts what, who is silent, how old the facts are.

Decides which sentence says it and how its values are written. It refuses to guess: what an older version found, or a
value that is not there, is told in the English words that were kept with the finding.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from monitor.alert.findings import Finding

_NAMED: Final = ("system", "source", "observer")


def state_sentence(
    finding: Finding,
    words: Mapping[str, str],
    *,
    operator: Callable[[str], str],
    country: Callable[[str | None], str],
    time: Callable[[int], str],
    count: Callable[[int], str],
    clean: Callable[[str], str],
) -> str | None:
    """What the finding says, in `words`; null where its facts do not tell."""
    facts = _read(finding.said.get("facts"))
    says = facts.pop("says", None)
    silent = finding.told_now("source") if says == "source_silent" else ()
    if len(silent) > 1:
        return words["state.sources_silent"].format(sources=words["list"].join(clean(each) for each in silent))
    if says == "source_silent" and facts.get("since") is None:
        says = "source_silent_long"
    form = words.get(f"state.{says}")
    if form is None:
        return None
    try:
        return form.format_map(
            {
                **{name: clean(str(facts[name])) for name in _NAMED if name in facts},
                **{name: operator(facts[name]) for name in ("operator", "target") if name in facts},
                **{name: count(int(facts[name])) for name in ("records", "days", "percent") if name in facts},
                **({"country": country(facts["country"])} if "country" in facts else {}),
                **({"keys": words[f"state.keys_{facts['keys']}"]} if "keys" in facts else {}),
                **({"since": time(int(facts["since"]))} if facts.get("since") is not None else {}),
                **({"deadline": date.fromisoformat(facts["deadline"]).isoformat()} if "deadline" in facts else {}),
            }
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


def _read(text: object) -> dict[str, Any]:
    """The facts of a finding; none where they cannot be read."""
    try:
        read = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
