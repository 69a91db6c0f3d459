"""Working days in China, and the clocks that count them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.terms import CLOCKS, WorkCalendar, due
from registry.terms.clocks import Clock, Unit

CALENDAR = WorkCalendar()
DAYS = st.dates(min_value=date(2016, 1, 1), max_value=date(2030, 12, 31))


def test_an_ordinary_monday_is_worked_and_an_ordinary_saturday_is_not() -> None:
    assert CALENDAR.is_working(date(2025, 11, 24))
    assert not CALENDAR.is_working(date(2025, 11, 22))


@pytest.mark.parametrize("day", [date(2025, 10, 1) + timedelta(days=n) for n in range(8)])
def test_no_day_of_the_national_day_week_of_2025_is_worked(day: date) -> None:
    assert not CALENDAR.is_working(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2024, 2, 4),  # a Sunday before Spring Festival
        date(2025, 1, 26),
        date(2025, 2, 8),
        date(2025, 10, 11),
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 10, 10),
    ],
)
def test_a_weekend_day_that_makes_up_for_a_holiday_is_worked(day: date) -> None:
    assert day.weekday() >= 5
    assert CALENDAR.is_working(day)


@pytest.mark.parametrize("day", [date(2026, 2, 14) + timedelta(days=n) for n in range(1, 10)])
def test_no_day_from_the_fifteenth_to_the_twenty_third_of_february_2026_is_worked(day: date) -> None:
    assert not CALENDAR.is_working(day)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 11, 24), date(2025, 11, 24)),
        (date(2025, 11, 22), date(2025, 11, 24)),
        (date(2025, 10, 1), date(2025, 10, 9)),
        (date(2026, 2, 16), date(2026, 2, 24)),
        (date(2026, 2, 28), date(2026, 2, 28)),
    ],
)
def test_the_next_working_day_is_the_day_itself_if_it_is_worked(day: date, worked: date) -> None:
    assert CALENDAR.next_working(day) == worked


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        (date(2025, 11, 24), 0, date(2025, 11, 24)),
        (date(2025, 11, 24), 3, date(2025, 11, 27)),
        (date(2025, 11, 28), 1, date(2025, 12, 1)),
        (date(2025, 9, 30), 3, date(2025, 10, 11)),  # 9 and 10 October and the make-up Saturday
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # the make-up Saturday is the first
    ],
)
def test_working_days_are_counted_from_the_day_after(start: date, number: int, end: date) -> None:
    assert CALENDAR.add_working_days(start, number) == end


def test_a_day_off_that_the_court_added_is_not_worked() -> None:
    closed = date(2025, 11, 24)
    assert WorkCalendar(extra_holidays=frozenset({closed})).next_working(closed) == date(2025, 11, 25)


def test_a_working_day_that_the_court_added_is_worked_even_on_a_holiday() -> None:
    open_day = date(2025, 10, 1)
    assert WorkCalendar(extra_workdays=frozenset({open_day})).is_working(open_day)


def test_a_year_without_a_notice_is_provisional() -> None:
    calendar = WorkCalendar(announced_through=2026)
    assert not calendar.provisional(date(2026, 12, 28))
    assert calendar.provisional(date(2027, 1, 1))


def test_the_last_days_of_december_rest_on_the_notice_of_the_year_after() -> None:
    """By that of 2019, Monday 31 December 2018 was free and the Saturday before it worked."""
    assert not WorkCalendar().is_working(date(2018, 12, 31))
    assert WorkCalendar().is_working(date(2018, 12, 29))
    days = [date(2026, 12, day) for day in (29, 30, 31)]
    assert all(WorkCalendar(announced_through=2026).provisional(day) for day in days)
    assert not any(WorkCalendar(announced_through=2027).provisional(day) for day in days)


def test_the_statutory_days_of_a_provisional_year_are_known() -> None:
    assert not CALENDAR.is_working(date(2029, 10, 1))


def test_a_receipt_is_due_on_the_next_working_day() -> None:
    assert due("receipt", date(2025, 9, 30), CALENDAR) == date(2025, 10, 9)


def test_a_purge_receipt_is_due_in_three_working_days() -> None:
    assert due("purge_receipt", date(2025, 11, 27), CALENDAR) == date(2025, 12, 2)


def test_an_objection_is_decided_in_fifteen_days_holidays_or_not() -> None:
    assert due("objection_decided", date(2025, 9, 20), CALENDAR) == date(2025, 10, 5)


@pytest.mark.parametrize(
    ("served", "last"),
    [
        (date(2025, 9, 21), date(2025, 10, 9)),  # the tenth day is in the week of the National Day
        (date(2025, 11, 5), date(2025, 11, 17)),  # a Saturday
        (date(2025, 11, 6), date(2025, 11, 17)),  # a Sunday
        (date(2025, 11, 7), date(2025, 11, 17)),  # a Monday
        (date(2025, 9, 18), date(2025, 9, 28)),  # a Sunday that is worked
    ],
)
def test_a_persons_last_day_to_ask_the_higher_court_is_no_holiday(served: date, last: date) -> None:
    assert due("higher_court_asked", served, CALENDAR) == last


def test_whoever_completes_an_objection_has_the_next_working_day() -> None:
    assert due("objection_completed", date(2025, 9, 20), CALENDAR) == date(2025, 10, 9)


def test_only_what_a_person_has_to_do_waits_for_a_working_day() -> None:
    assert {name for name, clock in CLOCKS.items() if clock.of_the_person} == {
        "objection_completed",
        "higher_court_asked",
    }


def test_a_court_may_set_another_number() -> None:
    clocks = {**CLOCKS, "objection_decided": Clock(15, Unit.WORKING_DAYS, "police rule")}
    assert due("objection_decided", date(2025, 11, 3), CALENDAR, clocks) == date(2025, 11, 24)


def test_an_unknown_clock_is_an_error_of_the_program() -> None:
    with pytest.raises(KeyError):
        due("tea", date(2025, 11, 24), CALENDAR)


@pytest.mark.parametrize("name", sorted(CLOCKS))
def test_every_clock_names_its_source(name: str) -> None:
    assert CLOCKS[name].source
    assert due(name, date(2025, 11, 24), CALENDAR) > date(2025, 11, 24)


@given(DAYS)
def test_the_next_working_day_is_worked_and_none_before_it_is(day: date) -> None:
    found = CALENDAR.next_working(day)
    assert CALENDAR.is_working(found)
    assert not any(CALENDAR.is_working(day + timedelta(days=n)) for n in range((found - day).days))


@given(DAYS, st.integers(0, 20), st.integers(0, 20))
def test_working_days_add_up(day: date, first: int, second: int) -> None:
    together = CALENDAR.add_working_days(day, first + second)
    assert CALENDAR.add_working_days(CALENDAR.add_working_days(day, first), second) == together


@given(DAYS, DAYS)
def test_a_later_day_never_leads_to_an_earlier_working_day(one: date, other: date) -> None:
    early, late = sorted((one, other))
    assert CALENDAR.next_working(early) <= CALENDAR.next_working(late)
