"""Old decisions from the upload of a file to the book, in a real browser."""

from __future__ import annotations

import pytest
from django.utils import timezone

from registry.importing import files, going_on, reading, reading_in
from registry.models import Import, ImportState, Listing
from tests import cast, importing
from tests.importing import after_block, csv_file, damaged, row, work
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, chinese

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_file_of_old_decisions_comes_into_the_book(live_server, browser, monkeypatch, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    say = chinese if language == "zh-CN" else str
    sign_in(walker, cast.clerk())
    walker.go("/desk/imports/")
    walker.press(say("Import old decisions"))
    walker.press(say("Upload and check"))
    assert walker.page.locator(".problems").is_visible()
    file = csv_file([row(0), row(1, number=row(0)["number"]), row(2, article="x", name="=1")])
    walker.page.locator("[name=file]").set_input_files(
        {"name": "decisions.csv", "mimeType": "text/csv", "buffer": file}
    )
    walker.press(say("Upload and check"))
    assert walker.page.locator("#progress progress").is_visible()
    while_it_is_read(monkeypatch, walker)
    work()
    walker.page.locator("form[action$='/submit/']").wait_for()  # the page has followed by itself
    walker.look()
    walker.press(say("All of them, page by page"))
    made = Import.objects.get()
    walker.go(f"/desk/imports/{made.pk}/")
    with walker.page.expect_navigation():
        walker.page.locator("form[action$='/submit/'] button").click()
    walker.look()
    sign_in(walker, cast.judge())
    walker.first_of_my_work()
    typed = importing.from_the_judgment(importing.fresh(made))
    walker.type(**{f"row-{number}": text for number, (text,) in typed.items()})
    with walker.page.expect_navigation():
        walker.page.locator("button[value=approve]").click()
    walker.look()
    work()
    walker.page.locator("p.numbers a").first.wait_for()
    walker.look()
    assert importing.fresh(made).state == ImportState.DONE
    walker.go("/desk/imports/")
    walker.go(f"/desk/listings/{Listing.objects.order_by('number').first().number}/")
    assert walker.violations == []


def while_it_is_read(monkeypatch, walker):
    """A worker reads row by row; after two of three the page, which was not loaded again, has followed."""
    monkeypatch.setattr(reading_in, "STORED_AT_ONCE", 1)

    def look():
        walker.page.locator("#progress progress[value='2']").wait_for()
        walker.look()

    after_block(monkeypatch, 2, look)
    assert going_on.go_on(now=cast.NOW)


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_file_that_turns_out_to_be_damaged_says_where_and_what_to_do(
    live_server, browser, monkeypatch, width, language
):
    walker = walking.walker(browser, live_server.url, width, language)
    say = chinese if language == "zh-CN" else str
    monkeypatch.setattr(reading, "LOOKED_INTO", 2)
    sign_in(walker, cast.clerk())
    walker.go("/desk/imports/new/")
    walker.page.locator("[name=file]").set_input_files(
        {"name": "decisions.xlsx", "mimeType": files.TYPES["xlsx"], "buffer": damaged(60)}
    )
    walker.press(say("Upload and check"))
    assert walker.page.locator("#progress progress").is_visible()
    work()
    walker.page.get_by_text("R-387").wait_for()  # the page has followed by itself
    walker.look()
    walker.go("/desk/")
    walker.first_of_my_work()
    walker.press(say("Import old decisions"))
    assert walker.page.locator("[name=file]").is_visible()
    assert walker.violations == []
