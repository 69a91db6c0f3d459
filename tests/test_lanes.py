"""The lanes of one endpoint: order, held lanes, probing; and a machine that tries to lose, overtake or repeat events."""

from __future__ import annotations

import random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sharing.delivery.meant import SUSPENDED, WITHDRAWN
from tests.lane_world import TYPES, World, random_run

PUBLISHED, FLAGGED = "listing.published", "listing.flagged"
LISTINGS = st.integers(1, 4)


class LaneMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World(cap=2)

    @rule(listing=LISTINGS, type=st.sampled_from(TYPES), told=st.booleans())
    def event(self, listing: int, type: str, told: bool) -> None:
        self.world.append(listing, type, told=told)

    @rule(listing=LISTINGS)
    def withdrawal(self, listing: int) -> None:
        self.world.append(listing, WITHDRAWN, told=False)

    @rule(listing=LISTINGS)
    def measure_opens(self, listing: int) -> None:
        self.world.open_measure(listing)

    @rule()
    def lease(self) -> None:
        self.world.lease()

    @rule()
    def read_on(self) -> None:
        self.world.read()

    @rule(posts=st.integers(1, 3))
    def post(self, posts: int) -> None:
        for _ in range(posts):
            self.world.post()

    @rule(index=st.integers(0, 3), lost=st.booleans())
    def land(self, index: int, lost: bool) -> None:
        self.world.land(index, lost=lost)

    @rule()
    def whole_run(self) -> None:
        if self.world.lanes is None:
            self.world.run()

    @rule()
    def save(self) -> None:
        self.world.save()

    @rule()
    def finish(self) -> None:
        self.world.finish()

    @rule(seed=st.integers(0, 3))
    def slot_dies(self, seed: int) -> None:
        self.world.crash(random.Random(seed))

    @rule()
    def time_passes(self) -> None:
        self.world.wait()

    @rule(listing=LISTINGS)
    def listing_turns_to_poison_or_heals(self, listing: int) -> None:
        self.world.poison ^= {listing}

    @rule(down=st.booleans())
    def receiver_goes_down_or_comes_back(self, down: bool) -> None:
        self.world.down = down

    @rule(busy=st.booleans())
    def receiver_asks_for_pauses_or_does_not(self, busy: bool) -> None:
        self.world.busy = busy

    @invariant()
    def nothing_is_passed_or_held_without_reason(self) -> None:
        self.world.check()

    def teardown(self) -> None:
        self.world.drain()


class PacedLaneMachine(LaneMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world.paced = True


TestLaneMachine = LaneMachine.TestCase
TestPacedLaneMachine = PacedLaneMachine.TestCase
TestPacedLaneMachine.settings = settings(max_examples=75, stateful_step_count=40, deadline=None)
TestLaneMachine.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize("block", range(10))
def test_a_thousand_random_lives_lose_nothing(block: int) -> None:
    for seed in range(block * 100, block * 100 + 100):
        random_run(seed)


@pytest.mark.parametrize(("paced", "first"), [(True, [9, 9, 4, 4]), (False, [1, 2, 3, 4])])
def test_where_posts_wait_for_one_another_listings_with_a_retraction_go_first(paced: bool, first: list[int]) -> None:
    world = World(cap=1, paced=paced)
    for listing in (1, 2, 3, 4, 5, 9):
        world.append(listing, PUBLISHED, told=True)
    world.append(4, SUSPENDED, told=False)
    world.append(9, WITHDRAWN, told=False)
    world.lease()
    while world.lanes and world.lanes.scanned < world.telling:
        world.read()
    asked = []
    for _ in first:
        world.post()
        asked.append(world.flying[0].listing_id)
        world.land(0)
    assert asked == first


def test_with_a_dead_endpoint_no_lane_becomes_held() -> None:
    world = World(cap=4, down=True)
    for listing in (1, 2, 3, 1, 2, 3, 4, 5, 6):
        world.append(listing, FLAGGED, told=True)
    for failures in range(1, 30):
        world.wait()
        world.run()
        assert (world.failures, world.cursor, world.rows) == (failures, 0, {})


def test_a_dead_endpoint_is_asked_for_one_event_at_a_time_the_oldest_and_others() -> None:
    world = World(cap=4, down=True)
    for listing in (1, 2, 3, 4, 5, 6, 7, 8):
        world.append(listing, FLAGGED, told=True)
    world.run()
    asked = []
    for _ in range(8):
        world.wait()
        world.run()
        asked.append(next(iter(world.posts)))
        assert len(world.posts) == 1
    assert asked[::2] == [1, 1, 1, 1]
    assert set(asked[1::2]) <= {5, 6, 7, 8}
    assert len(set(asked[1::2])) >= 3


@pytest.mark.parametrize("poison", [{1}, {1, 2}, {1, 2, 3, 4, 5}])
def test_poison_lanes_hold_up_no_other_listing(poison: set[int]) -> None:
    world = World(cap=2, poison=poison)
    for listing in (1, 2, 3, 4, 5, 6, 7, 6, 7):
        world.append(listing, FLAGGED, told=True)
    for _ in range(12):
        world.wait()
        world.run()
    healthy = {event.position for event in world.meant(0, world.telling) if event.listing_id not in poison}
    assert healthy <= world.arrived.keys()
    world.append(8, FLAGGED, told=True)
    world.run()
    assert world.telling in world.arrived, "and a new listing does not wait for the poison's time"


def test_two_poison_lanes_alone_do_not_starve_a_third_lane() -> None:
    world = World(cap=4, poison={1, 2})
    world.append(1, FLAGGED, told=True)
    world.append(2, FLAGGED, told=True)
    for _ in range(5):
        world.wait()
        world.run()
    assert world.failures
    world.append(3, FLAGGED, told=True)
    for _ in range(3):
        world.wait()
        world.run()
    assert 3 in world.arrived


def test_a_held_lane_that_healed_is_asked_although_another_lane_keeps_failing() -> None:
    world = World(cap=4, poison={1})
    for listing in (1, 2, 1):
        world.append(listing, FLAGGED, told=True)
    world.run()
    assert list(world.rows) == [1]
    world.poison = {3}
    world.append(3, FLAGGED, told=True)
    for _ in range(6):
        world.wait()
        world.run()
    assert {1, 3} <= world.arrived.keys()


def test_a_withdrawal_that_is_refused_waits_like_any_other_event() -> None:
    world = World(cap=4, poison={1})
    world.append(1, WITHDRAWN, told=True)
    world.append(2, FLAGGED, told=True)
    world.run()
    assert world.posts[1] == 1, "and is not sent over and over"
    assert world.rows[1].refusals == 1
    world.append(3, FLAGGED, told=True)
    world.run()
    assert world.posts[1] == 0, "not before its time"


def test_a_withdrawal_overtakes_only_where_its_lane_is_held() -> None:
    world = World(cap=4, poison_positions={1})
    world.append(1, PUBLISHED, told=True)
    world.append(2, PUBLISHED, told=True)
    world.run()
    world.append(1, WITHDRAWN, told=True)
    world.run()
    assert list(world.arrived) == [2, 3]
    assert world.rows[1].ahead == {3}
    world.poison_positions.clear()
    world.wait()
    world.run()
    assert list(world.arrived) == [2, 3, 1]
    assert not world.rows


@pytest.mark.parametrize("late", [False, True])
def test_a_withdrawal_overtakes_at_once_even_where_the_endpoint_has_no_other_lane(late: bool) -> None:
    world = World(cap=4, poison_positions={1})
    world.append(1, PUBLISHED, told=True)
    if late:
        world.run()
        assert (world.failures, world.alone_at) == (1, 1)
    world.append(1, WITHDRAWN, told=True)
    world.run()
    assert list(world.arrived) == [2]
    assert (world.failures, world.rows[1].ahead) == (0, {2})


def test_once_withdrawn_what_is_at_hand_goes_out_as_a_stub() -> None:
    world = World(cap=4)
    world.append(1, PUBLISHED, told=True)
    world.append(1, SUSPENDED, told=True)
    world.lease()
    world.append(1, WITHDRAWN, told=True)
    world.post()
    assert world.flying[0].is_stub


def test_an_opening_set_that_comes_during_a_run_keeps_the_order_of_its_listing() -> None:
    world = World(cap=4)
    world.append(1, PUBLISHED, told=False)
    world.append(2, PUBLISHED, told=True)
    world.lease()
    world.open_measure(1)
    world.append(1, FLAGGED, told=False)
    world.run()
    world.run()
    assert list(world.arrived) == [2, 1, 3]
