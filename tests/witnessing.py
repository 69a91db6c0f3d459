"""A witness that answers as it is told, over real HTTP; and one that keeps to the rules (C2SP tlog-witness)."""

from __future__ import annotations

import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from registry.tree import proofs
from registry.tree.checkpoints import Checkpoint
from registry.tree.notes import Note
from tests import logs

TIME = 1_795_000_000


class Said(NamedTuple):
    status: int
    body: str = ""
    content_type: str = "text/plain"


class Double:
    """``size`` and ``root``: of what it has cosigned; ``answer``: what it says instead, once it is set."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.size, self.root = 0, b""
        self.asked: list[int] = []
        self.answer: Callable[[], Said] | None = None

    @property
    def setting(self) -> str:
        return f"{logs.WITNESS.key.vkey} {self.url}"

    def add(self, raw: bytes) -> Said:
        request, _, text = raw.decode().partition("\n\n")
        first, *lines = request.split("\n")
        old = int(first.removeprefix("old "))
        self.asked.append(old)
        if self.answer is not None:
            return self.answer()
        note = Note.parse(text.encode())
        checkpoint = Checkpoint.parse(note.text)
        if old != self.size:
            return Said(409, f"{self.size}\n", "text/x.tlog.size")
        if old:
            try:
                path = [b64decode(line) for line in lines]
                proofs.verify_consistency(old, self.root, checkpoint.size, checkpoint.root, path)
            except proofs.ProofFails:
                return Said(422)
        self.size, self.root = checkpoint.size, checkpoint.root
        return Said(200, logs.WITNESS.cosign(note.text, TIME).line)


@contextmanager
def witness() -> Iterator[Double]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.double = Double(f"http://127.0.0.1:{server.server_port}/witness")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.double  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert self.path == "/witness/add-checkpoint"
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        said = self.server.double.add(raw)  # type: ignore[attr-defined]
        body = said.body.encode()
        self.send_response(said.status)
        self.send_header("Content-Type", said.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass
