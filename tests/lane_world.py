"""A world around `Lanes` without a database: a log, one endpoint, a receiver that may refuse, slots that may die.

Saving and loading are done as `sharing.delivery.saving` and `holding` do it. Every step checks what must always hold;
`drain` checks what must hold in the end. Used by the state machine and by the planted defects.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sharing.delivery.lane import Lane
from sharing.delivery.lanes import Lanes
from sharing.delivery.meant import OVERTAKING, SUSPENDED, WITHDRAWN, Meant
from sharing.transport import Reply

WINDOW = 4
TYPES = ("listing.published", "listing.flagged", "listing.corrected", SUSPENDED, "listing.reinstated")
MOMENT = datetime(2026, 11, 24, tzinfo=UTC)


def meant(position: int, listing: int, type: str, *, silent: bool = False) -> Meant:
    """An event of that listing, as far as lanes look at it."""
    return Meant(
        position=position,
        event_id=f"evt_{position}",
        epoch=1,
        type=type,
        occurred_at=MOMENT,
        listing_id=listing,
        listing_number=str(listing),
        commitment=b"",
        measures=[],
        previous=0,
        silent=silent,
    )


def reply(status: int = 204, failure: str = "", retry_after: float | None = None) -> Reply:
    """What became of one post."""
    return Reply(
        key=None,
        started_at=1796000000.25,
        elapsed_ms=17,
        status=status,
        failure=failure,
        retry_after=retry_after,
        content_type="text/plain",
        length=5,
        sha256="ab" * 32,
    )


@dataclass
class Row:
    """One held lane as stored."""

    from_position: int
    ahead: set[int] = field(default_factory=set)
    refusals: int = 0
    due: bool = True
    reason: str = "opening"


@dataclass
class World:
    cap: int = 3
    paced: bool = False
    log: list[tuple[int, str]] = field(default_factory=list)  # (listing, type); the position is the index + 1
    first: dict[int, int] = field(default_factory=dict)  # told: first position by listing
    withdrawn: set[int] = field(default_factory=set)
    poison: set[int] = field(default_factory=set)  # listings whose every event is refused
    poison_positions: set[int] = field(default_factory=set)
    down: bool = False
    busy: bool = False  # what is refused is answered with a pause
    # what is stored
    cursor: int = 0
    failures: int = 0
    alone_at: int | None = None
    waiting: bool = False
    rows: dict[int, Row] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)  # positions with a failed attempt
    # what a slot holds
    lanes: Lanes | None = None
    flying: list[Meant] = field(default_factory=list)
    failed_now: set[int] = field(default_factory=set)
    posts: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    # what happened
    arrived: dict[int, int] = field(default_factory=dict)  # position -> when it first arrived
    first_failed: dict[int, int] = field(default_factory=dict)
    last_success: int = -1
    clock: int = 0

    # The log and its readers

    @property
    def telling(self) -> int:
        return len(self.log)

    def append(self, listing: int, type: str, *, told: bool) -> None:
        if listing in self.withdrawn:
            return
        self.log.append((listing, type))
        if told:
            self.first.setdefault(listing, self.telling)
        if type == WITHDRAWN:
            self.withdrawn.add(listing)
            if self.lanes:
                self.lanes.silence({listing: self.telling})

    def open_measure(self, listing: int) -> None:
        """The department is told of a listing that it did not know: behind the cursor, by a held lane."""
        events = [position for position, (each, _) in enumerate(self.log, 1) if each == listing]
        if listing in self.first or not events or listing in self.withdrawn:
            return
        self.first[listing] = self.rows_first = events[-1]
        self.rows[listing] = Row(events[-1])

    def is_meant(self, position: int) -> bool:
        listing = self.log[position - 1][0]
        return self.first.get(listing, self.telling + 1) <= position

    def meant(self, after: int, upto: int, listing: int = 0) -> list[Meant]:
        return [
            self._event(position)
            for position in range(after + 1, upto + 1)
            if self.is_meant(position) and listing in (0, self.log[position - 1][0])
        ]

    def _event(self, position: int) -> Meant:
        listing, type = self.log[position - 1]
        return meant(position, listing, type, silent=listing in self.withdrawn)

    # A slot

    @property
    def has_work(self) -> bool:
        if self.waiting and (self.alone_at is None or self.telling <= self.alone_at):
            return False
        due = (row for listing, row in self.rows.items() if row.due and self._left(listing, row))
        return self.cursor < self.telling or any(True for _ in due)

    def _left(self, listing: int, row: Row) -> bool:
        return bool(self.meant(row.from_position - 1, self.telling, listing))

    def lease(self) -> None:
        if self.lanes is not None or not self.has_work:
            return
        self.posts.clear()
        early = self.alone_at if self.waiting else None
        self.lanes = Lanes(cursor=self.cursor, failures=self.failures, cap=self.cap, alone_at=early, paced=self.paced)
        self.lanes.failed_before = set(self.failed) if self.failures else set()
        self.failed_now.clear()
        self._hold([listing for listing, row in self.rows.items() if row.due or self._urgent(listing, row)])
        self.read()

    def _urgent(self, listing: int, row: Row) -> bool:
        later = self.meant(row.from_position, self.telling, listing)
        return any(event.type in OVERTAKING and event.position not in row.ahead for event in later)

    def _hold(self, listings: list[int]) -> None:
        assert self.lanes
        for listing in listings:
            row = self.rows[listing]
            lane = Lane(
                listing_id=listing,
                from_position=row.from_position,
                refusals=row.refusals,
                due=row.due,
                ahead=set(row.ahead),
                reason=row.reason,
            )
            self.lanes.hold(lane, self.meant(row.from_position - 1, self.lanes.scanned, listing))

    def read(self) -> None:
        lanes = self.lanes
        while lanes and not lanes.closed and lanes.scanned < self.telling:
            if lanes.backlog >= 2 * WINDOW and not lanes.lacks_witness:
                return
            upto = min(self.telling, lanes.scanned + WINDOW)
            events = self.meant(lanes.scanned, upto)
            unknown = {event.listing_id for event in events} - lanes.lanes.keys()
            self._hold([listing for listing in unknown if listing in self.rows])
            lanes.extend(events, upto)

    def post(self) -> bool:
        """One post goes out, if one may."""
        if self.lanes is None:
            return False
        event = self.lanes.next_post()
        if event is None:
            return False
        assert event.listing_id not in {each.listing_id for each in self.flying}, "two posts of one lane at once"
        assert self.is_meant(event.position), "sent what is not meant"
        assert event.is_stub or event.type == WITHDRAWN or event.listing_id not in self.withdrawn, "disclosed"
        self.posts[event.position] += 1
        assert self.posts[event.position] <= 2, "one event again and again in one run"
        self.flying.append(event)
        return True

    def land(self, index: int, *, lost: bool = False) -> None:
        """One post comes back. ``lost``: it arrived, but the reply did not."""
        if not self.flying or self.lanes is None:
            return
        event = self.flying.pop(index % len(self.flying))
        self.clock += 1
        if not self._receives(event) or lost:
            self.first_failed.setdefault(event.position, self.clock)
            self.failed_now.add(event.position)
            self.lanes.failed(event, pause=60.0 if self.busy else None)
        else:
            self.last_success = self.clock
            self.lanes.succeeded(event)
        self.check()

    def _receives(self, event: Meant) -> bool:
        if self.down or event.listing_id in self.poison or event.position in self.poison_positions:
            return False
        if event.position not in self.arrived:
            self._check_order(event)
            self.arrived[event.position] = self.clock
        return True

    def save(self) -> None:
        """As `saving.save` writes it."""
        lanes = self.lanes
        if lanes is None:
            return
        self.failed |= self.failed_now
        self.cursor = max(self.cursor, lanes.cursor)
        if not (lanes.early and not lanes.failed_now and lanes.failures > 0):
            self.waiting = lanes.failed_now
        self.failures = lanes.failures
        self.alone_at = self.telling if lanes.failures and lanes.was_alone else None
        caught_up = lanes.caught_up()
        for lane in [each for each in lanes.held.values() if each.changed]:
            self._save_lane(lane)
        for lane in caught_up:
            self.rows.pop(lane.listing_id, None)
        lanes.drop(caught_up)
        self.check()

    def _save_lane(self, lane: Lane) -> None:
        old = self.rows.get(lane.listing_id)
        due = (not lane.refused_now) if lane.refused_now or lane.due or old is None else old.due
        reason = old.reason if old else lane.reason
        self.rows[lane.listing_id] = Row(lane.first_position, set(lane.ahead), lane.refusals, due, reason)
        lane.saved()

    def crash(self, rng: random.Random) -> None:
        """The slot dies; of what was in flight, some arrived."""
        for event in self.flying:
            if rng.random() < 0.5:
                self._receives(event)
        self.flying.clear()
        self.lanes = None

    def finish(self) -> None:
        """The slot has nothing left to do, saves and gives the lease back."""
        if self.lanes is not None and not self.flying and self._is_done():
            self.save()
            self.lanes = None

    def _is_done(self) -> bool:
        assert self.lanes
        return self.lanes.is_done() and (self.lanes.closed or self.lanes.scanned >= self.telling)

    def wait(self) -> None:
        """Every waiting time is over."""
        self.waiting = False
        for row in self.rows.values():
            row.due = True

    def run(self) -> None:
        """One lease from beginning to end."""
        self.lease()
        for _ in range(10 * (self.telling + 10)):
            if self.lanes is None:
                return
            self.read()
            while self.post():
                pass
            if self.flying:
                self.land(0)
            self.finish()
        raise AssertionError("a run without end")

    # What must hold

    def _check_order(self, event: Meant) -> None:
        if event.type in OVERTAKING:
            return
        earlier = (each.position for each in self.meant(0, event.position - 1, event.listing_id))
        assert all(position in self.arrived for position in earlier), "arrived out of turn"

    def check(self) -> None:
        """The cursor passes nothing that is neither received nor held; a lane is held only for a reason."""
        for event in self.meant(0, self.cursor):
            row = self.rows.get(event.listing_id)
            held = row is not None and row.from_position <= event.position and event.position not in row.ahead
            assert event.position in self.arrived or held, "the stored cursor passed an event"
        if self.lanes is None:
            return
        for event in self.meant(0, self.lanes.cursor):
            held = event.listing_id in self.lanes.held or event.listing_id in self.rows
            assert event.position in self.arrived or held, "the cursor passed an event"
        for lane in self.lanes.held.values():
            if lane.refused_now and lane.refusals == 1:
                failed = self.first_failed.get(lane.first_position)
                assert failed is not None, "a refused lane goes on again and again in the same run"
                assert failed < self.last_success, "held although nothing succeeded since it failed"

    def drain(self) -> None:
        """Others pass a poison lane; and once the receiver is healthy, everything arrives and no lane stays held."""
        self.down = False
        bad = {event.listing_id for event in self.meant(0, self.telling) if event.position in self.poison_positions}
        self._run_until(lambda event: event.listing_id in bad | self.poison)
        self.poison, self.poison_positions = set(), set()
        self._run_until(lambda event: False)
        self.wait()
        self.run()
        assert self.cursor == self.telling, "the cursor did not reach the end"
        assert not self.rows, "a lane stayed held"
        assert (self.failures, self.waiting, self.alone_at) == (0, False, None), "still failing"

    def _run_until(self, may_be_missing: object) -> None:
        assert callable(may_be_missing)
        rounds = 2 * len({listing for listing, _ in self.log}) + 12
        for _ in range(rounds):
            self.wait()
            self.run() if self.lanes is None else self._end_run()
        missing = [event.position for event in self.meant(0, self.telling) if event.position not in self.arrived]
        assert all(may_be_missing(self._event(position)) for position in missing), f"never arrived: {missing}"

    def _end_run(self) -> None:
        while self.flying:
            self.land(0)
        self.run()


def random_run(seed: int, steps: int = 60) -> None:
    """One life of the world from a seed; AssertionError where something does not hold."""
    rng = random.Random(seed)
    world = World(cap=rng.choice((1, 2, 5)), paced=bool(seed % 2))
    acts = (
        (6, lambda: world.append(rng.randint(1, 5), rng.choice(TYPES), told=rng.random() < 0.8)),
        (1, lambda: world.append(rng.randint(1, 5), WITHDRAWN, told=False)),
        (1, lambda: world.open_measure(rng.randint(1, 5))),
        (8, world.lease),
        (4, world.read),
        (14, lambda: [world.post() for _ in range(rng.randint(1, 4))]),
        (14, lambda: world.land(rng.randint(0, 9), lost=rng.random() < 0.1)),
        (4, world.save),
        (6, world.finish),
        (1, lambda: world.crash(rng)),
        (3, world.wait),
        (1, lambda: world.poison.symmetric_difference_update({rng.randint(1, 5)})),
        (1, lambda: world.poison_positions.symmetric_difference_update({rng.randint(1, 20)})),
        (1, lambda: setattr(world, "down", rng.random() < 0.5)),
    )
    names = [act for weight, act in acts for _ in range(weight)]
    for _ in range(steps):
        rng.choice(names)()
    world.check()
    world.drain()
