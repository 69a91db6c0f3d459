"""What an account is told by mail of a change of how it is signed in to: that it happened, and what to do where it was somebody else."""

from __future__ import annotations

from functools import partial

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry import letters
from registry.models import Account

PASSWORD = _("Another password holds for your account from now on.")
ADDRESS = _("Letters about your account go to another mail address from now on.")
RESET = _("Your passkeys, authenticator app and recovery codes were made void, so that you can set up new ones.")
COPIED = _(
    "A passkey of your account was used on two devices: somebody may have copied it. It opens nothing any more. Remove it, and make another one."
)


def letter(happened: Promise, account: Account) -> tuple[str, str]:
    """Subject and text, in the language of the page on which it happened."""
    when = date_format(timezone.localtime(), "DATETIME_FORMAT")
    lines = [
        gettext("User name: %(name)s") % {"name": account.get_username()},
        gettext("%(at)s (Beijing time)") % {"at": when} + f": {happened}",
        "",
        gettext("If it was not you, tell who appointed or invited you at once, and change your password."),
    ]
    return gettext("Registry: your account was changed"), "\n".join(lines)


def tell(happened: Promise, account: Account, *, to: str = "") -> None:
    """Once it is committed. ``to``: another address than the account's; nobody is written to where there is none."""
    address = to or account.email
    if address:
        subject, text = letter(happened, account)
        message = EmailMessage(subject, text, to=[address])
        transaction.on_commit(
            partial(letters.sent, message, f"change of account {account.pk}", again=False), robust=True
        )


class TellsOfPasswords:
    """For ``AUTH_PASSWORD_VALIDATORS``: Django calls it after each change of a password, whichever page made it."""

    def validate(self, password: str, user: object | None = None) -> None:
        """Any password will do."""

    def password_changed(self, password: str, user: object | None = None) -> None:
        if isinstance(user, Account):
            tell(PASSWORD, user)

    def get_help_text(self) -> str:
        return gettext("You are told of the change by mail, where the registry has an address of yours.")
