"""What must hold before an input replaces the last good one.

Decides from a few numbers of both: how much smaller it may be, how many tags may be gone, which day it may have.
Whether it can be read at all has been decided by its reader, which counted these numbers.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotation at run time
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAGS_SHOWN: Final = 5


class Measured(BaseModel):
    """What an input amounts to: ranges, IPv4 addresses, IPv6 /64s, and the tags (regions, or countries) in it.

    `published` is the day that the input gives itself, null where it gives none. A part of a /64 counts as one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    ranges: int
    ipv4_addresses: int
    ipv6_64s: int
    tags: tuple[str, ...] = ()
    published: date | None = None


def complaints(kept: Measured, new: Measured, *, shrink_at_most: float, vanish_at_most: float) -> Iterator[str]:
    """Say what speaks against replacing `kept` by `new`; nothing when nothing does. Shares are of what is kept."""
    counts = {
        "ranges": (kept.ranges, new.ranges),
        "IPv4 addresses": (kept.ipv4_addresses, new.ipv4_addresses),
        "IPv6 /64s": (kept.ipv6_64s, new.ipv6_64s),
    }
    for what, (before, after) in counts.items():
        if after < before * (1 - shrink_at_most):
            lost = 1 - after / before
            yield f"it has {after} {what}, the last good one had {before}: {lost:.0%} less, {shrink_at_most:.0%} may be"
    gone = sorted(set(kept.tags) - set(new.tags))
    if len(gone) > len(kept.tags) * vanish_at_most:
        shown = ", ".join(gone[:_TAGS_SHOWN]) + (" ..." if len(gone) > _TAGS_SHOWN else "")
        yield f"{len(gone)} of {len(kept.tags)} regions or countries are gone from it: {shown}"


def aged(kept: date | None, new: date | None) -> str | None:
    """Say that the new input is older than the last good one; null where a day is not known."""
    return f"it is of {new}, the last good one of {kept}" if kept and new and new < kept else None


def emptiness(new: Measured) -> str | None:
    """Say that there is nothing in it, which no first input may be."""
    return None if new.ranges and (new.ipv4_addresses or new.ipv6_64s) else "there is no range in it"
