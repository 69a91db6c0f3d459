"""Listings in force are counted of the moment: no release of any period shows by how few they changed since another one."""

from __future__ import annotations

from datetime import date

import pytest

from registry.statistics.counting import Counts, Period
from registry.statistics.shapes import base
from sharing.statistics import composing
from sharing.statistics.composing import shape_of
from sharing.statistics.knowledge import Knowledge, Shape
from tests.statistics_book import Book, Unit
from tests.statistics_released import OF_THE_MOMENT, SMALLEST, attack_on_the_court, of_book, released

YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))
FIRST_HALF = Period(date(2023, 1, 1), date(2023, 6, 30))
SECOND_HALF = Period(date(2023, 7, 1), date(2023, 12, 31))


def listing(book: Book) -> Unit:
    """One that was told to some sector."""
    return next(unit for unit in book.units if base("in_force") in unit.names and len(unit.names) > 1)


def one_more(seed: int) -> list[Counts]:
    """Releases of the two halves of a year; between them one listing more took effect."""
    book = Book(seed, 240, YEAR.begins, YEAR.ends)
    first = book.counts(FIRST_HALF)
    book.units.append(listing(book))
    return [first, book.counts(SECOND_HALF)]


def one_more_and_one_less(seed: int) -> list[Counts]:
    """Of the halves and the year; between them one listing more took effect, and another one ended."""
    book = Book(seed, 240, YEAR.begins, YEAR.ends)
    counts = [book.counts(FIRST_HALF)]
    book.units.append(listing(book))
    counts.append(book.counts(SECOND_HALF))
    book.seal(next(unit for unit in reversed(book.units) if base("in_force") in unit.names and len(unit.names) > 2))
    return [*counts, book.counts(YEAR)]


def test_two_periods_that_share_no_day_do_not_show_one_listing_more():
    (first, second), _ = of_book(one_more(1))
    shown = [
        name
        for name, number in second.numbers.items()
        if name.startswith(OF_THE_MOMENT)
        and name not in first.left_out | second.left_out
        and 0 < abs(number - first.numbers[name]) < SMALLEST
    ]
    assert shown == []


@pytest.mark.parametrize("changes", [one_more, one_more_and_one_less])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_programme_finds_how_few_listings_came_or_ended(changes, seed):
    releases, _ = of_book(changes(seed))
    assert attack_on_the_court(releases) == []


def test_what_is_of_the_moment_is_the_listings_in_force_and_nothing_else():
    counts = one_more(1)[0]
    found = shape_of([counts.numbers]).of_the_moment
    assert found == {name for name in counts.numbers if name.startswith(OF_THE_MOMENT)}


def test_releases_of_two_halves_are_not_added_up_in_what_is_of_the_moment():
    shape = Shape(of_the_moment=frozenset({"base:in_force"}))
    halves = [released({"base:in_force": 40}, period, shape) for period in (FIRST_HALF, SECOND_HALF)]
    assert released({"base:in_force": 81}, YEAR, shape, after=halves).left_out == frozenset()
    assert released({"base:in_force": 41}, YEAR, shape, after=halves).left_out == {"base:in_force"}


def test_an_earlier_release_than_the_last_is_compared_too():
    shape = Shape(of_the_moment=frozenset({"base:in_force"}))
    periods = [Period(date(year, 1, 1), date(year, 12, 31)) for year in (2020, 2021, 2022)]
    first = released({"base:in_force": 40}, periods[0], shape)
    second = released({"base:in_force": 60}, periods[1], shape, after=[first])
    assert released({"base:in_force": 42}, periods[2], shape, after=[first, second]).left_out == {"base:in_force"}


def test_the_attack_finds_a_protection_that_compares_periods_alone(monkeypatch):
    monkeypatch.setattr(Knowledge, "_of_moments", lambda self: ())
    releases, _ = of_book(one_more(1))
    assert any(found.low == found.high == found.true for found in attack_on_the_court(releases))


def test_the_attack_finds_a_protection_that_does_not_know_what_is_of_the_moment(monkeypatch):
    monkeypatch.setattr(composing, "_of_the_moment", lambda rows: ())
    releases, _ = of_book(one_more(1))
    assert any(found.what.startswith(OF_THE_MOMENT) for found in attack_on_the_court(releases))
