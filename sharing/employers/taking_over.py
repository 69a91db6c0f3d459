"""A batch or a campaign stands still because of who began it: another member goes on with it, in a name of its own.

Whoever asks is named with each question. So what was begun by a member who is shut out is asked in nobody's name, until
somebody takes it over; what is kept of it is kept no longer for that (`docs/decisions/0122`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registry.errors import NoSuchBatch
from sharing.employers import standing
from sharing.employers.campaigns import making
from sharing.employers.models import Batch, Campaign
from sharing.parties.models import Member


def take_over_batch(batch_id: str, *, by: Member, now: datetime) -> bool:
    """False: it does not stand still, or is over. NoSuchBatch."""
    with transaction.atomic():
        own = Batch.objects.select_for_update(no_key=True).filter(employer=by.organisation_id, pk=batch_id)
        found = own.first()
        if found is None:
            raise NoSuchBatch
        return _taken_over(found, by, now)


def take_over_campaign(campaign_id: str, *, by: Member, now: datetime) -> bool:
    """As `take_over_batch`. NoSuchCampaign."""
    with transaction.atomic():
        return _taken_over(making.locked(by.organisation_id, campaign_id), by, now)


def _taken_over(found: Batch | Campaign, by: Member, now: datetime) -> bool:
    if not standing.standing_still([found], now):
        return False
    found.client, found.member = None, by
    found.save(update_fields=["client", "member"])
    return True
