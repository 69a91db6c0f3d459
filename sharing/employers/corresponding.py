"""Registrations by the clock: their contacts are written to, and what nobody needs any more is destroyed.

A message holds a number and an address of ours, and nothing that somebody typed: whoever gives another's mail address
can make us send nothing of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from registry import letters
from registry.addresses import absolute
from sharing.employers.models import Enclosure, Registration, RegistrationAct, RegistrationState, RegistrationTry
from sharing.employers.registering import ABOUT, BY_MAIL, TO_CONFIRM, link_of, locked
from sharing.employers.registration_tries import A_DAY
from sharing.employers.registrations import settle
from sharing.parties import invitations, members
from sharing.parties.models import Member

CHUNK = 500
DECIDED = (RegistrationState.ADMITTED, RegistrationState.REFUSED)
SUBJECTS: Mapping[str, str] = {
    RegistrationState.UNCONFIRMED: "请确认电子邮箱 / Confirm your e-mail address",
    RegistrationState.MORE: "请补充材料 / The court asks for more",
    RegistrationState.ADMITTED: "准予准入 / Admitted",
    RegistrationState.REFUSED: "不予准入 / Not admitted",
}


def tell(*, now: datetime) -> int:
    """Write to the contacts of registrations whose state they do not know yet; the number of messages. By the clock.

    A message goes out before it is noted, and outside a transaction: rather told twice than never. A mailbox that takes none holds
    up nobody else, and is given up a week after the last act: what was kept for writing to it is destroyed then.
    """
    untold = Registration.objects.filter(untold=True)
    keys = letters.awake(untold.order_by("sent_at", "pk").values_list("pk", flat=True), ABOUT, now=now)
    due = untold.filter(pk__in=keys).select_related("organisation").order_by("sent_at", "pk")
    return sum(_tell(each, now) for each in due)


def _tell(registration: Registration, now: datetime) -> bool:
    """Where there is nobody to write to any more, it is over as well."""
    owner = members.invited(registration.organisation) if registration.organisation else None
    to_somebody = owner is not None or registration.contact_sealed is not None
    write = partial(_message, registration, owner)
    went = to_somebody and letters.sent_or_rests(write, ABOUT, registration.pk, now=now)
    if went or not to_somebody or _is_given_up(registration, now):
        Registration.objects.filter(pk=registration.pk, state=registration.state).update(untold=False)
    return went


def _is_given_up(registration: Registration, now: datetime) -> bool:
    """Who is asked for more is tried until the registration is closed without an answer."""
    acts = registration.acts.filter(at__gt=now - letters.GIVEN_UP_AFTER)
    return registration.state in DECIDED and not acts.exists()


def _message(registration: Registration, owner: Member | None) -> EmailMessage:
    context = {
        "number": registration.pk,
        "state": registration.state,
        "hours": TO_CONFIRM // timedelta(hours=1),
        "days": timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT) // A_DAY,
        "page": absolute(reverse("employer:registration", args=[link_of(registration, BY_MAIL)])),
        "username": owner.account.username if owner else "",
        "invitation": absolute(invitations.path_of(owner)) if owner else "",
    }
    return EmailMessage(
        subject=f"{SUBJECTS[registration.state]}: {registration.pk}",
        body=render_to_string("employer/registration.txt", context),
        to=[owner.account.email if owner else registration.contact["email"]],
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
    decided = Registration.objects.filter(state__in=DECIDED, untold=False)
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
