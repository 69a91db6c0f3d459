"""Files that come with an objection: few, small, PDF, JPEG or PNG by what they hold, sealed and never on a disk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from registry.errors import FileRefused, FilesTooMany
from sharing.employers.calling import KINDS, MEGABYTE
from sharing.parsing import FileParser
from sharing.persons.models import Objection, ObjectionFile

MOST = 5
MOST_BYTES = FileParser.most


def refuse_unfit(files: Sequence[bytes]) -> None:
    """Raises `FilesTooMany`, and `FileRefused` with the file's place."""
    if len(files) > MOST:
        raise FilesTooMany("attached", most=MOST)
    for place, file in enumerate(files, 1):
        if kind_of(file) is None:
            raise FileRefused("attached", place=place, megabytes=MOST_BYTES // MEGABYTE)


def kind_of(file: bytes) -> str | None:
    """The media type by the first bytes; None where it is none of those taken, or too large."""
    if len(file) > MOST_BYTES:
        return None
    return next((kind for begins, kind in KINDS.items() if file.startswith(begins)), None)


def keep(objection: Objection, files: Sequence[bytes], *, now: datetime) -> None:
    """Seal and keep them; with those that came before they are no more than `MOST`. Raises as `refuse_unfit` does."""
    refuse_unfit(files)
    if objection.files.count() + len(files) > MOST:
        raise FilesTooMany("attached", most=MOST)
    for file in files:
        row = ObjectionFile(objection=objection, media_type=kind_of(file) or "", size=len(file), sent_at=now)
        row.content = file
        row.save(force_insert=True)
