"""The pages on which a number is marked as entered by mistake, and where it is seen afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from registry.borne import documents_of
from registry.errors import IdentityMismatch
from registry.models import AccessRecord, WithdrawalCause
from sharing.audit.tracing import scope
from tests import cast, desk
from tests.mistaking import (
    HE,
    HERS,
    LATER,
    PASSPORT,
    SHE,
    her_decision,
    listed,
    marked,
    mistyped,
    number_of,
    wrongly_listed,
)
from tests.test_remarks import kinds, of_party, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


@pytest.fixture
def clerk_at_the_desk():
    return desk.at_the_desk(cast.clerk())


def test_a_clerk_proposes_it_on_the_listings_page_and_a_judge_carries_it_out(clerk_at_the_desk):
    listing = wrongly_listed()
    where = reverse("admin:propose", args=[listing.number, "mark_mistaken"])
    assert where in clerk_at_the_desk.get(reverse("admin:listing", args=[listing.number])).text
    typed = {"mistaken": str(number_of(listing).pk), "reason": "录入有误", "version": listing.version}
    desk.checked(clerk_at_the_desk, where, typed)
    proposal = listing.proposals.get(act="mark_mistaken")
    judge = desk.at_the_desk(cast.judge())
    page = judge.get(reverse("admin:proposal", args=[proposal.pk])).text
    assert "Nobody outside the court is told of this." in page
    assert HERS[-4:] in page
    assert HERS not in page
    judge.post(reverse("admin:proposal", args=[proposal.pk]), {"do": "carry_out"})
    page = clerk_at_the_desk.get(reverse("admin:listing", args=[listing.number])).text
    assert "· entered by mistake: this is not the person&#x27;s number" in page
    assert where not in page, "there is no number left to mark"


def test_it_is_not_offered_where_nobody_else_was_meant(clerk_at_the_desk):
    listing = cast.withdrawn(mistyped(), cause=WithdrawalCause.REPAIRED)
    page = clerk_at_the_desk.get(reverse("admin:listing", args=[listing.number])).text
    assert reverse("admin:propose", args=[listing.number, "mark_mistaken"]) not in page


def test_of_several_numbers_none_is_chosen_before_the_clerk_chose_it(clerk_at_the_desk):
    listing = wrongly_listed(PASSPORT)
    where = reverse("admin:propose", args=[listing.number, "mark_mistaken"])
    assert clerk_at_the_desk.get(where).context["sheet"].form["mistaken"].value() in (None, "")
    page = clerk_at_the_desk.post(where, {"reason": "录入有误", "version": listing.version})
    assert "mistaken" in page.context["sheet"].form.errors


def test_the_desk_finds_by_the_number_whoever_was_entered_under_it(clerk_at_the_desk):
    listing = marked(wrongly_listed())
    hers = listed()
    page = clerk_at_the_desk.post(reverse("admin:find"), {"type": "resident_id", "number": HERS}).text
    assert listing.number in page
    assert hers.number in page


def test_her_number_is_shown_in_full_from_the_wrong_listing_for_a_reason():
    listing = marked(wrongly_listed())
    he = desk.with_a_reason(cast.high_court_registrar(), listing)
    typed = {"document": str(number_of(listing).pk), "reason": "compared with who stands here"}
    assert HERS in he.post(reverse("admin:number", args=[listing.number]), typed).text


def test_his_later_listing_is_neither_approved_shown_nor_traced_by_her_number(clerk_at_the_desk):
    listing = marked(wrongly_listed(PASSPORT))
    later = LATER + timedelta(hours=1)
    anew = cast.draft(
        cast.party(cast.person(name=HE, documents=(PASSPORT,), birth_date=date(1992, 7, 15))),
        decision=her_decision(),
        now=later,
    )
    assert [row.type for row in documents_of(anew)] == ["passport_cn"]
    assert {row.type for row in documents_of(listing)} == {"passport_cn", "resident_id"}
    assert "entered by mistake" not in clerk_at_the_desk.get(reverse("admin:listing", args=[anew.number])).text
    traced = scope.about([listing.number, anew.number]).digests
    assert traced[bytes(number_of(listing).digest)] == (listing.number,)
    with pytest.raises(IdentityMismatch):
        cast.put_in_force(anew, HERS, now=later)


def test_who_types_the_number_for_the_same_name_again_is_told_what_two_officers_found():
    listing = marked(wrongly_listed())
    found = of_party(number=HERS, name=HE)
    assert "entered for this name by mistake" in words(found, "id_documents-0-number")
    assert "belongs to another name" not in words(found, "id_documents-0-number")
    looked = AccessRecord.objects.filter(listing_number=listing.number, page="enter")
    assert looked.count() == 1
    hers = of_party(number=HERS, name=SHE)
    assert "wrong" not in kinds(hers, "id_documents-0-number"), "to her nothing is in the way"
    assert looked.count() == 1
