"""Questions over HTTP while their persons are published and withdrawn: whether one begun after an act's answer is wrong.

`QUESTIONS=100000` names how many are begun after the answers of withdrawals. The same with two planted defects, each for
`PLANTED_RACES=100` persons.
"""

from __future__ import annotations

import http
import http.client
import itertools
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone

from config.processes import Processes
from registry import actions
from registry.models import Listing, Proposal
from sharing.employers import recalling
from sharing.employers.models import Screening, ScreeningOutcome
from tests import cast
from tests.benchmarks import book
from tests.benchmarks.figures import Figure
from tests.benchmarks.planted import COPY_SECONDS, PLANTED
from tests.benchmarks.screening import SCREENINGS, WEB, Asker, asker, question
from tests.benchmarks.stage import Stage, expect
from tests.racing import Asked, Race, begun_within

QUESTIONS = int(os.environ.get("QUESTIONS", "100000"))
BEFORE, LISTED, AFTER = 4, 10, 50  # questions that are waited for before each act, and after the last one
PLANTED_RACES = int(os.environ.get("PLANTED_RACES", "100"))
OTHERS = 1000  # in force, and nobody asks about them
ASKERS = 4
PARTIES = 10  # of one judgment
SOON_MS = 50
LEAST_SOON = 0.05  # of the questions counted
WAIT_SECONDS = 60

MEASURED = (
    "of {counted:,} questions, begun (client's clock) after the answer of a withdrawal that two officers carried out, {soon:,} "
    "of them within {ms} ms of it: those that were answered “listed”. POST {path} over {askers} keep-alive connections, "
    "each an employer of its own, all about the same person, {races:,} persons one after another; gunicorn gthread, 2 "
    "workers of 4 threads; fsync on"
)
PUBLISHED = (
    "the mirror, in the same run: of {counted:,} questions, begun after a publication's answer and answered before the "
    "withdrawal was begun, {soon:,} within {ms} ms: those that were answered “not listed”"
)
SOON = "in the same run, questions begun within {ms} ms after a withdrawal's answer"
SOON_LEAST = "a twentieth of all that are counted: the race is not empty"
RECALLS = "in the same run: answers “listed” that the walker of recalls, run at once after each withdrawal, did not find; of {told:,}"
COPY = "the same with a planted defect, {races} persons: the book is read from a copy that is up to {copy} ms old"
UNLOCKED = "the same with a planted defect, {races} persons: questions are asked without the lock on the document"

_employers = itertools.count()


@dataclass
class Run:
    """``submitted``: a listing for each race, by the serial number of its person. ``place``: the race that is asked about."""

    submitted: Sequence[tuple[int, Listing]]
    races: list[Race] = field(default_factory=list)
    place: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.races = [Race() for _ in self.submitted]

    @property
    def listed(self) -> list[Asked]:
        return [each for race in self.races for each in race.while_listed]

    @property
    def counted(self) -> list[Asked]:
        return [each for race in self.races for each in race.after_withdrawal]

    @property
    def wrongly_listed(self) -> int:
        return sum(len(race.wrongly_listed) for race in self.races)

    @property
    def wrongly_unlisted(self) -> int:
        return sum(len(race.wrongly_unlisted) for race in self.races)

    @property
    def soon(self) -> int:
        return sum(begun_within(race.after_withdrawal, race.withdrawn, SOON_MS) for race in self.races)

    @property
    def soon_listed(self) -> int:
        return sum(begun_within(race.while_listed, race.published, SOON_MS) for race in self.races)

    @property
    def told(self) -> int:
        """Answers “listed” on record."""
        return self._told().count()

    @property
    def not_recalled(self) -> int:
        return self._told().filter(recall=None).count()

    def _told(self) -> QuerySet[Screening]:
        keys = [listing.pk for _serial, listing in self.submitted]
        return Screening.objects.filter(listing__in=keys, outcome=ScreeningOutcome.LISTED)


def measure(stage: Stage) -> list[Figure]:
    races = -(-QUESTIONS // AFTER)
    book.fill(OTHERS)
    stage.say(f"{races + 2 * PLANTED_RACES:,} submitted listings")
    submitted = _submitted(races + 2 * PLANTED_RACES)
    ours = _raced(stage, submitted[:races], "")
    copy = _raced(stage, submitted[races : races + PLANTED_RACES], "copy")
    unlocked = _raced(stage, submitted[races + PLANTED_RACES :], "unlocked")
    expect(len(ours.counted) >= QUESTIONS, "too few questions were begun after the withdrawals")
    expect(bool(copy.wrongly_listed and copy.wrongly_unlisted), "an old copy of the book was not caught")
    expect(bool(unlocked.not_recalled), "questions without the lock were not caught")
    return _figures(ours, copy, unlocked)


def _figures(ours: Run, copy: Run, unlocked: Run) -> list[Figure]:
    facts = {"ms": SOON_MS, "path": SCREENINGS, "askers": ASKERS, "races": len(ours.races)}
    floor = COPY.format(races=PLANTED_RACES, copy=round(1000 * COPY_SECONDS))
    return [
        Figure(
            name="race", unit="answers", values=[ours.wrongly_listed], floors=[copy.wrongly_listed],
            target_of="value", target=1, floor_is=floor,
            measured=MEASURED.format(counted=len(ours.counted), soon=ours.soon, **facts),
        ),
        Figure(
            name="race_published", unit="answers", values=[ours.wrongly_unlisted], floors=[copy.wrongly_unlisted],
            target_of="value", target=1, floor_is=floor,
            measured=PUBLISHED.format(counted=len(ours.listed), soon=ours.soon_listed, **facts),
        ),
        Figure(
            name="race_soon", unit="questions", values=[ours.soon], floors=[LEAST_SOON * QUESTIONS],
            target_of="ratio", target=1, measured=SOON.format(**facts), floor_is=SOON_LEAST,
        ),
        Figure(
            name="race_recalls", unit="answers", values=[ours.not_recalled], floors=[unlocked.not_recalled],
            target_of="value", target=1, measured=RECALLS.format(told=ours.told),
            floor_is=UNLOCKED.format(races=PLANTED_RACES),
        ),
    ]  # fmt: skip


def _raced(stage: Stage, submitted: Sequence[tuple[int, Listing]], planted: str) -> Run:
    stage.say(f"{len(submitted):,} races{', planted: ' + planted if planted else ''}")
    run = Run(submitted)
    environment = stage.environment(
        SHARING_SCOPE_LISTING="true", SHARING_SUBJECT_A_MONTH="1000000", **{PLANTED: planted}
    )
    with Processes(stage.folder, environment) as processes:
        processes.start(WEB)
        with _asking(run, [asker(next(_employers), processes.address) for _ in range(ASKERS)]):
            for place in range(len(run.races)):
                run.place = place
                _race(run, run.races[place], *run.submitted[place])
                if place % 20 == 19:
                    stage.say(f"{place + 1:,} races, {sum(len(each.asked) for each in run.races):,} questions")
    stage.say(f"wrong after a withdrawal {run.wrongly_listed} of {len(run.counted):,}, {run.soon:,} of them soon")
    stage.say(
        f"wrong after a publication {run.wrongly_unlisted} of {len(run.listed):,}; not recalled {run.not_recalled}"
    )
    return run


def _race(run: Run, race: Race, serial: int, listing: Listing) -> None:
    """The person is published, and withdrawn by two officers; questions go on all the while."""
    _until(run, lambda: len(race.asked) >= BEFORE)
    cast.approve(listing, book.number_of(serial), now=timezone.now())
    race.published = time.monotonic_ns()
    proposal, judge = _proposed(listing), cast.judge()
    _until(run, lambda: len(race.while_listed) >= LISTED)
    race.withdrawing = time.monotonic_ns()
    actions.carry_out(proposal.pk, officer=judge, now=timezone.now())
    race.withdrawn = time.monotonic_ns()
    recalling.walk(now=timezone.now())
    _until(run, lambda: len(race.after_withdrawal) >= AFTER)


def _until(run: Run, come: Callable[[], bool]) -> None:
    ends = time.monotonic() + WAIT_SECONDS
    while not come():
        expect(time.monotonic() < ends and not run.over.is_set(), "the questions do not come")
        time.sleep(0.001)


def _proposed(listing: Listing) -> Proposal:
    return actions.propose(
        listing.pk, "withdraw", against_version=1, officer=cast.clerk(), now=timezone.now(), reason="acquitted on retrial",
        ground="（2026）京0105刑再1号",
    )  # fmt: skip


@contextmanager
def _asking(run: Run, askers: Sequence[Asker]) -> Iterator[None]:
    """All ask without a pause, each on a connection of its own, until this ends. Raises what one of them met."""
    with ThreadPoolExecutor(len(askers)) as pool:
        asking = [pool.submit(_ask_on, run, each) for each in askers]
        try:
            yield
        finally:
            run.over.set()
            for each in asking:
                each.result()


def _ask_on(run: Run, who: Asker) -> None:
    try:
        with closing(http.client.HTTPConnection(who.host, who.port, timeout=30)) as opened:
            while not run.over.is_set():
                place = run.place
                serial, _listing = run.submitted[place]
                run.races[place].asked.append(_ask(opened, who, serial))
    finally:
        run.over.set()


def _ask(opened: http.client.HTTPConnection, who: Asker, serial: int) -> Asked:
    """One question. RuntimeError where it is not answered."""
    body, headers = question(serial), who.headers()
    begun = time.monotonic_ns()
    opened.request("POST", SCREENINGS, body, headers)
    # The answer comes in two pieces; acknowledged late, the second one waits 40 ms.
    opened.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
    response = opened.getresponse()
    answer = json.loads(response.read())
    if response.status != http.HTTPStatus.CREATED:
        raise RuntimeError(f"answered {response.status}: {answer.get('code', '')}")
    return Asked(begun, time.monotonic_ns(), answer["outcome"] == "listed")


def _submitted(count: int) -> list[tuple[int, Listing]]:
    """By the serial numbers after those of the others; a judgment for every ten of them."""
    found = []
    for first in range(OTHERS, OTHERS + count, PARTIES):
        decision = cast.entered_decision(cast.judgment(number=f"（2026）京0105刑初{100_000 + first}号"))
        for serial in range(first, min(first + PARTIES, OTHERS + count)):
            entry = cast.party(cast.person(book.number_of(serial), book.name_of(serial)))
            found.append((serial, cast.draft(entry, decision)))
        keys = [listing.pk for _serial, listing in found[first - OTHERS :]]
        actions.submit(keys, officer=cast.clerk(), now=cast.NOW)
        actions.confirm_no_appeal(keys, officer=cast.clerk(), now=cast.NOW)
    return [(serial, cast.fresh(listing)) for serial, listing in found]
