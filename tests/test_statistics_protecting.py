"""What a release leaves out: no small number and no small difference can be worked out from all that is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from registry.errors import PeriodInsideAnother, PeriodsOverlap
from registry.statistics.counting import Counts, Period
from registry.statistics.shapes import Sum
from sharing.statistics import protecting
from sharing.statistics.composing import shape_of
from sharing.statistics.guessing import UNBOUNDED
from sharing.statistics.knowledge import AtMost, Earlier, Knowledge, Shape
from sharing.statistics.protecting import Why, protect, refuse_period
from tests import statistics_released
from tests.statistics_attack import Finding
from tests.statistics_book import Book
from tests.statistics_released import SMALLEST, attack_on_the_court, of_book


def years(first: int, last: int) -> Period:
    return Period(date(first, 1, 1), date(last, 12, 31))


TO_2023 = Period(date(2018, 1, 1), date(2023, 11, 22))
TO_2024 = Period(date(2018, 1, 1), date(2024, 11, 22))

# One base with a table of four rows, of which the figure adds up two.
ROWS = ("table:t:a", "table:t:b", "table:t:c", "table:t:d")
PLAIN = Shape(sums=[Sum("base:all", ROWS), Sum("figure:ab", ROWS[:2])])


def numbers(a: int, b: int, c: int, d: int) -> dict[str, int]:
    return {"base:all": a + b + c + d, **dict(zip(ROWS, (a, b, c, d), strict=True)), "figure:ab": a + b}


def left_out(
    counted: Mapping[str, int], *, period: Period = TO_2023, shape: Shape = PLAIN, earlier: Sequence[Earlier] = ()
) -> set[str]:
    return set(protect(counted, period, shape, smallest=SMALLEST, earlier=earlier))


def released(
    counted: Mapping[str, int], period: Period, shape: Shape = PLAIN, after: Sequence[Earlier] = ()
) -> Earlier:
    return statistics_released.released(counted, period, shape, after)


def attack(releases: Sequence[Earlier], shape: Shape = PLAIN) -> list[Finding]:
    return statistics_released.attack(releases, shape)


# One release


def test_where_no_number_is_small_everything_is_published_zeros_too():
    assert left_out(numbers(20, 30, 0, 50)) == set()


def test_a_small_number_takes_the_smallest_row_along_that_hides_it():
    assert left_out(numbers(20, 30, 2, 50)) == {"table:t:c", "table:t:d"}


def test_two_small_numbers_hide_each_other_only_if_they_are_enough_together():
    assert left_out(numbers(20, 30, 3, 4)) == {"table:t:c", "table:t:d"}
    assert left_out(numbers(20, 30, 3, 2)) == {"table:t:c", "table:t:d", "figure:ab", "table:t:b"}


def test_a_row_inside_a_figure_is_hidden_by_a_row_of_the_same_figure():
    assert left_out(numbers(2, 30, 20, 50)) == {"table:t:a", "table:t:b"}


def test_a_figure_that_would_give_a_row_away_is_left_out_itself_only_if_no_row_will_do():
    assert "figure:ab" in left_out(numbers(2, 0, 20, 50))


def test_a_number_of_which_all_the_others_are_zero_gives_its_base_away_so_both_are_left_out():
    assert left_out({"base:all": 3, "table:t:a": 3}, shape=Shape([Sum("base:all", ["table:t:a"])])) == {
        "base:all",
        "table:t:a",
    }


def test_industries_give_no_sector_away_and_sectors_no_industry():
    industries = ("table:i:bank", "table:i:broker", "table:i:telecom", "table:i:farm")
    sums = [
        Sum("base:all", industries),
        Sum("base:all", ("table:s:finance", "table:s:telecom", "table:s:none")),
        Sum("table:s:finance", industries[:2]),
        Sum("table:s:telecom", industries[2:3]),
        Sum("table:s:none", industries[3:]),
    ]
    counted = dict(zip(industries, (40, 3, 30, 20), strict=True))
    counted |= {"base:all": 93, "table:s:finance": 43, "table:s:telecom": 30, "table:s:none": 20}
    assert left_out(counted, shape=Shape(sums)) == {"table:i:bank", "table:i:broker"}
    counted |= {"table:i:broker": 23, "table:s:finance": 63, "table:i:telecom": 2, "table:s:telecom": 2, "base:all": 85}
    out = left_out(counted, shape=Shape(sums))
    assert {"table:i:telecom", "table:s:telecom"} < out
    assert len(out & {*industries}) == len(out - {*industries}) == 2


def test_few_who_are_not_fined_are_not_found_by_taking_the_fined_from_all():
    rows = ("table:fines:none", "table:fines:less", "table:fines:more")
    shape = Shape([Sum("base:all", rows), Sum("base:fined", rows[1:])])
    counted = {"base:all": 302, rows[0]: 4, rows[1]: 248, rows[2]: 50, "base:fined": 298}
    out = left_out(counted, shape=shape)
    assert {rows[0], "base:fined"} <= out
    assert "base:all" not in out


def test_of_a_small_base_nothing_is_published_for_even_zeros_would_tell_of_everybody():
    names = frozenset({*ROWS, "figure:ab"})
    shape = Shape(PLAIN.sums, counted_out_of={"base:all": names})
    assert left_out(numbers(3, 0, 0, 0), shape=shape) == {"base:all", *names}


def test_the_reasons_are_named_and_the_same_book_has_always_the_same_answer():
    found = protect(numbers(20, 30, 2, 50), TO_2023, PLAIN, smallest=SMALLEST)
    assert found == {"table:t:c": Why.SMALL, "table:t:d": Why.WITH_SMALL}
    assert found == protect(numbers(20, 30, 2, 50), TO_2023, PLAIN, smallest=SMALLEST)


# Differences between releases


def test_one_person_more_is_not_seen_by_subtracting():
    first = released(numbers(20, 30, 40, 50), TO_2023)
    second = numbers(20, 31, 40, 60)
    found = protect(second, TO_2024, PLAIN, smallest=SMALLEST, earlier=[first])
    assert found["table:t:b"] == Why.DIFFERENCE
    assert found["figure:ab"] == Why.DIFFERENCE
    assert found["table:t:d"] == Why.WITH_DIFFERENCE
    assert "base:all" not in found


def test_where_all_that_came_since_is_a_small_number_not_even_what_stayed_the_same_is_published():
    names = frozenset({*ROWS, "figure:ab"})
    shape = Shape(PLAIN.sums, counted_out_of={"base:all": names})
    first = released(numbers(20, 30, 40, 0), TO_2023, shape)
    assert left_out(numbers(20, 31, 40, 0), period=TO_2024, shape=shape, earlier=[first]) == {"base:all", *names}


def test_a_number_that_was_left_out_is_not_given_away_by_a_later_one_just_above_it():
    first = released(numbers(20, 30, 3, 50), TO_2023)
    second = released(numbers(30, 40, 5, 60), TO_2024, after=[first])
    assert "table:t:c" in second.left_out
    assert attack([first, second]) == []


def test_the_same_period_counted_again_without_change_leaves_out_the_same():
    first = released(numbers(20, 30, 2, 50), TO_2023)
    assert left_out(first.numbers, earlier=[first]) == first.left_out


def test_who_was_sealed_in_between_is_not_seen_by_subtracting():
    first = released(numbers(20, 30, 40, 50), TO_2023)
    second = released(numbers(20, 29, 40, 50), TO_2023, after=[first])
    assert {"base:all", "table:t:b", "figure:ab"} <= second.left_out
    assert attack([first, second]) == []


def test_what_two_releases_leave_of_a_third_is_a_difference_too():
    one = released(numbers(20, 30, 40, 50), years(2020, 2020))
    two = released(numbers(20, 30, 40, 50), years(2021, 2021))
    third = released(numbers(42, 80, 90, 120), years(2020, 2022), after=[one, two])
    assert "table:t:a" in third.left_out
    assert attack([one, two, third]) == []


def test_a_year_that_a_release_has_counted_as_its_base_is_no_cover_for_another_year():
    rows = ("table:y:2021", "table:y:2022", "table:y:2023")
    shape = Shape([Sum("base:all", rows)], years={row: int(row[-4:]) for row in rows})
    of_2021 = released({"base:all": 20, rows[0]: 20}, years(2021, 2021), shape)
    whole = {"base:all": 63, rows[0]: 20, rows[1]: 3, rows[2]: 40}
    release = released(whole, years(2021, 2023), shape, after=[of_2021])
    assert release.left_out >= {rows[1], rows[2]}
    assert attack([of_2021, release], shape) == []


@pytest.mark.parametrize("new", [years(2018, 2022), years(2019, 2021), years(2022, 2022)])
def test_a_period_that_holds_equals_or_is_apart_from_earlier_ones_can_be_released(new):
    refuse_period(new, [years(2019, 2021)])


def test_a_period_that_shares_some_days_or_lies_inside_is_refused():
    with pytest.raises(PeriodsOverlap) as overlaps:
        refuse_period(years(2020, 2022), [years(2019, 2021)])
    assert "2019-01-01" in overlaps.value.text
    with pytest.raises(PeriodInsideAnother):
        refuse_period(years(2020, 2020), [years(2019, 2021)])


# The attack

SMALL_SUMS = (
    Sum("base:all", tuple(f"table:t:{row}" for row in range(5))),
    Sum("figure:three", tuple(f"table:t:{row}" for row in range(3))),
    Sum("figure:four", tuple(f"table:t:{row}" for row in range(4))),
    Sum("base:some", tuple(f"table:t:{row}" for row in range(1, 5))),
    Sum("base:all", tuple(f"table:u:{row}" for row in range(5))),
    Sum("base:all", tuple(f"table:s:{row}" for row in range(3))),
    Sum("table:s:0", ("table:u:0", "table:u:1")),
    Sum("table:s:1", ("table:u:2",)),
    Sum("table:s:2", ("table:u:3", "table:u:4")),
)
OUT_OF_ALL = frozenset(name for each in SMALL_SUMS for name in (each.whole, *each.parts)) - {"base:all"}
SMALL = Shape(
    SMALL_SUMS,
    at_most=[AtMost(part, ("base:all",)) for part in ("base:some", "table:m:0", "table:m:1")],
    counted_out_of={"base:all": OUT_OF_ALL | {"table:m:0", "table:m:1"}},
)
GROUPS = st.tuples(  # year, row of t, row of u, rows of m as bits, how many, and from which release on they are sealed
    st.integers(2020, 2022),
    st.integers(0, 4),
    st.integers(0, 4),
    st.integers(0, 3),
    st.integers(1, 30),
    st.integers(1, 12),
)
PERIODS = [years(a, b) for a in range(2020, 2023) for b in range(a, 2023)]


def small_numbers(groups: Sequence[tuple[int, ...]], period: Period, release: int) -> dict[str, int]:
    found = dict.fromkeys(sorted({"base:all", *OUT_OF_ALL, "table:m:0", "table:m:1"}), 0)
    for year, t, u, m, many, sealed in groups:
        if period.begins.year <= year <= period.ends.year and release < sealed:
            found[f"table:t:{t}"] += many
            found[f"table:u:{u}"] += many
            for row in range(2):
                found[f"table:m:{row}"] += many if m >> row & 1 else 0
    for name in ("table:s:0", "table:s:1", "table:s:2", "base:all", "figure:three", "figure:four", "base:some"):
        found[name] = sum(found[part] for part in next(each.parts for each in SMALL_SUMS if each.whole == name))
    return found


@settings(
    max_examples=250, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(st.lists(GROUPS, min_size=2, max_size=14), st.lists(st.sampled_from(PERIODS), min_size=1, max_size=4))
def test_no_programme_narrows_a_small_number_down_whatever_was_counted_and_released(groups, periods):
    releases: list[Earlier] = []
    for period in periods:
        try:
            refuse_period(period, [each.period for each in releases])
        except (PeriodsOverlap, PeriodInsideAnother):
            continue
        counted = small_numbers(groups, period, len(releases))
        releases.append(released(counted, period, SMALL, after=releases))
    assume(releases)
    assert attack(releases, SMALL) == []


def grown(seed: int) -> list[Counts]:
    """The court's own tables after 233 cases, and after 27 more."""
    book = Book(seed, 233, TO_2023.begins, TO_2023.ends)
    first = book.counts(TO_2023)
    book.grow(27, date(2023, 11, 23), TO_2024.ends)
    return [first, book.counts(TO_2024)]


def sealed_and_years(seed: int) -> list[Counts]:
    """A year, the whole, and the whole again after somebody was sealed."""
    book = Book(seed, 90, TO_2023.begins, TO_2023.ends)
    counts = [book.counts(years(2019, 2019)), book.counts(TO_2023)]
    book.seal(next(unit for unit in book.units if "base:convicted" in unit.names))
    return [*counts, book.counts(TO_2023)]


@pytest.mark.parametrize("grows", [grown, sealed_and_years])
def test_no_programme_narrows_a_small_number_of_the_courts_tables_down(grows):
    releases, _ = of_book(grows(1))
    assert attack_on_the_court(releases) == []


def test_most_of_a_first_release_is_published_and_every_figure_and_base():
    releases, _ = of_book(grown(1)[:1])
    (release,) = releases
    counted = [name for name, number in release.numbers.items() if number]
    small = [name for name in counted if release.numbers[name] < SMALLEST]
    assert len(release.left_out) <= len(small) + 8
    assert all(name.startswith("table:") for name in release.left_out)


def quarter(year: int, ordinal: int) -> Period:
    """``ordinal``: from 1 to 4."""
    first = date(year, 3 * ordinal - 2, 1)
    after = date(year + ordinal // 4, 3 * ordinal % 12 + 1, 1)
    return Period(first, after - timedelta(days=1))


def test_of_many_quarters_inside_a_whole_only_what_follows_from_nothing_else_is_a_rule():
    """Each set of quarters but one leaves a rule; those of fewer follow from them, each quarter being no less than zero."""
    quarters = [quarter(year, ordinal) for year in (2019, 2020, 2021) for ordinal in (1, 2, 3, 4)]
    counted = numbers(3, 4, 20, 30)
    releases = [Earlier(counted, frozenset(ROWS[:2]), each, SMALLEST) for each in quarters]
    whole = {name: 13 * value for name, value in counted.items()}
    known = Knowledge([*releases, Earlier(whole, frozenset(), years(2019, 2021), SMALLEST)], PLAIN)
    sets = [each.parts for each in known.differences if each.whole == known.new and not each.of_the_moment]
    assert len(sets) > 100
    place = known.place(known.new, ROWS[0])
    growing = [rule for rule in known.rules() if (place, 1) in rule.form and rule.high == UNBOUNDED]
    assert len(growing) == len(quarters)
    assert {len(rule.form) for rule in growing} == {len(quarters)}


# The smallest published number is a setting: each release keeps what it said of itself


def test_what_was_published_before_the_smallest_number_was_raised_takes_nothing_of_a_later_release_away():
    book = Book(1, 233, TO_2023.begins, TO_2023.ends)
    counts = [book.counts(years(2018, 2020)), book.counts(years(2021, 2023))]
    (_, raised), _ = of_book(counts, smallest=[3, 5])
    (_, as_ever), _ = of_book(counts)
    assert len(raised.left_out) <= len(as_ever.left_out) + 8
    assert not any(name.startswith("base:") for name in raised.left_out)


@pytest.mark.parametrize("seed", range(3))
def test_no_programme_finds_after_the_number_was_lowered_what_an_earlier_release_left_out(seed):
    releases, _ = of_book(grown(seed), smallest=[6, 2])
    assert [each for each in attack_on_the_court(releases, 6) if each.what.endswith("of release 0")] == []
    assert attack_on_the_court(releases, 2) == []


def test_no_programme_finds_after_the_number_was_raised_what_either_release_left_out():
    releases, _ = of_book(grown(1), smallest=[3, 6])
    assert attack_on_the_court(releases, 3) == []
    assert attack_on_the_court(releases[1:], 6) == []


# The attack finds what a weaker protection gives away


def test_the_attack_finds_small_numbers_that_nothing_else_hides(monkeypatch):
    monkeypatch.setattr(protecting._Protection, "_secure", lambda self, secret: None)
    releases, shape = of_book(grown(1)[:1])
    assert any(found.low == found.high == found.true for found in attack(releases, shape))


def test_the_attack_finds_rows_that_figures_give_away():
    without_figures = Shape(PLAIN.sums[:1])
    release = released(numbers(2, 30, 6, 50), TO_2023, without_figures)
    assert attack([release], without_figures) == []
    assert [found.what for found in attack([release])] == ["table:t:a of release 0"]


def test_the_attack_finds_who_came_between_two_releases_that_do_not_know_of_each_other():
    first, second = grown(1)
    shape = shape_of([second.numbers, first.numbers])
    releases = [released(each.numbers, each.period, shape) for each in (first, second)]
    assert any(found.low == found.high for found in attack(releases, shape))


def test_the_attack_finds_what_is_hidden_too_narrowly(monkeypatch):
    monkeypatch.setattr(protecting._Protection, "_hidden_part", lambda self, form: form)
    apart = protecting.Guesses.apart
    monkeypatch.setattr(protecting.Guesses, "apart", lambda self, form, enough: (enough, apart(self, form, 1)[1]))
    assert attack([released(numbers(20, 30, 2, 3), TO_2023)]) != []


def test_the_attack_finds_a_protection_that_does_not_add_up_differences(monkeypatch):
    monkeypatch.setattr(Knowledge, "_of_differences", lambda self: ())
    releases, shape = of_book(grown(1))
    assert attack(releases, shape) != []


def test_the_attack_finds_a_year_that_another_release_has_published_alone(monkeypatch):
    monkeypatch.setattr(Knowledge, "_is_taken_for_unchanged", lambda self, difference, name: False)
    rows = ("table:y:2021", "table:y:2022", "table:y:2023")
    shape = Shape([Sum("base:all", rows)], years={row: int(row[-4:]) for row in rows})
    of_2021 = released({"base:all": 20, rows[0]: 20}, years(2021, 2021), shape)
    whole = released({"base:all": 63, rows[0]: 20, rows[1]: 3, rows[2]: 40}, years(2021, 2023), shape, after=[of_2021])
    assert {each.what for each in attack([of_2021, whole], shape)} == {"table:y:2022 of release 1"}
