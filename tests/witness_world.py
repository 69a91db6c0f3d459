"""A log that grows, or forks, and a witness of it over real HTTP on loopback."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.tree.checkpoints import Checkpoint
from registry.tree.hashing import Frontier, leaf
from registry.tree.notes import COSIGNATURE, Note, Signer
from registry.tree.proofs import consistency
from registry.tree.tiles import over
from sharing.witness.cosigning import Witness
from sharing.witness.server import REQUEST_SECONDS, Server
from sharing.witness.store import Latest, Store, latest

ORIGIN = "registry.example/log/1"
COURT = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS = Signer("witness.example/w1", Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32), COSIGNATURE)
NOON = 1_800_000_000


class Log:
    """``fork_at``: from this leaf on it is another one than the log without."""

    def __init__(self, size: int, fork_at: int | None = None) -> None:
        last = size if fork_at is None else fork_at
        self.entries = [b"%d" % number if number < last else b"another %d" % number for number in range(size)]

    def subtree(self, level: int, index: int) -> bytes:
        return over(b"".join(leaf(each) for each in self.entries[index << level : (index + 1) << level]))

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(ORIGIN, size, Frontier().grown(self.entries[:size]).root)

    def proof(self, old: int, size: int) -> list[bytes]:
        return consistency(self, old, size) if old else []

    def request(self, old: int, size: int) -> bytes:
        return request(old, self.proof(old, size), self.checkpoint(size).signed(COURT))


def request(old: int | str, proof: Sequence[bytes], note: Note | str) -> bytes:
    lines = "".join(f"{b64encode(each).decode()}\n" for each in proof)
    return f"old {old}\n{lines}\n{note}".encode()


@dataclass
class Answer:
    status: int
    kind: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Serving:
    """``clock``: what the witness takes for now."""

    port: int
    store: Store | None = None
    server: Server | None = None
    clock: int = NOON

    def add(self, raw: bytes) -> Answer:
        return self.ask("POST", "/add-checkpoint", raw)

    def ask(self, method: str, path: str, raw: bytes | None = None, **headers: str) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request(method, path, raw, headers)
            reply = connection.getresponse()
            text = reply.read().decode()
            return Answer(reply.status, reply.headers.get("Content-Type", ""), text, dict(reply.headers))

    @property
    def held(self) -> Latest | None:
        assert self.store is not None
        with self.store.changing() as store:
            return latest(store, ORIGIN)

    @property
    def size(self) -> int:
        return 0 if self.held is None else self.held.size


@contextmanager
def serving(path: Path, prefix: str = "", request_seconds: float = REQUEST_SECONDS) -> Iterator[Serving]:
    """In this process."""
    store = Store(path)
    found = Serving(0, store)
    witness = Witness(WITNESS, {ORIGIN: [COURT.key]}, store, lambda: found.clock)
    found.server = Server(("127.0.0.1", 0), witness, prefix, request_seconds)
    found.port = found.server.server_port
    thread = threading.Thread(target=found.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.server.shutdown()
        found.server.drain(10)
        found.server.server_close()
        thread.join()
        store.close()


@dataclass
class Program:
    """``python -m sharing.witness`` as a process of its own, in a folder of its own."""

    folder: Path
    process: subprocess.Popen[str] | None = None

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self._command(*arguments), capture_output=True, text=True, timeout=60, check=False)

    def start(self) -> Serving:
        self.process = subprocess.Popen(
            [*self._command("serve"), "--log", COURT.key.vkey, "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        return Serving(json.loads(self.process.stdout.readline())["port"])

    def end(self, number: signal.Signals) -> int:
        if self.process is None:
            return 0
        process, self.process = self.process, None
        process.send_signal(number)
        status = process.wait(timeout=20)
        assert process.stdout is not None
        process.stdout.close()
        return status

    def _command(self, command: str, *arguments: str) -> list[str]:
        """With the files that this command takes."""
        files = {"key": str(self.folder / "key"), "store": str(self.folder / "store")}
        taken = {"keygen": ("key",), "vkey": ("key",), "serve": ("key", "store"), "show": ("store",)}[command]
        flags = [part for name in taken for part in (f"--{name}", files[name])]
        return [
            "/usr/bin/env", f"PYTHONPATH={Path(__file__).parent.parent}", f"PATH={os.environ['PATH']}",
            sys.executable, "-m", "sharing.witness", command, *flags, *arguments,
        ]  # fmt: skip
