"""That messages end by themselves soon is said once to whom they go, a month before, with a link that renews them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from sharing.persons.models import News, QuestionMails

BEFORE = timedelta(days=30)


def note(*, now: datetime) -> int:
    """How many wishes end soon of which nothing was noted. By the clock."""
    if not _ending_soon(now).exists():  # nearly always: nothing is locked then
        return 0
    with transaction.atomic():
        # One that is renewed or ended at this moment is looked at with the next tick.
        running = _ending_soon(now).select_for_update(no_key=True, skip_locked=True)
        found = [News(mails=each, kind=News.Kind.ENDING, found_at=now) for each in running]
        News.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)


def _ending_soon(now: datetime) -> QuerySet[QuestionMails]:
    noted = News.objects.filter(mails=OuterRef("pk"), kind=News.Kind.ENDING)
    confirmed = QuestionMails.objects.exclude(confirmed_at=None)
    return confirmed.filter(~Exists(noted), ends_at__gt=now, ends_at__lte=now + _before())


def _before() -> timedelta:
    """A court that keeps addresses for a few weeks only does not announce the end on the first day."""
    return min(BEFORE, timedelta(days=settings.SHARING_QUESTION_MAILS_DAYS) / 2)
