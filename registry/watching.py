"""Bulk reading: how many different listings each officer was shown, and the alarm where work does not explain it.

Counted is every listing whose person was shown, in a list as on a page of its own. What was counted is committed before it is
counted, so that of two looks at once the later one sees both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet

from registry.models import AccessRecord, ReadingAlarm

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHOWN_DAYS = 30


class Read(NamedTuple):
    """Different listings that one officer was shown. ``gave_reason``: those of them that were not his own case."""

    hour: int
    day: int
    month: int
    gave_reason: int
    last: datetime


def look_at(officer_id: int, *, now: datetime) -> bool:
    """Whether the officer has just raised the alarm of the day."""
    shown = _shown(now - DAY, now).filter(officer=officer_id)
    found = shown.aggregate(**_counts(now))
    return _raise(officer_id, found["hour"], found["day"], now)


def look_at_all(*, now: datetime) -> int:
    """Like `look_at` for everybody who read within an hour: whoever was cut off between the look and its count."""
    recent = _shown(now - HOUR, now).values("officer_id")
    rows = _shown(now - DAY, now).filter(officer__in=recent).order_by().values_list("officer_id")
    counted: Iterable[tuple[int, int, int]] = rows.annotate(**_counts(now))
    return sum(_raise(officer_id, hour, day, now) for officer_id, hour, day in counted)


def by_officer(*, now: datetime) -> Mapping[int, Read]:
    """Of the last `SHOWN_DAYS` days, by the officer's key; in one statement."""
    rows = _shown(now - timedelta(days=SHOWN_DAYS), now).order_by().values_list("officer_id")
    counted = rows.annotate(
        **_counts(now),
        month=Count("listing_number", distinct=True),
        gave_reason=Count("listing_number", distinct=True, filter=Q(reason_sealed__isnull=False)),
        last=Max("at"),
    )
    return {officer_id: Read(*found) for officer_id, *found in counted}


def alarms(*, now: datetime) -> QuerySet[ReadingAlarm]:
    """Of the last `SHOWN_DAYS` days, the newest first."""
    recent = ReadingAlarm.objects.filter(at__gt=now - timedelta(days=SHOWN_DAYS))
    return recent.select_related("officer__court").order_by("-at", "pk")


def untold() -> QuerySet[ReadingAlarm]:
    """Alarms that the registry has not been written to about, the oldest first."""
    return ReadingAlarm.objects.filter(told_at=None).select_related("officer__court").order_by("at", "pk")


def _shown(since: datetime, now: datetime) -> QuerySet[AccessRecord]:
    return AccessRecord.objects.filter(at__gt=since, at__lte=now)


def _counts(now: datetime) -> dict[str, Count]:
    def since(moment: datetime) -> Count:
        return Count("listing_number", distinct=True, filter=Q(at__gt=moment))

    return {"hour": since(now - HOUR), "day": since(now - DAY)}


def _raise(officer_id: int, hour: int, day: int, now: datetime) -> bool:
    kinds = ReadingAlarm.Kind
    if hour > settings.REGISTRY_READINGS_AN_HOUR:
        kind, count = kinds.HOUR, hour
    elif day > settings.REGISTRY_READINGS_A_DAY:
        kind, count = kinds.DAY, day
    else:
        return False
    on = _day(now)
    if ReadingAlarm.objects.filter(officer=officer_id, day=on).exists():
        return False
    alarm = ReadingAlarm(officer_id=officer_id, kind=kind, day=on, count=count, at=now)
    ReadingAlarm.objects.bulk_create([alarm], ignore_conflicts=True)
    return True


def _day(now: datetime) -> date:
    return now.astimezone(ZoneInfo(settings.REGISTRY_TIME_ZONE)).date()
