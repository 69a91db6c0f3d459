"""Of what a sample may be drawn: which rows belong to it, and by which key each is known.

A key names no person: a listing's number, the id of a question or of a look. Whoever has the list of keys can draw again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast, Collate

from registry.models import AccessRecord, Event, EventType, Listing
from sharing.audit.checks.shapes import sealed_numbers, zone
from sharing.audit.models import SampleKind
from sharing.employers.models import Screening

BYTEWISE = "C"  # keys are in the order of their bytes, everywhere


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Both days belong to the period. ``courts``: codes; none of them for all."""

    kind: SampleKind
    begins: date
    ends: date
    courts: Sequence[str] = ()


def moments(begins: date, ends: date) -> tuple[datetime, datetime]:
    """Of a period of days: from the first moment on, and before the second."""
    day_after = ends + timedelta(days=1)
    return datetime.combine(begins, time.min, zone()), datetime.combine(day_after, time.min, zone())


def keys(sought: Sought) -> QuerySet[Any, str]:
    """The key of each row, each once, in the order of their bytes."""
    rows, path, court = _ROWS[sought.kind](*moments(sought.begins, sought.ends))
    if sought.courts:
        rows = rows.filter(**{f"{court}__code__in": list(sought.courts)})
    keyed = rows.order_by().annotate(key=Collate(Cast(F(path), TextField()), BYTEWISE))
    found: QuerySet[Any, str] = keyed.values_list("key", flat=True).distinct().order_by("key")
    return found


_Rows = tuple[QuerySet[Any], str, str]  # the rows, the path of the key, the path of the court


def _approved(since: datetime, before: datetime) -> _Rows:
    rows = Listing.objects.filter(approved_at__gte=since, approved_at__lt=before)
    return rows, "number", "court"


def _withdrawn(since: datetime, before: datetime) -> _Rows:
    told = Event.objects.filter(type=EventType.WITHDRAWN, reader=None, listing__sealed_at=None)
    return told.filter(occurred_at__gte=since, occurred_at__lt=before), "listing__number", "listing__court"


def _screenings(since: datetime, before: datetime) -> _Rows:
    return Screening.objects.filter(asked_at__gte=since, asked_at__lt=before), "id", ""


def _readings(since: datetime, before: datetime) -> _Rows:
    looks = AccessRecord.objects.filter(at__gte=since, at__lt=before).exclude(page=AccessRecord.WHY)
    return looks.exclude(listing_number__in=sealed_numbers()), "id", "officer__court"


_ROWS: Mapping[SampleKind, Callable[[datetime, datetime], _Rows]] = {
    SampleKind.APPROVED: _approved,
    SampleKind.WITHDRAWN: _withdrawn,
    SampleKind.SCREENINGS: _screenings,
    SampleKind.READINGS: _readings,
}
