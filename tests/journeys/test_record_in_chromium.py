"""My record in a real browser: a person proves who he is at a telephone, reads, prints and orders messages; an officer of
another court says why before he reads. Both widths and languages, with and without JavaScript.
"""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.models import AccessRecord
from sharing.departments import telling
from sharing.persons.identity import counter
from sharing.persons.identity.proving import Identity
from sharing.persons.models import QuestionMails
from sharing.persons.objections import deciding
from tests import asking, cast, consenting, desk, objecting
from tests.journeys import walking
from tests.signing_in import walk_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER, NAME = cast.DEFENDANT_NUMBER, "高䶮"
WALKS = [("narrow", "en", True), ("wide", "zh-CN", True), ("narrow", "zh-CN", False)]


@pytest.fixture(autouse=True)
def the_courts_decisions(settings, live_server):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.REGISTRY_ADDRESS = live_server.url


def press(walker, selector):
    with walker.page.expect_navigation():
        walker.page.locator(selector).first.click()
    walker.look()


def link(name, *args):
    return f'main a[href="{reverse(f"person:{name}", args=args)}"]'


def test_whoever_came_with_a_request_finds_it_on_his_record(live_server, browser):
    cast.in_force()
    made = consenting.requested(now=timezone.now())
    walker = walking.walker(browser, live_server.url, "narrow", "zh-CN")
    walker.go(made.link.removeprefix(live_server.url))
    walker.go(reverse("person:record"))
    prove(walker)
    press(walker, link("decide"))
    assert walker.violations == []


def prove(walker, number=NUMBER, name=NAME):
    identity = Identity(document_type="resident_id", document_number=number, name=name)
    made = counter.make(identity, officer=cast.clerk(), now=timezone.now())
    press(walker, f'a[href="{reverse("person:counter")}"]')
    walker.type(code=made.shown, last_four=number[-4:])
    press(walker, "main form .govuk-button")


def a_full_life():
    """Told to two departments, asked about in two ways, looked at by two courts, stated, and one listing that ended."""
    cast.measure(cast.department())
    cast.measure(cast.department("telecom"), code="check", basis="反电信网络诈骗法", facts=())
    ended = cast.in_force()
    telling.walk(now=cast.NOW)
    cast.withdrawn(ended)
    decision = cast.entered_decision(cast.judgment(number="（2026）京0105刑初456号"))
    listing = cast.put_in_force(cast.draft(decision=decision))
    telling.walk(now=cast.NOW)
    actions.state(listing.pk, words="我已经道歉并赔偿，正在找新的工作。", officer=cast.registrar(), now=cast.NOW)
    asking.answered()
    asking.answered(asking.question(consent=consenting.typed(consenting.given())))
    asking.answered(asking.question(name="高某"))
    desk.at_the_desk(cast.judge()).get(f"/desk/listings/{listing.number}/")
    high = desk.at_the_desk(cast.high_court_registrar())
    high.post(f"/desk/listings/{listing.number}/why/", {"reason": "复核当事人提出的异议"})
    high.get(f"/desk/listings/{listing.number}/")
    for part in ("dates", "term"):
        found = objecting.raised(listing, part=part, now=timezone.now())
    deciding.give_back(found.number, officer=cast.registrar(), now=timezone.now(), reason="请补充判决书复印件。")
    return listing, ended


@pytest.mark.parametrize(("width", "language", "javascript"), WALKS)
def test_a_listed_person_reads_the_record_and_orders_messages(live_server, browser, width, language, javascript):
    listing, ended = a_full_life()
    walker = walking.walker(browser, live_server.url, width, language, javascript=javascript)
    walker.go(reverse("person:record"))
    prove(walker)
    assert walker.page.url.endswith("/record/")
    assert listing.number in walker.page.locator("main").inner_text()
    press(walker, link("objection", f"O-{timezone.localdate().year}-000002"))
    walker.go(reverse("person:record"))
    press(walker, link("record_listing", listing.number))
    press(walker, ".govuk-back-link")
    press(walker, link("record_listing", ended.number))
    assert "acquitted on retrial" in walker.page.locator("main").inner_text()
    walker.go(reverse("person:told"))
    walker.go(reverse("person:asked"))
    press(walker, "main tbody a")
    walker.go(reverse("person:looked"))
    assert "复核当事人提出的异议" in walker.page.locator("main").inner_text()
    order(walker)
    assert walker.page.request.get(f"{live_server.url}{reverse('person:record_print')}").headers["content-type"] == (
        "application/pdf"
    )
    walker.go(reverse("person:record"))
    press(walker, "main form .as-link")
    assert walker.violations == []


def order(walker):
    walker.go(reverse("person:mails"))
    walker.type(address="not an address")
    press(walker, "main form .govuk-button")
    assert walker.page.locator(".govuk-error-summary").count() == 1
    walker.type(address="gao@mail.example")
    press(walker, "main form .govuk-button")
    (confirm,) = re.findall(r"(/record/link/confirm/\S+)", mail.outbox[-1].body)
    walker.go(confirm)
    press(walker, "main form .govuk-button")
    walker.go(reverse("person:mails"))
    press(walker, "main form .govuk-button--secondary")
    press(walker, "main form .govuk-button--warning")
    assert not QuestionMails.objects.exists()


@pytest.mark.parametrize(("width", "language", "javascript"), WALKS[:2])
def test_of_somebody_about_whom_nothing_is_held_every_page_says_so(live_server, browser, width, language, javascript):
    a_full_life()
    walker = walking.walker(browser, live_server.url, width, language, javascript=javascript)
    walker.go(reverse("person:record"))
    prove(walker, cast.APPLICANT_NUMBER, "王小明")
    for page in ("told", "asked", "looked", "mails"):
        walker.go(reverse(f"person:{page}"))
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), [("wide", "en"), ("narrow", "zh-CN")])
def test_an_officer_of_another_court_says_why_and_a_clerk_prints_at_the_counter(live_server, browser, width, language):
    listing, _ended = a_full_life()
    before = AccessRecord.objects.count()
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.second_high_court_registrar())
    walker.go(f"/desk/listings/{listing.number}/")
    assert "/why/" in walker.page.url
    assert NAME not in walker.page.locator("body").inner_text()
    press(walker, ".buttons .button")
    assert walker.page.locator(".error").count() >= 1
    walker.type(reason="复核异议材料")
    press(walker, ".buttons .button")
    assert NAME in walker.page.locator("body").inner_text()
    assert AccessRecord.objects.count() == before + 2
    walker.go(reverse("admin:registry_listing_changelist"))
    walker.go("/desk/sharing/readings/")
    walker.go("/desk/sharing/own-records/new/")
    assert walker.violations == []


def sign_in(walker, officer):
    walk_in(walker.page.context, officer.account, walker.address)
    walker.go("/desk/")
