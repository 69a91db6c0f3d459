"""By the clock: a passkey lasts while something of the person's goes on, and is destroyed some days after nothing does."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q

from registry.actions.apart import one_by_one
from sharing.persons.models import Passkey
from sharing.persons.passkeys import keeping, lasting

ABOUT = "the passkey"
CHUNK = 500
BETWEEN = timedelta(hours=1)  # two looks at one of them

logger = logging.getLogger(__name__)


def end(*, now: datetime) -> int:
    """Look at those that were not looked at within the hour, and destroy what is over; how many were destroyed."""
    # A look in a time to come was under a clock that has been put right since.
    due = Q(looked_at__lte=now - BETWEEN) | Q(looked_at__gt=now)
    rows = list(Passkey.objects.filter(due).order_by("looked_at")[:CHUNK])
    unreadable = len(rows) - one_by_one(rows, partial(_look, now=now), ABOUT)
    if unreadable:
        logger.error("%d passkeys could not be opened; each is destroyed when its time is over.", unreadable)
    # Not before it was looked at: a clock that stood still ends nothing that goes on.
    return Passkey.objects.filter(ends_at__lte=now, looked_at__gt=now - BETWEEN, looked_at__lte=now).delete()[0]


def _look(passkey: Passkey, now: datetime) -> bool:
    """Whether it could be opened. One that could not serves nobody: it is looked at in its turn, and lasts no longer for it."""
    rows = Passkey.objects.filter(pk=passkey.pk)
    rows.update(looked_at=now)  # first, so that one that fails is not the first of the next turn, too
    subject = keeping.named(passkey, now)
    if subject is None:
        return False
    ends = max(passkey.ends_at, lasting.end(now)) if lasting.goes_on(subject) else passkey.ends_at
    # New digest keys come in here.
    rows.update(ends_at=ends, subject_digests=list(subject.digests))
    return True
