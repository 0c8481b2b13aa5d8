"""Which system of ours an act of administration was about, who acted, and whether it counts here.

Decides from the record and the inventory alone. Our end is, first that applies: the address that the record gives of
it; an address that stands as its target; the account; the target's or the observer's host name; the observer's address.
Where the actor's address is ours and that of the target is not, the session goes out, and its far end is the target.
Refuses to know where the actor is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.accounts import NO_SYSTEM, cloud_of
from monitor.address import AddressKind, kind_of, parse_addresses
from monitor.bare_records import bare_records, oriented_bare
from monitor.far_actors import NO_CLAIM, with_nobody
from monitor.orient import ADMIN, INBOUND, NO_ADDRESS, NOBODY, OURS, OUTBOUND, STAFF, STRANGER, Spread, positions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses
    from monitor.orient import Oriented, Orienter

CUSTOMER, PROVIDER, SERVICE = range(3)  # codes of schema.ACTOR_KINDS, in their order
UNKNOWN_ACTOR: Final = -1
# What may be an address, a port behind it or not, first that fits. Other text is not read.
_ADDRESS_FORMS: Final = (
    r"^([0-9.]+)(?::[0-9]{1,5})?$",
    r"^\[([0-9a-fA-F:.]+)\](?::[0-9]{1,5})?$",
    r"^([0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*)$",
)


@dataclass(frozen=True, slots=True)
class Acts:
    """Acts about systems of ours, and the addresses that they are told by; the last one is nobody's.

    `claim` is the number of the country that a log claims where it tells no address, else NO_CLAIM; `actor_kind` is a
    code of `schema.ACTOR_KINDS`, or UNKNOWN_ACTOR. `timed` are all acts, ours or not.
    """

    oriented: Oriented
    timed: pl.DataFrame
    addresses: ParsedAddresses
    claim: NDArray[np.int64]
    actor_kind: NDArray[np.int8]


def orient_admins(
    frame: pl.DataFrame, addresses: ParsedAddresses, orienter: Orienter, kind: str, claims: Mapping[str, int]
) -> Acts:
    """Orient acts of administration (columns as `collectors.contract.Admins` says; `time` is not null).

    `kind`: of the source; `claims`: number of each country that a log may claim.
    An attempt that did not succeed does not count, nor does what tells of an access and is none (`access` is false),
    nor what a provider's service did of itself: of that no log tells a place, and nobody came in. All are rows all the
    same.
    """
    frame = bare_records(frame, pl.col("actor"))
    addresses, at, observed = _with_told_addresses(frame, addresses)
    classes, systems = orienter.applying(frame)
    ours_of = Spread.of(addresses, orienter, classes, systems)
    system, local = _our_end(frame, ours_of, at, observed, orienter, cloud_of(kind))
    remote, target = positions(frame["actor_address"]), positions(frame["target_address"])
    actor_kind = frame["actor_kind"].to_physical().cast(pl.Int8).fill_null(UNKNOWN_ACTOR).to_numpy()
    # Ours acted, on a host of somebody else: what a sensor sees of a session that goes out.
    (actor_role, actor_number), (target_role, _) = ours_of(remote), ours_of(target)
    outward = (actor_role == OURS) & (target != NO_ADDRESS) & (target_role != OURS) & (actor_kind != PROVIDER)
    system = np.where(outward, actor_number, system)
    local, remote = np.where(outward, remote, local), np.where(outward, target, remote)
    found = (system != NO_SYSTEM) | (local != NO_ADDRESS)
    # An address that cannot leave a site does not tell where a provider's people are.
    confined = (kind_of(addresses) == AddressKind.confined)[remote]
    remote = np.where((actor_kind == PROVIDER) & confined, NO_ADDRESS, remote)
    remote_role, remote_number = ours_of(remote)
    # A provider's people are not ours, whichever network they come through.
    foreign = (actor_kind == PROVIDER) & ((remote_role == OURS) | (remote_role == STAFF))
    remote_role = np.where(foreign, STRANGER, remote_role)
    remote_number = np.where(foreign, NOBODY, remote_number)
    claim = np.where(remote == NO_ADDRESS, _claimed(frame["actor_country"], claims), NO_CLAIM)
    automatic = (actor_kind == SERVICE) & (remote == NO_ADDRESS) & (claim == NO_CLAIM)
    no_access = ~frame["success"].fill_null(value=True).to_numpy()
    if "access" in frame.columns:
        no_access |= ~frame["access"].fill_null(value=True).to_numpy()
        frame = frame.drop("access")
    peer = np.where(remote_role == OURS, remote_number, NOBODY)
    timed, nobody = frame, len(addresses) - 1
    local = np.where(local == NO_ADDRESS, nobody, local)
    direction = np.where(outward, OUTBOUND, INBOUND)
    kept = (
        local,
        remote,
        system,
        remote_role,
        remote_number,
        peer,
        direction,
        ~automatic & ~no_access,
        claim,
        actor_kind,
    )
    if not found.all():
        frame = frame.filter(pl.Series(found))
        kept = tuple(each[found] for each in kept)
    local, remote, system, remote_role, remote_number, peer, direction, counted, claim, actor_kind = kept
    oriented = oriented_bare(
        frame,
        local=local,
        remote=remote,
        system=system,
        remote_role=remote_role,
        remote_number=remote_number,
        peer_system=peer,
        activity=ADMIN,
        direction=direction,
        counted=counted,
        not_ours=int((~found).sum()),
    )
    return Acts(oriented, timed, addresses, claim, actor_kind)


def _our_end(
    frame: pl.DataFrame,
    ours_of: Spread,
    target: NDArray[np.int64],
    observer: NDArray[np.int64],
    orienter: Orienter,
    cloud: str | None,
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """System of our end (NO_SYSTEM: none, or a forwarder of none), and its address (NO_ADDRESS: not told)."""
    system = np.full(frame.height, NO_SYSTEM, dtype=np.int32)
    local = np.full(frame.height, NO_ADDRESS, dtype=np.int64)

    def by_address(at: NDArray[np.int64]) -> None:
        role, number = ours_of(at)
        fits = (role == OURS) & (system == NO_SYSTEM) & (local == NO_ADDRESS)
        system[fits], local[fits] = number[fits], at[fits]

    def by_name(found: NDArray[np.int32]) -> None:
        fits = (found != NO_SYSTEM) & (system == NO_SYSTEM) & (local == NO_ADDRESS)
        system[fits] = found[fits]

    by_address(positions(frame["target_address"]))
    by_address(target)
    by_name(orienter.accounts.systems(frame["account"], cloud))
    by_name(orienter.accounts.systems_of_hosts(frame["target"]))
    by_name(orienter.accounts.systems_of_hosts(frame["observer"]))
    by_address(observer)
    return system, local


def _with_told_addresses(
    frame: pl.DataFrame, addresses: ParsedAddresses
) -> tuple[ParsedAddresses, NDArray[np.int64], NDArray[np.int64]]:
    """The addresses, those that stand as a target or an observer behind them; and the positions of these two."""
    forms = [address_in(frame[name]) for name in ("target", "observer")]
    distinct = pl.concat(forms).unique(maintain_order=True).drop_nulls()
    more = parse_addresses(distinct) if len(distinct) else None
    numbered = pl.DataFrame({"text": distinct}).with_row_index("number", offset=len(addresses))
    at = [
        form.to_frame("text").join(numbered, on="text", how="left", maintain_order="left")["number"] for form in forms
    ]
    target, observer = (each.cast(pl.Int64).fill_null(NO_ADDRESS).to_numpy() for each in at)
    return with_nobody(addresses, more), target, observer


def address_in(text: pl.Series) -> pl.Series:
    """What in each text is, as a whole, an address, without a port behind it; null where nothing is."""
    if text.null_count() == len(text):
        return text.cast(pl.String).alias("text")
    found = [text.str.extract(form) for form in _ADDRESS_FORMS]
    return pl.select(pl.coalesce(found)).to_series().alias("text")


def _claimed(country: pl.Series, claims: Mapping[str, int]) -> NDArray[np.int64]:
    if country.null_count() == len(country):
        return np.full(len(country), NO_CLAIM, dtype=np.int64)
    return country.replace_strict(dict(claims), default=NO_CLAIM, return_dtype=pl.Int64).to_numpy()
