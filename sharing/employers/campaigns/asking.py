"""The rows of campaigns are asked as their consents arrive, chunk by chunk; the database alone knows how far.

A chunk is one transaction: its questions, what they are counted against, and the rows that they settle. Whoever dies in
the middle leaves nothing behind, and whoever comes next asks the same rows under the same keys.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from registry.errors import (
    ConsentCodeExpired,
    ConsentCodeRevoked,
    EmployerSuspended,
    QuotaReached,
    Refusal,
    RowUnreadable,
    TooManyConsentCodes,
)
from registry.keys import KeyUnknown, SealBroken
from sharing.employers import consent, quota, row_ends, standing, trail
from sharing.employers.batch_asking import again_at, goes_on_at
from sharing.employers.campaigns import ending
from sharing.employers.consent import Attestation, ByConsent, TypedCode
from sharing.employers.models import Allowance, Campaign, CampaignRow, CampaignState, Employer, Screening
from sharing.employers.question import Question
from sharing.employers.quota import Take
from sharing.employers.row_ends import End
from sharing.employers.screening import ask_many
from sharing.parties.models import Client, Member

# A code is locked until its chunk commits, and an applicant who revokes it waits for so long.
CHUNK = 100
BY_CODE = ExpressionWrapper(Q(form_sha256="") | Q(signed_on=None), BooleanField())
GUESSED = timedelta(minutes=10)  # until it is tried again while the employer's codes are not taken

Given = Screening | Refusal
# The row is asked later.
PUT_OFF = (QuotaReached, EmployerSuspended, TooManyConsentCodes)
logger = logging.getLogger(__name__)


def go_on(*, now: datetime) -> bool:
    """Ask the next chunk of the campaign that waits longest. False: none is due that nobody else is at.

    A chunk that fails is tried again in a minute, one that the database broke off at once; it keeps no other campaign waiting.
    """
    campaign_id = None
    try:
        with transaction.atomic():
            campaign = _next(now)
            if campaign is not None:
                campaign_id = campaign.pk
                _chunk(campaign, now)
    except Exception as error:
        if campaign_id is None:
            raise
        # No words of the error: a database repeats rows in them.
        logger.error("campaign %s: a chunk was not asked: %s", campaign_id, type(error).__name__)
        Campaign.objects.filter(pk=campaign_id, state=CampaignState.OPEN).update(due_at=again_at(error, now))
    return campaign_id is not None


def is_due(now: datetime) -> bool:
    return _due(now).exists()


def _due(now: datetime) -> QuerySet[Campaign]:
    to_ask = CampaignRow.objects.filter(~ending.kept_too_long(now), campaign=OuterRef("pk"), sealed__isnull=False)
    return Campaign.objects.filter(standing.goes_on(now), Exists(to_ask), state=CampaignState.OPEN, due_at__lte=now)


def _next(now: datetime) -> Campaign | None:
    return _due(now).select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("due_at").first()


def _chunk(campaign: Campaign, now: datetime) -> None:
    standing.hold(campaign.employer_id)  # before the employer is read, whose standing then lasts as long as the chunk
    if campaign.member_id is not None and not standing.hold_member(campaign.member_id):
        return
    employer = Employer.objects.select_related("organisation").get(pk=campaign.employer_id)
    if employer.organisation.suspended_at is not None:
        ending.end(campaign, CampaignState.SUSPENDED, EmployerSuspended(), now=now)
        return
    room, take = _counted_against(campaign, employer, now)
    waiting = _waiting(campaign, employer, now)[: min(CHUNK, room)]
    given = _asked(campaign, list(waiting), employer, take, now)
    row_ends.write([_end(row, each) for row, each in given if not isinstance(each, PUT_OFF)])
    if ending.is_settled(campaign):
        ending.close(campaign, CampaignState.DONE, now=now)
    else:
        # Where the campaign's own questions ran out in the middle, the day's are next, at once.
        is_full = not room or (take is None and any(isinstance(each, QuotaReached) for _row, each in given))
        _wait(campaign, [each for _row, each in given], now, is_full=is_full)


def _waiting(campaign: Campaign, employer: Employer, now: datetime) -> QuerySet[CampaignRow]:
    """In the order of their consents; while codes are not taken, what is asked on a form comes first."""
    codes_wait = not consent.may_be_wrong(employer.organisation, now=now)
    kept = campaign.rows.filter(~ending.kept_too_long(now), sealed__isnull=False).alias(by_code=BY_CODE)
    return kept.select_related("request__given_code").order_by(
        *(["by_code"] if codes_wait else []), "given_at", "place"
    )


def _counted_against(campaign: Campaign, employer: Employer, now: datetime) -> tuple[int, Take | None]:
    """How many questions there is room for: of what a registrar granted, as long as it lasts, or of the day's quota."""
    allowance = Allowance.objects.filter(pk=campaign.pk).first()
    if allowance is not None and allowance.left:
        return allowance.left, partial(quota.take_allowed, campaign.pk)
    return trail.left_today(employer, now), None


def _asked(
    campaign: Campaign, rows: list[CampaignRow], employer: Employer, take: Take | None, now: datetime
) -> list[tuple[CampaignRow, Given]]:
    questions: list[tuple[CampaignRow, Question]] = []
    given: list[tuple[CampaignRow, Given]] = []
    for row in rows:
        try:
            questions.append((row, _question(campaign, row)))
        except (KeyUnknown, SealBroken) as error:
            logger.error("campaign row %s cannot be opened: %s", row, type(error).__name__)
            given.append((row, RowUnreadable()))
    if not questions:
        return given
    asked = ask_many(
        [each for _row, each in questions], employer=employer.organisation, asker=_asker(campaign), now=now, take=take
    )
    return given + list(zip([row for row, _each in questions], asked, strict=True))


def _asker(campaign: Campaign) -> Client | Member:
    asker = campaign.member or campaign.client
    assert asker is not None
    return asker


def _question(campaign: Campaign, row: CampaignRow) -> Question:
    person = row.person
    return Question(
        purpose=campaign.purpose,
        post=campaign.post,
        document_type=person["type"],
        document_number=person["number"],
        name=person["name"],
        consent=_consent(row),
        idempotency_key=row.idempotency_key,
    )


def _consent(row: CampaignRow) -> ByConsent:
    if row.form_sha256 and row.signed_on:
        return Attestation(document_sha256=row.form_sha256, signed_on=row.signed_on)
    assert row.request is not None
    return TypedCode(code=row.request.given_code.code)


def _end(row: CampaignRow, given: Given) -> End:
    """Of a consent that was revoked or is over the consent itself tells (`board`)."""
    if isinstance(given, Screening):
        return End(row, screening=given)
    return End(row, refusal=None if isinstance(given, ConsentCodeExpired | ConsentCodeRevoked) else given)


def _wait(campaign: Campaign, given: Sequence[Given], now: datetime, *, is_full: bool) -> None:
    """Until the next turn; for the quota until tomorrow, and while codes are not taken for some minutes."""
    due, quota_at = now, campaign.quota_at
    if is_full:
        due = quota_at = goes_on_at(now)
    elif any(isinstance(each, TooManyConsentCodes) for each in given) and not _on_forms(campaign, now):
        due = now + GUESSED
    Campaign.objects.filter(pk=campaign.pk).update(due_at=due, quota_at=quota_at)


def _on_forms(campaign: Campaign, now: datetime) -> bool:
    """Whether something can be asked that waits for no code."""
    rows = campaign.rows.filter(~ending.kept_too_long(now), sealed__isnull=False)
    return rows.alias(by_code=BY_CODE).filter(by_code=False).exists()
