"""Whoever presses for an act that is not for him is refused, and that he tried is on record: without anybody's data."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import Error
from django.urls import reverse
from django.utils import timezone

from registry.models import RefusedAct, Role
from sharing.retention import ageing
from tests import auditing, cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def approval(listing):
    typed = {f"number-{listing.pk}": cast.DEFENDANT_NUMBER, f"revision-{listing.pk}": listing.revision}
    return reverse("admin:approve", args=[listing.party.decision_id]), {**typed, "approve": str(listing.pk)}


def clerk_who_became_judge():
    clerk = cast.clerk()
    clerk.role = Role.JUDGE
    clerk.save()
    return clerk


def test_an_own_entry_approved_by_hand_is_on_record():
    listing = cast.submitted()
    officer = clerk_who_became_judge()
    address, typed = approval(listing)
    assert desk.at_the_desk(officer).post(address, typed).status_code == 403
    row = RefusedAct.objects.get()
    assert (row.officer, row.act, row.about, row.code, row.at) == (
        officer,
        "approve",
        listing.number,
        "R-304",
        cast.NOW,
    )
    assert cast.fresh(listing).state == "in_review"


def test_an_own_proposal_decided_is_on_record():
    listing = cast.in_force()
    proposal = auditing.propose_withdrawal(listing, cast.registrar())
    page = reverse("admin:proposal", args=[proposal.pk])
    assert desk.at_the_desk(cast.registrar()).post(page, {"do": "carry_out"}).status_code == 403
    assert RefusedAct.objects.values_list("act", "about", "code").get() == ("withdraw", listing.number, "R-304")


def test_another_courts_listing_suspended_is_on_record_under_its_act():
    listing = cast.in_force()
    address = reverse("admin:act", args=[listing.number, "suspend"])
    desk.at_the_desk(cast.stranger()).post(address, {"reason": "mine"})
    assert RefusedAct.objects.values_list("act", "about", "code").get() == ("suspend", listing.number, "R-313")


def test_the_record_outlives_the_transaction_that_was_rolled_back(transactional_db):
    listing = cast.submitted()
    address, typed = approval(listing)
    desk.at_the_desk(clerk_who_became_judge()).post(address, typed)
    assert RefusedAct.objects.count() == 1


def test_looking_at_a_page_tries_nothing():
    address, _typed = approval(cast.submitted())
    desk.at_the_desk(cast.stranger()).get(address)
    desk.at_the_desk(cast.judge()).get(reverse("admin:new_decision"))
    assert not RefusedAct.objects.exists()


def test_what_is_wrong_with_what_was_typed_is_no_matter_of_right():
    listing = cast.in_force()
    page = reverse("admin:act", args=[listing.number, "suspend"])
    desk.at_the_desk(cast.registrar()).post(page, {"reason": ""})
    assert not RefusedAct.objects.exists()


def test_what_stands_in_the_address_is_kept_only_where_it_is_a_number_of_the_book():
    desk.at_the_desk(cast.statistician()).post(f"/desk/listings/{cast.DEFENDANT_NUMBER}/amend/", {})
    assert RefusedAct.objects.values_list("act", "about").get() == ("amend_party", "")


def test_it_is_written_once_and_goes_after_its_years(settings):
    desk.at_the_desk(cast.stranger()).post(reverse("admin:new_officer"), {})
    with pytest.raises(Error, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_refusedact SET code = ''")
    aged = next(each for each in ageing.AGED if each.table == "registry_refusedact")
    assert ageing.destroy(aged, before=cast.NOW) == 0
    assert ageing.destroy(aged, before=cast.NOW + timedelta(seconds=1)) == 1
