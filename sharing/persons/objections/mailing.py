"""Who raised it through an officer, an agent or a relative of the person's for example, is written to when something changed: to
the address that was given then, if any. The message names nobody, and not what it is about.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db.models import Exists, Max, OuterRef, Q
from django.template.loader import render_to_string
from django.urls import reverse

from registry import letters
from registry.addresses import absolute
from registry.errors import MailAddressShape
from sharing.persons.models import Objection, ObjectionMail, ObjectionStep
from sharing.persons.models.objection_states import OVER
from sharing.persons.objections.lifecycle import HANDS

ADDRESS_MOST = 254  # RFC 5321, 4.5.3.1.3
TRIED = timedelta(days=7)  # after its end, where a mail server takes nothing
ABOUT = "objection"
# What the person does himself, or has written down, is no news to who speaks for him.
_NEWS = ObjectionStep.objects.filter(objection=OuterRef("objection"), place__gt=OuterRef("told"), step__in=HANDS)
_UNSEALED = Q(objection__listing=None) | Q(objection__listing__sealed_at=None)


def refuse_unfit(address: str) -> None:
    """Raises `MailAddressShape`."""
    try:
        validate_email(address)
    except ValidationError:
        raise MailAddressShape("mail") from None
    if len(address) > ADDRESS_MOST:
        raise MailAddressShape("mail")


def keep(objection: Objection, address: str) -> None:
    """Of what was received just now; "" is no address."""
    if address:
        row = ObjectionMail(objection=objection)
        row.address = address
        row.save(force_insert=True)


def tell(*, now: datetime) -> int:
    """Write to everybody for whom there is news, and destroy the addresses for which there will be none; how many messages. By
    the clock.
    """
    rows = ObjectionMail.objects.filter(_UNSEALED, Exists(_NEWS)).order_by("pk")
    due = rows.filter(pk__in=letters.awake(rows.values_list("pk", flat=True), ABOUT, now=now))
    told = sum(_tell(each, now) for each in due)
    _forget(now)
    return told


def _tell(mail: ObjectionMail, now: datetime) -> bool:
    """The message goes out before it is noted, and outside a transaction: rather told twice than never."""
    last = ObjectionStep.objects.filter(objection=mail.objection_id).aggregate(last=Max("place"))["last"]
    if not letters.sent_or_rests(lambda: _message(mail.address), ABOUT, mail.pk, now=now):
        return False
    ObjectionMail.objects.filter(pk=mail.pk).update(told=last)
    return True


def _forget(now: datetime) -> None:
    tried = ~Exists(ObjectionStep.objects.filter(objection=OuterRef("objection"), at__gt=now - TRIED))
    over = ObjectionMail.objects.filter(objection__in=Objection.objects.filter(OVER))
    over.filter(~Exists(_NEWS) | tried | ~_UNSEALED).delete()


def _message(address: str) -> EmailMessage:
    context = {"follow": absolute(reverse("person:follow")), "own": absolute(reverse("person:objections"))}
    return EmailMessage(
        subject="您提出的事项有新的进展 / Something changed about what you raised",
        body=render_to_string("persons/objection_moved.txt", context),
        to=[address],
    )
