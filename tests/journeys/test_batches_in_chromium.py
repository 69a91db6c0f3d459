"""Many applicants from one file, in a real browser: template, faults, check, progress, results; widths and languages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from sharing.employers import batch_asking
from sharing.employers.models import Batch, BatchState
from sharing.parties import members
from sharing.parties.models import MemberRole
from tests import asking, batches, cast
from tests.journeys import walking
from tests.journeys.hr import PASSWORD, at, press, sign_in, wrong
from tests.journeys.walking import WINDOWS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROWS = 4


@pytest.fixture(autouse=True)
def the_courts_decisions(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True


@pytest.fixture
def han():
    bank = asking.bank(daily_quota=ROWS).organisation
    return members.take_in(bank, username="han", password=PASSWORD, name="韩人事", role=MemberRole.HR)


def lines(count):
    return batches.applicants(count, signed_on=(timezone.localdate() - timedelta(days=1)).isoformat())


def choose(walker, *rows):
    walker.choose(post=f"{batches.PURPOSE}/{batches.POST}")
    walker.page.locator("#id_file").set_input_files(
        {"name": "applicants.csv", "mimeType": "text/csv", "buffer": batches.file_of(rows)}
    )


def check(walker):
    press(walker, "main form .govuk-button")


def ask(walker):
    walker.page.locator("#id_declared").check()
    press(walker, "main form[action$='ask/'] button")


def download(walker, address):
    with walker.page.expect_download() as found:
        walker.page.locator(f"main a[href='{address}']").click()
    return Path(found.value.path()).read_bytes()


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_hr_uploads_mends_asks_and_downloads(live_server, browser, han, width, language, monkeypatch):
    monkeypatch.setattr(batch_asking, "CHUNK", 2)
    cast.in_force()
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    walker.go(at("batches"))
    press(walker, f"main a[href='{at('new_batch')}']")
    check(walker)
    wrong(walker, "post")
    wrong(walker, "file")
    assert download(walker, at("batch_template", "csv")).startswith(b"\xef\xbb\xbf")
    bad = lines(1)[0]
    choose(walker, *lines(2), ["B", *bad[1:3], "1", batches.form(), "2026-02-30"])
    check(walker)
    press(walker, "main form[action$='stop/'] button")
    choose(walker, *lines(5), ["B", "=1", "", "1", "x", "y"])
    check(walker)
    press(walker, "main form[action$='ask/'] button")
    wrong(walker, "declared")
    ask(walker)
    made = Batch.objects.get(state=BatchState.ASKING)
    batch_asking.go_on(now=timezone.now())
    walker.page.locator("progress[value='3']").wait_for()
    walker.look()
    batches.work(timezone.now())
    walker.page.locator("progress[value='5']").wait_for()
    walker.look()
    assert b"A-1" in download(walker, at("batch_results", made.pk, "csv"))
    assert download(walker, at("batch_results", made.pk, "xlsx")).startswith(b"PK")
    press(walker, "main form[action$='stop/'] button")
    assert batches.fresh(made).state == BatchState.STOPPED
    walker.go(at("batches"))
    assert walker.violations == []


def test_it_works_without_javascript(live_server, browser, han):
    walker = walking.walker(browser, live_server.url, "narrow", "en", javascript=False)
    sign_in(walker)
    walker.go(at("new_batch"))
    choose(walker, *lines(2))
    check(walker)
    ask(walker)
    batches.work(timezone.now())
    press(walker, "#progress a.govuk-link")
    assert Batch.objects.get().state == BatchState.DONE
    assert walker.page.locator("progress[value='2']").count() == 1
