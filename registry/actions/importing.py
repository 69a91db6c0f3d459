"""Many parties of old decisions at once, from a file that one officer submitted and another approved.

The same rules as by hand, act by act: enter, submit, approve; and what is in force today goes out with this commit. Only
how the rows reach the database differs (`writing_imported`). `examine` says what would become of them and stores nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from django.db.models import Model

from registry import assessment
from registry.actions import circumstances
from registry.actions.acting import today
from registry.actions.examining import examine_decision, examine_party
from registry.actions.filing import without_file
from registry.actions.findings import Noting
from registry.actions.identifying import SoundPerson
from registry.actions.laying_out import DECISION_FIELDS, lay_out_decision, lay_out_party
from registry.actions.people_many import CorrectedBirths, Found, Persons, digests_of, prefetched
from registry.actions.reviewing import refuse_term_over
from registry.entries import CircumstancesEntry, DecisionEntry, PartyEntry
from registry.errors import CaseNotFiled, DiffersFromBook, FileNeeded, Juvenile, NotEnterable, Refusal, TwiceInFile
from registry.models import (
    Case,
    Court,
    Decision,
    DecisionKind,
    Listing,
    Party,
)
from registry.storing import new_row
from registry.terms import Effect

Take = Callable[[Sequence[Model]], None]


@dataclass(frozen=True, kw_only=True)
class Look:
    """An officer was shown the person of the row before there was a listing."""

    officer_id: int
    page: str
    at: datetime


@dataclass(kw_only=True)
class ImportedParty:
    """``row``: of the file; ``twin``: the listing that the book has of this person from this decision; ``refusals``: why it is not written."""

    row: int
    entry: PartyEntry
    circumstances: Mapping[str, Any]
    looks: Sequence[Look] = ()
    sound: SoundPerson | None = None
    found: Found | None = None
    listing: Listing | None = None
    twin: str = ""
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def stands(self) -> bool:
        return not self.twin and not self.refusals

    @property
    def holds_others_back(self) -> bool:
        return bool(self.refusals) and not any(isinstance(each, Juvenile) for each in self.refusals)


@dataclass(kw_only=True)
class ImportedDecision:
    """``said``: the fields of the entry that the file fills in, which are compared where the book has the decision.

    ``circumstances``: None where the file says nothing of them, so that they are still owed. ``postponed``: one of its persons is in a decision before it, whose listing must be there when this one's term is
    computed; it is written with the next ones.
    """

    entry: DecisionEntry
    circumstances: CircumstancesEntry | None
    said: frozenset[str]
    parties: list[ImportedParty]
    number: str = ""
    decision: Decision | None = None
    in_book: bool = False
    postponed: bool = False
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def standing(self) -> list[ImportedParty]:
        """None where anything is wrong with any of them: a decision is written with all its parties or not at all. Only of a
        juvenile, whom the law keeps out, the others are written without him.
        """
        if self.postponed or self.refusals or any(party.holds_others_back for party in self.parties):
            return []
        return [party for party in self.parties if party.stands]


def examine(decisions: Sequence[ImportedDecision], *, court: Court, now: datetime) -> None:
    """Write into each what is wrong with it, what the book has of it, and what would become of it."""
    keys = count(-1, -1)  # of rows that never reach the database

    def take(rows: Sequence[Model]) -> None:
        for row in rows:
            row.pk = next(keys)

    look_at_words(decisions, court, today(now))
    look_up(decisions, court, now, take, remember=False)
    assess_all(decisions, today(now))


def look_at_words(decisions: Iterable[ImportedDecision], court: Court, day: date) -> None:
    """What can be said of each by its words; every rule is asked once. Of the book it is asked whose birth date was corrected."""
    corrected = CorrectedBirths()
    for each in decisions:
        with Noting(each.refusals):
            each.number = examine_decision(each.entry, court, day)
        with Noting(each.refusals):
            if each.circumstances is not None:
                circumstances.examine(each.circumstances)
        for party in each.parties:
            with Noting(party.refusals):
                party.sound = examine_party(
                    party.entry,
                    kind=each.entry.kind,
                    authority=each.entry.authority,
                    pronounced_on=each.entry.pronounced_on,
                    today=day,
                    corrected=corrected,
                )


def sound_parties(decisions: Iterable[ImportedDecision]) -> Iterator[ImportedParty]:
    return (party for each in decisions for party in each.parties if party.sound is not None)


def in_book(decisions: Iterable[ImportedDecision], court: Court) -> Any:
    return Decision.objects.filter(court=court, number__in={each.number for each in decisions if each.number})


def look_up(decisions: Sequence[ImportedDecision], court: Court, now: datetime, take: Take, *, remember: bool) -> None:
    """What the book has of them, in a few questions for all; and the rows that are to be stored, laid out, with keys.

    ``remember``: who is new in one decision is the same person in the next.
    """
    held = {(row.authority, row.number): row for row in in_book(decisions, court).prefetch_related("parties")}
    filed = {row.number: row for row in Case.objects.filter(court=court, number__in=[row.number for row in decisions])}
    for each in decisions:
        if each.number:
            each.decision = held.get((each.entry.authority, each.number))
            each.in_book = each.decision is not None
            with Noting(each.refusals):
                _lay_out_decision(each, filed, court)
    take(new_decisions(decisions))
    persons = Persons.known(
        [party.sound for party in sound_parties(decisions) if party.sound is not None], remember=remember
    )
    for party in sound_parties(decisions):
        assert party.sound is not None
        with Noting(party.refusals):
            party.found = persons.find(party.sound)
    _find_repeated(decisions)
    _find_twins(decisions)
    _refuse_without_file(decisions)
    for each in decisions:
        if each.decision is not None:
            _lay_out_parties(each, each.decision, court, now)
    take(_parties(decisions))


def _lay_out_decision(each: ImportedDecision, filed: dict[str, Case], court: Court) -> None:
    entry = each.entry
    if each.decision is not None:
        each.refusals += _differing(each.decision, each)
        return
    decision = new_row(Decision, court=court, kind=entry.kind)
    if entry.kind == DecisionKind.CRIMINAL:
        decision.case = filed.get(each.number)
        if decision.case is None and entry.filed_on is None:
            raise CaseNotFiled("filed_on")
        if decision.case is None and entry.filed_on is not None:
            decision.case = new_row(
                Case, court=court, number=each.number, number_as_typed=entry.number, filed_on=entry.filed_on
            )
    lay_out_decision(decision, entry, each.number)
    if each.circumstances is not None:
        circumstances.lay_out(decision, each.circumstances)
    prefetched(decision, "parties", [])
    each.decision = decision


def _differing(held: Decision, each: ImportedDecision) -> Iterator[Refusal]:
    for name in each.said & {"kind", *DECISION_FIELDS}:
        if getattr(held, name) != getattr(each.entry, name):
            yield DiffersFromBook(name)
    if "facts" in each.said and held.facts != sorted(set(each.entry.facts)):
        yield DiffersFromBook("facts")


def _find_repeated(decisions: Iterable[ImportedDecision]) -> None:
    before: set[UUID | bytes] = set()
    for each in decisions:
        rows: dict[UUID | bytes, int] = {}
        for party in each.parties:
            if party.found is not None:
                marks: tuple[UUID | bytes, ...] = (party.found.person.pk, *digests_of(party.sound))
                first = min(rows.setdefault(mark, party.row) for mark in marks)
                if first != party.row:
                    party.refusals.append(TwiceInFile("document_number", row=first))
        each.postponed = bool(before & rows.keys())
        before |= rows.keys()


def _find_twins(decisions: Iterable[ImportedDecision]) -> None:
    known = {
        (each.decision.pk, party.found.person.pk): party
        for each in decisions
        if each.in_book and each.decision is not None
        for party in each.parties
        if party.found is not None
    }
    twins = Listing.including_sealed.filter(
        party__decision__in={decision for decision, _person in known},
        party__person__in={person for _decision, person in known},
    )
    for decision, person, number, sealed_at in twins.values_list(
        "party__decision_id", "party__person_id", "number", "sealed_at"
    ):
        party = known.get((decision, person))
        if party is not None and sealed_at is not None:
            party.refusals.append(NotEnterable())
        elif party is not None:
            party.twin = number


def _refuse_without_file(decisions: Iterable[ImportedDecision]) -> None:
    """As approving does; a decision of which nothing new would be written needs no file. One that is new has none."""
    told = [(each.decision.pk, each) for each in decisions if each.decision is not None and each.standing]
    missing = without_file([decision for decision, _each in told])
    for decision, each in told:
        if decision in missing:
            each.refusals.append(FileNeeded("number"))


def _lay_out_parties(each: ImportedDecision, decision: Decision, court: Court, now: datetime) -> None:
    """Parties that the decision has already come first, as if these had been added by hand."""
    before = list(decision.parties.all())
    ordinals = count(max((row.ordinal for row in before), default=0) + 1)
    for party in each.parties:
        if party.found is None or party.twin:
            continue
        row = new_row(Party, decision=decision, person=party.found.person, ordinal=next(ordinals))
        prefetched(row, "prohibitions", lay_out_party(row, party.entry))
        for name, value in party.circumstances.items():
            setattr(row, name, value)
        party.listing = new_row(Listing, party=row, court=court, entered_at=now)
        before.append(row)
    prefetched(decision, "parties", before)


def new_decisions(decisions: Iterable[ImportedDecision]) -> list[Decision]:
    return [each.decision for each in decisions if each.decision is not None and not each.in_book]


def _parties(decisions: Iterable[ImportedDecision]) -> list[Party]:
    return [party.listing.party for each in decisions for party in each.parties if party.listing is not None]


def assess_all(decisions: Iterable[ImportedDecision], day: date) -> None:
    """Effect and term, as entering computes them; a term that is over is refused, as approving does."""
    for each in decisions:
        effect: Effect | None = None
        for party in each.parties:
            if party.listing is None:
                continue
            with Noting(party.refusals):
                row = party.listing.party
                if effect is None or each.entry.kind == DecisionKind.PENALTY:
                    effect = assessment.effect_of(row)
                assessment.lay_out(party.listing, assessment.assess(row, effect=effect, is_new=_is_new(party)))
                refuse_term_over(party.listing, day)


def _is_new(party: ImportedParty) -> bool:
    return party.found is not None and party.found.is_new
