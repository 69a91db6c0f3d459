"""The clearance letter: somebody was listed by mistake, everybody who was told or asked is named, and whether each has
confirmed that nothing is kept. Signed as results are, and printed for whoever wants paper.

It is made from what is known at the moment, as often as it is wanted; it is complete once every recipient has confirmed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from registry import actions, codes
from registry.borne import documents_of
from registry.errors import NotCleared, SignatureWrong
from registry.log import utc_text
from registry.models import EventType, Listing, Officer, State, WithdrawalCause
from registry.ulid import new_ulid
from sharing import signing
from sharing.delivery.models import TellingCursor
from sharing.employers import lookup
from sharing.employers.lookup import Subject
from sharing.recalls import hearing
from sharing.recalls.hearing import Recipient
from sharing.recalls.models import ClearanceLetter

LETTER_TYPE = "clearance+jwt"


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
    """Whom a letter clears where the listing bears her number beside another name: hers, and the number's digests.

    ``objection``: the number of that in which she said who she is, where an officer reads it there.
    """

    name: str = field(repr=False)
    digests: tuple[bytes, ...]
    objection: str = ""


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


def cleared(listing: Listing, *, asked_under: Sequence[bytes] | None = None) -> Cleared:
    """``asked_under``: the digests of her number, where it stands beside another name: an employer that asked about the other
    under a number of his own heard nothing of her, and is no business of hers. Raises `NotCleared`.
    """
    if not is_cleared(listing):
        raise NotCleared
    found = listing.events.filter(reader=None, type__in=[EventType.PUBLISHED, EventType.WITHDRAWN])
    events = {each.type: each for each in found}
    withdrawal = events[EventType.WITHDRAWN]
    told = TellingCursor.objects.filter(pk=1, position__gte=withdrawal.position).exists()
    return Cleared(
        listing=listing,
        published_at=events[EventType.PUBLISHED].occurred_at,
        withdrawn_at=withdrawal.occurred_at,
        recipients=hearing.of(listing, withdrawal.position if told else None, asked_under=asked_under),
        departments_told=told,
    )


def letter(listing: Listing, *, officer: Officer | None, now: datetime, mistaken: Mistaken | None = None) -> Letter:
    """A letter of this moment, not on record yet: `handing_over` writes it down with the file. ``mistaken``: of somebody else
    than the listing names. Raises `NotCleared`.
    """
    found = cleared(listing, asked_under=mistaken.digests if mistaken else None)
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
    """What a letter that somebody shows says of itself; name and document stand in it and are not repeated.

    ``stands``: the listing is withdrawn for this cause still. False: two officers stated another one since; None: it is purged or
    sealed, and nobody can say.
    """

    id: str
    listing_number: str
    issued_at: datetime
    complete: bool
    stands: bool | None


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
        stands=_stands(claims["listing"]["number"]),
    )


def _stands(number: str) -> bool | None:
    found = Listing.objects.filter(number=number, state=State.WITHDRAWN).first()
    return None if found is None else is_cleared(found)


def _whole(found: QuerySet[Listing]) -> QuerySet[Listing]:
    return found.select_related("party__person", "party__decision__court", "court")


def _claims(found: Cleared, key: str, now: datetime, mistaken: Mistaken | None) -> dict[str, Any]:
    person, listing = found.listing.party.person, found.listing
    stood = documents_of(listing)
    hers = stood.filter(digest__in=mistaken.digests) if mistaken else stood
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
