"""Whom the withdrawal of a wrong listing clears: whoever is listed, or who bears the number that was entered by mistake.

A mistyped number is somebody's, beside the name of the one who was meant. She is not found by number and name; but once her
objection that she is not the one was upheld by a withdrawal, the letter is hers, and names her alone.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from registry import identity as documents
from registry.borne import documents_of
from registry.errors import ClearedUnknown
from registry.keys import KeyUnknown, SealBroken, digest_keys
from registry.models import IdentityDocument, Listing, State
from sharing.employers.lookup import Subject
from sharing.persons.identity.proving import Identity
from sharing.persons.models import Follows, Objection, Part, Raiser
from sharing.recalls import clearing
from sharing.recalls.clearing import Cleared, Mistaken


def listings_of(subject: Subject) -> list[Listing]:
    """Those that were withdrawn since somebody else than this person was meant, by number."""
    named = clearing.cleared_listings(subject)
    return sorted([*named, *_by_number(subject, named)], key=lambda each: each.number)


def heard_of(subject: Subject) -> list[Cleared]:
    """The same, each with who had heard of it."""
    named = clearing.cleared_listings(subject)
    of_the_other = [clearing.cleared(each, asked_under=subject.digests) for each in _by_number(subject, named)]
    return sorted([*map(clearing.cleared, named), *of_the_other], key=lambda each: each.listing.number)


def as_mistaken(listing: Listing, identity: Identity, *, now: datetime, objection: str = "") -> Mistaken | None:
    """For the person on her own page; None: the listing names her. It is one of `listings_of` her."""
    subject = identity.subject(now)
    if listing in clearing.cleared_listings(subject):
        return None
    return Mistaken(name=identity.name, digests=subject.digests, objection=objection)


def mistaken_in(listing: Listing, *, now: datetime) -> Mistaken | None:
    """For an officer at the counter; None: whom the listing names. Raises `ClearedUnknown`, so that nobody is handed the letter of
    another.
    """
    for objection in _upheld().filter(listing=listing):
        hers = _said_in(objection)
        if hers is None and _bears_the_number(objection, listing):
            raise ClearedUnknown
        if hers is not None and listing in listings_of(hers.subject(now)):
            return as_mistaken(listing, hers, now=now, objection=objection.number)
    return None


def _said_in(objection: Objection) -> Identity | None:
    """Who she is, as she proved it. Who brought it for her is named beside her ("person"). None: what she said is not kept any
    more, or no key opens it: of the others the letter is made all the same.
    """
    try:
        content = objection.content
    except (KeyUnknown, SealBroken):
        return None
    name = content.get("person") or (content.get("name") if objection.raised_by == Raiser.PERSON else None)
    if not name or "document_number" not in content:
        return None
    document = {part: content[part] for part in ("document_type", "document_number")}
    return Identity(name=name, **document)


def _bears_the_number(objection: Objection, listing: Listing) -> bool:
    """Whether it is of somebody else, whose number the listing has."""
    if objection.of_person_listed:
        return False
    forms = [documents.key_form(each.type, each.number) for each in documents_of(listing)]
    return any(bytes(objection.subject_digest) in digest_keys().digests(form) for form in forms)


def _by_number(subject: Subject, named: list[Listing]) -> list[Listing]:
    hers = _upheld().filter(subject_digest__in=subject.digests, name_digest__in=subject.names)
    holders = IdentityDocument.including_mistaken.filter(digest__in=subject.digests, drafts=None).values("person")
    found = Listing.objects.filter(state=State.WITHDRAWN, party__person__in=holders, pk__in=hers.values("listing"))
    rows = found.exclude(pk__in=[each.pk for each in named])
    return [clearing.listing_numbered(each.number) for each in rows if clearing.is_cleared(each)]


def _upheld() -> QuerySet[Objection]:
    """Of those who said that they are not the one; it was to be withdrawn."""
    return Objection.objects.filter(part=Part.IDENTITY, steps__follows=Follows.WITHDRAW).distinct()
