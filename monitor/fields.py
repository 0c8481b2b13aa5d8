"""The forms of value that an operator writes: a day, a network, a country, a name. One type each, for every model.

Decides which spellings are accepted and how a wrong one is explained. It refuses to guess: a value that could mean two
things is a problem.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from monitor.countries import NO_COUNTRY, OFTEN_MEANT, country_names, organisation_names
from monitor.wording import Unfit, choose, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic import BaseModel

IPNetwork: TypeAlias = IPv4Network | IPv6Network

DATA_CLASSES: Final = ("health", "pseudonymised_health", "identity", "operations", "public")

_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?", re.ASCII)
_CLASS: Final = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_AS_NUMBER: Final = re.compile(r"as[1-9][0-9]{0,9}", re.ASCII)
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_MAPPED: Final = IPv6Network("::ffff:0:0/96")
_NETWORK_FORMS: Final = "Write it as 10.20.0.0/16 or 2001:db8::/48."
_REALMS: Final = ("aws", "azure", "gcp", "host")
_ACCOUNT_FORMS: Final = "aws:123456789012, azure:SUBSCRIPTION, gcp:PROJECT, or host:NAME for a host"
_FIRST_YEAR: Final = 1900
_NEAR_SYSTEM: Final = 0.8
_NEAR_MISS: Final = 0.9
"""Similarity from which an own name is a misspelt known one: `pseudonymized_health`, `helth`."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What validators know beyond the file: names that exist elsewhere, and the zone in which the site's days begin.

    None for a collection means that it is not known, so nothing is refused for not being in it.
    """

    operators: Collection[str] | None = None
    kinds: Collection[str] | None = None
    systems: Collection[str] | None = None
    timezone: tzinfo = UTC


def surroundings(info: ValidationInfo) -> Surroundings:
    """What the loader passed as context; without one, no operator is refused and days are UTC."""
    return info.context if isinstance(info.context, Surroundings) else Surroundings()


def day_begins(day: date, timezone: tzinfo) -> datetime:
    """The first instant of a day in a zone, in UTC."""
    return datetime.combine(day, time.min, timezone).astimezone(UTC)


def day_ends(day: date, timezone: tzinfo) -> datetime:
    """The first instant after a day in a zone, in UTC; the end of time when the calendar ends."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return day_begins(day + timedelta(days=1), timezone)


def digest_of(content: BaseModel, timezone: tzinfo = UTC) -> str:
    """SHA-256 of what a file says, in hex: comments, order of keys, and defaults written out do not change it.

    The zone is part of what is said: the same day begins elsewhere at another instant.
    """
    plain = [str(timezone), content.model_dump(mode="json", by_alias=True, exclude_defaults=True)]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _text(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # a number that is written in its only form reads back unchanged
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and not value.strip():
        raise Unfit("the text is empty", "Write something, or remove the key.")
    return value


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            day = date.fromisoformat(value) if len(value) == len("2026-02-01") else None
        except ValueError:
            day = None
        if day is None:
            raise Unfit(f"{shown(value)} is not a day of the calendar", "Write it as 2026-02-01.")
        value = day
    if isinstance(value, date) and value.year < _FIRST_YEAR:
        raise Unfit(f"the year {value.year} is before anything this tool judges", "Write it as 2026-02-01.")
    return value


def _country(code: str) -> str:
    known = country_names()
    if code in known:
        return code
    folded = code.strip().upper()
    meant = OFTEN_MEANT.get(folded, folded)
    by_name = {name.upper(): written for written, name in known.items()}
    if folded in NO_COUNTRY:
        raise Unfit(f"{shown(code)} is not one country", "Write the code of the country, such as FR.")
    if meant in known or meant in by_name:
        raise Unfit(f"{shown(code)} is not a country code", f"Did you mean {by_name.get(meant, meant)}?")
    raise Unfit(f"{shown(code)} is not a country code", "Write the two capital letters of ISO 3166-1, such as FR.")


def _recipient(code: str) -> str:
    return code if code not in country_names() and code in organisation_names() else _country(code)


def _identifier(text: str) -> str:
    if _IDENTIFIER.fullmatch(text):
        return text
    remedy = "Write up to 64 letters, digits, dots, hyphens and underscores, without spaces."
    raise Unfit(f"{shown(text)} cannot be an identifier", remedy)


def _data_class(text: str) -> str:
    if text in DATA_CLASSES:
        return text
    if not _CLASS.fullmatch(text):
        remedy = f"Write one of {', '.join(DATA_CLASSES)}, or your own in lower-case letters, digits and underscores."
        raise Unfit(f"{shown(text)} cannot be a data class", remedy)
    if close := nearest(text, DATA_CLASSES, cutoff=_NEAR_MISS):
        raise Unfit(f"{shown(text)} is too much like the data class {close}", f"Did you mean {close}?")
    return text


def is_as_number(text: str) -> bool:
    """Whether an operator is named by its AS number, as in `as64500`."""
    return _AS_NUMBER.fullmatch(text) is not None


def _operator(text: str, info: ValidationInfo) -> str:
    known = surroundings(info).operators
    if known is None or text in known or is_as_number(text):
        return text
    close = nearest(text, known)
    otherwise = "`transferwatch explain ADDRESS` shows the id of an operator; as64500 names one by AS number."
    raise Unfit(f"the operator {shown(text)} is not known", f"Did you mean {close}?" if close else otherwise)


def _system(text: str, info: ValidationInfo) -> str:
    known = surroundings(info).systems
    if known is None or text in known:
        return text
    close = nearest(text, known, cutoff=_NEAR_SYSTEM)
    if close is not None:  # anything else may be the system of another site that shares this register
        raise Unfit(f"the inventory has no system {shown(text)}", f"Did you mean {close}?")
    return text


def _kind(text: str, info: ValidationInfo) -> str:
    known = surroundings(info).kinds
    if known is None or text in known:
        return text
    close = nearest(text, known)
    listed = ", ".join(sorted(known))
    remedy = f"Did you mean {close}? The types are: {listed}." if close else f"Write one of: {listed}."
    raise Unfit(f"there is no source type {shown(text)}", remedy)


def _network(value: object) -> IPNetwork:
    if not isinstance(value, str):
        raise Unfit(f"{shown(value)} is not a network", _NETWORK_FORMS)
    if "/" not in value and value.endswith(
        (".0", "::")
    ):  # a host may end so, but who writes it bare has forgotten the prefix length
        length = 32 if "." in value else 128
        raise Unfit(f"{shown(value)} has no prefix length", f"Write {value}/LENGTH; {value}/{length} is one host.")
    if "%" in value:
        raise Unfit(f"{shown(value)} names an interface", "Write the address without the % and what follows.")
    try:
        network = ip_network(value)
    except ValueError:
        raise _not_a_network(value) from None
    if network.prefixlen == 0:
        raise Unfit(f"{shown(value)} covers every address", "Write the networks one by one.")
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        return IPv4Network((int(network.network_address) & 0xFFFF_FFFF, network.prefixlen - _MAPPED.prefixlen))
    return network


def _not_a_network(text: str) -> Unfit:
    try:
        wider = ip_network(text, strict=False)
    except ValueError:
        return Unfit(f"{shown(text)} is not a network", _NETWORK_FORMS)
    return Unfit(f"{shown(text)} has bits set beyond its prefix length", f"Write {wider}.")


def _domain(text: str) -> str:
    name = text.strip().rstrip(".").lower()
    if name.startswith(("*.", ".")):
        bare = name.lstrip("*.")
        raise Unfit(f"{shown(text)} is written as a pattern", f"Write {bare}: it covers every name below it.")
    if "/" in name or ":" in name or "@" in name:
        raise Unfit(f"{shown(text)} is not a domain name", "Write the name alone, such as example.com.")
    try:
        name = name.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise Unfit(f"{shown(text)} is not a domain name", "Write a name such as example.com.")
    if len(labels) == 1:
        raise Unfit(f"{shown(text)} is a single label: it covers every name that ends so", "Write example.com.")
    return name


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        remedy = choose(text, available_timezones())
        raise Unfit(f"{shown(text)} is not a time zone", remedy if "Did" in remedy else "Write Europe/Paris.") from None
    return text


def _account(text: str) -> str:
    cloud, colon, account = text.partition(":")
    if not colon or cloud not in _REALMS or not account or re.search(r"\s", account):
        raise Unfit(f"{shown(text)} is not an account", f"Write {_ACCOUNT_FORMS}.")
    if cloud == "aws" and not re.fullmatch(r"[0-9]{12}", account, re.ASCII):
        raise Unfit(f"{shown(text)} is not an AWS account", "Write aws: and the twelve digits, with leading zeros.")
    return text


Text = Annotated[str, BeforeValidator(_text)]
"""Text that is not empty; a whole number or a day without quotes is taken as it stands."""
Identifier = Annotated[Text, AfterValidator(_identifier)]
Day = Annotated[date, BeforeValidator(_day)]
Country = Annotated[Text, AfterValidator(_country)]
Recipient = Annotated[Text, AfterValidator(_recipient)]
"""A country, or an international organisation (GDPR Art. 44: both are third), such as EPO."""
DataClass = Annotated[Text, AfterValidator(_data_class)]
Operator = Annotated[Text, AfterValidator(_operator)]
"""An id of the operators that ship, or `as64500` for one that is not among them."""
SystemName = Annotated[Identifier, AfterValidator(_system)]
"""A system of the inventory, or of another site; one letter off a system of the inventory is refused."""
Kind = Annotated[Text, AfterValidator(_kind)]
"""A source type, as `collectors.KINDS` lists them."""
Network = Annotated[IPNetwork, BeforeValidator(_network)]
"""A network, or one address as its host network."""
Domain = Annotated[Text, AfterValidator(_domain)]
"""A name in the form that resolvers log: lower case, internationalised labels encoded, no dot at the end."""
Timezone = Annotated[Text, AfterValidator(_timezone)]
Account = Annotated[Text, AfterValidator(_account)]
