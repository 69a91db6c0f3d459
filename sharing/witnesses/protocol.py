"""What is said to a witness, and what it answers (C2SP tlog-witness). Nothing is sent or stored here."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from registry.tree.notes import Key, Note, NoteMalformed, NoteUnverified, Signature
from sharing.transport import Reply
from sharing.witnesses.models import Refused

SIZE_TYPE = "text/x.tlog.size"
_SIZE = re.compile(r"(0|[1-9][0-9]{0,17})\n", re.ASCII)
_REFUSED = {403: Refused.UNKNOWN_KEY, 404: Refused.UNKNOWN_LOG, 422: Refused.FORK}


@dataclass(frozen=True)
class Answer:
    """One of them: the cosignature, the size up to which the witness has seen the log, or why it refused."""

    signature: Signature | None = None
    size: int | None = None
    refused: Refused | None = None


def request(old: int, proof: Sequence[bytes], note: str) -> bytes:
    """The body of add-checkpoint."""
    lines = [f"old {old}", *(b64encode(each).decode() for each in proof)]
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + note.encode()


def read(reply: Reply, note: Note, key: Key) -> Answer:
    """What the witness said of the note."""
    if reply.failure or not reply.status or reply.status >= 500:
        return Answer(refused=Refused.SILENT)
    if reply.status == 200:
        return _cosigned(reply.text, note, key)
    if reply.status == 409:
        return _conflict(reply)
    return Answer(refused=_REFUSED.get(reply.status, Refused.REFUSED))


def _cosigned(text: str, note: Note, key: Key) -> Answer:
    """Lines of other keys are none of ours to judge."""
    try:
        answered = Note.parse(f"{note.text}\n{text}".encode())
        return Answer(signature=answered.signed_by(key))
    except (NoteMalformed, NoteUnverified):
        return Answer(refused=Refused.BAD_SIGNATURE)


def _conflict(reply: Reply) -> Answer:
    """Without a size it is about two roots of one size (C2SP tlog-witness: 409 for either)."""
    found = _SIZE.fullmatch(reply.text) if reply.content_type.partition(";")[0].strip() == SIZE_TYPE else None
    return Answer(size=int(found[1])) if found else Answer(refused=Refused.FORK)
