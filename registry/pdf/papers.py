"""Papers that come from outside, PDF, JPEG or PNG: judged before anything is kept, and kept as written anew.

They are opened where judgments are (`registry.pdf.child`). What could act is refused; dates, places and names that a
camera or a program wrote into a file are left out.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry.errors import (
    PaperActs,
    PaperEncrypted,
    PaperHeavy,
    PaperPages,
    PaperUnreadable,
    PictureMoves,
    PicturePixels,
    Refusal,
    Text,
)
from registry.pdf import asking
from registry.pdf.words import spoken_acts

# The first bytes of a file say what it is; what the sender calls it does not count.
KINDS: Mapping[bytes, str] = {
    asking.HEADER: "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
MOST_PAGES = 100
MOST_MEGAPIXELS = 50
MEGAPIXEL = 1_000_000
SECONDS = asking.SECONDS  # for all that come at once
REFUSALS = (PaperActs, PaperEncrypted, PaperHeavy, PaperPages, PaperUnreadable, PictureMoves, PicturePixels)


@dataclass(frozen=True)
class Paper:
    media_type: str
    content: bytes = field(repr=False)


def kind_of(file: bytes) -> str | None:
    """The media type, or None where it is none of those taken."""
    return next((kind for begins, kind in KINDS.items() if file.startswith(begins)), None)


def judged(files: Sequence[bytes], *, named: str) -> list[Paper]:
    """Each as it is kept, in their order. ``named``: the field that they came in; `kind_of` knows each of them.

    Raises what is in `REFUSALS`.
    """
    until = time.monotonic() + SECONDS
    return [
        _judged(file, named, _("The file") if len(files) == 1 else format_lazy(_("File {place}"), place=place), until)
        for place, file in enumerate(files, 1)
    ]


def _judged(file: bytes, named: str, spoken: Text, until: float) -> Paper:
    is_pdf = file.startswith(asking.HEADER)
    question = ("look_through", MOST_PAGES) if is_pdf else ("photograph", MOST_MEGAPIXELS * MEGAPIXEL)
    head, content = asking.ask(file, *question, seconds=until - time.monotonic())
    if "refused" in head:
        raise _refusal(head, named, spoken)
    return Paper(KINDS[asking.HEADER] if is_pdf else head["type"], content)


def _refusal(head: Mapping[str, Any], named: str, spoken: Text) -> Refusal:
    plain: Mapping[str, type[Refusal]] = {
        "encrypted": PaperEncrypted,
        "unreadable": PaperUnreadable,
        "heavy": PaperHeavy,
        "moves": PictureMoves,
    }
    if head["refused"] == "active":
        return PaperActs(named, file=spoken, what=spoken_acts(head["acts"]))
    if head["refused"] == "pages":
        return PaperPages(named, file=spoken, most=MOST_PAGES)
    if head["refused"] == "pixels":
        return PicturePixels(named, file=spoken, most=MOST_MEGAPIXELS)
    return plain[head["refused"]](named, file=spoken)
