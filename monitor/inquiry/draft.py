"""Draft an inventory from what was seen: systems with their networks, far ends, and what a human must decide.

Decides how single addresses become networks that a person would write, and which systems share an address space. It
refuses to guess what no log tells: the class of the data, who the staff are, where a private far end lies.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.address import IPV4, format_addresses, parse_addresses
from monitor.inquiry.draft_seen import SIX_BITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    from monitor.app import Knowledge
    from monitor.attribution.regions import RegionTable
    from monitor.inquiry.draft_seen import Seen

    IPNetwork: TypeAlias = IPv4Network | IPv6Network

# The widest network that is drafted around what was seen.
_WIDEST: Final = {4: 16, 6: 48}
_HALF: Final = 64
_FAR_SHOWN: Final = 30
_PRIVATE_SHOWN: Final = 20
_GATEWAYS_SHOWN: Final = 20
# Clouds by the KIND of their logs: what accounts begin with, the operator, and the provider's name in the region table.
_CLOUDS: Final = {
    "aws": ("aws", "aws", "aws"),
    "azure": ("azure", "microsoft_azure", "azure"),
    "gcp": ("gcp", "google_cloud", "google"),
}
_AWS_ACCOUNT: Final = re.compile("[0-9]{12}")
_NOT_IN_IDS: Final = re.compile("[^A-Za-z0-9._-]+")
_ID_LETTERS: Final = 56


@dataclass(frozen=True, slots=True)
class DraftSystem:
    """One account and network of ours: its networks, and who seems to host it since its region is told."""

    id: str
    cloud: str | None
    account: str | None
    network_id: str | None
    networks: tuple[IPNetwork, ...]
    records: int
    scoped: bool = False
    operator: str | None = None
    country: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class DraftFarEnd:
    """Far ends of one operator in one place, with the address that has most octets."""

    operator: str | None
    place: str
    octets: int
    records: int
    addresses: int
    example: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What to write, and what a human must decide."""

    systems: tuple[DraftSystem, ...]
    far: tuple[DraftFarEnd, ...]
    private_far: tuple[tuple[str, int], ...]
    gateways: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...]


def draft_of(seen: Seen, knowledge: Knowledge, regions: RegionTable) -> Draft:
    """Make a draft of what was seen. The same records give the same draft, in whatever order they came."""
    scopes = _scopes(seen)
    systems = _named(_scoped(_systems(scopes, regions)))
    own = [network for system in systems for network in system.networks]
    private_far = _private_far(seen, own)
    gateways = _gateways(seen)
    return Draft(systems, _far(seen, knowledge), private_far, gateways, _warnings(seen, systems, private_far, gateways))


@dataclass(slots=True)
class _Scope:
    """What was seen of one account and network."""

    cloud: str | None
    account: str | None
    network_id: str | None
    cells: set[IPNetwork]
    public: set[IPNetwork]
    regions: dict[str, int]
    records: int = 0


def _scopes(seen: Seen) -> list[_Scope]:
    found: dict[tuple[str, str, str], _Scope] = {}
    rows = pl.concat([seen.own.sums(), seen.own_public().select(seen.own.sums().columns)], how="vertical_relaxed")
    for kind, told_account, told_network, region, version, high, low, bits, records, _ in rows.iter_rows():
        cloud = kind.partition("_")[0] if kind.partition("_")[0] in _CLOUDS else None
        account, network_id = _written(told_account), _written(told_network)
        key = (cloud or "", account or "", network_id or "")
        scope = found.setdefault(key, _Scope(cloud, account, network_id, set(), set(), {}))
        network = _network(version, high, low, bits)
        (scope.cells if bits < network.max_prefixlen else scope.public).add(network)
        scope.records += records
        if region:
            scope.regions[region] = scope.regions.get(region, 0) + records
    return _folded([found[key] for key in sorted(found)])


def _written(text: str | None) -> str | None:
    """A word as clouds name things by, which any file can hold; null for all else that may stand in a log."""
    return text if text and text.isascii() and text.isprintable() and " " not in text else None


def _folded(scopes: Sequence[_Scope]) -> list[_Scope]:
    """Leave out of a scope without network what one network of the same account holds: another log tells which."""
    kept = []
    for scope in scopes:
        if scope.network_id is None:
            same = [each for each in scopes if (each.cloud, each.account) == (scope.cloud, scope.account)]
            named = [each for each in same if each.network_id is not None]
            for cell in sorted(scope.cells | scope.public, key=str):
                holders = [each for each in named if cell in each.cells | each.public]
                if len(holders) == 1:
                    scope.cells.discard(cell)
                    scope.public.discard(cell)
        if scope.cells or scope.public:
            kept.append(scope)
    return kept


def _network(version: int, high: int, low: int, bits: int) -> IPNetwork:
    return IPv4Network((low, bits)) if version == IPV4 else IPv6Network(((high << _HALF) | low, bits))


def _systems(scopes: Sequence[_Scope], regions: RegionTable) -> list[DraftSystem]:
    systems = []
    for place, scope in enumerate(scopes):
        foreign = [cell for other in (*scopes[:place], *scopes[place + 1 :]) for cell in (*other.cells, *other.public)]
        networks = (*widened(scope.cells, foreign), *widened(_subnets(scope.public), foreign))
        region = max(sorted(scope.regions), key=lambda name: scope.regions[name]) if scope.regions else None
        prefix, operator, provider = _CLOUDS.get(scope.cloud or "", (None, None, ""))
        listed = regions.find(provider, region) if region else None
        systems.append(
            DraftSystem(
                id=prefix or "site",
                cloud=prefix,
                account=scope.account,
                network_id=scope.network_id,
                networks=tuple(networks),
                records=scope.records,
                operator=(listed[0].operator if listed and listed[0].operator else operator),
                country=listed[1].country if listed else None,
                region=region,
            )
        )
    return systems


def _subnets(public: Iterable[IPNetwork]) -> list[IPNetwork]:
    """Own public addresses: of IPv6 the subnets, of IPv4 the addresses, which a cloud hands out one by one."""
    return [each.supernet(new_prefix=SIX_BITS) if isinstance(each, IPv6Network) else each for each in public]


def widened(cells: Iterable[IPNetwork], foreign: Iterable[IPNetwork]) -> list[IPNetwork]:
    """Networks that a person would write for small ones: the narrowest around those of one /16 (IPv6: /48).

    Not around what is another's: then the small ones stay, joined where they touch. Single public addresses stay.
    """
    others = list(foreign)
    groups: dict[IPNetwork, list[IPNetwork]] = {}
    kept: list[IPNetwork] = []
    for cell in sorted(set(cells), key=lambda each: (each.version, each)):
        if cell.prefixlen == cell.max_prefixlen:
            kept.append(cell)
        else:
            groups.setdefault(cell.supernet(new_prefix=_WIDEST[cell.version]), []).append(cell)
    for group in groups.values():
        around = _around(group)
        free = not any(other.version == around.version and around.overlaps(other) for other in others)
        kept.extend([around] if free else group)
    four = collapse_addresses(each for each in kept if isinstance(each, IPv4Network))
    six = collapse_addresses(each for each in kept if isinstance(each, IPv6Network))
    return [*four, *six]


def _around(group: Sequence[IPNetwork]) -> IPNetwork:
    around = group[0]
    while not all(around.supernet_of(each) for each in group):  # type: ignore[arg-type]  # one version
        around = around.supernet()
    return around


def _scoped(systems: Sequence[DraftSystem]) -> list[DraftSystem]:
    """Give a scope to systems of which another has the very same network: the address space is reused.

    Where nothing tells two such systems apart the first keeps the network.
    """
    holders = Counter(network for system in systems for network in system.networks)
    taken: set[tuple[IPNetwork, str | None, str | None]] = set()
    told = []
    for system in systems:
        scoped = _tells(system) and any(holders[network] > 1 for network in system.networks)
        within = (system.account, system.network_id) if scoped else (None, None)
        networks = tuple(network for network in system.networks if (network, *within) not in taken)
        taken.update((network, *within) for network in networks)
        if networks:
            told.append(replace(system, networks=networks, scoped=scoped))
    return told


def _tells(system: DraftSystem) -> bool:
    return system.account is not None or system.network_id is not None


def _named(systems: Sequence[DraftSystem]) -> tuple[DraftSystem, ...]:
    """Give ids that say where a system is, each once."""
    taken: set[str] = set()
    named = []
    for system in systems:
        words = (system.cloud or "site", system.account or "", system.network_id or "")
        text = _NOT_IN_IDS.sub("-", "-".join(word for word in words if word)).strip("-._")[:_ID_LETTERS].rstrip("-._")
        choice, number = text, 2
        while choice in taken:
            choice, number = f"{text}-{number}", number + 1
        taken.add(choice)
        named.append(replace(system, id=choice))
    return tuple(named)


def account_of(system: DraftSystem) -> str | None:
    """The account as an inventory writes it; null where the log tells none that an inventory can hold."""
    if system.cloud is None or not system.account:
        return None
    if system.cloud == "aws" and not _AWS_ACCOUNT.fullmatch(system.account):
        return None
    return f"{system.cloud}:{system.account}"


def _far(seen: Seen, knowledge: Knowledge) -> tuple[DraftFarEnd, ...]:
    """The largest far ends, by operator and place."""
    rows = seen.far.sums()
    if not rows.height:
        return ()
    texts = _texts(rows)
    attributor = knowledge.attributor()
    found = attributor.attribute(parse_addresses(texts))
    places = {
        answer: ", ".join(attributor.candidates(answer)) or "place unknown"
        for answer in np.unique(found.answer).tolist()
    }
    table = rows.select("octets", "records").with_columns(
        texts.alias("address"),
        found.operator_name.cast(pl.String).alias("operator"),
        pl.Series("place", [places[answer] for answer in found.answer.tolist()], dtype=pl.String),
    )
    grouped = (
        table.group_by("operator", "place", maintain_order=True)
        .agg(pl.col("octets", "records").sum(), pl.len().alias("addresses"), pl.col("address").first())
        .sort("octets", "records", "operator", "place", descending=[True, True, False, False], nulls_last=True)
        .head(_FAR_SHOWN)
    )
    return tuple(
        DraftFarEnd(operator, place, octets, records, addresses, example)
        for operator, place, octets, records, addresses, example in grouped.iter_rows()
    )


def _texts(rows: pl.DataFrame) -> pl.Series:
    return format_addresses(*(rows[name].to_numpy() for name in ("version", "high", "low")))


def _private_far(seen: Seen, own: Sequence[IPNetwork]) -> tuple[tuple[str, int], ...]:
    """Private networks that stand at the far end alone, with their records."""
    found = []
    for version, high, low, bits, records, _ in seen.private_far.sums().iter_rows():
        network = _network(version, high, low, bits)
        if not any(each.version == network.version and network.subnet_of(each) for each in own):  # type: ignore[arg-type]
            found.append((str(network), records))
    return tuple(sorted(found, key=lambda each: (-each[1], each[0]))[:_PRIVATE_SHOWN])


def _gateways(seen: Seen) -> tuple[tuple[str, int], ...]:
    rows = seen.gateways.sums()
    if not rows.height:
        return ()
    summed = rows.group_by("version", "high", "low").agg(pl.col("records", "octets").sum())
    pairs = zip(_texts(summed).to_list(), summed["records"].to_list(), strict=True)
    return tuple(sorted(pairs, key=lambda each: (-each[1], each[0]))[:_GATEWAYS_SHOWN])


def _warnings(
    seen: Seen,
    systems: Sequence[DraftSystem],
    private_far: Sequence[tuple[str, int]],
    gateways: Sequence[tuple[str, int]],
) -> tuple[str, ...]:
    """What a human must decide, in the order of its weight."""
    found = [
        "The class of the data is a guess: no log tells it. Every system is drafted as health until you say otherwise."
    ]
    if any(system.scoped for system in systems):
        ids = ", ".join(system.id for system in systems if system.scoped)
        found.append(f"The same network occurs in several accounts or networks, so each has a scope: {ids}.")
    if seen.without_own:
        share = f"{seen.without_own} of {seen.records} records"
        found.append(
            f"In {share} neither end could be told to be yours (both are public, or none has an address): "
            "add your public networks."
        )
    if private_far:
        found.append(
            "Private networks occur at the far end alone. They may be yours without a log, or a partner's abroad: "
            "list them under systems or under peers."
        )
    if gateways:
        found.append(
            "Interfaces carried packets of other addresses. NAT gateways and proxies belong under forwarders; "
            "secondary addresses and pods do not."
        )
    unnamed = [system.id for system in systems if system.cloud and account_of(system) is None]
    if unnamed:
        found.append(f"No account is told, or none that can be written: {', '.join(unnamed)}.")
    if seen.dropped:
        found.append("More was seen than is kept: of far ends and networks only the largest are here.")
    return tuple(found)
