"""One file over HTTP, from a server that is not always kind."""

from __future__ import annotations

import gzip
import hashlib
import ssl
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from monitor.attribution.refresh.fetch import FetchError, Known, Taken, Transport, fetch, fetch_hash

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.monitor.attribution.refresh.server import Server

DATA = b"192.0.2.0/24,FR\n" * 100
TRANSPORT = Transport(seconds=10)


def take(server: Server, path: str, out: Path, known: Known | None = None, **how: object) -> Taken | None:
    """Fetch with bounds that a test can reach."""
    transport = Transport(seconds=10, **how)  # type: ignore[arg-type]
    return fetch(server.url(path), out, transport, largest_octets=10_000, known=known)


def test_what_is_served_is_written(server: Server, tmp_path: Path) -> None:
    """To the octet."""
    server.give("/feed", DATA)

    take(server, "/feed", tmp_path / "out")

    assert (tmp_path / "out").read_bytes() == DATA


def test_the_hash_is_of_what_came(server: Server, tmp_path: Path) -> None:
    """A publisher hashes the compressed file."""
    packed = gzip.compress(DATA)
    server.give("/feed.gz", packed)

    taken = take(server, "/feed.gz", tmp_path / "out")

    assert taken is not None
    assert (taken.sha256, (tmp_path / "out").read_bytes()) == (hashlib.sha256(packed).hexdigest(), DATA)


def test_a_known_file_is_not_sent_again(server: Server, tmp_path: Path) -> None:
    """304 for the same ETag."""
    server.give("/feed", DATA, etag='"1"')

    assert take(server, "/feed", tmp_path / "out", Known(etag='"1"')) is None


def test_it_asks_with_what_the_last_answer_said(server: Server, tmp_path: Path) -> None:
    """ETag and Last-Modified go back as they came."""
    server.give("/feed", DATA)

    take(server, "/feed", tmp_path / "out", Known('"x"', "Wed, 01 Oct 2026 00:00:00 GMT"))

    asked = server.asked[0][1]
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"x"', "Wed, 01 Oct 2026 00:00:00 GMT")


def test_the_answer_tells_how_it_is_known(server: Server, tmp_path: Path) -> None:
    """What the next question is asked with."""
    server.give("/feed", DATA, etag='"2"', headers={"Last-Modified": "Thu, 01 Oct 2026 08:00:00 GMT"})

    taken = take(server, "/feed", tmp_path / "out")

    assert taken is not None
    assert taken.known == Known('"2"', "Thu, 01 Oct 2026 08:00:00 GMT")
    assert str(taken.modified) == "2026-10-01 08:00:00+00:00"


HOW = {
    "absent": ({"body": b"x", "status": 404}, "the server answers 404 Not Found"),
    "failing": ({"body": b"x", "status": 503}, "the server answers 503 Service Unavailable"),
    "unasked": ({"body": b"", "status": 304}, "the server answers 304 Not Modified"),
    "cut short": ({"body": DATA, "promised": len(DATA) + 1}, "the server broke off"),
    "too large": ({"body": b"x" * 10_001}, "it has 10001 octets, more than 10000"),
    "a page": ({"body": b"\n<!DOCTYPE html><html>Sorry"}, "it is a web page, not data"),
    "empty": ({"body": b""}, "it is empty"),
    "blown up": ({"body": gzip.compress(b"x" * 10_001)}, "it has more than 10000 octets when decompressed"),
    "broken gzip": ({"body": b"\x1f\x8b\x08\x00broken gzip"}, "its gzip compression is broken"),
    "gzip cut short": ({"body": gzip.compress(DATA)[:-5]}, "its gzip compression breaks off"),
    "brotli": ({"body": DATA, "headers": {"Content-Encoding": "br"}}, "the server sends it as br"),
    "to a file": ({"body": b"", "status": 302, "headers": {"Location": "file:///etc/passwd"}}, "from http to file"),
    "to https": ({"body": b"", "status": 302, "headers": {"Location": "https://127.0.0.1/"}}, "from http to https"),
    "elsewhere": ({"body": b"", "status": 307, "headers": {"Location": "http://example.org/x"}}, "to example.org"),
    "round": ({"body": b"", "status": 301, "headers": {"Location": "/feed"}}, "redirects more than 3 times"),
}


@pytest.mark.parametrize(("how", "said"), HOW.values(), ids=HOW)
def test_what_is_no_answer_is_said(how: dict[str, object], said: str, server: Server, tmp_path: Path) -> None:
    """One sentence for each."""
    server.give("/feed", **how)  # type: ignore[arg-type]

    with pytest.raises(FetchError, match=said):
        take(server, "/feed", tmp_path / "out")


def test_a_redirect_within_the_host_is_followed(server: Server, tmp_path: Path) -> None:
    """As publishers do when a month begins."""
    server.give("/feed", b"", status=302, headers={"Location": "/2026/feed"})
    server.give("/2026/feed", DATA)

    take(server, "/feed", tmp_path / "out")

    assert (tmp_path / "out").read_bytes() == DATA


def test_a_redirect_leads_to_a_host_that_the_list_names(server: Server, tmp_path: Path) -> None:
    """And to no other."""
    server.give("/feed", b"", status=302, headers={"Location": server.url("/other", "localhost")})
    server.give("/other", DATA)

    take(server, "/feed", tmp_path / "out", hosts=frozenset({"localhost"}))

    assert (tmp_path / "out").read_bytes() == DATA


def test_a_slow_server_is_left(server: Server, tmp_path: Path) -> None:
    """All the time that one file may take is bounded."""
    server.give("/feed", DATA, slow=True)

    with pytest.raises(FetchError, match=r"longer than 0\.3 seconds"):
        fetch(server.url("/feed"), tmp_path / "out", Transport(seconds=0.3), largest_octets=10_000)


def test_an_unpromised_length_is_bounded_too(server: Server, tmp_path: Path) -> None:
    """A server may say nothing of the length, or lie: here it promises less than it sends, and only that is taken."""
    server.give("/feed", b"x" * 20_000, promised=9_000)

    take(server, "/feed", tmp_path / "out")

    assert (tmp_path / "out").stat().st_size == 9_000


def test_nobody_there(tmp_path: Path) -> None:
    """A port on which nothing listens."""
    with pytest.raises(FetchError, match="the server cannot be reached"):
        fetch("http://127.0.0.1:9/feed", tmp_path / "out", TRANSPORT, largest_octets=1)


def test_the_proxy_of_the_environment_is_not_asked(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what the list names is spoken to."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.give("/feed", DATA)

    take(server, "/feed", tmp_path / "out")

    assert (tmp_path / "out").read_bytes() == DATA


def test_the_proxy_of_the_list_is_asked(server: Server, tmp_path: Path) -> None:
    """It gets the whole URL."""
    server.give("http://feeds.example.org/feed", DATA)

    fetch("http://feeds.example.org/feed", tmp_path / "out", Transport(10, server.url("")), largest_octets=10_000)

    assert [path for path, _ in server.asked] == ["http://feeds.example.org/feed"]


@pytest.mark.parametrize(
    "text",
    ["{0}\n", "{0}  feed.csv\n", "{0} *feed.csv\n", "{1}  other\n{0}  ./feed.csv\n"],
    ids=["alone", "a", "b", "c"],
)
def test_a_published_hash_is_read(text: str, server: Server, tmp_path: Path) -> None:
    """As `sha256sum` writes it, or alone."""
    wanted, other = "a" * 64, "b" * 64
    url = server.give("/sums", text.format(wanted, other).encode())

    assert fetch_hash(url, server.url("/feed.csv"), TRANSPORT, tmp_path / "out") == wanted


@pytest.mark.parametrize("text", [b"nothing here\n", b"a" * 64 + b"\n" + b"b" * 64 + b"\n"], ids=["none", "two"])
def test_a_published_hash_is_one(text: bytes, server: Server, tmp_path: Path) -> None:
    """Nothing is guessed."""
    url = server.give("/sums", text)

    with pytest.raises(FetchError, match=r"hashes of feed\.csv"):
        fetch_hash(url, server.url("/feed.csv"), TRANSPORT, tmp_path / "out")


def test_a_certificate_that_nobody_vouches_for_is_refused(service: Callable[[str], Path], tmp_path: Path) -> None:
    """And accepted when the list names who does."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [str(service("openssl")), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(DATA)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(HTTPServer):
        def handle_error(self, *_: object) -> None:
            pass  # the first client hangs up

    with Quiet(("127.0.0.1", 0), Handler) as listening:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        url = f"https://127.0.0.1:{listening.server_port}/feed"
        try:
            with pytest.raises(FetchError, match="certificate cannot be trusted"):
                fetch(url, tmp_path / "out", TRANSPORT, largest_octets=10_000)
            fetch(url, tmp_path / "out", Transport(10, ca_file=certificate), largest_octets=10_000)
        finally:
            listening.shutdown()
            thread.join()

    assert (tmp_path / "out").read_bytes() == DATA
