"""The whole way through the desk's pages: enter, submit, approve, stop, correct, withdraw."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Case, Decision, Event, Listing, Proposal, State
from tests import becoming, cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def test_it_works():
    clerk, judge = desk.at_the_desk(cast.clerk()), desk.at_the_desk(cast.judge())
    entered = clerk.post(reverse("admin:new_decision"), desk.decision())
    decision = Decision.objects.get()
    assert entered.headers["Location"] == reverse("admin:decision", args=[decision.pk])

    added = clerk.post(reverse("admin:add_party", args=[decision.pk]), desk.party())
    assert added.status_code == 302
    clerk.post(reverse("admin:add_party", args=[decision.pk]), desk.party(cast.SECOND_NUMBER, "陆㛃"))
    first, second = Listing.objects.order_by("pk")

    assert b"submit" in clerk.get(reverse("admin:submit", args=[decision.pk])).content
    clerk.post(reverse("admin:submit", args=[decision.pk]))
    clerk.post(reverse("admin:no_appeal", args=[decision.pk]))
    assert {row.state for row in Listing.objects.all()} == {State.IN_REVIEW}

    page = judge.get(reverse("admin:review", args=[decision.pk])).content.decode()
    assert "Goes out now" in page
    assert cast.DEFENDANT_NUMBER not in page
    approved = judge.post(
        reverse("admin:approve", args=[decision.pk]),
        {
            "approve": "all",
            f"number-{first.pk}": cast.DEFENDANT_NUMBER,
            f"revision-{first.pk}": first.revision,
            f"number-{second.pk}": cast.SECOND_NUMBER,
            f"revision-{second.pk}": second.revision,
        },
        follow=True,
    )
    assert "Approved." in approved.content.decode()
    assert {row.state for row in Listing.objects.all()} == {State.ACTIVE}
    assert Event.objects.count() == 2


def test_a_number_typed_differently_returns_the_draft_and_says_so():
    listing = cast.submitted()
    judge = desk.at_the_desk(cast.judge())
    answer = _approve(judge, listing, cast.SECOND_NUMBER)
    assert "R-108" in answer.content.decode()
    assert cast.fresh(listing).state == State.DRAFT
    work = desk.at_the_desk(cast.clerk()).get(reverse("admin:index")).content.decode()
    assert "Returned to me" in work
    assert "identity number differs from the judgment at review" in work


def test_a_slip_of_the_judge_is_said_to_the_judge_and_returns_nothing():
    listing = cast.submitted()
    slip = cast.DEFENDANT_NUMBER[:-1] + ("0" if cast.DEFENDANT_NUMBER[-1] != "0" else "1")
    for typed, code in ((slip, "R-102"), ("", "R-213")):
        answer = _approve(desk.at_the_desk(cast.judge()), listing, typed)
        assert code in answer.content.decode()
        assert cast.fresh(listing).state == State.IN_REVIEW


def test_the_judge_returns_with_a_reason():
    listing = cast.submitted()
    judge = desk.at_the_desk(cast.judge())
    where = reverse("admin:send_back", args=[listing.party.decision_id])
    assert "R-305" in judge.post(where, {"reason": "x", "listings": [listing.pk]}).content.decode()
    judge.post(where, {"reason": "the fine differs from the judgment", "listings": [listing.pk]})
    listing = cast.fresh(listing)
    assert (listing.state, listing.returned_because) == (State.DRAFT, "the fine differs from the judgment")


def test_what_waits_after_approval_is_said(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    listing = cast.submitted()
    page = desk.at_the_desk(cast.judge()).get(reverse("admin:review", args=[listing.party.decision_id]))
    assert "Service of the notice on the person is not recorded." in page.content.decode()
    _approve(desk.at_the_desk(cast.judge()), listing, cast.DEFENDANT_NUMBER)
    clerk = desk.at_the_desk(cast.clerk())
    assert "Awaiting effect" in clerk.get(reverse("admin:index")).content.decode()
    service = {"served_on": "2026-11-24", "how": "by_post", "reference": "EA123456789CN", "listings": [listing.pk]}
    clerk.post(reverse("admin:service", args=[listing.party.decision_id]), service)
    assert cast.fresh(listing).state == State.ACTIVE


def test_one_officer_stops_a_listing_from_its_page():
    listing = cast.in_force()
    clerk = desk.at_the_desk(cast.clerk())
    assert "Suspend" in _page(clerk, listing)
    clerk.post(_act(listing, "suspend"), {"reason": "identity doubt"})
    page = _page(clerk, listing)
    assert "Sharing suspended." in page
    assert "identity doubt" in page
    again = clerk.post(_act(listing, "suspend"), {"reason": "identity doubt"}, follow=True)
    assert "R-301" in again.content.decode()


def test_a_flag_and_a_statement_come_from_the_registrar():
    listing = cast.in_force()
    registrar = desk.at_the_desk(cast.registrar())
    registrar.post(_act(listing, "flag_disputed"), {"reason": "an objection came in"})
    registrar.post(_act(listing, "state"), {"words": "判决有误，已申诉。"})
    page = _page(registrar, listing)
    assert "判决有误，已申诉。" in page
    assert _act(listing, "unflag_disputed") in page
    assert _act(listing, "flag_disputed") not in page
    registrar.post(_act(listing, "unflag_disputed"), {"reason": "the objection was rejected"})
    assert cast.fresh(listing).flags == []


def test_a_correction_is_proposed_by_one_and_carried_out_by_another():
    listing = cast.in_force()
    clerk, judge = desk.at_the_desk(cast.clerk()), desk.at_the_desk(cast.judge())
    where = reverse("admin:propose", args=[listing.number, "correct"])
    typed = _as_shown(clerk, where)
    typed |= {"fine_yuan": "30,000", "reason": "a slip of the pen", "ground": "（2026）京0105刑初123号之一"}
    assert desk.checked(clerk, where, typed).url == reverse("admin:listing", args=[listing.number])
    proposal = Proposal.objects.get()
    assert proposal.content["changes"] == {"fine_yuan": 30_000}
    decide = reverse("admin:proposal", args=[proposal.pk])
    assert "Carry out" not in clerk.get(decide).content.decode()
    assert decide in judge.get(reverse("admin:index")).content.decode()
    page = judge.get(decide).content.decode()
    assert "20,000" in page
    assert "30,000" in page
    judge.post(decide, {"do": "carry_out"})
    assert cast.fresh(listing).party.fine_yuan == 30_000


def test_a_release_is_taken_back_by_emptying_its_field():
    listing = cast.in_force()
    clerk, judge = desk.at_the_desk(cast.clerk()), desk.at_the_desk(cast.judge())
    for act, day in (("revise", "2026-10-20"), ("correct", "")):
        where = reverse("admin:propose", args=[listing.number, act])
        page = clerk.get(where).content.decode()
        assert "Empty it where the day was reported by mistake" in page
        typed = _as_shown(clerk, where) | {
            "version": cast.fresh(listing).version,
            "released_on": day,
            "reason": "as the prison says",
            "ground": "释放证明〔2026〕3号",
        }
        desk.checked(clerk, where, typed)
        decide = reverse("admin:proposal", args=[Proposal.objects.get(outcome="pending").pk])
        shown = judge.get(decide).content.decode()
        assert "20 October 2026" in shown, "what it becomes, and then what it was"
        assert "20 October 2029" in shown, "until when it is listed then"
        judge.post(decide, {"do": "carry_out"})
    assert cast.fresh(listing).party.released_on is None


def test_what_does_not_move_the_end_says_nothing_of_it():
    listing = cast.in_force()
    proposal = becoming.proposed(listing, fine_yuan=30_000)
    page = desk.at_the_desk(cast.judge()).get(reverse("admin:proposal", args=[proposal.pk])).content.decode()
    assert "30,000" in page
    assert "Listed until" not in page


def test_a_sentence_that_the_law_does_not_know_is_refused_when_it_is_proposed():
    """Not only when the judge carries it out."""
    assert "between 6 and 300" in _refused(sentence_months="2")


def test_a_day_that_is_needed_says_so_at_its_field_and_keeps_the_others():
    page = _refused(received_on="")
    assert "R-213" in page
    assert "“received on” is needed" in page


def _refused(**typed):
    """The page that a clerk gets back who proposes this correction; nothing is proposed, and nothing typed is lost."""
    listing = cast.in_force()
    clerk = desk.at_the_desk(cast.clerk())
    where = reverse("admin:propose", args=[listing.number, "correct"])
    why = {"reason": "a slip", "ground": "（2026）京0105刑初123号之一"}
    page = clerk.post(where, _as_shown(clerk, where) | typed | why).content.decode()
    assert "a slip" in page
    assert not Proposal.objects.exists()
    return page


def test_what_has_moved_meanwhile_is_not_overwritten_and_the_own_text_stays():
    listing = cast.in_force()
    clerk = desk.at_the_desk(cast.clerk())
    where = reverse("admin:propose", args=[listing.number, "withdraw"])
    typed = {"version": "1", "cause": "acquitted", "reason": "acquitted on retrial", "ground": "（2026）京0105刑再1号"}
    clerk.post(_act(listing, "suspend"), {"reason": "identity doubt"})
    answer = clerk.post(where, typed).content.decode()
    assert "R-306" in answer
    assert "acquitted on retrial" in answer
    assert 'name="version" value="2"' in answer


def test_a_withdrawal_may_be_refused_and_then_carried_out():
    listing = cast.in_force()
    clerk, judge = desk.at_the_desk(cast.clerk()), desk.at_the_desk(cast.judge())
    where = reverse("admin:propose", args=[listing.number, "withdraw"])
    typed = {"version": "1", "cause": "acquitted", "reason": "acquitted on retrial", "ground": "（2026）京0105刑再1号"}
    desk.checked(clerk, where, typed)
    first = Proposal.objects.get()
    judge.post(reverse("admin:proposal", args=[first.pk]), {"do": "refuse", "reason": "not final yet"})
    desk.checked(clerk, where, typed)
    second = Proposal.objects.exclude(pk=first.pk).get()
    judge.post(reverse("admin:proposal", args=[second.pk]), {"do": "carry_out"})
    assert cast.fresh(listing).state == State.WITHDRAWN
    assert "The proposed withdrawal was refused." in _page(clerk, listing)


def test_a_draft_is_amended_and_discarded():
    listing = cast.draft()
    clerk = desk.at_the_desk(cast.clerk())
    where = reverse("admin:amend_party", args=[listing.number])
    typed = desk.party(fine_yuan="30,000", **{"documents-INITIAL_FORMS": "1", "prohibitions-INITIAL_FORMS": "1"})
    assert "R-316" in clerk.post(where, {**typed, "revision": "99"}).content.decode()
    clerk.post(where, {**typed, "revision": str(listing.revision)})
    assert cast.fresh(listing).party.fine_yuan == 30_000
    decision = reverse("admin:amend_decision", args=[listing.party.decision_id])
    clerk.post(decision, desk.decision(facts=["telecom_fraud_related", "exchanged"], revision="1"))
    assert cast.fresh(listing).party.decision.facts == ["exchanged", "telecom_fraud_related"]
    clerk.post(_act(listing, "discard"), {"reason": "entered from the wrong judgment"})
    assert not Listing.objects.exists()


def test_a_penalty_is_amended_without_what_only_a_judgment_has():
    """It has no prosecutor and no appeal; a day that was typed for one is gone with the next amendment."""
    typed = {"kind": "penalty", "number": "京网信罚字〔2026〕7号", "authority": "CAC-BJ", "facts": (), "filed_on": None}
    decision = cast.entered_decision(cast.judgment(**typed, protested_on=date(2026, 9, 3)))
    clerk = desk.at_the_desk(cast.clerk())
    where = reverse("admin:amend_decision", args=[decision.pk])
    page = clerk.get(where).content.decode()
    assert 'name="authority"' in page
    assert not [name for name in ("instance", "filed_on", "protested_on") if f'name="{name}"' in page]
    typed = desk.decision(kind="penalty", number=decision.number, authority="CAC-BJ", pronounced_on="2026-08-31")
    assert clerk.post(where, {**typed, "revision": "1"}).status_code == 302
    amended = Decision.objects.get()
    assert (str(amended.pronounced_on), amended.authority, amended.protested_on) == ("2026-08-31", "CAC-BJ", None)


def test_a_judgment_is_amended_without_what_only_a_penalty_has():
    listing = cast.draft()
    where = reverse("admin:amend_decision", args=[listing.party.decision_id])
    page = desk.at_the_desk(cast.clerk()).get(where).content.decode()
    assert 'name="protested_on"' in page
    assert 'name="authority"' not in page


def test_an_appeal_holds_the_decision(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    listing = cast.submitted()
    _approve(desk.at_the_desk(cast.judge()), listing, cast.DEFENDANT_NUMBER)
    clerk = desk.at_the_desk(cast.clerk())
    clerk.post(_act(listing, "hold"), {"appealed_on": "2026-09-10", "reason": "an appeal came in late"})
    listing = cast.fresh(listing)
    assert (listing.state, str(listing.party.appealed_on)) == (State.DRAFT, "2026-09-10")


def test_what_waits_is_stopped_from_its_page_which_says_so(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    listing = cast.submitted()
    _approve(desk.at_the_desk(cast.judge()), listing, cast.DEFENDANT_NUMBER)
    registrar = desk.at_the_desk(cast.registrar())
    assert _act(listing, "stop") in _page(registrar, listing)
    registrar.post(_act(listing, "stop"), {"reason": "she is somebody else"})
    assert cast.fresh(listing).state == State.DRAFT
    shown = _page(registrar, listing)
    assert "Stopped before it took effect: back to draft." in shown
    assert _act(listing, "stop") not in shown


def test_a_case_is_filed_and_concluded():
    clerk = desk.at_the_desk(cast.clerk())
    clerk.post(reverse("admin:file_case"), {"number": "（2026）京0105刑初7号", "filed_on": "2026-01-05"})
    case = Case.objects.get()
    listed = clerk.get(reverse("admin:registry_case_changelist")).content.decode()
    assert case.number in listed
    assert reverse("admin:conclude_case", args=[case.pk]) in listed
    where = reverse("admin:conclude_case", args=[case.pk])
    assert "R-205" in clerk.post(where, {"outcome": "convicted", "concluded_on": "2025-12-31"}).content.decode()
    clerk.post(where, {"outcome": "convicted", "concluded_on": "2026-09-01"})
    assert Case.objects.get().outcome == "convicted"
    again = clerk.post(reverse("admin:file_case"), {"number": "（2026）京0105刑初7号", "filed_on": "2026-01-05"})
    assert "R-216" in again.content.decode()


def test_a_button_pressed_twice_enters_once():
    clerk = desk.at_the_desk(cast.clerk())
    first = clerk.post(reverse("admin:new_decision"), desk.decision())
    second = clerk.post(reverse("admin:new_decision"), desk.decision())
    assert first.headers["Location"] == second.headers["Location"]
    where = reverse("admin:add_party", args=[Decision.objects.get().pk])
    assert clerk.post(where, desk.party()).status_code == clerk.post(where, desk.party()).status_code == 302
    assert Listing.objects.count() == 1


def test_nothing_waits_for_somebody_new():
    assert "Nothing waits for you." in desk.at_the_desk(cast.clerk()).get(reverse("admin:index")).content.decode()
    chinese = desk.at_the_desk(cast.clerk(), "zh-hans").get(reverse("admin:index")).content.decode()
    assert "没有待办事项" in chinese


def _approve(client, listing, number):
    where = reverse("admin:approve", args=[listing.party.decision_id])
    typed = {"approve": listing.pk, f"number-{listing.pk}": number, f"revision-{listing.pk}": listing.revision}
    return client.post(where, typed, follow=True)


def _act(listing, act):
    return reverse("admin:act", args=[listing.number, act])


def _page(client, listing):
    return client.get(reverse("admin:listing", args=[listing.number])).content.decode()


def _as_shown(client, where):
    """The form's fields with the values that the page shows."""
    shown = client.get(where).context["sheet"].form
    typed = {bound.name: bound.value() for bound in shown}
    return {name: value for name, value in typed.items() if value not in (None, "")} | {"version": "1"}
