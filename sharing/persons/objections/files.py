"""Files that come with an objection: few, small, PDF, JPEG or PNG by what they hold, sealed as written anew, never on a disk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from registry.errors import FileRefused, FilesTooMany
from registry.pdf import papers
from registry.pdf.papers import Paper
from sharing.employers.calling import MEGABYTE
from sharing.parsing import FileParser
from sharing.persons.models import Objection, ObjectionFile

MOST = 5
MOST_BYTES = FileParser.most


def refuse_unfit(files: Sequence[bytes]) -> None:
    """Raises `FilesTooMany`, and `FileRefused` with the file's place."""
    if len(files) > MOST:
        raise FilesTooMany("attached", most=MOST)
    for place, file in enumerate(files, 1):
        if len(file) > MOST_BYTES or papers.kind_of(file) is None:
            raise FileRefused("attached", place=place, megabytes=MOST_BYTES // MEGABYTE)


def judged(files: Sequence[bytes]) -> list[Paper]:
    """As they are kept; before a transaction, for it takes its time. Raises as `papers.judged` does."""
    return papers.judged(files, named="attached")


def keep(objection: Objection, sent: Sequence[Paper], *, now: datetime) -> None:
    """Seal and keep them; with those that came before they are no more than `MOST`. Raises FilesTooMany."""
    if objection.files.count() + len(sent) > MOST:
        raise FilesTooMany("attached", most=MOST)
    for paper in sent:
        row = ObjectionFile(objection=objection, media_type=paper.media_type, size=len(paper.content), sent_at=now)
        row.content = paper.content
        row.save(force_insert=True)
