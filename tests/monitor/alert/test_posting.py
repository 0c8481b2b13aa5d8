"""Posting: whom it trusts, and what it says of who does not answer."""

from __future__ import annotations

import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

from monitor.alert.posting import client_for, post
from tests.monitor.alert.loopback import http_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def certificate(service: Callable[[str], Path], tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that signs itself, with its key in the same file."""
    key, made = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [
        str(service("openssl")), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-keyout", str(key), "-out", str(made), "-days", "2", "-subj", "/CN=test",
        "-addext", "subjectAltName=IP:127.0.0.1",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    both = tmp_path / "both.pem"
    both.write_bytes(key.read_bytes() + made.read_bytes())
    return both


def _tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def test_an_authority_of_the_site_s_own_is_trusted(certificate: Path) -> None:
    """Most Alertmanagers have no certificate of a public authority."""
    with http_server(_tls(certificate)) as heard:
        async with client_for(certificate) as client:
            posted = await post(client, f"https://127.0.0.1:{heard.port}/", b"{}", {})

    assert (posted.said, posted.trouble) == ("answered 200", None)


async def test_nobody_else_is_trusted(certificate: Path) -> None:
    """Whoever stands in between gets nothing."""
    with http_server(_tls(certificate)) as heard:
        async with client_for(None) as client:
            posted = await post(client, f"https://127.0.0.1:{heard.port}/", b"{}", {})

    told = "no answer: its certificate signs itself, and ca_file does not hold it"
    assert (posted.trouble, heard.bodies) == (told, [])


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found goes where the operator wrote, whatever a shell was set to."""
    with http_server() as proxy, http_server() as heard:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        async with client_for(None) as client:
            await post(client, f"http://127.0.0.1:{heard.port}/", b"{}", {})

        assert (len(heard.bodies), len(proxy.bodies)) == (1, 0)
