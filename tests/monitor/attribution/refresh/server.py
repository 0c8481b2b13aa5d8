"""A real HTTP server on the loopback that answers as it is told, and remembers what it was asked."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(slots=True)
class Answer:
    """One answer. `promised` is the length it claims; `slow` sends an octet and then waits; `etag` answers 304."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None
    slow: bool = False
    etag: str | None = None


@dataclass(slots=True)
class Server:
    """What is served by path, and what was asked."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """URL of a path."""
        return f"http://{host}:{self.port}{path}"

    def give(self, path: str, body: bytes, **how: object) -> str:
        """Serve a body, and give its URL."""
        self.answers[path] = Answer(body, **how)  # type: ignore[arg-type]
        return self.url(path)


@contextmanager
def serving() -> Iterator[Server]:
    """Run a server on a free port."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.asked.append((self.path, dict(self.headers)))
            answer = server.answers.get(self.path, Answer(b"nothing", 404))
            known = answer.etag is not None and self.headers.get("If-None-Match") == answer.etag
            self.send_response(304 if known else answer.status)
            if answer.etag:
                self.send_header("ETag", answer.etag)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            length = len(answer.body) if answer.promised is None else answer.promised
            self.send_header("Content-Length", "0" if known else str(length))
            self.send_header("Connection", "close")
            self.end_headers()
            if answer.slow:
                self.wfile.write(answer.body[:1])
                self.wfile.flush()
                server.over.wait(30)
            elif not known:
                self.wfile.write(answer.body)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass  # who asked has gone away, as some tests want

    with Quiet(("127.0.0.1", 0), Handler) as listening:
        server.port = listening.server_address[1]
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            listening.shutdown()
            thread.join()
