"""The seam between a published file and the atlas: what a reader takes, and what it hands back.

A reader is a pure function from the bytes of one file to columns; it opens nothing and knows no clock. There are two
kinds. A *feed* is what a provider or a site states of its own networks (`Statements`). A *database* is what a third
party concluded of everybody's (`Records`). Both raise `ProblemsFound` and nothing else, whatever the bytes.

How the rows of a feed are to be laid over each other:

- Place: of the rows that say where (`regional`, `global`) the longest prefix speaks. A `whose` row without a region
  never does, so that a service list without regions hides nothing of the regional network around it.
- A `whose` row *with* a region (one that the table does not know, or does not place) says that its prefix is somewhere,
  and we cannot tell where. The regional network around it, if there is one, is not its place either.
- Operator and service: the longest prefix that names one, whatever its scope.
- No prefix stands in `Statements` twice; `monitor.attribution.feeds.equal` says which statement of several is kept.

Numbers are those of `monitor.address`: an IPv4 address is `high` 0 and its 32-bit number in `low`. First and last
address are both included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from monitor.attribution.regions import RegionTable

LARGEST_FEED_OCTETS: Final = 32 * 1024 * 1024
"""A feed above this is a mistake: the largest real one has 4 MB."""
LARGEST_DATABASE_OCTETS: Final = 1024 * 1024 * 1024

SCOPE: Final = pl.Enum(["regional", "global", "whose"])
"""`regional`: in `country`. `global`: announced from many places, or expressly not placed. `whose`: says no place."""

_RANGE: Final = {
    "version": pl.UInt8(),
    "first_high": pl.UInt64(),
    "first_low": pl.UInt64(),
    "last_high": pl.UInt64(),
    "last_low": pl.UInt64(),
}
STATED: Final = pl.Schema(
    {
        "network": pl.String(),  # CIDR, canonical
        **_RANGE,
        "operator": pl.String(),  # id of the operator table; null: the feed does not say
        "service": pl.String(),  # the provider's word; null on the general list
        "region": pl.String(),  # the provider's word, or the geofeed's ISO 3166-2 code
        "country": pl.String(),  # ISO 3166-1 alpha-2; not null exactly where scope is regional
        "scope": SCOPE,
    }
)
"""Columns of a feed, sorted by version, first address, last address descending."""
RECORDED: Final = pl.Schema(
    {
        **_RANGE,
        "country": pl.String(),  # where it is used; two capital letters, pseudo codes as they stand
        "registered_country": pl.String(),  # where it is registered: never a place
        "region": pl.String(),
        "anycast": pl.Boolean(),  # null: the database does not say
        "satellite": pl.Boolean(),
        "as_number": pl.UInt32(),
        "as_name": pl.String(),
        "as_country": pl.String(),  # where the AS is registered: never a place
    }
)
"""Columns of a database, in the order of the file's addresses; null is what it does not say."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What the list of sources says of one feed: its name in problems, whose it is, and what a bare prefix means."""

    file: str
    regions: RegionTable
    operator: str | None = None
    scope: Literal["global", "whose"] = "whose"
    operators: Collection[str] | None = None  # known ids, for what a site writes; None: not checked


Remark = Literal[
    "unknown_region",  # word: the region; its rows say whose, not where
    "unplaced_region",  # word: the region; the table lists it and says why it has no country
    "unknown_country",  # word: what stands for a country and is none
    "no_country",  # a geofeed asks that its prefix be placed nowhere
    "foreign_subdivision",  # word: a subdivision of another country than the row's; left out
    "several_countries",  # word: one prefix, stated in two countries; it says whose, not where
    "unreadable",  # word: the first line or key that was skipped
    "not_read",  # word: a part of the file that says nothing of its operator's own networks
]


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """What a build should tell of a feed: what was found, the word in the feed, and how many of its rows."""

    what: Remark
    word: str
    rows: int


@dataclass(frozen=True, slots=True, eq=False)
class Statements:
    """A feed that was read. `frame` has the columns of `STATED`; `published` is the feed's own date, if it has one."""

    frame: pl.DataFrame
    notes: tuple[Note, ...] = ()
    published: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """A database that was read. `frame` has the columns of `RECORDED`.

    `shape` names the form that was recognised; `place` and `network` tell which facts that form gives at all.
    """

    frame: pl.DataFrame
    shape: str
    place: bool
    network: bool
    published: datetime | None = None


class FeedReader(Protocol):
    """Read one feed.

    Raises:
        ProblemsFound: the bytes are not what the format says.
    """

    def __call__(self, content: bytes, feed: Feed) -> Statements:
        """Read the bytes of one file."""
        ...


class DatabaseReader(Protocol):
    """Read one database; `file` is its name in problems.

    Raises:
        ProblemsFound: the bytes are not what the format says.
    """

    def __call__(self, content: bytes, file: str) -> Records:
        """Read the bytes of one file."""
        ...
