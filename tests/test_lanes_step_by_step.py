"""The lanes of one endpoint, asked step by step: what goes next, and what each reply changes."""

from __future__ import annotations

from typing import Any

from sharing.delivery.lane import Lane
from sharing.delivery.lanes import UPCOMING, Lanes
from sharing.delivery.meant import SUSPENDED, WITHDRAWN, Meant
from tests.lane_world import meant

PUBLISHED = "listing.published"


def event(position: int, listing: int, type: str = PUBLISHED) -> Meant:
    return meant(position, listing, type)


def lanes_of(*events: Meant, failed: int = 0, **how: Any) -> Lanes:
    """Of an endpoint with these events at hand; ``failed``: how often in a row."""
    made = Lanes(**{"cursor": 0, "failures": failed, "cap": 4, "alone_at": None, "paced": False, **how})
    made.extend(events, events[-1].position if events else 0)
    return made


def posted(lanes: Lanes) -> Meant:
    found = lanes.next_post()
    assert found is not None
    return found


def lane_of(*events: Meant, **how: Any) -> Lane:
    made = Lane(events[0].listing_id, **how)
    for each in events:
        made.add(each)
    return made


class TestOneLane:
    def test_what_was_added_before_a_withdrawal_goes_out_as_a_stub_and_the_withdrawal_whole(self) -> None:
        lane = lane_of(event(1, 1), event(2, 1, SUSPENDED))
        assert [each.is_stub for each in lane.queue] == [False, False]
        lane.add(event(3, 1, WITHDRAWN))
        assert [each.is_stub for each in lane.queue] == [True, True, False]

    def test_a_suspension_that_would_overtake_is_silenced_too(self) -> None:
        lane = lane_of(event(1, 1), event(2, 1, SUSPENDED), held=True, due=False)
        lane.silence(3)
        assert lane.overtaking() == event(2, 1, SUSPENDED)._replace(silent=True)

    def test_what_is_told_again_after_a_withdrawal_is_not_silenced_by_it(self) -> None:
        lane = lane_of(event(1, 1), event(2, 1, WITHDRAWN), event(3, 1))
        lane.silence(2)
        assert [each.silent for each in lane.queue] == [True, False, False]

    def test_a_refusal_is_counted_and_the_lane_waits_for_its_time(self) -> None:
        lane = lane_of(event(1, 1), held=True, suspect=True)
        lane.refuse()
        assert (lane.refusals, lane.due, lane.suspect, lane.changed, lane.refused_now) == (1, False, False, True, True)
        lane.saved()
        assert (lane.changed, lane.refused_now) == (False, False)

    def test_what_was_received_out_of_turn_is_passed_over_once_it_is_its_turn(self) -> None:
        lane = lane_of(event(1, 1), event(4, 1), event(6, 1, SUSPENDED), event(9, 1), held=True, ahead={4, 6})
        lane.take(1)
        assert ([each.position for each in lane.queue], lane.from_position, lane.ahead) == ([9], 7, set())


def test_it_begins_open_and_without_failure() -> None:
    lanes = lanes_of()
    assert (lanes.closed, lanes.failed_now, lanes.was_alone, lanes.failed_before) == (False, False, False, set())
    assert lanes_of(alone_at=3).was_alone is True


def test_a_held_lane_takes_only_what_it_lacks() -> None:
    lanes = lanes_of()
    lanes.hold(Lane(1, from_position=5, ahead={8}), [])
    lanes.extend([event(4, 1), event(6, 1), event(8, 1)], 8)
    assert [each.position for each in lanes.held[1].queue] == [6]


def test_with_nothing_at_hand_more_may_still_come() -> None:
    lanes = lanes_of()
    assert lanes.next_post() is None
    assert not lanes.closed
    lanes.extend([event(1, 1)], 1)
    assert posted(lanes).position == 1


def test_a_probe_that_has_nobody_to_ask_ends() -> None:
    lanes = lanes_of(failed=1)
    assert lanes.next_post() is None
    assert lanes.closed


def test_it_is_not_done_while_a_post_is_out() -> None:
    lanes = lanes_of(event(1, 1))
    post = posted(lanes)
    assert not lanes.is_done()
    lanes.succeeded(post)
    assert lanes.is_done()


class TestWhatComesNext:
    def test_of_each_lane_that_can_send(self) -> None:
        lanes = lanes_of(event(1, 1), event(2, 1), event(3, 2), event(4, 3))
        assert [each.position for each in lanes.upcoming()] == [1, 1, 3, 4]
        post = posted(lanes)
        assert [each.position for each in lanes.upcoming()] == [3, 4], "the first one has a post out"
        lanes.succeeded(post)
        assert {each.position for each in lanes.upcoming()} == {2, 3, 4}

    def test_of_a_lane_that_is_gone_nothing(self) -> None:
        lanes = lanes_of(event(1, 1), event(2, 1))
        for _ in range(2):
            lanes.succeeded(posted(lanes))
        assert lanes.upcoming() == []

    def test_of_many_some(self) -> None:
        lanes = lanes_of(*(event(number, number) for number in range(1, UPCOMING + 10)))
        assert [each.position for each in lanes.upcoming()] == list(range(1, UPCOMING + 1))


class TestAWithdrawalThatOvertakes:
    def test_holds_its_lane_which_is_not_asked_again_in_this_run(self) -> None:
        lanes = lanes_of(event(1, 1), event(2, 1, WITHDRAWN), failed=1, alone_at=1)
        lanes.failed_before = {1}
        post = posted(lanes)
        assert post.position == 2
        lanes.succeeded(post)
        assert (lanes.held[1].refusals, lanes.held[1].ahead) == (1, {2})
        assert lanes.next_post() is None

    def test_of_a_held_lane_is_no_refusal(self) -> None:
        lanes = lanes_of()
        lanes.hold(
            Lane(1, from_position=1, refusals=1, due=False, reason="refused"), [event(1, 1), event(2, 1, WITHDRAWN)]
        )
        post = posted(lanes)
        assert post.position == 2
        lanes.succeeded(post)
        assert (lanes.held[1].refusals, lanes.held[1].in_flight) == (1, 0)

    def test_proves_against_every_other_lane_that_failed_and_counts_its_own_once(self) -> None:
        lanes = lanes_of(event(1, 1), event(2, 2), event(3, 1, WITHDRAWN))
        for post in (posted(lanes), posted(lanes)):
            lanes.failed(post)
        post = posted(lanes)
        assert post.position == 3, "the second opinion"
        lanes.succeeded(post)
        assert {listing: lane.refusals for listing, lane in lanes.held.items()} == {1: 1, 2: 1}


class TestAFailure:
    def test_of_what_failed_before_holds_the_lane_at_once_where_the_endpoint_is_known_to_live(self) -> None:
        lanes = lanes_of(event(1, 1), event(2, 2), event(3, 3), failed=2)
        lanes.failed_before = {1}
        alive = posted(lanes)
        assert alive.position == 2
        lanes.succeeded(alive)
        assert lanes.was_alone is False
        poison = posted(lanes)
        assert poison.position == 1
        lanes.failed(poison)
        assert list(lanes.held) == [1]
        assert posted(lanes).position == 3, "and nobody waits for it"

    def test_of_a_lane_that_waits_for_reasons_of_its_own_says_nothing_about_the_endpoint(self) -> None:
        lanes = lanes_of()
        lanes.hold(Lane(1, from_position=1, refusals=1), [event(1, 1)])
        lanes.failed(posted(lanes))
        assert (lanes.held[1].refusals, lanes.closed, lanes.failures) == (2, False, 0)

    def test_of_the_only_lane_means_that_there_was_nobody_else_to_ask(self) -> None:
        lanes = lanes_of(event(1, 1))
        lanes.failed(posted(lanes))
        assert (lanes.closed, lanes.failed_now, lanes.failures, lanes.was_alone) == (True, True, 1, True)

    def test_with_another_lane_to_ask_it_was_not_alone(self) -> None:
        lanes = lanes_of(event(1, 1), event(2, 2), failed=1)
        lanes.failed(posted(lanes))
        assert (lanes.closed, lanes.failed_now, lanes.failures, lanes.was_alone) == (True, True, 2, False)

    def test_of_both_lanes_there_are_is_of_more_than_one(self) -> None:
        lanes = lanes_of(event(1, 1), event(2, 2))
        for post in (posted(lanes), posted(lanes)):
            lanes.failed(post)
        assert (lanes.closed, lanes.failures, lanes.was_alone) == (True, 1, False)

    def test_a_lane_that_waits_for_reasons_of_its_own_is_no_other_one_to_ask(self) -> None:
        lanes = lanes_of(event(1, 1), failed=1)
        lanes.hold(Lane(2, from_position=2, refusals=1), [event(2, 2)])
        lanes.failed(posted(lanes))
        assert lanes.was_alone is True


class TestAPauseThatIsAskedFor:
    def test_ends_the_run_once_everything_came_back_and_holds_nothing(self) -> None:
        lanes = lanes_of(event(1, 1), event(2, 2), event(3, 3))
        first, second = posted(lanes), posted(lanes)
        lanes.failed(first, pause=60.0)
        assert (lanes.next_post(), lanes.is_done(), lanes.failed_now) == (None, False, False)
        lanes.succeeded(second)
        assert (lanes.is_done(), lanes.failed_now, lanes.failures, lanes.pause) == (True, True, 1, 60.0)
        assert (lanes.cursor, lanes.held) == (0, {})

    def test_asks_for_no_second_opinion_and_was_not_for_want_of_another_lane(self) -> None:
        lanes = lanes_of(event(1, 1), failed=2, alone_at=0)
        lanes.failed(posted(lanes), pause=0.0)
        assert (lanes.failures, lanes.was_alone, lanes.closed) == (3, False, True)

    def test_is_the_longest_that_was_asked_for(self) -> None:
        lanes = lanes_of(event(1, 1), event(2, 2), event(3, 3))
        first, second, third = posted(lanes), posted(lanes), posted(lanes)
        lanes.failed(first, pause=60.0)
        lanes.failed(second, pause=600.0)
        lanes.failed(third, pause=5.0)
        assert (lanes.pause, lanes.failures) == (600.0, 1)

    def test_beside_what_failed_otherwise_it_ends_the_run_all_the_same(self) -> None:
        lanes = lanes_of(event(1, 1), event(2, 2), event(3, 3))
        first, second = posted(lanes), posted(lanes)
        lanes.failed(first, pause=60.0)
        lanes.failed(second)
        assert (lanes.next_post(), lanes.failed_now, lanes.failures) == (None, True, 1)

    def test_of_a_retraction_that_would_overtake_is_of_the_endpoint_too(self) -> None:
        lanes = lanes_of()
        lanes.hold(Lane(1, due=False, refusals=1), [event(1, 1), event(2, 1, WITHDRAWN)])
        lanes.failed(posted(lanes), pause=60.0)
        assert (lanes.pause, lanes.failed_now, lanes.lanes[1].tried) == (60.0, True, {2})

    def test_of_a_lane_that_waits_for_reasons_of_its_own_is_the_lanes(self) -> None:
        lanes = lanes_of()
        lanes.hold(Lane(1, refusals=1), [event(1, 1)])
        lanes.failed(posted(lanes), pause=60.0)
        assert (lanes.pause, lanes.failed_now, lanes.lanes[1].pause, lanes.lanes[1].refusals) == (None, False, 60.0, 2)

    def test_of_the_one_event_that_failed_before_while_others_are_taken_is_its_lanes(self) -> None:
        lanes = lanes_of(event(1, 1), event(2, 2))
        lanes.failed_before = {1}
        first, second = posted(lanes), posted(lanes)
        lanes.succeeded(second)
        lanes.failed(first, pause=60.0)
        assert (lanes.pause, list(lanes.held)) == (None, [1])

    def test_of_one_of_several_that_failed_before_is_the_endpoints(self) -> None:
        lanes = lanes_of(event(1, 1), event(2, 2), event(3, 3))
        lanes.failed_before = {1, 3}
        first, second = posted(lanes), posted(lanes)
        lanes.succeeded(second)
        lanes.failed(first, pause=60.0)
        assert (lanes.pause, lanes.held) == (60.0, {})


class TestAProbe:
    def test_before_its_time_asks_only_what_came_after(self) -> None:
        lanes = lanes_of(event(3, 1), event(4, 2), failed=1, alone_at=3)
        assert posted(lanes).position == 4

    def test_asks_a_retraction_before_others(self) -> None:
        lanes = lanes_of(event(1, 1), event(2, 2), event(3, 3, SUSPENDED), failed=2)
        assert posted(lanes).position == 3

    def test_lacks_a_witness_while_the_only_lane_has_its_post_out(self) -> None:
        lanes = lanes_of(event(1, 1), event(2, 1, WITHDRAWN), failed=1)
        lanes.failed_before = {1}
        assert not lanes.lacks_witness, "the withdrawal voids what failed"
        assert posted(lanes).position == 1
        assert lanes.lacks_witness

    def test_lacks_a_witness_where_a_held_lane_goes_on_with_what_failed(self) -> None:
        lanes = lanes_of(failed=1)
        lanes.failed_before = {1}
        lanes.hold(Lane(1, from_position=1, reason="opening"), [event(1, 1), event(2, 1, WITHDRAWN)])
        assert lanes.lacks_witness
