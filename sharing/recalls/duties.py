"""Nobody's duty is nobody's work: whoever does not confirm, or cannot be reached, becomes the duty of an officer by name."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from registry import letters
from registry.actions.acting import given
from registry.addresses import absolute
from registry.errors import HighCourtRegistrarNeeded
from registry.lifecycle import HIGH_COURT_LEVEL
from registry.models import Officer, Role
from registry.overseeing import refuse_unless_registrar
from sharing.parties.models import Organisation
from sharing.recalls import recipients
from sharing.recalls.models import RecallDuty
from sharing.recalls.recipients import Owing

ABOUT = "recalls to be seen to, to officer"
REASON_MOST = 200
logger = logging.getLogger(__name__)


def registrars() -> list[Officer]:
    """Who may be in charge: registrars of the High Court who are in office."""
    found = Officer.objects.filter(role=Role.REGISTRAR, court__level=HIGH_COURT_LEVEL, account__is_active=True)
    return list(found.select_related("account", "court").order_by("pk"))


def name(organisation: Organisation, officer: Officer, *, by: Officer, reason: str, now: datetime) -> RecallDuty:
    """Put an officer in charge. HighCourtRegistrarNeeded, for both; ReasonNeeded."""
    for each in (by, officer):
        refuse_unless_registrar(each, HighCourtRegistrarNeeded("officer"))
    words = given(reason)[:REASON_MOST]
    return RecallDuty.objects.create(
        organisation=organisation, officer=officer, named_by=by, named_at=now, reason=words
    )


def name_missing(*, now: datetime) -> int:
    """Name somebody wherever it is needed and nobody is: who has the fewest. How many were named. Run by the clock."""
    waiting = [each for each in recipients.owing(now=now) if each.needs_somebody and each.officer is None]
    if not waiting:
        return 0
    officers = registrars()
    if not officers:
        logger.error("%s recipients do not confirm, and no registrar of the High Court can be named.", len(waiting))
        return 0
    return sum(_name_one(each, officers, now) for each in waiting)


def _name_one(owing: Owing, officers: Sequence[Officer], now: datetime) -> bool:
    """The message goes out before it is noted: rather told twice than never. Whom none reaches is passed over while he rests; where
    none reaches anybody, one is in charge all the same, and finds it in *My work*.
    """
    by_key = {each.pk: each for each in officers}
    awake = letters.awake(by_key, ABOUT, now=now)
    officer = _least_busy([by_key[key] for key in awake] or officers)
    if awake and not letters.sent_or_rests(lambda: _message(owing, officer), ABOUT, officer.pk, now=now):
        return False
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=owing.organisation.pk)
        if owing.organisation.pk in recipients.in_charge([owing.organisation.pk]):
            return False
        RecallDuty.objects.create(organisation=owing.organisation, officer=officer, named_at=now)
    return True


def _least_busy(officers: Sequence[Officer]) -> Officer:
    named = recipients.in_charge(RecallDuty.objects.values_list("organisation", flat=True).distinct())
    busy = Counter(officer.pk for officer in named.values())
    return min(officers, key=lambda each: (busy[each.pk], each.pk))


def _message(owing: Owing, officer: Officer) -> EmailMessage:
    """In both languages, about no person: how much is open at whom."""
    address = reverse("sharing_desk:recalls_of", args=[owing.organisation.code])
    context = {
        "owing": owing,
        "officer": officer,
        "address": absolute(address),
    }
    return EmailMessage(
        subject=f"请您负责催办清除通知 / You are in charge of these recalls: {owing.organisation.name}",
        body=render_to_string("recalls/duty.txt", context),
        to=[officer.account.email or settings.REGISTRY_CONTACT_EMAIL],
    )
