"""Terms of one person that run together end five years after the first of them began, those included that have ended since."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from registry import actions, assessment
from registry.models import State
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

FINED = {"penalty_kind": "fine_only", "sentence_months": 0, "prohibitions": ()}


def moment(day):
    return datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)


def listed(serial, effective_on, party=None):
    """In force from that day by a judgment of last instance; a fine alone where nothing else is said."""
    decision = cast.entered_decision(
        cast.judgment(
            number=f"（{effective_on.year}）京0105刑终{serial}号", instance="second", filed_on=effective_on - timedelta(days=60),
            pronounced_on=effective_on, prosecutor_received_on=None,
        ),
        moment(effective_on),
    )  # fmt: skip
    entry = replace(party or cast.party(**FINED), offence_dates=(date(2018, 5, 6),), received_on=None)
    return cast.put_in_force(cast.draft(entry, decision, moment(effective_on)), now=moment(effective_on))


def expired(listing):
    """Ended by the clock on the day after its last."""
    assert actions.expire(now=moment(listing.ends_on + timedelta(days=1))) == 1
    assert cast.fresh(listing).state == State.WITHDRAWN
    return cast.fresh(listing)


def end_now(listing):
    """As it is computed today, whatever was told."""
    found = assessment.assess(cast.fresh(listing).party).term
    assert found is not None
    return found.ends_on


def test_two_terms_that_run_together_end_five_years_after_the_first_began():
    listed(1, date(2020, 3, 2))
    assert listed(2, date(2022, 9, 1)).ends_on == date(2025, 3, 2)


def test_they_still_do_once_the_first_has_ended():
    first, second = listed(1, date(2020, 3, 2)), listed(2, date(2022, 9, 1))
    expired(first)
    assert end_now(second) == date(2025, 3, 2)
    assert listed(3, date(2024, 6, 3)).ends_on == date(2025, 3, 2), "and whoever comes third ends with the second"


def test_and_once_the_first_is_purged():
    first, second = listed(1, date(2020, 3, 2)), listed(2, date(2022, 9, 1))
    actions.purge([expired(first).pk], now=moment(date(2023, 4, 10)))
    assert end_now(second) == date(2025, 3, 2)


def test_of_a_purged_sentence_the_completion_follows_from_the_day_on_which_its_term_ended():
    """How long he was in custody, and when he was released, are gone with the purge."""
    sentenced = cast.party(sentence_months=24, custody_credited_days=300, prohibitions=())
    first = listed(1, date(2020, 3, 2), sentenced)
    assert first.ends_on == date(2024, 5, 5)
    second = listed(2, date(2023, 9, 1))
    capped = second.ends_on
    assert capped == date(2026, 5, 5)
    actions.purge([expired(first).pk], now=moment(date(2024, 7, 1)))
    assert end_now(second) == capped


def test_a_term_that_ended_before_the_next_began_counts_no_more():
    first = listed(1, date(2020, 3, 2))
    expired(first)
    assert listed(2, date(2023, 3, 3)).ends_on == date(2026, 3, 3)


def test_one_that_begins_on_the_last_day_of_the_other_runs_on_without_a_break():
    listed(1, date(2020, 3, 2))
    assert listed(2, date(2023, 3, 2)).ends_on == date(2025, 3, 2)


def test_what_was_withdrawn_early_is_no_term_that_ended():
    first, second = listed(1, date(2020, 3, 2)), listed(2, date(2022, 9, 1))
    cast.withdrawn(first, moment(date(2022, 10, 10)))
    assert end_now(second) == date(2025, 9, 1)


def test_the_first_completion_of_the_run_counts_and_not_that_of_the_first_day_of_effect():
    """The earlier sentence is completed after the later fine."""
    listed(1, date(2020, 3, 2), cast.party(sentence_months=48, prohibitions=()))
    listed(2, date(2021, 3, 1))
    assert listed(3, date(2023, 6, 1)).ends_on == date(2026, 3, 1)


def test_two_of_one_day_run_together():
    listed(1, date(2020, 3, 2))
    second = listed(2, date(2020, 3, 2), cast.party(sentence_months=36, prohibitions=()))
    assert second.ends_on == date(2025, 3, 2)
