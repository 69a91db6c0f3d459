"""The links by which applicants of a campaign consent: shown once, by HR's own key, and sent by HR itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from registry.errors import CampaignOver, NoSuchRow
from registry.ulid import new_ulid
from sharing.employers import batch, requesting
from sharing.employers.campaigns import board
from sharing.employers.campaigns.making import locked
from sharing.employers.models import Campaign, CampaignRow, ConsentRequest, Employer, RowState
from sharing.employers.purposes import purposes

CHUNK = 500
# For which rows links are made: nobody has consented, or it counts no more. Not where the applicant took it back.
WANTED = (RowState.OPEN, RowState.ANOTHER, RowState.EXPIRED, RowState.REFUSED)

RENEW = """
UPDATE employers_consentrequest AS request SET token_digest = anew.token_digest
FROM (SELECT unnest(%(ids)s::text[]) AS id, unnest(%(digests)s::bytea[]) AS token_digest) AS anew
WHERE request.id = anew.id
"""
ATTACH = """
UPDATE employers_campaignrow AS row
SET request_id = made.request, is_anothers = false, given_at = NULL, consent_until = NULL, sealed = NULL,
    form_sha256 = '', signed_on = NULL, refusals = NULL
FROM (SELECT unnest(%(ids)s::bigint[]) AS id, unnest(%(requests)s::text[]) AS request) AS made
WHERE row.id = made.id
"""

# A link that nobody answered.
_ALIVE = Q(**{board.STATE: RowState.OPEN}, request__isnull=False)


class Link(NamedTuple):
    key: str
    link: str


class _Drawn(NamedTuple):
    row: CampaignRow
    token: str


def make(
    campaign_id: str, *, employer: Employer, now: datetime, places: Set[int] | None = None, anew: bool = False
) -> list[Link]:
    """A link for each row that wants one and has none, in the file's order.

    ``places``: for these rows, and for others not; ``anew``: for all that want one. Either way the links that nobody of
    them answered lead nowhere from now on. NoSuchCampaign, NoSuchRow; EmployerSuspended, PurposeUnknown, PostUnknown;
    CampaignOver.
    """
    with transaction.atomic():
        campaign = locked(employer.pk, campaign_id)
        batch.refuse_unless_admitted(employer, campaign.purpose, campaign.post)
        if not board.takes_consents(campaign, now):
            raise CampaignOver
        if places and max(places) >= campaign.total:
            raise NoSuchRow("places")
        lock(campaign)
        chosen = [row for row in _wanted(campaign, now) if _is_chosen(row, places, anew=anew)]
        drawn = [_Drawn(row, requesting.new_token()) for row in chosen]
        for chunk in _chunks(drawn):
            _renew([each for each in chunk if _is_open(each.row)])
            _replace([each for each in chunk if not _is_open(each.row)], campaign, now)
    return [Link(each.row.key, requesting.link_of(each.token)) for each in drawn]


def alive(campaign: Campaign, now: datetime) -> int:
    """How many links may be answered: they would lead nowhere if all were made anew, or the campaign stopped."""
    return board.rows(campaign, now).filter(_ALIVE).count()


def missing(campaign: Campaign, now: datetime) -> int:
    """How many rows want a link and have none that could be answered."""
    wanted = board.rows(campaign, now).filter(**{f"{board.STATE}__in": WANTED}).exclude(number_digest=None)
    return wanted.exclude(_ALIVE).count()


def ends_at(campaign: Campaign) -> datetime:
    """The end of its last day in the court's calendar."""
    day = campaign.last_day + timedelta(days=1)
    return datetime.combine(day, time.min, ZoneInfo(settings.REGISTRY_TIME_ZONE))


def lock(campaign: Campaign) -> None:
    """So that nobody answers a link of the locked campaign meanwhile, and what was answered before is seen."""
    found = campaign.rows.exclude(request=None).filter(screening=None).values("request")
    list(ConsentRequest.objects.select_for_update().filter(pk__in=found).order_by("pk").values_list("pk"))


def _wanted(campaign: Campaign, now: datetime) -> list[CampaignRow]:
    right = board.rows(campaign, now).exclude(number_digest=None)
    return [row for row in right if getattr(row, board.STATE) in WANTED]


def _is_chosen(row: CampaignRow, places: Set[int] | None, *, anew: bool) -> bool:
    if places is not None:
        return row.place in places
    return anew or not _is_open(row)


def _is_open(row: CampaignRow) -> bool:
    """Whether the row has a link that nobody answered."""
    return row.request_id is not None and getattr(row, board.STATE) == RowState.OPEN


def _renew(drawn: Sequence[_Drawn]) -> None:
    facts: dict[str, Any] = {
        "ids": [each.row.request_id for each in drawn],
        "digests": [requesting.token_digests(each.token)[0] for each in drawn],
    }
    with connection.cursor() as cursor:
        cursor.execute(RENEW, facts)


def _replace(drawn: Sequence[_Drawn], campaign: Campaign, now: datetime) -> None:
    """Requests of their own; what was given to the former ones counts no more."""
    former = [each.row.request_id for each in drawn if each.row.request_id]
    ConsentRequest.objects.filter(pk__in=former, withdrawn_at=None).update(withdrawn_at=now)
    made = [_request(each, campaign, now) for each in drawn]
    ConsentRequest.objects.bulk_create(made)
    with connection.cursor() as cursor:
        cursor.execute(ATTACH, {"ids": [each.row.pk for each in drawn], "requests": [each.pk for each in made]})


def _request(drawn: _Drawn, campaign: Campaign, now: datetime) -> ConsentRequest:
    return ConsentRequest(
        id="crq_" + new_ulid(now),
        employer_id=campaign.employer_id,
        client_id=campaign.client_id,
        member_id=campaign.member_id,
        purpose=campaign.purpose,
        post=campaign.post,
        scope=purposes()[campaign.purpose].scope.value,
        reference="",  # the key stays with the row: a request that was answered outlives the campaign
        token_digest=requesting.token_digests(drawn.token)[0],
        made_at=now,
        expires_at=ends_at(campaign),
        of_campaign=True,
    )


def _chunks(drawn: Sequence[_Drawn]) -> Iterator[Sequence[_Drawn]]:
    return (drawn[start : start + CHUNK] for start in range(0, len(drawn), CHUNK))
