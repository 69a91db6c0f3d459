"""The tour: nine steps done for the visitor or by the visitor, in order and out of it, each proved where it arrives."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from config.demo import touring
from config.demo.touring import Step, Tour
from registry import actions
from registry.models import Case, Event, Flag, Listing, Proposal, State
from sharing.employers.models import Screening
from sharing.persons.models import Objection
from sharing.persons.objections import deciding
from tests import cast, playing

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.demo_urls")]

TOUR = "/tour/"
ACTED = [step for step in Step if step not in touring.WATCHED]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def played(settings, tmp_path, monkeypatch):
    playing.answers_within(monkeypatch)
    return playing.demonstration(settings, tmp_path, monkeypatch)


@pytest.fixture
def visitor(played):
    visitor = playing.visitor()
    assert visitor.press(TOUR) == at(Step.ENTER)
    return visitor


def at(step):
    return reverse("demo:tour_step", args=[step])


def for_me(visitor, played, *steps):
    for step in steps:
        if step not in touring.WATCHED:
            assert visitor.press(at(step), do="for-me") == at(step)
        playing.deliver(played)


def tour_of(visitor):
    return Tour.of(visitor.client.session)


def listing_of(visitor):
    return touring.listing_of(tour_of(visitor))


def before(step):
    return list(Step)[: step.number - 1]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_all_nine_steps_are_done_for_the_visitor_in_order(played, language):
    visitor = playing.visitor(language)
    visitor.press(TOUR)
    for step in Step:
        page = visitor.client.get(at(step))
        assert (page.status_code, page.context["first"]) == (200, None)
        assert page.context["done"] is (step in touring.WATCHED), "the departments pulled after the step before"
        for_me(visitor, played, step)
        assert visitor.client.get(at(step)).context["done"], step
    listing = listing_of(visitor)
    types = list(Event.objects.filter(listing=listing).order_by("position").values_list("type", flat=True))
    assert types == [f"listing.{kind}" for kind in ("published", "flagged", "corrected", "unflagged", "withdrawn")]
    assert Objection.objects.get(listing=listing).state == "closed"
    assert "All nine steps" in visitor.page(TOUR) or language != "en"
    assert not any(kept.holding.version for kept in touring.look(tour_of(visitor), played).kept)


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.ENTER])
def test_a_step_out_of_order_says_which_one_comes_first(visitor, played, step):
    page = visitor.client.get(at(step))
    assert page.context["first"] == Step.ENTER
    assert at(Step.ENTER) in page.content.decode()
    for how in ("for-me", "by-hand"):
        assert visitor.press(at(step), do=how) == at(step)
    assert not Listing.objects.exists()
    if step.number > Step.OBJECTED.number:
        for_me(visitor, played, Step.ENTER, Step.APPROVE)
        assert visitor.client.get(at(step)).context["first"] == Step.ASKED


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_judgment_is_entered_by_hand_on_pages_that_are_filled_in(played, language):
    visitor = playing.visitor(language)
    visitor.press(TOUR)
    where = visitor.press(at(Step.ENTER), do="by-hand")
    assert where == reverse("admin:new_decision")
    visitor.press(where, **typed(visitor, where))
    decision = touring.look(tour_of(visitor), played).decision
    assert decision is not None
    assert decision.number == tour_of(visitor).case
    party = reverse("admin:add_party", args=[decision.pk])
    visitor.press(party, **typed(visitor, party))
    for page in ("submit", "no_appeal"):
        visitor.press(reverse(f"admin:{page}", args=[decision.pk]))
    listing = listing_of(visitor)
    person = tour_of(visitor).judgment.listed_applicant
    assert listing.party.person.name == person.name
    assert listing.party.prohibitions.count() == 1
    assert visitor.client.session["acting"] == "clerk"
    assert visitor.client.get(at(Step.ENTER)).context["done"]


def test_what_was_begun_by_hand_is_finished_by_either_way(visitor, played):
    clerk, tour = cast.clerk(), tour_of(visitor)
    decision = actions.enter_decision(tour.judgment.decision, officer=clerk, now=cast.NOW)
    where = visitor.press(at(Step.ENTER), do="by-hand")
    assert where == reverse("admin:add_party", args=[decision.pk])
    actions.add_party(decision.pk, tour.judgment.party, officer=clerk, now=cast.NOW)
    for page, act in (("submit", actions.submit), ("no_appeal", actions.confirm_no_appeal)):
        assert visitor.press(at(Step.ENTER), do="by-hand") == reverse(f"admin:{page}", args=[decision.pk])
        act([listing_of(visitor).pk], officer=clerk, now=cast.NOW)
    assert visitor.client.get(at(Step.ENTER)).context["done"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("step", "part", "act"),
    [
        (Step.APPROVE, "judge", "approve"),
        (Step.WITHDRAWN, "clerk", "withdraw"),
    ],
)
def test_a_step_by_hand_opens_the_real_page_filled_in_and_sending_it_does_the_act(played, step, part, act, language):
    visitor = playing.visitor(language)
    visitor.press(TOUR)
    for_me(visitor, played, *before(step))
    where = visitor.press(at(step), do="by-hand")
    assert visitor.client.session["acting"] == part
    sent = typed(visitor, where)
    if step is Step.APPROVE:
        listing = listing_of(visitor)
        assert sent[f"number-{listing.pk}"] == tour_of(visitor).judgment.listed_applicant.documents[0].number
        visitor.press(reverse("admin:approve", args=[listing.party.decision_id]), **sent, approve=listing.pk)
        assert not visitor.client.get(at(step)).context["done"]
        sends_by_hand(visitor, step, "clerk", "admin:service", listing.party.decision_id)
    else:
        assert sent["reason"]
        visitor.press(where, **sent)
        visitor.press(f"{where}?check")
    if act == "withdraw":
        assert not visitor.client.get(at(step)).context["done"]
        where = visitor.press(at(step), do="by-hand")
        assert visitor.client.session["acting"] == "judge"
        visitor.press(where, do="carry_out")
        assert Proposal.objects.get(act=act).outcome == "carried_out"
    assert visitor.client.get(at(step)).context["done"]


def objects_by_hand(visitor):
    """Question by question, on the person's own pages."""
    where = visitor.press(at(Step.OBJECTED), do="by-hand")
    assert where == reverse("person:new_objection")
    assert visitor.client.session["acting"] == "listed-person"
    listing = listing_of(visitor)
    page = visitor.client.get(where)
    for typed in ({"kind": "objection"}, {"listing": listing.number}, {"part": "other"}, {"words": "罚金写错了。"}, {}):
        hidden = {name: page.context[name] for name in ("step", "sealed")}
        page = visitor.client.post(where, {**hidden, **typed}, follow=True)
    return Objection.objects.get(listing=listing)


def sends_by_hand(visitor, step, part, page, *args, **sent):
    """The next part of a step: who acts, and the page, which is sent as it is laid out where nothing else is said."""
    where = visitor.press(at(step), do="by-hand")
    assert (where, visitor.client.session["acting"]) == (reverse(page, args=args), part)
    visitor.press(where, **(sent or typed(visitor, where)))
    if page == "admin:propose":  # what it comes to is looked at before it is proposed
        visitor.press(f"{where}?check")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_visitor_objects_as_the_person_and_decides_as_the_court(played, language):
    visitor = playing.visitor(language)
    visitor.press(TOUR)
    for_me(visitor, played, *before(Step.OBJECTED))
    found = objects_by_hand(visitor)
    assert not visitor.client.get(at(Step.OBJECTED)).context["done"]
    sends_by_hand(visitor, Step.OBJECTED, "court-registrar", "sharing_desk:objection_step", found.number, "admit")
    assert listing_of(visitor).flags == [Flag.DISPUTED]
    assert visitor.client.get(at(Step.OBJECTED)).context["done"]
    number = listing_of(visitor).number
    upheld = (found.number, "uphold")
    sends_by_hand(visitor, Step.CORRECTED, "court-registrar", "sharing_desk:objection_step", *upheld)
    sends_by_hand(visitor, Step.CORRECTED, "clerk", "admin:propose", number, "correct")
    proposal = Proposal.objects.get(act="correct")
    sends_by_hand(visitor, Step.CORRECTED, "judge", "admin:proposal", proposal.pk, do="carry_out")
    assert not visitor.client.get(at(Step.CORRECTED)).context["done"]
    sends_by_hand(visitor, Step.CORRECTED, "clerk", "sharing_desk:objection_step", found.number, "carry_out")
    assert visitor.client.get(at(Step.CORRECTED)).context["done"]
    assert listing_of(visitor).flags == []


def test_an_objection_begun_by_hand_is_finished_for_the_visitor(visitor, played):
    for_me(visitor, played, *before(Step.OBJECTED))
    found = objects_by_hand(visitor)
    deciding.give_back(found.number, officer=cast.registrar(), now=cast.NOW, reason="请补充判决书。")
    for_me(visitor, played, Step.OBJECTED)
    assert visitor.client.get(at(Step.OBJECTED)).context["done"]
    for_me(visitor, played, Step.CORRECTED)
    assert Objection.objects.get().state == "closed"


def test_one_that_is_taken_back_makes_room_for_another(visitor, played):
    for_me(visitor, played, *before(Step.OBJECTED))
    deciding.withdraw(objects_by_hand(visitor).number, now=cast.NOW)
    for_me(visitor, played, Step.OBJECTED)
    assert visitor.client.get(at(Step.OBJECTED)).context["done"]
    assert Objection.objects.count() == 2


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("step", [Step.ASKED, Step.ASKED_AGAIN])
def test_the_employer_s_page_opens_with_the_tour_s_person(played, step, language):
    visitor = playing.visitor(language)
    visitor.press(TOUR)
    for_me(visitor, played, *before(step))
    where = visitor.press(at(step), do="by-hand")
    assert where == reverse("demo:as_hr")
    form = visitor.client.get(where).context["form"]
    person = tour_of(visitor).judgment.listed_applicant
    sent = {bound.name: bound.value() for bound in form}
    assert (sent["name"], sent["document_number"]) == (person.name, person.documents[0].number)
    visitor.press(where, **sent)
    page = visitor.client.get(at(step))
    assert page.context["done"]
    assert page.context["answer"].outcome == "listed"


def test_the_answer_after_the_objection_shows_the_corrected_article_and_no_flag(visitor, played):
    for_me(visitor, played, *before(Step.WITHDRAWN))
    first, again = (visitor.client.get(at(step)).context["answer"] for step in (Step.ASKED, Step.ASKED_AGAIN))
    assert first.number != again.number
    assert "disputed" not in str(first.listing)
    assert "disputed" not in str(again.listing)
    assert first.listing != again.listing


def test_a_department_that_is_away_is_waited_for_and_holds_nobody_up(visitor, played):
    visitor.press(at(Step.ENTER), do="for-me")
    visitor.press(at(Step.APPROVE), do="for-me")
    playing.deliver(played, only=["finance", "telecom"])
    page = visitor.client.get(at(Step.TOLD))
    assert (page.context["done"], page.context["moving"]) == (False, True)
    assert "hx-get" in page.content.decode()
    visitor.press(at(Step.ASKED), do="for-me")
    assert visitor.client.get(at(Step.ASKED)).context["done"]
    playing.deliver(played)
    page = visitor.client.get(at(Step.TOLD))
    assert (page.context["done"], page.context["moving"]) == (True, False)
    assert "hx-get" not in page.content.decode()


def test_a_store_that_cannot_be_read_is_said_in_its_row(visitor, played):
    for_me(visitor, played, Step.ENTER, Step.APPROVE)
    Path(played.departments[0].store).unlink()
    page = visitor.client.get(at(Step.TOLD))
    said = ["cannot be read" in str(line.cells[0].cell.text) for line in page.context["lists"].lines]
    assert said == [True, False, False, False]


def test_the_lists_alone_are_sent_again_only_when_something_moved(visitor, played):
    where = reverse("demo:tour_lists", args=[Step.TOLD])
    for_me(visitor, played, Step.ENTER)
    visitor.press(at(Step.APPROVE), do="for-me")
    shown = visitor.client.get(where)
    assert "<html" not in shown.content.decode()
    mark = shown.context["mark"]
    assert visitor.client.get(where, {"seen": mark}).status_code == 204
    playing.deliver(played)
    assert visitor.client.get(where, {"seen": mark}).status_code == 200
    visitor.client.cookies.clear()
    assert visitor.client.get(where, {"seen": mark}).status_code == 204


def test_looking_changes_nothing(visitor, played):
    for_me(visitor, played, Step.ENTER)
    versions = list(Listing.objects.values_list("number", "state", "revision"))
    kept = dict(visitor.client.session)
    for step in Step:
        visitor.page(f"{at(step)}?do=for-me")
    visitor.page(f"{TOUR}?do=again")
    assert list(Listing.objects.values_list("number", "state", "revision")) == versions
    assert dict(visitor.client.session) == kept


def test_a_step_done_twice_is_done_once(visitor, played):
    for_me(visitor, played, *before(Step.CORRECTED))
    for step in ACTED[:4]:
        visitor.press(at(step), do="for-me")
    assert (Listing.objects.count(), Screening.objects.count()) == (1, 1)
    assert listing_of(visitor).flags == [Flag.DISPUTED]


def test_a_refusal_of_the_book_is_shown_in_words(visitor, played):
    for_me(visitor, played, *before(Step.CORRECTED))
    listing = listing_of(visitor)
    actions.propose(
        listing.pk,
        "withdraw",
        against_version=listing.version,
        officer=cast.clerk(),
        now=cast.NOW,
        reason="acquitted",
        ground="（2026）京0105刑再1号",
    )
    visitor.press(at(Step.CORRECTED), do="for-me")
    page = visitor.client.get(at(Step.CORRECTED))
    assert not page.context["done"]
    assert "R-3" in page.content.decode()


def test_a_listing_withdrawn_early_leaves_the_steps_between_out(visitor, played):
    for_me(visitor, played, Step.ENTER, Step.APPROVE)
    cast.withdrawn(listing_of(visitor))
    playing.deliver(played)
    for step in (Step.ASKED, Step.OBJECTED, Step.CORRECTED, Step.ASKED_AGAIN):
        page = visitor.client.get(at(step))
        assert (page.context["late"], page.context["first"]) == (True, None)
        assert visitor.press(at(step), do="for-me") == at(step)
    assert visitor.client.get(at(Step.GONE)).context["done"]
    assert "Left out" in visitor.page(TOUR)


def test_a_tour_whose_listing_vanished_begins_again(visitor, played):
    for_me(visitor, played, Step.ENTER)
    listing = listing_of(visitor)
    actions.return_to_clerk([listing.pk], officer=cast.judge(), now=cast.NOW, reason="not of this court")
    actions.discard([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="entered by mistake")
    assert visitor.client.get(at(Step.APPROVE)).headers["Location"] == TOUR
    assert "no longer in the book" in visitor.page(TOUR)
    assert visitor.press(TOUR) == at(Step.ENTER)
    assert visitor.client.get(at(Step.ENTER)).status_code == 200


def test_without_a_playbill_the_tour_has_not_begun(visitor, played, settings):
    Path(settings.DEMO_PLAYBILL).unlink()
    assert "once the demonstration has begun" in visitor.page(TOUR)
    for step in Step:
        assert visitor.client.get(at(step)).headers["Location"] == TOUR
        assert visitor.press(at(step), do="for-me") == TOUR
    cases = Case.objects.count()
    assert visitor.press(TOUR) == TOUR
    assert Case.objects.count() == cases


def test_a_step_that_does_not_exist_leads_to_the_nine(visitor):
    for name in ("nonsense", "ENTER", "0", "进入"):
        assert visitor.client.get(f"/tour/{name}/").headers["Location"] == TOUR
    assert "no such step" in visitor.page("/tour/nonsense/")


def test_a_deep_link_without_a_tour_leads_to_its_start(played):
    visitor = playing.visitor()
    assert visitor.client.get(at(Step.CORRECTED)).headers["Location"] == TOUR
    assert "Start the tour" in visitor.page(TOUR)


def test_several_visitors_have_several_persons_and_cases(played):
    visitors = [playing.visitor() for _ in range(3)]
    for visitor in visitors:
        visitor.press(TOUR)
        for_me(visitor, played, Step.ENTER)
    tours = [tour_of(visitor) for visitor in visitors]
    assert len({tour.case for tour in tours}) == len({tour.person for tour in tours}) == 3
    assert len({tour.judgment.listed_applicant.documents[0].number for tour in tours}) == 3
    assert Listing.objects.filter(state=State.IN_REVIEW).count() == 3


def test_starting_again_takes_another_person(visitor, played):
    first = tour_of(visitor)
    for_me(visitor, played, Step.ENTER)
    visitor.press(TOUR)
    assert tour_of(visitor).person != first.person
    assert tour_of(visitor).listing == ""
    assert visitor.client.get(at(Step.ENTER)).context["done"] is False


def test_a_number_taken_between_looking_and_filing_is_passed_over(played, monkeypatch):
    monkeypatch.setattr(touring, "_free_serial", lambda: 5001)
    tours = [touring.begin(cast.clerk(), cast.NOW) for _ in range(3)]
    assert [tour.person for tour in tours] == [5001, 5002, 5003]


def test_the_session_holds_no_person(visitor, played):
    for_me(visitor, played, *Step)
    kept = dict(visitor.client.session)["tour"]
    assert set(kept) == {"case", "person", "listing"}
    person = tour_of(visitor).judgment.listed_applicant
    assert person.name not in str(dict(visitor.client.session))
    assert person.documents[0].number not in str(dict(visitor.client.session))


def typed(visitor, where):
    """What the desk's page shows in its fields, as the browser would send it."""
    context = visitor.client.get(where).context
    sheet = context.get("sheet")
    forms = [context["approval"]] if sheet is None else [sheet.form]
    for rows in sheet.rows.values() if sheet else ():
        forms += [rows.formset.management_form, *rows.formset.forms]
    sent = {bound.html_name: bound.value() for form in forms for bound in form}
    carried = context.get("carried") or {}
    return {
        name: _sent(value) for name, value in {**sent, **carried}.items() if value is not None and value is not False
    }


def _sent(value):
    if hasattr(value, "values_list"):
        return list(value.values_list("pk", flat=True))
    return value
