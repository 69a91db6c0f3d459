"""The files of a proposed release, drawn one by one: what is there stays, so whoever is killed only draws one file anew."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from sharing.statistics import files
from sharing.statistics.models import Release, ReleaseFile, ReleaseOutcome

TASK = "sharing.draw_releases"
LEASE = timedelta(seconds=30)  # a file takes a few


def draw_one(*, now: datetime) -> bool:
    """Draw the next file that is missing. False: there is none, or another worker is at it.

    Nothing is drawn inside a transaction; the row of the release is leased meanwhile.
    """
    found = _leased(now)
    if found is None:
        return False
    wanted = files.names_of(found.told)
    there = set(found.files.values_list("name", flat=True))
    missing = [name for name in wanted if name not in there]
    if missing:
        _keep(found, files.file_of(found.told, missing[0]), now)
    done = {"drawn_at": now} if len(missing) <= 1 else {}
    _of(found.pk).update(drawing_until=None, **done)
    return True


def is_due(now: datetime) -> bool:
    return _undrawn(now).exists()


def progress(each: Release) -> tuple[int, int]:
    """How many files there are, and how many there will be."""
    there = each.files.count()
    return there, there if each.drawn_at else len(files.names_of(each.told))


def _leased(now: datetime) -> Release | None:
    """The release to be drawn, for this worker alone."""
    found = _undrawn(now).first()
    if found is None or not _undrawn(now).filter(pk=found.pk).update(drawing_until=now + LEASE):
        return None
    return found


def _undrawn(now: datetime) -> QuerySet[Release]:
    free = Q(drawing_until=None) | Q(drawing_until__lte=now)
    return Release.objects.filter(free, outcome=ReleaseOutcome.PENDING, drawn_at=None)


def _of(release_id: UUID) -> QuerySet[Release]:
    return Release.objects.filter(pk=release_id, outcome=ReleaseOutcome.PENDING, drawn_at=None)


def _keep(found: Release, file: files.File, now: datetime) -> None:
    row = ReleaseFile(
        release=found,
        name=file.name,
        content_type=file.content_type,
        content=file.content,
        size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        made_at=now,
    )
    ReleaseFile.objects.bulk_create([row], ignore_conflicts=True)  # whose lease ran out may come second
