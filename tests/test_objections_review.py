"""Review: by the court above the one that decided, and by nobody else; what the High Court decided, by others of its own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.errors import HigherCourtNeeded, MayNotDecide, NoSuchObjection, ObjectionOfAnotherCourt
from registry.models import Court, Listing, Role
from sharing.persons.models import Objection, ObjectionKind, ObjectionStep
from sharing.persons.objections import deciding, finding, minding, papers, reviewing
from tests import cast, desk, noticing, objecting
from tests.test_objections_whose import phone

pytestmark = pytest.mark.django_db
NOW = cast.NOW
NAME = "高䶮"


@pytest.fixture(autouse=True)
def at_ten(monkeypatch, settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_REPAIR_MONTHS = 0
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def listing():
    return cast.in_force()


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def at(found):
    return reverse("sharing_desk:objection", args=[found.number])


def work(officer):
    return text(desk.at_the_desk(officer).get(reverse("admin:index")))


def third_court(role=Role.JUDGE):
    return cast._once(f"X-{role}", role, court="京01")


def review(found, step, officer, follows=""):
    return deciding.decide(found.number, step, officer=officer, now=NOW, reason="已复核卷宗。", follows=follows)


# Which court


@pytest.mark.parametrize(
    ("decided", "reviews"),
    [
        ("京0105", "京03"),
        ("京0108", "京01"),
        ("京0101", "京02"),
        ("京0491", "京04"),
        ("京7101", "京04"),
        ("京03", "京"),
        ("京73", "京"),
        ("京74", "京"),
        ("京", "京"),
    ],
)
def test_the_court_above_reviews_and_the_high_court_itself(decided, reviews):
    court = Court.objects.get(code=decided)
    assert reviewing.court_of_review(court).code == reviews
    assert reviewing.reviews_itself(court) is (decided == "京")
    asked = Court.objects.filter(pk=court.pk)
    assert all(
        asked.filter(_of_court(reviewing.reviewed_at(each))).exists() is (each.code == reviews)
        for each in Court.objects.all()
    )


def _of_court(of_a_row):
    """The condition on rows with a court, on courts themselves."""
    found = of_a_row.__class__(_connector=of_a_row.connector)
    for name, value in of_a_row.children:
        found.children.append((name.removeprefix("court__"), value))
    return found


def test_a_court_with_none_above_it_in_this_register_is_reviewed_by_the_high_court(listing):
    Court.objects.filter(pk=listing.court_id).update(parent=None)
    found = objecting.in_review(listing)
    with pytest.raises(HigherCourtNeeded):
        review(found, "review_reject", objecting.higher_judge())
    assert list(finding.at_desk(objecting.high_court_judge())) == [found]
    assert review(found, "review_reject", objecting.high_court_judge()).state == "closed"


# Who sees it, and decides


def test_it_waits_on_my_work_of_the_judges_and_registrars_of_the_court_above_and_of_nobody_else(listing):
    found = objecting.in_review(listing)
    for officer, waits in (
        (objecting.higher_judge(), True),
        (objecting.higher_registrar(), True),
        (cast._once("C-HU", Role.CLERK, court="京03"), False),
        (cast.officer("A-HU", Role.AUDITOR, court="京03"), False),
        (objecting.high_court_judge(), False),
        (cast.high_court_registrar(), False),
        (cast.registrar(), False),
        (cast.second_judge(), False),
        (third_court(), False),
        (third_court(Role.REGISTRAR), False),
    ):
        assert (found.number in work(officer)) is waits, officer


def test_they_read_the_listing_as_a_case_of_their_own_as_long_as_it_is_before_them(listing):
    found = objecting.served(listing)
    xu = desk.at_the_desk(objecting.higher_judge())
    pages = (
        reverse("admin:listing", args=[listing.number]),
        reverse("sharing_desk:recipients", args=[listing.number]),
        reverse("sharing_desk:notice", args=[listing.number]),
    )
    assert {xu.get(page).status_code for page in (at(found), *pages)} == {404}
    deciding.ask_review(found.number, words="请复核。", now=NOW)
    shown = text(xu.get(at(found)))
    assert NAME in shown
    assert "The book" in shown, "the desk's own navigation stands above it"
    for page in pages:
        assert xu.get(page).status_code == 200
    assert NAME in text(xu.get(pages[0]))
    assert desk.looks(objecting.higher_judge()) == [
        (listing.number, page) for page in ("listing", "listing", "notice", "objection", "recipients")
    ]
    review(found, "review_reject", objecting.higher_judge())
    assert {xu.get(page).status_code for page in pages} == {404}
    done = xu.get(at(found)).content.decode()
    assert found.number in done
    assert pages[0] not in done
    assert xu.post(reverse("sharing_desk:objection_letter", args=[found.number])).status_code == 200


def test_they_read_nothing_else_of_the_case_and_change_nothing(listing):
    second = cast.second_in_force()
    found = objecting.in_review(listing)
    xu = desk.at_the_desk(objecting.higher_registrar())
    decision = reverse("admin:decision", args=[listing.party.decision_id])
    assert decision not in xu.get(reverse("admin:listing", args=[listing.number])).content.decode()
    for closed in (
        decision,
        reverse("admin:listing", args=[second.number]),
        reverse("admin:act", args=[listing.number, "suspend"]),
        reverse("admin:propose", args=[listing.number, "withdraw"]),
        reverse("sharing_desk:issue_notice", args=[listing.number]),
        reverse("sharing_desk:clearance", args=[listing.number]),
        reverse("sharing_desk:objection_step", args=[found.number, "withdraw"]),
        reverse("sharing_desk:objection_step", args=[found.number, "admit"]),
    ):
        refused = 403 if "/steps/" in closed else 404  # the objection itself is hers to read
        assert xu.get(closed).status_code == refused, closed
        assert xu.post(closed, {"reason": "试一试"}).status_code in {refused, 405}, closed
    assert listing.number not in text(xu.get(reverse("admin:registry_listing_changelist")))
    entered = {"raised_by": "agent", "authority": "lawyer", "name": "吴律师", "arrival": "counter", "key": "k",
               "received_on": "2026-11-24", "language": "en", "kind": "objection", "listing": listing.number,
               "part": "dates", "words": "送达日期有误。"}  # fmt: skip
    before = Objection.objects.count()
    assert "R-313" in xu.post(reverse("sharing_desk:enter_objection"), entered).content.decode()
    assert Objection.objects.count() == before
    assert objecting.fresh(found).state == "in_review"


@pytest.mark.parametrize("role", [Role.CLERK, Role.JUDGE, Role.REGISTRAR])
def test_a_third_court_sees_and_does_nothing(listing, role):
    found = objecting.in_review(listing)
    officer = third_court(role)
    stranger = desk.at_the_desk(officer)
    assert stranger.get(at(found)).status_code == 404
    assert stranger.get(reverse("admin:listing", args=[listing.number])).status_code == 404
    assert found.number not in text(stranger.get(reverse("sharing_desk:objections")))
    with pytest.raises(NoSuchObjection):
        finding.for_officer(officer, found.number)
    for step in ("review_uphold", "review_reject"):
        page = reverse("sharing_desk:objection_step", args=[found.number, step])
        assert stranger.post(page, {"reason": "试一试", "follows": "withdraw"}).status_code in (403, 404)
    assert desk.looks(officer) == []
    assert objecting.fresh(found).state == "in_review"


def test_the_high_courts_registry_reads_it_and_does_not_decide_it(listing):
    found = objecting.in_review(listing)
    he = desk.at_the_desk(cast.high_court_registrar())
    assert "Reject on review" not in text(he.get(at(found)))
    assert he.get(reverse("admin:listing", args=[listing.number])).status_code == 302
    with pytest.raises(HigherCourtNeeded):
        review(found, "review_reject", cast.high_court_registrar())


def test_the_deciding_court_does_not_review_itself_whoever_asks_the_database(listing):
    found = objecting.in_review(listing)
    cai = cast.officer("J-CAI", Role.JUDGE)
    with pytest.raises(HigherCourtNeeded):
        review(found, "review_reject", cai)
    for officer in (cai, third_court(), objecting.high_court_judge()):
        with pytest.raises(DatabaseError, match="reviewed by another"), transaction.atomic():
            ObjectionStep.objects.create(
                objection=found, step="review_reject", state="closed", officer=officer, at=NOW, place=9
            )
    review(found, "review_reject", objecting.higher_judge())


def test_the_page_and_the_way_to_ask_name_the_court(listing):
    found = objecting.in_review(listing)
    assert (
        "Beijing No. 3 Intermediate People&#x27;s Court"
        in desk.at_the_desk(objecting.higher_judge()).get(at(found)).content.decode()
    )


# The letter


def test_the_letter_is_of_the_court_that_reviewed_and_names_the_one_that_carries_out(listing):
    found = review(objecting.in_review(listing), "review_uphold", objecting.higher_judge(), follows="correct")
    words = noticing.text(papers.letter(found))
    assert "北京市第三中级人民法院" in words
    assert "原决定法院" in words
    assert "由北京市朝阳区人民法院在3个工作日内办理" in words
    assert "没有上一级法院" not in words


def test_of_an_application_the_letter_on_review_says_so(listing):
    found = objecting.served(listing, kind=ObjectionKind.REPAIR, part="")
    deciding.ask_review(found.number, words="请复核。", now=NOW)
    review(found, "review_reject", objecting.higher_judge())
    assert "提前终止申请复核决定书" in noticing.text(papers.letter(objecting.fresh(found)))


# The High Court itself


@pytest.fixture
def of_the_high_court():
    """Listed by the High Court: Gao enters, Shen approves."""
    gao, shen = cast.officer("C-GAO", Role.CLERK, court="京"), cast.officer("J-SHEN", Role.JUDGE, court="京")
    decision = actions.enter_decision(cast.judgment(number="（2026）京刑初7号"), officer=gao, now=NOW)
    found = actions.add_party(decision.pk, cast.party(), officer=gao, now=NOW)
    actions.submit([found.pk], officer=gao, now=NOW)
    actions.confirm_no_appeal([found.pk], officer=gao, now=NOW)
    cast.approve(cast.fresh(found), by=shen)
    return cast.fresh(found)


def decided_by_the_high_court(listing: Listing):
    found = objecting.raised(listing)
    deciding.admit(found.number, officer=cast.high_court_registrar(), now=NOW)
    objecting.decide(found, "reject", objecting.high_court_judge())
    deciding.serve(found.number, officer=None, now=NOW)
    return deciding.ask_review(found.number, words="请复核。", now=NOW)


def test_what_the_high_court_decided_is_reviewed_by_others_of_it_who_had_no_hand_in_it(of_the_high_court):
    found = decided_by_the_high_court(of_the_high_court)
    tang = cast.second_high_court_registrar()
    concerned = (
        cast.high_court_registrar(),  # admitted it
        objecting.high_court_judge(),  # decided it
        of_the_high_court.approved_by,
    )
    for officer in concerned:
        assert found.number not in work(officer)
        with pytest.raises(MayNotDecide):
            review(found, "review_reject", officer)
        with pytest.raises(DatabaseError), transaction.atomic():
            ObjectionStep.objects.create(
                objection=found, step="review_reject", state="closed", officer=officer, at=NOW, place=9
            )
    for officer in (objecting.higher_judge(), cast.registrar()):
        with pytest.raises(HigherCourtNeeded):
            review(found, "review_reject", officer)
    assert found.number in work(tang)
    review(found, "review_reject", tang)
    assert objecting.fresh(found).state == "closed"


def test_who_carried_out_what_was_upheld_in_part_does_not_review_the_rest(of_the_high_court):
    found = objecting.raised(of_the_high_court)
    deciding.admit(found.number, officer=cast.high_court_registrar(), now=NOW)
    objecting.decide(found, "uphold_in_part", objecting.high_court_judge())
    deciding.serve(found.number, officer=None, now=NOW)
    listing = cast.fresh(of_the_high_court)
    proposal = actions.propose(
        listing.pk, "revise", against_version=listing.version, officer=listing.entered_by, now=NOW + timedelta(days=1),
        reason="减刑", ground="（2026）京刑更1号", changes={"sentence_months": 18},
    )  # fmt: skip
    second = cast.officer("J-PAN", Role.JUDGE, court="京")
    actions.carry_out(proposal.pk, officer=second, now=NOW + timedelta(days=1))
    # The decision named a correction; the step is written as the flow would, with the proposal.
    ObjectionStep.objects.create(
        objection=found, step="carry_out_in_part", state="carried_out", officer=listing.entered_by, at=NOW,
        place=found.steps.count() + 1, proposal=proposal,
    )  # fmt: skip
    type(found).objects.filter(pk=found.pk).update(state="in_review", clock="", due_on=None, clock_from=None)
    with pytest.raises(MayNotDecide):
        review(objecting.fresh(found), "review_reject", second)
    with pytest.raises(DatabaseError), transaction.atomic():
        ObjectionStep.objects.create(
            objection=found, step="review_reject", state="closed", officer=second, at=NOW, place=9
        )


def test_the_letters_say_that_no_court_stands_above(of_the_high_court):
    found = decided_by_the_high_court(of_the_high_court)
    words = noticing.text(papers.letter(found))
    assert "10日内向本院申请复核" in words
    assert "在本登记中本院没有上一级法院，由此前未参与办理的人员复核，在15日内作出决定" in words
    review(found, "review_reject", cast.second_high_court_registrar())
    words = noticing.text(papers.letter(objecting.fresh(found)))
    assert "本次复核由此前未参与办理本事项的人员进行" in words


# Nobody there


def test_where_nobody_of_the_court_above_may_decide_the_registry_hears_of_it_at_once(listing, mailoutbox):
    found = objecting.in_review(listing)
    assert finding.nobody_may_review(found)
    assert "nobody may decide" in text(desk.at_the_desk(cast.registrar()).get(at(found)))
    assert minding.escalate(now=NOW)
    assert "appoint a judge or registrar" in mailoutbox[0].body
    assert not minding.escalate(now=NOW)
    objecting.higher_judge()
    assert not finding.nobody_may_review(found)
    assert "nobody may decide" not in text(desk.at_the_desk(cast.registrar()).get(at(found)))


def test_somebody_who_left_is_nobody(listing):
    xu = objecting.higher_judge()
    found = objecting.in_review(listing)
    xu.account.is_active = False
    xu.account.save()
    assert finding.nobody_may_review(found)


# Served


def decided_on_review(listing, step="review_reject"):
    follows = "correct" if step == "review_uphold" else ""
    return review(objecting.in_review(listing), step, objecting.higher_judge(), follows)


def test_the_final_decision_is_served_too_and_asked_for_until_then(listing, mailoutbox):
    found = decided_on_review(listing)
    assert (found.state, found.clock, found.served_on) == ("closed", "objection_served", None)
    late = NOW + timedelta(days=7)
    assert minding.escalate(now=late)
    assert found.number in mailoutbox[-1].body
    assert found in finding.filtered(cast.registrar(), "overdue", late)
    found = deciding.serve(found.number, officer=cast.clerk(), now=late, on=late.date())
    assert (found.state, found.clock, found.served_on) == ("closed", "", late.date())
    assert found.steps.last().step == "serve"
    assert found not in finding.filtered(cast.registrar(), "overdue", late)
    assert not minding.escalate(now=late + timedelta(days=30))


@pytest.mark.parametrize("step", ["review_reject", "review_uphold"])
def test_the_person_is_told_decided_until_he_opens_it_whichever_way_it_went(listing, step):
    found = decided_on_review(listing, step)
    own = phone(cast.DEFENDANT_NUMBER, NAME)
    path = reverse("person:objection", args=[found.number])
    for page in (path, reverse("person:objections"), reverse("person:record")):
        before = text(own.get(page))
        assert "已复核卷宗" not in before
        assert "stands" not in before
        assert "ecided" in before
    assert "It is the decision on review" in text(own.get(path))
    assert "govuk-tag--grey" not in own.get(reverse("person:objections")).content.decode()
    assert own.get(reverse("person:objection_letter", args=[found.number])).status_code == 409
    own.post(reverse("person:read_decision", args=[found.number]))
    assert objecting.fresh(found).served_on == NOW.date()
    assert "已复核卷宗" in text(own.get(path))
    assert own.get(reverse("person:objection_letter", args=[found.number])).status_code == 200


def test_a_registrar_of_the_court_that_reviewed_records_its_service_and_not_that_of_the_first_decision(listing):
    ma = objecting.higher_registrar()
    first = objecting.decided(listing)
    with pytest.raises(ObjectionOfAnotherCourt):
        deciding.serve(first.number, officer=ma, now=NOW, on=NOW.date())
    found = decided_on_review(listing)
    with pytest.raises(ObjectionOfAnotherCourt):
        deciding.serve(found.number, officer=third_court(Role.REGISTRAR), now=NOW, on=NOW.date())
    page = desk.at_the_desk(ma).get(at(found)).content.decode()
    assert reverse("sharing_desk:objection_step", args=[found.number, "serve"]) in page
    sent = {"served_on": NOW.date().isoformat()}
    desk.at_the_desk(ma).post(reverse("sharing_desk:objection_step", args=[found.number, "serve"]), sent)
    assert objecting.fresh(found).steps.last().officer == ma
