"""What a correction or a revision may change, field by field; who is listed is not among it.

A field belongs to the party, the person or the decision: a change of the person or the decision touches every listing
in force that shows it, and each of their recipients is told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, IntEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.actions import banning, citing, prohibition_changes
from registry.actions.acting import today
from registry.actions.applicable import has
from registry.actions.as_decided import examine_decided, examine_fine
from registry.actions.examining import refuse_certified_before
from registry.actions.findings import (
    MOST_DAYS,
    MOST_MONTHS,
    MOST_PROBATION_MONTHS,
    MOST_YUAN,
    Findings,
    examine_codes,
    refuse_amount,
    refuse_future,
)
from registry.actions.mistaking import mistaken
from registry.actions.person_changes import birth_date, further_document, spelling
from registry.actions.sentencing import examine_sentence_end, sentence_end
from registry.actions.unit_changes import new_name, registration
from registry.errors import (
    AmountImpossible,
    FieldMissing,
    ImpossibleDate,
    Malformed,
    NotCorrectable,
    NothingToChange,
    Text,
)
from registry.lifecycle import IN_FORCE
from registry.models import Listing, State

Check = Callable[[Any, str, Listing, date], Any]


class Owner(Enum):
    PARTY = "party"
    PERSON = "person"
    DECISION = "decision"
    PROHIBITIONS = "prohibitions"


class Days(IntEnum):
    """Which days of a listing are computed from a field; whoever moves the day of effect moves the term with it."""

    NONE = 0
    TERM = 1
    EFFECT = 2


@dataclass(frozen=True)
class Field:
    """One changeable field: whose it is, how a new value is checked, and in which acts it may change.

    ``told``: recipients see it, so a change of it is an event.
    """

    name: str
    label: Text
    owner: Owner
    check: Check
    acts: tuple[str, ...]
    told: bool = True
    days: Days = Days.NONE


def _article(value: Any, name: str, listing: Listing, day: date) -> Any:
    decision = listing.party.decision
    return citing.article(str(_needed(value, name)), kind=decision.kind, authority=decision.authority)


def _charge(value: Any, name: str, listing: Listing, day: date) -> Any:
    return citing.charge(str(_needed(value, name)), kind=listing.party.decision.kind)


def _facts(value: Any, name: str, listing: Listing, day: date) -> Any:
    if not isinstance(value, list):
        raise Malformed(name)
    findings = Findings()
    examine_codes(name, map(str, value), findings)
    findings.settle()
    return sorted(set(map(str, value)))


def _whole(label: Text, most: int) -> Check:
    def check(value: Any, name: str, listing: Listing, day: date) -> Any:
        if not isinstance(value, int) or isinstance(value, bool):
            raise AmountImpossible(name, name=label, least=0, most=most)
        refuse_amount(name, label, value, most)
        return value

    return check


def _needed(value: Any, name: str) -> Any:
    if value in (None, ""):
        raise FieldMissing(name, name=FIELDS[name].label)
    return value


def _reported(value: Any, name: str, listing: Listing, day: date) -> Any:
    """A day of which nothing may be known (any more): it was reported by mistake, or the parole was revoked (CL 86)."""
    return None if value in (None, "") else _day(value, name, listing, day)


def _day(value: Any, name: str, listing: Listing, day: date) -> Any:
    try:
        parsed = date.fromisoformat(str(_needed(value, name)))
    except ValueError:
        raise ImpossibleDate(name) from None
    refuse_future(parsed, name, day)
    return parsed.isoformat()


def _sentence_end(value: Any, name: str, listing: Listing, day: date) -> Any:
    return None if value in (None, "") else sentence_end(str(value), listing, day)


def _certified(value: Any, name: str, listing: Listing, day: date) -> Any:
    certified: str = _day(value, name, listing, day)
    refuse_certified_before(date.fromisoformat(certified), listing.party.decision.pronounced_on)
    return certified


def _starts(check: Check) -> Check:
    """A day of each prohibition."""

    def checked(value: Any, name: str, listing: Listing, day: date) -> Any:
        held: dict[str, Any] = current(listing, name)
        days = prohibition_changes.values_of(value, name, held)
        found = {
            each: one(typed, prohibition_changes.field_of(name, each), listing, day) for each, typed in days.items()
        }
        return {**held, **found}

    def one(value: Any, name: str, listing: Listing, day: date) -> Any:
        first = check(value, name, listing, day)
        if first is not None:
            pronounced_on = listing.party.decision.pronounced_on
            banning.refuse_start(date.fromisoformat(first), name, pronounced_on=pronounced_on, today=day)
        return first

    return checked


def _ordered(value: Any, name: str, listing: Listing, day: date) -> Any:
    """A day that the decision may have ordered, and so one that is still to come."""
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ImpossibleDate(name) from None


_CORRECT, _BOTH, _REVISE = ("correct",), ("correct", "revise"), ("revise",)


def _length(name: str, label: Text, most: int, acts: tuple[str, ...]) -> Field:
    return Field(name, label, Owner.PARTY, _whole(label, most), acts, days=Days.TERM)


def _decided(name: str, label: Text, most: int) -> Field:
    """What the decision said, where it was revised since; counted in the court's report and told to nobody."""
    return Field(name, label, Owner.PARTY, _whole(label, most), _CORRECT, told=False)


def _start(name: str, label: Text, check: Check, acts: tuple[str, ...]) -> Field:
    return Field(name, label, Owner.PROHIBITIONS, _starts(check), acts, days=Days.TERM)


_ROWS = (
    Field("name", _("name (spelling)"), Owner.PERSON, spelling, _CORRECT),
    Field("birth_date", _("birth date"), Owner.PERSON, birth_date, _CORRECT, told=False),
    Field("document", _("further document"), Owner.PERSON, further_document, _REVISE),
    Field("new_name", _("new name"), Owner.PERSON, new_name, _REVISE),
    Field("registration", _("registration of the unit"), Owner.PERSON, registration, _REVISE),
    Field("mistaken", _("number entered by mistake"), Owner.PERSON, mistaken, ("mark_mistaken",), told=False),
    Field("facts", _("facts found"), Owner.DECISION, _facts, _CORRECT),
    Field("effect_certified_on", _("certificate of effect"), Owner.DECISION, _certified, _CORRECT, days=Days.EFFECT),
    Field("charge", _("charge"), Owner.PARTY, _charge, _CORRECT),
    Field("article", _("article"), Owner.PARTY, _article, _CORRECT),
    Field("received_on", _("received on"), Owner.PARTY, _day, _CORRECT, days=Days.EFFECT),
    _length("sentence_months", _("sentence in months"), MOST_MONTHS, _BOTH),
    _length("probation_months", _("probation in months"), MOST_PROBATION_MONTHS, _BOTH),
    _length("custody_credited_days", _("custody in days"), MOST_DAYS, _CORRECT),
    Field("fine_yuan", _("fine in yuan"), Owner.PARTY, _whole(_("fine in yuan"), MOST_YUAN), _BOTH),
    _decided("sentence_months_before", _("sentence in months, as the decision said it"), MOST_MONTHS),
    _decided("probation_months_before", _("probation in months, as the decision said it"), MOST_PROBATION_MONTHS),
    _decided("fine_yuan_before", _("fine in yuan, as the decision said it"), MOST_YUAN),
    Field(
        "sentence_ends_on",
        _("sentence ends on, by the execution order"),
        Owner.PARTY,
        _sentence_end,
        _BOTH,
        days=Days.TERM,
    ),
    Field("released_on", _("released on"), Owner.PARTY, _reported, _BOTH, days=Days.TERM),
    Field(
        prohibition_changes.NAME,
        _("employment prohibitions"),
        Owner.PROHIBITIONS,
        prohibition_changes.examine_ordered,
        _BOTH,
        days=Days.TERM,
    ),
    _start("starts_on", _("start as ordered"), _ordered, _CORRECT),
    _start("start_reported", _("start as reported"), _reported, _BOTH),
)

FIELDS: dict[str, Field] = {row.name: row for row in _ROWS}

# Of these there is no value that a new one would replace: each comes to what is there.
_ADDED = {"document", "new_name", "registration", "mistaken"}
_DATES = {"effect_certified_on", "received_on", "sentence_ends_on", "released_on"}


def fields_of(act_name: str) -> list[Field]:
    """What a form for this act offers."""
    return [row for row in _ROWS if act_name in row.acts]


def examine_changes(act_name: str, listing: Listing, changes: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The changes in canonical form, only those that differ; none only in a correction of days that are in doubt, which
    computes them anew. Raises what is wrong with them.
    """
    if not fields_of(act_name):
        if changes:
            raise NotCorrectable("changes", name=", ".join(changes))
        return {}
    sound = {}
    for name, value in changes.items():
        row = FIELDS.get(name)
        if row is None or act_name not in row.acts or not has(listing, name):
            raise NotCorrectable(name, name=row.label if row else name[:40])
        checked, held = row.check(value, name, listing, today(now)), current(listing, name)
        if checked != held:
            sound[name] = prohibition_changes.differing(checked, held) if row.owner is Owner.PROHIBITIONS else checked
    if not sound and not (act_name == "correct" and listing.days_differ_since):
        raise NothingToChange
    examine_decided(listing, sound)
    examine_fine(act_name, listing, sound)
    examine_sentence_end(act_name, listing, sound)
    return sound


def current(listing: Listing, name: str) -> Any:
    """The field's value now, as JSON; None for what is only ever added."""
    party = listing.party
    if name in _ADDED:
        return None
    if name == "name":
        return party.person.name
    if name == "birth_date":
        return party.person.birth_date.isoformat() if party.person.birth_date else None
    if FIELDS[name].owner is Owner.PROHIBITIONS:
        return prohibition_changes.held(party, name)
    value = getattr(party.decision if FIELDS[name].owner is Owner.DECISION else party, name)
    return value.isoformat() if isinstance(value, date) else value


def of_decision(listing: Listing, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What stands now in place of those changes that are the decision's: they may be amended beside it, and no version tells."""
    return {name: current(listing, name) for name in changes if FIELDS[name].owner is Owner.DECISION}


def touched(listing: Listing, changes: Mapping[str, Any], states: Collection[State] = IN_FORCE) -> list[int]:
    """Ids of the listings in force that a recipient would see differently, this one included. ``states``: of those that take effect
    meanwhile, too.
    """
    owners = {FIELDS[name].owner for name in changes}
    ids = {listing.pk}
    standing = Listing.objects.filter(state__in=states)
    if Owner.PERSON in owners:
        ids |= set(standing.filter(party__person=listing.party.person_id).values_list("pk", flat=True))
    if Owner.DECISION in owners:
        ids |= set(standing.filter(party__decision=listing.party.decision_id).values_list("pk", flat=True))
    return sorted(ids)


def tells(changes: Mapping[str, Any]) -> bool:
    """Whether a recipient would see any of it; a withdrawal or reinstatement changes no field and is always told."""
    return not changes or any(FIELDS[name].told for name in changes)


def parsed(name: str, value: Any) -> Any:
    """The new value as its row keeps it."""
    return date.fromisoformat(value) if value and name in _DATES else value
