"""The database's clock, by which endpoints are leased and due, may be set back; what was to come in a minute comes in a minute.

Whoever sweeps sees it, for the last sweep lies ahead. A clock that is set ahead makes what is due come early, no more.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from registry import bell
from sharing.delivery import lease
from sharing.delivery.models import Endpoint, Held, Process, Pulse

NOTICED = timedelta(seconds=1)  # servers that follow one another may differ by less

logger = logging.getLogger(__name__)


def follow() -> timedelta:
    """By how much the clock went back since the last sweep; none usually. To be called before the sweep is marked.

    Each room that `SHARING_SET_BACK` names sets back what it keeps by that clock, all in one transaction.
    """
    with transaction.atomic():
        ahead = Pulse.objects.select_for_update(no_key=True).filter(process=Process.SWEEP, at__gt=Now() + NOTICED)
        back: timedelta = ahead.annotate(back=F("at") - Now()).values_list("back", flat=True).first() or timedelta()
        if back:
            logger.warning("the database's clock went back by %.1f s", back.total_seconds())
            for room in settings.SHARING_SET_BACK:
                import_string(room)(back)
    return back


def shift(rows: models.QuerySet[Any], back: timedelta, *moments: str) -> None:
    rows.update(**{name: F(name) - back for name in moments})


def cut_leases(rows: models.QuerySet[Any], longest: timedelta) -> None:
    """None lasts longer than it could have been given: whoever holds it and lives renews it, and nobody else has it sooner."""
    ends = Now() + longest
    rows.filter(lease_until__gt=ends).update(lease_until=ends)


def set_delivery_back(back: timedelta) -> None:
    list(Endpoint.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))  # as slots lock them
    shift(
        Endpoint.objects.all(),
        back,
        "next_due",
        "beat_due",
        "heard_at",
        "failing_since",
        "unanswered_since",
        "paced_until",
    )
    cut_leases(Endpoint.objects.all(), timedelta(seconds=lease.SECONDS))
    shift(Held.objects.all(), back, "next_due")
    Pulse.objects.filter(at__gt=Now()).update(at=Now())
    bell.answer()
