"""What changed since the judge returned a draft: field by field, in words, kept sealed and no longer than needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from registry import actions
from registry.admin.differences import since_return
from registry.entries import DocumentEntry, ProhibitionEntry
from registry.errors import IdentityMismatch
from registry.models import ReturnedDraft
from tests import cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    with translation.override("en"):
        yield


def returned():
    listing = cast.submitted()
    actions.return_to_clerk([listing.pk], officer=cast.judge(), now=cast.NOW, reason="the fine differs")
    return cast.fresh(listing)


def amended(listing, entry):
    actions.amend_party(listing.pk, entry, revision=listing.revision, officer=cast.clerk(), now=cast.NOW)
    return cast.fresh(listing)


def resubmitted(listing):
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    return cast.fresh(listing)


def told(listing):
    return {each.label: (each.before, each.after) for each in since_return(listing).differences}


def test_every_changed_field_is_told_before_and_after():
    entry = cast.party(fine_yuan=30_000, penalty_kind="detention", sentence_months=5, detained=True)
    listing = resubmitted(amended(returned(), replace(entry, prohibitions=())))
    found = told(listing)
    assert found["Fine in yuan"] == ("20,000", "30,000")
    assert found["Detained on the last day of the appeal period"] == ("no", "yes")
    assert found["Employment prohibitions"][1] == "—"
    assert "36" in found["Employment prohibitions"][0]
    assert "Kind of penalty" in found
    assert "Charge" not in found
    assert since_return(listing).reason == "the fine differs"


def test_a_changed_decision_is_told_with_each_of_its_listings():
    listing = returned()
    entry = cast.judgment(effect_certified_on=date(2026, 9, 20), facts=())
    actions.amend_decision(listing.party.decision_id, entry, revision=1, officer=cast.clerk(), now=cast.NOW)
    found = told(resubmitted(cast.fresh(listing)))
    assert found["Date of the certificate of effect"] == ("—", "20 September 2026")
    assert found["Facts found"][1] == "—"


def test_another_name_and_number_are_told_and_the_number_itself_is_not():
    person = cast.person(documents=(DocumentEntry(type="resident_id", number=cast.SECOND_NUMBER),), name="陆㛃")
    listing = amended(returned(), cast.party(person))
    found = told(resubmitted(listing))
    assert found["Name"] == ("高䶮", "陆㛃")
    assert "with another number" in found["Identity documents"][1]
    assert cast.SECOND_NUMBER not in str(found)
    assert cast.DEFENDANT_NUMBER not in str(found)


def test_what_was_submitted_again_as_it_was_says_so():
    listing = resubmitted(returned())
    assert since_return(listing).differences == []
    page = desk.at_the_desk(cast.judge()).get(reverse("admin:review", args=[listing.party.decision_id]))
    assert "it was submitted again as it was" in page.content.decode()


def test_the_judge_sees_the_reason_and_the_differences_on_the_page():
    entry = cast.party(prohibitions=(ProhibitionEntry(scope="不得从事数据处理", months=48),), fine_yuan=30_000)
    listing = resubmitted(amended(returned(), entry))
    page = desk.at_the_desk(cast.judge()).get(reverse("admin:review", args=[listing.party.decision_id]))
    page = page.content.decode()
    assert "Changed since it was returned" in page
    assert "the fine differs" in page
    assert "30,000" in page
    assert "不得从事数据处理" in page


def test_a_first_submission_has_nothing_to_compare_with():
    assert since_return(cast.submitted()) is None


def test_a_second_return_is_compared_with_the_second_state():
    listing = resubmitted(amended(returned(), cast.party(fine_yuan=30_000)))
    actions.return_to_clerk([listing.pk], officer=cast.judge(), now=cast.NOW, reason="still not")
    listing = resubmitted(amended(cast.fresh(listing), cast.party(fine_yuan=40_000)))
    assert told(listing) == {"Fine in yuan": ("30,000", "40,000")}
    assert since_return(listing).reason == "still not"


def test_a_number_that_differs_at_review_is_a_return_too():
    listing = cast.submitted()
    with pytest.raises(IdentityMismatch):
        cast.approve(listing, cast.SECOND_NUMBER)
    assert ReturnedDraft.objects.filter(listing=listing.pk).exists()


def test_nothing_of_it_lies_in_the_clear():
    returned()
    with connection.cursor() as cursor:
        cursor.execute("SELECT content_sealed FROM registry_returneddraft")
        (sealed,) = cursor.fetchone()
    for text in ("高䶮", cast.DEFENDANT_NUMBER, "the fine differs"):
        assert text.encode() not in bytes(sealed)


@pytest.mark.parametrize("end", ["approved", "discarded"])
def test_it_goes_with_the_approval_and_with_the_draft(end):
    listing = returned()
    if end == "approved":
        cast.approve(resubmitted(listing))
    else:
        actions.discard([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="entered in error")
    assert not ReturnedDraft.objects.exists()
