"""Country codes come from the shipped list."""

from __future__ import annotations

from monitor.countries import NO_COUNTRY, OFTEN_MEANT, country_names


def test_norway_is_a_country() -> None:
    """The code that other loaders read as `false`."""
    assert country_names()["NO"] == "Norway"


def test_what_people_mean_is_a_country() -> None:
    """Every suggestion can be written."""
    assert [code for code in OFTEN_MEANT.values() if code not in country_names()] == []


def test_regions_are_no_countries() -> None:
    """EU is refused although registries print it."""
    assert NO_COUNTRY & country_names().keys() == set()
