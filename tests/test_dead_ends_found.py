"""Dead ends that were found once: acts that a listing offers, and the conclusion of a case."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Case
from tests import cast, desk, docket


@pytest.fixture
def today(monkeypatch, settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("prepared", [cast.draft, cast.submitted, cast.in_force])
def test_every_act_that_a_listing_offers_has_a_page(prepared):
    listing = prepared()
    for officer in (cast.clerk(), cast.judge(), cast.registrar()):
        browser = desk.at_the_desk(officer)
        offers = browser.get(reverse("admin:listing", args=[listing.number])).context["offers"]
        answers = {offer.address: browser.get(offer.address).status_code for offer in offers}
        assert set(answers.values()) <= {200}, answers
    if prepared is not cast.in_force:
        return
    clerk = desk.at_the_desk(cast.clerk()).get(reverse("admin:listing", args=[listing.number]))
    assert reverse("admin:circumstances", args=[listing.party.decision_id]) in {
        each.address for each in clerk.context["offers"]
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_a_case_is_offered_for_conclusion_to_whoever_keeps_its_courts_register_alone():
    case = docket.filed()
    conclude = reverse("admin:conclude_case", args=[case.pk])
    register = reverse("admin:registry_case_changelist")
    assert Case.objects.get().outcome == ""
    own, high = desk.at_the_desk(cast.clerk()), desk.at_the_desk(cast.high_court_registrar())
    assert conclude in own.get(register).content.decode()
    assert own.get(conclude).status_code == 200
    page = high.get(register).content.decode()
    assert case.number in page
    assert conclude not in page
