"""Requests for consent, as the employer makes and follows them.

A request names a purpose and a post and no person: whom it is meant for only the employer knows, by a reference of its
own. Whoever opens its link proves who he is and answers it (`giving`). Of the answer the employer sees a state; it never
sees who opened the link, and a request that is declined reads like one that was never looked at.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, CharField, Count, QuerySet, Value, When

from registry.addresses import absolute
from registry.errors import (
    ConsentRequestOver,
    EmployerSuspended,
    NoSuchConsentRequest,
    PostUnknown,
    PurposeUnknown,
    RequestDaysShape,
)
from registry.keys import digest_keys
from registry.ulid import new_ulid
from sharing.employers import reference
from sharing.employers.consent import LONGEST_DAYS, MOST_WRONG
from sharing.employers.models import ConsentRequest, Employer, RequestState
from sharing.employers.purposes import purposes
from sharing.parties.models import Client, Member

REQUEST_ID = re.compile(r"crq_[0-9A-Z]{26}", re.ASCII)
DAYS_USUAL = 14
TOKEN_BYTES = 20

STATE = "state_now"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a request is to say. ``days``: how long it may be answered."""

    purpose: str
    post: str
    reference: str
    days: int = DAYS_USUAL


@dataclass(frozen=True)
class Once:
    """By which key a program's call is told from another one, and a digest of what it said (`requesting_once`)."""

    idempotency_key: str
    content_digest: bytes


@dataclass(frozen=True)
class Made:
    """A request with the link for its applicant, which is shown now and never again; "" where it was shown before."""

    request: ConsentRequest
    link: str


def make(wanted: Wanted, *, employer: Employer, by: Client | Member, now: datetime, once: Once | None = None) -> Made:
    """EmployerSuspended; PurposeUnknown, PostUnknown; ReferenceNeeded, ReferenceIsNumber; RequestDaysShape."""
    if employer.organisation.suspended_at is not None:
        raise EmployerSuspended
    named = reference.check(wanted.reference)
    purpose = purposes().get(wanted.purpose) if wanted.purpose in employer.purposes else None
    if purpose is None:
        raise PurposeUnknown("purpose", known=", ".join(employer.purposes))
    if wanted.post not in purpose.posts:
        raise PostUnknown("post", known=", ".join(purpose.posts))
    if not 1 <= wanted.days <= LONGEST_DAYS:
        raise RequestDaysShape("days", most=LONGEST_DAYS)
    token = new_token()
    request = ConsentRequest.objects.create(
        id="crq_" + new_ulid(now),
        employer=employer.organisation,
        client=by if isinstance(by, Client) else None,
        member=by if isinstance(by, Member) else None,
        purpose=purpose.code,
        post=wanted.post,
        scope=purpose.scope.value,
        reference=named,
        token_digest=token_digests(token)[0],
        made_at=now,
        expires_at=now + timedelta(days=wanted.days),
        idempotency_key=once.idempotency_key if once else "",
        content_digest=once.content_digest if once else None,
    )
    return Made(request, link_of(token))


def link_anew(request_id: str, *, employer_id: int, now: datetime) -> Made:
    """A new link for an open request; the former one leads nowhere from now on. NoSuchConsentRequest, ConsentRequestOver."""
    token = new_token()
    with transaction.atomic():
        request = _locked(request_id, employer_id)
        if state_of(request, now) != RequestState.OPEN:
            raise ConsentRequestOver
        request.token_digest = token_digests(token)[0]
        request.save(update_fields=["token_digest"])
    return Made(request, link_of(token))


def withdraw(request_id: str, *, employer_id: int, now: datetime) -> bool:
    """The employer wants no answer any more, and uses none that was given. False: it was withdrawn before.

    NoSuchConsentRequest; ConsentRequestOver: it was used.
    """
    with transaction.atomic():
        request = _locked(request_id, employer_id)
        if state_of(request, now) == RequestState.USED:
            raise ConsentRequestOver
        if request.withdrawn_at is not None:
            return False
        request.withdrawn_at = now
        request.save(update_fields=["withdrawn_at"])
    return True


def with_state(now: datetime) -> QuerySet[ConsentRequest]:
    """Each with its state in ``state_now``: read with the row, which may be gone a moment later."""
    return ConsentRequest.objects.annotate(**{STATE: _state(now)})


def of(employer_id: int, now: datetime, state: str = "") -> QuerySet[ConsentRequest]:
    """The employer's requests but those of its campaigns, the newest first, each with its state in ``state_now``."""
    found = with_state(now).filter(employer=employer_id, of_campaign=False)
    if state:
        found = found.filter(**{STATE: state})
    return found.select_related("given_code__consent__screening", "member").order_by("-made_at", "-pk")


def counts(employer_id: int, now: datetime) -> Mapping[str, int]:
    """How many requests are in each state."""
    found = dict(of(employer_id, now).order_by().values_list(STATE).annotate(Count("pk")))
    return {state.value: found.get(state.value, 0) for state in RequestState}


def own(request_id: str, *, employer_id: int, now: datetime) -> ConsentRequest:
    """With its state in ``state_now``. Raises `NoSuchConsentRequest`; another employer's is as absent as one that never was."""
    found = of(employer_id, now).filter(pk=request_id).first() if REQUEST_ID.fullmatch(request_id) else None
    if found is None:
        raise NoSuchConsentRequest
    return found


def state_of(request: ConsentRequest, now: datetime) -> RequestState:
    return RequestState(with_state(now).filter(pk=request.pk).values_list(STATE, flat=True).get())


def code_of(request: ConsentRequest) -> str:
    """The code that a question can be asked with, "" where there is none (any more)."""
    given = getattr(request, STATE) == RequestState.GIVEN
    return request.given_code.code if given else ""


def link_of(token: str) -> str:
    """Holds nothing about anybody: a random token, which the applicant's page takes out of the address at once."""
    return absolute(f"/consent/{token}/")


def token_digests(token: str) -> list[bytes]:
    """What may have been kept of it, under the current key first."""
    return digest_keys().digests("consent request:" + token)


def _state(now: datetime) -> Case:
    """The one place that tells the states apart; the first that fits."""
    when = (
        (RequestState.USED, {"given_code__consent__isnull": False}),
        (RequestState.WITHDRAWN, {"withdrawn_at__isnull": False}),
        (RequestState.REVOKED, {"given_code__revoked_at__isnull": False}),
        (RequestState.CLOSED, {"given_code__wrong__gte": MOST_WRONG}),
        (RequestState.EXPIRED, {"given_code__expires_at__lte": now}),
        (RequestState.GIVEN, {"given_code__isnull": False}),
        (RequestState.NOT_GIVEN, {"expires_at__lte": now}),
    )
    cases = [When(**facts, then=Value(state.value)) for state, facts in when]
    return Case(*cases, default=Value(RequestState.OPEN.value), output_field=CharField())


def _locked(request_id: str, employer_id: int) -> ConsentRequest:
    rows = ConsentRequest.objects.select_for_update().filter(employer=employer_id, of_campaign=False)
    found = rows.filter(pk=request_id).first() if REQUEST_ID.fullmatch(request_id) else None
    if found is None:
        raise NoSuchConsentRequest
    return found


def new_token() -> str:
    """Of a link: random, and kept as a digest alone."""
    return secrets.token_urlsafe(TOKEN_BYTES)
