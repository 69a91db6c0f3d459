"""Which keys are in use: each is in the audit trail once, from the day on which it was first seen; not each signature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from registry import auditing, log
from registry.checkpoints import origin
from registry.keys import digest_keys, keyring
from registry.models import AuditEntry, AuditKind
from sharing import signing

FIRST_SEEN = "first_seen"


def note_new(*, now: datetime) -> int:
    """Those that the trail does not have yet; how many. A key that was put in front is one of them: so is a rotation."""
    known = set(AuditEntry.objects.filter(kind=AuditKind.KEY_USE, code=FIRST_SEEN).values_list("about", flat=True))
    new = [each for each in _in_use() if each not in known]
    for each in new:
        auditing.note(AuditKind.KEY_USE, about=each, code=FIRST_SEEN, now=now)
    return len(new)


def _in_use() -> Iterator[str]:
    """By purpose and number, or by fingerprint; never a key."""
    yield f"data {keyring().current}"
    yield f"digest {digest_keys().current}"
    _size, epoch = log.head()
    yield f"log {origin.keys(epoch)[0].vkey.split('+')[1]} epoch {epoch}"
    yield from (f"result {key['kid']}" for key in signing.jwks()["keys"])
    yield from (f"webhook {key['kid']}" for key in signing.webhook_jwks()["keys"])
