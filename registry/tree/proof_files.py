"""One file that proves offline that an entry is in the log (C2SP tlog-proof)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Self

from registry.tree.hashing import HASH_BYTES

HEADER = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"


class ProofFileMalformed(ValueError):
    """This is no proof of this form."""


@dataclass(frozen=True)
class ProofFile:
    """``index``: of the leaf, from 0; ``path``: beside its way to the root; ``note``: the signed checkpoint, with whatever
    cosignatures it has; ``extra``: what nothing of this proves.
    """

    index: int
    path: tuple[bytes, ...]
    note: str
    extra: bytes = b""

    def __str__(self) -> str:
        extra = [f"extra {b64encode(self.extra).decode()}"] if self.extra else []
        hashes = [b64encode(each).decode() for each in self.path]
        return "\n".join([HEADER, *extra, f"index {self.index}", *hashes, "", self.note])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ProofFileMalformed; whether it proves anything is another question."""
        head, blank, note = text.partition("\n\n")
        header, *lines = head.split("\n")
        if header != HEADER or not blank or not note:
            raise ProofFileMalformed("a proof has a first line of its own, and a checkpoint after a blank line")
        extra = _decoded(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else b""
        name, _, index = lines.pop(0).partition(" ") if lines else ("", "", "")
        if name != "index" or not (index.isascii() and index.isdecimal() and str(int(index)) == index):
            raise ProofFileMalformed("a proof says the index of its entry")
        path = tuple(map(_decoded, lines))
        if any(len(each) != HASH_BYTES for each in path):
            raise ProofFileMalformed("a proof has one hash in each line")
        return cls(int(index), path, note, extra)


def _decoded(text: str) -> bytes:
    try:
        raw = b64decode(text, validate=True)
    except ValueError:
        raise ProofFileMalformed("not base64") from None
    if b64encode(raw).decode() != text:
        raise ProofFileMalformed("not base64 as it is written")
    return raw
