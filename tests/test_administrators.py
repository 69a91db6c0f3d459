"""Three kinds of administrators, each with pages of his own: none enters or approves, and two of them never read the book."""

from __future__ import annotations

import json
import uuid

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from registry import actions, reading
from registry.errors import WrongRole
from registry.models import AccessRecord, Halt, Listing, LogHead, Role, State
from registry.overseeing import sees_every_court
from registry.reading import listings_open_to, may_open, sees_numbers, sees_statistics
from sharing.desk import urls as sharing_desk
from tests import cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
# Of everybody who is in office: own mail address, what the court's officers are called to do, signing in and out.
EVERYBODYS = {
    *("index", "mail_address", "deputies", "name_deputy", "end_deputyship"),
    *("registry_court_changelist", "registry_court_change", "registry_court_history"),
    *("login", "password_change", "password_change_done", "jsi18n", "autocomplete", "app_list"),
    *("invitation", "view_on_site"),
}
OF_SECURITY = {
    *("new_officer", "appointment", "locked_accounts", "unlock", "account", "invite", "reset_factors"),
    *("end_appointment", "registry_officer_changelist", "registry_officer_change", "registry_officer_history"),
}
OF_SYSTEM = {"system"}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def auditor():
    return cast.officer("A-1", Role.AUDITOR, court="京")


def doors():
    """Every page of the desk with something that exists where its address names it."""
    listing = cast.in_force()
    decision = listing.party.decision
    known = {
        "decision_id": decision.pk,
        "number": listing.number,
        "case_id": decision.case_id,
        "officer_id": cast.clerk().pk,
        "account_id": cast.clerk().account_id,
        "list_name": "charges",
        "act": "suspend",
        "code": "CL 253-1",
        "kind": "csv",
        "form": "csv",
        "object_id": "1",
    }
    for resolver, namespace in ((admin.site.get_urls(), "admin"), (sharing_desk.urlpatterns, "sharing_desk")):
        for pattern in _flat(resolver):
            if pattern.name in (None, "logout"):
                continue
            given = {
                name: known.get(name, str(uuid.UUID(int=1)) if "uuid" in str(kind).lower() else known.get(name, 1))
                for name, kind in pattern.pattern.converters.items()
            }
            try:
                yield pattern.name, reverse(f"{namespace}:{pattern.name}", kwargs=given)
            except NoReverseMatch:  # words of a fixed set, or an address by positions
                continue


def _flat(patterns):
    for each in patterns:
        yield from _flat(each.url_patterns) if hasattr(each, "url_patterns") else [each]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("who", "own"), [(cast.security_administrator, OF_SECURITY), (cast.system_administrator, OF_SYSTEM)]
)
def test_who_keeps_accounts_or_the_system_finds_no_door_to_the_book_open(who, own):
    found = dict(doors())
    assert len(found) > 120
    browser, opened = desk.at_the_desk(who()), set()
    for name, page in found.items():
        for answer in (browser.get(page, follow=True), browser.post(page, {"reason": "because"}, follow=True)):
            assert "高䶮" not in answer.content.decode(errors="replace"), name
            led_back = (reverse("admin:index"), 302) in answer.redirect_chain  # there is no such row
            if answer.status_code not in (403, 404, 405) and not (led_back and name.startswith("registry_")):
                opened.add(name)
    assert opened <= own | EVERYBODYS, opened - own - EVERYBODYS
    assert own - {"appointment", "registry_officer_change", "registry_officer_history"} <= opened
    assert desk.looks(who()) == []
    assert Listing.objects.get().state == State.ACTIVE


def test_none_of_the_three_enters_approves_or_acts_on_a_listing():
    listing = cast.in_force()
    draft = cast.submitted(cast.party(cast.person(cast.SECOND_NUMBER, "陆㛃")))
    for officer in (cast.security_administrator(), cast.system_administrator(), auditor()):
        with pytest.raises(WrongRole):
            actions.enter_decision(cast.judgment(number="（2026）京0105刑初124号"), officer=officer, now=cast.NOW)
        with pytest.raises(WrongRole):
            cast.approve(draft, cast.SECOND_NUMBER, by=officer)
        with pytest.raises(WrongRole):
            actions.propose(
                listing.pk,
                "withdraw",
                against_version=1,
                officer=officer,
                now=cast.NOW,
                reason="no",
                ground="（2026）京0105刑再1号",
            )


def test_two_of_the_three_read_nothing_and_the_auditor_as_before():
    listing = cast.in_force()
    for officer in (cast.security_administrator(), cast.system_administrator()):
        assert not listings_open_to(officer).exists()
        assert not may_open(officer, listing)
        assert not any(sees(officer) for sees in (sees_every_court, sees_numbers, sees_statistics))
        with pytest.raises(WrongRole):
            reading.listing_for(officer, listing.number)
    officer = auditor()
    assert may_open(officer, listing)
    assert not sees_numbers(officer)
    assert reading.closed_to([listing], officer=officer, now=cast.NOW) == [listing]
    assert not AccessRecord.objects.exists()


def test_a_system_administrator_sees_how_it_runs_and_changes_nothing(settings):
    settings.REGISTRY_NOTICE_WAIVER = "a decision of the court"
    LogHead.objects.update(halted=Halt.OLDER)
    browser = desk.at_the_desk(cast.system_administrator())
    page = browser.get(reverse("sharing_desk:system"))
    assert "restored from a backup" in page.content.decode()
    assert "a decision of the court" in page.content.decode()
    for secret in (
        settings.SECRET_KEY,
        settings.REGISTRY_DATA_KEYS,
        settings.REDIS_URL,
        json.dumps(settings.REGISTRY_DATA_KEYS),
    ):
        assert secret not in page.content.decode()
    assert browser.post(reverse("sharing_desk:system"), {"DEBUG": "true"}).status_code == 405


def test_a_stranger_is_refused(client):
    where = reverse("sharing_desk:system")
    assert client.get(where).status_code == 302
    for who in (cast.clerk(), cast.high_court_registrar(), auditor(), cast.security_administrator()):
        assert desk.at_the_desk(who).get(where).status_code == 403
