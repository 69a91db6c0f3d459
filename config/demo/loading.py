"""Plays the published period through the acts, in the order of time, each with its own past `now`; no bulk insert.

Clerks and judges work side by side, as in a court: one process keeps the case register, enters and submits; the other
approves what it finds submitted, and everything after. All events are the second one's, so the log stands in time.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection

from django.db import connection, connections
from django.utils import timezone

from config.child import CannotStart
from config.demo.people import SERVICE, Bench, Officers
from config.demo.period import CaseHistory, LaterAct, cases
from config.demo.period.history import BEIJING
from registry import actions, bell
from registry.entries import DecisionEntry
from registry.lifecycle import ACTS
from registry.models import (
    ActRecord,
    Bell,
    Case,
    Decision,
    Event,
    EventType,
    Flag,
    Listing,
    ReceivedAs,
    State,
    WithdrawalCause,
)

OFFICE_OPENS = time(9, 0)
AFTER_MIDNIGHT = time(0, 30)
SERVED = "in_court"
RECEIVED_AS = ReceivedAs.REPRESENTATIVE  # where it is a unit

Deed = Callable[[datetime], None]
Submitted = tuple[str, list[int]]  # number of the decision's case, ids of its listings


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


class Schedule:
    """Deeds by time. Deeds may add later ones."""

    def __init__(self, officers: Officers, until: datetime) -> None:
        self.officers = officers
        self.until = until
        self._queue: list[tuple[datetime, int, Deed]] = []
        self._counter = 0

    def run(self) -> None:
        while self._queue:
            moment, _, deed = heapq.heappop(self._queue)
            deed(moment)

    def at(self, moment: datetime | None, deed: Deed) -> None:
        if moment is not None and moment <= self.until:
            self._counter += 1
            heapq.heappush(self._queue, (moment, self._counter, deed))


class Clerks(Schedule):
    """The case register and the drafts. ``tell`` gets the number of each submitted decision and its listings' ids."""

    def __init__(self, officers: Officers, until: datetime, tell: Callable[[Submitted], None]) -> None:
        super().__init__(officers, until)
        self.tell = tell

    def plan(self, history: CaseHistory) -> None:
        case, bench = history.case, self.officers.bench(history.case.court)
        self.at(_office(case.filed_on), partial(self._file, history, bench))
        if case.concluded_on is not None:
            concluded = _office(max(case.concluded_on, case.filed_on)) + timedelta(hours=1)
            self.at(concluded, partial(self._conclude, history, bench))
        if history.decision is not None:
            self.at(history.entered_at, partial(self._enter, history, history.decision, bench))

    def _file(self, history: CaseHistory, bench: Bench, now: datetime) -> None:
        open_case = replace(history.case, outcome="", concluded_on=None)
        actions.file_case(open_case, officer=bench.clerk, now=now)

    def _conclude(self, history: CaseHistory, bench: Bench, now: datetime) -> None:
        entry = history.case
        case = Case.objects.get(court=bench.clerk.court, number=entry.number)
        if entry.concluded_on is not None:
            actions.conclude_case(
                case.pk, outcome=entry.outcome, concluded_on=entry.concluded_on, officer=bench.clerk, now=now
            )

    def _enter(self, history: CaseHistory, entry: DecisionEntry, bench: Bench, now: datetime) -> None:
        decision = actions.enter_decision(entry, officer=bench.clerk, now=now)
        listings = [actions.add_party(decision.pk, party, officer=bench.clerk, now=now) for party in history.parties]
        actions.record_circumstances(decision.pk, history.circumstances, shown=None, officer=bench.clerk, now=now)
        ids = [listing.pk for listing in listings]
        self.at(history.submitted_at, partial(self._submit, history, bench, ids))

    def _submit(self, history: CaseHistory, bench: Bench, ids: list[int], now: datetime) -> None:
        actions.submit(ids, officer=bench.clerk, now=now)
        self.tell((history.case.number, ids))


class Judges(Schedule):
    """Approval and all that follows. ``hear`` waits for the next submitted decision."""

    def __init__(self, officers: Officers, until: datetime, hear: Callable[[], Submitted]) -> None:
        super().__init__(officers, until)
        self.hear = hear
        self._submitted: dict[str, list[int]] = {}
        self._ends: set[date] = set()

    def plan(self, history: CaseHistory) -> None:
        bench = self.officers.bench(history.case.court)
        if history.decision is not None:
            self.at(history.approved_at, partial(self._approve, history, bench))

    def _approve(self, history: CaseHistory, bench: Bench, now: datetime) -> None:
        """The clerk's confirmation is on file by then; the judge types each number from the judgment, and the notice is served."""
        ids = self._ids_of(history.case.number)
        if history.no_appeal_confirmed is not None:
            actions.confirm_no_appeal(ids, officer=bench.clerk, now=history.no_appeal_confirmed)
        actions.approve(
            ids,
            typed={
                pk: tuple(each.number for each in party.person.documents)
                for pk, party in zip(ids, history.parties, strict=True)
            },
            revisions=dict(Listing.objects.filter(pk__in=ids).values_list("pk", "revision")),
            officer=bench.judge,
            now=now,
        )
        if history.notice_served_on is not None:
            actions.record_service(
                ids,
                served_on=history.notice_served_on,
                how=SERVED,
                reference=SERVICE,
                received_as=RECEIVED_AS,
                officer=bench.clerk,
                now=now,
            )
        self._watch_ends(ids)
        for later in history.later:
            self.at(later.at, partial(self._later, later, ids[later.party], bench))

    def _ids_of(self, number: str) -> list[int]:
        while number not in self._submitted:
            submitted, ids = self.hear()
            self._submitted[submitted] = ids
        return self._submitted[number]

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
            cause=WithdrawalCause.ACQUITTED,
        )
        actions.carry_out(proposal.pk, officer=bench.judge, now=now + timedelta(hours=2))
        self._watch_ends([listing_id])

    def _watch_ends(self, ids: list[int]) -> None:
        """The clock ends each term on the day after its last, as it would have done."""
        for ends_on in Listing.objects.filter(pk__in=ids).values_list("ends_on", flat=True):
            if ends_on is not None and ends_on not in self._ends:
                self._ends.add(ends_on)
                after = datetime.combine(ends_on + timedelta(days=1), AFTER_MIDNIGHT, BEIJING)
                self.at(after, _expire)


def load_period(officers: Officers, until: datetime) -> Loaded:
    """Every case of the period, entered, approved and ended as it would have been. Raises `CannotStart`."""
    for history in cases():
        officers.bench(history.case.court)
    hears, tells = Pipe(duplex=False)
    connections.close_all()  # a database connection is not shared between processes
    clerks = get_context("fork").Process(target=_clerks, args=(officers, until, tells), daemon=True)
    clerks.start()
    tells.close()
    try:
        with _without_waiting_for_the_disk(), nobody_listening():
            _play(Judges(officers, until, hears.recv))
    except EOFError:
        raise CannotStart("The clerks' part of the published period ended early; see the lines above.") from None
    clerks.join()
    return counted()


def _clerks(officers: Officers, until: datetime, tells: Connection) -> None:
    with _without_waiting_for_the_disk():
        _play(Clerks(officers, until, tells.send))
    tells.close()


def _play(schedule: Clerks | Judges) -> None:
    for history in cases():
        schedule.plan(history)
    schedule.run()


@contextmanager
def _without_waiting_for_the_disk() -> Iterator[None]:
    """A crash while the period is loaded only means starting the demonstration again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")


@contextmanager
def nobody_listening() -> Iterator[None]:
    """Nothing is meant for a department yet: a bell that counts as rung keeps the worker from looking after each act.

    It also keeps this process from a connection to the broker, which the clerks' process would share and close.
    """
    Bell.objects.update(rung_at=timezone.now() + timedelta(days=1))
    yield
    bell.answer()


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


def _office(day: date) -> datetime:
    return datetime.combine(day, OFFICE_OPENS, BEIJING)
