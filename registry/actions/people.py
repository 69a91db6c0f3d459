"""Finding or storing the person of a party: by document digest alone, never by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from registry import identity
from registry.actions import drafted
from registry.actions.acting import hold_digests
from registry.actions.identifying import SoundDocument, SoundPerson
from registry.actions.purging import forget_changes, forget_files, forget_said
from registry.errors import (
    BirthDatesDiffer,
    DocumentHeld,
    FurtherDocument,
    FurtherFormerName,
    KindDiffers,
    SameNumberOtherName,
)
from registry.keys import digest_keys
from registry.models import FormerName, IdentityDocument, Listing, Person, PersonKind, State
from registry.models.people import name_digests


def find_document(type_code: str, canonical_number: str) -> IdentityDocument | None:
    """The document with this number under any readable digest key, also one that drafts alone say; none that was entered by mistake."""
    digests = _digests(type_code, canonical_number)
    return IdentityDocument.at_the_desk.filter(digest__in=digests).select_related("person").first()


def entered_under(type_code: str, canonical_number: str) -> list[IdentityDocument]:
    """Of who has the number, and of those for whom it was entered by mistake."""
    digests = _digests(type_code, canonical_number)
    rows = IdentityDocument.including_mistaken.filter(digest__in=digests).select_related("person")
    return list(rows.order_by("mistaken_at"))


def corrected_birth(documents: Iterable[SoundDocument]) -> date | None:
    """The birth date of who bears one of these documents, where it was corrected; None of everybody else."""
    digests = [digest for each in documents for digest in _digests(each.entry.type, each.number)]
    held = IdentityDocument.at_the_desk.filter(digest__in=digests, person__birth_date_corrected=True)
    document = held.select_related("person").first()
    return document.person.birth_date if document else None


def person_for(sound: SoundPerson, *, amended: Listing | None = None) -> Person:
    """The person who holds one of the documents, or a new one. ``amended``: the draft that is entered anew. What the book lacked of
    it is said by drafts alone: `drafted.say` it for the party.

    Two holders of one number, or one holder under two names, are an alarm for the clerk, never a merge:
    raises `SameNumberOtherName`, `KindDiffers`, `BirthDatesDiffer`; and as `refuse_further`.
    """
    hold_digests(digest for each in sound.documents for digest in _digests(each.entry.type, each.number))
    known = [find_document(each.entry.type, each.number) for each in sound.documents]
    holders = {document.person_id: document.person for document in known if document is not None}
    if len(holders) > 1:
        raise SameNumberOtherName("documents.0.number")
    person = next(iter(holders.values()), None)
    if person is None:
        person = _new_person(sound)
    else:
        refuse_another(person, sound)
        if others_of(person.pk, but=amended).exists():
            refuse_further(person, sound, known)
    new = {
        identity.key_form(each.entry.type, each.number): each
        for each, document in zip(sound.documents, known, strict=True)
        if document is None
    }
    for each in new.values():
        add_document(person, each, drafts=[])
    _add_former_names(person, sound)
    return person


def others_of(*persons: UUID, but: Listing | None = None) -> QuerySet[Listing]:
    """What else these are in the book with. Where all of it is sealed there is nothing, and nobody learns of it."""
    rows = Listing.objects.filter(party__person__in=persons).exclude(state=State.PURGED)
    return rows if but is None else rows.exclude(pk=but.pk)


def bears_one_of(person: Person, sound: SoundPerson) -> bool:
    """Whether one of these documents is the person's already."""
    typed = [digest for each in sound.documents for digest in _digests(each.entry.type, each.number)]
    return IdentityDocument.at_the_desk.filter(person=person, digest__in=typed).exists()


def add_document(person: Person, sound: SoundDocument, *, drafts: list[int] | None = None) -> IdentityDocument:
    """``drafts`` None: two officers stand behind it."""
    entry = sound.entry
    document = IdentityDocument(
        person=person,
        type=entry.type,
        issuer=entry.issuer,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        drafts=drafts,
    )
    document.number = sound.number
    document.save(force_insert=True)
    return document


def refuse_held(person: Person, sound: SoundDocument, field: str) -> None:
    """Raise `DocumentHeld` where it is the person's already, `SameNumberOtherName` where it is another's."""
    held = find_document(sound.entry.type, sound.number)
    if held is None:
        return
    raise DocumentHeld(field) if held.person_id == person.pk else SameNumberOtherName(field)


def hold_persons(persons: Iterable[Person], documents: Iterable[SoundDocument] = ()) -> None:
    """Nobody else enters or ends anything under their documents, nor under those that are about to be entered."""
    held = IdentityDocument.including_mistaken.filter(person__in=persons).values_list("digest", flat=True)
    new = (digest for each in documents for digest in _digests(each.entry.type, each.number))
    hold_digests([*map(bytes, held), *new])


def forget_party(listing: Listing) -> None:
    """The draft, its party, what was said about it, and the person where nobody else is entered under it; with the last
    party of a decision that is not purged, the content of its files.
    """
    party, person = listing.party, listing.party.person
    drafted.unsay(party, person)
    listing.delete()
    party.delete()
    forget_said([listing.number])
    if not Listing.including_sealed.filter(party__decision=party.decision_id).exclude(state=State.PURGED).exists():
        forget_files([party.decision_id])
    forget_if_unreferenced(person)


def forget_if_unreferenced(person: Person) -> None:
    """A person nobody is entered under any more leaves no trace; one who was purged everywhere else, as after the purge.

    Looked for once the documents are held: who is being entered under them meanwhile is seen, or comes after it as a new one.
    """
    hold_persons([person])
    if not person.parties.exists():
        forget_changes(person)
        person.delete()
    elif not Listing.including_sealed.filter(party__person=person).exclude(state=State.PURGED).exists():
        forget_changes(person)
        IdentityDocument.including_mistaken.filter(person=person).delete()
        FormerName.at_the_desk.filter(person=person).delete()
        Person.objects.filter(pk=person.pk).update(
            name_sealed=b"", name_digest=b"", birth_date_sealed=None, birth_date_corrected=False
        )


def _digests(type_code: str, canonical_number: str) -> list[bytes]:
    """The number's digest under each readable key."""
    return digest_keys().digests(identity.key_form(type_code, canonical_number))


def _new_person(sound: SoundPerson) -> Person:
    person = Person(kind=sound.kind)
    person.name = sound.name
    person.birth_date = sound.birth_date
    person.save(force_insert=True)
    return person


def refuse_another(person: Person, sound: SoundPerson) -> None:
    if person.kind != sound.kind:
        raise KindDiffers("kind")
    if not (person.is_called(sound.name) or _is_said_to_have_been(person, sound.name)):
        raise SameNumberOtherName("name")
    if person.birth_date != sound.birth_date:
        raise BirthDatesDiffer("birth_date")


def _is_said_to_have_been(person: Person, name: str) -> bool:
    """By a draft alone."""
    return FormerName.at_the_desk.filter(person=person, name_digest__in=name_digests(name)).exists()


def refuse_further(person: Person, sound: SoundPerson, holders: Sequence[object | None]) -> None:
    """What is found and told of a person is that of every listing of hers, and no draft takes it away again: so whoever enters one
    adds nothing to it. Raises `FurtherDocument`, `FurtherFormerName`. ``holders``: by document, None where the book lacks it.
    """
    for place, holder in enumerate(holders):
        if holder is None:
            raise FurtherDocument(f"documents.{place}.number")
    if person.kind != PersonKind.UNIT:
        return  # his former names are told to nobody, and only confirm who bears the number
    for place, name in enumerate(sound.former_names):
        if not (person.is_called(name) or _is_said_to_have_been(person, name)):
            raise FurtherFormerName(f"former_names.{place}")


def _add_former_names(person: Person, sound: SoundPerson) -> None:
    for name in sound.former_names:
        if not (person.is_called(name) or _is_said_to_have_been(person, name)):
            row = FormerName(person=person, drafts=[])
            row.name = name
            row.save(force_insert=True)
