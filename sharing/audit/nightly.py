"""The audit trail is verified each night, by one worker; a night that was missed is made up for."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial

from django.core.cache import cache
from django.utils import timezone

from registry.models import AuditVerification
from sharing.audit import comparing

BEGINS = time(2, 0)  # at the court
LEASE_SECONDS = 900  # kept up between two statements, of which none takes longer
_LEASE = "verify-audit"


def is_due(now: datetime) -> bool:
    """Whether none was begun since it was last time; one that lies ahead was made under a clock that has been put right since."""
    begins = timezone.localtime(now).replace(hour=BEGINS.hour, minute=BEGINS.minute, second=0, microsecond=0)
    if begins > now:
        begins -= timedelta(days=1)
    return not AuditVerification.objects.filter(begun_at__gte=begins, begun_at__lte=now).exists()


def verify_if_due(*, now: datetime) -> AuditVerification | None:
    """None: it is not time, or another worker is at it. One that died is followed when its lease is over."""
    if not is_due(now) or not cache.add(_LEASE, "", LEASE_SECONDS):
        return None
    try:
        _found, kept = comparing.verify(now=now, alive=partial(cache.touch, _LEASE, LEASE_SECONDS))
    finally:
        cache.delete(_LEASE)
    return kept
