"""Which names were asked of a resolver that is not ours: the question is a conversation, its answer is evidence.

Decides from the record and the inventory alone. Our end is the client, else the system of the observer. What was asked
of our own resolver, or of one that the record does not tell (a server that logs for itself), and what a connection
showed (TLS, QUIC, HTTP), is no conversation of its own: it is counted, by which of them it is. Of several answers to
one question the first counts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.accounts import NO_SYSTEM
from monitor.address import parse_addresses
from monitor.bare_records import bare_records, oriented_bare
from monitor.far_actors import with_nobody
from monitor.orient import DNS, NO_ADDRESS, NOBODY, OURS, OUTBOUND, Spread, positions
from monitor.orient_admins import address_in

if TYPE_CHECKING:
    from monitor.address import ParsedAddresses
    from monitor.orient import Oriented, Orienter

# Why a name is not judged.
NO_RESOLVER: Final = "no_resolver"
OWN_RESOLVER: Final = "own_resolver"
SHOWN: Final = "shown"
_ONE_QUESTION: Final = ("line", "time", "client_address", "resolver_address", "name", "record_type")


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions to resolvers that are not ours, the addresses that they are told by (the last one is nobody's).

    `timed`: every record; `ours`: those that are not nobody's, judged or not; `unjudged` counts those that are not
    judged, by reason.
    """

    oriented: Oriented
    addresses: ParsedAddresses
    timed: pl.DataFrame
    ours: pl.DataFrame
    unjudged: Counter[str]


def orient_names(frame: pl.DataFrame, addresses: ParsedAddresses, orienter: Orienter) -> Asked:
    """Orient names (columns as `collectors.contract.Names` says; `time` is not null)."""
    # Which names were asked for is not kept beside addresses: a resolver hears of every one of them.
    named = frame.with_columns(asked_name=pl.col("name"))
    frame = bare_records(named, pl.lit(None, dtype=pl.String))
    observers = address_in(frame["observer"])
    distinct = observers.unique(maintain_order=True).drop_nulls()
    numbered = pl.DataFrame({"text": distinct}).with_row_index("number", offset=len(addresses))
    observer = positions(
        observers.to_frame("text").join(numbered, on="text", how="left", maintain_order="left")["number"]
    )
    addresses = with_nobody(addresses, parse_addresses(distinct) if len(distinct) else None)
    classes, systems = orienter.applying(frame)
    ours_of = Spread.of(addresses, orienter, classes, systems)
    client, resolver = (positions(frame[name]) for name in ("client_address", "resolver_address"))
    client_role, client_number = ours_of(client)
    observer_role, observer_number = ours_of(observer)
    resolver_role, resolver_number = ours_of(resolver)
    by_host = orienter.accounts.systems_of_hosts(frame["observer"])
    is_client, is_observer = client_role == OURS, observer_role == OURS
    at_observer = np.where(is_observer, observer_number, by_host)
    system = np.where(is_client, client_number, at_observer)
    local = np.where(is_client, client, np.where(is_observer, observer, len(addresses) - 1))
    untold = resolver == NO_ADDRESS
    own = resolver_role == OURS
    is_ours = is_client | is_observer | (by_host != NO_SYSTEM) | untold | own
    judged = is_ours & ~untold & ~own
    first = named.select(pl.struct(_ONE_QUESTION).is_first_distinct()).to_series().to_numpy()
    oriented = oriented_bare(
        frame.filter(pl.Series(judged)),
        local=local[judged],
        remote=resolver[judged],
        system=system[judged],
        remote_role=resolver_role[judged],
        remote_number=resolver_number[judged],
        peer_system=np.full(int(judged.sum()), NOBODY),
        activity=DNS,
        direction=OUTBOUND,
        counted=first[judged],
        not_ours=int((~is_ours).sum()),
    )
    asked = (frame["via"] == "dns").to_numpy()
    counts = {NO_RESOLVER: untold & asked, SHOWN: untold & ~asked, OWN_RESOLVER: own}
    unjudged = Counter({reason: int(which.sum()) for reason, which in counts.items()})
    return Asked(oriented, addresses, frame, frame.filter(pl.Series(is_ours)), +unjudged)
