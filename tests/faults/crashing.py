"""Lives of the registry in which every process is killed: a life is a world of its own, some shots, an end and a judge.

Everything is drawn from the seed of the life: which acts, in which order, at which step the bomb goes off, what the
receivers answer. How often a post is looked for is a matter of time, so that a repeated life dies at the same steps of
its acts, and near the same ones of its deliveries.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings

from registry import bell, log
from registry.errors import Refusal
from registry.models import Event, EventType
from registry.verifying.whole import Verification
from sharing.delivery.models import Endpoint, Held
from sharing.departments.models import Department, Recall
from sharing.employers.models import Consent, QuestionsAsked, Screening, ScreeningOutcome
from tests import asking, cast, tables
from tests.faults import checker
from tests.faults import crash_script as script
from tests.faults.forking import ChildFailed, killed_at
from tests.faults.stack import own_database
from tests.receiving import Received, Receiver, receiver

SHOTS = 25  # of a life
ROUNDS = 40  # until everything arrived
ACTS = ("enter", "flag", "suspend", "correct", "withdraw")
# As measured, where there is something to do; where nothing is, a process comes to its end.
LENGTHS = {
    "enter": 122,
    "flag": 26,
    "suspend": 50,
    "correct": 80,
    "withdraw": 70,
    "ask": 20,
    "tell": 20,
    "deliver": 60,
    "receive": 26,
    "sign": 12,
}
EACH = 0.6  # of the steps of a shot
PEOPLE = 8  # of a life
IN_FORCE = 3  # of them, before the first shot
STANDING: dict[str, bool] = {
    EventType.PUBLISHED: True,
    EventType.REINSTATED: True,
    EventType.SUSPENDED: False,
    EventType.WITHDRAWN: False,
}
REFUSED = (410, 410, 429, 500, 503)
REFUSALS = 0.25  # of the first attempts


@dataclass
class Life:
    """``asked``: by key, about whom each question was."""

    seed: int
    inbox: Receiver
    departments: list[Department]
    draw: random.Random
    done: Counter[str] = field(default_factory=Counter)
    asked: dict[str, str] = field(default_factory=dict)

    def live(self) -> None:
        """AssertionError where something does not hold in the end."""
        for shot in range(SHOTS):
            self._shoot(shot)
        self._end()
        self._judge()

    def _shoot(self, shot: int) -> None:
        steps, length = self._drawn(shot)
        script.make_due()
        died = killed_at(self.draw.randint(1, length), partial(_one_after_another, steps))
        self.done.update(shots=1, killed=died)

    def _drawn(self, shot: int) -> tuple[list[Callable[[], object]], int]:
        """An act and what follows it in a working registry, each sometimes; and about how many ticks that has."""
        drawn = [(name, step) for name, step in self._steps(shot).items() if self.draw.random() < EACH]
        return [step for _name, step in drawn], sum((LENGTHS[name] for name, _step in drawn), start=1)

    def _steps(self, shot: int) -> dict[str, Callable[[], object]]:
        name, received = self.draw.choice(ACTS), self._receipt()
        number, _name = self.draw.choice(script.PEOPLE[:PEOPLE])
        return {
            name: partial(script.act, name, number),
            "ask": self._question(shot),
            "tell": script.tell,
            "deliver": script.deliver,
            **({"receive": received} if received else {}),
            "sign": script.sign,
        }

    def _question(self, shot: int) -> Callable[[], object]:
        number, _name = self.draw.choice(script.PEOPLE[:PEOPLE])
        key = f"{self.seed:010}-{shot:04}"
        self.asked[key] = number
        return partial(script.ask, number, key)

    def _receipt(self) -> Callable[[], object] | None:
        department = self.draw.choice(self.departments)
        mine = _arrived_at(self.inbox, department)
        if not mine:
            return None
        event = Event.objects.get(event_id=self.draw.choice(mine).event["id"])
        return partial(script.receive, department, event)

    def _end(self) -> None:
        """Nobody dies any more: everything arrives, though what comes for the first time may be refused still."""
        for _ in range(ROUNDS):
            script.make_due()
            script.tell()
            script.deliver()
            if self._settled():
                break
        script.sign()

    def _settled(self) -> bool:
        size, _ = log.head()
        return not Endpoint.objects.exclude(cursor=size).exists() and not Held.objects.exists()

    def _judge(self) -> None:
        checker.check(list(self.inbox.requests))
        found = Verification.begun()
        while not found.is_over:
            found.step()
        assert found.is_sound, f"I1, I6: {[str(each) for each in found.found]}"
        self._every_question_is_answered_once()
        self._every_recall_is_closed()
        arrived = [(each.data["endpoint"], each.event["id"]) for each in self.inbox.requests if each.is_event]
        self.done.update(lives=1, events=log.head()[0], posts=len(arrived), repeats=len(arrived) - len(set(arrived)))

    def _every_question_is_answered_once(self) -> None:
        """Whoever had no answer asks again with the same key; and no answer says what the log did not say then."""
        before = {each.idempotency_key: bytes(each.answer_sealed) for each in Screening.objects.all()}
        for key, number in self.asked.items():
            again = _asked_again(number, key)
            told = before.get(again.idempotency_key)
            assert told is None or told == bytes(again.answer_sealed), f"{key} was answered twice"
            assert (again.outcome == ScreeningOutcome.LISTED) == _was_listed(number, again.as_of), f"I7: {key}"
        counts = (Screening.objects.count(), Consent.objects.count(), QuestionsAsked.objects.get().questions)
        assert set(counts) == {len(self.asked)}, f"questions, consents and quota differ: {counts}"

    def _every_recall_is_closed(self) -> None:
        """The departments say once more what they did with every event."""
        for department in self.departments:
            arrived = {each.event["id"] for each in _arrived_at(self.inbox, department)}
            for event in Event.objects.filter(event_id__in=arrived):
                script.receive(department, event)
            withdrawn = Event.objects.filter(event_id__in=arrived, type=EventType.WITHDRAWN)
            recalls = Recall.objects.filter(department_id=department.pk)
            assert recalls.count() == withdrawn.count(), "a withdrawal is not recalled, or twice"
            assert not recalls.filter(closed_by=None).exists(), "a recall stays open"


def run(seed: int, *, lives: int = 1, seconds: float = 0) -> Counter[str]:
    """So many lives from this seed on, and more until the time is over. AssertionError, naming the life's seed."""
    done: Counter[str] = Counter()
    ends = time.monotonic() + seconds
    while done["lives"] < lives or time.monotonic() < ends:
        done += live(seed + done["lives"])
    return done


def live(seed: int) -> Counter[str]:
    """One life on a book that is empty."""
    with receiver() as inbox:
        life = Life(seed, inbox, _begun(inbox), random.Random(seed))
        inbox.answer = _refusing(seed)
        try:
            life.live()
        except (AssertionError, ChildFailed) as problem:
            raise AssertionError(f"life {seed}, after {life.done['shots']} shots: {problem}") from problem
        return life.done


def _warm() -> None:
    """Once everything in this process, that no child has to load and to work out again what the last one did."""
    with receiver() as inbox:
        _begun(inbox)
        number, _name = script.PEOPLE[IN_FORCE]
        for step in ("enter", "flag", "correct", "suspend", "suspend", "withdraw"):
            script.act(step, number)
        script.ask(number, "warm")
        script.tell()
        script.deliver()
        script.sign()


@contextmanager
def own_ground() -> Iterator[None]:
    """A database that this process and its children commit to, everything loaded; the court has decided, and no bell is
    heard."""
    with own_database(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "REGISTRY_NOTICE_WAIVER", "tests: service in court is presumed, 2026-11-24")
        patch.setattr(settings, "SHARING_SCOPE_LISTING", True)
        patch.setattr(settings, "SHARING_SUBJECT_A_MONTH", 10_000)
        patch.setattr(bell, "send", lambda task: None)
        _warm()
        yield


def _begun(inbox: Receiver) -> list[Department]:
    """An empty book, its officers, two departments with a receiver each, a bank that asks."""
    tables.restore()
    Path(settings.REGISTRY_LOG_GUARD).unlink(missing_ok=True)
    for officer in (cast.clerk, cast.judge, cast.registrar, cast.high_court_registrar):
        officer()
    departments = [cast.department(sector) for sector in ("finance", "telecom")]
    for department in departments:
        cast.measure(department)
        cast.add_endpoint(department, inbox.url, now=cast.NOW)
    asking.machine(asking.bank(daily_quota=100_000).organisation)
    cast.entered_decision()
    for number, _name in script.PEOPLE[:IN_FORCE]:
        script.enter(number)
    return departments


def _refusing(seed: int) -> Callable[[Received], int]:
    """Of what comes for the first time, one in four is refused; what comes again is taken."""
    seen: set[tuple[str, str]] = set()

    def answer(received: Received) -> int:
        known = (received.data["endpoint"], received.headers["webhook-id"])
        if known in seen:
            return 204
        seen.add(known)
        draw = random.Random(f"{seed} {received.data['event']['position']} {len(seen)}")
        return draw.choice(REFUSED) if draw.random() < REFUSALS else 204

    return answer


def _one_after_another(steps: Sequence[Callable[[], object]]) -> None:
    for step in steps:
        step()


def _asked_again(number: str, key: str) -> Screening:
    try:
        return script.ask(number, key)
    except Refusal as refusal:
        raise AssertionError(f"the question {key} is refused when it is asked again: {refusal}") from refusal


def _arrived_at(inbox: Receiver, department: Department) -> list[Received]:
    endpoints = set(Endpoint.objects.filter(department_id=department.pk).values_list("pk", flat=True))
    return [each for each in inbox.accepted_events if each.data["endpoint"] in endpoints]


def _was_listed(number: str, position: int) -> bool:
    """Whether the log, up to this position, leaves the listing of this person active."""
    listing = script.of_person(number)
    if listing is None:
        return False
    types = Event.objects.filter(listing=listing, position__lte=position).order_by("position").values_list("type")
    standing = [type_ for (type_,) in types if type_ in STANDING]
    return bool(standing) and STANDING[standing[-1]]
