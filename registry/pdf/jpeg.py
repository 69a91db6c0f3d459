"""A JPEG inside a PDF without what a camera wrote beside the picture; its dots are not touched (ITU-T T.81, annex B)."""

from __future__ import annotations

import re
from collections.abc import Iterator

BEGIN, END, SCAN = 0xD8, 0xD9, 0xDA
# APP1 to APP15 and comments: dates, places, makers, previews. Of APP14 decoders learn how colours are meant.
BESIDE = {*range(0xE1, 0xF0), 0xFE} - {0xEE}
AFTER_DOTS = re.compile(rb"\xff(?=[^\x00\xd0-\xd7\xff])", re.DOTALL)  # where a scan ends


def bare(jpeg: bytes) -> bytes:
    """What is no JPEG stays as it is, and so does whatever follows where it ceases to be one; what follows its end goes."""
    if jpeg[:2] != bytes([0xFF, BEGIN]):
        return jpeg
    return jpeg[:2] + b"".join(_kept(jpeg))


def _kept(jpeg: bytes) -> Iterator[bytes]:
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != END:
        marker = jpeg[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == SCAN:
            found = AFTER_DOTS.search(jpeg, end)
            end = found.start() if found else len(jpeg)
        if marker not in BESIDE:
            yield jpeg[at:end]
        at = end
    yield jpeg[at : at + 2] if jpeg[at + 1 : at + 2] == bytes([END]) else jpeg[at:]
