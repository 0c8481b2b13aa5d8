"""Objects of a store (S3 and what speaks like it, Azure Blob, Google Cloud Storage) as inputs.

Decides how a store is opened from a URL and what a site says of it, what is listed below a URL, and that an object is
read in ranges: memory does not grow with it. One that is overwritten while it is read breaks off, and is read anew.
Entity tag and size are hints that spare reading; what an object is, its content says.

Refuses to know what an object holds, and who may read it: where the site names no credentials, the environment does.
"""

from __future__ import annotations

import errno
import io
import os
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import obstore
from obstore.exceptions import BaseError, PreconditionError
from obstore.store import AzureStore, GCSStore, S3Store

from collectors.files.limits import UnreadableInputError
from collectors.files.watch import matcher

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from obstore import ObjectMeta

    Store: TypeAlias = S3Store | AzureStore | GCSStore

SCHEMES: Final = ("s3", "az", "gs")
_URL: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<bucket>[^/]+)(?:/(?P<key>.*))?", re.DOTALL)
_WILD: Final = re.compile(r"[*?\[]")
# What is asked for at once: a round trip to a store takes as long as some megabytes.
_RANGE_OCTETS: Final = 2 << 20
# Where the environment names an endpoint. Source: AWS SDKs, "Service-specific endpoints", read 2026-11.
_ENDPOINT_NAMES: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_LISTED_AT_ONCE: Final = 1_000
# What the client raises: its own errors, and the system's for what is not there.
_ERRORS: Final = (BaseError, OSError, ValueError)
_RETRIES: Final = {"max_retries": 2, "retry_timeout": timedelta(seconds=20)}
_TIMEOUTS: Final = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=60)}


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """What a site says of a store; what it does not say, the environment does.

    A secret is a value, or a file that is read whenever the store is opened.
    """

    endpoint: str | None = None
    region: str | None = None
    path_style: bool = True
    anonymous: bool = False
    access_key_id: str | None = None
    access_key_id_file: Path | None = None
    secret_access_key: str | None = field(default=None, repr=False)
    secret_access_key_file: Path | None = None
    session_token_file: Path | None = None
    account: str | None = None
    account_key_file: Path | None = None
    sas_token_file: Path | None = None
    credentials_file: Path | None = None


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object; where it is read like a file, it is one."""

    url: str
    key: str
    size: int
    tag: str
    written: datetime | None = None
    store: Store | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        """Its URL."""
        return self.url

    @property
    def name(self) -> str:
        """The last part of its key."""
        return self.key.rpartition("/")[2]

    @property
    def hint(self) -> str:
        """What it looks like from outside; another content looks otherwise."""
        return f"{self.tag} {self.size}"

    @property
    def closed(self) -> bool:
        """Whether nothing is written to it any more: only blobs of Azure can be appended to."""
        return not self.url.startswith("az://")

    def resolve(self) -> StoredObject:
        """There is but one way to spell it."""
        return self

    def open(self, mode: Literal["rb"]) -> io.BufferedReader:
        """Open it; nothing is asked for before the first read."""
        del mode
        return io.BufferedReader(_Ranges(self), _RANGE_OCTETS)


# Where an input is read from.
Place: TypeAlias = Path | StoredObject


class _Ranges(io.RawIOBase):
    """The octets of an object, asked for in ranges."""

    def __init__(self, of: StoredObject) -> None:
        self._object = of
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._object.size}[whence]
        self._position = max(0, begin + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer, as its superclass says
        view = memoryview(buffer).cast("B")
        end = min(self._position + len(view), self._object.size)
        if end <= self._position:
            return 0
        data = self._get(self._position, end)
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    def _get(self, begin: int, end: int) -> bytes:
        of = self._object
        if of.store is None:
            raise OSError(errno.ENODEV, "its store is not open")
        options: Any = {"range": (begin, end)} | ({"if_match": of.tag} if of.tag else {})
        try:
            return bytes(obstore.get(of.store, of.key, options=options).bytes())
        except (PreconditionError, FileNotFoundError) as error:
            raise OSError(errno.ESTALE, "it was overwritten or deleted while it was read") from error
        except _ERRORS as error:
            raise OSError(errno.EIO, sentence_of(error)) from error


def is_url(text: str) -> bool:
    """Whether a path is the URL of an object store."""
    return bool(_URL.fullmatch(text)) and text.partition("://")[0] in SCHEMES


def open_store(url: str, settings: StoreSettings) -> Store:
    """Open the store of a URL. Nothing is sent.

    Raises:
        UnreadableInputError: the URL is none of a store, or a secret cannot be read.
    """
    found = _URL.fullmatch(url)
    if found is None or found["scheme"] not in SCHEMES:
        raise UnreadableInputError("is no URL of an object store; write s3://, az:// or gs://")
    options = _said(settings)
    if found["scheme"] == "s3" and (named := next(filter(None, map(os.environ.get, _ENDPOINT_NAMES)), None)):
        options.setdefault("endpoint", named)
    client: Any = dict(_TIMEOUTS)
    if str(options.get("endpoint", "")).startswith("http://"):
        client["allow_http"] = True
    shared: Any = {"client_options": client, "retry_config": _RETRIES}
    try:
        if found["scheme"] == "s3":
            options["virtual_hosted_style_request"] = not settings.path_style
            return S3Store(found["bucket"], config=options, **shared)
        if found["scheme"] == "az":
            return AzureStore(found["bucket"], config=options, **shared)
        return GCSStore(found["bucket"], config=options, **shared)
    except _ERRORS as error:
        raise UnreadableInputError(f"cannot be opened: {sentence_of(error)}") from error


def _said(settings: StoreSettings) -> Any:  # noqa: ANN401 - the options of three stores
    said = {
        "endpoint": settings.endpoint,
        "region": settings.region,
        "skip_signature": settings.anonymous or None,
        "access_key_id": settings.access_key_id or _secret(settings.access_key_id_file),
        "secret_access_key": settings.secret_access_key or _secret(settings.secret_access_key_file),
        "session_token": _secret(settings.session_token_file),
        "account_name": settings.account,
        "account_key": _secret(settings.account_key_file),
        "sas_key": _secret(settings.sas_token_file),
        "service_account": str(settings.credentials_file) if settings.credentials_file else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _secret(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise UnreadableInputError(f"cannot be opened: {path} cannot be read as text") from error


def objects_of(url: str, store: Store, after: str | None = None) -> Iterator[list[StoredObject]]:
    """The objects that a URL names, in the order of the store's names, some at a time.

    The URL is that of an object, of what lies below a name, or a pattern with wildcards; `after`: only names after it.

    Raises:
        UnreadableInputError: the store cannot be listed.
    """
    found = _URL.fullmatch(url)
    if found is None:
        return
    begin, key = url[: url.index("://")] + "://" + found["bucket"] + "/", found["key"] or ""
    wild = _WILD.search(key)
    prefix = (key[: wild.start()].rpartition("/")[0] if wild else key).strip("/")
    is_named = matcher([url.rstrip("/")])
    try:
        if after is None and prefix and not wild and not key.endswith("/"):
            single = _head(store, prefix)
            if single is not None:
                yield [_stored(begin, single, store)]
        for listed in obstore.list(store, prefix or None, offset=after, chunk_size=_LISTED_AT_ONCE):
            objects = [_stored(begin, each, store) for each in listed]
            yield [each for each in objects if each.size and is_named(each.url)]
    except _ERRORS as error:
        raise UnreadableInputError(f"cannot be listed: {sentence_of(error)}") from error


def _head(store: Store, key: str) -> ObjectMeta | None:
    try:
        return obstore.head(store, key)
    except FileNotFoundError:
        return None


def _stored(begin: str, meta: ObjectMeta, store: Store) -> StoredObject:
    key = meta["path"]
    return StoredObject(begin + key, key, meta["size"], meta.get("e_tag") or "", meta["last_modified"], store)


def sentence_of(error: Exception) -> str:
    """The first line of what a store says, without the request that it was said to."""
    first = str(error).strip().split("\n", 1)[0].partition(": <")[0].rstrip(": ")
    return first[:300] or type(error).__name__
