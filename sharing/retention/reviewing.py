"""The court's registry is written to of listings for life whose yearly review is near or late; once for each of the two."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string

from registry import letters
from registry.actions.acting import today
from registry.addresses import absolute
from registry.lifecycle import IN_FORCE
from registry.models import Listing
from sharing.retention.models import ReviewReminder

WITHIN = timedelta(days=30)
MORNING = 8  # nobody is written to before this hour of the court
NEAR, LATE = 1, 2
CHUNK = 500


def remind(*, now: datetime) -> int:
    """One message for all that reached a step; the number of listings in it. Run by the clock, resumable."""
    if now.astimezone(ZoneInfo(settings.REGISTRY_TIME_ZONE)).hour < MORNING:
        return 0
    day = today(now)
    late = list(_untold(LATE).filter(review_on__lt=day)[:CHUNK])
    near = list(_untold(NEAR).filter(review_on__range=(day, day + WITHIN))[:CHUNK])
    if not late and not near:
        return 0
    if not letters.sent(_message(near, late), "reviews of listings for life"):
        return 0
    told = [
        ReviewReminder(listing=row, due_on=row.review_on, step=step, at=now)
        for step, rows in ((NEAR, near), (LATE, late))
        for row in rows
        if row.review_on is not None
    ]
    ReviewReminder.objects.bulk_create(told, ignore_conflicts=True)
    return len(near) + len(late)


def _untold(step: int) -> QuerySet[Listing]:
    told = ReviewReminder.objects.filter(listing=OuterRef("pk"), due_on=OuterRef("review_on"), step=step)
    return Listing.objects.filter(~Exists(told), state__in=IN_FORCE, review_on__isnull=False).order_by("review_on")


def _message(near: list[Listing], late: list[Listing]) -> EmailMessage:
    """In both languages, about no person: listing numbers and days."""
    address = absolute("/desk/")
    return EmailMessage(
        subject="终身登记年度复核 / Yearly review of listings for life",
        body=render_to_string("desk/reviews.txt", {"near": near, "late": late, "address": address}),
        to=[settings.REGISTRY_CONTACT_EMAIL],
    )
