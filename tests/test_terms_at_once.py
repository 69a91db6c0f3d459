"""Two listings of one person that take effect at the same moment: their terms run together all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from registry import actions
from registry.actions import carrying_out, reviewing, writing_imported
from registry.models import Listing, State
from tests import cast, importing
from tests.threads import first_paused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]

FINED = {"penalty_kind": "fine_only", "sentence_months": 0, "prohibitions": ()}
NOW = datetime(2022, 10, 10, 2, 0, tzinfo=UTC)
EARLIER, LATER, CAPPED = date(2020, 3, 2), date(2022, 9, 1), date(2025, 3, 2)
SENTENCED = cast.party(sentence_months=36, prohibitions=())


def in_review(effective_on, entry=None, now=NOW):
    """By a judgment of last instance; a fine alone where nothing else is said."""
    decision = cast.entered_decision(
        cast.judgment(
            number=f"（{effective_on.year}）京0105刑终1号", instance="second", filed_on=effective_on - timedelta(days=60),
            pronounced_on=effective_on, prosecutor_received_on=None,
        ),
        now,
    )  # fmt: skip
    entry = replace(entry or cast.party(**FINED), offence_dates=(date(2018, 5, 6),), received_on=None)
    listing = cast.draft(entry, decision, now)
    actions.submit([listing.pk], officer=cast.clerk(), now=now)
    return cast.fresh(listing)


def approval(listing, now=NOW):
    cast.judge()
    return partial(cast.approve, listing, now=now)


def ends_in_time(listing, capped=CAPPED):
    """Whether it ends with the run that it is in, or two officers are asked to see to that."""
    listing = cast.fresh(listing)
    assert listing.state == State.ACTIVE
    return listing.ends_on == capped or listing.days_differ_since is not None


@pytest.mark.parametrize("swapped", [False, True], ids=["the earlier first", "the later first"])
def test_two_that_two_judges_approve_at_once_run_together(monkeypatch, swapped):
    earlier, later = in_review(EARLIER), in_review(LATER)
    works = [approval(earlier), approval(later)]
    first_paused(monkeypatch, reviewing, "ready", *(reversed(works) if swapped else works))
    assert cast.fresh(earlier).ends_on == date(2023, 3, 2)
    assert ends_in_time(later)


@pytest.mark.parametrize("swapped", [False, True], ids=["the release first", "the approval first"])
def test_so_does_one_that_is_approved_while_a_release_of_the_other_is_reported(monkeypatch, swapped):
    earlier = in_review(EARLIER, SENTENCED)
    approval(earlier)()
    later = in_review(LATER)
    proposal = actions.propose(
        earlier.pk, "revise", against_version=1, officer=cast.clerk(), now=NOW,
        reason="released on parole", ground="（2021）京03刑更7号", changes={"released_on": "2020-06-10"},
    )  # fmt: skip
    reported = partial(actions.carry_out, proposal.pk, officer=cast.judge(), now=NOW)
    works, paused = [reported, approval(later)], [(carrying_out, "apply_changes"), (reviewing, "ready")]
    first_paused(monkeypatch, *paused[swapped], *(reversed(works) if swapped else works))
    assert ends_in_time(later, date(2025, 6, 10))


def test_two_that_take_effect_on_one_midnight_run_together_where_the_later_one_was_entered_first(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    later, earlier = in_review(LATER), in_review(EARLIER)
    for listing in (later, earlier):
        approval(listing)()
    settings.REGISTRY_NOTICE_WAIVER = "Decision 12 of 2022"
    assert actions.take_effect(now=NOW + timedelta(minutes=1)) == 2
    assert cast.fresh(earlier).ends_on == date(2023, 3, 2)
    assert cast.fresh(later).ends_on == CAPPED


OLD = {
    "name": "高䶮", "document_number": cast.DEFENDANT_NUMBER, "penalty_kind": "单处罚金", "sentence_months": None,
    "prohibition_scope": None, "prohibition_months": None, "filed_on": "2023-09-04", "number": "（2023）京0105刑初1号",
    "pronounced_on": "2023-12-01", "prosecutor_received_on": "2023-12-04", "effect_certified_on": "2023-12-20", "received_on": "2023-12-04",
}  # fmt: skip


@pytest.mark.parametrize("swapped", [False, True], ids=["the file first", "the judge first"])
def test_so_do_one_of_a_file_and_one_that_is_approved_meanwhile(monkeypatch, swapped):
    later = cast.submitted(cast.party(**FINED))
    importing.approved([importing.row(**OLD)])
    paused = (reviewing, "ready") if swapped else (writing_imported, "assess_all")
    works = [importing.work, approval(later, cast.NOW)]
    first_paused(monkeypatch, *paused, *(reversed(works) if swapped else works))
    assert Listing.objects.filter(state=State.ACTIVE).count() == 2
    assert ends_in_time(later, date(2028, 12, 20))
