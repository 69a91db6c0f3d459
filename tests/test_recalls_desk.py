"""The desk's pages of open recalls: who may look, who may act, and what the form makes of what is typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from registry.models import Event, Listing, Role
from sharing.departments import institutions, receipts, telling
from sharing.departments.models import OnwardReceipt, Recall
from sharing.employers import recalling
from sharing.recalls import recipients
from sharing.recalls.models import RecallDuty
from tests import asking, cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
NOW = cast.NOW


@pytest.fixture
def listing(finance):
    """Told, answered to the bank, and withdrawn."""
    asking.bank()
    found = cast.in_force()
    telling.walk(now=NOW)
    asking.answered()
    cast.withdrawn(found)
    telling.walk(now=NOW)
    recalling.walk(now=NOW)
    return found


def registrar():
    return desk.at_the_desk(cast.high_court_registrar())


def of(name, code):
    return reverse(f"sharing_desk:{name}", args=[code])


def test_it_works(listing, finance):
    browser = registrar()
    page = browser.get(reverse("sharing_desk:recalls")).content.decode()
    assert finance.organisation.name_en in page
    assert asking.bank().organisation.spoken_name in page
    code = finance.organisation.code
    one = browser.get(of("recalls_of", code)).content.decode()
    assert listing.number in one
    typed = {
        "recalls": [str(Recall.objects.get().pk)],
        "purged_on": NOW.date().isoformat(),
        "reference": "letter 12",
        "with_institutions": "on",
    }
    answer = browser.post(of("record_on_paper", code), typed, follow=True).content.decode()
    assert "1 recall is closed." in answer
    assert "Every recall is confirmed." in answer


def test_an_employers_letter_is_recorded_in_the_same_way(listing):
    code = asking.bank().organisation.code
    typed = {"recalls": [recalling.open_recalls().get().pk], "reference": "letter 12"}
    registrar().post(of("record_on_paper", code), typed)
    assert not recalling.open_recalls().exists()


def test_somebody_is_put_in_charge_and_finds_it_among_his_work(listing, finance):
    tang = cast.second_high_court_registrar()
    code = finance.organisation.code
    registrar().post(of("name_duty", code), {"officer": str(tang.pk), "reason": "she knows them"})
    assert recipients.in_charge([finance.pk]) == {finance.pk: tang}
    work = desk.at_the_desk(tang).get(reverse("admin:index")).content.decode()
    assert of("recalls_of", code) in work


def test_what_nobody_is_in_charge_of_is_every_registrars_work(listing, finance):
    # Nobody there can be written to.
    assert of("recalls_of", finance.organisation.code) in registrar().get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"recalls": []}, "This field is required."),
        ({"reference": ""}, "R-"),
        ({"purged_on": "tomorrow"}, "R-"),
        ({"purged_on": "2026-11-20"}, "R-464"),
        ({"recalls": ["0"]}, "0 is not one of the available choices"),
    ],
)
def test_what_was_typed_wrong_is_said_beside_it_and_stays(listing, finance, changes, said):
    typed = {
        "recalls": [str(Recall.objects.get().pk)],
        "purged_on": NOW.date().isoformat(),
        "reference": "letter 12",
        **changes,
    }
    answer = registrar().post(of("record_on_paper", finance.organisation.code), typed).content.decode()
    assert said in answer
    assert Recall.objects.get().closed_by is None
    if typed["reference"]:
        assert "letter 12" in answer


def test_a_letter_that_adds_nothing_is_said_to_with_its_listing_and_is_recorded_once_it_speaks_for_the_institutions(
    finance,
):
    institutions.register(finance, code="bank", name="甲银行", uscc=asking.BANK_USCC, now=NOW)
    found = cast.in_force()
    telling.walk(now=NOW)
    institutions.reach(finance.pk, found.number, "bank", at=NOW)
    cast.withdrawn(found)
    telling.walk(now=NOW)
    event = Event.objects.get(type="listing.withdrawn")
    said = receipts.ReceiptEntry(event=event.event_id, kind="purged", at=NOW)
    receipts.record(said, department=finance.organisation, signed=True)
    recall, code = Recall.objects.get(), finance.organisation.code
    assert recall.closed_by is None
    typed = {"recalls": [str(recall.pk)], "purged_on": NOW.date().isoformat(), "reference": "letter 12"}
    answer = registrar().post(of("record_on_paper", code), typed)
    page = answer.content.decode()
    assert answer.status_code == 200, "no row, and so no word that it was recorded"
    assert "R-468" in page
    assert f"{found.number}: that the department purged is on record already" in page
    assert "letter 12" in page, "what was typed stays"
    assert not OnwardReceipt.objects.filter(reference="letter 12").exists()
    typed["with_institutions"] = "on"
    answer = registrar().post(of("record_on_paper", code), typed, follow=True).content.decode()
    assert "1 recall is closed." in answer
    assert OnwardReceipt.objects.filter(reference="letter 12").exists()


def test_an_unknown_recipient_is_said_to_be_one(listing):
    answer = registrar().get(of("recalls_of", "nobody"))
    assert (answer.status_code, "R-461" in answer.content.decode()) == (404, True)


def test_the_number_of_a_sealed_one_leads_nowhere(listing, finance):
    Listing.including_sealed.filter(pk=listing.pk).update(sealed_at=NOW)
    page = registrar().get(of("recalls_of", finance.organisation.code)).content.decode()
    assert listing.number in page
    assert f"/listings/{listing.number}/" not in page
    Recall.objects.update(due_on=NOW.date() - timedelta(days=30))
    overdue = registrar().get(reverse("sharing_desk:overdue")).content.decode()
    assert listing.number in overdue
    assert f"/listings/{listing.number}/" not in overdue


@pytest.mark.parametrize("who", ["clerk", "judge", "registrar", "stranger"])
def test_officers_of_other_courts_see_none_of_it(listing, finance, who):
    browser = desk.at_the_desk(getattr(cast, who)())
    code = finance.organisation.code
    for where in (
        reverse("sharing_desk:recalls"),
        of("recalls_of", code),
        of("record_on_paper", code),
        of("name_duty", code),
    ):
        assert browser.get(where).status_code == 403
        assert browser.post(where, {}).status_code in (403, 405)


def test_an_auditor_looks_and_may_do_nothing(listing, finance):
    browser = desk.at_the_desk(cast._once("A-WU", Role.AUDITOR, court="京", name="吴审计"))
    code = finance.organisation.code
    page = browser.get(of("recalls_of", code))
    assert page.status_code == 200
    assert of("record_on_paper", code) not in page.content.decode()
    assert browser.post(of("record_on_paper", code), {}).status_code == 403
    assert browser.post(of("name_duty", code), {}).status_code == 403
    assert not RecallDuty.objects.exists()
