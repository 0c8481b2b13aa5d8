"""Turn the databases of an atlas into layers: one fact about every address, as disjoint ranges.

Decides which column of a database is the fact of its kind. Codes stay as the source has them, pseudo codes included;
where a network or an AS is registered never becomes a place. A provider's own feed is no database: see
`monitor.attribution.stated`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.address import IPV4, IPV6
from monitor.attribution.feeds import DATABASES
from monitor.attribution.ranges import Ranges, Steps, in_order
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from monitor.attribution.archives import Input
    from monitor.attribution.declared import Source

CODE: Final = 0xFFFF
"""The bits of a place value that are the code's two ASCII octets."""
ANYCAST: Final = 1 << 16
SATELLITE: Final = 1 << 17
"""Set in a place value where the database says so of the network."""

_IPV4_SPACE: Final = 2**32


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One fact about the address space; 0 where its source says nothing."""

    four: Ranges
    six: Ranges


@dataclass(frozen=True, slots=True, eq=False)
class Database:
    """What was read of a database: its records, and the day that the file itself tells."""

    name: str
    frame: pl.DataFrame
    place: bool
    network: bool
    published: datetime | None


def read_database(source: Source, given: Input) -> Database:
    """Read every file of a database.

    Raises:
        ProblemsFound: a file is not what its format says, or does not tell the fact of the source's kind.
    """
    read = [DATABASES[source.format](content, name) for content, name in zip(given.contents, given.names, strict=True)]
    place, network = (all(getattr(each, fact) for each in read) for fact in ("place", "network"))
    if not {"place": place, "network": network}.get(source.kind, place or network):
        what = f"it is no database of the kind {source.kind}: it was read as {read[0].shape}."
        raise ProblemsFound([Problem(given.names[0], 0, 0, "", what, f"Check the kind and the file of {source.id}.")])
    dates = [each.published for each in read if each.published is not None]
    frame = pl.concat([each.frame for each in read])
    return Database(given.names[0], frame, place, network, min(dates, default=None))


def place_layer(database: Database) -> Layer:
    """The country of every network; a value is the code's two ASCII octets, with ANYCAST and SATELLITE."""
    frame = database.frame
    value = _code(frame["country"])
    for flag, column in ((ANYCAST, "anycast"), (SATELLITE, "satellite")):
        value |= np.where(frame[column].fill_null(value=False).to_numpy(), np.uint64(flag), np.uint64(0))
    return _layer(database, value)


def registration_layer(database: Database) -> Layer:
    """The country in which a network's AS is registered, as the database has it; values as in `place_layer`."""
    told = database.frame.select(pl.coalesce("as_country", "country", "registered_country")).to_series()
    return _layer(database, _code(told))


def network_layer(database: Database) -> tuple[Layer, dict[int, str]]:
    """Numbers of AS, and the name of each AS: the one that most ranges give, of equals the first by code."""
    frame = database.frame
    named = frame.filter(pl.col("as_name").is_not_null() & pl.col("as_number").is_not_null())
    named = named.group_by("as_number", "as_name").len()
    named = named.sort(["as_number", "len", "as_name"], descending=[False, True, False]).unique(
        "as_number", keep="first"
    )
    names = dict(zip(named["as_number"].to_list(), named["as_name"].to_list(), strict=True))
    return _layer(database, frame["as_number"].fill_null(0).to_numpy().astype(np.uint64)), names


def _code(countries: pl.Series) -> NDArray[np.uint64]:
    """Two letters as 16 bits, 0 for null."""
    distinct = countries.unique().drop_nulls()
    numbers = pl.Series([int.from_bytes(code.encode(), "big") for code in distinct.to_list()], dtype=pl.UInt64)
    found = countries.replace_strict(distinct, numbers, default=0, return_dtype=pl.UInt64)
    return found.fill_null(0).to_numpy().copy()


def _layer(database: Database, value: NDArray[np.uint64]) -> Layer:
    version = database.frame["version"].to_numpy()
    return Layer(*(_ranges(database, value, (version == each) & (value != 0), each) for each in (IPV4, IPV6)))


def _ranges(database: Database, value: NDArray[np.uint64], mask: NDArray[np.bool_], version: int) -> Ranges:
    first_high, first_low, last_high, last_low = (
        database.frame[f"{edge}_{half}"].to_numpy()[mask] for edge in ("first", "last") for half in ("high", "low")
    )
    one = np.uint64(1)
    zero = np.zeros_like(first_low)
    if version == IPV4:
        first, after = Steps(first_low, zero), Steps((last_low + one) % np.uint64(_IPV4_SPACE), zero)
    else:
        low = last_low + one
        first, after = Steps(first_high, first_low), Steps(last_high + (low == 0), low)
    try:
        return in_order(Ranges(first, after, value[mask]))
    except ValueError as error:
        raise ProblemsFound([Problem(database.name, 0, 0, "", f"{error}.", "Take another version of it.")]) from error
