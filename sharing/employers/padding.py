"""Every answer has one length, so that its size tells nothing; kept is what was before the padding."""

from __future__ import annotations

ANSWER_BYTES = 12_288
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
