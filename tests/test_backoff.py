"""When a failing endpoint or a refused lane is tried again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.delivery import backoff

HOUR = 3600


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [
        (1, 1),
        (2, 5),
        (3, 30),
        (4, 2 * 60),
        (5, 5 * 60),
        (6, 15 * 60),
        (7, 30 * 60),
        (8, HOUR),
        (9, HOUR),
        (1000, HOUR),
    ],
)
def test_the_waiting_time_grows_to_an_hour_and_is_spread(failures: int, seconds: int) -> None:
    delays = [backoff.delay(failures) for _ in range(300)]
    assert 0.8 * seconds <= min(delays) < 0.9 * seconds
    assert 1.1 * seconds < max(delays) <= 1.2 * seconds


@pytest.mark.parametrize("failures", [1, 2, 50])
def test_gone_is_probed_hourly_from_the_first_time_on(failures: int) -> None:
    assert 0.8 * HOUR <= backoff.delay(failures, status=410) <= 1.2 * HOUR


@pytest.mark.parametrize(
    ("retry_after", "least", "most"),
    [
        (None, 0.8, 1.2),
        (0.0, 0.8, 1.2),
        (1.0, 1.0, 1.2),
        (90.0, 90.0, 90.0),
        (HOUR, HOUR, HOUR),
        (10 * HOUR, HOUR, HOUR),
    ],
)
def test_a_later_wish_of_the_receiver_counts_up_to_an_hour(
    retry_after: float | None, least: float, most: float
) -> None:
    assert least <= backoff.delay(1, status=503, retry_after=retry_after) <= most


@pytest.mark.parametrize("failures", [3, 8, 1000])
def test_while_our_own_way_out_is_disturbed_it_is_tried_every_half_minute(failures: int) -> None:
    assert 24 <= backoff.delay(failures, ours=True) <= 36


def test_an_earlier_wish_of_the_receiver_does_not_count() -> None:
    assert backoff.delay(8, status=429, retry_after=1.0) >= 0.8 * HOUR


@given(st.integers(0, 10**9), st.integers(0, 599), st.none() | st.floats(0, 10**9))
def test_it_is_never_given_up_and_never_later_than_an_hour_and_its_spread(
    failures: int, status: int, retry_after: float | None
) -> None:
    assert 0.8 <= backoff.delay(failures, status=status, retry_after=retry_after) <= 1.2 * HOUR
