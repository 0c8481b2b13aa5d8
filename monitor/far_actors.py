"""Far ends that an address does not tell: who acts, where a log claims them to be, and whose staff they are.

Decides how an act of administration gets a far end that is attributed, judged and added up as any other: one more row
behind those of the addresses, for each distinct combination of address, claimed country and provider. Its text is that
of the address, or null. Refuses to know the law, and which country a claim should have named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.address import AddressKind, ParsedAddresses
from monitor.attribution import precedence
from monitor.attribution.far_ends import NOT_ANYCAST, UNLISTED, FarEnds
from monitor.combinations import combinations
from monitor.orient import NO_ADDRESS
from monitor.schema import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from monitor.orient import Oriented

    Numbers = NDArray[np.int64]

NO_CLAIM: Final = 0
NO_PROVIDER: Final = -1


@dataclass(frozen=True, slots=True)
class Providers:
    """Operators that may act themselves: their ids, and their positions in the operator table (UNLISTED: not in it)."""

    ids: Sequence[str]
    position: NDArray[np.int32]


def with_nobody(addresses: ParsedAddresses, more: ParsedAddresses | None = None) -> ParsedAddresses:
    """The addresses, `more` of them, and behind all one that is none: for an end that the record does not tell."""
    none = ParsedAddresses(
        pl.Series([None], dtype=pl.String), np.zeros(1, np.uint8), np.zeros(1, np.uint64), np.zeros(1, np.uint64)
    )
    parts = [each for each in (addresses, more, none) if each is not None]
    return ParsedAddresses(
        pl.concat([each.text.cast(pl.String) for each in parts]).rechunk(),
        *(np.concatenate([getattr(each, name) for each in parts]) for name in ("version", "high", "low")),
    )


def acting(
    oriented: Oriented,
    addresses: ParsedAddresses,
    far: FarEnds,
    claim: Numbers,
    provider: NDArray[np.int32],
    providers: Providers,
) -> tuple[Oriented, ParsedAddresses, FarEnds]:
    """Give acts their far ends where an address alone does not tell them.

    `claim`: number of the answer that a log's claim stands for, or NO_CLAIM; `provider`: position in `providers`, or
    NO_PROVIDER. A provider's own people are the provider, whoever announces the address that they come from.
    """
    at = np.flatnonzero((claim != NO_CLAIM) | (provider != NO_PROVIDER))
    if not len(at):
        return oriented, addresses, far
    columns: list[Numbers] = [oriented.remote[at], claim[at], provider[at].astype(np.int64)]
    distinct = combinations(columns)
    source, told, whose = (column[distinct.row_of] for column in columns)
    more_addresses, more = _rows(addresses, far, source)
    answer = np.where(told != NO_CLAIM, told, more.answer).astype(np.int32)
    more = replace(more, answer=answer)
    themselves = whose != NO_PROVIDER
    ids = pl.Series([*providers.ids, None], dtype=OPERATORS).gather(_index(whose, len(providers.ids)))
    names = pl.select(pl.when(pl.Series(themselves)).then(ids).otherwise(more.operator_name)).to_series()
    position = np.append(providers.position, UNLISTED)[whose]
    more = replace(
        more,
        operator=np.where(themselves, position, more.operator).astype(np.int32),
        flags=np.where(themselves, more.flags | precedence.ITSELF, more.flags).astype(np.uint8),
        operator_name=names.alias(far.operator_name.name),
    )
    remote = oriented.remote.copy()
    remote[at] = len(addresses) + distinct.ids
    return replace(oriented, remote=remote), _joined(addresses, more_addresses), _joined_far(far, more)


def _rows(addresses: ParsedAddresses, far: FarEnds, source: Numbers) -> tuple[ParsedAddresses, FarEnds]:
    """Copies of addresses and of what is known of them; of none where there is no address."""
    absent = source == NO_ADDRESS

    def picked(column: NDArray[np.generic], none: int) -> NDArray[np.generic]:
        return np.append(column, column.dtype.type(none))[source]  # the last one is that of position -1

    index = pl.Series(source)
    index = pl.select(pl.when(~pl.Series(absent)).then(index)).to_series()
    copies = ParsedAddresses(
        addresses.text.gather(index),
        *(picked(getattr(addresses, name), 0) for name in ("version", "high", "low")),  # type: ignore[arg-type]
    )
    nothing = {
        "kind": AddressKind.none, "answer": 0, "flags": 0, "registration": 0, "as_number": 0,
        "operator": UNLISTED, "anycast": NOT_ANYCAST,
    }  # fmt: skip
    known = {name: picked(getattr(far, name), none) for name, none in nothing.items()}
    return copies, FarEnds(**known, operator_name=far.operator_name.gather(index))  # type: ignore[arg-type]


def _joined(one: ParsedAddresses, other: ParsedAddresses) -> ParsedAddresses:
    return ParsedAddresses(
        pl.concat([one.text, other.text]).rechunk(),
        *(np.concatenate([getattr(one, name), getattr(other, name)]) for name in ("version", "high", "low")),
    )


def _joined_far(one: FarEnds, other: FarEnds) -> FarEnds:
    names = ("kind", "answer", "flags", "registration", "as_number", "operator", "anycast")
    return FarEnds(
        **{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names},
        operator_name=pl.concat([one.operator_name, other.operator_name]).rechunk(),
    )


def _index(number: NDArray[np.integer], none: int) -> pl.Series:
    return pl.Series(np.where(number < 0, none, number).astype(np.uint32))
