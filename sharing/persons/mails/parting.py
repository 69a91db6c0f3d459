"""A last message to a mailbox: messages end, or go elsewhere from now on. So nobody takes them over, or ends them, unseen.

It names nobody, no listing and not where they go; it says where to turn to for whoever did not wish it. Until it is out, or
could not be sent for days, the address is kept, sealed and by itself; then it is destroyed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from registry import letters
from registry.addresses import absolute
from registry.keys import KeyUnknown, SealBroken
from sharing.persons.models import FormerAddress, QuestionMails

ABOUT = "last message to a former address"
TRIED = timedelta(days=3)  # a mail server that is away over a week-end loses nothing
SENDING = timedelta(minutes=2)  # longer than a mail server may take
CONTACT = ("office", "address", "phone", "email", "hours")


def leave(rows: QuerySet[QuestionMails], *, now: datetime, elsewhere: str = "") -> None:
    """In the transaction that has locked and destroys them. ``elsewhere``: the address in their place; the same is told nothing.

    Only what was confirmed and still ran: nobody else's mailbox is written to.
    """
    running = rows.exclude(confirmed_at=None).filter(ends_at__gt=now)
    left = [each for each in running if not elsewhere or not _is_at(each, elsewhere)]
    # As it was sealed: what no key opens any more keeps nobody from ending his messages.
    FormerAddress.objects.bulk_create(
        FormerAddress(id=each.pk, address_sealed=each.address_sealed, moved=bool(elsewhere), left_at=now)
        for each in left
    )


def tell(*, now: datetime) -> int:
    """Send what waits, each once; how many went out. By the clock."""
    keys = letters.awake(_due(now).order_by("left_at").values_list("pk", flat=True), ABOUT, now=now)
    return sum(_tell(each, now) for each in _due(now).filter(pk__in=keys).order_by("left_at"))


def forget(*, now: datetime) -> int:
    """Destroy addresses to which nothing could be sent; how many. By the clock."""
    return FormerAddress.objects.filter(left_at__lte=now - TRIED).delete()[0]


def _is_at(mails: QuestionMails, address: str) -> bool:
    try:
        return mails.address == address
    except (KeyUnknown, SealBroken):
        return False


def _due(now: datetime) -> QuerySet[FormerAddress]:
    free = Q(sending_until=None) | Q(sending_until__lte=now)
    return FormerAddress.objects.filter(free, left_at__gt=now - TRIED)


def _tell(former: FormerAddress, now: datetime) -> bool:
    """One sender at a time. It goes out before the row goes, and outside a transaction: rather told twice than never."""
    row = FormerAddress.objects.filter(pk=former.pk)
    if not _due(now).filter(pk=former.pk).update(sending_until=now + SENDING):
        return False
    if not letters.sent_or_rests(partial(_message, former), ABOUT, former.pk, now=now):
        return False
    row.delete()
    return True


def _message(former: FormerAddress) -> EmailMessage:
    context = {
        "moved": former.moved,
        "page": absolute(reverse("person:mails")),
        "contact": {name: getattr(settings, f"REGISTRY_CONTACT_{name.upper()}") for name in CONTACT},
    }
    return EmailMessage(
        subject="本邮箱不再收到通知 / No more messages to this mailbox",
        body=render_to_string("persons/former_address.txt", context),
        to=[former.address],
    )
