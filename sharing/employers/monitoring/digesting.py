"""By which digests a monitoring is found by the events of the log: of every readable key, and made anew after a rotation."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import Q, QuerySet

from registry.keys import KeyUnknown, SealBroken, digest_keys
from sharing.employers import lookup
from sharing.employers.lookup import Subject
from sharing.employers.models import MonitoredDigest, Monitoring

CHUNK = 500
UNDIGESTED = 0  # as `digest_key`: it could not be opened for new digests, and has those of former keys

logger = logging.getLogger(__name__)


def formerly() -> Q:
    """Digested by a former key. What could not be opened is tried again every day, not at once."""
    current = digest_keys().current
    return Q(digest_key__gt=UNDIGESTED, digest_key__lt=current) | Q(digest_key__gt=current)


def anew(monitoring: Monitoring, subject: Subject) -> None:
    """Of the locked monitoring."""
    MonitoredDigest.objects.filter(monitoring=monitoring).delete()
    MonitoredDigest.objects.bulk_create(MonitoredDigest(monitoring=monitoring, digest=each) for each in subject.digests)
    Monitoring.objects.filter(pk=monitoring.pk).update(digest_key=digest_keys().current)


def renew_paused() -> None:
    """Of employers that are suspended, at whose monitorings nobody looks: no former key has to be kept for them, and the log finds
    them as before. At most `CHUNK`; resumable.
    """
    for each in list(_paused().order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        try:
            _renew(each)
        except (KeyUnknown, SealBroken) as error:
            logger.error("monitoring %s cannot be opened: %s", each, type(error).__name__)
            Monitoring.objects.filter(formerly(), pk=each).update(digest_key=UNDIGESTED)


def _paused() -> QuerySet[Monitoring]:
    return Monitoring.objects.filter(formerly(), ended_at=None, employer__suspended_at__isnull=False)


def _renew(monitoring_id: str) -> None:
    with transaction.atomic():
        own = _paused().select_for_update(of=("self",), skip_locked=True, no_key=True)
        found = own.filter(pk=monitoring_id).first()
        if found is not None:
            anew(found, lookup.resumed(found.subject))
