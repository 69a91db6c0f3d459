"""The messages themselves: the link that confirms an address, and that there is something new to read on the person's page.

They name nobody: no person, no employer, no answer. At most one an hour for each person, whatever was asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from registry import letters
from registry.addresses import absolute
from sharing.persons.mails.ordering import CONFIRM, END, GO_ON, TO_CONFIRM, link
from sharing.persons.models import News, QuestionMails

ABOUT = "messages about questions"
TOGETHER = timedelta(hours=1)
SENDING = timedelta(minutes=2)  # longer than a mail server may take


def send_link(mails: QuestionMails) -> bool:
    """Whether it went out."""
    context = {"link": link(mails, CONFIRM), "hours": TO_CONFIRM // timedelta(hours=1)}
    message = EmailMessage(
        subject="请确认电子邮箱 / Confirm your mail address",
        body=render_to_string("persons/confirm_mails.txt", context),
        to=[mails.address],
    )
    return letters.sent(message, f"{ABOUT} {mails.pk}")


def tell(*, now: datetime) -> int:
    """Write to everybody who has news and was not written to within the hour; the number of messages. By the clock."""
    keys = letters.awake(_due(now).order_by("pk").values_list("pk", flat=True), ABOUT, now=now)
    return sum(_tell(each, now) for each in _due(now).filter(pk__in=keys).order_by("pk"))


def _due(now: datetime) -> QuerySet[QuestionMails]:
    news = News.objects.filter(mails=OuterRef("pk"), told_at=None)
    rows = QuestionMails.objects.filter(Exists(news), ends_at__gt=now).exclude(confirmed_at=None)
    rested = Q(mailed_at=None) | Q(mailed_at__lte=now - TOGETHER)
    free = Q(sending_until=None) | Q(sending_until__lte=now)
    return rows.filter(rested & free)


def _tell(mails: QuestionMails, now: datetime) -> bool:
    """One sender at a time. The message goes out before it is noted, and outside a transaction: rather told twice than never."""
    if not _due(now).filter(pk=mails.pk).update(sending_until=now + SENDING):
        return False
    news = list(News.objects.filter(mails=mails, told_at=None).values_list("pk", "kind"))
    write = partial(_message, mails, {kind for _pk, kind in news})
    if not letters.sent_or_rests(write, ABOUT, mails.pk, now=now):
        return False
    with transaction.atomic():
        QuestionMails.objects.filter(pk=mails.pk).update(mailed_at=now, sending_until=None)
        News.objects.filter(pk__in=[pk for pk, _kind in news]).update(told_at=now)
    return True


def _message(mails: QuestionMails, kinds: set[str]) -> EmailMessage:
    context = {
        "asked": News.Kind.ASKED in kinds,
        "answered": News.Kind.ANSWERED in kinds,
        "void": News.Kind.VOID in kinds,
        "made": News.Kind.MADE in kinds,
        "used": News.Kind.USED in kinds,
        "renew": link(mails, GO_ON) if News.Kind.ENDING in kinds else "",
        "page": absolute(reverse("person:asked")),
        "passkeys": absolute(reverse("person:passkeys")),
        "end": link(mails, END),
        "until": mails.ends_at,
    }
    return EmailMessage(
        subject="您的页面有新内容 / Something new on your page",
        body=render_to_string("persons/question_mail.txt", context),
        to=[mails.address],
    )
