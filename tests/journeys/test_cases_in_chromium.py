"""The case register fed from a file, a case entered out of My work, the chain of a matter, and a system's key, in a real
browser."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Case, CaseAct, Decision
from sharing.parties.models import Client
from tests import cast, docket
from tests.docket import APPEAL, EVERY_COURT, FIRST, RETRIAL, concluded, feed, row
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, chinese
from tests.test_case_feed_page import ENDED, HEAD, OPEN, WRONG
from tests.test_uploads import csv_of, workbook_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def _say(language: str):
    return chinese if language == "zh-CN" else str


def _choose(walker: walking.Walker, name: str, file: bytes) -> None:
    walker.page.locator("[name=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": file})


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_file_is_checked_and_taken_and_a_case_entered(live_server, browser, width, language):
    feed(concluded(outcome="changed"))
    walker, say = walking.walker(browser, live_server.url, width, language), _say(language)
    sign_in(walker, cast.clerk())
    walker.go("/desk/registry/case/")
    walker.press(say("Feed from a file"))
    walker.press(say("Check the file"))
    assert walker.page.locator(".problems").is_visible()
    _choose(walker, "cases.csv", csv_of(HEAD, ENDED, OPEN, WRONG))
    walker.press(say("Check the file"))
    assert "R-204" in walker.page.content()
    with walker.page.expect_download() as download:
        walker.page.locator("[name=do][value=refused_file]").click()
    assert download.value.suggested_filename == "cases-refused.csv"
    with walker.page.expect_navigation():
        walker.page.locator("main form button.default").click()
    walker.look()
    assert walker.page.locator("[name=do][value=refused_file]").is_visible()
    assert Case.objects.count() == 2
    _choose_again = workbook_of(HEAD, ENDED)
    walker.go("/desk/cases/feed/")
    _choose(walker, "cases.xlsx", _choose_again)
    walker.press(say("Check the file"))
    assert walker.page.locator("[name=rows]").count() == 0
    walker.go("/desk/")
    assert say("Concluded or effective, not entered") in walker.page.content()
    walker.press(say("Enter this decision"))
    assert walker.page.locator("[name=number]").input_value() == FIRST
    walker.type(pronounced_on="2026-09-01")
    walker.press(say("Enter the decision"))
    assert Decision.objects.get().case.number == FIRST
    walker.press(say("The chain of cases of this matter"))
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_the_chain_of_a_matter_and_a_case_that_is_not_to_be_entered(live_server, browser, width, language):
    listing = cast.in_force()
    docket.the_matter()
    feed(row(APPEAL, outcome="appeal_withdrawn"), feeder=EVERY_COURT)
    feed(
        concluded(
            "（2026）京0105刑初124号", continues="（2025）京0105刑初1号", concluded_on=timezone.localdate(cast.NOW)
        )
    )
    walker, say = walking.walker(browser, live_server.url, width, language), _say(language)
    sign_in(walker, cast.clerk())
    walker.go(f"/desk/listings/{listing.number}/")
    walker.press(say("The chain of cases of this matter"))
    assert "高䶮" in walker.page.content()
    for summary in walker.page.locator("main details summary").all():
        summary.click()
    walker.look()
    walker.go("/desk/registry/case/?entered=no")
    walker.go("/desk/")
    walker.press("（2026）京0105刑初124号")
    walker.press(say("It is not to be entered") + " （2026）京0105刑初124号")
    walker.choose(reason="outside")
    walker.type(words="涉及其他罪名")
    walker.press(say("It is not to be entered"))
    assert CaseAct.objects.filter(act="set_aside").count() == 1
    walker.press(say("It is to be entered after all"))
    sign_in(walker, cast.high_court_registrar())
    walker.go("/desk/")
    assert say("Concluded or effective, not entered") in walker.page.content()
    walker.first_of_my_work()
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_system_is_registered_and_given_a_key(live_server, browser, width, language):
    walker, say = walking.walker(browser, live_server.url, width, language), _say(language)
    sign_in(walker, cast.high_court_registrar())
    walker.go("/desk/registry/case/")
    walker.press(say("Case management systems"))
    walker.press(say("Register a case management system"))
    walker.choose(court="京0105")
    walker.type(name="朝阳法院办案系统", code="chaoyang-cases", uscc=cast._unit_number("chaoyang"))
    walker.press(say("Continue"))
    walker.press(say("Register the system"))
    walker.press(say("Make a key"))
    assert walker.page.locator("code").count() == 2
    walker.press(say("I have kept it"))
    key = Client.objects.get()
    walker.press(f"{key.client_id[:8]}…")
    walker.press(say("Revoke the key"))
    walker.go("/desk/sharing/case-systems/chaoyang-cases/")
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_later_case_that_changed_what_is_in_force_is_looked_at(live_server, browser, width, language):
    cast.in_force()
    retried = {"outcome": "acquitted", "filed_on": date(2026, 10, 8), "concluded_on": date(2026, 11, 20)}
    feed(row(RETRIAL, continues=FIRST, **retried), feeder=EVERY_COURT)
    walker, say = walking.walker(browser, live_server.url, width, language), _say(language)
    sign_in(walker, cast.clerk())
    assert say("In force, and a later case changed it") in walker.page.content()
    walker.first_of_my_work()
    with walker.page.expect_navigation():
        walker.page.locator('a[href$="/looked-at/"]').click()
    walker.press(say("Nothing more has to change"))
    assert walker.page.locator(".problems").is_visible()
    walker.type(reason="only another defendant was concerned")
    walker.press(say("Nothing more has to change"))
    assert CaseAct.objects.get(act="looked_at").case.number == RETRIAL
    walker.go("/desk/")
    assert say("In force, and a later case changed it") not in walker.page.content()
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_case_that_was_filed_by_mistake_is_struck_out_by_a_second_officer(live_server, browser, width, language):
    feed(row())
    case = Case.objects.get()
    walker, say = walking.walker(browser, live_server.url, width, language), _say(language)
    sign_in(walker, cast.clerk())
    walker.go(f"/desk/cases/{case.pk}/")
    walker.press(f"{say('Filed by mistake')} {case.number}")
    walker.type(reason="数字颠倒，应为132号")
    walker.press(say("Propose to strike it out"))
    second = walking.walker(browser, live_server.url, width, language)
    sign_in(second, cast.registrar())
    second.go("/desk/")
    second.press(case.number)
    second.press(f"{say('Strike it out')} {case.number}")
    assert "数字颠倒" in second.page.content()
    second.press(say("Strike it out"))
    assert not Case.objects.exists()
    assert Case.including_struck.get().struck_by == cast.registrar()
    second.go("/desk/registry/case/?entered=struck")
    second.press(case.number)
    assert walker.violations == second.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_decision_concludes_its_case_and_where_none_follows_somebody_does(live_server, browser, width, language):
    cast.in_force()
    cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号", instrument="ruling"))
    ruling = Decision.objects.get(instrument="ruling")
    cast.put_in_force(
        cast.draft(decision=ruling, entry=cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"))), cast.SECOND_NUMBER
    )
    walker, say = walking.walker(browser, live_server.url, width, language), _say(language)
    sign_in(walker, cast.clerk())
    walker.go("/desk/")
    walker.press(say("Conclude"))
    assert walker.page.locator("[name=concluded_on]").input_value() == "2026-09-01"
    walker.choose(outcome="convicted")
    walker.press(say("Conclude"))
    assert not Case.objects.filter(outcome="").exists()
    walker.go(f"/desk/cases/{Case.objects.get(number=FIRST).pk}/")
    for summary in walker.page.locator("main details summary").all():
        summary.click()
    walker.look()
    walker.go("/desk/registry/case/?entered=open")
    sign_in(walker, cast.statistician())
    walker.go(reverse("sharing_desk:statistics"))
    assert walker.page.locator(".tables").count() >= 2
    assert walker.violations == []
