"""Which of the library's letters are written, in the court's words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.account_letters import letter
from registry.models import Account

# By the names that allauth gives its own templates, and ours of single sign-on.
HAPPENED: Mapping[str, Promise] = {
    "mfa/email/webauthn_added": _("A passkey was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey of your account was removed."),
    "mfa/email/totp_activated": _("An authenticator app was added to your account."),
    "mfa/email/totp_deactivated": _("The authenticator app of your account was removed."),
    "single_sign_on_connected": _("The court’s identity service was connected with your account."),
    "single_sign_on_disconnected": _("The court’s identity service was disconnected from your account."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made for your account; the old ones are void."),
}


def letter_about(template: str, account: Account) -> tuple[str, str] | None:
    """Subject and text. None: of this nobody is told."""
    happened = HAPPENED.get(template)
    return None if happened is None else letter(happened, account)
