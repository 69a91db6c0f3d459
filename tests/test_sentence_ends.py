"""Whoever serves a sentence that was not carried out as the decision lets presume stays listed until three years after its end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from registry import actions, log
from registry.errors import DatesOutOfOrder, ImpossibleDate, NotCorrectable, OnProbation, SentenceEndNeeded
from registry.models import Event, Proposal
from tests import cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

END = "2027-12-14"
REVOKED = {"probation_months": 0, "sentence_ends_on": END}


def on_probation():
    return cast.in_force(cast.party(sentence_months=12, probation_months=24))


def serving(**changes):
    return cast.in_force(cast.party(sentence_months=12, **changes))


def propose(listing, act="revise", **changes):
    listing = cast.fresh(listing)
    return actions.propose(
        listing.pk, act, against_version=listing.version, officer=cast.clerk(), now=cast.NOW, reason="撤销缓刑，收监执行",
        ground="（2026）京0105刑更7号", changes=changes,
    )  # fmt: skip


def changed(listing, act="revise", **changes):
    actions.carry_out(propose(listing, act, **changes).pk, officer=cast.judge(), now=cast.NOW)
    return cast.fresh(listing)


def test_after_a_revoked_probation_the_years_are_counted_from_the_end_that_the_notice_of_execution_gives():
    listing = changed(on_probation(), **REVOKED)
    assert listing.ends_on == date(2030, 12, 14)
    told = log.read(Event.objects.latest("position"))["listing"]
    assert told["ends_on"] == "2030-12-14"
    assert told["prohibitions"][0]["starts_on"] is None, "it begins once he is released"


def test_nobody_revokes_probation_without_saying_until_when_he_serves():
    listing = on_probation()
    with pytest.raises(SentenceEndNeeded) as refused:
        propose(listing, probation_months=0)
    assert refused.value.field == "sentence_ends_on"
    assert changed(listing, probation_months=0, released_on="2026-10-20").ends_on == date(2029, 10, 20)


def test_probation_that_was_typed_by_mistake_is_corrected_without():
    listing = changed(on_probation(), "correct", probation_months=0)
    assert listing.party.sentence_ends_on is None
    assert listing.ends_on == cast.fresh(listing).effective_on + timedelta(days=4 * 365)


def test_a_revoked_parole_needs_the_new_end():
    listing = changed(serving(), released_on="2026-10-20")
    with pytest.raises(SentenceEndNeeded):
        propose(listing, released_on=None)
    assert changed(listing, released_on=None, sentence_ends_on=END).ends_on == date(2030, 12, 14)


def test_a_commutation_moves_an_end_that_was_told_of():
    listing = changed(serving(), sentence_ends_on=END)
    with pytest.raises(SentenceEndNeeded):
        propose(listing, sentence_months=8)
    assert changed(listing, sentence_months=8, sentence_ends_on="2027-08-14").ends_on == date(2030, 8, 14)


def test_a_commutation_of_what_is_presumed_is_computed():
    before = serving()
    assert changed(before, sentence_months=8).ends_on < before.ends_on


def test_the_release_stands_before_it():
    listing = changed(serving(), sentence_ends_on=END)
    assert changed(listing, released_on="2026-10-20").ends_on == date(2029, 10, 20)
    assert changed(listing, sentence_months=8).party.sentence_ends_on == date(2027, 12, 14)


def test_it_is_emptied_where_it_was_typed_by_mistake():
    before = serving()
    listing = changed(changed(before, sentence_ends_on=END), "correct", sentence_ends_on=None)
    assert (listing.party.sentence_ends_on, listing.ends_on) == (None, before.ends_on)


@pytest.mark.parametrize("act", ["correct", "revise"])
def test_who_is_on_probation_has_no_such_end(act):
    with pytest.raises(OnProbation) as refused:
        propose(on_probation(), act, sentence_ends_on=END)
    assert refused.value.field == "sentence_ends_on"


def test_a_revocation_that_was_quashed_takes_the_end_with_it():
    listing = on_probation()
    ended = listing.ends_on
    changed(listing, **REVOKED)
    with pytest.raises(OnProbation):
        propose(listing, "correct", probation_months=24)
    assert changed(listing, "correct", probation_months=24, sentence_ends_on=None).ends_on == ended


def test_nor_has_who_was_fined_alone():
    listing = cast.in_force(cast.party(penalty_kind="fine_only", sentence_months=0))
    with pytest.raises(NotCorrectable):
        propose(listing, sentence_ends_on=END)
    assert changed(listing, fine_yuan=0).party.fine_yuan == 0


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("2027-13-01", ImpossibleDate),
        ("2099-01-01", ImpossibleDate),
        ("2026-01-01", DatesOutOfOrder),
        (7, ImpossibleDate),
    ],
)
def test_a_day_that_can_be_no_end_of_a_sentence_is_refused(typed, refusal):
    with pytest.raises(refusal) as refused:
        propose(serving(), sentence_ends_on=typed)
    assert refused.value.field == "sentence_ends_on"


def test_at_the_desk_the_missing_end_is_asked_for_at_its_field_and_then_shown():
    listing = on_probation()
    where = reverse("admin:propose", args=[listing.number, "revise"])
    clerk, judge = desk.at_the_desk(cast.clerk()), desk.at_the_desk(cast.judge())
    typed = {
        **desk.as_offered(clerk, where),
        "sentence_months": "12",
        "probation_months": "0",
        "reason": "撤销缓刑",
        "ground": "（2026）京0105刑更7号",
    }
    refused = clerk.post(where, typed).content.decode()
    assert "nobody can compute the new one" in refused
    desk.checked(clerk, where, typed | {"sentence_ends_on": END})
    judge.post(reverse("admin:proposal", args=[Proposal.objects.get().pk]), {"do": "carry_out"})
    shown = clerk.get(reverse("admin:listing", args=[listing.number])).content.decode()
    assert "Sentence ends on, by the execution order" in shown
    assert "14 December 2027" in shown
    assert "The execution order lets the sentence end on 14 December 2027" in shown
