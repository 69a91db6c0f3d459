"""Enter, submit and approve in a real browser, wide and narrow, with and without its languages and its JavaScript.

Chromium is Debian's (`apt-get install chromium fonts-noto-cjk`); nothing is downloaded. With DESK_SCREENSHOTS naming a
folder, each page is also kept as a picture.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone, translation
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from registry.models import Event, Listing, Officer, State
from tests import cast, desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDTHS = {"wide": 1280, "narrow": 320}
VIOLATION = "Content Security Policy"


@dataclass
class Walker:
    """One browser window and what went wrong in it."""

    page: Page
    address: str
    name: str
    violations: list[str] = field(default_factory=list)
    seen: int = 0

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.look()

    def press(self, words: str) -> None:
        """Press a button or follow a link that leads to another page."""
        with self.page.expect_navigation():
            exactly = re.compile(rf"^\s*{re.escape(words)}\s*$")
            self.page.locator("main :is(a, button)", has_text=exactly).first.click()
        self.look()

    def first_of_my_work(self) -> None:
        with self.page.expect_navigation():
            self.page.locator("main tbody a").first.click()
        self.look()

    def type(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f'[name="{name.replace("__", "-")}"]').fill(value)

    def choose(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f'[name="{name.replace("__", "-")}"]').select_option(value)

    def hear(self, line: ConsoleMessage) -> None:
        if VIOLATION in line.text:
            self.violations.append(line.text)

    def look(self) -> None:
        """What holds on every page: it does not scroll sideways, and no control is smaller than 24 pixels."""
        self.page.wait_for_load_state("networkidle")
        self.keep()
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} scrolls sideways by {wide} pixels"
        small = self.page.evaluate(SMALL_CONTROLS)
        assert small == [], f"{self.page.url} has small controls: {small}"

    def keep(self) -> None:
        folder = os.environ.get("DESK_SCREENSHOTS")
        if folder:
            self.seen += 1
            self.page.screenshot(path=Path(folder) / f"{self.name}-{self.seen:02d}.png", full_page=True)

    def sign_in(self, officer: Officer, words: str) -> None:
        officer.account.set_password(desk.PASSWORD)
        officer.account.save()
        self.page.context.clear_cookies()
        self.go("/desk/login/?next=/desk/")
        self.type(username=officer.account.username, password=desk.PASSWORD)
        with self.page.expect_navigation():
            self.page.locator("#login-form [type=submit]").click()
        self.look()
        assert words in self.page.content()


# Links inside sentences are exempt (WCAG 2.2, 2.5.8), as is what is not drawn.
SMALL_CONTROLS = """
() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter(each => !each.closest('p, .problems li, .skip-to-content-link') && !each.matches('.skip-to-content-link'))
  .map(each => [each, each.getBoundingClientRect()])
  .filter(([each, box]) => box.width > 0 && (box.height < 24 || box.width < 24))
  .map(([each, box]) => `${each.outerHTML.slice(0, 80)} ${Math.round(box.width)}x${Math.round(box.height)}`)
"""


@pytest.fixture(autouse=True)
def notice_waived(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps a loop in this thread; Django is told


@pytest.fixture
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None and "CI" in os.environ:
        pytest.fail("chromium is missing: apt-get install chromium fonts-noto-cjk")
    if chromium is None:
        pytest.skip("needs Chromium: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()
        connections.close_all()  # the one that this thread opened while Playwright's loop ran


# With the walk without JavaScript, which is narrow and English, each width is seen in both languages.
@pytest.mark.parametrize(("width", "language"), [("wide", "en"), ("wide", "zh-CN"), ("narrow", "zh-CN")])
def test_a_judgment_is_entered_and_approved(live_server, browser, width, language):
    walker = _walker(browser, live_server.url, width, language)
    say = chinese if language == "zh-CN" else str
    _enter(walker, say)
    _approve(walker, say)
    _look_around(walker, say)
    assert walker.violations == []


def test_everything_works_without_javascript(live_server, browser):
    walker = _walker(browser, live_server.url, "narrow", "en", javascript=False)
    _enter(walker, str)
    _approve(walker, str)
    _look_around(walker, str)
    assert walker.violations == []


def test_the_language_changes_on_every_page(live_server, browser):
    walker = _walker(browser, live_server.url, "wide", "zh-CN")
    walker.sign_in(cast.clerk(), "我的工作")
    walker.page.get_by_role("button", name="English").click()
    assert walker.page.get_by_role("heading", name="My work").is_visible()
    assert walker.page.locator("html").get_attribute("lang") == "en"


def _enter(walker: Walker, say) -> None:
    walker.sign_in(cast.clerk(), say("Nothing waits for you."))
    walker.press(say("Enter a judgment."))
    walker.type(number="（2026）京0108刑初123号", filed_on="2026-03-02", pronounced_on="2026-02-30")
    walker.press(say("Enter the decision"))
    assert walker.page.locator(".problems").is_visible()
    assert walker.page.locator("[name=pronounced_on]").input_value() == "2026-02-30"
    walker.type(number="（2026）京0105刑初123号", pronounced_on="2026年9月1日", prosecutor_received_on="2026-09-02")
    walker.choose(data__0__kind="phone_number")
    walker.type(data__0__records="52,000")
    walker.press(say("Enter the decision"))
    _add_party(walker, say, cast.DEFENDANT_NUMBER, "高䶮")
    _add_party(walker, say, cast.SECOND_NUMBER, "陆㛃")
    walker.press(say("Check and submit"))
    walker.press(say("I compared it with the judgment: submit"))
    walker.press(say("Confirm that no appeal was filed"))
    walker.press(say("I looked: no appeal and no protest was filed in the period"))
    assert {row.state for row in Listing.objects.all()} == {State.IN_REVIEW}


def _add_party(walker: Walker, say, number: str, name: str) -> None:
    walker.press(say("Add a party"))
    walker.type(name=name, documents__0__number=number[:-1], offence_dates="2024-05-06")
    walker.choose(charge="CL 253-1", article="CL 253-1", penalty_kind="fixed_term")
    walker.type(sentence_months="24", fine_yuan="20,000", received_on="2026-09-02")
    walker.type(prohibitions__0__scope="不得从事个人信息处理相关职业", prohibitions__0__months="36")
    walker.press(say("Add the party"))
    assert "R-101" in walker.page.locator(".problems").inner_text()
    walker.type(documents__0__number=number)
    walker.press(say("Add the party"))


def _approve(walker: Walker, say) -> None:
    first, second = Listing.objects.order_by("pk")
    walker.sign_in(cast.judge(), say("Awaiting review"))
    walker.first_of_my_work()
    assert cast.DEFENDANT_NUMBER not in walker.page.content()
    for listing, number in ((first, cast.DEFENDANT_NUMBER), (second, cast.SECOND_NUMBER)):
        walker.page.locator(f'[name="number-{listing.pk}"]').fill(number)
    walker.press(say("Approve all"))
    assert Event.objects.count() == 2
    assert {row.state for row in Listing.objects.all()} == {State.ACTIVE}


def _look_around(walker: Walker, say) -> None:
    """The pages of a listing in force, and the lists."""
    listing = Listing.objects.order_by("pk").first()
    for path in (
        f"/desk/listings/{listing.number}/",
        f"/desk/listings/{listing.number}/acts/suspend/",
        "/desk/registry/listing/",
        "/desk/registry/case/",
        "/desk/registry/event/",
        "/desk/registry/court/",
        "/desk/find/",
        "/desk/listings/L-2026-999999/",
        "/desk/password_change/",
    ):
        walker.go(path)
    walker.sign_in(cast.clerk(), say("Nothing waits for you."))
    walker.go(f"/desk/listings/{listing.number}/propose/correct/")
    walker.type(fine_yuan="30,000", reason=say("Reason"), ground="（2026）京0105刑初123号之一")
    walker.press(say("Propose"))
    walker.sign_in(cast.judge(), say("Proposals waiting for me"))
    walker.first_of_my_work()


def _walker(browser: Browser, address: str, width: str, language: str, *, javascript: bool = True) -> Walker:
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": 900}, locale=language, java_script_enabled=javascript
    )
    page = context.new_page()
    walker = Walker(page, address, f"{language}-{width}")
    page.on("console", walker.hear)
    return walker


def chinese(words: str) -> str:
    """The words as the Chinese catalogue has them."""
    with translation.override("zh-hans"):
        return translation.gettext(words)
