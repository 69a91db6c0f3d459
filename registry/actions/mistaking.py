"""A number that was entered by mistake: the listing was withdrawn since somebody else was meant, or as entered in error, and its
number is another's.

Two officers mark it. Whoever bears it can be entered under it from then on; to the listing nothing else happens.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from registry.actions.causes import cause_of
from registry.errors import NoNumberKept, NotTheWrongPerson, NumberDisputed, NumberInUse
from registry.lifecycle import DESK, IN_FORCE
from registry.models import IdentityDocument, Listing
from registry.models.acts import IN_ERROR


def mistaken(value: Any, name: str, listing: Listing, day: date) -> Any:
    """The id of one document of the person. Raises `NoNumberKept`, `NotTheWrongPerson`, `NumberInUse`, `NumberDisputed`."""
    document = _held(value, listing)
    if document is None:
        raise NoNumberKept(name)
    if cause_of(listing) not in IN_ERROR:
        raise NotTheWrongPerson(name)
    entered = Listing.including_sealed.filter(party__person=document.person_id, state__in=(*DESK, *IN_FORCE))
    if entered.exists():
        raise NumberInUse(name)
    if _is_disputed(document):
        raise NumberDisputed(name)
    return str(document.pk)


def mark(document_id: str, now: datetime) -> None:
    """In a transaction that holds the person's documents and has examined it."""
    IdentityDocument.objects.filter(pk=document_id).update(mistaken_at=now)


def may_be_marked(listing: Listing) -> bool:
    """Whether a page offers it; the act asks for the rest."""
    return cause_of(listing) in IN_ERROR and listing.party.person.documents.exists()


def _held(value: Any, listing: Listing) -> IdentityDocument | None:
    try:
        key = UUID(str(value))
    except ValueError:
        return None
    return IdentityDocument.objects.filter(pk=key, person=listing.party.person_id).first()


def _is_disputed(document: IdentityDocument) -> bool:
    """Whether an objection about it is open. The room that keeps objections knows; the book knows its name from the settings."""
    is_disputed: Callable[[IdentityDocument], bool] = import_string(settings.REGISTRY_DISPUTED)
    return is_disputed(document)
