"""Say what the atlas is made of, as its licences ask, and make it anew from a list of sources.

Decides whether a built atlas is the shipped one, by its octets. Refuses to take anything but what the
list of sources names; archives are fetched by the npm client, and only by `build` without a folder.
"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.text import Text

from monitor.attribution.archives import fetch_archives
from monitor.attribution.atlas import SHIPPED_ATLAS, Atlas
from monitor.attribution.build import build_atlas
from monitor.attribution.declared import load_sources
from monitor.attribution.operators import load_operators
from monitor.inquiry.fact_text import SOURCE, UNVERIFIED, Row, print_section, row
from monitor.problem import Problem, ProblemsFound
from monitor.shipped import shipped
from monitor.wording import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from monitor.attribution.build import Built
    from monitor.attribution.declared import SourceList
    from monitor.law.standing import Facts

COLLECTION: Final = "https://github.com/sapics/ip-location-db"
_ANSWERS: Final[Mapping[str, str]] = {
    "override": "what the site states of networks: place, operator, or both",
    "stated": "what an operator states of its own networks: place, operator, or both",
    "place": "country of an address",
    "network": "AS number and its name",
    "registration": "country in which an AS is registered: a candidate for control, never a place",
}
_LICENCE_TEXTS: Final[Mapping[str, str]] = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "PDDL-1.0": "https://opendatacommons.org/licenses/pddl/1-0/",
}
_COUNTS: Final[Mapping[str, str]] = {
    "ipv4_ranges": "IPv4 ranges",
    "ipv6_ranges": "IPv6 ranges",
    "split_64s": "/64s of several pieces",
    "ranges_in_split_64s": "ranges inside them",
    "combinations": "combinations of place, operator, AS and registration",
    "answers": "distinct answers for a place",
    "as_numbers": "AS numbers",
    "countries": "country codes",
}
_OLD_AFTER_DAYS: Final = 120


def atlas_status(atlas: Atlas, now: datetime | None = None) -> Facts:
    """Sources, versions, dates, licences, hashes and counts of an atlas; with `now` the age of each source in days."""
    published = [date.fromisoformat(source.published) for source in atlas.sources]
    ages = [None if now is None else (now.date() - day).days for day in published]
    return {
        "digest": atlas.digest,
        "collection": COLLECTION,
        "sources": [
            {
                "id": source.id,
                "kind": source.kind,
                "answers": _ANSWERS.get(source.kind, source.kind),
                "family": source.family,
                "operator": source.operator,
                "package": source.package,
                "version": source.version,
                "file": source.file,
                "published": source.published,
                "age_days": age,
                "licence": source.licence,
                "licence_texts": [text for name, text in _LICENCE_TEXTS.items() if name in source.licence],
                "attribution": source.attribution,
                "sha256": source.sha256,
            }
            for source, age in zip(atlas.sources, ages, strict=True)
        ],
        "oldest_published": min(published).isoformat() if published else None,
        "counts": atlas.counts(),
    }


def print_status(status: Facts, console: Console) -> None:
    """Print it; the width is the console's."""
    console.print()
    console.print(Text.assemble(("atlas", "bold"), (f"  SHA-256 {status['digest']}", SOURCE)))
    console.print()
    for number, source in enumerate(status["sources"]):
        print_section(console, "" if number else "Sources", _source_rows(source))
    counts = [row("holds", f"{_grouped(status['counts'][key])} {words}") for key, words in _COUNTS.items()]
    print_section(console, "Inside", [*counts, row("compiled by", f"ip-location-db, {status['collection']}")])
    console.print(Text("Nothing is fetched at run time. The same file is made again by", SOURCE))
    # What ships is made of packages alone; a list with anything else in it is a site's own.
    is_own = any(source["package"] is None for source in status["sources"])
    made = "--sources FILE --out atlas.twa" if is_own else "--out rules/atlas/atlas.twa"
    console.print(Text(f"transferwatch geodata build {made}", SOURCE))


def _source_rows(source: Facts) -> Iterator[Row]:
    yield row(source["kind"], Text(source["answers"], "bold"))
    yield row("source", source["id"])
    if source["family"] and source["family"] != source["id"]:
        yield row("family", f"{source['family']}: sources of one family are one witness")
    if source["operator"]:
        yield row("operator", source["operator"])
    if source["package"]:
        yield row("package", f"{source['package']} {source['version']}")
    if source["file"]:
        yield row("file", source["file"])
    age = source["age_days"]
    told = "" if age is None else f", {age} days ago"
    yield row("published", source["published"] + told, style=UNVERIFIED if age and age > _OLD_AFTER_DAYS else "")
    yield row("licence", source["licence"], ", ".join(source["licence_texts"]))
    yield row("attribution", source["attribution"])
    yield row("octets", f"SHA-256 {source['sha256']}")


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", " ")


def build(
    directory: Path | None, out: Path, console: Console | None = None, sources: Path | None = None
) -> dict[str, Any]:
    """Build an atlas from a list of sources, the shipped one by default, and say whether it is the shipped atlas.

    Archives are taken from a folder, or fetched; files lie beside the list. What is pinned is held to its SHA-256, and
    the written file is opened again before anything is said of it. Keys of the answer: `out`, `digest`, `octets`,
    `shipped_digest` (None without a shipped atlas), `same_as_shipped`.

    Raises:
        ProblemsFound: an input is missing, not the pinned one or not what it should be, npm cannot fetch it, or `out`
            cannot be written. The file that lies at `out` is then as it was.
    """
    console = console or Console(highlight=False)
    operators = load_operators().by_id
    listed = load_sources(sources, operators=operators)
    before = _shipped_octets()  # read first: `out` may be the shipped file itself
    with TemporaryDirectory(prefix="transferwatch-geodata-") as temporary:
        place = directory or Path(temporary)
        if directory is None and listed.archives:
            console.print(f"Fetching {len(listed.archives)} archives with npm ...")
            fetch_archives(listed, place)
        try:
            built = build_atlas(listed, place, out, operators=operators)
        except OSError as error:
            what = f"it cannot be written: {(error.strerror or str(error)).lower()}."
            raise ProblemsFound([Problem(str(out), 0, 0, "", what, "Choose another place.")]) from error
    atlas = Atlas.open(out)
    written = out.read_bytes()
    report = {
        "out": str(out),
        "digest": built.digest,
        "octets": len(written),
        "shipped_digest": None if before is None else hashlib.sha256(before).hexdigest(),
        "same_as_shipped": written == before,
    }
    _print_report(report, listed, atlas, built, console)
    return report


def _shipped_octets() -> bytes | None:
    try:
        return shipped(SHIPPED_ATLAS).read_bytes()
    except FileNotFoundError:
        return None


def _print_report(report: Facts, listed: SourceList, atlas: Atlas, built: Built, console: Console) -> None:
    pinned = {source.id for source in listed.sources if source.npm or source.sha256}
    for source in atlas.sources:
        how = "as pinned" if source.id in pinned else "not pinned"
        console.print(Text(f"{source.id}: {how}, SHA-256 {source.sha256}"), soft_wrap=True)
        for note in built.notes.get(source.id, ()):
            words = f"  {note.what.replace('_', ' ')}: {shown(note.word)}, {_grouped(note.rows)} rows"
            console.print(Text(words, UNVERIFIED), soft_wrap=True)
    ranges = atlas.counts()
    size = f"{_grouped(report['octets'])} octets"
    held = f"{_grouped(ranges['ipv4_ranges'])} IPv4 and {_grouped(ranges['ipv6_ranges'])} IPv6 ranges"
    console.print(Text(f"{report['out']}: {size}, {held}, SHA-256 {report['digest']}"), soft_wrap=True)
    if report["same_as_shipped"]:
        console.print(Text("It is the shipped atlas, byte for byte.", "green"))
    elif report["shipped_digest"] is None:
        console.print(Text("There is no shipped atlas to compare it with.", UNVERIFIED))
    else:
        words = f"It differs from the shipped atlas, SHA-256 {report['shipped_digest']}."
        console.print(Text(words, UNVERIFIED), soft_wrap=True)
