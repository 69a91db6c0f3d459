"""Upheld in part: what was upheld is carried out, and about the rest the person asks the higher court, before or after it."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pypdf
import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from registry.errors import ArrivedLater, NotServed, ObjectionNotNow
from sharing.persons.identity import proving
from sharing.persons.models import Objection
from sharing.persons.objections import deciding, lifecycle, minding, papers
from sharing.persons.pages.visit import PROOF
from tests import cast, consenting, desk, objecting
from tests.test_objection_pages import phone, text

pytestmark = pytest.mark.django_db
NOW, DAY = cast.NOW, timedelta(days=1)
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def at_ten(monkeypatch, settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def listing():
    return cast.in_force()


def at(monkeypatch, moment):
    """The browser of the person, who proves at that moment who he is."""
    monkeypatch.setattr(timezone, "now", lambda: moment)
    browser = phone()
    session = browser.session
    session[PROOF] = str(proving.keep(consenting.proved(cast.DEFENDANT_NUMBER, "高䶮", now=moment), now=moment))
    session.save()
    return browser


def in_part(listing):
    """Upheld in part, and served."""
    return objecting.served(listing, "uphold_in_part")


def carried_out(found, now=NOW):
    """By a registrar who had no hand in it."""
    return deciding.carry_out(found.number, officer=cast.registrar(), now=now, reason="已办理")


def asked_early(listing):
    found = in_part(listing)
    return deciding.ask_review(found.number, words="请复核其余部分", now=NOW + DAY)


def words_of(pdf):
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


# Asked as soon as the decision was served


def test_who_was_given_a_part_asks_about_the_rest_within_the_days_that_the_letter_names(listing, monkeypatch):
    found, own = in_part(listing), f"/objections/{Objection.objects.get().number}/"
    browser = at(monkeypatch, NOW + 2 * DAY)
    assert f'href="{own}higher-court/"' in browser.get(own).content.decode()
    assert "you may ask the higher court" in text(browser.get("/record/"))
    assert browser.post(f"{own}higher-court/", {"words": "请复核其余部分"})["Location"] == own
    assert objecting.fresh(found).state == "partly_asked"


def test_the_court_that_is_late_to_carry_it_out_shuts_nobody_out(listing, monkeypatch):
    found = in_part(listing)
    browser = at(monkeypatch, NOW + 30 * DAY)
    minding.mind(now=NOW + 30 * DAY)
    assert "Ask the higher court" in text(browser.get(f"/objections/{found.number}/"))
    assert deciding.ask_review(found.number, words="请复核", now=NOW + 30 * DAY).state == "partly_asked"


def test_what_is_asked_does_not_stop_the_carrying_out(listing):
    found = asked_early(listing)
    assert (found.state, found.clock, found.due_on) == ("partly_asked", "objection_carried_out", date(2026, 11, 27))
    assert cast.fresh(listing).flags == ["disputed"]
    minding.escalate(now=NOW + 4 * DAY)
    assert found.number in mail.outbox[-1].body
    found = carried_out(found, now=NOW + 5 * DAY)
    assert (found.state, found.clock) == ("in_review", "higher_court_decided")


def test_the_time_of_the_higher_court_runs_from_the_day_on_which_it_was_asked(listing):
    found = asked_early(listing)
    found = carried_out(found, now=NOW + 5 * DAY)
    assert (found.clock_from, found.due_on) == (TODAY + DAY, TODAY + 16 * DAY)
    assert objecting.decide(found, "review_reject", objecting.higher_judge(), NOW + 6 * DAY).state == "closed"


def test_the_higher_court_reads_it_at_once_and_decides_once_it_is_carried_out(listing):
    found = asked_early(listing)
    judge = objecting.higher_judge()
    page = desk.at_the_desk(judge).get(reverse("sharing_desk:objection", args=[found.number]))
    assert page.status_code == 200
    with pytest.raises(ObjectionNotNow, match="being carried out"):
        objecting.decide(found, "review_uphold", judge)
    assert lifecycle.may("carry_out_meanwhile", cast.registrar(), found)
    with pytest.raises(ObjectionNotNow):
        deciding.withdraw(found.number, now=NOW + DAY)


def test_the_desk_of_the_deciding_court_carries_it_out_after_it_was_asked(listing):
    found = asked_early(listing)
    sun = desk.at_the_desk(cast.registrar())
    page = sun.get(reverse("sharing_desk:objection", args=[found.number])).content.decode()
    where = reverse("sharing_desk:objection_step", args=[found.number, "carry_out_meanwhile"])
    assert f'href="{where}"' in page
    sun.post(where, {"proposal": "", "reason": "已办理"})
    assert objecting.fresh(found).state == "in_review"


def test_by_letter_too_it_is_asked_before_it_is_carried_out(listing):
    found = in_part(listing)
    officer = desk.at_the_desk(cast.registrar())
    where = reverse("sharing_desk:objection_step", args=[found.number, "ask_review_early"])
    officer.post(where, {"received_on": "2026-11-24", "words": "请复核其余部分"})
    assert objecting.fresh(found).state == "partly_asked"
    assert objecting.fresh(found).steps.last().received_on == TODAY


# The carrying out is a notice of its own


def test_the_ten_days_do_not_run_before_the_person_hears_that_the_part_is_carried_out(listing):
    found = carried_out(in_part(listing), now=NOW + 20 * DAY)
    assert (found.state, found.clock) == ("carried_out", "objection_served")
    minding.mind(now=NOW + 60 * DAY)
    assert objecting.fresh(found).state == "carried_out"
    assert cast.fresh(listing).flags == ["disputed"]


def test_whoever_opens_the_notice_has_ten_days_from_then(listing, monkeypatch):
    found = carried_out(in_part(listing), now=NOW + 2 * DAY)
    browser, own = at(monkeypatch, NOW + 7 * DAY), f"/objections/{found.number}/"
    page = text(browser.get(own))
    assert "A completion letter is here" in page
    assert "Ask the higher court" in page
    assert "The part upheld is carried out" not in page
    assert "A completion letter is here: open it to read it" in text(browser.get("/record/"))
    for _ in range(2):
        browser.post(f"{own}read/")
    found = objecting.fresh(found)
    assert (found.clock, found.clock_from) == ("higher_court_asked", TODAY + 7 * DAY)
    assert found.due_on == date(2026, 12, 11)
    page = text(browser.get(own))
    assert "A completion letter is here" not in page
    assert "The part upheld is carried out" in page
    assert "11 December 2026" in page


def test_who_had_not_opened_the_decision_opens_the_notice_after_it(listing, monkeypatch):
    found = objecting.decided(listing, "uphold_in_part")
    carried_out(found, now=NOW + DAY)
    browser, own = at(monkeypatch, NOW + 2 * DAY), f"/objections/{found.number}/"
    assert "The decision is here" in text(browser.get(own))
    with pytest.raises(NotServed):
        deciding.serve_notice(found.number, officer=cast.clerk(), now=NOW + 2 * DAY)
    browser.post(f"{own}read/")
    assert objecting.fresh(found).clock == "objection_served"
    assert "A completion letter is here" in text(browser.get(own))
    browser.post(f"{own}read/")
    assert objecting.fresh(found).clock_from == TODAY + 2 * DAY


def test_an_officer_records_the_day_of_the_evidence_of_the_notice(listing):
    found = carried_out(in_part(listing), now=NOW + DAY)
    for day in (TODAY, TODAY + 9 * DAY):
        with pytest.raises(ArrivedLater):
            deciding.serve_notice(found.number, officer=cast.clerk(), now=NOW + 5 * DAY, on=day)
    found = deciding.serve_notice(found.number, officer=cast.clerk(), now=NOW + 5 * DAY, on=TODAY + 3 * DAY)
    assert (found.clock, found.clock_from) == ("higher_court_asked", TODAY + 3 * DAY)
    with pytest.raises(NotServed):
        deciding.serve_notice(found.number, officer=cast.clerk(), now=NOW + 6 * DAY)


def test_where_the_decision_reached_him_after_the_notice_the_ten_days_run_from_the_decision(listing):
    found = carried_out(objecting.decided(listing, "uphold_in_part"), now=NOW + DAY)
    deciding.serve(found.number, officer=cast.clerk(), now=NOW + 9 * DAY, on=TODAY + 8 * DAY)
    found = deciding.serve_notice(found.number, officer=cast.clerk(), now=NOW + 9 * DAY, on=TODAY + 2 * DAY)
    assert (found.clock, found.clock_from) == ("higher_court_asked", TODAY + 8 * DAY)
    assert deciding.ask_review(found.number, words="请复核", now=NOW + 17 * DAY).state == "in_review"


def test_a_notice_that_nobody_serves_is_told_to_the_registry(listing):
    found = carried_out(in_part(listing))
    minding.escalate(now=NOW + 10 * DAY)
    assert found.number in mail.outbox[-1].body


def test_before_the_notice_reached_him_the_higher_court_is_asked_however_late(listing):
    found = carried_out(in_part(listing))
    assert deciding.ask_review(found.number, words="请复核", now=NOW + 40 * DAY).state == "in_review"


def test_the_slip_says_that_a_notice_waits_and_names_nobody(listing):
    found = carried_out(in_part(listing))
    page = text(phone().post("/objections/follow/", {"number": found.number, "code": found.code}))
    assert "Upheld in part; a completion letter waits to be opened" in page
    assert "The completion letter is served by 27 November 2026" in page


def test_the_desk_prints_and_serves_the_notice(listing):
    found = carried_out(in_part(listing))
    sun = desk.at_the_desk(cast.registrar())
    page = sun.get(reverse("sharing_desk:objection", args=[found.number])).content.decode()
    assert "serve_notice" in page
    printed = sun.post(reverse("sharing_desk:objection_letter", args=[found.number]), {"paper": "notice"})
    words = words_of(printed.content)
    for said in ("异议办结通知书", found.number, listing.number, "2026-11-24", "10日内向上一级法院"):
        assert said in words
    assert "已核对卷宗" not in words
    sun.post(reverse("sharing_desk:objection_step", args=[found.number, "serve_notice"]), {"served_on": "2026-11-24"})
    assert objecting.fresh(found).clock == "higher_court_asked"


def test_there_is_no_notice_before_the_part_is_carried_out(listing):
    with pytest.raises(NotServed):
        papers.notice(in_part(listing))


def test_the_letter_names_the_later_of_both_days(listing):
    words = words_of(papers.letter(in_part(listing)))
    assert "成立部分的办结通知在此之后收到的，自收到该通知之日起计算" in words
    assert (
        "or,ifthatislater,ofthedayonwhichthecompletionletterreachedyou,whichsaysthattheupheldpartiscarriedout" in words
    )
    rejected = objecting.served(listing)
    assert "办结通知" not in words_of(papers.letter(rejected))
