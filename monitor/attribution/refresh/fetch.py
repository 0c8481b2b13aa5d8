"""Take one file over HTTP into a file, within bounds: of octets, of time, of redirects, and of where it may lead.

Decides what is no answer: another status than asked for, more or fewer octets than promised, an error page in place of
data, another hash. No host is spoken to that the list does not name; an environment's proxy is not looked at. Refuses
to know what the octets mean: `checks` does.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import ssl
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import urljoin, urlsplit

import httpx

if TYPE_CHECKING:
    from pathlib import Path

MOST_REDIRECTS: Final = 3
_HASH_OCTETS: Final = 64 * 1024
_STEP_SECONDS: Final = 30
_HEAD_OCTETS: Final = 512
_OK, _NOT_MODIFIED = 200, 304
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GZIP: Final = b"\x1f\x8b"
# A compressed file of addresses shrinks to a tenth; what grows more than this was made to.
MOST_RATIO: Final = 200
_RATIO_FROM: Final = 1 << 20
_MARKUP: Final = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body)", re.IGNORECASE)
_SUM: Final = re.compile(r"(?P<hash>[0-9a-fA-F]{64})(?:\s+\*?(?P<name>\S.*))?")


class FetchError(Exception):
    """An input could not be had; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Transport:
    """How to reach other machines. `seconds` is all the time that one file may take, the looking up of names included.

    `ca_file` holds authorities besides those that the machine trusts.
    `hosts` are those that a redirect may lead to besides the one that was asked.
    """

    seconds: float = 300
    proxy: str | None = None
    ca_file: Path | None = None
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What the last answer from the same URL said about itself."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken: `octets` and `sha256` are of what came, before it was decompressed."""

    octets: int
    sha256: str
    known: Known = field(default_factory=Known)

    @property
    def modified(self) -> datetime | None:
        """When the server says that the file was last changed."""
        try:
            found = parsedate_to_datetime(self.known.last_modified or "")
        except (ValueError, TypeError, OverflowError):
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)


def fetch(
    url: str, out: Path, transport: Transport, *, largest_octets: int, known: Known | None = None
) -> Taken | None:
    """Take the file behind a URL into `out`, decompressed; None where it is the known one.

    Raises:
        FetchError: it cannot be had, or is no data.
    """
    try:
        return asyncio.run(_bounded(url, out, transport, largest_octets, known))
    except TimeoutError:
        raise FetchError(f"it took longer than {transport.seconds:g} seconds") from None
    except httpx.TimeoutException:
        raise FetchError("the server does not answer") from None
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
        raise FetchError(_sentence(error)) from None
    except UnicodeError:  # a host name that cannot be spelled in the DNS
        raise FetchError("the host's name is none") from None


def fetch_hash(url: str, of: str, transport: Transport, out: Path) -> str:
    """Take the published SHA-256 of the file behind the URL `of`: a line of `sha256sum`, or the hash alone.

    Raises:
        FetchError: it cannot be had, or does not name one hash.
    """
    try:
        fetch(url, out, transport, largest_octets=_HASH_OCTETS)
        text = out.read_text("ascii", "replace")
    finally:
        out.unlink(missing_ok=True)
    name = urlsplit(of).path.rpartition("/")[2]
    lines = [found for line in text.splitlines() if (found := _SUM.fullmatch(line.strip()))]
    named = [line for line in lines if (line["name"] or "").rpartition("/")[2] == name]
    hashes = sorted({str(line["hash"]).lower() for line in named or lines})
    if len(hashes) != 1:
        raise FetchError(f"its sha256_url names {len(hashes) or 'no'} hashes of {name}")
    return hashes[0]


async def _bounded(url: str, out: Path, transport: Transport, largest_octets: int, known: Known | None) -> Taken | None:
    async with asyncio.timeout(transport.seconds):
        trusted = ssl.create_default_context()
        if transport.ca_file is not None:
            trusted.load_verify_locations(transport.ca_file)
        async with httpx.AsyncClient(
            verify=trusted, proxy=transport.proxy, trust_env=False, timeout=_STEP_SECONDS, follow_redirects=False
        ) as client:
            return await _follow(client, url, out, transport, largest_octets, known)


async def _follow(
    client: httpx.AsyncClient, url: str, out: Path, transport: Transport, largest_octets: int, known: Known | None
) -> Taken | None:
    allowed = transport.hosts | {urlsplit(url).hostname or ""}
    headers = {"Accept-Encoding": "identity", "User-Agent": "transferwatch"}
    if known and known.etag:
        headers["If-None-Match"] = known.etag
    if known and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    for _ in range(MOST_REDIRECTS + 1):
        async with client.stream("GET", url, headers=headers) as response:
            if response.status_code in _REDIRECTS:
                url = _redirected(url, response, allowed)
                continue
            if response.status_code == _NOT_MODIFIED and known is not None:
                return None
            if response.status_code != _OK:
                raise FetchError(f"the server answers {response.status_code} {response.reason_phrase}".rstrip())
            return await _take(response, out, largest_octets)
    raise FetchError(f"the server redirects more than {MOST_REDIRECTS} times")


def _redirected(url: str, response: httpx.Response, allowed: frozenset[str]) -> str:
    target = urljoin(url, str(response.headers.get("location", "")))
    try:
        before, after = urlsplit(url), urlsplit(target)
        host = after.hostname or ""
    except ValueError:
        raise FetchError("the server redirects to no URL") from None
    if after.scheme != before.scheme:
        raise FetchError(f"the server redirects from {before.scheme} to {after.scheme or 'nothing'}")
    if host not in allowed:
        raise FetchError(f"the server redirects to {host}, which the list does not name under redirect_hosts")
    return target


async def _take(response: httpx.Response, out: Path, largest_octets: int) -> Taken:
    coding = response.headers.get("content-encoding", "identity").lower()
    if coding not in {"identity", "gzip", "x-gzip"}:
        raise FetchError(f"the server sends it as {coding}, which was not asked for")
    promised = response.headers.get("content-length", "")
    if promised.isdecimal() and int(promised) > largest_octets:
        raise FetchError(f"it has {promised} octets, more than {largest_octets}")
    octets, digest = 0, hashlib.sha256()
    with out.open("wb") as stream:
        writer = Unpacked(stream, largest_octets)
        async for piece in response.aiter_raw():
            octets += len(piece)
            if octets > largest_octets:
                raise FetchError(f"it has more than {largest_octets} octets")
            digest.update(piece)
            writer.write(piece)
        writer.finish()
    with out.open("rb") as stream:
        if _MARKUP.match(stream.read(_HEAD_OCTETS)):
            raise FetchError("it is a web page, not data")
    if not writer.written:
        raise FetchError("it is empty")
    known = Known(response.headers.get("etag"), response.headers.get("last-modified"))
    return Taken(octets, digest.hexdigest(), known)


class Unpacked:
    """Write pieces as they come, decompressed where they begin as gzip does, and never more than so many octets.

    Raises:
        FetchError: there are more, or the compression is broken, breaks off, or blows up.
    """

    def __init__(self, stream: BinaryIO, largest_octets: int, *, as_it_is: bool = False) -> None:
        """Write to a stream; `as_it_is` decompresses nothing."""
        self._stream = stream
        self._largest = largest_octets
        self._inflate: zlib._Decompress | None = None
        self._head = b""
        self._begun = as_it_is
        self._read = 0
        self.written = 0

    def write(self, piece: bytes) -> None:
        """Take a piece."""
        if not self._begun:
            self._head += piece
            if len(self._head) < len(_GZIP):
                return
            piece, self._head, self._begun = self._head, b"", True
            if piece.startswith(_GZIP):
                self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._read += len(piece)
        if self._inflate is None:
            self._put(piece)
            return
        try:
            self._unpack(piece)
        except zlib.error:
            raise FetchError("its gzip compression is broken") from None

    def finish(self) -> None:
        """Say that nothing more comes."""
        if not self._begun:
            self._put(self._head)
        elif self._inflate is not None and not self._inflate.eof:
            raise FetchError("its gzip compression breaks off")

    def _unpack(self, piece: bytes) -> None:
        while piece and self._inflate is not None:
            if self._inflate.eof:  # members one after the other are one file (RFC 1952, section 2.2)
                self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
            self._put(self._inflate.decompress(piece, _RATIO_FROM))
            piece = self._inflate.unconsumed_tail or self._inflate.unused_data

    def _put(self, octets: bytes) -> None:
        self.written += len(octets)
        if self.written > self._largest:
            raise FetchError(f"it has more than {self._largest} octets when decompressed")
        if self.written > _RATIO_FROM and self.written > MOST_RATIO * self._read:
            raise FetchError(f"it grows more than {MOST_RATIO} times when decompressed")
        self._stream.write(octets)


def _sentence(error: Exception) -> str:
    said = str(error).strip() or type(error).__name__
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return "the server's certificate cannot be trusted; ca_file names the authorities of an own mirror"
    if isinstance(error, httpx.RemoteProtocolError):
        return "the server broke off"
    return f"the server cannot be reached ({said.rstrip('.')})"
