"""Terms of one person that run together end five years after the first of them began, those included that have ended since."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.translation import override

from registry import actions, assessment
from registry.admin import days_in_doubt
from registry.errors import TermOver
from registry.models import Listing, State, WithdrawalCause
from tests import cast, importing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

FINED = {"penalty_kind": "fine_only", "sentence_months": 0, "prohibitions": ()}


def moment(day):
    return datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)


def listed(serial, effective_on, party=None, entered_on=None):
    """In force from that day by a judgment of last instance, entered on it; a fine alone where nothing else is said."""
    now = moment(entered_on or effective_on)
    decision = cast.entered_decision(
        cast.judgment(
            number=f"（{effective_on.year}）京0105刑终{serial}号", instance="second", filed_on=effective_on - timedelta(days=60),
            pronounced_on=effective_on, prosecutor_received_on=None,
        ),
        now,
    )  # fmt: skip
    entry = replace(party or cast.party(**FINED), offence_dates=(date(2018, 5, 6),), received_on=None)
    return cast.put_in_force(cast.draft(entry, decision, now), now=now)


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


# An earlier term that comes into the book later

LATER = date(2022, 10, 10)


def corrected(listing, on=LATER):
    """Computed anew: no field is changed."""
    proposal = actions.propose(
        listing.pk, "correct", against_version=listing.version, officer=cast.clerk(), now=moment(on),
        reason="an earlier term", ground="（2020）京0105刑终1号", changes={},
    )  # fmt: skip
    actions.carry_out(proposal.pk, officer=cast.judge(), now=moment(on))
    return cast.fresh(listing)


def test_whose_run_began_earlier_than_was_known_is_in_doubt_and_corrected_without_a_changed_field():
    second = listed(2, date(2022, 9, 1))
    assert second.ends_on == date(2025, 9, 1)
    first = listed(1, date(2020, 3, 2), entered_on=LATER)
    assert (first.ends_on, cast.fresh(first).days_differ_since) == (date(2023, 3, 2), None)
    assert cast.fresh(second).days_differ_since == moment(LATER)
    assert cast.fresh(second).ends_on == date(2025, 9, 1), "what was told stays until two officers decide"
    second = corrected(cast.fresh(second))
    assert (second.ends_on, second.days_differ_since) == (date(2025, 3, 2), None)


def test_the_desk_says_which_end_would_be_right():
    second = listed(2, date(2022, 9, 1))
    listed(1, date(2020, 3, 2), entered_on=LATER)
    with override("en"):
        said, to_do = map(str, days_in_doubt.notes_on(cast.fresh(second), LATER))
        assert "2 March 2025" in said
        assert "1 September 2025" in said
        assert to_do == str(days_in_doubt.ANEW)


def test_a_term_that_shortens_nothing_leaves_the_other_alone():
    second = listed(2, date(2022, 9, 1))
    listed(1, date(2021, 3, 2), cast.party(sentence_months=36, prohibitions=()), entered_on=LATER)
    assert cast.fresh(second).days_differ_since is None


def test_so_does_a_release_that_is_reported_of_the_earlier_one():
    first = listed(1, date(2020, 3, 2), cast.party(sentence_months=36, prohibitions=()))
    second = listed(2, date(2023, 9, 1))
    assert second.ends_on == date(2026, 9, 1)
    proposal = actions.propose(
        first.pk, "revise", against_version=1, officer=cast.clerk(), now=moment(date(2023, 9, 4)),
        reason="released on parole", ground="（2021）京03刑更7号", changes={"released_on": "2021-01-10"},
    )  # fmt: skip
    actions.carry_out(proposal.pk, officer=cast.judge(), now=moment(date(2023, 9, 5)))
    assert cast.fresh(second).days_differ_since == moment(date(2023, 9, 5))
    assert corrected(cast.fresh(second), date(2023, 9, 6)).ends_on == date(2026, 1, 10)


def test_a_file_of_old_decisions_says_it_too():
    second = cast.in_force(cast.party(**FINED, person=cast.person()))
    assert second.ends_on == date(2029, 9, 15)
    old = importing.row(
        name="高䶮", document_number=cast.DEFENDANT_NUMBER, penalty_kind="单处罚金", sentence_months=None,
        prohibition_scope=None, prohibition_months=None, filed_on="2023-09-04", number="（2023）京0105刑初1号",
        pronounced_on="2023-12-01", prosecutor_received_on="2023-12-04", effect_certified_on="2023-12-20", received_on="2023-12-04",
    )  # fmt: skip
    importing.written([old])
    assert cast.fresh(second).days_differ_since is not None


@pytest.mark.parametrize("months", [("2024-02", "2026-08"), ("2026-08", "2024-02")])
def test_a_file_that_brings_both_computes_the_later_one_beside_the_earlier(months):
    fined = {
        "name": "高䶮", "document_number": cast.DEFENDANT_NUMBER, "penalty_kind": "单处罚金", "sentence_months": None,
        "prohibition_scope": None, "prohibition_months": None,
    }  # fmt: skip
    importing.written(
        [
            importing.row(
                **fined, number=f"（{month[:4]}）京0105刑初1号", filed_on=f"{month}-02", pronounced_on=f"{month}-03",
                prosecutor_received_on=f"{month}-04", received_on=f"{month}-04", effect_certified_on=f"{month}-20",
            )
            for month in months
        ]
    )  # fmt: skip
    first, second = Listing.objects.order_by("effective_on")
    assert (first.ends_on, second.ends_on) == (date(2027, 2, 20), date(2029, 2, 20))
    assert (first.days_differ_since, second.days_differ_since) == (None, None)


# What two officers say once it is in the book


def suspended(listing, now):
    actions.suspend([listing.pk], officer=cast.clerk(), now=now, reason="identity doubt")
    return cast.fresh(listing)


def reinstating(listing, now):
    return actions.propose(
        listing.pk, "reinstate", against_version=listing.version, officer=cast.clerk(), now=now, reason="doubt resolved"
    )


def test_what_a_run_has_ended_is_not_put_in_force_again():
    """Told was the first of September 2025; the run ended on the second of March."""
    second = listed(2, date(2022, 9, 1))
    listed(1, date(2020, 3, 2), entered_on=LATER)
    last = moment(date(2025, 3, 2))
    second = suspended(second, moment(LATER))
    proposal = reinstating(second, last)
    over = last + timedelta(days=1)
    with pytest.raises(TermOver) as refused:
        actions.carry_out(proposal.pk, officer=cast.judge(), now=over)
    assert refused.value.facts["ended"] == "2025-03-02"
    actions.carry_out(proposal.pk, officer=cast.judge(), now=last)
    assert cast.fresh(second).state == State.ACTIVE


def test_a_term_that_ended_and_turned_out_to_be_an_error_counts_no_more():
    first = expired(listed(1, date(2020, 3, 2)))
    now = moment(date(2023, 4, 3))
    proposal = actions.propose(
        first.pk, "state_cause", against_version=first.version, officer=cast.clerk(), now=now, reason="another person",
        ground="（2020）京0105刑终1号之一", cause=WithdrawalCause.WRONG_PERSON,
    )  # fmt: skip
    actions.carry_out(proposal.pk, officer=cast.judge(), now=now)
    assert listed(2, date(2022, 9, 1), entered_on=date(2023, 4, 3)).ends_on == date(2025, 9, 1)
