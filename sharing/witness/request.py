"""What a log sends to be cosigned (C2SP tlog-witness, add-checkpoint): old size, proof, checkpoint."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Self

from registry.tree.checkpoints import Checkpoint
from registry.tree.hashing import HASH_BYTES
from registry.tree.notes import Note, NoteMalformed

PROOF_LINES_MOST = 63
SIZE_MOST = 2**63 - 1  # what SQLite holds
_OLD = re.compile(rb"old (0|[1-9][0-9]{0,18})")


class RequestMalformed(ValueError):
    """This is no request to add a checkpoint."""


@dataclass(frozen=True)
class Request:
    """``old``: the size that `proof` starts from; ``raw``: all of it as it came."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint
    raw: bytes

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Raises RequestMalformed."""
        head, blank, signed = raw.partition(b"\n\n")
        first, *lines = head.split(b"\n")
        old = _OLD.fullmatch(first)
        if not blank or old is None:
            raise RequestMalformed(
                "a request is a line of the old size, lines of the proof, a blank line, a checkpoint"
            )
        if len(lines) > PROOF_LINES_MOST:
            raise RequestMalformed(f"a proof has at most {PROOF_LINES_MOST} lines")
        proof = tuple(_hash(line) for line in lines)
        try:
            note = Note.parse(signed)
            checkpoint = Checkpoint.parse(note.text)
        except NoteMalformed as failure:
            raise RequestMalformed(str(failure)) from None
        if "\n\n" in note.text:
            raise RequestMalformed("a checkpoint has no blank line")
        if max(int(old[1]), checkpoint.size) > SIZE_MOST:
            raise RequestMalformed("a size is below 2 to the 63rd")
        return cls(int(old[1]), proof, note, checkpoint, raw)


def _hash(line: bytes) -> bytes:
    try:
        found = b64decode(line, validate=True)
    except ValueError:
        raise RequestMalformed("a line of the proof is base64") from None
    if len(found) != HASH_BYTES or b64encode(found) != line:
        raise RequestMalformed("a line of the proof is one hash")
    return found
