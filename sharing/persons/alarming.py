"""The registry is written to about what a person should look at: bulk reading, and numbers proved with another name.

By the clock, about no person: what was found is on a page of the desk.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string

from registry import letters, watching
from registry.addresses import absolute
from registry.models import ReadingAlarm
from sharing.persons.models import OtherNameAlarm

SHOWN_DAYS = watching.SHOWN_DAYS
PAGE = "/desk/sharing/readings/"


def tell(*, now: datetime) -> int:
    """The number of messages. One that goes out is noted after it: rather told twice than never."""
    watching.look_at_all(now=now)
    return sum(_tell_of_reading(each, now) for each in list(watching.untold())) + _tell_of_names(now)


def other_names(*, now: datetime) -> QuerySet[OtherNameAlarm]:
    """Of the last days, the newest first."""
    return OtherNameAlarm.objects.filter(at__gt=now - timedelta(days=SHOWN_DAYS)).order_by("-at", "pk")


def _tell_of_reading(alarm: ReadingAlarm, now: datetime) -> bool:
    context = {"alarm": alarm, "page": _page()}
    message = _message("登记被大量查阅 / Many records were read", "persons/reading_alarm.txt", context)
    return _noted(message, lambda: ReadingAlarm.objects.filter(pk=alarm.pk).update(told_at=now), "bulk reading")


def _tell_of_names(now: datetime) -> bool:
    """All of them in one message."""
    keys = list(OtherNameAlarm.objects.filter(told_at=None).values_list("pk", flat=True))
    if not keys:
        return False
    context = {"count": len(keys), "page": _page()}
    message = _message("证件号码与姓名不符 / A number with another name", "persons/other_name_alarm.txt", context)
    told = OtherNameAlarm.objects.filter(pk__in=keys)
    return _noted(message, lambda: told.update(told_at=now), "a number with another name")


def _noted(message: EmailMessage, note: Callable[[], object], about: str) -> bool:
    if not letters.sent(message, about):
        return False
    note()
    return True


def _message(subject: str, template: str, context: dict[str, object]) -> EmailMessage:
    return EmailMessage(subject=subject, body=render_to_string(template, context), to=[settings.REGISTRY_CONTACT_EMAIL])


def _page() -> str:
    return absolute(PAGE)
