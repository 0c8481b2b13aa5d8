"""Which suffixes belong to everybody: the registries' own, and those below which a company lets strangers have names.

Decides from the Public Suffix List that the library `publicsuffixlist` carries in its package; nothing is fetched. It
keeps an entry from naming the whole of `co.uk`, and says which name was registered. No verdict asks it: the list may
be renewed without judging anything again.

Source: publicsuffix.org, the list's two sections. ICANN: suffixes of registries. PRIVATE: suffixes of companies whose
customers have the names below (`blob.core.windows.net`, `s3.eu-west-3.amazonaws.com`, `uk.com`).
"""

from __future__ import annotations

from functools import cache
from typing import Annotated

from publicsuffixlist import PublicSuffixList
from pydantic import AfterValidator

from monitor.fields import Domain
from monitor.wording import Unfit, shown


@cache
def _registries() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


@cache
def _shared() -> PublicSuffixList:
    return PublicSuffixList()


def is_registry(name: str) -> bool:
    """Whether a registry sells the names right below this one (`co.uk`). `name` is in the form of `fields.Domain`."""
    return _registries().is_public(name)


def is_shared(name: str) -> bool:
    """Whether the names right below this one belong to different people, be it by a registry or by a company."""
    return _shared().is_public(name)


def registered_domain(name: str) -> str | None:
    """The name that was bought at a registry (`windows.net` of `x.blob.core.windows.net`); None for a suffix itself."""
    return _registries().privatesuffix(name)


def shared_suffix(name: str) -> str | None:
    """The company's suffix below which the name is somebody else's; None where there is none."""
    suffix = _shared().publicsuffix(name)
    return suffix if suffix is not None and suffix != name and not is_registry(suffix) and _listed(suffix) else None


def _listed(suffix: str) -> bool:
    """The library takes an unknown last label for a suffix; such a one is nobody's."""
    return "." in suffix


def _of_one(name: str) -> str:
    if not is_shared(name):
        return name
    if is_registry(name):
        what = f"{shown(name)} is a suffix of a registry: the names below it belong to everybody"
        raise Unfit(what, f"Write the name that was registered, such as example.{name}.")
    what = f"{shown(name)} is a suffix that many customers share: the names below it belong to strangers"
    raise Unfit(what, f"Write the name of the one that you mean, such as example.{name}, or match the operator.")


OwnDomain = Annotated[Domain, AfterValidator(_of_one)]
"""A domain that one party holds, with the names below it: no public suffix."""
