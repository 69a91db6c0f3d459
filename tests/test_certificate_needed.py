"""Of a judgment, somebody goes out of the book who had not received it, or appealed: the others wait for a certificate of effect."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils.translation import override

from registry import actions, waiting
from registry.admin import days_in_doubt
from registry.errors import LookedTooEarly, NotAllowedNow, WithoutEffect
from registry.models import Decision, Listing, State, WithdrawalCause
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

TOLD = date(2026, 9, 15)
SECOND = cast.person(cast.SECOND_NUMBER, "欧阳㛃")
THIRD = cast.person(cast.resident("11010819850715452"), "林㛃安")


def waiting_for_effect(entry, now=cast.NOW):
    """Approved, and without a day of effect as long as somebody has not received the judgment, or appeals."""
    listing = cast.draft(entry, now=now)
    actions.submit([listing.pk], officer=cast.clerk(), now=now)
    cast.approve(cast.fresh(listing), entry.person.documents[0].number, now=now)
    return cast.fresh(listing)


def discarded(listing, now=cast.NOW):
    if cast.fresh(listing).state == State.AWAITING_EFFECT:
        actions.stop([listing.pk], officer=cast.registrar(), now=now, reason="not yet")
    actions.discard([listing.pk], officer=cast.clerk(), now=now, reason="not yet")


def needs_certificate():
    return Decision.objects.get().needs_certificate


def confirm(listing, now=cast.NOW):
    actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=now)


LONG = cast.party(sentence_months=120)


@pytest.mark.parametrize(
    "found",
    [{"received_on": None}, {"received_on": date(2026, 9, 2), "appealed_on": date(2026, 9, 4)}],
    ids=["not served", "appealing"],
)
def test_years_later_one_lapses_and_the_others_do_not_take_effect_for_that(found):
    gone = waiting_for_effect(cast.party(SECOND, penalty_kind="fine_only", sentence_months=0, prohibitions=(), **found))
    listing = waiting_for_effect(LONG)
    assert (gone.effective_on, listing.effective_on) == (None, None)
    later = cast.NOW + timedelta(days=3 * 366 + 91)
    assert actions.lapse(now=later) == 1
    assert list(Listing.objects.all()) == [listing]
    with pytest.raises(LookedTooEarly):
        confirm(listing, later)
    cast.with_circumstances(listing, later)  # an act that computes nothing
    assert actions.take_effect(now=later) == 0
    assert cast.fresh(listing).effective_on is None


@pytest.mark.parametrize(
    "found", [{"received_on": None}, {"appealed_on": date(2026, 9, 4)}], ids=["not served", "appealing"]
)
def test_whose_draft_is_discarded_once_a_judge_had_approved_it_still_holds_the_others(found):
    listing, gone = waiting_for_effect(cast.party()), waiting_for_effect(cast.party(SECOND, **found))
    discarded(gone)
    assert needs_certificate()
    with override("en"):
        assert any("certificate" in str(why) for why in waiting.waits_for(cast.fresh(listing), cast.NOW.date()))
    with pytest.raises(LookedTooEarly):
        confirm(listing)


def test_so_does_whose_appeal_stands_in_a_draft_that_nobody_approved():
    listing = waiting_for_effect(cast.party())
    gone = cast.draft(cast.party(SECOND, appealed_on=date(2026, 9, 4)))
    discarded(gone)
    assert cast.fresh(listing).effective_on is None
    assert needs_certificate()


def test_and_whose_receipt_was_the_last():
    """His period has run until the twentieth."""
    listing = waiting_for_effect(cast.party())
    gone = waiting_for_effect(cast.party(SECOND, received_on=date(2026, 9, 10)))
    assert cast.fresh(listing).effective_on == date(2026, 9, 21)
    discarded(gone)
    assert (cast.fresh(listing).effective_on, needs_certificate()) == (None, True)


def test_a_draft_that_was_entered_by_mistake_and_says_nothing_leaves_the_others_as_they_were():
    listing = waiting_for_effect(cast.party())
    discarded(cast.draft(cast.party(SECOND, received_on=None)))
    assert (cast.fresh(listing).effective_on, needs_certificate()) == (TOLD, False)


def test_nor_does_one_whose_receipt_moved_nothing():
    listing = waiting_for_effect(cast.party())
    discarded(waiting_for_effect(cast.party(SECOND, received_on=date(2026, 9, 1))))
    assert (cast.fresh(listing).effective_on, needs_certificate()) == (TOLD, False)


def test_an_appeal_that_was_noted_by_mistake_is_amended_first():
    listing = waiting_for_effect(cast.party())
    entry = cast.party(SECOND, appealed_on=date(2026, 9, 4))
    gone = cast.draft(entry)
    entry = replace(entry, appealed_on=None)
    actions.amend_party(gone.pk, entry, revision=gone.revision, officer=cast.clerk(), now=cast.NOW)
    discarded(gone)
    assert (cast.fresh(listing).effective_on, needs_certificate()) == (TOLD, False)


def test_with_the_certificate_of_effect_they_go_out():
    listing, gone = waiting_for_effect(cast.party()), waiting_for_effect(cast.party(SECOND, received_on=None))
    discarded(gone)
    actions.stop([listing.pk], officer=cast.registrar(), now=cast.NOW, reason="certified")
    decision = Decision.objects.get()
    actions.amend_decision(
        decision.pk, cast.judgment(effect_certified_on=date(2026, 11, 20)), revision=decision.revision,
        officer=cast.clerk(), now=cast.NOW,
    )  # fmt: skip
    assert needs_certificate(), "that it is needed does not go away"
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(listing))
    found = cast.fresh(listing)
    assert (found.state, found.effective_on) == (State.ACTIVE, date(2026, 11, 20))


def test_what_is_in_force_stays_in_doubt_and_is_corrected_by_the_certificate():
    listing = cast.in_force()
    gone = waiting_for_effect(cast.party(SECOND, received_on=None))
    since = cast.fresh(listing).days_differ_since
    assert since is not None
    discarded(gone)
    discarded(cast.draft(cast.party(THIRD, received_on=date(2026, 9, 1))))
    listing = cast.fresh(listing)
    assert (listing.days_differ_since, listing.effective_on) == (since, TOLD)
    with override("en"):
        _said, to_do = map(str, days_in_doubt.notes_on(listing, cast.NOW.date()))
        assert "certificate of effect" in to_do
    with pytest.raises(WithoutEffect):
        cast.corrected(listing, received_on="2026-09-03")
    listing = cast.corrected(listing, effect_certified_on="2026-11-20")
    assert (listing.effective_on, listing.days_differ_since) == (date(2026, 11, 20), None)


def test_what_is_in_force_and_in_no_doubt_comes_into_none_by_it_but_still_by_whoever_is_not_served():
    listing = cast.in_force()
    Decision.objects.update(needs_certificate=True)
    cast.draft(cast.party(SECOND, received_on=date(2026, 9, 1)))
    assert cast.fresh(listing).days_differ_since is None
    cast.draft(cast.party(THIRD, received_on=None))
    assert cast.fresh(listing).days_differ_since == cast.NOW


@pytest.mark.parametrize(
    ("cause", "needed"), [(WithdrawalCause.ACQUITTED, True), (WithdrawalCause.VOID, False)], ids=["appealed", "void"]
)
def test_the_purge_of_one_whose_appeal_stood_leaves_the_same(cause, needed):
    gone = cast.in_force()
    type(gone.party).objects.filter(pk=gone.party_id).update(appealed_on=date(2026, 9, 4))
    cast.withdrawn(gone, cause=cause)
    actions.purge([gone.pk], now=cast.NOW)
    assert needs_certificate() is needed


LATE = cast.party(SECOND, received_on=date(2026, 9, 10))  # the period of the others is over by then


def amended_party(listing, entry):
    actions.amend_party(listing.pk, entry, revision=listing.revision, officer=cast.clerk(), now=cast.NOW)
    return cast.fresh(listing)


@pytest.mark.parametrize(
    "known_later",
    [{"received_on": None}, {"appealed_on": date(2026, 9, 4)}],
    ids=["not served", "appealing"],
)
def test_whose_receipt_was_the_last_is_purged_while_nobody_could_tell_and_no_earlier_day_comes_of_it(known_later):
    gone = cast.in_force(LATE, number=cast.SECOND_NUMBER)
    assert gone.effective_on == date(2026, 9, 21)
    listing = cast.draft(cast.party(**known_later))
    cast.withdrawn(cast.fresh(gone))
    actions.purge([gone.pk], now=cast.NOW)
    listing = amended_party(cast.fresh(listing), cast.party())
    assert (listing.effective_on, needs_certificate()) == (None, True)


def test_who_had_received_it_on_the_first_day_moves_nothing_though_another_is_not_served_yet():
    gone = cast.in_force(cast.party(SECOND, received_on=date(2026, 9, 1)), number=cast.SECOND_NUMBER)
    listing = cast.draft(cast.party(received_on=None))
    cast.withdrawn(cast.fresh(gone))
    actions.purge([gone.pk], now=cast.NOW)
    listing = amended_party(cast.fresh(listing), cast.party())
    assert (listing.effective_on, needs_certificate()) == (TOLD, False)


def purged_alone(entry, number=cast.SECOND_NUMBER):
    gone = cast.in_force(entry, number=number)
    cast.withdrawn(gone)
    actions.purge([gone.pk], now=cast.NOW)
    return gone


def test_whose_receipt_was_the_last_is_purged_while_he_was_alone_and_whoever_is_entered_later_takes_no_earlier_effect():
    assert purged_alone(LATE).effective_on == date(2026, 9, 21)
    listing = cast.draft(cast.party())
    assert (listing.effective_on, needs_certificate()) == (None, True)


def test_who_was_purged_alone_and_moved_nothing_leaves_nothing():
    purged_alone(cast.party(), cast.DEFENDANT_NUMBER)
    listing = cast.draft(cast.party(SECOND))
    assert (listing.effective_on, needs_certificate()) == (TOLD, False)


def test_who_was_alone_and_void_leaves_nothing():
    gone = cast.in_force(LATE, number=cast.SECOND_NUMBER)
    cast.withdrawn(gone, cause=WithdrawalCause.VOID)
    actions.purge([gone.pk], now=cast.NOW)
    assert not needs_certificate()


def test_what_was_approved_alone_and_is_discarded_to_be_entered_anew_asks_for_no_certificate():
    """It was never in force, and its right entry says the receipt again."""
    discarded(waiting_for_effect(replace(LATE, received_on=date(2026, 11, 20))))
    assert not needs_certificate()


def test_a_judgment_of_last_instance_asks_for_none():
    second = cast.judgment(number="（2026）京0105刑终123号", instance="second")
    listing = cast.draft(cast.party(received_on=None), cast.entered_decision(second))
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(listing))
    assert cast.fresh(listing).state == State.ACTIVE
    cast.withdrawn(cast.fresh(listing))
    actions.purge([listing.pk], now=cast.NOW)
    assert not needs_certificate()


# The days of the decision, where somebody of it was told before


def amended(**changes):
    decision = Decision.objects.get()
    entry = cast.judgment(**changes)
    return actions.amend_decision(decision.pk, entry, revision=decision.revision, officer=cast.clerk(), now=cast.NOW)


def stopped(listing):
    actions.stop([listing.pk], officer=cast.registrar(), now=cast.NOW, reason="certified")
    return cast.fresh(listing)


def test_the_certificate_is_entered_beside_one_that_was_withdrawn_and_purged():
    gone, listing = cast.in_force(), waiting_for_effect(cast.party(SECOND))
    Decision.objects.update(needs_certificate=True)
    cast.withdrawn(gone)
    actions.purge([gone.pk], now=cast.NOW)
    stopped(listing)
    amended(effect_certified_on=date(2026, 11, 20))
    assert cast.fresh(listing).effective_on == date(2026, 11, 20)


def test_a_protest_that_was_withdrawn_is_entered_beside_one_in_force_whose_doubt_ends_with_it():
    standing = cast.in_force()
    listing = waiting_for_effect(cast.party(SECOND))
    actions.hold(
        listing.pk, appealed_on=date(2026, 9, 10), officer=cast.clerk(), now=cast.NOW, reason="protest", is_protest=True
    )
    assert cast.fresh(standing).days_differ_since is not None
    amended(protested_on=date(2026, 9, 10), protest_withdrawn_on=date(2026, 9, 11))
    assert (cast.fresh(listing).effective_on, cast.fresh(standing).days_differ_since) == (TOLD, None)


@pytest.mark.parametrize(
    "beyond", [{"facts": ()}, {"pronounced_on": date(2026, 9, 2)}, {"number": "（2026）京0105刑初124号"}]
)
def test_nothing_else_of_it_is_amended_then(beyond):
    cast.in_force()
    cast.draft(cast.party(SECOND))
    with pytest.raises(NotAllowedNow):
        amended(**beyond)


def test_nor_are_the_days_of_what_a_judge_has_before_him_or_approved():
    cast.in_force()
    cast.draft(cast.party(THIRD))
    waiting_for_effect(cast.party(SECOND))
    with pytest.raises(NotAllowedNow):
        amended(effect_certified_on=date(2026, 11, 20))
