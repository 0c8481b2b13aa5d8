"""What stands before Alertmanager and notes when the first POST came that names a system; then it hands the POST on.

Decides the instant: when the head of the request has been read. It changes nothing of what goes either way.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Recorded:
    """First instant (monotonic clock) of a system that begins with `prefix`, and what came altogether."""

    port: int
    prefix: str
    first: dict[str, float] = field(default_factory=dict)
    posts: int = 0
    alerts: int = 0
    refused: int = 0

    def take(self, body: bytes, at: float) -> None:
        """Note what a POST names."""
        alerts = json.loads(body)
        self.posts, self.alerts = self.posts + 1, self.alerts + len(alerts)
        for alert in alerts:
            system = alert["labels"].get("system", "")
            if system.startswith(self.prefix):
                self.first.setdefault(system, at)


@contextmanager
def recording(upstream_port: int, prefix: str) -> Iterator[Recorded]:
    """Run one on a port of the loopback, before the server on another."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            at = time.monotonic()
            body = self.rfile.read(int(self.headers["Content-Length"]))
            upstream = http.client.HTTPConnection("127.0.0.1", upstream_port, timeout=10)
            upstream.request("POST", self.path, body, {"Content-Type": "application/json"})
            answer = upstream.getresponse()
            said = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
            upstream.close()
            with lock:
                recorded.refused += answer.status != http.client.OK
                recorded.take(body, at)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    lock = threading.Lock()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    recorded = Recorded(server.server_address[1], prefix)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield recorded
    finally:
        server.shutdown()
        server.server_close()
