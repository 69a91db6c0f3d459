"""What a draft says of its person: a document or a former name is told to nobody before a listing is in force whose draft said it,
and goes with the last draft that does. What was approved and waits may be stopped, and then counts for nothing.

Called in transactions that hold the person's documents (`people.hold_persons`), so that of a listing that takes effect and an
amendment at the same moment the second sees the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from registry.actions.identifying import SoundPerson
from registry.models import FormerName, IdentityDocument, Listing, Party, Person
from registry.models.people import name_digests

Row = IdentityDocument | FormerName


def say(party: Party, sound: SoundPerson) -> None:
    """The draft says these documents and names, too; what is in force is not its own."""
    for row in _of_drafts(party.person):
        if _is_said(row, sound) and party.pk not in _drafts(row):
            _keep(row, [*_drafts(row), party.pk])


def unsay(party: Party, person: Person, but: SoundPerson | None = None) -> None:
    """Whatever no other draft says is destroyed. ``but``: what the draft goes on saying."""
    for row in _of_drafts(person):
        if party.pk in _drafts(row) and (but is None or not _is_said(row, but)):
            _keep(row, [each for each in _drafts(row) if each != party.pk])


def leaves_out(person: Person, sound: SoundPerson) -> bool:
    """Whether a document or a former name that counts, since a listing took effect that said it, is not said here."""
    approved: list[Row] = [*person.documents.all(), *person.former_names.filter(misspelt=False)]
    return not all(_is_said(row, sound) for row in approved)


def unproved(listings: Sequence[Listing]) -> dict[int, list[IdentityDocument]]:
    """By the listing's key: the documents that its draft says, and behind which no approval stands; in the order of their types."""
    by_party = {row.party_id: row.pk for row in listings}
    found: dict[int, list[IdentityDocument]] = defaultdict(list)
    rows = IdentityDocument.at_the_desk.filter(drafts__overlap=list(by_party), person__in=_persons(listings))
    for row in rows.order_by("type", "pk"):
        for party in by_party.keys() & set(_drafts(row)):
            found[by_party[party]].append(row)
    return found


def prove(listings: Sequence[Listing]) -> None:
    """What they say was approved by a second officer, and they take effect."""
    if not listings:
        return
    said = {"drafts__overlap": [row.party_id for row in listings], "person__in": _persons(listings)}
    IdentityDocument.at_the_desk.filter(**said).update(drafts=None)
    FormerName.at_the_desk.filter(**said).update(drafts=None)


def documents_of(party: Party) -> list[IdentityDocument]:
    """Those that the draft's sheet shows: its own, and the approved ones of its person."""
    rows = IdentityDocument.at_the_desk.filter(person=party.person_id).order_by("type", "digest")
    return [row for row in rows if _is_shown(row, party)]


def former_names_of(party: Party) -> list[FormerName]:
    """As `documents_of`."""
    return [row for row in FormerName.at_the_desk.filter(person=party.person_id) if _is_shown(row, party)]


def _of_drafts(person: Person) -> list[Row]:
    documents = IdentityDocument.at_the_desk.filter(person=person).exclude(drafts=None)
    return [*documents, *FormerName.at_the_desk.filter(person=person).exclude(drafts=None)]


def _is_said(row: Row, sound: SoundPerson) -> bool:
    if isinstance(row, IdentityDocument):
        return any(bytes(row.digest) in each.digests for each in sound.documents)
    return any(bytes(row.name_digest) in name_digests(name) for name in sound.former_names)


def _is_shown(row: Row, party: Party) -> bool:
    return row.drafts is None or party.pk in row.drafts


def _keep(row: Row, drafts: list[int]) -> None:
    if not drafts:
        row.delete()
        return
    row.drafts = drafts
    row.save(update_fields=["drafts"])


def _drafts(row: Row) -> list[int]:
    return row.drafts or []


def _persons(listings: Collection[Listing]) -> set[UUID]:
    return {row.party.person_id for row in listings}
