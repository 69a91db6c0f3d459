"""A public log as the court serves one, over given commitments, and faults to plant in it."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.tree.checkpoints import Checkpoint
from registry.tree.hashing import Frontier, leaf
from registry.tree.notes import COSIGNATURE, Note, Signer
from registry.tree.proofs import inclusion
from registry.tree.tiles import WIDTH, Tile, Tiled, over

ORIGIN = "registry.court.example/log"
COURT = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"c" * 32))
WITNESSES = (
    Signer("witness.one.example", Ed25519PrivateKey.from_private_bytes(b"1" * 32), COSIGNATURE),
    Signer("witness.two.example", Ed25519PrivateKey.from_private_bytes(b"2" * 32), COSIGNATURE),
)
WITNESSED_AT = 1_795_000_000  # seconds since 1970


@dataclass
class Served:
    """Files by their path below the prefix: those of an honest log, until a fault is planted."""

    commitments: Sequence[bytes]
    files: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        row = [leaf(each) for each in self.commitments]
        self.levels = []
        while row:
            self.levels.append(row)
            self._put(len(self.levels) - 1, row)
            row = [over(b"".join(each)) for each in pieces(row) if len(each) == WIDTH]
        self.serve_entries(self.commitments)
        self.serve(self.note())

    def note(self) -> Note:
        root = Frontier().grown(self.commitments).root
        note = Checkpoint(ORIGIN, len(self.commitments), root).signed(COURT)
        return note.with_signatures([each.cosign(note.text, WITNESSED_AT) for each in WITNESSES])

    def serve(self, note: Note) -> None:
        self.files["checkpoint"] = str(note).encode()

    def serve_entries(self, commitments: Sequence[bytes]) -> None:
        """Bundles of these, at the addresses that the honest ones have; what is too much is in the last one."""
        honest = list(pieces(self.commitments))
        for number, each in enumerate(honest):
            end = None if number == len(honest) - 1 else (number + 1) * WIDTH
            bundle = commitments[number * WIDTH : end]
            self.files[path(None, number, len(each))] = b"".join(len(one).to_bytes(2, "big") + one for one in bundle)

    def change_tile(self, level: int, position: int) -> None:
        """One bit of the hash over this position."""
        place = (position - 1) >> 8 * level
        number, at = divmod(place, WIDTH)
        where = path(level, number, len(self.levels[level][number * WIDTH : (number + 1) * WIDTH]))
        changed = bytearray(self.files[where])
        changed[at * 32] ^= 1
        self.files[where] = bytes(changed)

    def proof(self, position: int) -> list[bytes]:
        read = Tiled(lambda level, number: b"".join(self.levels[level][number * WIDTH : (number + 1) * WIDTH]))
        return inclusion(read, position - 1, len(self.commitments))

    def _put(self, level: int, row: Sequence[bytes]) -> None:
        for number, each in enumerate(pieces(row)):
            self.files[path(level, number, len(each))] = b"".join(each)


def pieces(row: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (row[begin : begin + WIDTH] for begin in range(0, len(row), WIDTH))


def path(level: int | None, number: int, width: int) -> str:
    return f"tile/{Tile(level, number, width).address}"


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize, disable_nagle_algorithm = 1 << 16, True  # head and body leave together
    server: LogServer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.callers.add(self.client_address)
        self.server.accepted.add(self.headers["Accept-Encoding"])
        name = self.path.removeprefix("/log/")
        body = self.server.log.files.get(name)
        self.send_response(404 if body is None else self.server.refused.get(name, self.server.status))
        self.send_header("Content-Length", str(len(body or b"") + self.server.missing))
        self.send_header("Location", "/log/elsewhere")
        if self.server.encoding:
            self.send_header("Content-Encoding", self.server.encoding)
        self.end_headers()
        self.wfile.write(body or b"")
        self.close_connection = bool(self.server.missing or self.server.hangs_up)

    def log_message(self, format: str, *args: object) -> None:
        pass


class LogServer(ThreadingHTTPServer):
    """``log`` may be exchanged while it serves; ``status``: of what it has, and ``refused`` of single files; ``missing``: bytes
    that were announced and do not come; ``callers``: the other ends of its connections; ``accepted``: encodings.
    """

    daemon_threads = True

    def __init__(self, log: Served) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.log, self.status, self.encoding, self.missing = log, 200, "identity", 0
        self.hangs_up = False  # after each answer, without having said so
        self.asked: list[str] = []
        self.refused: dict[str, int] = {}
        self.callers: set[tuple[str, int]] = set()
        self.accepted: set[str | None] = set()

    def handle_error(self, request: object, client_address: object) -> None:
        """Who asks may hang up."""

    @property
    def prefix(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/log/"


@contextlib.contextmanager
def serving(log: Served, tls: ssl.SSLContext | None = None) -> Iterator[LogServer]:
    server = LogServer(log)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
