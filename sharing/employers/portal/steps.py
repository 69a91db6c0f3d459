"""What was typed so far, carried from step to step by the member's own browser in one sealed field; nothing is kept here.

The seal (AES-256-GCM, `registry.keys`) is bound to the member, and what is in it ends after half an hour. So a name or
a number is in no session, no address and no page in the clear, and a field that was altered opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings

from registry.errors import SentTooSoon, StepsExpired
from registry.keys import KeyUnknown, SealBroken, keyring
from sharing.parties.models import Member

MINUTES = 30
LONGEST = 16_384  # characters of the sealed field
SHOWN = "shown"  # seconds of the epoch, among what was typed

Typed = Mapping[str, str]


def sealed(typed: Typed, *, member: Member, now: datetime) -> str:
    return sealed_for(_bound_to(member), typed, now=now)


def opened(field: str, *, member: Member, now: datetime) -> dict[str, str]:
    """What was typed before. Raises StepsExpired: too late, altered, or another member's."""
    return opened_for(_bound_to(member), field, now=now)


def sealed_for(bound_to: str, typed: Typed, *, now: datetime, minutes: int = MINUTES) -> str:
    """For somebody who is no member, too; ``bound_to``: whose it is, or of which page."""
    ends = now + timedelta(minutes=minutes)
    text = json.dumps({"typed": dict(typed), "ends": ends.timestamp()}, ensure_ascii=False)
    return base64.urlsafe_b64encode(keyring().seal(text.encode(), bound_to=bound_to)).decode()


def opened_for(bound_to: str, field: str, *, now: datetime) -> dict[str, str]:
    """Raises StepsExpired: too late, altered, or bound to something else."""
    try:
        body = base64.b64decode(field[:LONGEST], altchars=b"-_", validate=True)
        kept = json.loads(keyring().open(body, bound_to=bound_to))
    except (binascii.Error, ValueError, SealBroken, KeyUnknown):
        raise StepsExpired(minutes=MINUTES) from None
    if kept["ends"] < now.timestamp():
        raise StepsExpired(minutes=MINUTES)
    typed: dict[str, str] = kept["typed"]
    return typed


def key_of_check(*, now: datetime) -> dict[str, str]:
    """What is sealed with a check that is shown: the key by which it is sent once, and since when it can have been read."""
    return {"key": secrets.token_urlsafe(16), SHOWN: str(now.timestamp())}


def refuse_hurried(typed: Typed, *, now: datetime) -> None:
    """Nobody reads a check within ``SHARING_LEAST_SECONDS`` (OWASP ASVS 5.0, 2.4.2). Raises `SentTooSoon`."""
    shown = float(typed.get(SHOWN, now.timestamp()))
    if now.timestamp() - shown < settings.SHARING_LEAST_SECONDS:
        raise SentTooSoon(least=settings.SHARING_LEAST_SECONDS)


def _bound_to(member: Member) -> str:
    return f"employer.steps.{member.pk}"
