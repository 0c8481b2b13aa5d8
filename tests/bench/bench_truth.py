"""Hold the atlas to what providers state of their own networks: with each feed withheld, and with all of them in.

    python -m tests.bench.bench_truth [DIRECTORY]

For each provider: its feed is the truth. Withheld, the atlas is built from the shipped databases and every other feed;
then from everything. Beside it stands each country database by itself. DIRECTORY (`build/atlas` by default) holds the
archives of the shipped list, and what is missing there is fetched with npm; the feeds are those of the corpus
(`TRANSFERWATCH_CORPUS`). Ends with 1 above a target.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import polars as pl

from monitor.attribution.anycast import load_anycast
from monitor.attribution.archives import fetch_archives, read_inputs
from monitor.attribution.atlas import Atlas
from monitor.attribution.atlas_file import write_atlas_file
from monitor.attribution.build import _told, layers_of, read_sources
from monitor.attribution.compile import compile_layers
from monitor.attribution.declared import Source, load_sources
from monitor.attribution.far_ends import UNLISTED, Attributor
from monitor.attribution.feeds import FORMATS
from monitor.attribution.feeds.contract import Feed
from monitor.attribution.operators import load_operators
from monitor.attribution.precedence import ANYCAST, GLOBAL
from monitor.attribution.regions import load_regions
from monitor.attribution.satellite import load_satellite
from monitor.attribution.stated import stated_layers
from monitor.law.regimes import load_regimes
from monitor.law.territories import load_territories
from tests.bench.truth import INSIDE, UNDETERMINED, Pieces, Share, answer_standings, pieces_of, share, standings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from monitor.attribution.compile import Layers
    from monitor.attribution.declared import SourceList
    from monitor.attribution.operators import OperatorTable
    from monitor.law.regimes import Regimes
    from monitor.law.territories import Territories

MOMENT: Final = datetime(2026, 10, 1, tzinfo=UTC)
WITHHELD_WRONG_SIDE: Final = 0.003
WITHHELD_UNDETERMINED: Final = 0.03
WITHHELD_WRONG_CONTROL: Final = 0.01
_ROOT: Final = Path(__file__).parents[2]
_CORPUS: Final = Path(os.environ.get("TRANSFERWATCH_CORPUS") or _ROOT.parent / "shared" / "corpus")


@dataclass(frozen=True, slots=True)
class Published:
    """A feed of the corpus; `measured`: it is a truth as well as a source."""

    id: str
    file: str
    format: str
    operator: str
    day: date
    measured: bool = True
    scope: Literal["global", "whose"] = "whose"


PUBLISHED: Final = (
    Published("aws", "aws-ip-ranges.json", "aws", "aws", date(2026, 8, 22)),
    Published("azure", "microsoft-azure-ip-ranges.json", "azure", "microsoft_azure", date(2025, 7, 25)),
    Published("google", "google-cloud-ip-ranges.json", "google", "google_cloud", date(2025, 7, 24)),
    Published("oracle", "oracle-cloud-ip-ranges.json", "oracle", "oracle_cloud", date(2025, 7, 21)),
    Published("digitalocean", "digitalocean.csv", "geofeed", "digitalocean", date(2025, 7, 25)),
    Published("linode", "linode.txt", "geofeed", "akamai_linode", date(2025, 7, 24)),
    Published("github", "github-ip-ranges.json", "github", "github", date(2025, 7, 25), measured=False),
    Published("fastly", "fastly-ip-ranges.json", "fastly", "fastly", date(2025, 7, 25), measured=False),
    Published(
        "cloudflare-4", "cloudflare-v4-ip-ranges.txt", "prefix_list", "cloudflare", date(2025, 7, 25), False, "global"
    ),
    Published(
        "cloudflare-6", "cloudflare-v6-ip-ranges.txt", "prefix_list", "cloudflare", date(2025, 7, 25), False, "global"
    ),
)


COLUMNS: Final = (
    "wrong country", "wrong EEA side", "undetermined", "EEA side open", "global, placed", "nobody known",
    "wrong operator", "wrong controlling country",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """What an atlas, or one database, has wrong of a provider's regional networks, and places of its global ones.

    `undetermined` is what the judge leaves open (candidates that stand differently), `side_open` the part of it that
    may lie on either side of the EEA border. Operator and controlling country are counted where somebody is known;
    `nobody_known` is the rest: no AS announces those addresses, so that no conversation with them can be recorded.
    """

    wrong_country: Share
    wrong_side: Share
    undetermined: Share
    side_open: Share
    placed_global: Share
    nobody_known: Share | None = None
    wrong_operator: Share | None = None
    wrong_control: Share | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """Everything that is read once."""

    listed: SourceList
    layers: Layers
    told: Mapping[str, Mapping[str, object]]
    frames: Mapping[str, pl.DataFrame]
    operators: OperatorTable
    territories: Territories
    regimes: Regimes

    def standings(self, countries: Sequence[str | None]) -> NDArray[np.int8]:
        """How each country stands to the EEA."""
        return standings(countries, self.territories, self.regimes, MOMENT)

    def attributor(self, without: str | None) -> Attributor:
        """An atlas of the databases and of every feed but one, opened from its file."""
        frames = {name: frame for name, frame in self.frames.items() if name != without}
        ids = [source.id for source in self.listed.sources] + list(frames)
        arrays = compile_layers(replace(self.layers, stated=stated_layers(frames)), ids)
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "atlas.twa"
            write_atlas_file(path, {"sources": [self.told[name] for name in ids]}, arrays)
            return Attributor.of(Atlas.open(path), self.operators, load_anycast(), load_satellite())

    def seat(self, operator: str | None) -> str | None:
        """The country of an operator's ultimate parent."""
        entry = self.operators.by_id.get(operator or "")
        owners = entry.owners_at(MOMENT) if entry is not None else ()
        return owners[-1].country if owners else None


def load_bench(directory: Path) -> Bench:
    """Read databases, feeds and tables."""
    operators, regions = load_operators(), load_regions()
    listed = load_sources(operators=operators.by_id)
    fetch_archives(listed, directory)
    inputs = read_inputs(listed, directory)
    read = read_sources(listed, inputs)
    told = {source.id: _told(source, str(source.published), inputs[source.id].sha256) for source in listed.sources}
    frames: dict[str, pl.DataFrame] = {}
    for each in PUBLISHED:
        content = (_CORPUS / "provider-ranges" / each.file).read_bytes()
        frames[each.id] = FORMATS[each.format](content, Feed(each.file, regions, each.operator, each.scope)).frame
        source = Source(
            id=each.id, kind="stated", format=each.format, published=each.day, licence="as published",
            attribution=each.id, operator=each.operator, scope=each.scope, file=each.file,
        )  # fmt: skip
        told[each.id] = _told(source, str(each.day), "0" * 64)
    return Bench(listed, layers_of(listed, read), told, frames, operators, load_territories(), load_regimes())


def measure(bench: Bench, attributor: Attributor, truth: pl.DataFrame) -> Figures:
    """Hold an atlas to the statements of a provider."""
    placed = truth.filter(pl.col("scope") != "whose")
    pieces = pieces_of(placed["network"].to_list(), attributor)
    far = attributor.attribute(pieces.addresses)
    standings_of, torn_of = answer_standings(attributor, bench.standings)
    placeless = far.flags & (ANYCAST | GLOBAL) != 0
    standing = np.where(placeless, np.int8(UNDETERMINED), standings_of[far.answer])
    torn = placeless | torn_of[far.answer]
    only = pl.Series([codes[0] if len(codes) == 1 else None for codes in _candidates(attributor)], dtype=pl.String)
    place = _figures(bench, pieces, placed, standing, torn, only.gather(pl.Series(far.answer)))
    owned = truth.filter(pl.col("operator").is_not_null())
    pieces = pieces_of(owned["network"].to_list(), attributor)
    far = attributor.attribute(pieces.addresses)
    ids = [operator.id for operator in bench.operators.operators]
    found = [ids[position] if position != UNLISTED else None for position in far.operator.tolist()]
    stated = owned["operator"].gather(pl.Series(pieces.row)).to_list()
    seats = {name: bench.seat(name) for name in {*ids, None}}
    registered = [attributor.countries[code] for code in far.registration.tolist()]
    seat = [seats[name] if name else country for name, country in zip(found, registered, strict=True)]
    somebody = (far.as_number != 0) | (far.operator != UNLISTED)
    return replace(
        place,
        nobody_known=share(pieces, ~somebody, np.ones(len(somebody), np.bool_)),
        wrong_operator=share(pieces, _differ(found, stated), somebody),
        wrong_control=share(pieces, _differ(seat, [seats[name] for name in stated]), somebody),
    )


def measure_database(bench: Bench, attributor: Attributor, truth: pl.DataFrame, source: str) -> Figures:
    """Hold one country database to the statements of a provider."""
    placed = truth.filter(pl.col("scope") != "whose")
    pieces = pieces_of(placed["network"].to_list(), attributor)
    combinations, inverse = np.unique(attributor.atlas.lookup(pieces.addresses).combination, return_inverse=True)
    words = [
        next((word.country for word in attributor.atlas.said_at(each) if word.source.id == source), None)
        for each in combinations.tolist()
    ]
    said = pl.Series(words, dtype=pl.String).gather(pl.Series(inverse))
    standing = bench.standings(words)[inverse]
    return _figures(bench, pieces, placed, standing, standing == UNDETERMINED, said)


def _figures(
    bench: Bench,
    pieces: Pieces,
    placed: pl.DataFrame,
    standing: NDArray[np.int8],
    torn: NDArray[np.bool_],
    country: pl.Series,
) -> Figures:
    true_country = placed["country"].gather(pl.Series(pieces.row))
    names = true_country.unique().to_list()
    known = dict(zip(names, bench.standings(names).tolist(), strict=True))
    truth = np.array([known[name] for name in true_country.to_list()], np.int8)
    regional = (placed["scope"] == "regional").to_numpy()[pieces.row]
    determined = standing != UNDETERMINED
    other = (country != true_country).fill_null(value=False).to_numpy()
    return Figures(
        wrong_country=share(pieces, determined & other, regional),
        wrong_side=share(pieces, determined & ((standing == INSIDE) != (truth == INSIDE)), regional),
        undetermined=share(pieces, ~determined, regional),
        side_open=share(pieces, torn, regional),
        placed_global=share(pieces, determined, ~regional),
    )


def _candidates(attributor: Attributor) -> list[tuple[str, ...]]:
    return [attributor.candidates(answer) for answer in range(len(attributor.answers.flags))]


def _differ(found: Sequence[str | None], expected: Sequence[str | None]) -> NDArray[np.bool_]:
    return np.array([one != other for one, other in zip(found, expected, strict=True)], np.bool_)


def _print(provider: str, what: str, figures: Figures) -> None:
    cells = (
        figures.wrong_country, figures.wrong_side, figures.undetermined, figures.side_open, figures.placed_global,
        figures.nobody_known, figures.wrong_operator, figures.wrong_control,
    )  # fmt: skip
    print(f"| {provider} | {what} | " + " | ".join(str(cell or "") for cell in cells) + " |")


def _missed(provider: str, withheld: Figures, whole: Figures) -> list[str]:
    """The targets that are missed, of prefixes and of addresses."""
    limits = [
        ("withheld, wrong EEA side", withheld.wrong_side, WITHHELD_WRONG_SIDE),
        ("withheld, undetermined", withheld.undetermined, WITHHELD_UNDETERMINED),
        ("withheld, wrong controlling country", withheld.wrong_control, WITHHELD_WRONG_CONTROL),
        ("with feeds, wrong EEA side", whole.wrong_side, 0.0),
        ("with feeds, wrong controlling country", whole.wrong_control, 0.0),
    ]
    return [
        f"{provider}: {what} {found} %, at most {100 * limit:.1f} %"
        for what, found, limit in limits
        if found is not None and max(found.prefixes, found.four, found.six) > limit
    ]


def main(arguments: list[str]) -> int:
    """Print the table; 1 when a target is missed."""
    bench = load_bench(Path(arguments[0]) if arguments else _ROOT / "build" / "atlas")
    databases = [source.id for source in bench.listed.of("place")]
    missed: list[str] = []
    print("Shares in percent: prefixes / IPv4 addresses / IPv6 by /64.")
    print(f"| provider | source | {' | '.join(COLUMNS)} |")
    print("|---" * (len(COLUMNS) + 2) + "|")
    whole = bench.attributor(None)
    for each in PUBLISHED:
        if not each.measured:
            continue
        truth = bench.frames[each.id]
        attributor = bench.attributor(each.id)
        withheld, complete = measure(bench, attributor, truth), measure(bench, whole, truth)
        _print(each.id, "atlas, feed withheld", withheld)
        _print(each.id, "atlas, all feeds", complete)
        for source in databases:
            _print(each.id, source, measure_database(bench, attributor, truth, source))
        missed += _missed(each.id, withheld, complete)
    for line in missed:
        print(f"missed: {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
