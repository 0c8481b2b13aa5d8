"""The known forms of records."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.attribution.feeds.mmdb_shapes import Facts, UnfitRecordError, as_number, code, shape_of

MAXMIND = {
    "country": {"iso_code": "GB", "names": {"en": "United Kingdom"}},
    "registered_country": {"iso_code": "FR"},
    "subdivisions": [{"iso_code": "ENG"}, {"iso_code": "WBK"}],
}
ENTERPRISE = {
    "country": {"iso_code": "US"},
    "traits": {
        "autonomous_system_number": 14593,
        "autonomous_system_organization": "SpaceX",
        "is_anycast": True,
        "is_satellite_provider": True,
    },
}


@pytest.mark.parametrize(
    ("record", "shape", "facts"),
    [
        (MAXMIND, "maxmind", Facts(country="GB", registered_country="FR", region="ENG")),
        (
            ENTERPRISE,
            "maxmind",
            Facts(country="US", anycast=True, satellite=True, as_number=14593, as_name="SpaceX"),
        ),
        ({"continent": {"code": "EU"}}, "maxmind", Facts()),
        (
            {"country": {"iso_code": "FR"}, "continent": {}, "subdivisions": [{"names": {"en": "Île-de-France"}}]},
            "maxmind",
            Facts(country="FR", region="Île-de-France"),  # DB-IP has names alone
        ),
        (
            {"autonomous_system_number": 15169, "autonomous_system_organization": "Google LLC"},
            "as",
            Facts(as_number=15169, as_name="Google LLC"),
        ),
        ({"autonomous_system_number": 0, "isp": "X", "organization": "Y"}, "as", Facts()),
        ({"country_code": "FR"}, "flat", Facts(country="FR")),
        ({"country_code": "FR", "state1": "Bretagne", "city": "Brest"}, "flat", Facts(country="FR", region="Bretagne")),
        (
            {"asn": "AS15169", "as_name": "Google LLC", "country": "United States", "country_code": "US"},
            "ipinfo_lite",
            Facts(country="US", as_number=15169, as_name="Google LLC"),
        ),
        (
            {"asn": "AS15169", "as_name": "Google LLC", "country": "US", "country_name": "United States"},
            "ipinfo_lite",
            Facts(country="US", as_number=15169, as_name="Google LLC"),
        ),
        (
            {"asn": "AS15169", "name": "Google LLC", "country": "US", "type": "hosting"},
            "ipinfo_asn",
            Facts(as_number=15169, as_name="Google LLC", as_country="US"),
        ),
        (
            {"country": "FR", "region": "Brittany", "city": "Brest"},
            "ipinfo_place",
            Facts(country="FR", region="Brittany"),
        ),
        (
            {
                "geo": {"country_code": "FR", "region_code": "BRE"},
                "as": {"asn": "AS1", "name": "X"},
                "is_anycast": False,
            },
            "ipinfo_nested",
            Facts(country="FR", region="BRE", anycast=False, as_number=1, as_name="X"),
        ),
    ],
)
def test_a_record_of_a_known_form(record: dict[str, Any], shape: str, facts: Facts) -> None:
    """Where it is registered is never where it is."""
    found = shape_of(record)

    assert found is not None
    assert (found.name, found.read(record)) == (shape, facts)


def test_records_of_no_known_form_have_none() -> None:
    """Their reader says so."""
    assert shape_of(["latitude", "longitude"]) is None


@pytest.mark.parametrize("value", ["fr", "FRA", "", 7, ["FR"], "F1"])
def test_a_country_is_two_capital_letters(value: object) -> None:
    """Or there is none."""
    if value == "":
        assert code(value) is None
    else:
        with pytest.raises(UnfitRecordError):
            code(value)


@pytest.mark.parametrize("value", ["ASX", -1, 2**32, 1.5, True, ["1"], "AS99999999999"])
def test_an_as_number_is_a_number(value: object) -> None:
    """Of 32 bits."""
    with pytest.raises(UnfitRecordError):
        as_number(value)
