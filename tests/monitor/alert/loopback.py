"""Servers on the loopback that keep what they are told: HTTP, and just enough of SMTP."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from socketserver import BaseServer
    from ssl import SSLContext


class _QuietServer(ThreadingHTTPServer):
    """A client that hangs up is no error of a test's."""

    def handle_error(self, request: object, client_address: object) -> None:
        del request, client_address


@dataclass
class Heard:
    """What a server was told, and how it answers."""

    port: int = 0
    status: int = 200
    location: str | None = None
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def http_server(tls: SSLContext | None = None) -> Iterator[Heard]:
    """A server that answers every POST with `status`, over TLS where it is given some."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            heard.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(heard.status)
            if heard.location is not None:
                self.send_header("Location", heard.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
            del format, args

    with _QuietServer(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        yield from _serving(server, heard)


@contextmanager
def smtp_server() -> Iterator[Heard]:
    """A server that takes every mail, or answers with `status` when that is no 200."""
    heard = Heard()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 loopback")
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].upper()
                if verb == "DATA" and heard.status == 200:
                    self._say("354 go on")
                    heard.bodies.append(self._data())
                    self._say("250 taken")
                elif verb == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 yes" if heard.status == 200 or verb in {"EHLO", "HELO"} else f"{heard.status} no")

        def _data(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line)
            return b"".join(lines)

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        yield from _serving(server, heard)


def _serving(server: BaseServer, heard: Heard) -> Iterator[Heard]:
    heard.port = server.server_address[1]  # type: ignore[index, assignment]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        thread.join()
