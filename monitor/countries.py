"""The country codes that an operator may write, and what the common wrong ones mean.

Decides nothing about law or place: the codes come from the shipped `rules/law/countries.yaml`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

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


class _Organisation(BaseModel):
    code: str
    name: str


class _OrganisationsPart(BaseModel):
    """Of the file of territories, this part alone; `monitor.law.territories` checks the whole of it."""

    international_organisations: list[_Organisation]


@cache
def country_names() -> Mapping[str, str]:
    """Every code that may be written, with the country's name.

    Raises:
        ProblemsFound: the shipped file was damaged.
    """
    return load_document(shipped("rules/law/countries.yaml"), _CountriesFile).countries


@cache
def organisation_names() -> Mapping[str, str]:
    """Codes of the international organisations that may be written as a recipient, with their names.

    Raises:
        ProblemsFound: the shipped file was damaged.
    """
    part = load_document(shipped("rules/law/territories.yaml"), _OrganisationsPart)
    return {entry.code: entry.name for entry in part.international_organisations}
