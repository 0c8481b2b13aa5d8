"""Which suffixes nobody holds alone."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from monitor.attribution.operators import load_operators
from monitor.public_suffixes import OwnDomain, is_registry, is_shared, registered_domain, shared_suffix


@pytest.mark.parametrize(
    ("name", "expected"),
    [("co.uk", True), ("fr", True), ("uk.com", False), ("example.com", False), ("blob.core.windows.net", False)],
)
def test_a_registry_sells_the_names_below_its_suffix(name: str, *, expected: bool) -> None:
    """The ICANN section alone."""
    assert expected == is_registry(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("co.uk", True),
        ("uk.com", True),
        ("blob.core.windows.net", True),
        ("s3.eu-west-3.amazonaws.com", True),
        ("amazonaws.com", False),
        ("hospital.blob.core.windows.net", False),
        ("example.com", False),
        ("lab.nowhere", False),
    ],
)
def test_a_shared_suffix_has_strangers_below_it(name: str, *, expected: bool) -> None:
    """Both sections."""
    assert expected == is_shared(name)


@pytest.mark.parametrize(
    ("name", "registered", "shared"),
    [
        ("www.example.co.uk", "example.co.uk", None),
        ("hospital.blob.core.windows.net", "windows.net", "blob.core.windows.net"),
        ("blob.core.windows.net", "windows.net", None),
        ("a.b.example.uk.com", "uk.com", "uk.com"),
        ("co.uk", None, None),
        ("lab.nowhere", "lab.nowhere", None),
        ("www.xn--bcher-kva.example", "xn--bcher-kva.example", None),
    ],
)
def test_what_was_registered_and_below_whose_suffix(name: str, registered: str | None, shared: str | None) -> None:
    """The registry's buyer, and the company that lets others have names."""
    assert (registered_domain(name), shared_suffix(name)) == (registered, shared)


@pytest.mark.parametrize(
    ("written", "what", "remedy"),
    [
        (
            "CO.UK.",
            '"co.uk" is a suffix of a registry: the names below it belong to everybody',
            "Write the name that was registered, such as example.co.uk.",
        ),
        (
            "blob.core.windows.net",
            '"blob.core.windows.net" is a suffix that many customers share: the names below it belong to strangers',
            "Write the name of the one that you mean, such as example.blob.core.windows.net, or match the operator.",
        ),
    ],
)
def test_an_own_domain_is_no_public_suffix(written: str, what: str, remedy: str) -> None:
    """The words say which of the two it is."""
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(OwnDomain).validate_python(written)

    error = refused.value.errors()[0]["ctx"]["error"]
    assert (error.what, error.remedy) == (what, remedy)


def test_no_shipped_operator_has_the_suffix_of_a_registry() -> None:
    """A suffix that customers share is an operator's own service; one of a registry would be everybody's."""
    domains = [operator.domains for operator in load_operators().operators]
    suffixes = [*(suffix for each in domains for suffix in (*each.verified, *each.memory))]
    suffixes += [entry.suffix for each in domains for entry in each.ended]

    assert [suffix for suffix in suffixes if is_registry(suffix)] == []
