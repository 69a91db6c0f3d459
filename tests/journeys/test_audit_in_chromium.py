"""An auditor's day: checks, a sample worked through, an evidence pack, one document number, the book as a file."""

from __future__ import annotations

import pytest
from django.utils import timezone

from registry.models import RefusedAct
from sharing.audit import packing
from sharing.audit.models import BookTaken, Finding, PackTaken
from tests import auditing, cast
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import GIVES_AGAIN, WINDOWS, chinese

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def tomorrow(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: auditing.LATER)


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_an_auditor_finds_draws_compares_and_takes_evidence(live_server, browser, width, language):
    listing = auditing.in_order()
    rows = (RefusedAct(officer=cast.clerk(), act="approve", about=listing.number, code="R-304", at=cast.NOW) for _ in range(30))  # fmt: skip
    RefusedAct.objects.bulk_create(rows)
    say = chinese if language == "zh-CN" else str
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, auditing.auditor())
    walker.go("/desk/sharing/audit/")
    walker.press(say("Self-approvals tried"))
    with walker.page.expect_navigation():
        walker.page.get_by_role("link", name=say("Next page")).click()
    walker.look()
    walker.go("/desk/sharing/audit/checks/past-term/")
    walker.go("/desk/sharing/audit/")
    walker.press(say("Random samples"))
    walker.press(say("Draw a sample"))
    walker.press(say("Draw it"))
    assert walker.page.locator(".problems").is_visible()
    walker.choose(kind="approved")
    walker.type(size="5", **auditing.PERIOD)
    walker.press(say("Draw it"))
    sample = walker.page.url.removeprefix(live_server.url)
    walker.page.locator("summary").last.click()
    walker.look()
    walker.press(say("Row %(place)s") % {"place": 1})
    walker.choose(verdict="differs")
    walker.press(say("Write it down"))
    assert walker.page.locator(".problems").is_visible()
    walker.type(note="24 / 26")
    walker.press(say("Write it down"))
    assert Finding.objects.count() == 1
    walker.go("/desk/sharing/audit/samples/")
    walker.go("/desk/sharing/audit/packs/")
    walker.press(say("Ask for a pack"))
    walker.type(**auditing.PERIOD)
    walker.choose(sample=sample.rstrip("/").rsplit("/", 1)[1])
    walker.press(say("Ask for it"))
    assert packing.make_one(now=auditing.LATER)
    take = walker.page.get_by_role("button", name=say("Take the pack"))
    take.wait_for()  # the page brings it by itself
    walker.look()
    with walker.page.expect_download() as pack:
        take.click()
    assert pack.value.suggested_filename.endswith("E-2026-0001.zip")
    assert PackTaken.objects.count() == 1
    walker.go("/desk/sharing/audit/packs/")
    walker.go(f"/desk/listings/{listing.number}/document-number/")
    walker.type(reason="compared with the judgment")
    walker.press(say("Show this number once"))
    assert cast.DEFENDANT_NUMBER in walker.page.content()
    walker.go("/desk/sharing/audit/book/")
    with walker.page.expect_download():
        walker.page.get_by_role("button", name=say("Take the file")).dblclick()
    assert BookTaken.objects.count() == 1, "once, though the button was pressed twice"
    walker.page.wait_for_function(GIVES_AGAIN)
    walker.choose(state="active")
    with walker.page.expect_download():
        walker.page.get_by_role("button", name=say("Take the file")).click()
    assert BookTaken.objects.count() == 2, "another part, from the same page"
    walker.go("/desk/sharing/audit/")
    walker.press(say("Audit trail"))
    walker.type(about=listing.number, begins="2026-11-01", ends="2026-11-30")
    walker.press(say("Search the trail"))
    assert walker.page.locator("tbody tr").count() > 30
    walker.go("/desk/")
    assert walker.violations == []


def test_the_checks_are_read_and_a_pack_is_taken_without_javascript(live_server, browser):
    auditing.in_order()
    walker = walking.walker(browser, live_server.url, "narrow", "zh-CN", javascript=False)
    sign_in(walker, cast.high_court_registrar())
    walker.go("/desk/sharing/audit/")
    walker.go("/desk/sharing/audit/packs/new/")
    walker.type(**auditing.PERIOD)
    walker.press(chinese("Ask for it"))
    packing.make_one(now=auditing.LATER)
    walker.press(chinese("Refresh"))
    assert walker.page.get_by_role("button", name=chinese("Take the pack")).is_visible()
