"""Each form of value accepts what it says and explains the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime
from ipaddress import ip_network
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from monitor.fields import (
    Account,
    Country,
    DataClass,
    Day,
    Domain,
    Identifier,
    Kind,
    Network,
    Operator,
    Surroundings,
    SystemName,
    Text,
    Timezone,
    day_begins,
    day_ends,
)

_KNOWN = Surroundings(operators={"scaleway", "aws"}, kinds={"aws_vpc", "zeek"}, systems={"warehouse", "portal"})


def _read(form: Any, value: object) -> Any:  # noqa: ANN401 - a test reads every form
    return TypeAdapter[Any](form).validate_python(value, context=_KNOWN)


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        (Text, 123456789012, "123456789012"),
        (Text, date(2026, 2, 1), "2026-02-01"),
        (Day, date(2026, 2, 1), date(2026, 2, 1)),
        (Day, "2026-02-01", date(2026, 2, 1)),
        (Country, "NO", "NO"),
        (Country, "XK", "XK"),
        (Identifier, "T-2026-004", "T-2026-004"),
        (DataClass, "pseudonymised_health", "pseudonymised_health"),
        (DataClass, "genomics", "genomics"),
        (Operator, "scaleway", "scaleway"),
        (Operator, "as64500", "as64500"),
        (Kind, "zeek", "zeek"),
        (SystemName, "portal", "portal"),
        (SystemName, "another-site", "another-site"),
        (Timezone, "Europe/Paris", "Europe/Paris"),
        (Account, "azure:SUBSCRIPTION", "azure:SUBSCRIPTION"),
        (Domain, "Example.COM.", "example.com"),
        (Domain, "entrepôt.example", "xn--entrept-y0a.example"),
        (Network, "10.20.0.0/16", ip_network("10.20.0.0/16")),
        (Network, "10.20.0.220", ip_network("10.20.0.220/32")),
        (Network, "2001:DB8::/48", ip_network("2001:db8::/48")),
        (Network, "2001:db8::1", ip_network("2001:db8::1/128")),
        (Network, "::ffff:10.0.0.0/104", ip_network("10.0.0.0/8")),
        (Network, "10.0.0.0/255.0.0.0", ip_network("10.0.0.0/8")),
    ],
)
def test_a_form_takes_its_spellings(form: object, value: object, expected: object) -> None:
    """What is unambiguous is taken."""
    assert expected == _read(form, value)


_CLASSES = (
    "Write one of health, pseudonymised_health, identity, operations, public, "
    "or your own in lower-case letters, digits and underscores."
)


@pytest.mark.parametrize(
    ("form", "value", "what", "remedy"),
    [
        (Text, "  ", "the text is empty", "Write something, or remove the key."),
        (Day, "2026-02-30", '"2026-02-30" is not a day of the calendar', "Write it as 2026-02-01."),
        (Day, "20260201", '"20260201" is not a day of the calendar', "Write it as 2026-02-01."),
        (Day, date(26, 2, 1), "the year 26 is before anything this tool judges", "Write it as 2026-02-01."),
        (Country, "UK", '"UK" is not a country code', "Did you mean GB?"),
        (Country, "fr", '"fr" is not a country code', "Did you mean FR?"),
        (Country, "Norway", '"Norway" is not a country code', "Did you mean NO?"),
        (Country, "EU", '"EU" is not one country', "Write the code of the country, such as FR."),
        (Operator, "scalway", 'the operator "scalway" is not known', "Did you mean scaleway?"),
        (Kind, "aws_vpcs", 'there is no source type "aws_vpcs"', "Did you mean aws_vpc? The types are: aws_vpc, zeek."),
        (SystemName, "warehous", 'the inventory has no system "warehous"', "Did you mean warehouse?"),
        (DataClass, "helth", '"helth" is too much like the data class health', "Did you mean health?"),
        (DataClass, "Health", '"Health" cannot be a data class', _CLASSES),
        (Timezone, "Europe/Pari", '"Europe/Pari" is not a time zone', "Did you mean Europe/Paris?"),
        (Timezone, "../../zzz", '"../../zzz" is not a time zone', "Write Europe/Paris."),
        (Account, "aws:12", '"aws:12" is not an AWS account', "Write aws: and the twelve digits, with leading zeros."),
        (Domain, "*.a.eu", '"*.a.eu" is written as a pattern', "Write a.eu: it covers every name below it."),
        (Domain, "com", '"com" is a single label: it covers every name that ends so', "Write example.com."),
        (Domain, "10.0.0.1", '"10.0.0.1" is not a domain name', "Write a name such as example.com."),
        (Network, "10.20.30.40/16", '"10.20.30.40/16" has bits set beyond its prefix length', "Write 10.20.0.0/16."),
        (Network, "10.20.0.0", '"10.20.0.0" has no prefix length', "Write 10.20.0.0/LENGTH; 10.20.0.0/32 is one host."),
        (Network, "::/0", '"::/0" covers every address', "Write the networks one by one."),
        (Network, 10, "10 is not a network", "Write it as 10.20.0.0/16 or 2001:db8::/48."),
        (Network, "fe80::1%a", '"fe80::1%a" names an interface', "Write the address without the % and what follows."),
    ],
)  # fmt: skip
def test_a_form_explains_what_it_refuses(form: object, value: object, what: str, remedy: str) -> None:
    """The sentence names the value, the remedy what to write."""
    with pytest.raises(ValidationError) as raised:
        _read(form, value)

    (mistake,) = raised.value.errors()
    error: Any = mistake["ctx"]["error"]
    assert (what, remedy) == (error.what, error.remedy)


def test_without_known_names_none_is_refused() -> None:
    """A loader that does not know the operators cannot say that one is wrong."""
    assert TypeAdapter[Any](Operator).validate_python("anything") == "anything"


def test_a_day_begins_at_midnight_of_the_site() -> None:
    """In winter Paris is one hour ahead, in summer two."""
    paris = ZoneInfo("Europe/Paris")

    assert datetime(2026, 1, 31, 23, tzinfo=UTC) == day_begins(date(2026, 2, 1), paris)
    assert datetime(2026, 7, 1, 22, tzinfo=UTC) == day_ends(date(2026, 7, 1), paris)


def test_the_day_of_the_clock_change_has_23_hours() -> None:
    """Its end is the next midnight, not 24 hours later."""
    paris = ZoneInfo("Europe/Paris")

    assert (day_ends(date(2026, 3, 29), paris) - day_begins(date(2026, 3, 29), paris)).total_seconds() == 23 * 3600


def test_the_last_day_of_the_calendar_ends_with_time() -> None:
    """9999-12-31 is what people write for no end."""
    assert datetime.max.replace(tzinfo=UTC) == day_ends(date(9999, 12, 31), ZoneInfo("Europe/Paris"))
