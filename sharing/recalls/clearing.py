"""The clearance letter: somebody was listed by mistake, everybody who was told or asked is named, and whether each has
confirmed that nothing is kept. Signed as results are, and printed for whoever wants paper.

It is made from what is known at the moment, as often as it is wanted; it is complete once every recipient has confirmed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.utils.translation import get_language

from registry import actions, codes
from registry.errors import NotCleared, SignatureWrong
from registry.log import utc_text
from registry.models import EventType, Listing, Officer, State, WithdrawalCause
from registry.ulid import new_ulid
from sharing import signing
from sharing.delivery.models import TellingCursor, Told
from sharing.departments.models import OnwardKind, OnwardReceipt, Reached, Recall, Receipt
from sharing.employers import lookup
from sharing.employers.lookup import Subject
from sharing.employers.models import ConsentVerdict, ResultRecall, Screening, ScreeningOutcome
from sharing.parties.models import Organisation
from sharing.recalls.models import ClearanceLetter

LETTER_TYPE = "clearance+jwt"
PROGRAM, MEMBER, PAPER = "by_program", "by_member", "on_paper"


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """``confirmed_at``: when it said that nothing is kept; None: it has not said so yet. ``how``: by whom it said it."""

    kind: str
    name: str
    name_en: str
    told_at: datetime
    confirmed_at: datetime | None
    how: str = ""

    @property
    def spoken_name(self) -> str:
        """In the reader's language, where it has a name in it."""
        return self.name_en if get_language() == "en" and self.name_en else self.name


@dataclass(frozen=True, kw_only=True)
class Cleared:
    """A listing that was withdrawn since somebody else was meant, and who had heard of it.

    ``departments_told``: it is decided which departments learn of the withdrawal; before that, one may still be missing.
    """

    listing: Listing
    published_at: datetime
    withdrawn_at: datetime
    recipients: tuple[Recipient, ...]
    departments_told: bool

    @property
    def is_complete(self) -> bool:
        return self.departments_told and all(each.confirmed_at is not None for each in self.recipients)


@dataclass(frozen=True, kw_only=True)
class Mistaken:
    """Whom a letter clears where the listing bears her number beside another name: hers, and the number's digests."""

    name: str = field(repr=False)
    digests: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """``signed``: the letter as compact JWS (RFC 7515), type ``clearance+jwt``."""

    row: ClearanceLetter
    cleared: Cleared
    claims: Mapping[str, Any] = field(repr=False)
    signed: str = field(repr=False)


def cleared_listings(subject: Subject) -> list[Listing]:
    """Those of the person that were withdrawn since somebody else was meant; document and name must both be hers."""
    found = Listing.objects.filter(party__person__in=lookup.persons(subject), state=State.WITHDRAWN)
    return [each for each in _whole(found).order_by("number") if is_cleared(each)]


def listing_numbered(number: str) -> Listing:
    """Raises `NotCleared`."""
    found = _whole(Listing.objects.filter(number=number)).first()
    if found is None or not is_cleared(found):
        raise NotCleared
    return found


def is_cleared(listing: Listing) -> bool:
    return actions.cause_of(listing) == WithdrawalCause.WRONG_PERSON


def cleared(listing: Listing) -> Cleared:
    """Raises `NotCleared`."""
    if not is_cleared(listing):
        raise NotCleared
    found = listing.events.filter(reader=None, type__in=[EventType.PUBLISHED, EventType.WITHDRAWN])
    events = {each.type: each for each in found}
    withdrawal = events[EventType.WITHDRAWN]
    told = TellingCursor.objects.filter(pk=1, position__gte=withdrawal.position).exists()
    recalls = _recalls(listing, withdrawal.position) if told else {}
    return Cleared(
        listing=listing,
        published_at=events[EventType.PUBLISHED].occurred_at,
        withdrawn_at=withdrawal.occurred_at,
        recipients=(*_departments(listing, recalls), *_institutions(listing, recalls), *_employers(listing)),
        departments_told=told,
    )


def letter(listing: Listing, *, officer: Officer | None, now: datetime, mistaken: Mistaken | None = None) -> Letter:
    """A letter of this moment, not on record yet: `handing_over` writes it down with the file. ``mistaken``: of somebody else
    than the listing names. Raises `NotCleared`.
    """
    found = cleared(listing)
    key = "clr_" + new_ulid(now)
    claims = _claims(found, key, now, mistaken)
    signed = signing.sign_result(claims, typ=LETTER_TYPE)
    row = ClearanceLetter(
        id=key,
        listing=listing,
        officer=officer,
        issued_at=now,
        complete=found.is_complete,
        signed_digest=hashlib.sha256(signed.encode()).digest(),
    )
    return Letter(row=row, cleared=found, claims=claims, signed=signed)


@dataclass(frozen=True, kw_only=True)
class ReadLetter:
    """What a letter that somebody shows says of itself; name and document stand in it and are not repeated."""

    id: str
    listing_number: str
    issued_at: datetime
    complete: bool


def read(token: str) -> ReadLetter | None:
    """None: it is no clearance letter of ours, or it was altered."""
    try:
        claims = signing.read_result("".join(token.split()), typ=LETTER_TYPE)
    except SignatureWrong:
        return None
    return ReadLetter(
        id=claims["jti"],
        listing_number=claims["listing"]["number"],
        issued_at=datetime.fromtimestamp(claims["iat"], tz=UTC),
        complete=claims["complete"],
    )


def _whole(found: QuerySet[Listing]) -> QuerySet[Listing]:
    return found.select_related("party__person", "party__decision__court", "court")


def _recalls(listing: Listing, withdrawn_at: int) -> dict[int, Recall]:
    """By span (`Told`): the recall of what ended it, which is the withdrawal unless the department was withdrawn from alone
    before. What was said to an earlier recall says nothing of what came after it.
    """
    spans = Told.objects.filter(listing=listing)
    found = Recall.objects.filter(listing=listing).select_related("closed_by")
    recalls = {(each.department_id, each.position): each for each in found}
    ends = {span.pk: (span.department_id, span.ended_position or withdrawn_at) for span in spans}
    return {span: recalls[end] for span, end in ends.items() if end in recalls}


def _departments(listing: Listing, recalls: Mapping[int, Recall]) -> Iterator[Recipient]:
    """Each department that was ever told, and whether the recall of its last span is closed."""
    spans = list(Told.objects.filter(listing=listing).order_by("first_position"))
    last = {span.department_id: span.pk for span in spans}
    first = Told.objects.filter(listing=listing).values("department").annotate(at=Min("told_at")).order_by("at")
    names = Organisation.objects.in_bulk(list(last))
    for row in first:
        recall = recalls.get(last[row["department"]])
        receipt = recall.closed_by if recall else None
        # When it reached the court; the moment at which it says it was done is the department's own word.
        at, how = (receipt.received_at, _how(receipt)) if receipt else (None, "")
        yield _recipient("department", names[row["department"]], row["at"], at, how)


def _how(receipt: Receipt) -> str:
    return PAPER if receipt.recorded_by_id else MEMBER if receipt.declared_by_id else PROGRAM


def _institutions(listing: Listing, recalls: Mapping[int, Recall]) -> Iterator[Recipient]:
    """Each institution to which a department passed it on, and whether it confirmed to the recall of the last span in which
    it was reached. One that was named to the court has not confirmed.
    """
    purged = OnwardReceipt.objects.filter(recall__listing=listing, kind=OnwardKind.PURGED)
    said = {(each.recall_id, each.institution_id): each for each in purged}
    reached = Reached.objects.filter(told__listing=listing).select_related("institution").order_by("at")
    last = {each.institution_id: each.told_id for each in reached.order_by("told__first_position")}
    seen: set[int] = set()
    for each in reached:
        if each.institution_id in seen:
            continue
        seen.add(each.institution_id)
        recall = recalls.get(last[each.institution_id])
        receipt = said.get((recall.pk, each.institution_id)) if recall else None
        yield Recipient(
            kind="institution",
            name=each.institution.name,
            name_en="",
            told_at=each.at,
            confirmed_at=receipt.received_at if receipt else None,
            how="" if receipt is None else PAPER if receipt.recorded_by_id else PROGRAM,
        )


def _employers(listing: Listing) -> Iterator[Recipient]:
    """Each result that showed it, and the employer's confirmation that it is removed."""
    showed = Q(listing=listing) | Q(also_told__overlap=[listing.pk])
    judged = Q(verdict__listing=listing) | Q(verdict__also_told__overlap=[listing.pk])
    found = (
        Screening.objects.filter(showed | judged).select_related("employer", "verdict", "recall").defer("answer_sealed")
    )
    for screening in found.order_by("asked_at"):
        showing = _showing(screening, listing)
        if showing is None:
            continue
        recall: ResultRecall | None = getattr(screening, "recall", None)
        said = recall.confirmations.filter(removed=True).first() if recall else None
        how = "" if said is None else PAPER if said.officer_id else MEMBER if said.member_id else PROGRAM
        yield _recipient("employer", screening.employer, showing.answered_at, said.at if said else None, how)


def _showing(screening: Screening, listing: Listing) -> Screening | ConsentVerdict | None:
    """The first answer that the employer read it in, be it void by now; None: it never did."""
    for answer in (screening, getattr(screening, "verdict", None)):
        if answer is None or answer.outcome != ScreeningOutcome.LISTED:
            continue
        if listing.pk in (answer.listing_id, *answer.also_told):
            return answer
    return None


def _recipient(
    kind: str, organisation: Organisation, told_at: datetime, confirmed_at: datetime | None, how: str
) -> Recipient:
    return Recipient(
        kind=kind,
        name=organisation.name,
        name_en=organisation.name_en,
        told_at=told_at,
        confirmed_at=confirmed_at,
        how=how,
    )


def _claims(found: Cleared, key: str, now: datetime, mistaken: Mistaken | None) -> dict[str, Any]:
    person, listing = found.listing.party.person, found.listing
    hers = person.documents.filter(digest__in=mistaken.digests) if mistaken else person.documents
    documents = [{"type": each.type, "number": each.masked} for each in hers.order_by("type", "id")]
    return {
        "iss": settings.REGISTRY_ADDRESS,
        "jti": key,
        "iat": int(now.timestamp()),
        "statement": "The person named here was listed by mistake: somebody else was meant. The listing is withdrawn.",
        "person": {"name": mistaken.name if mistaken else person.name, "documents": documents},
        "listing": {
            "number": listing.number,
            "court": codes.entries("courts")[listing.court.code].zh,
            "published_at": utc_text(found.published_at),
            "withdrawn_at": utc_text(found.withdrawn_at),
        },
        "recipients": [_said(each) for each in found.recipients],
        "complete": found.is_complete,
    }


def _said(recipient: Recipient) -> dict[str, Any]:
    return {
        "kind": recipient.kind,
        "name": recipient.name,
        "told_at": utc_text(recipient.told_at),
        "confirmed_at": utc_text(recipient.confirmed_at) if recipient.confirmed_at else None,
        **({"confirmed": recipient.how} if recipient.how else {}),
    }
