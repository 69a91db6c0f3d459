"""Plays the published period through the acts, in the order of time, each with its own past `now`; no bulk insert."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from config.demo.people import Bench, Officers
from config.demo.period import CaseHistory, LaterAct, cases
from config.demo.period.history import BEIJING
from registry import actions
from registry.lifecycle import ACTS
from registry.models import ActRecord, Case, Decision, Event, EventType, Flag, Listing, State

OFFICE_OPENS = time(9, 0)
AFTER_MIDNIGHT = time(0, 30)
SERVED = "in_court"

Deed = Callable[[datetime], None]


@dataclass(frozen=True)
class Loaded:
    """What the book holds after the period was played, counted from its tables."""

    cases: int
    concluded: int
    decisions: int
    approvals: int
    published: int
    in_force: int
    withdrawn: int
    events: int


class Period:
    """A queue of deeds by time. Deeds may add later ones: an approved listing brings its own end."""

    def __init__(self, officers: Officers, until: datetime) -> None:
        self.officers = officers
        self.until = until
        self._queue: list[tuple[datetime, int, Deed]] = []
        self._counter = 0
        self._ends: set[date] = set()

    def play(self, histories: Sequence[CaseHistory]) -> None:
        for history in histories:
            self._plan(history)
        while self._queue:
            moment, _, deed = heapq.heappop(self._queue)
            deed(moment)

    def _at(self, moment: datetime, deed: Deed) -> None:
        if moment <= self.until:
            self._counter += 1
            heapq.heappush(self._queue, (moment, self._counter, deed))

    def _plan(self, history: CaseHistory) -> None:
        case, bench = history.case, self.officers.bench(history.case.court)
        self._at(_office(case.filed_on), lambda now: self._file(history, bench, now))
        if case.concluded_on is not None:
            concluded = _office(max(case.concluded_on, case.filed_on)) + timedelta(hours=1)
            self._at(concluded, lambda now: self._conclude(history, bench, now))
        if history.decision is not None and history.entered_at is not None:
            self._at(history.entered_at, lambda now: self._enter(history, bench, now))

    def _file(self, history: CaseHistory, bench: Bench, now: datetime) -> None:
        entry = history.case
        open_case = type(entry)(
            number=entry.number, court=entry.court, filed_on=entry.filed_on, continues=entry.continues
        )
        actions.file_case(open_case, officer=bench.clerk, now=now)

    def _conclude(self, history: CaseHistory, bench: Bench, now: datetime) -> None:
        entry = history.case
        case = Case.objects.get(court=bench.clerk.court, number=entry.number)
        if entry.concluded_on is not None:
            actions.conclude_case(
                case.pk, outcome=entry.outcome, concluded_on=entry.concluded_on, officer=bench.clerk, now=now
            )

    def _enter(self, history: CaseHistory, bench: Bench, now: datetime) -> None:
        if history.decision is None:
            return
        decision = actions.enter_decision(history.decision, officer=bench.clerk, now=now)
        listings = [actions.add_party(decision.pk, party, officer=bench.clerk, now=now) for party in history.parties]
        ids = [listing.pk for listing in listings]
        self._at(_known(history.submitted_at), lambda at: actions.submit(ids, officer=bench.clerk, now=at))
        self._at(_known(history.approved_at), lambda at: self._approve(history, bench, ids, at))

    def _approve(self, history: CaseHistory, bench: Bench, ids: list[int], now: datetime) -> None:
        """Service and the clerk's confirmation are on file by then; the judge types each number from the judgment."""
        if history.notice_served_on is not None:
            actions.record_service(ids, served_on=history.notice_served_on, how=SERVED, officer=bench.clerk, now=now)
        if history.no_appeal_confirmed is not None:
            actions.confirm_no_appeal(ids, officer=bench.clerk, now=history.no_appeal_confirmed)
        actions.approve(
            ids,
            typed={pk: party.person.documents[0].number for pk, party in zip(ids, history.parties, strict=True)},
            revisions=dict(Listing.objects.filter(pk__in=ids).values_list("pk", "revision")),
            officer=bench.judge,
            now=now,
        )
        self._watch_ends(ids)
        for later in history.later:
            self._at(later.at, partial(self._later, later, ids[later.party], bench))

    def _later(self, later: LaterAct, listing_id: int, bench: Bench, now: datetime) -> None:
        act = ACTS[later.act]
        if later.act == "state":
            registrar = self.officers.high_court.registrar
            actions.state(listing_id, words=str(later.changes["statement"]), officer=registrar, now=now)
        elif later.act == "suspend":
            actions.suspend([listing_id], officer=bench.clerk, now=now, reason=later.reason)
        elif act.proposed:
            self._propose(later, listing_id, bench, now)
        else:
            verb, _, kind = later.act.partition("_")
            flag = actions.flag if verb == "flag" else actions.unflag
            flag([listing_id], Flag(kind), officer=bench.registrar, now=now, reason=later.reason)

    def _propose(self, later: LaterAct, listing_id: int, bench: Bench, now: datetime) -> None:
        proposal = actions.propose(
            listing_id,
            later.act,
            against_version=Listing.objects.values_list("version", flat=True).get(pk=listing_id),
            officer=bench.clerk,
            now=now,
            reason=later.reason,
            ground=later.ground,
            changes=dict(later.changes),
        )
        actions.carry_out(proposal.pk, officer=bench.judge, now=now + timedelta(hours=2))
        self._watch_ends([listing_id])

    def _watch_ends(self, ids: list[int]) -> None:
        """The clock ends each term on the day after its last, as it would have done."""
        for ends_on in Listing.objects.filter(pk__in=ids).values_list("ends_on", flat=True):
            if ends_on is not None and ends_on not in self._ends:
                self._ends.add(ends_on)
                after = datetime.combine(ends_on + timedelta(days=1), AFTER_MIDNIGHT, BEIJING)
                self._at(after, lambda now: _expire(now))


def load_period(officers: Officers, until: datetime) -> Loaded:
    """Every case of the period, entered, approved and ended as it would have been."""
    Period(officers, until).play(cases())
    return counted()


def counted() -> Loaded:
    listings = Listing.objects
    return Loaded(
        cases=Case.objects.count(),
        concluded=Case.objects.exclude(outcome="").count(),
        decisions=Decision.objects.count(),
        approvals=ActRecord.objects.filter(act="approve").count(),
        published=Event.objects.filter(type=EventType.PUBLISHED).count(),
        in_force=listings.filter(state__in=[State.ACTIVE, State.SUSPENDED]).count(),
        withdrawn=listings.filter(state=State.WITHDRAWN).count(),
        events=Event.objects.count(),
    )


def _expire(now: datetime) -> None:
    actions.expire(now=now)


def _known(moment: datetime | None) -> datetime:
    if moment is None:
        raise ValueError("an entered decision has its moments")
    return moment


def _office(day: date) -> datetime:
    return datetime.combine(day, OFFICE_OPENS, BEIJING)
