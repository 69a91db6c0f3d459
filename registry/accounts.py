"""How an officer's account stands, and which nobody uses."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registry import lockout
from registry.errors import Text
from registry.models import Account, Officer, SignInFailures

UNUSED = timedelta(days=90)


def unused(now: datetime) -> QuerySet[Officer]:
    """Officers who may sign in and have not for 90 days; who never signed in counts from the day the account was made."""
    silent = Q(account__last_login__lt=now - UNUSED) | Q(
        account__last_login=None, account__date_joined__lt=now - UNUSED
    )
    return Officer.objects.filter(silent, account__is_active=True)


def is_locked(account: Account) -> bool:
    return lockout.locked().filter(account=account).exists()


def locked_of(account: OuterRef) -> Exists:
    """The same as `is_locked`, of each row of a statement."""
    return Exists(lockout.locked().filter(account=account))


def standing(account: Account, *, locked: bool) -> Text:
    """In words. ``locked``: as `is_locked` says."""
    if not account.is_active:
        return _("the appointment has ended")
    if locked:
        return _("locked after failed sign-ins")
    if not account.has_usable_password():
        return _("invited, no password chosen yet")
    return _("may sign in")


def lock_words(row: SignInFailures) -> Text:
    """Of a locked account: for how long."""
    if row.count >= lockout.STOPPED:
        return _("stopped until a security administrator unlocks it")
    return _("locked; each further failure takes a longer wait")
