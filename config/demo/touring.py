"""The tour's way: nine steps in the life of one listing, and how far it has come, read from the book and the stores.

The session holds the case number, which invented person, and the listing's number: {"case", "person", "listing"}. What
a visitor did by hand at the desk therefore counts like what was done for him.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from django.utils import timezone

from config.demo.holdings import Holding, StoreUnreadable, holding
from config.demo.period.history import LiveJudgment
from config.demo.period.live import FIRST_OF_TOURS, LIVE_COURT, case_number, of_a_tour
from config.demo.playbill import Playbill, PlayedDepartment
from registry import actions
from registry.actions.acting import today
from registry.errors import DuplicateCase
from registry.models import ActRecord, Case, Decision, Event, EventType, Listing, Officer, Outcome, Proposal, State
from sharing.employers.models import Screening
from sharing.persons.models import Objection, ObjectionKind, ObjectionState

KEY = "tour"


class Step(StrEnum):
    """In the order of the tour; the value stands in the address."""

    ENTER = "enter"
    APPROVE = "approve"
    TOLD = "told"
    ASKED = "asked"
    OBJECTED = "objected"
    CORRECTED = "corrected"
    ASKED_AGAIN = "asked-again"
    WITHDRAWN = "withdrawn"
    GONE = "gone"

    @property
    def number(self) -> int:
        return list(Step).index(self) + 1

    @property
    def next(self) -> Step | None:
        return next((step for step in Step if step.number == self.number + 1), None)


# What must be done before. Being told and being gone are only watched: a department that is away holds nobody up.
NEEDS = {
    Step.APPROVE: Step.ENTER,
    Step.TOLD: Step.APPROVE,
    Step.ASKED: Step.APPROVE,
    Step.OBJECTED: Step.ASKED,
    Step.CORRECTED: Step.OBJECTED,
    Step.ASKED_AGAIN: Step.CORRECTED,
    Step.WITHDRAWN: Step.ASKED_AGAIN,
    Step.GONE: Step.WITHDRAWN,
}
WATCHED = (Step.TOLD, Step.GONE)
EVENTS = {
    Step.TOLD: EventType.PUBLISHED,
    Step.OBJECTED: EventType.FLAGGED,
    Step.CORRECTED: EventType.CORRECTED,
    Step.WITHDRAWN: EventType.WITHDRAWN,
    Step.GONE: EventType.WITHDRAWN,
}


@dataclass(frozen=True)
class Tour:
    """``case``: the number that was free for it; ``person``: which invented person; ``listing``: "" before there is one."""

    case: str
    person: int
    listing: str = ""

    @classmethod
    def of(cls, session: Mapping[str, Any]) -> Self | None:
        said = session.get(KEY)
        return cls(**said) if said else None

    def keep(self, session: MutableMapping[str, Any]) -> None:
        session[KEY] = {"case": self.case, "person": self.person, "listing": self.listing}

    @property
    def judgment(self) -> LiveJudgment:
        return of_a_tour(today(timezone.now()), self.case, self.person)


@dataclass(frozen=True)
class Kept:
    """One department and what its own store has of the listing; None where the store cannot be read."""

    department: PlayedDepartment
    holding: Holding | None

    def confirmed(self, type_: str) -> bool:
        event = self.holding.event(type_) if self.holding else None
        return event is not None and event.seen.receipt_accepted_at is not None


@dataclass(frozen=True)
class Progress:
    """How far a tour is. ``correction``: the proposal by which what was upheld is done; ``vanished``: its case or its listing
    is no longer in the book.
    """

    tour: Tour
    decision: Decision | None
    listing: Listing | None
    pending: Proposal | None
    correction: Proposal | None
    objection: Objection | None
    events: frozenset[str]
    disputed: bool
    answers: tuple[Screening, ...]
    corrected_at: int
    kept: tuple[Kept, ...]
    vanished: bool

    @property
    def closed(self) -> bool:
        """Whether the listing's life is over, so that nothing more can be done with it."""
        return self.listing is not None and self.listing.state in (State.WITHDRAWN, State.PURGED)

    def done(self, step: Step) -> bool:
        return self.listing is not None and _DONE[step](self, self.listing)

    def first(self, step: Step) -> Step | None:
        """The step that must be done before this one can be; None where it can be done or watched now."""
        needed = NEEDS.get(step)
        if needed is None or self.done(needed) or (self.closed and step is not Step.GONE):
            return None
        return self.first(needed) or needed

    def late(self, step: Step) -> bool:
        """Whether the step can no longer be done, because the listing was withdrawn before it."""
        return self.closed and step not in WATCHED and not self.done(step)

    def next(self) -> Step | None:
        """Where the tour goes on."""
        return next((step for step in Step if not self.done(step) and not self.late(step)), None)

    @property
    def answer(self) -> Screening | None:
        """The last one from before the correction."""
        return next((each for each in self.answers if not self._is_after(each)), None)

    @property
    def answer_again(self) -> Screening | None:
        return next((each for each in self.answers if self._is_after(each)), None)

    def _is_after(self, answer: Screening) -> bool:
        return bool(self.corrected_at) and answer.as_of >= self.corrected_at


def begin(clerk: Officer, now: datetime) -> Tour:
    """File a case under a number that nobody else has, and with it take the next invented person."""
    for serial in itertools.count(_free_serial()):
        tour = Tour(case_number(today(now), serial), serial)
        try:
            actions.file_case(tour.judgment.case, officer=clerk, now=now)
        except DuplicateCase:
            continue  # another visitor was faster
        return tour
    raise AssertionError("unreachable: serial numbers do not end")


def look(tour: Tour, playbill: Playbill) -> Progress:
    decision = Decision.objects.filter(number=tour.case, court__code=LIVE_COURT).first()
    listing = listing_of(tour)
    events = dict(Event.objects.filter(listing=listing).order_by("position").values_list("type", "position"))
    asked = Screening.objects.filter(listing=listing).order_by("-asked_at") if listing else Screening.objects.none()
    objection = _objection_about(listing) if listing else None
    pending = listing.proposals.filter(outcome=Outcome.PENDING).first() if listing else None
    known = Case.objects.filter(number=tour.case, court__code=LIVE_COURT).exists()
    return Progress(
        tour=tour,
        decision=decision,
        listing=listing,
        pending=pending,
        correction=_correction_of(objection),
        objection=objection,
        events=frozenset(events) if listing else frozenset(),
        disputed=listing is not None and _was_disputed(listing),
        answers=tuple(asked),
        corrected_at=events.get(EventType.CORRECTED, 0) if listing else 0,
        kept=tuple(_kept(each, listing) for each in playbill.departments),
        vanished=not known or (bool(tour.listing) and listing is None),
    )


def listing_of(tour: Tour | None) -> Listing | None:
    """The listing of the tour's case, whoever entered it."""
    if tour is None:
        return None
    rows = Listing.objects.filter(party__decision__number=tour.case, court__code=LIVE_COURT)
    return rows.select_related("party__decision", "party__person", "court").order_by("party__ordinal").first()


def _objection_about(listing: Listing) -> Objection | None:
    rows = Objection.objects.filter(listing=listing, kind=ObjectionKind.OBJECTION)
    return rows.exclude(state__in=(ObjectionState.REFUSED, ObjectionState.WITHDRAWN)).order_by("raised_at").last()


def _correction_of(objection: Objection | None) -> Proposal | None:
    upheld = objection.steps.filter(step="uphold").order_by("place").last() if objection else None
    if objection is None or upheld is None:
        return None
    carried = Proposal.objects.filter(listing=objection.listing, act="correct", outcome=Outcome.CARRIED_OUT)
    return carried.filter(decided_at__gte=upheld.at).order_by("decided_at").last()


def _was_disputed(listing: Listing) -> bool:
    """Whether it ever was; another flag is no objection."""
    return ActRecord.objects.filter(listing_number=listing.number, act="flag_disputed").exists()


def _kept(department: PlayedDepartment, listing: Listing | None) -> Kept:
    try:
        return Kept(department, holding(department.store, listing.number if listing else ""))
    except StoreUnreadable:
        return Kept(department, None)


def _free_serial() -> int:
    """One more than the highest that the court's register holds, of whatever year: persons are not used twice either."""
    mark = f"{LIVE_COURT}刑初"
    numbers = Case.objects.filter(court__code=LIVE_COURT, number__contains=mark).values_list("number", flat=True)
    taken = [int(number.partition(mark)[2].removesuffix("号")) for number in numbers]
    return max([FIRST_OF_TOURS - 1, *taken]) + 1


def _entered(progress: Progress, listing: Listing) -> bool:
    return listing.version > 0 or (listing.state != State.DRAFT and listing.no_appeal_confirmed_at is not None)


def _corrected(progress: Progress, listing: Listing) -> bool:
    """Also that nothing of the objection is left to be done."""
    found = progress.objection
    waits = found is not None and found.state in (ObjectionState.ADMITTED, ObjectionState.UPHELD)
    return EventType.CORRECTED.value in progress.events and not waits


def _happened(event: EventType) -> Callable[[Progress, Listing], bool]:
    return lambda progress, listing: event.value in progress.events


def _everywhere(event: EventType) -> Callable[[Progress, Listing], bool]:
    def done(progress: Progress, listing: Listing) -> bool:
        return bool(progress.kept) and all(kept.confirmed(event.value) for kept in progress.kept)

    return done


_DONE: Mapping[Step, Callable[[Progress, Listing], bool]] = {
    Step.ENTER: _entered,
    Step.APPROVE: lambda progress, listing: listing.version > 0,
    Step.TOLD: _everywhere(EventType.PUBLISHED),
    Step.ASKED: lambda progress, listing: bool(progress.answers),
    Step.OBJECTED: lambda progress, listing: progress.disputed,
    Step.CORRECTED: _corrected,
    Step.ASKED_AGAIN: lambda progress, listing: progress.answer_again is not None,
    Step.WITHDRAWN: _happened(EventType.WITHDRAWN),
    Step.GONE: _everywhere(EventType.WITHDRAWN),
}
