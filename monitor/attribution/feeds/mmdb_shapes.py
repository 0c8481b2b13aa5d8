"""The known forms of MMDB records, and what each says of a network.

Decides from the keys of the records which form a file has; the name in its metadata is no help, for rebuilt files keep
or invent it. Country of *registration* is kept apart everywhere: of a network (`registered_country`), and of an AS
(`as_country`, IPinfo's ASN file calls it `country`). It never becomes a place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_CODE: Final = re.compile("[A-Z]{2}", re.ASCII)
_AS: Final = re.compile("(?:AS)?([0-9]{1,10})", re.ASCII | re.IGNORECASE)
_AS_NUMBERS: Final = 2**32
_LONGEST_NAME: Final = 256


class UnfitRecordError(ValueError):
    """A record does not say what its form says it does."""


class Facts(NamedTuple):
    """What one record says, in the order of the columns of `contract.RECORDED`."""

    country: str | None = None
    registered_country: str | None = None
    region: str | None = None
    anycast: bool | None = None
    satellite: bool | None = None
    as_number: int | None = None
    as_name: str | None = None
    as_country: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """One known form: how its keys tell it, and how a record is read."""

    name: str
    about: str
    place: bool
    network: bool
    fits: Callable[[frozenset[str]], bool]
    read: Callable[[Mapping[str, Any]], Facts]


def shape_of(keys: Iterable[str]) -> Shape | None:
    """Recognise the form of a file by the keys of all its records; None: it is not one of `SHAPES`."""
    every = frozenset(keys)
    return next((shape for shape in SHAPES if shape.fits(every)), None)


def code(value: object) -> str | None:
    """A country code of two capital letters; None where there is none.

    Raises:
        UnfitRecordError: it is something else.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise UnfitRecordError("it has no country code of two capital letters")
    return value


def as_number(value: object) -> int | None:
    """An AS number, written 15169 or AS15169; None where there is none.

    Raises:
        UnfitRecordError: it is something else.
    """
    if value in (None, "", 0):
        return None
    written = _AS.fullmatch(value) if isinstance(value, str) else None
    number = int(written[1]) if written else value
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < _AS_NUMBERS:
        raise UnfitRecordError("it has no AS number")
    return number


def text(value: object) -> str | None:
    """A name, cut where it is longer than any real one; None where there is none."""
    return value[:_LONGEST_NAME].strip() or None if isinstance(value, str) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _maxmind(record: Mapping[str, Any]) -> Facts:
    traits = _mapping(record.get("traits"))
    parts = record.get("subdivisions")
    first = _mapping(parts[0]) if isinstance(parts, list) and parts else {}
    numbered = traits if "autonomous_system_number" in traits else record
    return Facts(
        country=code(_mapping(record.get("country")).get("iso_code")),
        registered_country=code(_mapping(record.get("registered_country")).get("iso_code")),
        region=text(first.get("iso_code")) or text(_mapping(first.get("names")).get("en")),
        anycast=_flag(traits.get("is_anycast")),
        satellite=_flag(traits.get("is_satellite_provider")),
        as_number=as_number(numbered.get("autonomous_system_number")),
        as_name=text(numbered.get("autonomous_system_organization")),
    )


def _as_only(record: Mapping[str, Any]) -> Facts:
    return Facts(
        as_number=as_number(record.get("autonomous_system_number")),
        as_name=text(record.get("autonomous_system_organization")),
    )


def _flat(record: Mapping[str, Any]) -> Facts:
    return Facts(country=code(record.get("country_code")), region=text(record.get("state1")))


def _ipinfo_asn(record: Mapping[str, Any]) -> Facts:
    return Facts(
        as_number=as_number(record.get("asn")),
        as_name=text(record.get("name")),
        as_country=code(record.get("country")),
    )


def _ipinfo_lite(record: Mapping[str, Any]) -> Facts:
    coded = record.get("country_code") if "country_code" in record else record.get("country")
    return Facts(country=code(coded), as_number=as_number(record.get("asn")), as_name=text(record.get("as_name")))


def _ipinfo_place(record: Mapping[str, Any]) -> Facts:
    return Facts(country=code(record.get("country")), region=text(record.get("region")))


def _ipinfo_nested(record: Mapping[str, Any]) -> Facts:
    place, system = _mapping(record.get("geo")), _mapping(record.get("as"))
    return Facts(
        country=code(place.get("country_code")),
        region=text(place.get("region_code")) or text(place.get("region")),
        anycast=_flag(record.get("is_anycast")),
        satellite=_flag(record.get("is_satellite")),
        as_number=as_number(system.get("asn")),
        as_name=text(system.get("name")),
    )


_MAXMIND_PLACE: Final = frozenset({"country", "registered_country", "continent", "city", "traits", "subdivisions"})

SHAPES: Final = (
    Shape(
        "ipinfo_nested", "IPinfo Core, Plus (geo, as)", place=True, network=True,
        fits=lambda keys: "geo" in keys, read=_ipinfo_nested,
    ),
    Shape(
        "ipinfo_lite", "IPinfo Lite, Country and ASN (country_code, asn, as_name)", place=True, network=True,
        fits=lambda keys: "asn" in keys and not keys.isdisjoint({"as_name", "country_code", "country_name"}),
        read=_ipinfo_lite,
    ),
    Shape(
        "ipinfo_asn", "IPinfo ASN (asn, name)", place=False, network=True,
        fits=lambda keys: {"asn", "name"} <= keys, read=_ipinfo_asn,
    ),
    Shape(
        "flat", "ip-location-db (country_code)", place=True, network=False,
        fits=lambda keys: "country_code" in keys, read=_flat,
    ),
    Shape(
        "maxmind", "MaxMind and DB-IP City, Country, Enterprise (country.iso_code)", place=True, network=True,
        fits=lambda keys: not keys.isdisjoint(_MAXMIND_PLACE - {"country", "city"}), read=_maxmind,
    ),
    Shape(
        "as", "MaxMind, DB-IP and ip-location-db ASN, ISP (autonomous_system_number)", place=False, network=True,
        fits=lambda keys: "autonomous_system_number" in keys, read=_as_only,
    ),
    Shape(
        "ipinfo_place", "IPinfo Country, Location (country)", place=True, network=False,
        fits=lambda keys: "country" in keys, read=_ipinfo_place,
    ),
)  # fmt: skip
"""The known forms; the first that fits is taken."""
