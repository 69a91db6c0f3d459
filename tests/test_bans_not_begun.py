"""A ban whose beginning nobody reported is asked for: until then it runs for nobody (Criminal Law, art. 37-1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils.translation import override

from registry import actions
from registry.admin import bans_not_begun
from registry.admin.work import groups_for
from registry.models import Listing, Party
from tests import cast
from tests.desk import at_the_desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

BAN = cast.party().prohibitions[0]


def asked_for(day):
    return list(bans_not_begun.found_in(Listing.objects.filter(court__code="京0105"), day))


def in_force(**changes):
    return cast.in_force(cast.party(**changes))


def reported(listing, **changes):
    proposal = actions.propose(
        listing.pk, "revise", against_version=listing.version, officer=cast.clerk(), now=cast.NOW,
        reason="told by the prison", ground="（2026）京释字第1号", changes=changes,
    )  # fmt: skip
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)


def test_it_is_asked_for_from_the_day_on_which_the_sentence_should_be_completed():
    listing = in_force(sentence_months=24)
    over = date(2028, 9, 15)
    assert asked_for(over - timedelta(days=1)) == []
    assert asked_for(over) == [listing]


def test_custody_counts_and_of_control_a_day_counts_twice():
    in_force(sentence_months=24, custody_credited_days=100)
    assert asked_for(date(2028, 9, 15) - timedelta(days=101)) == []
    assert asked_for(date(2028, 9, 15) - timedelta(days=100)) != []
    Party.objects.update(penalty_kind="control")
    assert asked_for(date(2028, 9, 15) - timedelta(days=200)) != []


def test_probation_counts_instead_of_the_sentence():
    listing = in_force(sentence_months=12, probation_months=24, custody_credited_days=100)
    assert asked_for(date(2028, 9, 14)) == []
    assert asked_for(date(2028, 9, 15)) == [listing]


def test_the_end_of_the_sentence_that_was_told_of_counts_before_what_is_presumed():
    listing = in_force(sentence_months=24)
    reported(listing, sentence_ends_on="2029-01-04")
    assert asked_for(date(2029, 1, 3)) == []
    assert asked_for(date(2029, 1, 4)) == [listing]


def test_beside_a_fine_alone_it_is_asked_for_at_once():
    listing = in_force(penalty_kind="fine_only", sentence_months=0)
    assert asked_for(listing.effective_on) == [listing]


def test_what_was_reported_ordered_or_runs_from_the_day_of_effect_is_not_asked_for():
    far = date(2040, 1, 1)
    listing = in_force(prohibitions=(BAN, replace(BAN, starts_on=date(2027, 1, 4))))
    assert asked_for(far) == [listing]
    reported(listing, start_reported={"1": "2026-10-01"})
    assert asked_for(far) == []


def test_without_a_ban_and_once_it_is_withdrawn_nothing_is_asked_for():
    far = date(2040, 1, 1)
    listing = in_force()
    cast.second_in_force()
    second = Listing.objects.exclude(pk=listing.pk).get()
    second.party.prohibitions.all().delete()
    assert asked_for(far) == [listing]
    cast.withdrawn(listing)
    assert asked_for(far) == []


def test_the_clerk_finds_it_under_my_work_with_what_to_do():
    listing = in_force(penalty_kind="fine_only", sentence_months=0)
    with override("en"):
        (group,) = [each for each in groups_for(cast.clerk(), cast.NOW) if each.title == bans_not_begun.TITLE]
    assert [item.title for item in group.items] == [listing.number]
    assert group.items[0].notes == [bans_not_begun.REPORT]
    assert at_the_desk(cast.clerk()).get(group.items[0].address).status_code == 200
    assert not [each for each in groups_for(cast.judge(), cast.NOW) if each.title == bans_not_begun.TITLE]
