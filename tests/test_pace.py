"""Posts per second: no more than that over any while, a tenth of a second's worth at once, nothing for a new lease."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.delivery.pace import BURST_SECONDS, SLACK, Pace


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def _posts(pace: Pace, clock: Clock, seconds: float, step: float = 0.01) -> int:
    """As many as go within the seconds, looked at every ``step``."""
    ends, posts = clock.now + seconds, 0
    while clock.now < ends:
        while not pace.wait():
            pace.take()
            posts += 1
        clock.now += step
    return posts


@pytest.mark.parametrize("per_second", [1, 2, 10, 50, 1000])
def test_so_many_go_in_ten_seconds(per_second: int) -> None:
    clock = Clock()
    posts = _posts(Pace(per_second, clock=clock), clock, 10)
    assert 10 * per_second * 0.98 <= posts <= 10 * per_second + max(per_second * BURST_SECONDS, 1) + 1


def test_a_hundred_at_fifty_a_second_take_two_seconds() -> None:
    clock = Clock()
    pace = Pace(50, clock=clock)
    began = clock.now
    for _ in range(100):
        clock.now += pace.wait()
        pace.take()
    assert 1.8 < clock.now - began < 2.0


def test_an_idle_while_saves_up_no_more_than_a_tenth_of_a_second() -> None:
    clock = Clock()
    pace = Pace(100, clock=clock)
    clock.now += 3600
    burst = 0
    while not pace.wait():
        pace.take()
        burst += 1
    assert 9 <= burst <= 10


def test_a_new_lease_goes_on_where_the_last_one_stopped() -> None:
    clock = Clock()
    ahead, posts = 0.0, 0
    for _ in range(40):
        pace = Pace(1, ahead, clock=clock)
        while not pace.wait():
            pace.take()
            posts += 1
        ahead = pace.ahead - 0.25  # a quarter of a second passes until the next lease
        clock.now += 0.25
    assert posts == 10


@given(st.integers(1, 1000), st.lists(st.floats(0, 2), min_size=1, max_size=60))
def test_however_it_is_asked_no_while_has_more_than_its_posts_and_one_burst(
    per_second: int, pauses: list[float]
) -> None:
    clock = Clock()
    pace = Pace(per_second, clock=clock)
    taken: list[float] = []
    for pause in pauses:
        clock.now += pause
        while not pace.wait() and len(taken) < 5000:
            pace.take()
            taken.append(clock.now)
    burst = max(per_second * BURST_SECONDS, 1) + SLACK * per_second
    for begin in range(0, len(taken), 7):
        for end in range(begin, len(taken), 11):
            assert end - begin <= (taken[end] - taken[begin]) * per_second + burst + 0.001
