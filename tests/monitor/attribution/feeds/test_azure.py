"""Azure's service tags."""

from __future__ import annotations

import pytest

from tests.monitor.attribution.feeds.feed_files import azure, feed, noted, problem, read, said

NET = ["192.0.2.0/24"]
ALL = ("AzureCloud", "", "", NET)
PARIS = ("AzureCloud.centralfrance", "centralfrance", "", NET)


def test_the_general_list_says_whose() -> None:
    """And names no service."""
    assert said(read("azure", azure(ALL)), "scope", "service") == [("whose", None)]


def test_a_regional_list_says_where() -> None:
    """Beside the general one."""
    assert said(read("azure", azure(ALL, PARIS)), "scope", "country", "region") == [("regional", "FR", "centralfrance")]


def test_a_service_without_region_hides_no_region() -> None:
    """It is named, in the region."""
    identity = ("AzureActiveDirectory", "", "AzureAD", NET)

    assert said(read("azure", azure(ALL, PARIS, identity)), "country", "service") == [("FR", "AzureAD")]


@pytest.mark.parametrize("name", ["AzureFrontDoor", "AzureTrafficManager"])
def test_what_answers_from_many_places_is_global(name: str) -> None:
    """Even where a region lists it."""
    tag = (f"{name}.Frontend", "", name, NET)

    assert said(read("azure", azure(ALL, PARIS, tag)), "scope", "country", "service") == [("global", None, name)]


def test_a_tag_without_service_is_named_by_itself() -> None:
    """Some have an empty systemService."""
    assert said(read("azure", azure(("Sql.FranceCentral", "centralfrance", "", NET))), "service") == [("Sql",)]


def test_the_long_spelling_of_a_region_is_known() -> None:
    """Sovereign files and newer tags write it so."""
    assert said(read("azure", azure(("A", "FranceCentral", "A", NET))), "country") == [("FR",)]


def test_china_is_run_by_another() -> None:
    """With and without a region."""
    content = azure(
        ("AzureCloud", "", "", ["192.0.2.0/24", "198.51.100.0/24"]), ("A", "chinaeast2", "A", NET), cloud="China"
    )

    assert said(read("azure", content, feed("microsoft_azure")), "operator", "country") == [
        ("azure_china", "CN"),
        ("azure_china", None),
    ]


def test_the_american_government_cloud_is_microsofts() -> None:
    """In the United States."""
    content = azure(("A", "usgovvirginia", "A", NET), cloud="AzureGovernment")

    assert said(read("azure", content, feed("microsoft_azure")), "operator", "country") == [("microsoft_azure", "US")]


def test_a_region_named_for_a_continent_has_no_country() -> None:
    """`northeurope2` may be anywhere."""
    statements = read("azure", azure(("A", "northeurope2", "A", NET)))

    assert (said(statements, "country"), noted(statements)) == ([(None,)], [("unplaced_region", "northeurope2", 1)])


def test_a_tag_without_prefixes_states_nothing() -> None:
    """There are some."""
    assert read("azure", azure(("Empty", "westeurope", "Empty", []), ALL)).frame.height == 1


def test_a_bad_prefix_is_told_with_its_tag() -> None:
    """Counted from 0, as in the file."""
    assert problem("azure", azure(ALL, ("A", "", "A", ["x"]))).startswith("feed values[1].properties.addressPrefixes:")
