"""An objection in a real browser: raised on a telephone, checked and decided at the desk, read, taken to the higher court;
both widths and languages, with and without JavaScript.
"""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from sharing.persons.identity import counter
from sharing.persons.models import Objection
from sharing.persons.objections import deciding
from tests import cast, objecting
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.test_clearance import cause_stated

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER, NAME = cast.DEFENDANT_NUMBER, "高䶮"
PASSWORD = "correct horse battery staple"
WALKS = [("en", True), ("zh-CN", True), ("zh-CN", False)]


@pytest.fixture(autouse=True)
def the_courts_decisions(settings, live_server):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.REGISTRY_ADDRESS = live_server.url
    settings.SHARING_REPAIR_MONTHS = 1


@pytest.fixture
def listing():
    return cast.in_force()


def at(name, *args):
    return reverse(f"person:{name}", args=args)


def desk(name, *args):
    return reverse(f"sharing_desk:{name}", args=args)


def press(walker, button):
    with walker.page.expect_navigation():
        walker.page.locator(button).first.click()
    walker.look()


def onward(walker):
    press(walker, "main form .govuk-button")


def prove(walker):
    who = objecting.identity()
    made = counter.make(who, officer=cast.clerk(), now=timezone.now())
    press(walker, f'a[href="{at("counter")}"]')
    walker.type(code=made.shown, last_four=NUMBER[-4:])
    press(walker, "main form .govuk-button")


def choose(walker, name, value):
    walker.page.locator(f'input[name="{name}"][value="{value}"]').check()


def send(walker):
    press(walker, "main form[enctype] .govuk-button")


def raise_one(walker, listing):
    walker.go(at("objections"))
    prove(walker)
    press(walker, f'main a[href="{at("new_objection")}"]')
    onward(walker)
    assert walker.page.locator(".govuk-error-summary").count() == 1
    choose(walker, "kind", "objection")
    onward(walker)
    choose(walker, "listing", listing.number)
    onward(walker)
    choose(walker, "part", "term")
    onward(walker)
    walker.type(words="刑期计算有误，请核对。\n判决书第三页写的是十八个月。")
    onward(walker)
    walker.page.locator("input[type=file]").set_input_files(
        {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"MZ"}
    )
    send(walker)
    assert "R-757" in walker.page.locator(".govuk-error-summary").inner_text()
    files = [{"name": f"{each}.pdf", "mimeType": "application/pdf", "buffer": objecting.PDF} for each in range(2)]
    walker.page.locator("input[type=file]").set_input_files(files)
    send(walker)
    assert walker.page.locator(".govuk-panel__body strong").count() == 1
    return Objection.objects.get()


def step(walker, found, name, **typed):
    walker.go(desk("objection", found.number))
    press(walker, f'main a[href="{desk("objection_step", found.number, name)}"]')
    walker.type(**typed)
    press(walker, ".buttons button")


@pytest.mark.parametrize(("language", "javascript"), WALKS)
def test_a_listed_person_objects_and_takes_it_to_the_higher_court(live_server, browser, listing, language, javascript):
    phone = walking.walker(browser, live_server.url, "narrow", language, javascript=javascript)
    found = raise_one(phone, listing)
    assert (found.files.count(), found.listing) == (2, listing)
    sun = walking.walker(browser, live_server.url, "wide", language, javascript=javascript)
    sign_in(sun, cast.registrar())
    sun.go(reverse("admin:index"))
    sun.go(desk("objections"))
    step(sun, found, "return", reason="请补充判决书复印件。")
    phone.go(at("objection", found.number))
    press(phone, f'main a[href="{at("complete_objection", found.number)}"]')
    phone.type(words="已补充。")
    press(phone, "main form .govuk-button")
    step(sun, found, "admit")
    assert cast.fresh(listing).flags == ["disputed"]
    qian = walking.walker(browser, live_server.url, "wide", language, javascript=javascript)
    sign_in(qian, cast.second_judge())
    step(qian, found, "reject", reason="已核对卷宗，判决主文为二十四个月。")
    phone.go(at("objections"))
    phone.go(at("objection", found.number))
    press(phone, f'form[action="{at("read_decision", found.number)}"] button')
    assert "二十四个月" in phone.page.locator("main").inner_text()
    press(phone, f'main a[href="{at("ask_higher_court", found.number)}"]')
    phone.type(words="请上级法院复核。")
    press(phone, "main form .govuk-button")
    phone.go(at("objection_slip", found.number))
    phone.go(at("follow"))
    phone.type(number=found.number, code=found.code)
    press(phone, "main form .govuk-button")
    assert found.number in phone.page.locator(".govuk-panel").inner_text()
    liu = walking.walker(browser, live_server.url, "wide", language, javascript=javascript)
    sign_in(liu, objecting.higher_judge())
    step(liu, found, "review_reject", reason="维持原决定。")
    phone.go(at("objection", found.number))
    press(phone, f'form[action="{at("read_decision", found.number)}"] button')
    assert "维持原决定。" in phone.page.locator("main").inner_text()
    assert objecting.fresh(found).served_on is not None
    assert cast.fresh(listing).flags == []
    for walker in (phone, sun, qian, liu):
        assert walker.violations == []


@pytest.mark.parametrize(("language", "javascript"), WALKS)
def test_who_was_given_a_part_is_given_a_notice_and_asks_about_the_rest(
    live_server, browser, listing, language, javascript
):
    found = objecting.decided(listing, "uphold_in_part", now=timezone.now())
    phone = walking.walker(browser, live_server.url, "narrow", language, javascript=javascript)
    phone.go(at("objections"))
    prove(phone)
    phone.go(at("objection", found.number))
    press(phone, f'form[action="{at("read_decision", found.number)}"] button')
    assert phone.page.locator(f'main a[href="{at("ask_higher_court", found.number)}"]').count() == 1
    sun = walking.walker(browser, live_server.url, "wide", language, javascript=javascript)
    sign_in(sun, cast.registrar())
    step(sun, found, "carry_out_in_part", reason="已另行办理。")
    sun.go(desk("objection", found.number))
    phone.go(at("objection", found.number))
    press(phone, f'form[action="{at("read_decision", found.number)}"] button')
    assert objecting.fresh(found).clock == "higher_court_asked"
    press(phone, f'main a[href="{at("ask_higher_court", found.number)}"]')
    phone.type(words="请上级法院复核其余部分。")
    press(phone, "main form .govuk-button")
    sun.go(desk("objection", found.number))
    assert objecting.fresh(found).state == "in_review"
    for walker in (phone, sun):
        assert walker.violations == []


@pytest.mark.parametrize(("language", "javascript"), WALKS[:2])
def test_the_rest_is_asked_about_while_the_part_is_carried_out(live_server, browser, listing, language, javascript):
    found = objecting.served(listing, "uphold_in_part", now=timezone.now())
    phone = walking.walker(browser, live_server.url, "narrow", language, javascript=javascript)
    phone.go(at("objections"))
    prove(phone)
    phone.go(at("objection", found.number))
    press(phone, f'main a[href="{at("ask_higher_court", found.number)}"]')
    phone.type(words="请上级法院复核其余部分。")
    press(phone, "main form .govuk-button")
    sun = walking.walker(browser, live_server.url, "wide", language, javascript=javascript)
    sign_in(sun, cast.registrar())
    sun.go(desk("objections"))
    step(sun, found, "carry_out_meanwhile", reason="已另行办理。")
    phone.go(at("objection", found.number))
    assert objecting.fresh(found).state == "in_review"
    for walker in (phone, sun):
        assert walker.violations == []


def completes_with_papers(walker, found):
    """What was missing is brought: the words stay while a file is refused."""
    step(walker, found, "return", reason="请补充户籍证明。")
    walker.go(desk("objection", found.number))
    press(walker, f'main a[href="{desk("objection_step", found.number, "complete")}"]')
    walker.type(words="户籍证明见附件。", received_on=timezone.localdate().isoformat())
    papers = walker.page.locator("input[type=file]")
    papers.set_input_files({"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"MZ"})
    press(walker, ".buttons button")
    assert "R-757" in walker.page.locator("main").inner_text()
    assert walker.page.locator('textarea[name="words"]').input_value() == "户籍证明见附件。"
    papers.set_input_files(
        [{"name": f"{each}.pdf", "mimeType": "application/pdf", "buffer": objecting.PDF} for each in range(2)]
    )
    press(walker, ".buttons button")
    assert (objecting.fresh(found).state, found.files.count()) == ("received", 2)


@pytest.mark.parametrize(("language", "javascript"), WALKS)
def test_an_agent_comes_to_the_counter_and_identity_is_doubted(live_server, browser, listing, language, javascript):
    lin = walking.walker(browser, live_server.url, "wide", language, javascript=javascript)
    sign_in(lin, cast.clerk())
    lin.go(desk("enter_objection"))
    press(lin, ".buttons button")
    lin.choose(raised_by="agent", authority="lawyer", arrival="counter", kind="objection", part="identity")
    lin.type(
        name="吴律师",
        contact="示范市示范路3号",
        mail="wu.lawyer@example.org",
        received_on=timezone.localdate().isoformat(),
        listing=listing.number,
        words="委托人并非该案被告人。",
        whose_name=NAME,
        document_number=NUMBER,
    )
    press(lin, ".buttons button")
    found = Objection.objects.get()
    lin.go(desk("objection_slip", found.number))
    sun = walking.walker(browser, live_server.url, "wide", language, javascript=javascript)
    sign_in(sun, cast.registrar())
    completes_with_papers(sun, found)
    sun.go(desk("objections") + "?which=doubt")
    sun.go(desk("objection", found.number))
    press(sun, f'main a[href="{desk("objection_suspend", found.number)}"]')
    sun.type(reason="身份存疑，先行中止。")
    press(sun, ".buttons button")
    assert cast.fresh(listing).state == "suspended"
    phone = walking.walker(browser, live_server.url, "narrow", language, javascript=javascript)
    phone.go(at("objections"))
    prove(phone)
    press(phone, "main tbody a")
    press(phone, f'main a[href="{at("take_back", found.number)}"]')
    press(phone, "main form .govuk-button--warning")
    for walker in (lin, sun, phone):
        assert walker.violations == []


@pytest.mark.parametrize(("language", "javascript"), WALKS)
def test_whoever_was_wrongly_listed_says_so_after_the_end_and_is_cleared(
    live_server, browser, listing, language, javascript
):
    cast.withdrawn(listing, now=timezone.now())
    phone = walking.walker(browser, live_server.url, "narrow", language, javascript=javascript)
    phone.go(reverse("person:record"))
    prove(phone)
    phone.go(reverse("person:record_listing", args=[listing.number]))
    press(phone, f'main a[href="{at("new_objection")}"]')
    assert phone.page.locator('input[name="kind"]').count() == 1
    choose(phone, "kind", "objection")
    onward(phone)
    choose(phone, "listing", listing.number)
    onward(phone)
    assert phone.page.locator(".govuk-inset-text").count() == 1
    choose(phone, "part", "identity")
    onward(phone)
    phone.type(words="被判刑的人不是我，单位已因此辞退我。")
    onward(phone)
    send(phone)
    found = Objection.objects.get()
    sun = walking.walker(browser, live_server.url, "wide", language, javascript=javascript)
    sign_in(sun, cast.registrar())
    step(sun, found, "admit")
    sun.go(desk("objection", found.number))
    qian = walking.walker(browser, live_server.url, "wide", language, javascript=javascript)
    sign_in(qian, cast.second_judge())
    qian.go(desk("objection", found.number))
    press(qian, f'main a[href="{desk("objection_step", found.number, "uphold")}"]')
    qian.choose(follows="withdraw")
    qian.type(reason="证件照片与被告人不符。")
    press(qian, ".buttons button")
    stated = cause_stated(cast.fresh(listing), now=timezone.now())
    deciding.carry_out(found.number, officer=cast.clerk(), now=timezone.now(), proposal_id=stated.pk)
    phone.go(at("objection", found.number))
    press(phone, f'form[action="{at("read_decision", found.number)}"] button')
    press(phone, f'main a[href="{at("clearance")}"]')
    assert listing.number in phone.page.locator("main").inner_text()
    for walker in (phone, sun, qian):
        assert walker.violations == []
