"""A decision with more parties than one form can hold: they come by the page, and every page is saved by itself."""

from __future__ import annotations

from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.admin import party_pages
from registry.admin.forms_circumstances import ROWS_MOST, circumstances_sheet
from registry.models import Decision, Listing, Party, State
from tests import cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
A_PAGE = 2
MANY = 2 * A_PAGE + 1
LATER = timedelta(milliseconds=60)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The clock goes on whenever somebody looks at it."""
    passed = iter(range(10**6))
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + next(passed) * LATER)


def number_of(place):
    born = date(1970, 1, 1) + timedelta(days=place)
    return cast.resident(f"110105{born:%Y%m%d}301")


@pytest.fixture
def decision(monkeypatch):
    """Of five parties, two on a page."""
    monkeypatch.setattr(party_pages, "A_PAGE", A_PAGE)
    for place in range(MANY):
        cast.draft(cast.party(cast.person(number_of(place), "高䶮")))
    return Decision.objects.get()


class Fields(HTMLParser):
    """What a browser would send of the last form of the page, and where to."""

    def __init__(self, page):
        super().__init__()
        self.sent, self.to, self._select = {}, "", ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        had = dict(attrs)
        if tag == "form":
            self.to = had.get("action", "")
        if tag == "select":
            self._select = had["name"]
            self.sent[self._select] = ""
        if tag == "option" and "selected" in had:
            self.sent[self._select] = had["value"]
        checkable = had.get("type") in ("checkbox", "radio")
        if tag == "input" and "name" in had and (not checkable or "checked" in had):
            self.sent[had["name"]] = had.get("value", "")


def opened(browser, address):
    page = browser.get(address, follow=True)
    assert page.status_code == 200
    return Fields(page.content.decode()), page.content.decode()


def test_the_first_page_with_as_many_parties_as_it_takes_can_be_sent(settings):
    """Django answers 400 to more fields."""
    listing = cast.draft()
    sheet = circumstances_sheet(None, listing.party.decision, [listing.party] * party_pages.A_PAGE)
    of_parties = sum(len(form.fields) for form in sheet.rows["parties"].formset.forms)
    of_data = 2 * ROWS_MOST
    ticked = sum(len(getattr(field, "choices", [None])) for field in sheet.form.fields.values())
    assert party_pages.A_PAGE * 4 < of_parties + of_data + ticked < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS - 20


def test_circumstances_are_recorded_page_by_page(decision):
    clerk = desk.at_the_desk(cast.clerk())
    where = reverse("admin:circumstances", args=[decision.pk])
    occupations = {}
    for number in (1, 2, 3):
        sheet, page = opened(clerk, where)
        assert f"Page {number} of 3" in page
        shown = [name for name in sheet.sent if name.endswith("-ordinal")]
        for name in shown:
            sheet.sent[name.replace("ordinal", "occupation")] = "courier"
            occupations[int(sheet.sent[name])] = "courier"
        if number == 1:
            sheet.sent["gains_yuan"] = "86,000"
        answer = clerk.post(sheet.to, sheet.sent)
        assert answer.status_code == 302
        decision.refresh_from_db()
        assert (decision.circumstances_at is None) is (number < 3), "the sheet is due until its last page"
        where = answer["Location"]
    assert len(occupations) == MANY
    assert dict(Party.objects.values_list("ordinal", "occupation")) == occupations
    assert decision.gains_yuan == 86_000
    assert where == reverse("admin:decision", args=[decision.pk])


def test_a_page_that_a_colleague_wrote_meanwhile_is_not_written_over(decision):
    clerk = desk.at_the_desk(cast.clerk())
    where = reverse("admin:circumstances", args=[decision.pk])
    mine, _page = opened(clerk, where)
    theirs, _page = opened(clerk, where)
    theirs.sent["parties-0-occupation"] = "driver"
    assert clerk.post(theirs.to, theirs.sent).status_code == 302
    mine.sent["parties-0-occupation"] = "courier"
    answer = clerk.post(mine.to, mine.sent)
    assert "R-306" in answer.content.decode()
    assert Party.objects.get(ordinal=1).occupation == "driver"


def test_a_judge_approves_page_by_page(decision):
    listings = list(Listing.objects.values_list("pk", flat=True))
    actions.submit(listings, officer=cast.clerk(), now=cast.NOW)
    actions.confirm_no_appeal(listings, officer=cast.clerk(), now=cast.NOW)
    judge = desk.at_the_desk(cast.judge())
    numbers = {row.pk: number_of(row.party.ordinal - 1) for row in Listing.objects.select_related("party")}
    where, approved = f"{reverse('admin:review', args=[decision.pk])}?page=2", 0
    for on_it in (A_PAGE, A_PAGE, 1):
        page = judge.get(where).content.decode()
        form = Fields(page.partition('class="return"')[0].rpartition("<form")[0])
        shown = [int(name.removeprefix("number-")) for name in form.sent if name.startswith("number-")]
        assert len(shown) == on_it
        form.sent |= {f"number-{pk}": numbers[pk] for pk in shown}
        answer = judge.post(form.to, {**form.sent, "approve": "all"})
        assert answer.status_code == 302
        approved += on_it
        assert Listing.objects.filter(state=State.ACTIVE).count() == approved
        where = answer["Location"]
