"""Every answer has one length, so that its size tells nothing; kept is what was before the padding, in whole blocks."""

from __future__ import annotations

import json

ANSWER_BYTES = 12_288
KEPT_BLOCK = 1_920  # sealed, it fits one piece of what PostgreSQL stores beside a row
_MEMBER, _END = b',"padding":"', b'"}'


def padded(body: bytes) -> bytes:
    """A JSON object as the same object with a member "padding", exactly `ANSWER_BYTES` long. ValueError: it does not fit."""
    kept = bare(body)[:-1]
    missing = ANSWER_BYTES - len(kept) - len(_MEMBER) - len(_END)
    if missing < 0:
        raise ValueError(f"an answer is {-missing} bytes longer than {ANSWER_BYTES}")
    return kept + _MEMBER + b" " * missing + _END


def bare(body: bytes) -> bytes:
    """Without the padding; unchanged where there is none."""
    kept = body.removesuffix(_END).rstrip(b" ").removesuffix(_MEMBER)
    return kept + b"}" if len(body) == ANSWER_BYTES else body


def kept(body: bytes) -> bytes:
    """To be stored: without the padding, in blocks, so that an answer that says more takes no longer to store."""
    told = bare(body)
    return told + b" " * (-len(told) % KEPT_BLOCK)


def of_kept(stored: bytes) -> bytes:
    """The answer as it was given."""
    return padded(stored.rstrip(b" "))


def signed_in(answer: bytes) -> str:
    """The signed result that an answer holds (compact JWS); "" in one that is void."""
    signed: str = json.loads(answer)["result"]
    return signed
