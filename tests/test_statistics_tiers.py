"""What the kinds of data tell of the tiers: each case of a tier has a kind of it, and a kind stands in no lower tier."""

from __future__ import annotations

from datetime import date

import pytest

from registry.statistics.counting import Counts, Period
from registry.statistics.shapes import base, cell
from sharing.statistics import composing
from sharing.statistics.knowledge import AtMost, Shape
from tests.statistics_book import Book, Unit
from tests.statistics_released import attack, attack_on_the_court, of_book, released

YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))
TWO_YEARS = Period(date(2023, 1, 1), date(2024, 12, 31))
ORDINARY = cell("data_tiers", "ordinary")


def concluded(day: date, tier: str, *kinds: str) -> Unit:
    of_the_case = (
        base("cases_concluded"), cell("concluded_by_year", str(day.year)), cell("concluded_by_court", "京0105"),
        cell("outcomes", "convicted"), cell("instances", "first"), base("first_instance"), base("with_kinds"),
    )  # fmt: skip
    return Unit(day, (*of_the_case, cell("data_tiers", tier), *(cell("data_kinds", kind) for kind in kinds)))


def cases(day: date) -> list[Unit]:
    """Eighteen have a kind of a tier above the ordinary one, transactions, and two have none."""
    return [
        *[concluded(day, "highly_sensitive", "location", "transaction")] * 5,
        *[concluded(day, "highly_sensitive", "credit", "transaction")] * 3,
        *[concluded(day, "sensitive", "transaction", "phone_number")] * 10,
        *[concluded(day, "ordinary", "phone_number")] * 2,
    ]


def two_ordinary(_seed: int) -> list[Counts]:
    book = Book(1, 0, YEAR.begins, YEAR.ends)
    book.units = cases(date(2023, 5, 5))
    return [book.counts(YEAR)]


def two_more_ordinary(_seed: int) -> list[Counts]:
    """The first year has many of every tier; of the second one come the same cases."""
    book = Book(1, 0, YEAR.begins, YEAR.ends)
    book.units = cases(date(2023, 5, 5)) * 5
    first = book.counts(YEAR)
    book.units += cases(date(2024, 5, 5))
    return [first, book.counts(TWO_YEARS)]


@pytest.mark.parametrize("counts", [two_ordinary, two_more_ordinary])
def test_no_programme_works_out_from_the_kinds_how_few_cases_are_of_a_tier(counts):
    releases, _ = of_book(counts(1))
    assert attack_on_the_court(releases) == []


def test_the_smallest_tier_is_left_out_with_what_would_give_it_away():
    (release,), _ = of_book(two_ordinary(1))
    assert ORDINARY in release.left_out
    assert release.left_out & {base("with_kinds"), cell("data_kinds", "transaction")}


@pytest.mark.parametrize("seed", [1, 2])
def test_no_programme_narrows_down_a_random_book_of_such_cases(seed):
    book = Book(seed, 120, YEAR.begins, YEAR.ends)
    releases, _ = of_book([book.counts(YEAR)])
    assert attack_on_the_court(releases) == []


@pytest.mark.parametrize("counts", [two_ordinary, two_more_ordinary])
def test_the_attack_finds_a_protection_that_knows_nothing_of_the_tiers(counts, monkeypatch):
    monkeypatch.setattr(composing, "_of_the_tiers", lambda kinds: ())
    releases, _ = of_book(counts(1))
    assert any(ORDINARY in found.what for found in attack_on_the_court(releases))


# Several terms

PARTS = Shape(at_most=[AtMost("base:less", ("base:one", "base:other"))])


def test_what_two_numbers_bound_together_from_below_is_not_known_to_be_small():
    """less (20) is at most one (18) and other (2): whoever reads 20 and 18 knows that other is 2 at least."""
    release = released({"base:less": 20, "base:one": 18, "base:other": 2}, YEAR, PARTS)
    assert release.left_out == {"base:other"}
    assert attack([release], PARTS) == []


def test_what_is_part_of_two_numbers_together_is_not_narrowed_down_between_them():
    bounded = Shape(at_most=[AtMost("base:some", ("base:one", "base:other")), AtMost("base:other", ("base:some",))])
    release = released({"base:some": 3, "base:one": 1, "base:other": 2}, YEAR, bounded)
    assert attack([release], bounded) == []
