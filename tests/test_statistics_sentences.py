"""What the law tells of the sentences: who may be on probation, that a fine alone is a fine, and that the exempt have none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from registry.statistics.counting import Counts, Period
from registry.statistics.shapes import base, cell
from sharing.statistics import composing
from tests.statistics_book import Book, Unit
from tests.statistics_released import attack_on_the_court, of_book

YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))
TWO_YEARS = Period(date(2023, 1, 1), date(2024, 12, 31))
ON_PROBATION, FINE_ONLY, EXEMPT = (
    cell("probation", "on_probation"),
    cell("sentences", "fine_only"),
    cell("sentences", "exempt"),
)


def convicted(day: date, sentence: str, probation: str = "without", fine: str = "to_10000") -> Unit:
    of_the_person = (
        base("convicted"), cell("sentences", sentence), cell("probation", probation), cell("fines", fine),
        cell("employed", "employed"), cell("education", "bachelor"), cell("industries", "not_recorded"),
        cell("sectors", "none"), cell("occupations", "not_recorded"),
    )  # fmt: skip
    return Unit(day, (*of_the_person, *([base("fined")] if fine != "not_fined" else [])))


def few_on_probation(day: date) -> list[Unit]:
    """Three of the five who may be."""
    may = [*[convicted(day, "term_to_3", "on_probation")] * 3, *[convicted(day, "term_to_3")] * 2]
    return [*may, *[convicted(day, "term_to_5")] * 20]


def few_fined(day: date) -> list[Unit]:
    """Three of the five who are fined have no other penalty."""
    fined = [*[convicted(day, "fine_only")] * 3, *[convicted(day, "term_to_5")] * 2]
    return [*fined, *[convicted(day, "term_to_5", fine="not_fined")] * 20]


def few_exempt(day: date) -> list[Unit]:
    """Three of the five who are not fined have no penalty at all."""
    without = [*[convicted(day, "exempt", fine="not_fined")] * 3, *[convicted(day, "term_to_5", fine="not_fined")] * 2]
    return [*without, *[convicted(day, "term_to_5")] * 20]


FEW = [(few_on_probation, ON_PROBATION), (few_fined, FINE_ONLY), (few_exempt, EXEMPT)]


def first_release(units: Sequence[Unit]) -> list[Counts]:
    book = Book(1, 0, YEAR.begins, YEAR.ends)
    book.units = list(units)
    return [book.counts(YEAR)]


def second_release(few: Sequence[Unit], more: Sequence[Unit]) -> list[Counts]:
    """The first year has many of each; of the second one come those few."""
    book = Book(1, 0, YEAR.begins, YEAR.ends)
    book.units = list(few) * 5
    first = book.counts(YEAR)
    book.units += more
    return [first, book.counts(TWO_YEARS)]


@pytest.mark.parametrize(("few", "name"), FEW)
def test_no_programme_works_out_how_few_there_are(few, name):
    releases, _ = of_book(first_release(few(date(2023, 5, 5))))
    assert name in releases[0].left_out
    assert attack_on_the_court(releases) == []


@pytest.mark.parametrize(("few", "name"), FEW)
def test_no_programme_works_out_how_few_came_since(few, name):
    releases, _ = of_book(second_release(few(date(2023, 5, 5)), few(date(2024, 5, 5))))
    assert attack_on_the_court(releases) == []


@pytest.mark.parametrize(("few", "name"), FEW)
def test_the_attack_finds_a_protection_that_knows_nothing_of_the_law(few, name, monkeypatch):
    monkeypatch.setattr(composing, "_of_the_sentences", lambda: ())
    releases, _ = of_book(first_release(few(date(2023, 5, 5))))
    assert any(name in found.what for found in attack_on_the_court(releases))
