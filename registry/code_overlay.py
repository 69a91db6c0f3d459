"""Every process sees a change of the code lists soon: it looks for a newer version at most once in so many seconds.

The lists themselves stay in memory (`registry.codes`), since they are read thousands of times in a request. What this
costs is one question for one number each ``REGISTRY_CODES_SECONDS``, before a request or a task.
"""

from __future__ import annotations

import logging
import math
from datetime import date
from time import monotonic

from django.conf import settings
from django.db import Error
from django.db.models import Max
from django.utils import timezone

from registry import codes
from registry.models import CodeChange, CodeProposal

logger = logging.getLogger(__name__)
_looked_at = -math.inf


def keep_up() -> None:
    """Before a request or a task. Where the database does not answer, the lists stay as they were known."""
    global _looked_at
    now = monotonic()
    if now - _looked_at < settings.REGISTRY_CODES_SECONDS:
        return
    _looked_at = now
    try:
        if latest() != codes.version():
            lay()
    except Error:
        logger.warning("The code lists stay at version %s: the database does not answer.", codes.version())


def latest() -> int:
    """The version that the database holds: of the changes that were carried out last."""
    return CodeProposal.objects.aggregate(version=Max("version"))["version"] or 0


def lay() -> None:
    """Lay the changes that were carried out over the files, the later over the earlier."""
    rows = list(
        CodeChange.objects.filter(proposal__version__isnull=False)
        .select_related("proposal")
        .order_by("proposal__version", "pk")
    )
    codes.lay_over(
        max((row.proposal.version or 0 for row in rows), default=0),
        [(row.proposal.list_name, row.entry, _since(row)) for row in rows],
    )


def _since(change: CodeChange) -> date:
    """The day, here, on which it was carried out."""
    carried_out_at = change.proposal.decided_at
    assert carried_out_at is not None  # a proposal with a version was decided
    return timezone.localdate(carried_out_at)
