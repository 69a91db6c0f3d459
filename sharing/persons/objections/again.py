"""What a form says, and the same form sent again: pressed twice it is one objection, and what it says else is never lost unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from registry.errors import SentOtherwise
from sharing.persons.models import Objection, ObjectionKind


@dataclass(frozen=True, kw_only=True)
class Said:
    """``listing``: its number; "" with part "identity": somebody was told that he is listed and is not the one.
    ``told``: the number that he was told then, if any. ``form_key``: the same again is the same objection.
    """

    kind: ObjectionKind
    form_key: str
    listing: str = ""
    part: str = ""
    words: str = field(default="", repr=False)
    told: str = ""
    language: str = "zh-hans"
    files: Sequence[bytes] = field(default=(), repr=False)


def same(before: Objection, said: Said, content: Mapping[str, str]) -> Objection:
    """``before``: what was made of the form; ``content``: as it would be kept now. Raises `SentOtherwise`."""
    part = said.part if said.kind == ObjectionKind.OBJECTION else ""
    told = (said.kind, part, said.listing or before.listing_number, len(said.files))
    kept = (before.kind, before.part, before.listing_number, before.files.count())
    is_kept = before.content_sealed is not None
    if is_kept and (told != kept or dict(content) != before.content):
        raise SentOtherwise(number=before.number)
    return before
