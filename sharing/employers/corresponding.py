"""Registrations by the clock: their contacts are written to, and what nobody needs any more is destroyed.

A message holds a number and an address of ours, and nothing that somebody typed: whoever gives another's mail address
can make us send nothing of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from registry.addresses import absolute
from sharing import letters
from sharing.employers.models import Enclosure, Registration, RegistrationAct, RegistrationState, RegistrationTry
from sharing.employers.registering import BY_MAIL, TO_CONFIRM, link_of, locked
from sharing.employers.registration_tries import A_DAY
from sharing.employers.registrations import settle
from sharing.parties import invitations, members

CHUNK = 500
SUBJECTS: Mapping[str, str] = {
    RegistrationState.UNCONFIRMED: "请确认电子邮箱 / Confirm your e-mail address",
    RegistrationState.MORE: "请补充材料 / The court asks for more",
    RegistrationState.ADMITTED: "准予准入 / Admitted",
    RegistrationState.REFUSED: "不予准入 / Not admitted",
}


def tell(*, now: datetime) -> int:
    """Write to the contacts of registrations whose state they do not know yet; the number of messages. By the clock.

    A message goes out before it is noted, and outside a transaction: rather told twice than never.
    """
    untold = Registration.objects.filter(untold=True).select_related("organisation").order_by("sent_at", "pk")
    return sum(_tell(each) for each in untold[:CHUNK])


def _tell(registration: Registration) -> bool:
    message = _message(registration)
    if message is None:
        Registration.objects.filter(pk=registration.pk, state=registration.state).update(untold=False)
        return False
    if not letters.sent(message, f"registration {registration.pk}"):
        return False
    Registration.objects.filter(pk=registration.pk, state=registration.state).update(untold=False)
    return True


def _message(registration: Registration) -> EmailMessage | None:
    """None: there is nobody to write to any more."""
    owner = members.invited(registration.organisation) if registration.organisation else None
    to = owner.account.email if owner else registration.contact.get("email", "")
    if not to:
        return None
    context = {
        "number": registration.pk,
        "state": registration.state,
        "hours": TO_CONFIRM // timedelta(hours=1),
        "days": settings.PASSWORD_RESET_TIMEOUT // A_DAY.total_seconds(),
        "page": absolute(reverse("employer:registration", args=[link_of(registration, BY_MAIL)])),
        "username": owner.account.username if owner else "",
        "invitation": absolute(invitations.path_of(owner)) if owner else "",
    }
    return EmailMessage(
        subject=f"{SUBJECTS[registration.state]}: {registration.pk}",
        body=render_to_string("employer/registration.txt", context),
        to=[to],
    )


def forget(*, now: datetime) -> int:
    """Destroy what was not confirmed and what nobody needs; close what was not answered. The number of what is gone."""
    unconfirmed = Registration.objects.filter(state=RegistrationState.UNCONFIRMED, sent_at__lt=now - TO_CONFIRM)
    gone, _each = unconfirmed.delete()
    old = now - timedelta(days=settings.SHARING_REGISTRATION_DAYS)
    gone += (
        Enclosure.objects.filter(sent_at__lt=old)
        .exclude(content_sealed=None, words_sealed=None)
        .update(content_sealed=None, words_sealed=None)
    )
    decided = Registration.objects.filter(
        state__in=(RegistrationState.ADMITTED, RegistrationState.REFUSED), untold=False
    )
    gone += decided.exclude(contact_sealed=None).update(contact_sealed=None, mailbox_digest=None)
    gone += RegistrationTry.objects.filter(at__lte=now - A_DAY).delete()[0]
    unanswered = Registration.objects.filter(state=RegistrationState.MORE, waiting_since__lt=old)
    return gone + sum(_lapse(each, old, now) for each in list(unanswered.values_list("pk", flat=True)[:CHUNK]))


def _lapse(number: str, old: datetime, now: datetime) -> bool:
    with transaction.atomic():
        found = locked(number)
        if found.state != RegistrationState.MORE or found.waiting_since is None or found.waiting_since >= old:
            return False
        settle(found, RegistrationState.REFUSED)
        RegistrationAct.objects.create(registration=found, act=RegistrationAct.Act.LAPSE, at=now)
    return True
