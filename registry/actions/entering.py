"""Entering a decision once, and its parties one after another; amending and discarding drafts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from registry import assessment, units
from registry.actions import banning, circumstances, citing, drafted, together
from registry.actions.acting import admit, fetch_for_dates, hold_court, lock, need_reason, perform, record, today
from registry.actions.cases import file_with_decision
from registry.actions.departing import mark_what_they_held
from registry.actions.examining import examine_decision, examine_party, refuse_before_offence
from registry.actions.identifying import SoundPerson
from registry.actions.laying_out import differs_beyond_effect, lay_out_decision, lay_out_party
from registry.actions.people import (
    bears_one_of,
    corrected_birth,
    forget_if_unreferenced,
    forget_party,
    hold_persons,
    person_for,
)
from registry.actions.unit_changes import carry_over
from registry.deputies import absent_for
from registry.entries import DecisionEntry, PartyEntry
from registry.errors import (
    AnotherCourt,
    AnotherPerson,
    CaseNotFiled,
    DocumentApproved,
    DuplicateDecision,
    DuplicateListing,
    EditedMeanwhile,
    NotEnterable,
    WrongRole,
)
from registry.lifecycle import ACTS, DESK
from registry.models import (
    ActRecord,
    Case,
    Decision,
    DecisionKind,
    IdentityDocument,
    Listing,
    Officer,
    Party,
    Person,
    Role,
)


def enter_decision(entry: DecisionEntry, *, officer: Officer, now: datetime) -> Decision:
    """Store a decision of the officer's court, without parties. Raises `DuplicateDecision` and what examining finds."""
    _refuse_not_clerk(officer)
    number = examine_decision(entry, officer.court, today(now))
    with transaction.atomic():
        hold_court(officer)
        held = Decision.objects.filter(court=officer.court, authority=entry.authority, number=number)
        if held.exists():
            raise DuplicateDecision("number", number=number)
        decision = Decision(court=officer.court, entered_by=officer, entered_at=now, held_by=officer, kind=entry.kind)
        decision.case = _case_of(entry, number, officer, now) if entry.kind == DecisionKind.CRIMINAL else None
        _fill_decision(decision, entry, number)
    return decision


def amend_decision(
    decision_id: int, entry: DecisionEntry, *, revision: int, officer: Officer, now: datetime
) -> Decision:
    """Replace what was typed of a decision while all its listings are drafts, but for those withdrawn as entered in error; one that
    is sealed is none. Beside a draft, where others are or were in force and none is under review or waits, the days alone that
    its effect hangs on (`DAYS_OF_EFFECT`): what is in force keeps the days that were told.

    ``revision`` is the one shown; raises `EditedMeanwhile` if it moved, `NotAllowedNow`.
    """
    _refuse_not_clerk(officer)
    number = examine_decision(entry, officer.court, today(now))
    with transaction.atomic():
        hold_court(officer)
        decision = _own_decision(decision_id, officer)
        whole = Listing.including_sealed.filter(party__decision=decision, party__void=False)
        listings = lock(whole.values_list("pk", flat=True), sealed_too=True)
        beside = _told_beside(decision, listings, entry, number)
        listings = [row for row in listings if row.pk not in beside]
        admit(ACTS["amend"], officer, listings)
        if decision.revision != revision:
            raise EditedMeanwhile
        twins = Decision.objects.filter(court=officer.court, authority=entry.authority, number=number)
        if twins.exclude(pk=decision_id).exists():
            raise DuplicateDecision("number", number=number)
        for listing in listings:
            citing.refuse_authority(listing.party.article, entry.authority)
            banning.refuse_amended(listing.party.prohibitions.all(), entry, decision.kind)
            refuse_before_offence(entry.pronounced_on, listing.party.offence_dates)
        if decision.number != number and decision.kind == DecisionKind.CRIMINAL:
            decision.case = _case_of(entry, number, officer, now)
        decision.revision += 1
        _fill_decision(decision, entry, number)
        perform("amend", lock([row.pk for row in listings]), officer=officer, now=now, change=_revised)
        together.follow(beside, now=now)
    return decision


def _told_beside(decision: Decision, listings: Sequence[Listing], entry: DecisionEntry, number: str) -> set[int]:
    """Ids of those that are or were in force beside drafts, which an amendment of `DAYS_OF_EFFECT` leaves as they were told."""
    told = {row.pk for row in listings if row.state not in DESK}
    return set() if len(told) == len(listings) or differs_beyond_effect(decision, entry, number) else told


def add_party(decision_id: int, entry: PartyEntry, *, officer: Officer, now: datetime) -> Listing:
    """Enter one party of a decision as a draft. Raises `Juvenile` with nothing stored, `DuplicateListing`, and more."""
    _refuse_not_clerk(officer)
    with transaction.atomic():
        decision = _own_decision(decision_id, officer)
        beside = together.others([decision.pk])
        lock(beside)
        sound = _examined(entry, decision, now)
        person = person_for(sound)
        _refuse_twice(decision, person)
        party = Party(decision=decision, person=person, ordinal=_next_ordinal(decision))
        _fill_party(party, entry)
        drafted.say(party, sound)
        circumstances.ask_anew(decision)
        listing = Listing(
            party=party, court=officer.court, number=_next_number(now), entered_by=officer, entered_at=now
        )
        listing.held_by_id = _holder(decision, officer, now)
        fetch_for_dates([listing])
        assessment.apply(listing)
        listing.save(force_insert=True)
        record("enter", [listing], officer=officer, now=now)
        together.follow(beside, now=now)
    return listing


def amend_party(listing_id: int, entry: PartyEntry, *, revision: int, officer: Officer, now: datetime) -> Listing:
    """Replace what was typed of a draft's party. ``revision`` is the one shown; raises `EditedMeanwhile` if it moved, and
    `AnotherPerson` where it would become somebody else's who was told of it, or objected to it, before.
    """
    with transaction.atomic():
        (listing,), beside = together.lock_with_others([listing_id])
        admit(ACTS["amend"], officer, [listing])
        if listing.revision != revision:
            raise EditedMeanwhile
        party = listing.party
        sound = _examined(entry, party.decision, now)
        hold_persons([party.person], sound.documents)
        _replace_person(listing, sound)
        party.prohibitions.all().delete()
        _fill_party(party, entry)
        (listing,) = lock([listing_id])
        perform("amend", [listing], officer=officer, now=now, change=_revised)
        together.follow(beside, now=now)
    return listing


def discard(listing_ids: list[int], *, officer: Officer, now: datetime, reason: str) -> None:
    """Remove drafts that should never have been entered; the act stays on record, the person's data and what was
    said of it do not."""
    act = ACTS["discard"]
    words = need_reason(act, reason)
    with transaction.atomic():
        listings, beside = together.lock_with_others(listing_ids)
        admit(act, officer, listings)
        record("discard", listings, officer=officer, now=now, reason=words)
        mark_what_they_held(listings)
        hold_persons([row.party.person for row in listings])
        for listing in listings:
            forget_party(listing)
        together.follow(beside, now=now)


def _refuse_not_clerk(officer: Officer) -> None:
    if officer.role != Role.CLERK or not officer.account.is_active:
        raise WrongRole(act=_("enter"), roles=Role.CLERK.label)


def _own_decision(decision_id: int, officer: Officer) -> Decision:
    decision = Decision.objects.select_for_update(no_key=True).get(pk=decision_id)
    if decision.court_id != officer.court_id:
        raise AnotherCourt
    return decision


def _examined(entry: PartyEntry, decision: Decision, now: datetime) -> SoundPerson:
    return examine_party(
        entry,
        kind=decision.kind,
        authority=decision.authority,
        pronounced_on=decision.pronounced_on,
        today=today(now),
        corrected=corrected_birth,
    )


def _holder(decision: Decision, officer: Officer, now: datetime) -> int:
    """Whose draft it becomes: the officer's, or of the one whom he stands in for and with whom the decision waits."""
    held_by = decision.held_by_id
    return held_by if held_by and held_by in absent_for(officer, [held_by], today(now)) else officer.pk


def _case_of(entry: DecisionEntry, number: str, officer: Officer, now: datetime) -> Case:
    case = Case.objects.filter(court=officer.court, number=number).first()
    if case is not None:
        return case
    if entry.filed_on is None:
        raise CaseNotFiled("filed_on")
    return file_with_decision(number, entry.number, entry.filed_on, court=officer.court, officer=officer, now=now)


def _fill_decision(decision: Decision, entry: DecisionEntry, number: str) -> None:
    lay_out_decision(decision, entry, number)
    decision.save()


def _fill_party(party: Party, entry: PartyEntry) -> None:
    prohibitions = lay_out_party(party, entry)
    party.save()
    for prohibition in prohibitions:
        prohibition.party = party
        prohibition.save(force_insert=True)


def _replace_person(listing: Listing, sound: SoundPerson) -> None:
    """A draft may turn out to be about somebody else; the one entered by mistake is forgotten. What was approved once, or
    spoken about outside the court, is that person's for good: of his documents one at least stays.
    """
    before = listing.party.person
    is_same = bears_one_of(before, sound)
    if not is_same and _is_known(listing):
        raise AnotherPerson("documents.0.number")
    held = _digests_of(before) if units.is_unit(before) else set()
    if before.parties.count() == 1:
        IdentityDocument.at_the_desk.filter(person=before).delete()
    elif is_same and drafted.leaves_out(before, sound):
        raise DocumentApproved("documents.0.number")
    drafted.unsay(listing.party, before, but=sound)
    after = person_for(sound, amended=listing)
    if after != before:
        drafted.unsay(listing.party, before)
        _refuse_twice(listing.party.decision, after)
        if held & _digests_of(after):
            carry_over(before, after)
        listing.party.person = after
        if not is_same:
            circumstances.clear(listing.party)
        listing.party.save(update_fields=["person"])
        forget_if_unreferenced(before)
    drafted.say(listing.party, sound)


def _digests_of(person: Person) -> set[bytes]:
    return set(map(bytes, IdentityDocument.at_the_desk.filter(person=person).values_list("digest", flat=True)))


def _is_known(listing: Listing) -> bool:
    """Whether it was approved ever, so that a notice may have told of it, or somebody spoke about it. Who did, the room
    knows that keeps objections; the book knows its name from the settings alone.
    """
    is_spoken_of: Callable[[Listing], bool] = import_string(settings.REGISTRY_SPOKEN_OF)
    approved = ActRecord.objects.filter(listing_number=listing.number, act="approve")
    return approved.exists() or is_spoken_of(listing)


def _refuse_twice(decision: Decision, person: Person) -> None:
    """What was withdrawn as entered in error is entered anew, and has another number."""
    twins = Listing.including_sealed.filter(party__decision=decision, party__person=person)
    if twins.exclude(sealed_at=None).exists():
        raise NotEnterable
    twin = twins.filter(party__void=False).first()
    if twin is not None:
        raise DuplicateListing("documents.0.number", number=twin.number)


def _revised(listing: Listing) -> None:
    listing.revision += 1
    together.compute_at_the_desk(listing)


def _next_ordinal(decision: Decision) -> int:
    last = decision.parties.order_by("-ordinal").values_list("ordinal", flat=True).first()
    return (last or 0) + 1


def _next_number(now: datetime) -> str:
    year = today(now).year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_listingyear (year, last) VALUES (%s, 1) "
            "ON CONFLICT (year) DO UPDATE SET last = registry_listingyear.last + 1 RETURNING last",
            [year],
        )
        (last,) = cursor.fetchone()
    return f"L-{year}-{last:06d}"
