"""The notice in a real browser: the clerk issues and serves it, the person opens her pages with the code in it; both
widths and languages, with and without JavaScript.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import State
from sharing.persons.models import Notice
from tests import cast, noticing
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import chinese

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WALKS = [("en", True), ("zh-CN", True), ("zh-CN", False)]


@pytest.fixture(autouse=True)
def today(monkeypatch, settings, live_server):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    settings.REGISTRY_ADDRESS = live_server.url


def saved(walker):
    """The PDF that the button brings."""
    with walker.page.expect_download() as loading:
        walker.page.locator('form[action$="/pdf/"] button').click()
    pdf = Path(loading.value.path()).read_bytes()
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        (Path(folder) / f"notice-{walker.language}.pdf").write_bytes(pdf)
    return pdf


def issue(walker, say, listing):
    """From *My work* to the paper, and the record that it was served."""
    with walker.page.expect_navigation():
        walker.page.locator(f'main a[href$="/{listing.number}/notice/"]').first.click()
    walker.look()
    walker.press(say("Issue the notice"))
    walker.page.locator("select[name=language]").select_option("en" if walker.language == "en" else "zh-hans")
    walker.press(say("Issue the notice"))
    pdf = saved(walker)
    walker.go(reverse("sharing_desk:notice", args=[listing.number]))
    walker.press(say("Record service of the notice"))
    walker.choose(how="public_notice")
    walker.type(served_on="2026-11-24", reference=cast.DEFENDANT_NUMBER)
    walker.press(say("Record"))
    assert "R-719" in walker.page.locator(".problems").inner_text()
    walker.type(reference="公告 2026 年第 7 号")
    walker.press(say("Record"))
    walker.go(reverse("sharing_desk:notice", args=[listing.number]))
    walker.go(reverse("admin:listing", args=[listing.number]))
    return noticing.code_in(pdf)


def onward(walker):
    with walker.page.expect_navigation():
        walker.page.locator("main form .govuk-button").first.click()
    walker.look()


def prove(walker, code):
    """By the QR code's address; without JavaScript the code is typed."""
    walker.go(f"{reverse('person:notice')}#{code}")
    field = walker.page.locator("[name=code]")
    if walker.javascript:
        assert field.input_value() == code
        assert "#" not in walker.page.url
    walker.type(code=code, last_four="0000")
    onward(walker)
    assert "R-717" in walker.page.locator(".govuk-error-summary").inner_text()
    walker.type(last_four=cast.DEFENDANT_NUMBER[-4:])
    onward(walker)
    assert "高䶮" in walker.page.locator("main").inner_text()


@pytest.mark.parametrize(("language", "javascript"), WALKS)
def test_a_notice_is_issued_and_served_and_opens_the_persons_pages(live_server, browser, language, javascript):
    say = chinese if language == "zh-CN" else str
    listing = noticing.approved()
    clerk = walking.walker(browser, live_server.url, "wide", language, javascript=javascript)
    phone = walking.walker(browser, live_server.url, "narrow", language, javascript=javascript)
    sign_in(clerk, cast.clerk())
    code = issue(clerk, say, listing)
    assert cast.fresh(listing).state == State.AWAITING_EFFECT
    prove(phone, code)
    assert Notice.objects.get().used_at == cast.NOW
    clerk.go(reverse("sharing_desk:notice", args=[listing.number]))
    for walker in (clerk, phone):
        assert walker.violations == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_judge_reads_when_it_goes_out_and_why(live_server, browser, language):
    judge = walking.walker(browser, live_server.url, "wide", language)
    listing = cast.submitted()
    sign_in(judge, cast.judge())
    judge.go(reverse("admin:review", args=[listing.party.decision_id]))
    assert judge.page.locator(".waits li").count() == 1
    judge.type(**{f"number__{listing.pk}": cast.DEFENDANT_NUMBER})
    with judge.page.expect_navigation():
        judge.page.locator('button[name="approve"]').first.click()
    judge.look()
    assert judge.page.locator(f'a[href$="/{listing.number}/notice/"]').count() == 1
    assert judge.violations == []
