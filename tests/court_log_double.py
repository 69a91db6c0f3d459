"""A court that keeps a log of what it tells, and can be made to keep it badly. Its tree is the registry's own code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.tree import hashing, proofs
from registry.tree.checkpoints import Checkpoint
from registry.tree.notes import Signer
from registry.tree.tiles import HEIGHT, WIDTH, Tile, TileMalformed
from tests.receiver_double import Json, Program, Registry, encoded, heartbeat

NO_SUCH_TILE = b'{"code":"R-394"}'
ORIGIN = "registry.court.example/log"
LOG_KEY = Ed25519PrivateKey.from_private_bytes(b"l" * 32)
VKEY = Signer(ORIGIN, LOG_KEY).key.vkey


class Tree:
    """A tree over entries, for proofs."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.entries = entries

    def subtree(self, level: int, index: int) -> bytes:
        width = 1 << level
        return hashing.Frontier().grown(self.entries[index * width : (index + 1) * width]).root


def commitment(body: Json) -> bytes:
    data = body["data"]
    return hmac.new(base64.b64decode(data["salt"]), encoded(data["event"]), hashlib.sha256).digest()


def base64_text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


class Court(Registry):
    """``entries``: the log as proofs and tiles show it. ``signed_size``: how much of it is signed, all unless set.

    ``log_answers``: what is answered instead, by path or by a name in the query. ``clears_up``: partial tiles go once they
    are complete.
    """

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[bytes] = []
        self.signed_size: int | None = None
        self.key = LOG_KEY
        self.origin = ORIGIN
        self.witnesses: list[Signer] = []
        self.log_asked: list[tuple[str, dict[str, str]]] = []
        self.log_answers: dict[str, tuple[int, bytes]] = {}
        self.clears_up = False

    def tells(self, *bodies: Json) -> None:
        """Appends at the positions that the events name."""
        self.holds(*bodies)
        for body in bodies:
            position = body["data"]["event"]["position"]
            assert position == len(self.entries) + 1
            self.entries.append(commitment(body))

    def restores(self, size: int) -> None:
        """From a backup of that size; the log goes on in a new epoch."""
        self.entries = self.entries[:size]
        self.bodies = {position: body for position, body in self.bodies.items() if position <= size}
        self.epoch += 1
        self.origin = f"{ORIGIN}/{self.epoch}"

    @property
    def size(self) -> int:
        return len(self.entries) if self.signed_size is None else self.signed_size

    def note(self, size: int | None = None) -> str:
        size = self.size if size is None else size
        root = hashing.Frontier().grown(self.entries[:size]).root
        signed = Checkpoint(self.origin, size, root).signed(Signer(self.origin, self.key))
        return str(signed.with_signatures([witness.cosign(signed.text, 1_795_507_200) for witness in self.witnesses]))

    def answer(self, path: str, asked: dict[str, str]) -> tuple[int, bytes]:
        if not path.startswith(("/api/v1/log", "/log/")):
            return super().answer(path, asked)
        self.log_asked.append((path, asked))
        for name, prepared in self.log_answers.items():
            if name in (path, *asked):
                return prepared
        if path.startswith("/log/"):
            return self._public(path)
        status, said = self._log(path, {name: int(value) for name, value in asked.items()})
        return status, json.dumps(said).encode()

    def _log(self, path: str, asked: dict[str, int]) -> tuple[int, Json]:
        if path == "/api/v1/log":
            return 200, {"origin": self.origin, "epoch": self.epoch, "size": self.size, "checkpoint": self.note()}
        if max(asked.values()) > self.size:
            return 404, {"code": "R-391"}
        return 200, self._inclusion(**asked) if "position" in asked else self._consistency(asked["from"], asked["to"])

    def tiles_asked(self, level: str = "") -> list[str]:
        """The addresses below ``tile/`` that were asked for, of one level or of all."""
        asked = (path.partition("/tile/")[2] for path, _ in self.log_asked if "/tile/" in path)
        return [address for address in asked if address.startswith(level)]

    def tampers(self, address: str, place: int, instead: bytes) -> None:
        """Shows something else in one tile from now on."""
        path = f"{self._prefix}tile/{address}"
        genuine = self._public(path)[1]
        piece = len(genuine) // Tile.parse(address).width
        end = (place + 1) * piece
        self.log_answers[path] = (200, genuine[: end - len(instead)] + instead + genuine[end:])

    @property
    def _prefix(self) -> str:
        return "/log/" if self.epoch == 1 else f"/log/{self.epoch}/"

    def _public(self, path: str) -> tuple[int, bytes]:
        if not path.startswith(f"{self._prefix}tile/"):
            return 410, b'{"code":"R-395"}'
        try:
            wanted = Tile.parse(path.removeprefix(f"{self._prefix}tile/"))
        except TileMalformed:
            return 404, NO_SUCH_TILE
        level = wanted.level or 0
        complete = (self.size >> (HEIGHT * level)) - wanted.number * WIDTH
        if wanted.width > complete or (self.clears_up and wanted.width < WIDTH <= complete):
            return 404, NO_SUCH_TILE
        places = range(wanted.number * WIDTH, wanted.number * WIDTH + wanted.width)
        if wanted.level is None:
            return 200, b"".join(b"\0\x20" + self.entries[place] for place in places)
        return 200, b"".join(Tree(self.entries).subtree(HEIGHT * level, place) for place in places)

    def _inclusion(self, position: int, size: int) -> Json:
        hashes = proofs.inclusion(Tree(self.entries), position - 1, size)
        shown = {
            "commitment": base64_text(self.entries[position - 1]),
            "hashes": [base64_text(each) for each in hashes],
        }
        return {"position": position, "size": size, "checkpoint": None, **shown}

    def _consistency(self, old: int, new: int) -> Json:
        hashes = proofs.consistency(Tree(self.entries), old, new)
        return {"from": old, "to": new, "hashes": [base64_text(each) for each in hashes], "checkpoint": self.note(new)}


def told_in_heartbeat(court: Court, size: int | None = None, last_position: int = 0) -> Json:
    body = heartbeat(last_position)
    return body | {"data": body["data"] | {"checkpoint": court.note(size), "epoch": court.epoch}}


def status(program: Program) -> Json:
    answered, said = program.get("/status")
    assert answered == 200
    return dict(said)


def kinds(program: Program) -> list[str]:
    return [each["kind"] for each in status(program)["findings"]]


def asked(program: Program, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One of the receiver's commands, about its store."""
    told = [sys.executable, "-m", f"sharing.receiver.{command}", "--store", str(program.path), *arguments]
    folder = Path(__file__).parent.parent
    return subprocess.run(told, capture_output=True, text=True, check=False, timeout=30, cwd=folder)
