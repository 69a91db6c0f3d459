"""Whoever proposes an act sees first, field by field, what he proposes and who is told of it, and loses nothing by going back."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.models import ActRecord, Proposal, WithdrawalCause
from sharing.departments.telling import walk
from tests import becoming, cast, desk
from tests.test_clearance import mistaken
from tests.test_desk_journey import _as_shown
from tests.test_interrupted import confirmed, stale
from tests.test_rules_in_corrections import PASSPORT
from tests.test_unit_pages import MERGED, change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

RULING = "（2026）京0105刑初123号之一"
WHY = {"reason": "a slip of the pen", "ground": RULING}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    cache.clear()


@pytest.fixture
def clerk():
    return desk.at_the_desk(cast.clerk())


def at(listing, act="correct"):
    return reverse("admin:propose", args=[listing.number, act])


def filled_in(browser, listing, **typed):
    return _as_shown(browser, at(listing)) | WHY | typed


def table(page):
    return page.content.decode().split('class="desk-table stacked changes"')[1].split("</table>")[0]


def test_nothing_is_proposed_before_it_was_looked_at(clerk):
    listing = cast.in_force()
    answer = clerk.post(at(listing), filled_in(clerk, listing, fine_yuan="30,000"))
    assert answer.url == f"{at(listing)}?check"
    assert not Proposal.objects.exists()
    assert not ActRecord.objects.filter(act="propose_correct").exists()


def test_each_field_is_shown_before_and_after_and_none_that_stays(clerk):
    listing = cast.in_force()
    page = clerk.post(at(listing), filled_in(clerk, listing, fine_yuan="30,000", sentence_months="30"), follow=True)
    shown = table(page)
    for words in ("20,000", "30,000", "24", "30"):
        assert words in shown
    assert "15 March 2032" not in shown
    assert "Listed until" in shown, "and the days that follow"
    assert "Charge" not in shown
    assert RULING in page.content.decode()
    assert "every recipient must purge the version before" in page.content.decode()
    assert "a slip of the pen" in page.content.decode()


def test_a_document_number_is_shown_masked(clerk):
    listing = cast.in_force()
    typed = {"document_type": PASSPORT["type"], "document": PASSPORT["number"]}
    where = at(listing, "revise")
    page = clerk.post(where, _as_shown(clerk, where) | WHY | typed, follow=True)
    assert PASSPORT["number"] not in page.content.decode()
    assert "passport" in table(page).lower()


def test_who_was_told_and_will_be_told_again_stands_there_unfolded(clerk, finance):
    listing = cast.in_force()
    walk(now=cast.NOW)
    page = clerk.post(at(listing), filled_in(clerk, listing, fine_yuan="30,000"), follow=True).content.decode()
    assert '<details class="why" open>' in page
    assert "Who was told of the listing, and is told of this" in page
    assert finance.organisation.name_en in page.split("Departments that were told")[-1]


def test_of_what_nobody_is_told_it_is_said(clerk):
    listing = mistaken(WithdrawalCause.REPAIRED)
    where = at(listing, "state_cause")
    typed = {"cause": "wrong_person", "version": listing.version, **WHY}
    assert "is told of this" not in clerk.get(where).content.decode()
    page = clerk.post(where, typed, follow=True).content.decode()
    assert "Nobody outside the court is told of this." in page
    assert "and is told of this" not in page


def test_going_back_finds_everything_that_was_typed(clerk):
    listing = cast.in_force()
    page = clerk.post(at(listing), filled_in(clerk, listing, fine_yuan="30,000"), follow=True).content.decode()
    assert f'href="{at(listing)}?change"' in page
    form = clerk.get(f"{at(listing)}?change").context["sheet"].form
    assert [form[name].value() for name in ("fine_yuan", "reason", "ground")] == ["30,000", *WHY.values()]


def test_who_goes_back_by_the_browser_is_offered_what_he_typed(clerk):
    listing = cast.in_force()
    clerk.post(at(listing), filled_in(clerk, listing, fine_yuan="30,000"))
    page = clerk.get(at(listing)).content.decode()
    assert f'href="{at(listing)}?change"' in page
    assert "30,000" not in page, "unasked, the page shows what stands in the book"


def test_what_was_checked_is_what_is_proposed(clerk):
    listing = cast.in_force()
    desk.checked(clerk, at(listing), filled_in(clerk, listing, fine_yuan="30,000"))
    assert Proposal.objects.get().content["changes"] == {"fine_yuan": 30_000}
    assert f"{at(listing)}?change" not in clerk.get(at(listing), follow=True).content.decode()


def test_what_another_window_filled_in_meanwhile_is_not_proposed_unseen(clerk):
    listing = cast.in_force()
    first = clerk.post(at(listing), filled_in(clerk, listing, fine_yuan="30,000"), follow=True).context["carried"]
    clerk.post(at(listing), filled_in(clerk, listing, fine_yuan="90,000"))
    page = clerk.post(f"{at(listing)}?check", first, follow=True)
    assert not Proposal.objects.exists()
    assert "filled in again meanwhile" in page.content.decode()
    assert "90,000" in table(page)
    clerk.post(f"{at(listing)}?check", page.context["carried"])
    assert Proposal.objects.get().content["changes"] == {"fine_yuan": 90_000}


def test_a_listing_that_moved_on_between_the_two_steps_is_not_changed_and_the_text_stays(clerk):
    listing = cast.in_force()
    shown = clerk.post(at(listing), filled_in(clerk, listing, fine_yuan="30,000"), follow=True)
    actions.suspend([listing.pk], officer=cast.judge(), now=cast.NOW, reason="identity doubt")
    page = clerk.post(f"{at(listing)}?check", shown.context["carried"]).content.decode()
    assert "R-306" in page
    assert "a slip of the pen" in page
    assert not Proposal.objects.exists()


def test_who_is_asked_again_whether_it_is_he_goes_on_with_what_he_typed():
    listing = cast.in_force()
    visitor = stale(cast.clerk())
    typed = filled_in(visitor, listing, fine_yuan="30,000")
    asked = visitor.post(at(listing), typed)
    answer = confirmed(visitor, asked)
    assert answer.url == f"{at(listing)}?check"
    page = visitor.get(answer.url)
    assert "30,000" in table(page)
    visitor.post(answer.url, page.context["carried"])
    assert Proposal.objects.get().content["changes"] == {"fine_yuan": 30_000}


def test_a_withdrawal_is_looked_at_too_with_its_cause(clerk):
    listing = cast.in_force()
    typed = {"version": "1", "cause": "acquitted", **WHY}
    page = clerk.post(at(listing, "withdraw"), typed, follow=True).content.decode()
    assert "acquitted" in page.split('class="facts checks"')[1]
    assert not Proposal.objects.exists()


def test_what_became_of_a_unit_is_looked_at_too(clerk):
    listing = becoming.unit()
    where = reverse("admin:unit_change", args=[listing.number])
    page = clerk.post(where, change(**MERGED), follow=True)
    assert becoming.SUCCESSOR in table(page)
    assert "Nobody is listed by succession" in page.content.decode()
    assert not Proposal.objects.exists()
    form = clerk.get(f"{where}?change").context["sheet"].rows["successors"].formset.forms[0]
    assert form["name"].value() == becoming.SUCCESSOR
