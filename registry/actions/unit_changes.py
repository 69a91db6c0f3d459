"""What becomes of a unit after it was entered: a new name, a merger, its end; and who represents it.

A new name, and what became of the registration, are revisions (`registry.actions.changing`): two officers, and every
recipient is told. Who represents the unit is recorded by one clerk and told to nobody. Nobody is ever listed in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from registry import identity, units
from registry.actions.acting import admit, lock, perform, today
from registry.actions.findings import refuse_future
from registry.actions.identifying import called, document
from registry.entries import DocumentEntry
from registry.errors import (
    ChangeBeforeDecision,
    ChangesOutOfOrder,
    FieldMissing,
    ImpossibleDate,
    Malformed,
    NameUnchanged,
    NotAUnit,
    NothingToChange,
    SuccessorImpossible,
    SuccessorsDoNotFit,
    UnitEnded,
    UnitHasNotEnded,
    UnknownCode,
)
from registry.lifecycle import ACTS
from registry.models import Listing, Officer, Person, PersonKind, UnitChange, UnitChangeKind

GROUND_LEAST, GROUND_MOST = 2, 100
SUCCESSORS_MOST = 20
WITH_SUCCESSORS = (UnitChangeKind.MERGED, UnitChangeKind.DIVIDED)
# A judgment names the unit as it is called, and sentences none that is no more; a merger, a division or a lost licence
# during the trial does not end the trial (Interp. 344, 345).
_NOT_BEFORE_THE_DECISION = (UnitChangeKind.RENAMED, UnitChangeKind.DEREGISTERED)


def new_name(value: Any, name: str, listing: Listing, day: date) -> dict[str, str]:
    """{"name", "since"}, in canonical form: the legal name from that day on, of a unit or of a natural person."""
    person = listing.party.person
    typed = _members(value, {"name", "since"}, name)
    new = called(str(typed["name"]), name)
    if identity.name_form(new) == identity.name_form(person.name):
        raise NameUnchanged(name)
    since = _since(typed["since"], UnitChangeKind.RENAMED, person, day)
    if units.is_unit(person):
        _refuse_ended(person)
        _refuse_out_of_order(person, since, {UnitChangeKind.RENAMED})
    return {"name": new, "since": since.isoformat()}


def registration(value: Any, name: str, listing: Listing, day: date) -> dict[str, Any]:
    """{"kind", "since", "successors"}, in canonical form: what became of a unit's registration."""
    unit = _unit_of(listing)
    typed = _members(value, {"kind", "since", "successors"}, name)
    kind = _kind(typed["kind"])
    since = _since(typed["since"], kind, unit, day)
    _refuse_out_of_turn(unit, kind)
    _refuse_out_of_order(unit, since, units.OF_REGISTRATION)
    successors = _successors(typed["successors"], kind, unit, day)
    return {"kind": kind.value, "since": since.isoformat(), "successors": successors}


def keep_changes(person: Person, content: Mapping[str, Any], *, officer: Officer, now: datetime) -> None:
    """Write down what a proposal that is being carried out changes of a unit. ``content``: the proposal's own."""
    if not units.is_unit(person):
        return
    changes, ground = content["changes"], content["ground"]
    if "new_name" in changes:
        told = changes["new_name"]
        _keep(person, UnitChangeKind.RENAMED, told["since"], {"name": told["name"]}, ground, officer, now)
    if "registration" in changes:
        told = changes["registration"]
        _keep(person, told["kind"], told["since"], {"successors": told["successors"]}, ground, officer, now)


def record_representative(
    listing_id: int,
    *,
    name: str,
    since: date,
    ground: str,
    document_type: str = "",
    document_number: str = "",
    officer: Officer,
    now: datetime,
) -> None:
    """Write down who represents the unit since that day. Nobody outside is told, and the version stays.

    ``ground``: the number of the registration document. The document may be left out whole. NotAUnit, NameShape, the refusals of
    `registry.identity`, ImpossibleDate, FieldMissing, UnitEnded, NothingToChange.
    """
    with transaction.atomic():
        (listing,) = lock([listing_id])
        admit(ACTS["record_representative"], officer, [listing])
        unit = _unit_of(listing)
        content = {"name": identity.canonical_name(name), **_document(document_type, document_number, today(now))}
        sound = _since(since.isoformat(), UnitChangeKind.REPRESENTATIVE, unit, today(now))
        shown_by = _ground(ground)
        _refuse_ended(unit)
        standing = units.representative(unit)
        if standing is not None and (standing.content, standing.since) == (content, sound):
            raise NothingToChange
        perform("record_representative", [listing], officer=officer, now=now)
        _keep(unit, UnitChangeKind.REPRESENTATIVE, sound.isoformat(), content, shown_by, officer, now)


def carry_over(before: Person, after: Person) -> None:
    """A draft that is amended gets its unit anew: what was recorded of it before is written down of the new row."""
    for row in units.changes_of(before):
        _keep(after, row.kind, row.since.isoformat(), row.content, row.ground, row.officer, row.at)


def refuse_not_ended(listing: Listing) -> None:
    """Raise `NotAUnit` or `UnitHasNotEnded` where a listing is to be withdrawn because the unit has ended."""
    if not units.registration(_unit_of(listing, "cause")).has_ended:
        raise UnitHasNotEnded("cause")


def _unit_of(listing: Listing, field: str = "") -> Person:
    if not units.is_unit(listing.party.person):
        raise NotAUnit(field)
    return listing.party.person


def _members(value: Any, names: set[str], field: str) -> Mapping[str, Any]:
    if not isinstance(value, dict) or set(value) != names:
        raise Malformed(field)
    return value


def _kind(value: Any) -> UnitChangeKind:
    if value not in units.OF_REGISTRATION:
        raise UnknownCode("kind", value=str(value)[:40], list=_("what happened"))
    return UnitChangeKind(value)


def _since(value: Any, kind: UnitChangeKind, person: Person, day: date) -> date:
    if not value:
        raise FieldMissing("since", name=_("since"))
    try:
        since = date.fromisoformat(str(value))
    except ValueError:
        raise ImpossibleDate("since") from None
    refuse_future(since, "since", day)
    decisions = Listing.including_sealed.filter(party__person=person)
    first = decisions.aggregate(first=Min("party__decision__pronounced_on"))["first"]
    if kind in _NOT_BEFORE_THE_DECISION and since < first:
        raise ChangeBeforeDecision("since", day=first.isoformat())
    return since


def _refuse_ended(unit: Person) -> None:
    found = units.registration(unit)
    if found.has_ended and found.since is not None:
        raise UnitEnded(day=found.since.isoformat())


def _refuse_out_of_turn(unit: Person, kind: UnitChangeKind) -> None:
    found = units.registration(unit)
    if kind == UnitChangeKind.RESTORED:
        if found.status in (units.RegistrationStatus.REGISTERED, units.RegistrationStatus.DIVIDED):
            raise UnitHasNotEnded("kind")
        return
    _refuse_ended(unit)
    if kind == UnitChangeKind.LICENCE_REVOKED and found.status == units.RegistrationStatus.LICENCE_REVOKED:
        raise NothingToChange("kind")


def _refuse_out_of_order(unit: Person, since: date, kinds: set[UnitChangeKind] | frozenset[str]) -> None:
    last = max((row.since for row in units.changes_of(unit) if row.kind in kinds), default=since)
    if since < last:
        raise ChangesOutOfOrder("since", day=last.isoformat())


def _successors(value: Any, kind: UnitChangeKind, unit: Person, day: date) -> list[dict[str, str]]:
    if not isinstance(value, list) or len(value) > SUCCESSORS_MOST:
        raise Malformed("successors.0.name")
    if bool(value) != (kind in WITH_SUCCESSORS):
        raise SuccessorsDoNotFit("successors.0.name")
    taken = {row.number for row in unit.documents.all()}
    return [_successor(each, f"successors.{place}", taken, day) for place, each in enumerate(value)]


def _successor(value: Any, place: str, taken: set[str], day: date) -> dict[str, str]:
    """``taken``: codes that it may not have; its own is added."""
    typed = _members(value, {"name", "code"}, f"{place}.name")
    name = called(str(typed["name"]), f"{place}.name")
    code = identity.canonical("uscc", str(typed["code"]), today=day, field=f"{place}.code")
    if code in taken:
        raise SuccessorImpossible(f"{place}.code")
    taken.add(code)
    return {"name": name, "code": code}


def _document(document_type: str, document_number: str, day: date) -> dict[str, str]:
    if not document_number.strip():
        return {}
    sound = document(
        DocumentEntry(type=document_type, number=document_number),
        kind=PersonKind.NATURAL,
        today=day,
        type_field="document_type",
        number_field="document_number",
    )
    return {"document_type": document_type, "document_number": sound.number}


def _ground(typed: str) -> str:
    words = " ".join(typed.split())
    if not GROUND_LEAST <= len(words) <= GROUND_MOST:
        raise FieldMissing("ground", name=_("number of the registration document"))
    return words


def _keep(
    unit: Person, kind: str, since: str, content: dict[str, Any], ground: str, officer: Officer, now: datetime
) -> None:
    row = UnitChange(unit=unit, kind=kind, since=date.fromisoformat(since), officer=officer, at=now)
    row.content, row.ground = content, ground
    row.save()
