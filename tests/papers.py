"""Papers as people send them: written anew they are what they were, so that what is kept can be told by its bytes."""

from __future__ import annotations

import io
import random
from functools import cache
from typing import Any

from pikepdf import Pdf
from PIL import Image

from registry.pdf import child
from tests import pdfs

MEGABYTE = 1024 * 1024
LEFT, RIGHT = (190, 60, 70), (60, 80, 190)


@cache
def pdf(said: str) -> bytes:
    """One page that says it, in Latin letters."""
    return child.look_through(pdfs.words(said), 1)[1]


@cache
def long_pdf(megabytes: int) -> bytes:
    """One page, and beside it so much that nothing makes shorter."""
    return beside(random.Random(1).randbytes(megabytes * MEGABYTE))


def beside(what: bytes) -> bytes:
    """One page, and these bytes in a drawer of it."""

    def fill(made: Pdf) -> None:
        made.pages[0].Beside = made.make_stream(what)

    return pdfs.judgment(1, fill)


def picture(kind: str = "PNG", *, size: tuple[int, int] = (40, 30), **saving: Any) -> bytes:
    """`LEFT` on its left half, `RIGHT` on its right one."""
    drawn = Image.new("RGB", size, LEFT)
    drawn.paste(RIGHT, (size[0] // 2, 0, *size))
    return saved(drawn, kind, **saving)


def saved(drawn: Image.Image, kind: str, **saving: Any) -> bytes:
    out = io.BytesIO()
    drawn.save(out, kind, **saving)
    return out.getvalue()
