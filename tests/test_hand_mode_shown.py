"""What a department without a developer is shown is what an endpoint would get: flags too, and what is left out as left out."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from registry import actions
from registry.models import Flag
from sharing.departments import telling
from sharing.departments.models import Instrument, Look
from tests import cast
from tests.test_hand_mode import signed_in, taken_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def wei(finance):
    return signed_in(taken_in(finance))


def shared(department, *fields):
    """Its instrument shares these alone."""
    Instrument.objects.filter(department=department).update(fields=list(fields))


def in_force(**changes):
    listing = cast.in_force(cast.party(**changes))
    telling.walk(now=cast.NOW)
    return listing


def listed_again():
    """The same person, on another judgment."""
    another = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    listing = cast.put_in_force(cast.draft(cast.party(), another))
    telling.walk(now=cast.NOW)
    return listing


def downloaded(browser, after=""):
    response = browser.post(reverse("department:download"), {"form": "csv", "after": after})
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def looked_up(browser):
    asked = {"document_type": "resident_id", "document_number": cast.DEFENDANT_NUMBER, "name": "高䶮"}
    return browser.post(reverse("department:look_up"), asked).content.decode()


def test_the_file_says_what_the_instrument_leaves_out(finance, wei):
    shared(finance, "numbers")
    in_force()
    row = downloaded(wei)[0]
    assert {row[name] for name in ("Case number", "Facts found", "Prohibitions")} == {"not shared with you"}
    assert row["Document number"] == cast.DEFENDANT_NUMBER


def test_who_looks_up_a_document_reads_what_the_instrument_leaves_out(finance, wei):
    shared(finance, "numbers")
    in_force()
    page = looked_up(wei)
    assert "On your list" in page
    assert "not shared with you" in page


def test_that_nothing_was_found_is_not_said_of_what_is_not_shared(finance, wei):
    in_force(prohibitions=())
    assert downloaded(wei)[0]["Prohibitions"] == ""


def test_who_is_listed_twice_is_found_with_both_listings(finance, wei):
    """The one that was told last may be suspended, and the other in force."""
    first = in_force()
    second = listed_again()
    actions.suspend([second.pk], officer=cast.registrar(), now=cast.NOW, reason="doubt about the decision")
    telling.walk(now=cast.NOW)
    page = looked_up(wei)
    assert [number in page for number in (first.number, second.number)] == [True, True]
    assert set(Look.objects.filter(page="look_up").values_list("listing", flat=True)) == {first.pk, second.pk}


def test_a_question_counts_once_however_many_listings_it_finds(finance, wei, settings):
    settings.SHARING_LOOK_UPS_AN_HOUR = 2
    in_force()
    listed_again()
    assert ["R-452" in looked_up(wei) for _ in range(3)] == [False, False, True]


def test_a_listing_that_is_disputed_is_shown_as_disputed_wherever_it_is_shown(finance, wei):
    listing = in_force()
    position = downloaded(wei)[-1]["Listing"]
    assert position == "Position"
    assert downloaded(wei)[0]["Flags"] == ""
    actions.flag(
        [listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="an objection was admitted"
    )
    telling.walk(now=cast.NOW)
    assert downloaded(wei)[0]["Flags"] == "disputed"
    assert downloaded(wei, after="1")[0]["Flags"] == "disputed"
    assert "disputed" in looked_up(wei)
    assert "disputed" in wei.get(reverse("department:list")).content.decode()
