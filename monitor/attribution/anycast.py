"""Networks that answer from many places at once: no country database can say where a conversation with them lands.

Decides which addresses are known to be anycast. Refuses to guess: what is not listed is not anycast here, and the
list says of each entry from which publication it comes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from monitor.document import Finding, Listed, Written, load_document
from monitor.fields import Day, Identifier, Network, Text  # noqa: TC001 - pydantic reads them at run time
from monitor.prefixes import PrefixIndex
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHIPPED_LIST: Final = "rules/operators/anycast.yaml"


class AnycastEntry(Written):
    """A service that is announced from many places; `operator` is an id of the operator table where that knows it."""

    id: Identifier
    name: Text
    operator: Identifier
    what: Literal["resolver", "root", "cdn", "global_service"]
    prefixes: Listed[Network]
    source: Text
    read: Day
    verified: bool


class AnycastFile(Written):
    """The list."""

    anycast: Listed[AnycastEntry]


@dataclass(frozen=True, slots=True, eq=False)
class Anycast:
    """The list made ready: `index` gives the position of a network, `entry_at` the entry that it belongs to."""

    entries: tuple[AnycastEntry, ...]
    index: PrefixIndex
    digest: str
    _entry_of_network: tuple[int, ...]

    def entry_at(self, position: int) -> AnycastEntry:
        """Give the entry of a network that `index.lookup` found."""
        return self.entries[self._entry_of_network[position]]


def load_anycast(path: Path | None = None) -> Anycast:
    """Read the list, the shipped one by default; `digest` is the SHA-256 of the file.

    Raises:
        ProblemsFound: with everything that is wrong in the file.
    """
    shown_as = SHIPPED_LIST if path is None else None
    path = shipped(SHIPPED_LIST) if path is None else path
    entries = load_document(path, AnycastFile, shown_as=shown_as, check=_findings).anycast
    networks = [(place, network) for place, entry in enumerate(entries) for network in entry.prefixes]
    return Anycast(
        entries=entries,
        index=PrefixIndex.of([network for _, network in networks]),
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
        _entry_of_network=tuple(place for place, _ in networks),
    )


def _findings(file: AnycastFile) -> Iterator[Finding]:
    """Yield entries of one name, entries without a network, and networks that are listed twice."""
    names: set[str] = set()
    networks: dict[object, str] = {}
    for place, entry in enumerate(file.anycast):
        if entry.id in names:
            yield Finding(("anycast", place, "id"), f"{entry.id} is listed twice.", "Join the two entries.")
        names.add(entry.id)
        if not entry.prefixes:
            yield Finding(("anycast", place, "prefixes"), "there is no network here.", "Name at least one.")
        for position, network in enumerate(entry.prefixes):
            other = networks.setdefault(network, entry.id)
            if other != entry.id:
                what = f"{network} belongs to {other} already."
                yield Finding(("anycast", place, "prefixes", position), what, "Keep it in one of them.")
