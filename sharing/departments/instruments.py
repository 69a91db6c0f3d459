"""A sharing instrument ends on its day: warned of in time, paused when it is over, and taken up again when renewed.

Paused means that no further listing is told on it. Whoever holds one goes on hearing of its changes and its withdrawal:
a copy that nobody corrects any more would be worse than one that is still kept right.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from registry import letters
from registry.actions.acting import today
from registry.errors import DatesOutOfOrder
from registry.models import Officer
from sharing.delivery.models import TellingCursor
from sharing.departments import lapsing, measures, settling
from sharing.departments.joining import refuse_one_officer
from sharing.departments.models import Instrument, Renewal
from sharing.parties.members import addresses_of

ABOUT = "the expiry of instrument"
WARNED_BEFORE = timedelta(days=60)


def watch(*, now: datetime) -> None:
    """Warn of what ends within 60 days, and pause what has ended; once each. Run by the clock, resumable."""
    day = today(now)
    ending = Instrument.objects.filter(warned_at=None, expires_on__lte=day + WARNED_BEFORE)
    for instrument_id in list(ending.order_by("pk").values_list("pk", flat=True)):
        _warn(instrument_id, now)
    ended = Instrument.objects.filter(lapsed_position=None, expires_on__lt=day)
    for instrument_id in list(ended.order_by("pk").values_list("pk", flat=True)):
        _lapse(instrument_id, day)


def renew(
    instrument: Instrument, *, expires_on: date, entered_by: Officer, approved_by: Officer, now: datetime
) -> Renewal:
    """Prolong it; what was not told meanwhile comes as an opening set. Raises `FourEyes`, `DatesOutOfOrder`, and more."""
    renewal = renewed(instrument, expires_on=expires_on, entered_by=entered_by, approved_by=approved_by, now=now)
    measures.carry_through(instrument.department_id, now)
    return renewal


def renewed(
    instrument: Instrument, *, expires_on: date, entered_by: Officer, approved_by: Officer, now: datetime
) -> Renewal:
    """`renew` without the telling, which the bell is rung for once this is committed."""
    refuse_one_officer(entered_by, approved_by)
    examine_renewal(instrument, expires_on, now)
    with transaction.atomic():
        position = measures.next_position(instrument.department_id)
        found = Instrument.objects.select_for_update().get(pk=instrument.pk)
        lapsed = found.lapsed_position
        found.expires_on, found.warned_at, found.lapsed_position = expires_on, None, None
        found.save(update_fields=["expires_on", "warned_at", "lapsed_position"])
        return Renewal.objects.create(
            instrument=found,
            expires_on=expires_on,
            at=now,
            lapsed_position=lapsed,
            resumed_position=None if lapsed is None else position,
            entered_by=entered_by,
            approved_by=approved_by,
        )


def examine_renewal(instrument: Instrument, expires_on: date, now: datetime) -> None:
    """Raises `DatesOutOfOrder`."""
    if expires_on <= max(instrument.expires_on, today(now)):
        raise DatesOutOfOrder("expires_on", later=_("The new expiry"), earlier=_("the present one"))


def _lapse(instrument_id: int, day: date) -> None:
    with transaction.atomic():
        TellingCursor.objects.select_for_update().get(pk=1)
        lapsing.lapse(day, settling.lock_head() + 1, instrument_id=instrument_id)


def _warn(instrument_id: int, now: datetime) -> None:
    """The message goes out before that is saved, and outside a transaction: rather told twice than never."""
    found = Instrument.objects.select_related("department__organisation").get(pk=instrument_id)
    organisation = found.department.organisation
    message = EmailMessage(
        subject=f"共享文书即将到期 / Sharing instrument about to expire: {found.number}",
        body=render_to_string("department/expiry.txt", {"instrument": found, "department": organisation}),
        to=[*addresses_of(organisation), settings.REGISTRY_CONTACT_EMAIL],
    )
    if not letters.sent_unless_it_rests(lambda: message, ABOUT, instrument_id, now=now):
        return
    Instrument.objects.filter(pk=instrument_id, expires_on=found.expires_on).update(warned_at=now)
