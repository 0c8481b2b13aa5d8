"""What a list of sources says about refreshing: from where an input comes, and what must hold before it is believed.

Decides which URLs are taken at all: `https`, or `http` where a pinned hash or the machine itself makes up for it. A
list without `fetch:` fetches nothing, and no list that ships has one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date  # noqa: TC003 - pydantic reads the annotation at run time
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from monitor.document import Finding, Listed, Written
from monitor.fields import Text
from monitor.wording import Unfit, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST_OCTETS: Final = 512 * 1024 * 1024
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_PLACEHOLDERS: Final = {"{year}": "2026", "{month}": "11", "{day}": "01"}
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]+")


def _url(text: str) -> str:
    filled = text
    for name, value in _PLACEHOLDERS.items():
        filled = filled.replace(name, value)
    try:
        parts = urlsplit(filled)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    # The value is not repeated: it may hold a password.
    if not host or parts.scheme not in {"https", "http"} or not _PRINTABLE.fullmatch(filled):
        raise Unfit("this is not a URL", "Write https://HOST/PATH.")
    if parts.username is not None or parts.password is not None:
        raise Unfit("a URL with a name or a password in it ends up in logs", "Use a mirror that asks for none.")
    if "{" in filled or "}" in filled:
        raise Unfit(f"{shown(text)} has an unknown placeholder", "Write {year}, {month} or {day}.")
    return text


Url = Annotated[Text, AfterValidator(_url)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Share = Annotated[float, Field(ge=0, le=1)]


class Fetch(Written):
    """From where an input comes, and its own bounds. `{year}`, `{month}` and `{day}` (UTC) are filled in."""

    url: Url | None = Field(default=None, examples=["https://mirror.example.org/feed.json"])
    mirror: Url | None = None
    sha256: Sha256 | None = None
    sha256_url: Url | None = None
    largest_octets: int = Field(default=LARGEST_OCTETS, gt=0, le=LARGEST_OCTETS)
    shrink_at_most: Share | None = None
    vanish_at_most: Share | None = None
    stale_after_days: int | None = Field(default=None, gt=0, le=36_500)


class Upkeep(Written):
    """How a site keeps its atlases. Paths are from the folder of the list."""

    folder: Text = "atlases"
    keep: int = Field(default=8, ge=1, le=1_000)
    keep_days: int = Field(default=800, ge=0, le=36_500)
    stale_after_days: int = Field(default=45, gt=0, le=36_500)
    shrink_at_most: Share = 0.2
    seconds: int = Field(default=300, gt=0, le=3_600)
    proxy: Url | None = None
    ca_file: Text | None = None
    redirect_hosts: Listed[Text] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """One source as refreshing sees it.

    `tags_may_vanish`: share of region tags that may be gone by default; `shrink_at_most`: share of the ranges, where
    that of the list does not fit. `file` is the site's own file, `archive` the name of a pinned archive that is given,
    never fetched, and kept as it is. `published` is what the list says.
    """

    id: str
    published: date | None = None
    fetch: Fetch = field(default_factory=Fetch)
    file: Path | None = None
    archive: str | None = None
    pinned: str | None = None
    tags_may_vanish: float = 0.0
    shrink_at_most: float | None = None

    @property
    def sha256(self) -> str | None:
        """The hash that the input must have, where the list says one."""
        return self.fetch.sha256 or self.pinned


def is_plain(url: str) -> bool:
    """Whether nothing protects what comes from there: `http`, and not from this machine."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in _LOOPBACK


def fetch_findings(fetch: Fetch) -> Iterator[Finding]:
    """What is wrong with a `fetch:` beyond the form of its values; paths are from there."""
    if fetch.url is None:
        for key in ("mirror", "sha256_url"):
            if getattr(fetch, key) is not None:
                yield Finding((key,), "there is no `url:` that it belongs to.", "Write `url:`, or remove the key.")
    for key in ("url", "mirror"):
        url = getattr(fetch, key)
        if url is not None and is_plain(url) and fetch.sha256 is None:
            yield Finding((key,), "anybody on the way can change what comes.", "Write https, or pin it with `sha256:`.")
    if fetch.sha256_url is not None and is_plain(fetch.sha256_url):
        yield Finding(("sha256_url",), "anybody on the way can change what comes.", "Write https.")
    if fetch.sha256 is not None and fetch.sha256_url is not None:
        yield Finding(("sha256_url",), "the hash is told twice.", "Keep sha256 or sha256_url.")


def dated(url: str, day: date) -> str:
    """Fill in the day."""
    filled = {"{year}": f"{day.year:04}", "{month}": f"{day.month:02}", "{day}": f"{day.day:02}"}
    for name, value in filled.items():
        url = url.replace(name, value)
    return url
