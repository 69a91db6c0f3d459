"""What whoever proved who he is finds open on his record: what waits for whom, until when, and nothing of anybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from registry.errors import ConsentLinkDead
from sharing.employers import giving
from sharing.employers.models import ConsentRequest
from sharing.persons.objections import deciding, finding
from tests import cast, consenting, objecting
from tests.visiting import hidden_in, main_of, shape_of, visitor

pytestmark = pytest.mark.django_db
NOBODY = (cast.APPLICANT_NUMBER, "王小明")
NOTHING = "Nothing is open."


@pytest.fixture(autouse=True)
def at_ten(monkeypatch, settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.SHARING_REPAIR_MONTHS = 3
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def listing():
    return cast.in_force()


def landed(*who):
    """The page on which a proof ends that nothing else wanted."""
    return main_of(visitor(*who).get("/record/"))


def follow(browser, made):
    browser.get(made.link.removeprefix("http://127.0.0.1:8000"))


def test_nothing_is_open_for_somebody_listed_and_for_somebody_who_is_not(listing):
    assert NOTHING in landed()
    assert NOTHING in landed(*NOBODY)


def test_an_open_objection_stands_there_with_its_day_and_the_way_to_it(listing):
    found = objecting.raised(listing)
    answer = visitor().get("/record/")
    assert f'href="/objections/{found.number}/"' in answer.content.decode()
    page = main_of(answer)
    assert NOTHING not in page
    for said in (f"Objection {found.number}", "Received, its form is checked", "by 25 November 2026 · 1 day left"):
        assert said in page
    assert NOTHING in landed(*NOBODY)
    deciding.withdraw(found.number, now=cast.NOW)
    assert NOTHING in landed()


def test_whoever_names_no_listing_finds_his_objection_too(listing):
    found = objecting.raised(by=objecting.identity(*NOBODY))
    page = landed(*NOBODY)
    assert "Nothing is held about you." in page
    assert found.number in page
    assert found.number not in landed()


def test_what_waits_for_the_person_is_said_to(listing):
    found = objecting.raised(listing)
    deciding.give_back(found.number, officer=cast.registrar(), now=cast.NOW, reason="请补充材料")
    assert "waits for you" in landed()
    deciding.complete(found.number, words="已补充", now=cast.NOW)
    assert "waits for you" not in landed()


@pytest.mark.parametrize("step", ["uphold", "uphold_in_part", "reject"])
def test_a_decision_that_nobody_opened_is_named_and_not_betrayed(listing, step):
    objecting.decided(listing, step)
    page = landed()
    assert "Decided: open the decision to read it" in page
    for betrayed in ("pheld", "ejected", "arrie", "27 November", "higher court"):
        assert betrayed not in page


def test_once_it_is_opened_the_days_for_the_higher_court_run(listing):
    objecting.served(listing)
    page = landed()
    assert "Rejected: you may ask the higher court" in page
    assert "by 4 December 2026 · 10 days left" in page


def test_the_request_with_which_somebody_came_is_there_until_it_is_answered(listing):
    made, browser = consenting.requested(), visitor()
    follow(browser, made)
    answer = browser.get("/record/")
    assert 'href="/consent/decide/"' in answer.content.decode()
    assert "bank asks whether you agree to a question about you" in main_of(answer)
    assert "bank asks" not in landed()
    browser.post("/consent/decide/", {"answer": "agree", **hidden_in(browser.get("/consent/decide/"))})
    page = main_of(browser.get("/record/"))
    assert "asks whether you agree" not in page
    assert "Consent to" in page
    assert "Given, not used yet: you may revoke it" in page


def test_a_request_that_is_over_is_not_open(listing):
    made, browser = consenting.requested(), visitor()
    follow(browser, made)
    assert NOTHING not in main_of(browser.get("/record/"))
    ConsentRequest.objects.filter(pk=made.request.pk).update(expires_at=cast.NOW - timedelta(minutes=1))
    with pytest.raises(ConsentLinkDead):
        giving.answerable(made.request.pk, made.request.link_mark, now=cast.NOW)
    assert NOTHING in main_of(browser.get("/record/"))


def test_a_consent_that_was_revoked_is_not_open(listing):
    code = consenting.given()
    assert "Consent to" in landed()
    giving.revoke(code.pk, consenting.person(), now=cast.NOW)
    assert NOTHING in landed()


def test_the_page_has_one_shape_whatever_is_open(listing):
    before = visitor().get("/record/")
    objecting.raised(listing)
    consenting.given()
    answers = [before, visitor().get("/record/"), visitor(*NOBODY).get("/record/")]
    assert len({tuple(shape_of(each)) for each in answers}) == 1
    assert len({len(each.content) for each in answers}) == 1


def test_the_listing_says_from_when_on_an_early_end_can_be_asked_for(listing):
    page = main_of(visitor().get(f"/record/listings/{listing.number}/"))
    first = finding.repair_from(listing)
    assert "An early end can be asked for from" in page
    assert f"{first.day} {first:%B} {first.year}" in page
    cast.withdrawn(listing)
    page = main_of(visitor().get(f"/record/listings/{listing.number}/"))
    assert "An early end" not in page
