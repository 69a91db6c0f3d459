"""The chain of one matter on one page: facts of every case, what was entered of one's own, and who looked."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.models import Case, Role
from tests import cast, desk, docket
from tests.docket import APPEAL, COMMUTED, EVERY_COURT, FIRST, RETRIAL, concluded, feed, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

NAME = "高䶮"
STANDS = "the decision in force"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def matter_of(number: str, browser: Client) -> str:
    page = browser.get(reverse("admin:case", args=[Case.objects.get(number=number).pk]))
    assert page.status_code == 200
    return page.content.decode()


def test_it_works():
    """Four cases at three courts; the first judgment is entered, and in force."""
    listing = cast.in_force()
    docket.the_matter()
    page = matter_of(FIRST, desk.at_the_desk(cast.clerk()))
    assert [page.index(number) for number in (FIRST, APPEAL, RETRIAL, COMMUTED)] == sorted(
        page.index(number) for number in (FIRST, APPEAL, RETRIAL, COMMUTED)
    )
    for words in (NAME, listing.number, "criminal, second instance", "upheld", STANDS, "another court"):
        assert words in page
    assert desk.looks(cast.clerk()) == [(listing.number, "matter")]


def test_any_case_of_the_chain_leads_to_the_same_page_for_an_officer_of_one_of_its_courts():
    cast.in_force()
    docket.the_matter()
    clerk = desk.at_the_desk(cast.clerk())
    for number in (FIRST, APPEAL, RETRIAL, COMMUTED):
        assert NAME in matter_of(number, clerk)


def test_persons_of_another_courts_case_are_not_shown_and_nobody_counts_as_looked_at():
    listing = cast.in_force()
    docket.the_matter()
    other = cast.officer("C-SAN", Role.CLERK, court="京03")
    page = matter_of(APPEAL, desk.at_the_desk(other))
    assert FIRST in page
    assert STANDS in page
    assert NAME not in page
    assert listing.number not in page
    assert desk.looks(other) == []


def test_who_sees_every_court_reads_names_only_after_saying_why():
    listing = cast.in_force()
    registrar = cast.high_court_registrar()
    page = matter_of(FIRST, desk.at_the_desk(registrar))
    assert listing.number in page
    assert NAME not in page
    assert desk.looks(registrar) == []
    page = matter_of(FIRST, desk.with_a_reason(registrar, listing))
    assert NAME in page
    assert (listing.number, "matter") in desk.looks(registrar)


def test_strangers_are_turned_away():
    docket.the_matter()
    place = reverse("admin:case", args=[Case.objects.get(number=FIRST).pk])
    assert desk.at_the_desk(cast.stranger()).get(place).status_code == 404
    assert desk.at_the_desk(cast.statistician()).get(place).status_code == 403
    assert Client().get(place).status_code == 302
    assert desk.at_the_desk(cast.clerk()).get(reverse("admin:case", args=[0])).status_code == 404
    assert desk.at_the_desk(cast.clerk()).post(place).status_code == 405


def test_the_decision_in_force_is_the_last_one_from_which_somebody_was_listed():
    cast.in_force()
    first = Case.objects.get(number=FIRST)
    feed(
        row(RETRIAL, filed_on=date(2026, 10, 2), continues=FIRST, outcome="changed", concluded_on=date(2026, 10, 20)),
        feeder=EVERY_COURT,
    )
    page = matter_of(FIRST, desk.at_the_desk(cast.clerk()))
    assert page.count(STANDS) == 1
    assert page.index(STANDS) < page.index(RETRIAL)
    assert first.later.get().number == RETRIAL


def test_nobody_who_is_sealed_or_was_listed_in_error_makes_a_decision_stand():
    listing = cast.in_force()
    cast.withdrawn(listing, cause=cast.WithdrawalCause.VOID)
    assert STANDS not in matter_of(FIRST, desk.at_the_desk(cast.clerk()))


def test_an_earlier_case_that_is_not_held_yet_is_named():
    feed(concluded(continues="（2025）京0105刑初1号"))
    page = matter_of(FIRST, desk.at_the_desk(cast.clerk()))
    assert "which is not in the register yet" in page


def test_the_page_offers_what_the_officer_may_do_now():
    feed(row(), concluded("（2026）京0105刑初124号"))
    clerk, judge = desk.at_the_desk(cast.clerk()), desk.at_the_desk(cast.judge())
    assert ">Conclude<" in matter_of(FIRST, clerk)
    assert "Enter this decision" in matter_of("（2026）京0105刑初124号", clerk)
    assert "It is not to be entered" in matter_of("（2026）京0105刑初124号", clerk)
    assert "Enter this decision" not in matter_of("（2026）京0105刑初124号", judge)


def test_what_was_told_otherwise_before_stays_readable():
    feed(concluded())
    feed(concluded(outcome="changed"), feeder=EVERY_COURT)
    page = matter_of(FIRST, desk.at_the_desk(cast.clerk()))
    assert "outcome: convicted → changed" in page
    assert "case management (court-cases)" in page


def test_decision_listing_and_case_list_lead_there():
    listing = cast.in_force()
    clerk = desk.at_the_desk(cast.clerk())
    place = reverse("admin:case", args=[listing.party.decision.case_id])
    for page in (
        reverse("admin:decision", args=[listing.party.decision_id]),
        reverse("admin:listing", args=[listing.number]),
        reverse("admin:registry_case_changelist"),
    ):
        assert f'href="{place}"' in clerk.get(page).content.decode(), page
