"""A judge who approves many: one number that differs returns that draft alone, is named, and costs none of the others."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Decision, Listing, State
from tests import cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def two():
    """Two parties of one decision, submitted."""
    clerk = desk.at_the_desk(cast.clerk())
    clerk.post(reverse("admin:new_decision"), desk.decision())
    decision = Decision.objects.get()
    clerk.post(reverse("admin:add_party", args=[decision.pk]), desk.party())
    clerk.post(reverse("admin:add_party", args=[decision.pk]), desk.party(cast.SECOND_NUMBER, "陆㛃"))
    clerk.post(reverse("admin:submit", args=[decision.pk]))
    clerk.post(reverse("admin:no_appeal", args=[decision.pk]))
    return list(Listing.objects.order_by("pk"))


def typed(listings, *numbers, **more):
    sent = {"approve": "all", **more}
    for listing, number in zip(listings, numbers, strict=True):
        sent |= {f"number-{listing.pk}": number, f"revision-{listing.pk}": listing.revision}
    return sent


def approve(listings, sent):
    judge = desk.at_the_desk(cast.judge())
    where = reverse("admin:approve", args=[listings[0].party.decision_id])
    return judge, judge.post(where, sent, follow=True).content.decode()


def test_the_listing_whose_number_differs_is_named(two):
    first, second = two
    _judge, page = approve(two, typed(two, cast.SECOND_NUMBER, cast.SECOND_NUMBER))
    said = page.split("not the number that was entered")[1].split("</li>")[0]
    assert first.number in said
    assert "R-108" in page
    assert second.number not in said
    assert [cast.fresh(each).state for each in two] == [State.DRAFT, State.IN_REVIEW]


def test_what_he_typed_for_the_others_stands_there_and_is_approved_as_it_stands(two):
    _first, second = two
    judge, page = approve(two, typed(two, cast.SECOND_NUMBER, cast.SECOND_NUMBER))
    assert f'name="number-{second.pk}" value="{cast.SECOND_NUMBER}"' in page
    where = reverse("admin:approve", args=[second.party.decision_id])
    judge.post(where, typed([second], cast.SECOND_NUMBER))
    assert cast.fresh(second).state == State.ACTIVE


def test_a_draft_that_was_changed_meanwhile_is_shown_as_it_is_now_beside_what_he_typed(two):
    first, second = two
    sent = typed(two, cast.DEFENDANT_NUMBER, cast.SECOND_NUMBER)
    Listing.objects.filter(pk=first.pk).update(revision=first.revision + 1)
    _judge, page = approve(two, sent)
    assert f'name="number-{second.pk}" value="{cast.SECOND_NUMBER}"' in page
    assert f'name="revision-{first.pk}" value="{first.revision + 1}"' in page
    assert {cast.fresh(each).state for each in two} == {State.IN_REVIEW}


def test_where_nothing_waits_any_more_he_is_led_to_the_decision(two):
    _judge, page = approve(two, typed(two, cast.SECOND_NUMBER, cast.DEFENDANT_NUMBER))
    assert {cast.fresh(each).state for each in two} == {State.DRAFT}
    assert "R-108" in page
    assert all(each.number in page for each in two)
