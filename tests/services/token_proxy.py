"""A proxy before Alertmanager that speaks TLS and lets in whoever has the token, as sites put one there."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator


@contextmanager
def token_proxy(tls: ssl.SSLContext, token: str, upstream_port: int) -> Iterator[str]:
    """Run one; gives its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Authorization"] != f"Bearer {token}":
                self._answer(http.client.UNAUTHORIZED)
                return
            upstream = http.client.HTTPConnection("127.0.0.1", upstream_port, timeout=10)
            upstream.request("POST", self.path, body, {"Content-Type": self.headers["Content-Type"]})
            self._answer(upstream.getresponse().status)
            upstream.close()

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
