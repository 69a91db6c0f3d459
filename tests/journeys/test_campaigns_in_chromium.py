"""A campaign in a real browser: file, check, board, links, an applicant's consent, a folder of signed forms, results, and
the registrar's decision; widths and languages.
"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from sharing.employers.campaigns import allowances
from sharing.employers.models import Campaign, CampaignState, Employer
from sharing.persons.identity import counter
from sharing.persons.identity.proving import Identity
from tests import asking, batches, campaigns, cast
from tests.campaigns import DEFENDANT, HEAD, people, states
from tests.journeys import hr, walking
from tests.journeys.hr import at, press, sign_in, wrong
from tests.journeys.officers import sign_in as desk_sign_in
from tests.journeys.test_employers_desk_in_chromium import send
from tests.journeys.walking import WINDOWS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NO_FORMS = (".DS_Store", "A-2.docx", "Thumbs.db")


@pytest.fixture(autouse=True)
def the_courts_decisions(settings, live_server):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.REGISTRY_ADDRESS = live_server.url
    settings.SHARING_IDENTITY_WAYS = ["counter"]


@pytest.fixture
def han():
    return hr.han()


@pytest.fixture
def forms(tmp_path):
    """A folder of signed forms, each called like its row's key."""
    folder = tmp_path / "forms"
    folder.mkdir()
    for key in ("A-1", "A-2", "unknown"):
        (folder / f"{key}.pdf").write_bytes(b"%PDF-1.7 signed by " + key.encode())
    for name in NO_FORMS:
        (folder / name).write_bytes(b"\xd0\xcf\x11\xe0 what a computer keeps for itself")
    return folder


def a_file(content, name="applicants.csv"):
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def choose(walker, *lines, title="spring intake"):
    walker.choose(post=f"{batches.PURPOSE}/{batches.POST}")
    walker.type(title=title)
    walker.page.locator("#id_file").set_input_files(a_file(batches.file_of(lines, HEAD)))


def onward(walker):
    press(walker, "main form .govuk-button")


def download(walker, button):
    with walker.page.expect_download() as found:
        walker.page.locator(button).first.click()
    return Path(found.value.path()).read_bytes()


def links(walker, made):
    content = download(walker, f"form[action='{at('campaign_links', made.pk, 'csv')}'] button")
    return dict(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:])


def agree(walker, link, line):
    """The applicant on his telephone."""
    walker.go(link.removeprefix(walker.address))
    press(walker, f'a[href="{reverse("person:decide")}"]')
    identity = Identity(document_type="resident_id", document_number=line[3], name=line[1])
    made = counter.make(identity, officer=cast.clerk(), now=timezone.now())
    press(walker, f'a[href="{reverse("person:counter")}"]')
    walker.type(code=made.shown, last_four=line[3][-4:])
    onward(walker)
    press(walker, 'button[value="agree"]')


def work():
    campaigns.work(timezone.now())


def begin(walker):
    """The campaign, from an upload with faults on."""
    walker.go(at("campaigns"))
    press(walker, f"main a[href='{at('new_campaign')}']")
    walker.type(title="", last_day="2020-02-30")
    onward(walker)
    for field in ("title", "post", "last_day", "file"):
        wrong(walker, field)
    walker.type(last_day=(timezone.localdate() + timedelta(days=20)).isoformat())
    choose(walker, *people(2), DEFENDANT, ["B", "=1", "", "1"])
    onward(walker)
    press(walker, "main form[action$='begin/'] button")
    wrong(walker, "declared")
    walker.type(why="all branches recruit in spring")
    walker.page.locator("#id_declared").check()
    press(walker, "main form[action$='begin/'] button")
    return Campaign.objects.get(state=CampaignState.OPEN)


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_hr_runs_a_campaign_by_links_and_signed_forms(live_server, browser, han, forms, width, language):
    cast.in_force()
    walker = walking.walker(browser, live_server.url, width, language)
    phone = walking.walker(browser, live_server.url, "narrow", language)
    sign_in(walker)
    made = begin(walker)
    agree(phone, links(walker, made)["listed"], DEFENDANT)
    walker.page.locator("#progress a[href$='state=given']").wait_for(timeout=15_000)
    walker.look()
    work()
    walker.page.locator("progress[value='1']").wait_for(timeout=15_000)
    walker.look()
    phone.page.reload()
    phone.look()
    press(walker, f"main a[href='{at('campaign_forms', made.pk)}']")
    onward(walker)
    wrong(walker, "manifest")
    hand_in(walker, forms)
    assert walker.page.locator("table").count() == 1, "the file that is called like no row"
    hand_in(walker, forms, anyway=True)
    work()
    walker.go(at("campaign", made.pk))
    assert states(made, timezone.now())[:3] == ["answered"] * 3
    content = download(walker, f"main a[href='{at('campaign_results', made.pk, 'csv')}']").decode()
    assert content.count("scr_") == 3
    assert download(walker, f"main a[href='{at('campaign_results', made.pk, 'xlsx')}']").startswith(b"PK")
    walker.go(at("campaign", made.pk) + "?state=refused")
    walker.go(at("campaigns"))
    assert walker.violations + phone.violations == []


def hand_in(walker, folder, *, anyway=False):
    walker.page.locator("#id_folder").set_input_files(folder)
    walker.page.locator("#folder-said", has_text=NO_FORMS[-1]).wait_for()
    assert all(name in walker.page.locator("#folder-said").inner_text() for name in NO_FORMS)
    walker.page.locator("#id_people").set_input_files(a_file(batches.file_of([*people(2), DEFENDANT], HEAD)))
    walker.type(signed_on=(timezone.localdate() - timedelta(days=1)).isoformat())
    if anyway:
        walker.page.locator("#id_anyway").check()
    onward(walker)


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_what_hr_withdraws_stops_and_throws_away(live_server, browser, han, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    walker.go(at("new_campaign"))
    choose(walker, ["B", "乙", "", "1"])
    onward(walker)
    press(walker, "main form[action$='stop/'] button")
    choose(walker, *people(3))
    onward(walker)
    walker.page.locator("#id_declared").check()
    press(walker, "main form[action$='begin/'] button")
    made = Campaign.objects.get(state=CampaignState.OPEN)
    walker.page.locator("input[name='ticked']").first.check()
    press(walker, "main form[action$='withdraw/'] button:not([formaction])")
    press(walker, "main form[action$='questions/'] button")
    walker.type(why="all branches recruit in spring")
    press(walker, "main form[action$='questions/'] button")
    download(walker, f"form[action='{at('campaign_links', made.pk, 'csv')}'] button")
    walker.go(at("campaign", made.pk))
    walker.page.locator("input[name='ticked']").first.check()
    download(walker, f"button[formaction='{at('renew_campaign_links', made.pk)}']")
    press(walker, f"main a[href='{at('replace_campaign_links', made.pk)}']")
    onward(walker)
    wrong(walker, "sure")
    walker.page.locator("#id_sure").check()
    download(walker, "main form .govuk-button")
    walker.go(at("campaign", made.pk))
    press(walker, f"main a[href='{at('stop_campaign', made.pk)}']")
    onward(walker)
    assert states(made, timezone.now()) == ["withdrawn", "not_given", "not_given"]
    assert walker.violations == []


def test_it_works_without_javascript(live_server, browser, han):
    walker = walking.walker(browser, live_server.url, "narrow", "en", javascript=False)
    sign_in(walker)
    walker.go(at("new_campaign"))
    choose(walker, *people(2))
    onward(walker)
    walker.page.locator("#id_declared").check()
    press(walker, "main form[action$='begin/'] button")
    made = Campaign.objects.get()
    walker.go(at("campaign_forms", made.pk))
    assert not walker.page.locator("#by-folder").is_visible()
    lines = campaigns.signed(people(2), (timezone.localdate() - timedelta(days=1)).isoformat())
    listed = batches.file_of(lines, campaigns.FORMS_HEAD)
    walker.page.locator("#id_manifest").set_input_files(a_file(listed, "forms.csv"))
    onward(walker)
    work()
    press(walker, "#progress p a.govuk-link")
    assert states(made, timezone.now()) == ["answered", "answered"]


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_registrar_decides_about_more_questions(live_server, browser, width, language):
    employer = Employer.objects.select_related("organisation").get(pk=asking.bank().pk)
    made = campaigns.begun(people(2), employer, timezone.now(), why="all branches recruit in spring")
    walker = walking.walker(browser, live_server.url, width, language)
    desk_sign_in(walker, cast.high_court_registrar())
    walker.go(reverse("sharing_desk:employers"))
    walker.go(reverse("sharing_desk:allowances"))
    press(walker, f"a[href='{reverse('sharing_desk:allowance', args=[made.pk])}']")
    walker.go(reverse("sharing_desk:decide_allowance", args=[made.pk]))
    walker.type(questions="many", reason="")
    send(walker)
    walker.type(questions="2", reason="season of recruitment")
    send(walker)
    walker.go(reverse("sharing_desk:allowance", args=[made.pk]))
    assert allowances.of(made.pk).granted == 2
    assert walker.violations == []
