"""How many batches of one employer there may be at a time, and how many rows it may begin in a day, by whichever door.

Each bound is asked for before rows are judged, and again under the lock of the employer, so that of many at once each sees
those before it.
"""

from __future__ import annotations

from datetime import datetime, time
from math import ceil
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Min, Sum

from registry.actions.acting import today
from registry.errors import BatchesHeld, BatchesUnderWay, RowsSpent
from sharing.employers import quota
from sharing.employers.models import GOING_ON, Batch, BatchState, Employer

LOOK_AGAIN = 60  # seconds, the least after which a batch may be expected to be done


def lock(employer: Employer) -> None:
    """Within the transaction that begins or keeps a batch."""
    Employer.objects.select_for_update(no_key=True).get(pk=employer.pk)


def refuse_more_held(employer: Employer, now: datetime) -> None:
    """Files that lie checked and not asked. Raises BatchesHeld."""
    held = Batch.objects.filter(employer=employer.pk, state=BatchState.CHECKED, keep_until__gt=now)
    most: int = settings.SHARING_BATCHES_HELD
    if held.count() >= most:
        raise BatchesHeld("file", most=most)


def refuse_more_begun(employer: Employer, more: int, now: datetime) -> None:
    """One batch more, of so many rows. Raises BatchesUnderWay; RowsSpent; each with when it may be tried again."""
    _refuse_more_under_way(employer, now)
    day = datetime.combine(today(now), time.min, ZoneInfo(settings.REGISTRY_TIME_ZONE))
    begun = Batch.objects.filter(employer=employer.pk, ordered_at__gte=day).aggregate(rows=Sum("total"))["rows"] or 0
    most: int = settings.SHARING_BATCH_ROWS_A_DAY
    if begun + more > most:
        raise RowsSpent("applicants", most=most, retry_after=quota.seconds_until_tomorrow(now))


def _refuse_more_under_way(employer: Employer, now: datetime) -> None:
    under_way = Batch.objects.filter(employer=employer.pk, state__in=GOING_ON)
    most: int = settings.SHARING_BATCHES_UNDER_WAY
    if under_way.count() < most:
        return
    soonest = under_way.aggregate(due=Min("due_at"))["due"] or now
    retry_after = max(ceil((soonest - now).total_seconds()), LOOK_AGAIN)
    raise BatchesUnderWay("applicants", most=most, retry_after=retry_after)
