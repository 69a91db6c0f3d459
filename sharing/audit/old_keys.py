"""The registry is written to about keys that should have been replaced: once a month for as long as they are not."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from registry import auditing, key_ages, letters
from registry.models import AuditEntry, AuditKind

TOO_OLD = "too_old"
AGAIN = timedelta(days=30)


def tell(*, now: datetime) -> int:
    """How many keys one message named, each of which is then in the audit trail: rather told twice than never."""
    lately = AuditEntry.objects.filter(kind=AuditKind.KEY_USE, code=TOO_OLD, at__gt=now - AGAIN)
    told = set(lately.values_list("about", flat=True))
    old = [each for each in key_ages.old(now=now) if each.setting not in told]
    if not old or not letters.sent(_message(old), "keys that are too old"):
        return 0
    for each in old:
        auditing.note(AuditKind.KEY_USE, about=each.setting, code=TOO_OLD, now=now)
    return len(old)


def _message(old: list[key_ages.Age]) -> EmailMessage:
    context = {"old": old, "days": settings.REGISTRY_KEY_DAYS}
    return EmailMessage(
        subject="密钥应当更换 / Keys are due to be replaced",
        body=render_to_string("audit/old_keys.txt", context),
        to=[settings.REGISTRY_CONTACT_EMAIL],
    )
