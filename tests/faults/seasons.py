"""A season of the registry in counted time: weeks pass in a minute, and nobody waits for them.

One process does what officers, beat, workers, departments and an employer do, all by one clock that the season sets
(`tests.faults.clocks`), the database too. It is started by `tests.faults.test_seasons`, for the clock is of a whole process.

After every round of the tasks that are due by then, what was promised for that moment must hold
(`tests.faults.season_promises`): that is what no play in real time can wait for.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as day_time
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.test.utils import setup_test_environment
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from config import schedule
from config.celery import app
from registry import bell
from registry.errors import EmployerSuspended
from registry.models import Listing
from sharing.delivery.models import EndpointSecret
from sharing.departments import endpoints
from sharing.departments.models import Department, Measure
from tests import asking, cast
from tests.faults import crash_script as script
from tests.faults import crashing, season_defects
from tests.faults import season_promises as promises
from tests.faults.clocks import Clock
from tests.receiving import Received, Receiver, receiver

# The environment's words for the file of the clock, and for what it says.
CLOCK_FILE, AHEAD = "SEASON_CLOCK", "SEASON_AHEAD"
WAIVER = "tests: service in court is presumed, 2026-11-24"
MINUTE, HOUR = 60.0, 3600.0
NOON = day_time(12)
RETAINED = 32 * 24 * HOUR  # thirty days, and what is left of one at either end
ADOPTED_WITHIN = 23 * HOUR  # a new secret, by whoever receives
SWEPT = 2.5  # seconds
SECRETS = 4  # live ones, at which no further is made
STATUSES = (410, 429, 500, 503)
REFUSED = 422
CONFIRMED = 0.3  # of the times at which somebody was asked about, the employer also confirms what it was told to remove


@dataclass
class Site:
    """Where one endpoint's messages arrive. ``secrets``: each with when it is adopted, in that order; ``status``: what it says to
    everything, 0 while it is well; ``refuses``: listings of which it takes nothing; ``well_since``: by the season's clock.
    """

    endpoint_id: str
    department: Department
    secrets: list[tuple[float, str]]
    status: int = 0
    refuses: set[str] = field(default_factory=set)
    paused: bool = False
    well_since: float = 0.0

    @property
    def is_well(self) -> bool:
        return not (self.status or self.refuses or self.paused)

    def adopted(self, now: float) -> str:
        return [secret for since, secret in self.secrets if since <= now][-1]

    def changed(self) -> None:
        """Well from now on, or not any more."""
        self.well_since = time.time()


@dataclass
class Season:
    """``asked``: when each period's tasks were asked for last; ``rung``: tasks that a bell announced; ``unverified``: messages that a
    receiver could not verify; ``known``: how many of the script's people were entered; ``gone``: whose listing was withdrawn.
    """

    draw: random.Random
    clock: Clock
    ahead: float
    inbox: Receiver
    sites: dict[str, Site]
    asked: dict[timedelta, float] = field(default_factory=dict)
    rung: list[str] = field(default_factory=list)
    unverified: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    known: int = 0
    measures: int = 0
    done: Counter[str] = field(default_factory=Counter)

    def play(self, steps: int) -> None:
        """AssertionError, naming the step, where a promise is not kept."""
        for number in range(steps):
            name, step = self._drawn()
            self._held(f"step {number}, {name}", step)
        self._held("all is well again", self._heal)
        self._held("an hour and a quarter later", lambda: self.advance(75 * MINUTE))
        promises.everything_arrived(self)
        promises.judged(self)
        self._held("every term is over", lambda: self._until(promises.last_day() + timedelta(days=1)))
        self._held("everything is confirmed", self._confirm_all)
        self._held("retention is over", lambda: self.advance(RETAINED))
        promises.everything_arrived(self)
        promises.nothing_is_left(self)
        promises.judged(self)
        self.done["seasons"] += 1

    def _until(self, day: date) -> None:
        """Noon of that day."""
        self.advance((datetime.combine(day, NOON, timezone.get_current_timezone()) - timezone.now()).total_seconds())

    def advance(self, seconds: float) -> None:
        self.ahead += seconds
        self.clock.set(self.ahead)
        self.done["seconds"] += round(seconds)

    def round(self) -> None:
        """Beat asks for what is due, and workers do it; what comes of it is found by the sweep after that."""
        self._due()
        self.advance(SWEPT)
        self._due()
        self.done["rounds"] += 1

    def _due(self) -> None:
        for period, tasks in schedule.EVERY.items():
            now = time.time()
            if now - self.asked.get(period, 0.0) >= period.total_seconds():
                self.asked[period] = now
                for task in tasks:
                    self._do(task)

    def answer(self, received: Received) -> int:
        """What a site says to one message; one that it cannot verify is written down."""
        site, now = self.sites[received.data["endpoint"]], time.time()
        try:
            Webhook(site.adopted(now)).verify(received.body, received.headers)
        except WebhookVerificationError as problem:
            self.unverified.append(f"{site.endpoint_id}: {problem}")
            return 401
        self.done["messages"] += 1
        refused = received.is_event and received.event["listing"]["number"] in site.refuses
        return site.status or (REFUSED if refused else 204)

    def _held(self, what: str, step: Callable[[], object]) -> None:
        try:
            step()
            self.round()
            promises.kept(self)
        except AssertionError as problem:
            raise AssertionError(f"{what}, {timezone.localtime():%d %B %Y, %H:%M}: {problem}") from problem

    def _do(self, task: str) -> None:
        app.tasks[task]()
        while self.rung:
            app.tasks[self.rung.pop(0)]()

    def _drawn(self) -> tuple[str, Callable[[], object]]:
        """Something happens, or nothing does; and then some time passes."""
        site = self.draw.choice(list(self.sites.values()))
        happens: dict[str, tuple[int, Callable[[], object]]] = {
            "act": (8, self._act),
            "ask": (3, self._ask),
            "receive": (6, partial(self._receive, site)),
            "break or mend": (3, partial(self._break_or_mend, site)),
            "refuse or take": (2, partial(self._refuse_or_take, site)),
            "pause or resume": (2, partial(self._pause_or_resume, site)),
            "rotate": (2, partial(self._rotate, site)),
            "measure": (1, partial(self._end_or_open, site)),
            "nothing": (3, lambda: None),
        }
        (name,) = self.draw.choices(list(happens), [weight for weight, _step in happens.values()])
        seconds = self._seconds()

        def step() -> None:
            happens[name][1]()
            self.done[name] += 1
            self.round()
            promises.kept(self)
            self.advance(seconds)

        return f"{name}, then {timedelta(seconds=seconds)}", step

    def _seconds(self) -> float:
        """Until the next look at the registry: a moment, up to what is due next, minutes or hours, days."""
        kind = self.draw.random()
        if kind < 0.3:
            return float(self.draw.randint(2, 90))
        if kind < 0.55:
            return promises.until_due() or HOUR
        if kind < 0.85:
            return float(self.draw.randint(2, 5 * 60)) * MINUTE
        return self.draw.randint(12, 200) * HOUR

    # What happens

    def _act(self) -> None:
        known = [number for number, _name in script.PEOPLE[: self.known] if number not in self.gone]
        name = self.draw.choice(crashing.ACTS)
        if name == "enter" or not known:
            self._enter()
            return
        number = self.draw.choice(known)
        script.act(name, number, now=timezone.now())
        if name == "withdraw":
            self.gone.add(number)

    def _enter(self) -> None:
        if self.known < len(script.PEOPLE):
            number, _name = script.PEOPLE[self.known]
            self.known += 1
            script.enter(number, now=timezone.now())

    def _ask(self) -> None:
        number, _name = self.draw.choice(script.PEOPLE)
        signed_on = timezone.localdate() - timedelta(days=1)
        asked = asking.question(
            document_number=number, name=dict(script.PEOPLE)[number], consent=asking.attested(signed_on)
        )
        try:
            asking.answered(asked, now=timezone.now())
        except EmployerSuspended:
            self.done["suspended"] += 1
        if self.draw.random() < CONFIRMED:
            promises.confirm_removals()

    def _receive(self, site: Site) -> None:
        events = promises.unreceived(self, site)
        if events:
            script.receive(site.department, self.draw.choice(events))

    def _confirm_all(self) -> None:
        """Every department says what it did with everything, and every employer that it removed what it was told of."""
        for site in self.sites.values():
            for event in promises.unreceived(self, site):
                script.receive(site.department, event)
        promises.confirm_removals()

    def _break_or_mend(self, site: Site) -> None:
        site.status = 0 if site.status else self.draw.choice(STATUSES)
        site.changed()

    def _refuse_or_take(self, site: Site) -> None:
        numbers = sorted(Listing.objects.exclude(number="").values_list("number", flat=True))
        site.refuses = set() if site.refuses else set(self.draw.sample(numbers, min(2, len(numbers))))
        site.changed()

    def _pause_or_resume(self, site: Site) -> None:
        (endpoints.resume if site.paused else endpoints.pause)(site.endpoint_id)
        site.paused = not site.paused
        site.changed()

    def _rotate(self, site: Site) -> None:
        if EndpointSecret.objects.filter(endpoint=site.endpoint_id).count() < SECRETS:
            secret = endpoints.rotate_secret(site.endpoint_id, now=timezone.now())
            site.secrets.append((time.time() + self.draw.uniform(0, ADOPTED_WITHIN), secret))

    def _end_or_open(self, site: Site) -> None:
        """A department that ends its measure is withdrawn from, and one that takes another up has an opening set."""
        current = Measure.objects.filter(instrument__department=site.department, to_position=None).first()
        if current:
            cast.ended(current, now=timezone.now())
            return
        self.measures += 1
        cast.measure(site.department, now=timezone.now(), code=f"limit-accounts-{self.measures}")

    def _heal(self) -> None:
        for site in self.sites.values():
            site.status, site.refuses = 0, set()
            if site.paused:
                self._pause_or_resume(site)
            site.changed()


@contextmanager
def begun(seed: int) -> Iterator[Season]:
    """On an empty book: three departments with an endpoint each, a bank that asks, three people in force."""
    clock, ahead = Clock(Path(os.environ[CLOCK_FILE]), at_once=True), float(os.environ[AHEAD])
    clock.set(ahead)
    with receiver() as inbox, pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "REGISTRY_NOTICE_WAIVER", WAIVER)
        patch.setattr(settings, "SHARING_SUBJECT_A_MONTH", 10_000)
        Path(settings.REGISTRY_LOG_GUARD).unlink(missing_ok=True)
        sites = {}
        for sector in ("finance", "telecom", "transport"):
            department = cast.department(sector)
            cast.measure(department)
            endpoint, secret = cast.add_endpoint(department, inbox.url, now=timezone.now())
            sites[endpoint.pk] = Site(endpoint.pk, department, [(0.0, secret)], well_since=time.time())
        asking.machine(asking.bank(daily_quota=100_000).organisation)
        cast.entered_decision(now=timezone.now())
        made = Season(random.Random(seed), clock, ahead, inbox, sites)
        patch.setattr(bell, "send", made.rung.append)
        inbox.answer = made.answer
        for _person in range(crashing.IN_FORCE):
            made._enter()
        yield made


def main(seed: str, steps: str, defect: str = "") -> None:
    """Plays one on the database that the environment names, and prints what was done; says what was not kept, and exits 1."""
    random.seed(int(seed))  # the spread of retries
    # An hour that the season leaves out is no hour in which a transaction was left open.
    settings.DATABASES["default"]["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=0"
    setup_test_environment()
    app.loader.import_default_modules()
    with pytest.MonkeyPatch.context() as patch:
        if defect:
            season_defects.DEFECTS[defect].plant(patch)
        with begun(int(seed)) as season:
            try:
                season.play(int(steps))
            except AssertionError as problem:
                sys.exit(f"season {seed}: {problem}")
    sys.stdout.write(json.dumps(season.done) + "\n")
