"""How a proposed change is written once two officers want it: into the rows that it belongs to, under their locks.

What it may be, `registry.actions.changing` says; versions and events are the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from registry.actions import prohibition_changes
from registry.actions.acting import today
from registry.actions.as_decided import REMEMBERED
from registry.actions.changing import FIELDS, Owner, examine_changes, parsed
from registry.actions.mistaking import mark
from registry.actions.people import add_document, hold_persons
from registry.actions.person_changes import document_in
from registry.actions.sealing import shown_birth_date
from registry.models import Decision, FormerName, Listing, Party, Person
from registry.models.people import name_digests


def hold_and_examine(
    act_name: str, listing: Listing, changes: Mapping[str, Any], now: datetime, reached: Sequence[Listing]
) -> None:
    """Once more, under locks, what was examined when it was proposed: the book and the lists moved on since. ``reached``: by the
    change; whom they are about is held at once, as several always are, or two acts would wait for each other.

    Raises as `examine_changes`, and nothing is written.
    """
    person = listing.party.person
    new = [document_in(value, person, name, today(now)) for name, value in changes.items() if name == "document"]
    hold_persons([person, *(row.party.person for row in reached)], new)
    examine_changes(act_name, listing, changes, now)


def apply_changes(act_name: str, listing: Listing, changes: Mapping[str, Any], now: datetime) -> None:
    """Write the changes to the rows they belong to; versions and events are the caller's."""
    if act_name == "revise":
        _remember(listing.party, changes)
    for name, value in changes.items():
        owner = FIELDS[name].owner
        if owner is Owner.PROHIBITIONS:
            prohibition_changes.write(listing.party, name, value)
        elif name == "document":
            add_document(listing.party.person, document_in(value, listing.party.person, name, today(now)))
            _was_born(listing.party.person, shown_birth_date(changes))
        elif name == "birth_date":
            _was_born(listing.party.person, shown_birth_date(changes))
        elif name == "name":
            _rename(listing.party.person, value, misspelt=True)
        elif name == "new_name":
            _rename(listing.party.person, value["name"], misspelt=False)
        elif name == "mistaken":
            mark(value, now)
        elif name == "registration":
            continue  # it stands in the history of the unit, which the caller writes
        else:
            owning = listing.party.decision if owner is Owner.DECISION else listing.party
            setattr(owning, name, parsed(name, value))
            owning.save(update_fields=[name])
    if any(FIELDS[name].owner is Owner.DECISION for name in changes):
        _was_amended(listing.party.decision)


def _was_amended(decision: Decision) -> None:
    """The sheet that a clerk has open beside a draft shows what stood before, and is refused."""
    decision.revision += 1
    decision.save(update_fields=["revision"])


def _remember(party: Party, changes: Mapping[str, Any]) -> None:
    """What the decision said before the first revision: revising adds and does not negate it."""
    first = [name for name in REMEMBERED if name in changes and getattr(party, f"{name}_before") is None]
    for name in first:
        setattr(party, f"{name}_before", getattr(party, name))
    if first:
        party.save(update_fields=[f"{name}_before" for name in first])


def _was_born(person: Person, birth: date | None) -> None:
    """It stands from now on, and what is entered later is compared with it and not with what a number tells."""
    if birth not in (None, person.birth_date):
        person.birth_date, person.birth_date_corrected = birth, True
        person.save(update_fields=["birth_date_sealed", "birth_date_corrected"])


def _rename(person: Person, name: str, *, misspelt: bool) -> None:
    """What it was called before stays known, so a question asked under it still finds the person; a spelling that was
    wrong is no former name.
    """
    former = person.former_names.filter(name_digest__in=name_digests(person.name)).first()
    if former is None:
        former = FormerName(person=person, misspelt=misspelt)
        former.name = person.name
        former.save(force_insert=True)
    elif former.misspelt and not misspelt:
        former.misspelt = False
        former.save(update_fields=["misspelt"])
    person.name = name
    person.save(update_fields=["name_sealed", "name_digest"])
