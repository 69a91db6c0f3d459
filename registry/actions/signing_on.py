"""Single sign-on stands for an officer's password, never for his second factor, once he has connected it himself.

Nobody is recognised by a user name or a mail address that the court's identity service sends: whoever keeps that service
could call anybody so.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from registry.errors import SignOnTaken
from registry.keys import digest_keys
from registry.models import Account, AccountAct, Officer, SingleSignOn


def connect(account: Account, *, issuer: str, subject: str, now: datetime) -> None:
    """In place of what was connected before. ``subject``: what the issuer calls him, and nobody else ever. `SignOnTaken`."""
    digests = subject_digests(issuer, subject)
    try:
        with transaction.atomic():
            Account.objects.select_for_update().get(pk=account.pk)
            if SingleSignOn.objects.filter(issuer=issuer, subject_digest__in=digests).exclude(account=account).exists():
                raise SignOnTaken
            kept = {"issuer": issuer, "subject_digest": digests[0], "connected_at": now, "digested_at": now}
            SingleSignOn.objects.update_or_create(account=account, defaults=kept)
            AccountAct.objects.create(account=account, act=AccountAct.Act.CONNECTED, at=now)
    except IntegrityError:  # another account, at the same moment
        raise SignOnTaken from None


def disconnect(account: Account, *, by: Officer | None, now: datetime) -> bool:
    """Whether there was anything to disconnect. ``by`` None: its owner, or the console."""
    with transaction.atomic():
        gone, _tables = SingleSignOn.objects.filter(account=account).delete()
        if gone:
            AccountAct.objects.create(account=account, act=AccountAct.Act.DISCONNECTED, by=by, at=now)
    return gone > 0


def account_of(issuer: str, subject: str, *, now: datetime) -> Account | None:
    """Who connected it, if anybody. The digest follows the current key, so that an older one is needed no longer."""
    current, *older = subject_digests(issuer, subject)
    known = SingleSignOn.objects.filter(issuer=issuer, subject_digest__in=[current, *older])
    found = known.select_related("account").first()
    if found is None:
        return None
    if bytes(found.subject_digest) != current:
        SingleSignOn.objects.filter(pk=found.pk).update(subject_digest=current, digested_at=now)
    return found.account


def subject_digests(issuer: str, subject: str) -> list[bytes]:
    """What may have been kept of the subject, under the current key first."""
    return digest_keys().digests(f"single sign-on:{issuer}\n{subject}")
