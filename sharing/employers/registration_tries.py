"""How often somebody may ask to be admitted: by network and by mailbox, so that nobody uses up what others may.

Of all together there is no limit that shuts anybody out. When more come than usual, each network may send fewer, and the
registry is told.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from registry import letters
from registry.actions.acting import today
from registry.addresses import absolute
from registry.errors import TooManyRegistrations
from registry.keys import digest_keys
from registry.turns import Lock, wait_for
from sharing.employers.mailbox import mailbox
from sharing.employers.models import RegistrationFlood, RegistrationTry

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
BY_MAIL_A_DAY = 3
BY_NETWORK_IN_A_FLOOD = 2


def count(source: str, email: str, *, now: datetime) -> None:
    """Each try is counted, whatever becomes of it; one at a time, so that nobody slips past. TooManyRegistrations."""
    here = digest_keys().digests(f"registration.source:{source}")
    mail = digest_keys().digests(f"registration.mail:{mailbox(email)}")
    with transaction.atomic():
        wait_for(Lock.REGISTRATION_TRIES)
        tries = RegistrationTry.objects.filter(at__gt=now - A_DAY)
        by_mail = tries.filter(mail_digest__in=mail).count()
        if tries.filter(source_digest__in=here).count() >= _most(now) or by_mail >= BY_MAIL_A_DAY:
            raise TooManyRegistrations
        RegistrationTry.objects.create(source_digest=here[0], mail_digest=mail[0], at=now)


def mailbox_digests(email: str) -> list[bytes]:
    """To tell that two registrations are of one mailbox; what may have been kept, under the current key first."""
    return digest_keys().digests(f"registration.mailbox:{mailbox(email)}")


def in_the_last_hour(now: datetime) -> int:
    return RegistrationTry.objects.filter(at__gt=now - AN_HOUR).count()


def is_flood(tries: int) -> bool:
    """More than usual in one hour: nobody is shut out by it."""
    most: int = settings.SHARING_REGISTRATIONS_AN_HOUR
    return tries >= most


def alarm(*, now: datetime) -> bool:
    """Write to the registry if there are more than usual, once a day; whether it was written. By the clock.

    The message goes out before it is noted, and outside a transaction: rather told twice than never.
    """
    tries, day = in_the_last_hour(now), today(now)
    if not is_flood(tries) or RegistrationFlood.objects.filter(day=day).exists():
        return False
    if not letters.sent(_message(tries), "registrations"):
        return False
    RegistrationFlood.objects.bulk_create([RegistrationFlood(day=day, tries=tries, at=now)], ignore_conflicts=True)
    return True


def _most(now: datetime) -> int:
    usual: int = settings.SHARING_REGISTRATIONS_BY_NETWORK
    return min(usual, BY_NETWORK_IN_A_FLOOD) if is_flood(in_the_last_hour(now)) else usual


def _message(tries: int) -> EmailMessage:
    context = {"tries": tries, "page": absolute("/desk/sharing/registrations/")}
    return EmailMessage(
        subject="登记申请异常增多 / More registrations than usual",
        body=render_to_string("employer/flood.txt", context),
        to=[settings.REGISTRY_CONTACT_EMAIL],
    )
