"""Which system of ours an account of a cloud, or a host that logs under its own name, belongs to.

Decides by what the inventory lists as `accounts:`. Letters of either case are the same: clouds write one subscription
both ways, and host names have no case. Refuses to guess: an account that no system lists is nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from monitor.inventory import Inventory

    Numbers = NDArray[np.int32]

NO_SYSTEM: Final = -1
HOST: Final = "host"
CLOUDS: Final = ("aws", "azure", "gcp")


def cloud_of(kind: str) -> str | None:
    """The cloud that a KIND is a log of, as `accounts:` calls it."""
    first = kind.partition("_")[0]
    return first if first in CLOUDS else None


@dataclass(frozen=True, slots=True)
class Accounts:
    """Position of the system of each account, by cloud, and of each host name; of several the first system has it."""

    listed: Mapping[str, Mapping[str, int]]

    @classmethod
    def of(cls, inventory: Inventory) -> Accounts:
        """Make an inventory ready."""
        listed: dict[str, dict[str, int]] = {}
        for place, system in enumerate(inventory.systems):
            for account in system.accounts:
                realm, _, name = account.lower().partition(":")
                listed.setdefault(realm, {}).setdefault(name, place)
        return cls(listed)

    def systems(self, account: pl.Series, cloud: str | None) -> Numbers:
        """System of each account; NO_SYSTEM where no system lists it, or the source is no cloud's."""
        return _found(account, self.listed.get(cloud or "", {}))

    def systems_of_hosts(self, host: pl.Series) -> Numbers:
        """System of each host; one that is listed by its first label alone is found under any domain."""
        listed = self.listed.get(HOST, {})
        if not listed:
            return _found(host, listed)
        name = host.str.strip_suffix(".")
        whole = _found(name, listed)
        short = {each: place for each, place in listed.items() if "." not in each}
        return np.where(whole == NO_SYSTEM, _found(name.str.extract(r"^([^.]*[^.0-9][^.]*)\."), short), whole)


def _found(text: pl.Series, listed: Mapping[str, int]) -> Numbers:
    if not listed or text.null_count() == len(text):
        return np.full(len(text), NO_SYSTEM, dtype=np.int32)
    lower = text.str.to_lowercase()
    return lower.replace_strict(dict(listed), default=NO_SYSTEM, return_dtype=pl.Int32).to_numpy().copy()
