"""A receiver for tests: real HTTP on loopback, keeps every request, answers as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """One request as it came in; ``answered`` is the status that was sent back."""

    headers: dict[str, str]
    body: bytes
    answered: int = 0
    path: str = ""

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.body)["data"]
        return data

    @property
    def is_event(self) -> bool:
        """A heartbeat and a test message hold none."""
        return "event" in self.data

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = self.data["event"]
        return event


@dataclass
class Receiver:
    """``answer`` decides the status from the request; change it between deliveries. ``retry_after``: said with what is no 2xx."""

    url: str = ""
    answer: Callable[[Received], int] = lambda received: 204
    retry_after: str = ""
    requests: list[Received] = field(default_factory=list)

    @property
    def accepted(self) -> list[Received]:
        return [each for each in self.requests if 200 <= each.answered < 300]

    @property
    def accepted_events(self) -> list[Received]:
        return [each for each in self.accepted if each.is_event]

    @property
    def positions(self) -> list[int]:
        return [each.event["position"] for each in self.accepted]


@contextmanager
def receiver(host: str = "127.0.0.1") -> Iterator[Receiver]:
    kept = Receiver()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received = Received({key.lower(): value for key, value in self.headers.items()}, body)
            received.path = self.path
            received.answered = kept.answer(received)
            with lock:
                kept.requests.append(received)
            self.send_response(received.answered)
            self.send_header("Content-Length", "0")
            if kept.retry_after and received.answered >= 300:
                self.send_header("Retry-After", kept.retry_after)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Tests print nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A sender that dies in the middle is nothing to write about; what was received is kept."""

    server = Server((host, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    kept.url = f"http://{host}:{server.server_port}/webhooks"
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
