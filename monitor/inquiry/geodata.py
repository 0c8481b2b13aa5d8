"""Say what the atlas is made of, as its licences ask, and make it anew from its pinned sources.

Decides whether a built atlas is the shipped one, by its octets. Refuses to take anything but the archives that
rules/atlas/sources.yaml pins; they are fetched by the npm client, and only by `build` without a folder.
"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.text import Text

from monitor.attribution.archives import fetch_archives, load_manifest
from monitor.attribution.atlas import SHIPPED_ATLAS, Atlas
from monitor.attribution.build import build_atlas
from monitor.inquiry.fact_text import SOURCE, UNVERIFIED, Row, print_section, row
from monitor.problem import Problem, ProblemsFound
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from monitor.attribution.archives import Manifest
    from monitor.law.standing import Facts

COLLECTION: Final = "https://github.com/sapics/ip-location-db"
_ANSWERS: Final[Mapping[str, str]] = {
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
    "combinations": "combinations of place, AS and registration",
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
                "layer": source.layer,
                "answers": _ANSWERS.get(source.layer, source.layer),
                "package": source.package,
                "version": source.version,
                "published": source.published,
                "age_days": age,
                "licence": source.licence,
                "licence_texts": [text for name, text in _LICENCE_TEXTS.items() if name in source.licence],
                "attribution": source.attribution,
                "archive_sha256": source.archive_sha256,
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
    console.print(Text("transferwatch geodata build --out rules/atlas/atlas.twa", SOURCE))


def _source_rows(source: Facts) -> Iterator[Row]:
    yield row(source["layer"], Text(source["answers"], "bold"))
    yield row("package", f"{source['package']} {source['version']}")
    age = source["age_days"]
    told = "" if age is None else f", {age} days ago"
    yield row("published", source["published"] + told, style=UNVERIFIED if age and age > _OLD_AFTER_DAYS else "")
    yield row("licence", source["licence"], ", ".join(source["licence_texts"]))
    yield row("attribution", source["attribution"])
    yield row("archive", f"SHA-256 {source['archive_sha256']}")


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", " ")


def build(
    directory: Path | None, out: Path, console: Console | None = None, manifest: Manifest | None = None
) -> dict[str, Any]:
    """Build the atlas from the archives in a folder, or from fetched ones, and say whether it is the shipped one.

    Every archive is held to its pinned SHA-256, and the written file is opened again before anything is said of it.
    Keys of the answer: `out`, `digest`, `octets`, `shipped_digest` (None without a shipped atlas), `same_as_shipped`.

    Raises:
        ProblemsFound: an archive is missing or not the pinned one, or npm cannot fetch it, or `out` cannot be written.
    """
    console = console or Console(highlight=False)
    manifest = manifest or load_manifest()
    before = _shipped_octets()  # read first: `out` may be the shipped file itself
    with TemporaryDirectory(prefix="transferwatch-geodata-") as temporary:
        place = directory or Path(temporary)
        if directory is None:
            console.print(f"Fetching {len(manifest.sources)} archives with npm ...")
            fetch_archives(manifest, place)
        try:
            digest = build_atlas(manifest, place, out)
        except OSError as error:
            what = f"it cannot be written: {(error.strerror or str(error)).lower()}."
            raise ProblemsFound([Problem(str(out), 0, 0, "", what, "Choose another place.")]) from error
    atlas = Atlas.open(out)
    written = out.read_bytes()
    report = {
        "out": str(out),
        "digest": digest,
        "octets": len(written),
        "shipped_digest": None if before is None else hashlib.sha256(before).hexdigest(),
        "same_as_shipped": written == before,
    }
    _print_report(report, manifest, atlas, console)
    return report


def _shipped_octets() -> bytes | None:
    try:
        return shipped(SHIPPED_ATLAS).read_bytes()
    except FileNotFoundError:
        return None


def _print_report(report: Facts, manifest: Manifest, atlas: Atlas, console: Console) -> None:
    for source in manifest.sources:
        console.print(Text(f"{source.archive_name}: as pinned, SHA-256 {source.archive_sha256}"), soft_wrap=True)
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
