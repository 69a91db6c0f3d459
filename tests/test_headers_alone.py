"""Whoever asks for the headers of a page alone (HEAD) has read nothing of it, so no look of his is on record."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import ResolverMatch, reverse
from django.utils import timezone

from config.headers_alone import HeadersAloneMiddleware
from registry.auditing.exports import ExportsMiddleware
from registry.auditing.noting import note
from registry.models import AccessRecord, AuditEntry, AuditKind
from sharing.departments import telling
from sharing.departments.models import Look
from sharing.parties.models import CallsMade, Client
from tests import asking, cast, desk, every_route
from tests.test_delivery_body import signed_in
from tests.test_feed import Door

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def listing():
    return cast.in_force()


def asked_for(method, browser, path):
    answer = getattr(browser, method)(path)
    assert answer.status_code == 200
    return answer


def exports():
    return AuditEntry.objects.filter(kind=AuditKind.EXPORT).count()


def test_the_list_of_a_department_is_looked_at_by_who_reads_it_alone(finance, listing):
    telling.walk(now=timezone.now())
    browser = signed_in(finance)
    asked_for("head", browser, reverse("department:list"))
    assert not Look.objects.exists()
    asked_for("get", browser, reverse("department:list"))
    assert Look.objects.get().listing == listing


@pytest.mark.parametrize("page", ["listing", "decision"])
def test_a_page_of_the_desk_is_looked_at_by_who_reads_it_alone(listing, page):
    browser = desk.at_the_desk(cast.clerk())
    path = reverse(f"admin:{page}", args=[listing.number if page == "listing" else listing.party.decision_id])
    asked_for("head", browser, path)
    assert not AccessRecord.objects.exists()
    asked_for("get", browser, path)
    assert AccessRecord.objects.get().listing_number == listing.number


def test_a_file_of_an_employer_is_taken_by_who_gets_it_alone():
    asking.answered()
    browser = every_route.caller("owner at an employer", {})
    before = exports()
    headers = asked_for("head", browser, reverse("employer:export"))
    assert headers["Content-Disposition"].startswith("attachment")
    assert exports() == before
    asked_for("get", browser, reverse("employer:export"))
    assert exports() == before + 1


def test_an_answer_of_headers_alone_has_no_body_whatever_sends_it(rf, listing):
    """The server leaves it out as well; what is not on record must not depend on that."""
    request = rf.head(reverse("admin:listing", args=[listing.number]))
    request.session = Browser().session
    given = HeadersAloneMiddleware(lambda _asked: every_route.caller("nobody", {}).get("/help/"))(request)
    assert (given.status_code, given.content) == (200, b"")
    assert int(given["Content-Length"]) > 1000, "that of the page"


@pytest.mark.parametrize(("status", "kept"), [(200, 0), (302, 0), (403, 1), (404, 1)])
def test_what_is_written_of_who_is_refused_stays(rf, status, kept):
    def refused(_asked):
        note(AuditKind.EXPORT, now=timezone.now())
        return HttpResponse(status=status)

    request = rf.head("/desk/")
    request.session = desk.at_the_desk(cast.clerk()).session
    before = exports()
    assert HeadersAloneMiddleware(refused)(request).status_code == status
    assert exports() == before + kept


def test_who_asks_for_headers_alone_learns_the_same_as_who_asks_for_the_page(listing):
    browser = desk.at_the_desk(cast.clerk())
    missing = reverse("admin:listing", args=["L-2026-999999"])
    assert browser.head(missing).status_code == browser.get(missing).status_code == 404
    stranger = Browser()
    there = reverse("admin:listing", args=[listing.number])
    assert stranger.head(there).status_code == stranger.get(there).status_code == 302


def test_the_call_of_a_program_is_counted_whatever_it_asks_for(finance):
    """Or a stolen key would be tried as often as one likes, from wherever, and nobody would see it."""
    door = Door(finance)
    before = CallsMade.objects.filter(organisation=finance.pk).values_list("calls", flat=True).first() or 0
    assert Browser().head("/api/v1/events?after=0&opened=0", headers=door.headers).status_code == 200
    assert CallsMade.objects.get(organisation=finance.pk).calls == before + 1
    assert Client.objects.get(organisation=finance.pk).last_used_on is not None


@pytest.mark.parametrize(("method", "noted"), [("head", 0), ("get", 1)])
def test_a_file_is_noted_where_it_is_given_to_a_program_too(rf, finance, method, noted):
    request = getattr(rf, method)("/api/v1/file")
    request.user, request.resolver_match = signed_in_as(finance), ResolverMatch(str, (), {}, "file")
    file = HttpResponse(b"1", headers={"Content-Disposition": "attachment"})
    assert ExportsMiddleware(lambda _asked: file)(request) is file
    assert exports() == noted


def signed_in_as(department):
    """As the API puts its caller there."""
    return SimpleNamespace(client=SimpleNamespace(client_id=f"of {department.pk}"))
