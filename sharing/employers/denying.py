"""A person says that he never signed the form on which an employer asked about him: the form is called in at once.

From outside it looks like the draw: the employer is written to as about any other form, and has as long to show it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from registry.errors import NoSuchConsent
from sharing.employers import calling, giving, judging
from sharing.employers.lookup import Subject
from sharing.employers.models import Consent, ConsentCall, ConsentKind, Screening


def deny(key: UUID, subject: Subject, *, now: datetime) -> bool:
    """Call in the denied form, and end whatever rests on the consent; again, with the same effect. False: what was judged before
    stays judged.

    By the number alone: the form's name is not kept. Raises `NoSuchConsent`, also for what the person gave by code himself,
    which his proof of identity stands for.
    """
    rows = Consent.objects.filter(kind=ConsentKind.ATTESTED, subject_digest__in=subject.digests)
    consent = rows.select_related("screening").filter(pk=key).first()
    if consent is None:
        raise NoSuchConsent
    with transaction.atomic():
        is_open = judging.verdict_of(consent.screening) is None and calling.call_in_denied(consent.screening, now=now)
        giving.revoke(key, subject, now=now)
    return is_open


def call_of(screening: Screening) -> ConsentCall | None:
    """The calling in of its form, where the person denies it."""
    return ConsentCall.objects.filter(pk=screening.pk, denied_at__isnull=False).first()
