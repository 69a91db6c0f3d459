"""Finding the persons of many parties in one question: by document digest alone, never by name, as for one party."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from registry.actions.identifying import SoundDocument, SoundPerson
from registry.actions.people import others_of, refuse_another, refuse_further
from registry.errors import SameNumberOtherName
from registry.models import FormerName, IdentityDocument, Person
from registry.models.people import name_digest
from registry.storing import new_row, store


@dataclass(kw_only=True)
class Found:
    """``is_new``: nobody was entered under any of the documents; ``documents`` and ``former_names`` the book lacks; ``said`` are
    documents that it has from drafts alone.
    """

    person: Person
    is_new: bool = False
    documents: list[IdentityDocument] = field(default_factory=list)
    former_names: list[FormerName] = field(default_factory=list)
    said: list[IdentityDocument] = field(default_factory=list)


class Persons:
    """Who holds which document in the book; ``remember``: and among those found before, who are going to be stored."""

    def __init__(self, held: Iterable[IdentityDocument], remember: bool) -> None:
        self._remember = remember
        self._new = set[UUID]()
        self._held = {bytes(document.digest): document for document in held}
        self._holders = {digest: document.person for digest, document in self._held.items()}
        persons = {person.pk for person in self._holders.values()}
        self._in_the_book = set(others_of(*persons).values_list("party__person", flat=True)) if persons else set()

    @classmethod
    def known(cls, sounds: Iterable[SoundPerson], *, remember: bool) -> Persons:
        digests = {digest for sound in sounds for digest in digests_of(sound)}
        held = IdentityDocument.at_the_desk.filter(digest__in=digests).select_related("person")
        return cls(held.prefetch_related("person__documents", "person__former_names"), remember)

    def find(self, sound: SoundPerson) -> Found:
        """Raises as `people.person_for`: two holders of one number, or one holder under two names, are never merged."""
        digests = [each.digests for each in sound.documents]
        holders = [next((self._holders[one] for one in every if one in self._holders), None) for every in digests]
        if len({person.pk for person in holders if person is not None}) > 1:
            raise SameNumberOtherName("documents.0.number")
        person = next((each for each in holders if each is not None), None)
        if person is None:
            found = Found(person=_new_person(sound, whole=self._remember), is_new=True)
            self._new.add(found.person.pk)
        else:
            refuse_another(person, sound)
            if person.pk in self._in_the_book:
                refuse_further(person, sound, holders)
            found = Found(person=person)
        # Who is new comes with a decision before this one, which says nothing of what this one adds: it is written after that one.
        if self._remember and (found.is_new or found.person.pk not in self._new):
            self._say(found, digests)
            self._add_documents(found, sound, digests, holders)
            _add_former_names(found, sound)
        return found

    def _say(self, found: Found, digests: list[list[bytes]]) -> None:
        rows = {self._held[one].pk: self._held[one] for every in digests for one in every if one in self._held}
        found.said = [row for row in rows.values() if row.drafts is not None]
        if found.said:
            prefetched(found.person, "documents", [*found.person.documents.all(), *found.said])

    def _add_documents(
        self, found: Found, sound: SoundPerson, digests: list[list[bytes]], holders: list[Person | None]
    ) -> None:
        for each, every, holder in zip(sound.documents, digests, holders, strict=True):
            if holder is not None or any(digest in self._holders for digest in every):
                continue
            entry = each.entry
            row = new_row(
                IdentityDocument,
                person=found.person,
                type=entry.type,
                issuer=entry.issuer,
                valid_from=entry.valid_from,
                valid_to=entry.valid_to,
            )
            row.number = each.number
            found.documents.append(row)
            self._holders.update(dict.fromkeys(every, found.person))
        if found.documents:
            prefetched(found.person, "documents", [*found.person.documents.all(), *found.documents])


class CorrectedBirths:
    """As `people.corrected_birth`, in one question for all: they are few."""

    def __init__(self) -> None:
        held = IdentityDocument.at_the_desk.filter(person__birth_date_corrected=True).select_related("person")
        self._holders = {bytes(document.digest): document.person for document in held}

    def __call__(self, documents: Iterable[SoundDocument]) -> date | None:
        if not self._holders:
            return None
        digests = (digest for each in documents for digest in each.digests)
        holder = next((self._holders[digest] for digest in digests if digest in self._holders), None)
        return holder.birth_date if holder else None


def digests_of(sound: SoundPerson | None) -> list[bytes]:
    """Of all its documents, under every readable key."""
    if sound is None:
        return []
    return [digest for each in sound.documents for digest in each.digests]


def store_found(found: Mapping[int, Found]) -> None:
    """By the key of the party that says it: it counts once that one is in force (`drafted.prove`)."""
    for party, each in found.items():
        for document in each.documents:
            document.drafts = [party]
        for name in each.former_names:
            name.drafts = [party]
        for known in each.said:
            known.drafts = [*(known.drafts or ()), party]
            known.save(update_fields=["drafts"])
    store([each.person for each in found.values() if each.is_new])
    store([row for each in found.values() for row in each.documents])
    store([row for each in found.values() for row in each.former_names])


def prefetched(row: Any, name: str, rows: list[Any]) -> None:
    """What ``row``'s relation holds, so that nothing asks the database for what is not in it yet."""
    cache: dict[str, list[Any]] = row.__dict__.setdefault("_prefetched_objects_cache", {})
    cache[name] = rows


def _new_person(sound: SoundPerson, *, whole: bool) -> Person:
    """``whole`` False: it is never stored, so nothing is sealed for it."""
    person = new_row(Person, kind=sound.kind)
    if not whole:
        return person
    person.name = sound.name
    person.birth_date = sound.birth_date
    for name in ("documents", "former_names", "unit_changes"):
        prefetched(person, name, [])
    return person


def _add_former_names(found: Found, sound: SoundPerson) -> None:
    said = set[bytes]()
    for name in sound.former_names:
        if found.person.is_called(name) or name_digest(name) in said:
            continue
        said.add(name_digest(name))
        row = FormerName(person=found.person)
        row.name = name
        found.former_names.append(row)
    if found.former_names:
        prefetched(found.person, "former_names", [*found.person.former_names.all(), *found.former_names])
