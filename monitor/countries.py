"""The country codes that an operator may write, and what the common wrong ones mean.

Decides nothing about law or place: the codes come from the shipped `rules/law/countries.yaml`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from monitor.document import Written, load_document
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

OFTEN_MEANT: Final = {
    "UK": "GB",  # the Union's style guide says UK and EL, ISO 3166-1 says GB and GR
    "EL": "GR",
    "USA": "US",
    "FRA": "FR",
    "DEU": "DE",
    "GBR": "GB",
    "CHE": "CH",
}
NO_COUNTRY: Final = frozenset({"EU", "EEA", "AP", "ZZ"})
"""Regions, and what address registries print when they do not know."""


class _CountriesFile(Written):
    countries: dict[str, str]


@cache
def country_names() -> Mapping[str, str]:
    """Every code that may be written, with the country's name.

    Raises:
        ProblemsFound: the shipped file was damaged.
    """
    return load_document(shipped("rules/law/countries.yaml"), _CountriesFile).countries
