"""What a correction or a revision may say of a person: another spelling, another birth date, a further document.

Each is one field of `registry.actions.changing`: the value as typed or as proposed → the value in canonical form.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry import identity
from registry.actions.identifying import SoundDocument, called, document
from registry.actions.people import refuse_held
from registry.actions.sealing import young
from registry.entries import DocumentEntry
from registry.errors import BirthDatesDiffer, FieldMissing, ImpossibleDate, Malformed, OffenceBeforeBirth
from registry.models import Listing, Person


def spelling(value: Any, name: str, listing: Listing, day: date) -> Any:
    return called(str(value), name)


def document_in(value: Any, person: Person, name: str, day: date) -> SoundDocument:
    """A further document of a person, from {"type", "number"} as typed or as proposed. Raises as `identifying.document`."""
    if not isinstance(value, dict) or set(value) != {"type", "number"}:
        raise Malformed(name)
    typed = DocumentEntry(type=str(value["type"]), number=str(value["number"]))
    return document(typed, kind=person.kind, today=day, type_field=name, number_field=name)


def further_document(value: Any, name: str, listing: Listing, day: date) -> Any:
    """A further document of the same person, for example a renewed passport: {"type", "number"}.

    One that shows an age that seals is proposed; but what a correction of the birth date decided, no document unsettles.
    """
    person = listing.party.person
    sound = document_in(value, person, name, day)
    refuse_held(person, sound, name)
    told = identity.birth_date(sound.entry.type, sound.number)
    if told not in (None, person.birth_date) and (person.birth_date_corrected or not young(person, told)):
        raise BirthDatesDiffer(name)
    return {"type": sound.entry.type, "number": sound.number}


def birth_date(value: Any, name: str, listing: Listing, day: date) -> Any:
    """Whoever is young by it is sealed when it is carried out, and nothing is corrected (`registry.actions.sealing`)."""
    person = listing.party.person
    if value in (None, ""):
        raise FieldMissing(name, name=_("birth date"))
    try:
        birth = date.fromisoformat(str(value))
    except ValueError:
        raise ImpossibleDate(name) from None
    if birth.year < identity.EARLIEST_BIRTH_YEAR or birth > day:
        raise ImpossibleDate(name)
    offences = Listing.objects.filter(party__person=person).values_list("party__offence_dates", flat=True)
    if any(offence < birth for days in offences for offence in days):
        raise OffenceBeforeBirth(name)
    return birth.isoformat()
