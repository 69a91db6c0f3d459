"""A person comes back: the passkey stands for the proof after which it was made, and begins a visit like every proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from fido2.webauthn import AuthenticationResponse

from registry.errors import PasskeyNotRecognised
from sharing.employers.evidence import Evidence
from sharing.persons.identity import proving
from sharing.persons.identity.proving import Identity, Proved
from sharing.persons.mails import noting
from sharing.persons.models import News, Passkey
from sharing.persons.passkeys import ceremony, keeping


def redeem(answer: str, kept: Mapping[str, Any], *, now: datetime) -> UUID:
    """``answer``: the browser's, ``kept``: by its session; the id by which `proving.proven` finds who it is.

    PasskeyNotRecognised, alike whatever the cause; a copied one is destroyed as well.
    """
    claim = ceremony.read(answer)
    with transaction.atomic():
        rows = Passkey.objects.select_for_update().filter(credential_id=claim.raw_id, ends_at__gt=now)
        found = rows.first()
        proof = _returned(found, claim, kept, now) if found is not None else None
    if proof is None:  # raised outside, so that a copied one stays destroyed
        raise PasskeyNotRecognised
    return proof


def _returned(passkey: Passkey, claim: AuthenticationResponse, kept: Mapping[str, Any], now: datetime) -> UUID | None:
    count = ceremony.finish_using(claim, kept, passkey, now=now)
    if _is_copied(passkey, count):
        keeping.destroy(passkey)
        return None
    subject = keeping.named(passkey, now)
    if subject is None:
        return None
    passkey.sign_count, passkey.used_at = count, now
    passkey.save(update_fields=["sign_count", "used_at"])
    identity = Identity.read(passkey.identity)
    noting.note(subject, News.Kind.USED, now=now)
    proved = Proved(identity=identity, evidence=replace(Evidence.of(passkey), passkey_at=now))
    return proving.keep(proved, now=now, passkey=passkey.pk)


def _is_copied(passkey: Passkey, count: int) -> bool:
    """Devices that count signatures never count back (WebAuthn, 6.1.1); those that do not, always say 0."""
    return (count, passkey.sign_count) != (0, 0) and count <= passkey.sign_count
