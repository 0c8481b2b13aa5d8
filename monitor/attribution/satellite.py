"""Carriers by satellite: where a database puts their addresses is not where their subscribers are.

Decides which AS numbers are such carriers, from a maintained list. It refuses to know the place of anything: an
address of theirs is undetermined, with what the databases say as candidates.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitor.document import Finding, Listed, Written, load_document
from monitor.fields import Day, Identifier, Text  # noqa: TC001 - pydantic reads them at run time
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SHIPPED_LIST: Final = "rules/atlas/satellite.yaml"
_AS_NUMBERS: Final = 2**32


class CarrierNumber(Written):
    """An AS number, with the name under which it was found."""

    number: int
    name: Text


class SatelliteCarrier(Written):
    """One carrier; `operator` is an id of the operator table where that knows it."""

    id: Identifier
    name: Text
    operator: Identifier | None = None
    as_numbers: Listed[CarrierNumber]
    source: Text
    read: Day
    verified: bool


class SatelliteFile(Written):
    """The list."""

    satellite: Listed[SatelliteCarrier]


@dataclass(frozen=True, slots=True, eq=False)
class SatelliteCarriers:
    """The list made ready; `digest` is the SHA-256 of the file."""

    carriers: tuple[SatelliteCarrier, ...]
    by_as_number: Mapping[int, SatelliteCarrier]
    digest: str


def load_satellite(path: Path | None = None) -> SatelliteCarriers:
    """Read the list, the shipped one by default.

    Raises:
        ProblemsFound: with everything that is wrong in the file.
    """
    shown_as = SHIPPED_LIST if path is None else None
    path = shipped(SHIPPED_LIST) if path is None else path
    carriers = load_document(path, SatelliteFile, shown_as=shown_as, check=_findings).satellite
    return SatelliteCarriers(
        carriers,
        {entry.number: carrier for carrier in carriers for entry in carrier.as_numbers},
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _findings(file: SatelliteFile) -> Iterator[Finding]:
    """Yield carriers of one name, carriers without a number, and numbers that are none or stand twice."""
    ids: set[str] = set()
    numbers: dict[int, str] = {}
    for place, carrier in enumerate(file.satellite):
        here = ("satellite", place)
        if carrier.id in ids:
            yield Finding((*here, "id"), f"{carrier.id} is listed twice.", "Join the two entries.")
        ids.add(carrier.id)
        if not carrier.as_numbers:
            yield Finding((*here, "as_numbers"), "there is no AS number here.", "Name at least one.")
        for position, entry in enumerate(carrier.as_numbers):
            at = (*here, "as_numbers", position, "number")
            if not 0 < entry.number < _AS_NUMBERS:
                yield Finding(at, f"{entry.number} is not an AS number.", "Write a number such as 14593.")
            if entry.number in numbers:
                yield Finding(at, f"AS{entry.number} belongs to {numbers[entry.number]} already.", "Keep one of them.")
            numbers.setdefault(entry.number, carrier.id)
