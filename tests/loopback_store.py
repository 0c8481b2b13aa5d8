"""A real S3 server on a free port of this machine, for as long as a test needs it."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import httpx
import obstore
from moto.server import ThreadedMotoServer

from collectors.objects import StoreSettings, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectors.objects import Store

BUCKET: Final = "flow-logs"
_SIGNED: Final = {"Authorization": "AWS4-HMAC-SHA256 Credential=key/20260101/eu-west-3/s3/aws4_request"}

_PLACE: Final = (
    "<CreateBucketConfiguration><LocationConstraint>eu-west-3</LocationConstraint></CreateBucketConfiguration>"
)


@dataclass(frozen=True, slots=True)
class LoopbackStore:
    """A server with one empty bucket."""

    endpoint: str

    @property
    def settings(self) -> StoreSettings:
        """How it is reached."""
        return StoreSettings(self.endpoint, "eu-west-3", access_key_id="key", secret_access_key="secret")  # noqa: S106 - of a server that takes any

    @property
    def yaml(self) -> str:
        """The same, as a site says it."""
        return f"{{endpoint: '{self.endpoint}', region: eu-west-3, access_key_id: key, secret_access_key: secret}}"

    @property
    def store(self) -> Store:
        """The bucket."""
        return open_store(self.url(), self.settings)

    def url(self, key: str = "") -> str:
        """URL of an object, or of what lies below a name."""
        return f"s3://{BUCKET}/{key}"

    def put(self, key: str, octets: bytes) -> str:
        """Write an object."""
        obstore.put(self.store, key, octets)
        return self.url(key)

    def delete(self, key: str) -> None:
        """Delete an object."""
        obstore.delete(self.store, key)


@contextmanager
def loopback_store() -> Iterator[LoopbackStore]:
    """Start a server, and stop it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        httpx.post(f"{endpoint}/moto-api/reset").raise_for_status()
        httpx.put(f"{endpoint}/{BUCKET}", headers=_SIGNED, content=_PLACE).raise_for_status()
        yield LoopbackStore(endpoint)
    finally:
        server.stop()
