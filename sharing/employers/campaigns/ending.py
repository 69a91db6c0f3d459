"""What ends: a row that HR withdraws, a campaign that is stopped or over, and what is kept of either."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from registry import refused
from registry.actions.acting import today
from registry.errors import (
    CampaignEnded,
    CampaignOver,
    EmployerSuspended,
    NoSuchRow,
    NotAskedInTime,
    PurposeTakenAway,
    Refusal,
)
from sharing.employers.batch import KEPT
from sharing.employers.campaigns.making import UNDER_WAY, locked
from sharing.employers.models import Campaign, CampaignRow, CampaignState, ConsentRequest

KEPT_AFTER = timedelta(days=30)
CHUNK = 500
# Nothing can come of these rows any more.
SETTLED = Q(screening__isnull=False) | Q(withdrawn_at__isnull=False) | Q(number_digest=None)


def withdraw(campaign_id: str, places: Sequence[int], *, employer_id: int, now: datetime) -> int:
    """No consent is wanted for these rows any more, and none that was given is used; how many were not answered before.

    NoSuchCampaign; NoSuchRow: one of them is none of this campaign's. CampaignOver: it does not go on, or was not begun,
    and they were not all withdrawn before.
    """
    with transaction.atomic():
        campaign = locked(employer_id, campaign_id)
        if any(place >= campaign.total for place in places):
            raise NoSuchRow("rows")
        chosen = campaign.rows.filter(place__in=places)
        if campaign.state != CampaignState.OPEN:
            if chosen.exclude(withdrawn_at=None).count() < len(set(places)):
                raise CampaignOver
            return 0
        count = _withdraw(chosen, now)
        if is_settled(campaign):
            close(campaign, CampaignState.DONE, now=now)
        return count


def stop(campaign_id: str, *, employer_id: int, now: datetime) -> bool:
    """Links lead nowhere, nothing more is asked, nobody is kept; what was answered stays. False: it was over.

    NoSuchCampaign.
    """
    with transaction.atomic():
        campaign = locked(employer_id, campaign_id)
        if campaign.state not in UNDER_WAY:
            return False
        end(campaign, CampaignState.STOPPED, CampaignEnded(), now=now)
    return True


def end(campaign: Campaign, state: CampaignState, why: Refusal, *, now: datetime) -> None:
    """Of the locked campaign; of one that was never begun no row stays."""
    if campaign.state == CampaignState.CHECKED:
        campaign.rows.all().delete()
    else:
        _close_links(campaign.rows.all(), now)
        _delete_links(campaign)
        campaign.rows.filter(sealed__isnull=False).update(sealed=None, refusals=[refused.kept(why)])
    close(campaign, state, now=now)


def close(campaign: Campaign, state: CampaignState, *, now: datetime) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(state=state, due_at=None, ended_at=now)


def is_settled(campaign: Campaign) -> bool:
    """Whether every row is answered, withdrawn or was never right."""
    return not campaign.rows.exclude(SETTLED).exists()


def kept_too_long(now: datetime) -> Q:
    """Rows of whose persons nothing is asked any more, whether they were emptied yet or not.

    On signed forms a day after they were given, or after the quota let them be asked; all when their consent ends.
    """
    long_ago = now - KEPT
    waited = Q(campaign__quota_at=None) | Q(campaign__quota_at__lte=long_ago)
    return Q(consent_until__lte=now) | (~Q(form_sha256="") & Q(given_at__lte=long_ago) & waited)


def tidy(*, now: datetime) -> int:
    """End what is over, empty what was kept for as long as it may be, and destroy what ended long ago; how many.

    Run by the clock, resumable.
    """
    stale = Q(state=CampaignState.CHECKED, made_at__lte=now - KEPT)
    suspended = Q(state__in=UNDER_WAY, employer__suspended_at__isnull=False)
    admitted = Q(employer__employer__purposes__contains=[F("purpose")])
    waiting = CampaignRow.objects.filter(sealed__isnull=False).values("campaign")
    over = Q(state=CampaignState.OPEN, last_day__lt=today(now)) & ~Q(pk__in=waiting)
    return (
        _end_all(suspended, CampaignState.SUSPENDED, EmployerSuspended(), now)
        + _end_all(Q(state__in=UNDER_WAY) & ~admitted, CampaignState.PURPOSE_GONE, PurposeTakenAway(), now)
        + _end_all(stale, CampaignState.EXPIRED, CampaignOver(), now)
        + _empty(now)
        + _end_all(over, CampaignState.OVER, CampaignEnded(), now)
        + _destroy(now)
    )


def _withdraw(chosen: QuerySet[CampaignRow], now: datetime) -> int:
    _close_links(chosen, now)
    return (
        chosen.filter(screening=None, withdrawn_at=None)
        .exclude(number_digest=None)
        .update(withdrawn_at=now, sealed=None, refusals=None, is_anothers=False)
    )


def _close_links(chosen: QuerySet[CampaignRow], now: datetime) -> None:
    """Locked before the rows are, as whoever answers a link locks them."""
    links = ConsentRequest.objects.select_for_update().filter(
        pk__in=chosen.exclude(request=None).filter(screening=None).values("request"), withdrawn_at=None
    )
    found = list(links.order_by("pk").values_list("pk", flat=True))
    ConsentRequest.objects.filter(pk__in=found).update(withdrawn_at=now)


def _delete_links(campaign: Campaign) -> None:
    """Requests that nobody answered, once they are closed: they were nothing but links."""
    linked = campaign.rows.filter(screening=None, request__isnull=False, request__given_code=None)
    found = list(linked.values_list("request", flat=True))
    campaign.rows.filter(request__in=found).update(request=None)
    ConsentRequest.objects.filter(pk__in=found).delete()


def _end_all(which: Q, state: CampaignState, why: Refusal, now: datetime) -> int:
    count = 0
    for campaign_id in list(Campaign.objects.filter(which).values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            free = Campaign.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
            campaign = free.filter(which, pk=campaign_id).first()
            if campaign is not None:
                end(campaign, state, why, now=now)
                count += 1
    return count


def _empty(now: datetime) -> int:
    """Of a form the row says why it was not asked; of a consent by link the consent itself does."""
    kept = CampaignRow.objects.filter(sealed__isnull=False)
    ids = list(kept.filter(kept_too_long(now)).values_list("pk", flat=True))
    late = kept.filter(pk__in=ids)
    count = late.exclude(form_sha256="").update(sealed=None, refusals=[refused.kept(NotAskedInTime())])
    return count + late.filter(form_sha256="").update(sealed=None)


def _destroy(now: datetime) -> int:
    """Keys and digests go; screenings stay, and consents that were given."""
    long_ago = Campaign.objects.filter(ended_at__lte=now - KEPT_AFTER)
    count = 0
    for campaign in list(long_ago.order_by("ended_at")[:CHUNK]):
        with transaction.atomic():
            links = list(campaign.rows.exclude(request=None).values_list("request", flat=True))
            campaign.delete()
            ConsentRequest.objects.filter(pk__in=links, given_code=None).delete()
            count += 1
    return count
