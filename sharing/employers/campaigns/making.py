"""A campaign from its file or call on: checked whole before anything is asked for, and begun.

Neither the file nor a name or number is kept: of each row stay HR's own key and keyed digests of number and name, by which
it shows whether who consents is who was meant (`docs/decisions/0024`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from itertools import islice
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum

from registry import refused
from registry.actions.acting import today
from registry.errors import (
    CampaignOver,
    FileTooLarge,
    IdempotencyKeyNeeded,
    IdempotencyKeyReused,
    LastDayImpossible,
    NoSuchCampaign,
    NothingToAsk,
    ReferenceIsNumber,
    ReferenceNeeded,
    TitleIsNumber,
    TitleNeeded,
    TooManyCampaigns,
    TooManyRowsBegun,
)
from registry.keys import digest_keys
from registry.ulid import new_ulid
from sharing.employers import batch, lookup, numbers_refused, quota, reference, rows, uploads
from sharing.employers.batch import FaultsFound
from sharing.employers.campaigns import allowances
from sharing.employers.models import Campaign, CampaignRow, CampaignState, Employer
from sharing.employers.rows import PERSON, Fault, Named
from sharing.employers.screening import KEY
from sharing.employers.uploads import Raw
from sharing.parties.models import Client, Member

CAMPAIGN_ID = re.compile(r"cmp_[0-9A-Z]{26}", re.ASCII)
MOST_ROWS = batch.MOST_ROWS
KEPT = batch.KEPT  # what was checked and not begun
MOST_OPEN = 10  # campaigns of one employer that are checked or go on
LONGEST = timedelta(days=90)
STORED_AT_ONCE = 500
UNDER_WAY = (CampaignState.CHECKED, CampaignState.OPEN)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a campaign is for. ``last_day``: until when its consents are taken; ``why``: why the registry should allow as
    many questions as there are rows, "" where the day's quota will do.
    """

    title: str
    purpose: str
    post: str
    last_day: date
    why: str = ""


def check(file: bytes, plan: Plan, *, employer: Employer, member: Member, now: datetime) -> Campaign:
    """A file's rows, each one checked; nothing is asked for yet.

    EmployerSuspended, PurposeUnknown, PostUnknown; TitleNeeded, TitleIsNumber, LastDayImpossible; TooManyCampaigns; the
    refusals of `uploads.read`.
    """
    planned = _judged(plan, employer, now)
    raws = uploads.read(file, most_rows=MOST_ROWS, needed=("key", "name", "document_number"))
    checked, _faults = _checked(raws, employer, now)
    campaign = _new(planned, employer, now)
    campaign.member = member
    with transaction.atomic():
        _refuse_too_many(employer)
        _store(campaign, checked, now)
    return campaign


def order(
    raws: Sequence[Raw], plan: Plan, *, employer: Employer, client: Client, idempotency_key: str, now: datetime
) -> tuple[Campaign, bool]:
    """A call's campaign, begun if every row is right, and whether it is new; the same call again gives the same one.

    IdempotencyKeyNeeded, IdempotencyKeyReused; NothingToAsk, FileTooLarge; ReasonNeeded; TooManyRowsBegun; as `check`.
    FaultsFound: what is wrong, row by row.
    """
    if not KEY.fullmatch(idempotency_key):
        raise IdempotencyKeyNeeded("Idempotency-Key")
    content = _content(raws, plan)
    given = _ordered_before(employer, idempotency_key, content)
    if given is not None:
        return given, False
    planned = _judged(plan, employer, now)
    checked = _right(raws, employer, now)
    campaign = _new(planned, employer, now)
    campaign.client, campaign.idempotency_key = client, idempotency_key
    campaign.content_digest = digest_keys().digest(content)
    campaign.state, campaign.begun_at, campaign.due_at = CampaignState.OPEN, now, now
    try:
        with transaction.atomic():
            _refuse_too_many(employer)
            _refuse_too_many_begun(employer, len(checked), now)
            _store(campaign, checked, now)
            allowances.want(campaign, plan.why, now=now)
    except IntegrityError:
        given = _ordered_before(employer, idempotency_key, content)
        if given is None:
            raise
        return given, False
    return campaign, True


def begin(campaign_id: str, why: str, *, employer: Employer, now: datetime) -> Campaign:
    """From now on consents are taken; nothing new where it was begun before. ``why``: as in `Plan`.

    EmployerSuspended, PurposeUnknown, PostUnknown; NoSuchCampaign, CampaignOver; LastDayImpossible; NothingToAsk;
    ReasonNeeded; TooManyRowsBegun.
    """
    with transaction.atomic():
        campaign = locked(employer.pk, campaign_id)
        if campaign.state == CampaignState.OPEN:
            return campaign
        if campaign.state != CampaignState.CHECKED or campaign.made_at + KEPT <= now:
            raise CampaignOver
        batch.refuse_unless_admitted(employer, campaign.purpose, campaign.post)
        _refuse_day(campaign.last_day, now)
        if not campaign.rows.exclude(number_digest=None).exists():
            raise NothingToAsk("file")
        _refuse_too_many_begun(employer, campaign.total, now)
        campaign.state, campaign.begun_at, campaign.due_at = CampaignState.OPEN, now, now
        campaign.save(update_fields=["state", "begun_at", "due_at"])
        allowances.want(campaign, why, now=now)
    return campaign


def own(employer_id: int, campaign_id: str) -> Campaign:
    """Raises NoSuchCampaign; another employer's is as absent as one that never was."""
    found = Campaign.objects.filter(employer=employer_id).select_related("member", "allowance")
    campaign = found.filter(pk=campaign_id).first() if CAMPAIGN_ID.fullmatch(campaign_id) else None
    if campaign is None:
        raise NoSuchCampaign
    return campaign


def locked(employer_id: int, campaign_id: str) -> Campaign:
    """The same, locked: whatever concerns many of its rows is done one after the other."""
    own(employer_id, campaign_id)
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)


def going_on(employer_id: int, campaign_id: str) -> Campaign:
    """The same, of one that goes on. NoSuchCampaign, CampaignOver."""
    campaign = locked(employer_id, campaign_id)
    if campaign.state != CampaignState.OPEN:
        raise CampaignOver
    return campaign


def first_and_last_day(now: datetime) -> tuple[date, date]:
    """Between which days the last day of a campaign is chosen."""
    return today(now), today(now) + LONGEST


def _judged(plan: Plan, employer: Employer, now: datetime) -> Plan:
    batch.refuse_unless_admitted(employer, plan.purpose, plan.post)
    _refuse_day(plan.last_day, now)
    try:
        title = reference.check(plan.title)
    except ReferenceNeeded:
        raise TitleNeeded("title", most=reference.REFERENCE_MOST) from None
    except ReferenceIsNumber:
        raise TitleIsNumber("title") from None
    return replace(plan, title=title)


def _refuse_day(day: date, now: datetime) -> None:
    first, last = first_and_last_day(now)
    if not first <= day <= last:
        raise LastDayImpossible("last_day", first=first, last=last)


def _refuse_too_many(employer: Employer) -> None:
    Employer.objects.select_for_update(no_key=True).get(pk=employer.pk)  # of two at once the later one counts both
    if Campaign.objects.filter(employer=employer.pk, state__in=UNDER_WAY).count() >= MOST_OPEN:
        raise TooManyCampaigns(most=MOST_OPEN)


def _refuse_too_many_begun(employer: Employer, more: int, now: datetime) -> None:
    """Those that were stopped count too: each row was there, and may have had a link."""
    Employer.objects.select_for_update(no_key=True).get(pk=employer.pk)
    day = datetime.combine(today(now), time.min, ZoneInfo(settings.REGISTRY_TIME_ZONE))
    begun = Campaign.objects.filter(employer=employer.pk, begun_at__gte=day).aggregate(rows=Sum("total"))["rows"] or 0
    if begun + more > settings.SHARING_CAMPAIGN_ROWS_A_DAY:
        raise TooManyRowsBegun(most=settings.SHARING_CAMPAIGN_ROWS_A_DAY, retry_after=quota.seconds_until_tomorrow(now))


def _right(raws: Sequence[Raw], employer: Employer, now: datetime) -> list[Named | list[Fault]]:
    if not raws:
        raise NothingToAsk("applicants")
    if len(raws) > MOST_ROWS:
        raise FileTooLarge("applicants", megabytes=uploads.MEGABYTES, rows=MOST_ROWS)
    checked, faults = _checked(raws, employer, now)
    if faults:
        raise FaultsFound(faults)
    return checked


def _checked(raws: Iterable[Raw], employer: Employer, now: datetime) -> tuple[list[Named | list[Fault]], list[Fault]]:
    """Each row, and all that is wrong; numbers that can be nobody's are counted, as of a batch."""
    checked = list(rows.check_named(raws, today=today(now)))
    faults = [fault for each in checked if isinstance(each, list) for fault in each]
    numbers_refused.note_all((fault.refusal for fault in faults), employer.pk, today(now))
    return checked, faults


def _new(plan: Plan, employer: Employer, now: datetime) -> Campaign:
    return Campaign(
        id="cmp_" + new_ulid(now),
        employer=employer.organisation,
        title=plan.title,
        purpose=plan.purpose,
        post=plan.post,
        last_day=plan.last_day,
        made_at=now,
    )


def _store(campaign: Campaign, checked: Sequence[Named | list[Fault]], now: datetime) -> None:
    campaign.total = len(checked)
    campaign.save(force_insert=True)
    made = (_row(campaign, place, each, today(now)) for place, each in enumerate(checked))
    while block := list(islice(made, STORED_AT_ONCE)):
        CampaignRow.objects.bulk_create(block)


def _row(campaign: Campaign, place: int, checked: Named | list[Fault], day: date) -> CampaignRow:
    if isinstance(checked, list):
        refusals = [refused.kept(fault.refusal, fault.column) for fault in checked]
        return CampaignRow(campaign=campaign, place=place, row=checked[0].row, refusals=refusals)
    meant = lookup.subject(
        document_type=checked.document_type, document_number=checked.document_number, name=checked.name, today=day
    )
    return CampaignRow(
        campaign=campaign,
        place=place,
        row=checked.row,
        key=checked.key,
        number_digest=meant.digest,
        name_digest=meant.names[0],
    )


def _content(raws: Sequence[Raw], plan: Plan) -> str:
    """The whole call but its key, to tell a repetition from another call."""
    words = [plan.title, plan.purpose, plan.post, plan.last_day.isoformat(), plan.why]
    hashed = sha256(json.dumps(words).encode())
    for raw in raws:
        hashed.update(json.dumps([raw.cells[column].text for column in PERSON]).encode())
    return f"campaign:{hashed.hexdigest()}"


def _ordered_before(employer: Employer, idempotency_key: str, content: str) -> Campaign | None:
    given = Campaign.objects.filter(employer=employer.pk, idempotency_key=idempotency_key).first()
    if given is not None and bytes(given.content_digest or b"") not in digest_keys().digests(content):
        raise IdempotencyKeyReused("Idempotency-Key")
    return given
