"""How long a prohibition and a listing run, the months they are counted in, and the rules a court may set."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from registry.errors import AmountImpossible, UnknownCode
from registry.terms import (
    Penalty,
    Prohibited,
    Term,
    TermRules,
    after_months,
    last_day_of,
    last_day_of_sentence,
    listing_term,
    prohibition_span,
    rules_from_settings,
)
from registry.terms.reasons import TEXTS, Reason, because

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
    ("kind", "months", "probation", "custody"),
    [
        ("fixed_term", 5, 0, 0),
        ("fixed_term", 301, 0, 0),
        ("detention", 0, 0, 0),
        ("detention", 13, 0, 0),
        ("control", 2, 0, 0),
        ("fine_only", 6, 0, 0),
        ("fixed_term", 24, 12, 0),
        ("fixed_term", 48, 60, 0),
        ("detention", 4, 1, 0),
        ("control", 6, 12, 0),
        ("fixed_term", 12, 0, -1),
    ],
)
def test_a_penalty_that_the_law_does_not_know_is_refused(kind: str, months: int, probation: int, custody: int) -> None:
    with pytest.raises(AmountImpossible):
        term(kind, months, probation=probation, custody=custody)


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


# Reasons


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_every_reason_reads_as_a_sentence(code: str) -> None:
    facts = dict.fromkeys(re.findall(r"%\((\w+)\)s", str(TEXTS[code])), 1)
    with translation.override("en"):
        assert Reason(code, facts).text.endswith(".")


def test_every_reason_is_given_somewhere() -> None:
    folder = Path(__file__).parent.parent / "registry" / "terms"
    written = "".join(path.read_text() for path in folder.glob("*.py") if path.name != "reasons.py")
    built = {"effect_day_after", "effect_last_day"}
    missing = [code for code in TEXTS if f'"{code.removesuffix("_prosecutor")}"' not in written]
    assert set(missing) == built


def test_a_reason_is_fit_to_be_stored() -> None:
    assert because("effect_final", on=date(2025, 11, 3)).facts == {"on": "2025-11-03"}


# Rules


def test_the_defaults_stand_where_nothing_is_set() -> None:
    assert (RULES.effect_starts, RULES.term_years, RULES.term_years_administrative) == ("day_after", 3, 2)
    assert RULES.term_years_most == 5


def test_a_court_sets_its_rules(settings: Settings) -> None:
    settings.REGISTRY_EFFECT_STARTS = "last_day"
    settings.REGISTRY_TERM_YEARS = 4
    settings.REGISTRY_EXTRA_HOLIDAYS = ["2025-11-24"]
    settings.REGISTRY_EXTRA_WORKDAYS = [date(2025, 11, 22)]
    settings.REGISTRY_CLOCKS = {"objection_decided": 20}
    rules = rules_from_settings()
    assert rules.effect_starts == "last_day"
    assert rules.term_years == 4
    assert not rules.calendar.is_working(date(2025, 11, 24))
    assert rules.calendar.is_working(date(2025, 11, 22))
    assert rules.clocks["objection_decided"].number == 20


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGISTRY_EFFECT_STARTS", "tomorrow"),
        ("REGISTRY_TERM_YEARS", 0),
        ("REGISTRY_EXTRA_HOLIDAYS", ["24 November"]),
        ("REGISTRY_CLOCKS", {"tea": 5}),
        ("REGISTRY_CLOCKS", {"receipt": -1}),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(settings: Settings, name: str, value: object) -> None:
    setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured):
        rules_from_settings()


def test_a_day_cannot_be_both_off_and_worked(settings: Settings) -> None:
    settings.REGISTRY_EXTRA_HOLIDAYS = settings.REGISTRY_EXTRA_WORKDAYS = ["2025-11-24"]
    with pytest.raises(ImproperlyConfigured):
        rules_from_settings()


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
