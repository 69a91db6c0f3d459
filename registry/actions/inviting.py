"""Nobody types another one's password: an officer is invited by a link and chooses his own.

The link opens once, for seven days (`PASSWORD_RESET_TIMEOUT`). Its token is Django's own, made of the account's password
and last sign-in: whatever changes either, a further invitation among them, ends it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.sessions.models import Session
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from registry import account_letters, lockout
from registry.actions.signing_on import disconnect
from registry.errors import AppointmentEnded, NothingToUnlock, OwnAccount, WrongRole
from registry.models import Account, AccountAct, Officer, Role


class OfficerInvitations(PasswordResetTokenGenerator):
    """Not a token of any other page."""

    key_salt = "registry.actions.inviting"


TOKENS = OfficerInvitations()


def keeps_accounts(officer: Officer) -> bool:
    """Who invites, unlocks, appoints and ends appointments, and sees who signed in when: never the book."""
    return officer.role == Role.SECURITY and officer.account.is_active


def way_to(account: Account, *, on_paper: bool = False) -> AccountAct.Way:
    """By mail where there is an address and a mail server, so that whoever sends the invitation does not see the link.
    ``on_paper``: as of an account without an address, where it was never used: its address may be mistyped.
    """
    is_written_to = account.email and settings.REGISTRY_SENDS_MAIL and not (on_paper and is_unused(account))
    return AccountAct.Way.MAIL if is_written_to else AccountAct.Way.PAPER


def is_unused(account: Account) -> bool:
    """Nobody ever signed in with it."""
    return account.last_login is None


def invite(invited: Officer, *, officer: Officer, now: datetime, on_paper: bool = False) -> str:
    """The link's path, for the invited officer alone. A password that he had, single sign-on, a lock and his sessions end with it.

    ``on_paper``: as `way_to`. Raises `WrongRole`, `OwnAccount`, `AppointmentEnded`.
    """
    return _anew(invited, AccountAct.Act.INVITED, officer, now, on_paper)


def reset_factors(invited: Officer, *, officer: Officer, now: datetime) -> str:
    """For who lost his second factor: as `invite`, and his passkeys, app and recovery codes open nothing any more.

    Raises `WrongRole`, `OwnAccount`, `AppointmentEnded`.
    """
    with transaction.atomic():
        link = _anew(invited, AccountAct.Act.FACTORS_RESET, officer, now)
        _forget_factors(invited)
    return link


def invite_by_console(invited: Officer, *, now: datetime) -> str:
    """As `reset_factors`: he may have lost the passkey, and nobody else could help him. Of a security administrator alone, so
    that the console is no way around them.

    Raises `WrongRole`, `AppointmentEnded`.
    """
    if invited.role != Role.SECURITY:
        raise WrongRole(act=_("invite an officer"), roles=Role.SECURITY.label)
    with transaction.atomic():
        link = _close_and_invite(invited, AccountAct.Act.FACTORS_RESET, AccountAct.Way.CONSOLE, None, now)
        _forget_factors(invited)
    return link


def unlock(account: Account, *, officer: Officer, now: datetime) -> None:
    """Whoever was locked, or stopped, by failed tries may try again at once: officers and members.

    Raises `WrongRole`, `NothingToUnlock`.
    """
    _refuse_unless_keeper(officer, _("unlock an account"))
    with transaction.atomic():
        if not lockout.unlock(account):
            raise NothingToUnlock
        AccountAct.objects.create(account=account, act=AccountAct.Act.UNLOCKED, by=officer, at=now)


def first_invitation(invited: Officer, *, way: AccountAct.Way, by: Officer | None, now: datetime) -> str:
    """With an appointment: the link's path. ``by`` None: the console."""
    AccountAct.objects.create(account=invited.account, act=AccountAct.Act.INVITED, way=way, by=by, at=now)
    return _path(invited.account)


def accept(account: Account, *, now: datetime) -> None:
    """On record, once the owner has chosen a password by the link."""
    AccountAct.objects.create(account=account, act=AccountAct.Act.ACCEPTED, at=now)


def sessions_of(account: Account, *, now: datetime) -> dict[str, dict[str, Any]]:
    """What the account's sessions hold, by their keys. A session does not say whose it is unless it is opened."""
    standing = Session.objects.filter(expire_date__gt=now)
    opened = ((row.pk, row.get_decoded()) for row in standing.iterator())
    return {key: held for key, held in opened if held.get(SESSION_KEY) == str(account.pk)}


def end_sessions(account: Account, *, now: datetime) -> int:
    """Sign the account out everywhere; how many sessions that were."""
    return Session.objects.filter(pk__in=sessions_of(account, now=now)).delete()[0]


def _anew(invited: Officer, act: AccountAct.Act, officer: Officer, now: datetime, on_paper: bool = False) -> str:
    _refuse_unless_keeper(officer, _("invite an officer"))
    if invited.pk == officer.pk:
        raise OwnAccount
    return _close_and_invite(invited, act, way_to(invited.account, on_paper=on_paper), officer, now)


def _close_and_invite(
    invited: Officer, act: AccountAct.Act, way: AccountAct.Way, by: Officer | None, now: datetime
) -> str:
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=invited.account_id)
        if not account.is_active:
            raise AppointmentEnded
        account.set_unusable_password()  # a random one, so that links sent before open nothing
        account.save(update_fields=["password"])
        disconnect(account, by=by, now=now)
        lockout.unlock(account)
        end_sessions(account, now=now)
        AccountAct.objects.create(account=account, act=act, way=way, by=by, at=now)
    return _path(account)


def _forget_factors(invited: Officer) -> None:
    Authenticator.objects.filter(user=invited.account_id).delete()
    account_letters.tell(account_letters.RESET, invited.account)


def _path(account: Account) -> str:
    uid = urlsafe_base64_encode(force_bytes(account.pk))
    return reverse("admin:invitation", args=[uid, TOKENS.make_token(account)])


def _refuse_unless_keeper(officer: Officer, act: object) -> None:
    if not keeps_accounts(officer):
        raise WrongRole(act=act, roles=Role.SECURITY.label)
