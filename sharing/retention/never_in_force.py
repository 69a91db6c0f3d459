"""What was approved and never took effect ends by the clock, with a report, where nobody has stopped it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registry import actions
from sharing.retention.models import PurgeReport, ReportKind


def end(*, now: datetime) -> int:
    """Destroy one chunk of what is due; the number of listings. The clock goes on with what is left."""
    with transaction.atomic():
        ended = actions.lapse(now=now)
        if ended:
            PurgeReport.objects.create(kind=ReportKind.LAPSED, at=now, listings=ended, counts={})
    return ended
