"""Say how fresh the atlases are that a site keeps: each source, the last update, and which atlases are there.

Decides what is told loudly: a source that is too old, an update that failed, an atlas in use that is not the folder's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from monitor.attribution.kept_atlases import INDEX, kept_atlases
from monitor.attribution.refresh.freshness import freshness_of, was_failure
from monitor.attribution.refresh.listed import wanted_of
from monitor.attribution.refresh.store import read_state
from monitor.inquiry.fact_text import UNVERIFIED, Row, print_section, row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from rich.console import Console

    from monitor.attribution.declared import SourceList
    from monitor.attribution.refresh.freshness import Freshness
    from monitor.attribution.refresh.update import Outcome
    from monitor.law.standing import Facts

_LOUD: Final = "bold red"
_RESULTS: Final = {
    "new": "a new input was taken",
    "same": "nothing new",
    "failed": "failed",
    "not_offered": "not offered",
}


def kept_facts(listed: SourceList, folder: Path, used: str, now: datetime) -> Facts:
    """Sources, updates and kept atlases of a list; `used` is the digest of the atlas that the site judges with.

    Raises:
        ProblemsFound: the state or the index is damaged.
    """
    state = read_state(folder)
    fresh = freshness_of(wanted_of(listed), state, listed.upkeep)
    atlases = kept_atlases(folder) if (folder / INDEX).exists() else ()
    return {
        "folder": str(folder),
        "sources": [_source(each, now) for each in fresh],
        "stale": [each.id for each in fresh if each.is_stale(now.date())],
        "attempted_at": _instant(state.attempted_at),
        "succeeded_at": _instant(state.built_at),
        "failed": was_failure(state),
        "build_failure": state.build_failure or None,
        "atlas_in_use_is_newest": bool(atlases) and atlases[-1].digest == used,
        "kept": [
            {
                "digest": each.digest,
                "file": each.file,
                "in_use_since": _instant(each.built_at),
                "oldest_source": each.oldest.isoformat(),
                "newest_source": each.newest.isoformat(),
            }
            for each in reversed(atlases)
        ],
    }


def print_kept(facts: Facts, console: Console) -> None:
    """Print it; the width is the console's."""
    print_section(console, "Update", _update_rows(facts))
    for number, source in enumerate(facts["sources"]):
        print_section(console, "" if number else "Fresh", _source_rows(source))
    print_section(console, "Kept", _kept_rows(facts))
    if facts["stale"]:
        console.print(Text(f"Too old: {', '.join(facts['stale'])}.", _LOUD))
    if facts["failed"]:
        console.print(Text("The last update failed; the last good inputs and atlas are in use.", _LOUD))


def outcome_facts(outcome: Outcome, folder: Path) -> Facts:
    """What an update did."""
    return {
        "folder": str(folder),
        "sources": [
            {
                "id": id_,
                "result": state.result,
                "what": state.what or None,
                "published": state.input.published.isoformat() if state.input else None,
                "sha256": state.input.sha256 if state.input else None,
                "origin": state.input.origin if state.input else None,
            }
            for id_, state in outcome.sources.items()
        ],
        "built": outcome.built.digest if outcome.built else None,
        "failure": outcome.failure or None,
        "failed": outcome.failed,
    }


def outcome_lines(facts: Facts) -> Iterator[tuple[str, bool]]:
    """One sentence for each source and one for the atlas; whether a person must hear of it."""
    for source in facts["sources"]:
        of = f"of {source['published']}" if source["published"] else "none"
        if source["result"] == "failed":
            stays = f"The last good input, {of}, stays." if source["published"] else "There is no good input yet."
            yield f"{source['id']}: failed: {source['what'].rstrip('.')}. {stays}", True
        else:
            yield f"{source['id']}: {_RESULTS[source['result']]}, {of}.", False
    if facts["failure"]:
        yield f"No new atlas: {facts['failure']}", True
    elif facts["built"]:
        yield f"A new atlas is in use: {facts['folder']}, SHA-256 {facts['built']}.", False
    else:
        yield "The atlas in use is made of the same inputs.", False


def _source(each: Freshness, now: datetime) -> Facts:
    kept = each.state.input
    return {
        "id": each.id,
        "day": each.day.isoformat() if each.day else None,
        "age_days": each.age_days(now.date()),
        "stale_after_days": each.stale_after_days,
        "stale": each.is_stale(now.date()),
        "published": kept.published.isoformat() if kept else None,
        "sha256": kept.sha256 if kept else None,
        "origin": kept.origin if kept else None,
        "ranges": kept.measured.ranges if kept else None,
        "attempted_at": _instant(each.state.attempted_at),
        "confirmed_at": _instant(each.state.confirmed_at),
        "result": each.state.result if each.state.attempted_at else None,
        "what": each.state.what or None,
        "failures": each.state.failures,
    }


def _update_rows(facts: Facts) -> Iterator[Row]:
    yield row("folder", facts["folder"])
    yield row("last attempt", facts["attempted_at"] or Text("never", _LOUD))
    yield row("up to date", facts["succeeded_at"] or Text("never", _LOUD))
    if facts["build_failure"]:
        yield row("failure", facts["build_failure"], style=_LOUD)


def _source_rows(source: Facts) -> Iterator[Row]:
    yield row(source["id"], Text(source["origin"] or "no input yet", "bold"))
    if source["day"]:
        words = f"{source['day']}, {source['age_days']} days ago; too old after {source['stale_after_days']}"
        yield row("as of", words, style=_LOUD if source["stale"] else "")
    if source["attempted_at"]:
        words = f"{source['attempted_at']}: {_RESULTS[source['result']]}"
        failed = source["result"] == "failed"
        yield row(
            "last attempt", words + (f": {source['what']}" if source["what"] else ""), style=_LOUD if failed else ""
        )
    if source["confirmed_at"] and source["confirmed_at"] != source["attempted_at"]:
        yield row("last success", source["confirmed_at"])


def _kept_rows(facts: Facts) -> Iterator[Row]:
    if not facts["kept"]:
        yield row("atlases", "none yet", style=UNVERIFIED)
    for number, each in enumerate(facts["kept"]):
        words = f"of {each['oldest_source']} to {each['newest_source']}, in use since {each['in_use_since']}"
        yield row("atlases", words, None if number else "newest")
    if facts["kept"] and not facts["atlas_in_use_is_newest"]:
        yield row("atlases", Text("The site judges with another atlas than the newest of these.", UNVERIFIED))


def _instant(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
