"""Checkpoints: what the court signs about its log at one moment (C2SP tlog-checkpoint)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Self

from registry.tree.hashing import HASH_BYTES
from registry.tree.notes import Key, Note, NoteMalformed, Signer

SIZE_DIGITS_MOST = 19


class AnotherLog(Exception):
    """The checkpoint is of a log of another origin."""


@dataclass(frozen=True)
class Checkpoint:
    """``origin``: which log, and the name of the key that signs for it; ``size``: how many leaves; ``root``: over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    def signed(self, signer: Signer) -> Note:
        """Raises AnotherLog where the signer has not the origin's name."""
        if signer.name != self.origin:
            raise AnotherLog(signer.name)
        return Note(self.text, (signer.sign(self.text),))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Lines after the third are left to whoever knows them. Raises NoteMalformed."""
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0]:
            raise NoteMalformed("a checkpoint has an origin, a size and a root")
        origin, size, root = lines[:3]
        if not (size.isascii() and size.isdecimal() and len(size) <= SIZE_DIGITS_MOST and str(int(size)) == size):
            raise NoteMalformed("the size of a checkpoint is a decimal number")
        try:
            found = b64decode(root, validate=True)
        except ValueError:
            raise NoteMalformed("the root of a checkpoint is base64") from None
        if len(found) != HASH_BYTES or b64encode(found).decode() != root:
            raise NoteMalformed("the root of a checkpoint is one hash")
        return cls(origin, int(size), found)


def opened(raw: bytes, key: Key, origin: str) -> tuple[Checkpoint, Note]:
    """A checkpoint of the log of this origin that its key signed. Raises NoteMalformed, NoteUnverified, AnotherLog."""
    note = Note.parse(raw)
    note.signed_by(key)
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != origin:
        raise AnotherLog(checkpoint.origin)
    return checkpoint, note
