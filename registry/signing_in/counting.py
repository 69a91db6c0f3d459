"""Whether a passkey was copied: devices that count signatures never count back (WebAuthn, 6.1.1).

The library keeps no counts. A copied passkey is shut and not removed: who had nothing else would be let in to set up another
one with a password alone.
"""

from __future__ import annotations

from allauth.core import context
from allauth.mfa.models import Authenticator
from django.db import transaction

from registry import account_letters, auditing
from registry.models import Account, AuditKind
from registry.signing_in.resting import end_what_rests_on

COUNT, COPIED, ANSWERED = "sign_count", "is_copied", "answered"  # in the library's data of a passkey


def why_refused(passkey: Authenticator, count: int, challenge: bytes) -> str:
    """The name of the adapter's message; "" where it opens. ``count``: of signatures, as the device has just said; 0 of one
    that does not count. Keeps it, or shuts the passkey. An answer to the ``challenge`` that was answered last was sent twice, and says nothing of a copy.
    """
    with transaction.atomic():
        held = Authenticator.objects.select_for_update().get(pk=passkey.pk)
        if held.data.get(COPIED):
            return "copied"
        if held.data.get(ANSWERED) == challenge.hex():
            return "incorrect_code"
        kept = held.data.get(COUNT, held.wrap().authenticator_data.counter)
        copied = (count, kept) != (0, 0) and count <= kept
        held.data |= {COPIED: True} if copied else {COUNT: count, ANSWERED: challenge.hex()}
        held.save(update_fields=["data"])
        if copied:
            account = Account.objects.get(pk=held.user_id)
            _tell(account)
            end_what_rests_on(held.pk, account, context.request)
    return "copied" if copied else ""


def _tell(account: Account) -> None:
    account_letters.tell(account_letters.COPIED, account)
    auditing.note_request(context.request, AuditKind.PASSKEY_COPIED, who=auditing.account(account.pk))
