"""The JSON lists of Fastly, Cloudflare and GitHub.

Fastly's and Cloudflare's networks answer from many places. GitHub's `meta` says which addresses its services use: its
own networks, whose place it does not say, and the machines that it rents. The latter (`actions`, `codespaces` and the
like) are networks of a cloud, so they are not read: their operator is the cloud's.

Sources: Fastly API, Public IP List; Cloudflare API, IP details; GitHub REST API, Meta; read 2026-11-25.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from monitor.attribution.feeds.assembly import RAW, statements
from monitor.attribution.feeds.contract import Note
from monitor.attribution.feeds.json_text import read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from monitor.attribution.feeds.contract import Feed, Statements

_RENTED: Final = ("actions", "actions_macos", "codespaces", "copilot", "github_enterprise_importer", "importer")
_OWN: Final = ("hooks", "web", "api", "git", "packages", "pages", "dependabot")


class _Fastly(TypedDict):
    addresses: list[str]
    ipv6_addresses: list[str]


class _CloudflareResult(TypedDict):
    ipv4_cidrs: list[str]
    ipv6_cidrs: list[str]


class _Cloudflare(TypedDict):
    result: _CloudflareResult


class _GitHub(TypedDict, total=False):
    hooks: list[str]
    web: list[str]
    api: list[str]
    git: list[str]
    packages: list[str]
    pages: list[str]
    dependabot: list[str]
    actions: list[str]
    actions_macos: list[str]
    codespaces: list[str]
    copilot: list[str]
    github_enterprise_importer: list[str]
    importer: list[str]


_FASTLY: Final = TypeAdapter(_Fastly)
_CLOUDFLARE: Final = TypeAdapter(_Cloudflare)
_GITHUB: Final = TypeAdapter(_GitHub)


def read_fastly(content: bytes, feed: Feed) -> Statements:
    """Read Fastly's `public-ip-list`.

    Raises:
        ProblemsFound: the bytes are not that.
    """
    read = read_json(content, feed, _FASTLY)
    lists = {"addresses": read["addresses"], "ipv6_addresses": read["ipv6_addresses"]}
    return statements(_rows(lists, feed, scope="global"), feed, key_of=_keys(lists))


def read_cloudflare(content: bytes, feed: Feed) -> Statements:
    """Read Cloudflare's `ips`.

    Raises:
        ProblemsFound: the bytes are not that.
    """
    read = read_json(content, feed, _CLOUDFLARE)["result"]
    lists = {"result.ipv4_cidrs": read["ipv4_cidrs"], "result.ipv6_cidrs": read["ipv6_cidrs"]}
    return statements(_rows(lists, feed, scope="global"), feed, key_of=_keys(lists))


def read_github(content: bytes, feed: Feed) -> Statements:
    """Read GitHub's `meta`; the service is the key of its list.

    Raises:
        ProblemsFound: the bytes are not that.
    """
    read = read_json(content, feed, _GITHUB)
    every: dict[str, list[str]] = {key: value for key, value in read.items() if isinstance(value, list)}
    lists: dict[str, list[str]] = {key: every[key] for key in _OWN if key in every}
    notes = [Note("not_read", key, len(every[key])) for key in _RENTED if every.get(key)]
    rows = _rows(lists, feed, scope="whose", named=True)
    return statements(rows, feed, notes=notes, key_of=_keys(lists))


def _rows(lists: Mapping[str, list[str]], feed: Feed, *, scope: str, named: bool = False) -> pl.DataFrame:
    data = {
        "text": [text for texts in lists.values() for text in texts],
        "operator": feed.operator,
        "service": [key if named else None for key, texts in lists.items() for _ in texts],
        "region": None,
        "country": None,
        "scope": scope,
    }
    return pl.DataFrame(data, schema=RAW)


def _keys(lists: Mapping[str, list[str]]) -> Callable[[int], str]:
    places = [f"{key}[{place}]" for key, texts in lists.items() for place in range(len(texts))]
    return places.__getitem__
