"""How long a prohibition and a listing run, and the months they are counted in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import AmountImpossible, ProbationNotPossible, Refusal, SentenceNotPossible, UnknownCode
from registry.terms import (
    Penalty,
    Prohibited,
    Served,
    Term,
    TermRules,
    after_months,
    effect,
    last_day_of,
    last_day_of_sentence,
    listing_term,
    prohibition_span,
)
from registry.terms.effect import PROSECUTOR
from registry.terms.reasons import because

EFFECTIVE = date(2025, 11, 14)
RULES = TermRules()


def term(kind: str = "fixed_term", months: int = 0, *, probation: int = 0, custody: int = 0, **more: Any) -> Term:
    penalty = Penalty(kind=kind, sentence_months=months, probation_months=probation, custody_credited_days=custody)
    return listing_term(**{"penalty": penalty, "effective_on": EFFECTIVE, "rules": RULES, **more})


# Months


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 1, 15), 1, date(2025, 2, 15)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 30), 1, date(2024, 2, 29)),
        (date(2025, 2, 28), 1, date(2025, 3, 31)),
        (date(2024, 2, 28), 1, date(2024, 3, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 8, 30), 6, date(2026, 2, 28)),
        (date(2025, 12, 31), 14, date(2027, 2, 28)),
        (date(2025, 5, 5), 0, date(2025, 5, 5)),
    ],
)
def test_months_end_on_the_same_day_or_the_last(day: date, months: int, later: date) -> None:
    assert after_months(day, months) == later


def test_a_sentence_of_one_year_ends_the_day_before_the_same_day() -> None:
    assert last_day_of_sentence(date(2025, 11, 14), 12) == date(2026, 11, 13)


def test_a_sentence_from_the_last_day_of_august_ends_the_day_before_the_last_of_february() -> None:
    assert last_day_of_sentence(date(2025, 8, 31), 6) == date(2026, 2, 27)


def test_custody_shortens_a_sentence_day_by_day() -> None:
    assert last_day_of_sentence(date(2025, 11, 14), 12, 100) == date(2026, 11, 13) - timedelta(days=100)


def test_custody_longer_than_the_sentence_ends_it_on_its_first_day() -> None:
    assert last_day_of_sentence(EFFECTIVE, 6, 400) == EFFECTIVE


# Listing term


@pytest.mark.parametrize(
    ("given_penalty", "completed_on", "ends_on"),
    [
        (("fixed_term", 36, 0, 0), date(2028, 11, 13), date(2031, 11, 13)),
        (("fixed_term", 36, 0, 200), date(2028, 4, 27), date(2031, 4, 27)),
        (("detention", 5, 0, 30), date(2026, 3, 14), date(2029, 3, 14)),
        (("control", 6, 0, 30), date(2026, 3, 14), date(2029, 3, 14)),
        (("fixed_term", 24, 36, 90), date(2028, 11, 13), date(2031, 11, 13)),
        (("detention", 4, 6, 0), date(2026, 5, 13), date(2029, 5, 13)),
        (("fine_only", 0, 0, 0), EFFECTIVE, date(2028, 11, 14)),
        (("exempt", 0, 0, 0), EFFECTIVE, date(2028, 11, 14)),
        (("unit_fine", 0, 0, 0), EFFECTIVE, date(2028, 11, 14)),
        (("administrative", 0, 0, 0), EFFECTIVE, date(2027, 11, 14)),
    ],
)
def test_every_kind_of_penalty_has_an_end_from_the_first_day(
    given_penalty: tuple[str, int, int, int], completed_on: date, ends_on: date
) -> None:
    kind, months, probation, custody = given_penalty
    found = term(kind, months, probation=probation, custody=custody)
    assert (found.completed_on, found.ends_on) == (completed_on, ends_on)
    assert found.reasons


def test_a_listing_is_in_force_on_its_last_day_and_not_after() -> None:
    found = term("fine_only")
    assert found.in_force(date(2028, 11, 14))
    assert not found.in_force(date(2028, 11, 15))


def test_an_end_is_presumed_until_the_release_is_reported() -> None:
    assert term("fixed_term", 36).presumed
    found = term("fixed_term", 36, released_on=date(2027, 6, 1))
    assert not found.presumed
    assert found.ends_on == date(2030, 6, 1)


def test_the_end_that_an_execution_order_gives_is_presumed_before_what_the_decision_lets_presume() -> None:
    found = term("fixed_term", 36, custody=100, sentence_ends_on=date(2030, 2, 1), prohibitions=[Prohibited(months=36)])
    assert (found.completed_on, found.ends_on, found.presumed) == (date(2030, 2, 1), date(2033, 2, 1), True)
    assert found.prohibitions[0].pending
    assert found.reasons[:2] == (because("completed_noticed", on=date(2030, 2, 1)), because("presumed"))
    assert term("fixed_term", 36, sentence_ends_on=date(2025, 1, 1)).completed_on == EFFECTIVE


def test_the_reported_release_stands_before_it() -> None:
    found = term("fixed_term", 36, sentence_ends_on=date(2030, 2, 1), released_on=date(2027, 6, 1))
    assert found.ends_on == date(2030, 6, 1)


def test_who_serves_no_sentence_has_no_such_end() -> None:
    assert term("fine_only", sentence_ends_on=date(2030, 2, 1)).ends_on == date(2028, 11, 14)


def test_a_release_before_effect_counts_from_effect() -> None:
    found = term("detention", 5, released_on=date(2025, 11, 3))
    assert found.completed_on == EFFECTIVE


def test_a_term_over_the_leap_day_ends_on_the_last_of_february() -> None:
    assert term("fine_only", effective_on=date(2024, 2, 29)).ends_on == date(2027, 2, 28)


def test_terms_that_follow_each_other_run_five_years_at_most() -> None:
    found = term("fine_only", running_since=date(2023, 3, 1))
    assert found.ends_on == date(2028, 3, 1)
    assert "term_capped" in [reason.code for reason in found.reasons]


def test_an_earlier_term_that_leaves_room_changes_nothing() -> None:
    assert term("fine_only", running_since=date(2025, 1, 1)).ends_on == date(2028, 11, 14)


def test_the_cap_never_ends_a_listing_before_the_sentence_is_completed() -> None:
    found = term("fixed_term", 36, running_since=date(2021, 1, 1))
    assert found.ends_on == found.completed_on


def test_a_setting_above_the_cap_is_capped() -> None:
    assert term("fine_only", rules=TermRules(term_years=9)).ends_on == date(2030, 11, 14)


def test_a_longer_prohibition_makes_the_listing_longer() -> None:
    found = term("fixed_term", 12, prohibitions=[Prohibited(months=60)])
    assert found.completed_on == date(2026, 11, 13)
    assert found.ends_on == date(2031, 11, 12)
    assert found.prohibitions[0].pending


def test_a_prohibition_of_three_years_does_not_make_the_listing_longer() -> None:
    assert term("fixed_term", 12, prohibitions=[Prohibited(months=36)]).ends_on == date(2029, 11, 13)


def test_a_cap_never_cuts_a_prohibition() -> None:
    found = term("fine_only", running_since=date(2021, 1, 1), prohibitions=[Prohibited(months=60)])
    assert found.ends_on == date(2030, 11, 13)


def test_a_reported_release_starts_the_prohibition() -> None:
    found = term("fixed_term", 36, released_on=date(2027, 6, 1), prohibitions=[Prohibited(months=36)])
    assert found.prohibitions[0].starts_on == date(2027, 6, 1)


def test_a_prohibition_of_an_administrative_penalty_starts_with_its_effect() -> None:
    found = term("administrative", prohibitions=[Prohibited(months=60, basis="PIPL 66")])
    assert found.prohibitions[0].starts_on == EFFECTIVE
    assert found.ends_on == date(2030, 11, 13)


def test_a_prohibition_after_a_release_before_effect_starts_with_effect() -> None:
    found = term("detention", 5, released_on=date(2025, 11, 3), prohibitions=[Prohibited(months=36)])
    assert found.prohibitions[0].starts_on == EFFECTIVE


def test_a_ban_that_runs_from_effect_is_never_pending() -> None:
    found = term("fixed_term", 12, prohibitions=[Prohibited(months=None, basis="CSL 63", from_effect=True)])
    assert found.prohibitions[0].starts_on == EFFECTIVE
    assert not found.prohibitions[0].pending


def test_an_earlier_long_sentence_counts_from_its_completion_and_leaves_the_later_term_whole() -> None:
    earlier = term("fixed_term", 60, effective_on=date(2020, 1, 1))
    later = term("fine_only", running_since=earlier.completed_on)
    assert later.ends_on == date(2028, 11, 14)


def test_a_ban_for_life_has_no_end_and_a_yearly_review() -> None:
    found = term("fixed_term", 12, prohibitions=[Prohibited(months=None, basis="CSL 63"), Prohibited(months=36)])
    assert found.lifelong
    assert found.ends_on is None
    assert found.review_on == date(2026, 11, 14)
    assert found.in_force(date(2099, 1, 1))


def test_a_review_of_a_ban_for_life_sets_the_next_one() -> None:
    bans = [Prohibited(months=None, basis="CSL 63")]
    assert term("fine_only", prohibitions=bans, reviewed_on=date(2026, 11, 2)).review_on == date(2027, 11, 2)


@pytest.mark.parametrize(
    ("kind", "months", "probation", "custody", "refusal", "field"),
    [
        ("fixed_term", 5, 0, 0, AmountImpossible, "sentence_months"),
        ("fixed_term", 301, 0, 0, AmountImpossible, "sentence_months"),
        ("detention", 0, 0, 0, AmountImpossible, "sentence_months"),
        ("detention", 13, 0, 0, AmountImpossible, "sentence_months"),
        ("control", 2, 0, 0, AmountImpossible, "sentence_months"),
        ("control", 37, 0, 0, AmountImpossible, "sentence_months"),
        ("fine_only", 6, 0, 0, SentenceNotPossible, "sentence_months"),
        ("exempt", 1, 0, 0, SentenceNotPossible, "sentence_months"),
        ("fixed_term", 24, 12, 0, AmountImpossible, "probation_months"),
        ("fixed_term", 12, 61, 0, AmountImpossible, "probation_months"),
        ("fixed_term", 6, 11, 0, AmountImpossible, "probation_months"),
        ("detention", 4, 1, 0, AmountImpossible, "probation_months"),
        ("detention", 4, 3, 0, AmountImpossible, "probation_months"),
        ("detention", 4, 13, 0, AmountImpossible, "probation_months"),
        ("fixed_term", 37, 60, 0, ProbationNotPossible, "probation_months"),
        ("control", 6, 12, 0, ProbationNotPossible, "probation_months"),
        ("fine_only", 0, 12, 0, ProbationNotPossible, "probation_months"),
        ("fixed_term", 12, 0, -1, AmountImpossible, "custody_credited_days"),
        ("fixed_term", 12, 0, 10_000, AmountImpossible, "custody_credited_days"),
    ],
)
def test_a_penalty_that_the_law_does_not_know_is_refused(
    kind: str, months: int, probation: int, custody: int, refusal: type[Refusal], field: str
) -> None:
    with pytest.raises(refusal) as caught:
        term(kind, months, probation=probation, custody=custody)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("kind", "months", "probation", "custody"),
    [
        ("fixed_term", 6, 0, 0),
        ("fixed_term", 300, 0, 9_999),
        ("detention", 1, 0, 0),
        ("detention", 12, 0, 0),
        ("control", 3, 0, 0),
        ("control", 36, 0, 0),
        ("fixed_term", 36, 36, 0),
        ("fixed_term", 6, 12, 0),
        ("fixed_term", 36, 60, 0),
        ("detention", 1, 2, 0),
        ("detention", 12, 12, 0),
    ],
)
def test_the_least_and_the_most_that_the_law_knows_are_taken(
    kind: str, months: int, probation: int, custody: int
) -> None:
    assert term(kind, months, probation=probation, custody=custody).ends_on


def test_an_unknown_kind_of_penalty_is_refused() -> None:
    with pytest.raises(UnknownCode):
        term("banishment")


# Prohibition


def test_a_prohibition_is_pending_until_the_sentence_is_completed() -> None:
    span = prohibition_span(completed_on=None, starts_on=None, months=36)
    assert span.pending
    assert span.starts_on is span.ends_on is None


def test_a_prohibition_starts_on_the_day_of_completion() -> None:
    span = prohibition_span(completed_on=date(2026, 11, 13), starts_on=None, months=36)
    assert (span.starts_on, span.ends_on) == (date(2026, 11, 13), date(2029, 11, 12))
    assert not span.pending


def test_a_reported_start_wins_over_the_completion() -> None:
    span = prohibition_span(completed_on=date(2026, 11, 13), starts_on=date(2026, 5, 1), months=60)
    assert (span.starts_on, span.ends_on) == (date(2026, 5, 1), date(2031, 4, 30))


@pytest.mark.parametrize("months", [0, 35, 61, -36, None])
def test_the_criminal_law_knows_only_three_to_five_years(months: int | None) -> None:
    with pytest.raises(AmountImpossible):
        prohibition_span(completed_on=None, starts_on=None, months=months)


def test_other_statutes_know_other_lengths_and_life() -> None:
    year = prohibition_span(completed_on=EFFECTIVE, starts_on=None, months=12, basis="PIPL 66")
    assert year.ends_on == date(2026, 11, 13)
    life = prohibition_span(completed_on=None, starts_on=None, months=None, basis="CSL 63")
    assert life.lifelong
    assert life.ends_on is None


# Properties

DAYS = st.dates(min_value=date(2016, 1, 1), max_value=date(2060, 12, 31))
SENTENCE = st.integers(6, 300)


@given(DAYS, st.integers(0, 400), st.integers(0, 400))
def test_more_months_never_end_earlier(day: date, one: int, other: int) -> None:
    fewer, more = sorted((one, other))
    assert after_months(day, fewer) <= after_months(day, more)


@given(DAYS, DAYS, st.integers(0, 400))
def test_a_later_day_never_ends_earlier(one: date, other: date, months: int) -> None:
    early, late = sorted((one, other))
    assert after_months(early, months) <= after_months(late, months)


@given(DAYS, st.integers(1, 400))
def test_a_span_of_months_ends_on_or_after_its_first_day(day: date, months: int) -> None:
    assert last_day_of(day, months) >= day


@given(
    DAYS,
    SENTENCE,
    st.integers(0, 3000),
    st.none() | DAYS,
    st.none() | DAYS,
    st.lists(st.builds(Prohibited, months=st.integers(36, 60), starts_on=st.none() | DAYS), max_size=3),
)
def test_a_term_never_ends_before_the_sentence_or_a_prohibition(
    effective_on: date,
    months: int,
    custody: int,
    released_on: date | None,
    running_since: date | None,
    prohibitions: list[Prohibited],
) -> None:
    found = term(
        "fixed_term",
        months,
        custody=custody,
        effective_on=effective_on,
        released_on=released_on,
        running_since=running_since,
        prohibitions=prohibitions,
    )
    assert found.ends_on is not None
    assert found.ends_on >= found.completed_on >= effective_on
    assert all(found.ends_on >= span.ends_on for span in found.prohibitions if span.ends_on is not None)


@given(DAYS, SENTENCE, st.integers(0, 2000), st.integers(0, 2000))
def test_more_custody_never_ends_a_term_later(effective_on: date, months: int, one: int, other: int) -> None:
    less, more = sorted((one, other))
    longer = term("fixed_term", months, custody=less, effective_on=effective_on).ends_on
    shorter = term("fixed_term", months, custody=more, effective_on=effective_on).ends_on
    assert longer is not None
    assert shorter is not None
    assert shorter <= longer


def test_the_worked_example_of_the_guide_holds() -> None:
    day = date(2025, 9, 22)
    decision = effect(
        instance="first",
        instrument="judgment",
        pronounced_on=day,
        parties=[Served(ordinal=1, received_on=day, detained=True), Served(ordinal=2, received_on=day)],
        prosecutor=Served(ordinal=PROSECUTOR, received_on=day),
        rules=RULES,
    )
    assert decision.on == date(2025, 10, 10)
    first: dict[str, Any] = {"custody": 200, "effective_on": decision.on, "prohibitions": [Prohibited(months=60)]}
    assert term("fixed_term", 36, **first).ends_on == date(2033, 3, 22)
    assert term("fixed_term", 36, **first, released_on=date(2027, 12, 1)).ends_on == date(2032, 11, 30)
    assert term("fine_only", effective_on=decision.on).ends_on == date(2028, 10, 10)
