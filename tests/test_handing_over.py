"""Drafts and reviews wait with somebody, and are handed to somebody else, on record; also when an officer leaves."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from registry import actions
from registry.admin.story import story_of
from registry.errors import (
    AnotherCourt,
    AppointmentEnded,
    FourEyes,
    ImpossibleDate,
    LastRegistrars,
    NotAReceiver,
    NothingToHandOver,
    OwnAppointment,
    ReceiverNeeded,
    WrongRole,
)
from registry.models import AppointmentEnd, HandOver, Role, State
from tests import cast, desk
from tests.test_deputies import TODAY, deputy_of, second_clerk, stands_in_for, third_clerk, titles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    with translation.override("en"):
        yield


def leave(leaving, receiver=None, by=None):
    return actions.end_appointment(
        leaving,
        last_day=TODAY,
        reason="moves to another court",
        receiver=receiver,
        officer=by or cast.security_administrator(),
        now=cast.NOW,
    )


def test_a_clerk_or_the_registrar_hands_drafts_to_another_clerk_and_both_see_it():
    listing = cast.draft()
    actions.hand_over(listing.party.decision_id, second_clerk(), officer=cast.clerk(), now=cast.NOW)
    assert "My drafts" not in titles(cast.clerk())
    assert [item.title for item in titles(second_clerk())["My drafts"].items] == [listing.party.decision.number]
    actions.hand_over(listing.party.decision_id, third_clerk(), officer=cast.registrar(), now=cast.NOW)
    listing = cast.fresh(listing)
    assert (listing.held_by, listing.entered_by) == (third_clerk(), cast.clerk())
    sentences = [str(step.sentence) for step in story_of(listing)]
    assert "The draft waits with 马书记员 (clerk); it waited with 林书记员 (clerk)." in sentences
    assert "The draft waits with 胡书记员 (clerk); it waited with 马书记员 (clerk)." in sentences


def test_who_entered_it_stays_who_entered_it_for_four_eyes():
    listing = cast.draft()
    actions.hand_over(listing.party.decision_id, second_clerk(), officer=cast.clerk(), now=cast.NOW)
    actions.submit([listing.pk], officer=second_clerk(), now=cast.NOW)
    clerk = cast.clerk()
    clerk.role = Role.JUDGE
    clerk.save()
    with pytest.raises(FourEyes):
        cast.approve(cast.fresh(listing), by=clerk)


def test_a_decision_without_a_party_is_handed_over_too():
    decision = cast.entered_decision()
    actions.hand_over(decision.pk, second_clerk(), officer=cast.clerk(), now=cast.NOW)
    assert "My drafts" not in titles(cast.clerk())
    assert [item.title for item in titles(second_clerk())["My drafts"].items] == [decision.number]
    assert HandOver.objects.get().numbers == []


def test_nobody_else_hands_over_and_nobody_unfit_receives():
    decision = cast.draft().party.decision
    for who, refusal in (
        (second_clerk(), WrongRole),
        (cast.judge(), WrongRole),
        (cast.stranger(), AnotherCourt),
        (cast.officer("R-WU", Role.REGISTRAR, court="京0108"), AnotherCourt),
    ):
        with pytest.raises(refusal):
            actions.hand_over(decision.pk, third_clerk(), officer=who, now=cast.NOW)
    for receiver in (cast.judge(), cast.stranger(), cast.registrar()):
        with pytest.raises(NotAReceiver):
            actions.hand_over(decision.pk, receiver, officer=cast.clerk(), now=cast.NOW)
    with pytest.raises(NothingToHandOver):
        actions.hand_over(decision.pk, cast.clerk(), officer=cast.clerk(), now=cast.NOW)
    deputy_of(cast.clerk(), second_clerk())
    actions.hand_over(decision.pk, third_clerk(), officer=second_clerk(), now=cast.NOW)


def test_an_assigned_review_comes_first_with_that_judge_and_the_others_still_may():
    listing = cast.submitted()
    judge, other = cast.judge(), cast.second_judge()
    actions.assign_review(listing.party.decision_id, judge, officer=cast.registrar(), now=cast.NOW)
    assert "Awaiting my review" in titles(judge)
    others = titles(other)
    assert "Awaiting my review" not in others
    assert "赵法官" in " ".join(map(str, others["Awaiting review"].items[0].notes))
    assert "赵法官 (reviewing judge) is asked to review it, before the other judges." in [
        str(step.sentence) for step in story_of(listing)
    ]
    cast.approve(listing, by=other)
    assert cast.fresh(listing).state == State.ACTIVE


def test_a_deputy_of_the_assigned_judge_finds_it_and_approves_it_for_him():
    listing = cast.submitted()
    judge, deputy = cast.judge(), cast.second_judge()
    actions.assign_review(listing.party.decision_id, judge, officer=judge, now=cast.NOW)
    deputy_of(judge, deputy)
    assert any("for 赵法官" in title for title in titles(deputy))
    cast.approve(listing, by=deputy)
    assert "钱法官 (reviewing judge), for 赵法官 (reviewing judge)" in [str(step.who) for step in story_of(listing)]


def test_an_assignment_is_taken_back_and_clerks_and_other_courts_assign_nothing():
    listing = cast.submitted()
    decision = listing.party.decision_id
    for who, refusal in (
        (cast.clerk(), WrongRole),
        (cast.officer("J-WU", Role.JUDGE, court="京0108"), AnotherCourt),
    ):
        with pytest.raises(refusal):
            actions.assign_review(decision, cast.judge(), officer=who, now=cast.NOW)
    with pytest.raises(NotAReceiver):
        actions.assign_review(decision, cast.clerk(), officer=cast.judge(), now=cast.NOW)
    with pytest.raises(NothingToHandOver):
        actions.assign_review(decision, None, officer=cast.judge(), now=cast.NOW)
    actions.assign_review(decision, cast.judge(), officer=cast.judge(), now=cast.NOW)
    actions.assign_review(decision, None, officer=cast.registrar(), now=cast.NOW)
    assert cast.fresh(listing).assigned_to is None


def test_what_waits_with_an_officer_who_leaves_goes_to_the_one_who_takes_over():
    empty = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    draft = cast.draft(decision=cast.entered_decision())
    deputy_of(cast.clerk(), third_clerk())
    leave(cast.clerk(), second_clerk())
    assert cast.fresh(draft).held_by == second_clerk()
    empty.refresh_from_db()
    assert empty.held_by == second_clerk()
    assert len(titles(second_clerk())["My drafts"].items) == 2
    assert not stands_in_for(third_clerk())
    assert AppointmentEnd.objects.get().receiver == second_clerk()


def test_a_submitted_listing_that_is_returned_later_comes_to_the_one_who_took_over():
    listing = cast.submitted()
    leave(cast.clerk(), second_clerk())
    actions.return_to_clerk([listing.pk], officer=cast.judge(), now=cast.NOW, reason="the fine differs")
    assert "Returned to me" in titles(second_clerk())


def test_a_judge_who_leaves_hands_over_the_reviews():
    listing = cast.submitted()
    actions.assign_review(listing.party.decision_id, cast.judge(), officer=cast.judge(), now=cast.NOW)
    second = cast.second_judge()
    with pytest.raises(ReceiverNeeded):
        leave(cast.judge())
    leave(cast.judge(), second)
    assert cast.fresh(listing).assigned_to == cast.second_judge()


def test_what_nobody_could_take_is_found_by_the_registrar():
    listing = cast.draft()
    leave(cast.clerk())
    group = titles(cast.registrar())["Drafts that nobody holds"]
    assert [item.title for item in group.items] == [listing.party.decision.number]
    where = group.items[0].address
    newcomer = second_clerk()
    assert desk.at_the_desk(cast.registrar()).post(where, {"receiver": newcomer.pk}).status_code == 302
    assert "Drafts that nobody holds" not in titles(cast.registrar())
    assert "My drafts" in titles(newcomer)


def test_his_sessions_end_at_once_and_he_signs_in_no_more():
    clerk = cast.clerk()
    clerk.account.set_password(desk.PASSWORD)
    clerk.account.save()
    browser = desk.at_the_desk(clerk)
    assert browser.get(reverse("admin:index")).status_code == 200
    leave(clerk)
    assert browser.get(reverse("admin:index")).status_code == 302
    login = {"username": clerk.account.username, "password": desk.PASSWORD}
    assert not Client().login(**login)


def test_who_may_not_leave_so():
    clerk, keeper = cast.clerk(), cast.security_administrator()
    second = cast.second_high_court_registrar()
    for by in (cast.registrar(), cast.judge(), cast.clerk(), cast.high_court_registrar(), cast.system_administrator()):
        with pytest.raises(WrongRole):
            leave(second_clerk(), by=by)
    with pytest.raises(OwnAppointment):
        leave(keeper, by=keeper)
    with pytest.raises(LastRegistrars):
        leave(second)
    with pytest.raises(NotAReceiver):
        leave(clerk, cast.stranger())
    with pytest.raises(ImpossibleDate):
        actions.end_appointment(
            clerk, last_day=date(2026, 12, 1), reason="later", receiver=None, officer=keeper, now=cast.NOW
        )
    leave(clerk)
    with pytest.raises(AppointmentEnded):
        leave(clerk)
    cast.officer("R-XU", Role.REGISTRAR, court="京")
    leave(second)


def test_the_page_shows_what_waits_and_hands_it_over_with_one_button():
    listing = cast.draft()
    clerk, receiver = cast.clerk(), second_clerk()
    where = reverse("admin:end_appointment", args=[clerk.pk])
    browser = desk.at_the_desk(cast.security_administrator())
    assert where in browser.get(reverse("admin:account", args=[clerk.pk])).content.decode()
    assert "Drafts that wait with him: 1" in browser.get(where).content.decode()
    typed = {"last_day": "2026-11-24", "reason": "moves to another court"}
    assert "R-328" in browser.post(where, typed).content.decode()
    assert browser.post(where, {**typed, "receiver": receiver.pk}).status_code == 302
    assert cast.fresh(listing).held_by == receiver
    assert "may sign in" in browser.get(reverse("admin:registry_officer_changelist")).content.decode().lower()


def test_a_stranger_is_refused():
    decision = cast.submitted().party.decision_id
    pages = {
        "hand_over": reverse("admin:hand_over", args=[decision]),
        "assign": reverse("admin:assign", args=[decision]),
        "end_appointment": reverse("admin:end_appointment", args=[cast.clerk().pk]),
    }
    for name, page in pages.items():
        assert Client().get(page).status_code == Client().post(page).status_code == 302, name
        for who in (cast.stranger(), cast.officer(f"J-{name}", Role.JUDGE, court="京0108"), cast.statistician()):
            browser = desk.at_the_desk(who)
            typed = {"receiver": second_clerk().pk, "reason": "because", "last_day": "2026-11-24"}
            for answer in (browser.get(page), browser.post(page, typed)):
                assert answer.status_code in (403, 404), (name, who)
    assert not HandOver.objects.exists()
    assert not AppointmentEnd.objects.exists()
