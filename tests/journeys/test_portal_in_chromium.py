"""The department's portal in a real browser: every page, its errors and empty states, both widths, both languages."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from registry.models import Account
from sharing.delivery import slot
from sharing.delivery.models import Endpoint, TrustedAuthorities
from sharing.departments import institutions, stages, telling
from sharing.departments.models import Recall
from sharing.parties import clients, members, refused_calls
from sharing.parties.models import Client, Member, MemberRole, RefusedCalls
from tests import cast
from tests.certificates import Authority
from tests.journeys import walking
from tests.journeys.walking import WINDOWS
from tests.receiving import receiver
from tests.signing_in import app_code, with_app

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]
PASSWORD = "a long enough phrase"


@pytest.fixture
def inbox():
    with receiver() as opened:
        yield opened


@pytest.fixture
def finance():
    department = cast.department()
    cast.measure(department)
    with_app(members.take_in(department.organisation, username="wei", password=PASSWORD, name="魏对接").account)
    return department


def at(name, *args):
    return reverse(f"department:{name}", args=args)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"), "Finance Department Root CA of the Municipality")


def press(walker, button):
    with walker.page.expect_navigation():
        walker.page.locator(button).first.click()
    walker.look()


def sign_in(walker):
    walker.go(at("overview"))
    press(walker, "main form button")
    assert walker.page.locator(".govuk-error-summary").count() == 1
    walker.type(login="wei", password=PASSWORD)
    press(walker, "main form button")
    walker.type(code=app_code())
    press(walker, "main form button")


def look_into_what_comes(walker):
    """Every box opened: it scrolls inside itself, and by keyboard."""
    walker.go(at("what_comes"))
    walker.page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    walker.look()
    box = walker.page.locator("#verify-java pre")
    box.focus()
    walker.page.keyboard.press("ArrowRight")
    walker.page.wait_for_timeout(300)
    scrolled, hidden = box.evaluate("each => [each.scrollLeft, each.scrollWidth - each.clientWidth]")
    assert hidden <= 0 or scrolled > 0


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_an_integrator_connects_is_told_and_looks_at_both_sides(live_server, browser, finance, inbox, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    walker.go(at("deliveries"))
    walker.go(at("owed"))
    walker.go(at("add_endpoint"))
    press(walker, "main form button")
    walker.type(url=inbox.url)
    press(walker, "main form button")
    assert "whsec_" in walker.page.content()
    press(walker, "main a.govuk-button")
    press(walker, 'button[value="test"]')
    endpoint = Endpoint.objects.get()
    stages.open_without_run(endpoint.pk, because="tests", now=cast.NOW)
    poison = cast.in_force()
    cast.second_in_force()
    Endpoint.objects.update(in_flight_cap=1)  # so that the second is tried after the first was refused
    inbox.answer = lambda received: 500 if received.event["listing"]["number"] == poison.number else 204
    telling.walk(now=cast.NOW)
    slot.run()
    for page in (at("overview"), at("endpoint", endpoint.pk), at("owed"), at("deliveries")):
        walker.go(page)
    with walker.page.expect_navigation():
        walker.page.locator("main tbody a").first.click()
    walker.look()
    press(walker, "main form button")  # the body
    assert cast.SECOND_NUMBER in walker.page.content() or cast.DEFENDANT_NUMBER in walker.page.content()
    press(walker, "a.govuk-back-link")
    press(walker, "button[formaction]")
    look_into_what_comes(walker)
    walker.go(at("catch_up", endpoint.pk))
    press(walker, "main form button")
    walker.type(after="0")
    press(walker, "main form button")
    walker.go(at("move_endpoint", endpoint.pk))
    walker.go(at("connection", endpoint.pk))
    press(walker, "form.sign-out button")
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_connection_is_set_up_with_its_mistakes(live_server, browser, finance, authority, inbox, width, language):
    endpoint, _ = cast.add_endpoint(finance, inbox.url, now=cast.NOW)
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    walker.go(at("connection", endpoint.pk))
    press(walker, 'button[value="trust"]')
    walker.type(pem="not a certificate")
    press(walker, 'button[value="trust"]')
    assert walker.page.locator(".govuk-error-summary").count() == 1
    walker.type(pem=authority.pem)
    press(walker, 'button[value="trust"]')
    press(walker, 'button[value="prepare_certificate"]')
    press(walker, 'button[value="present_certificate"]')
    press(walker, 'button[value="prepare_certificate"]')
    walker.type(chain=authority.pem)
    press(walker, 'button[value="present_signed"]')
    assert walker.page.locator(".govuk-error-summary").count() == 1
    walker.type(posts_per_second="0", in_flight="65")
    press(walker, 'button[value="set_pace"]')
    walker.type(posts_per_second="50", in_flight="8")
    press(walker, 'button[value="set_pace"]')
    TrustedAuthorities.objects.update(pem=Authority(authority.folder, "ending", days=9).pem)
    walker.go(at("connection", endpoint.pk))
    walker.go(at("endpoint", endpoint.pk))
    assert walker.page.locator(".govuk-warning-text").count() == 1
    assert (Endpoint.objects.get().posts_per_second, Endpoint.objects.get().in_flight_cap) == (50, 8)
    assert walker.violations == []


def test_the_figures_follow_by_themselves_until_the_member_is_signed_out(live_server, browser, finance, inbox):
    cast.add_endpoint(finance, inbox.url, now=cast.NOW)
    walker = walking.walker(browser, live_server.url, "wide", "en")
    sign_in(walker)
    waiting = walker.page.locator("#live tbody td").nth(2)
    assert waiting.inner_text().split()[-1] == "0"
    cast.in_force()
    telling.walk(now=cast.NOW)
    expect(waiting).to_contain_text("1", timeout=15_000)
    walker.page.locator("#live-pause").click()
    assert not walker.page.locator("#live-pace").is_visible()
    walker.page.locator("#live-pause").click()
    Session.objects.all().delete()
    walker.page.wait_for_url("**/sign-in/**", timeout=15_000)
    assert walker.violations == []


def test_it_works_without_javascript(live_server, browser, finance, inbox):
    cast.add_endpoint(finance, inbox.url, now=cast.NOW)
    walker = walking.walker(browser, live_server.url, "narrow", "en", javascript=False)
    sign_in(walker)
    walker.go(at("endpoint", Endpoint.objects.get().pk))
    press(walker, 'button[value="pause"]')
    press(walker, 'button[value="resume"]')
    press(walker, 'button[value="rotate"]')
    assert Endpoint.objects.get().secrets.count() == 2


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_key_is_kept_to_networks_bound_and_replaced(live_server, browser, finance, settings, width, language):
    settings.SHARING_MUTUAL_TLS = True
    Member.objects.update(role=MemberRole.OWNER)
    clients.issue(finance.organisation, ["events"], now=timezone.now())
    key = Client.objects.get()
    clients.note_use(key, timezone.localdate(), "2001:db8:7:1234:5678:9abc:def0:1234")
    refused_calls.note(key, RefusedCalls.Kind.ADDRESS, ip_address("198.51.100.7"), now=timezone.now())
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    walker.go(at("networks"))
    walker.type(networks="203.0.113.0/24\n203.0.113.9/24")
    press(walker, "main form button")
    assert walker.page.locator(".govuk-error-summary").count() == 1
    walker.type(networks="203.0.113.0/24")
    press(walker, "main form button")
    press(walker, "main form button[name=do]")
    walker.go(at("key", key.client_id))
    press(walker, "button[value=add_certificate]")
    assert walker.page.locator(".govuk-error-summary").count() == 1
    Client.objects.update(certificates=["A" * 43])
    walker.go(at("key", key.client_id))
    press(walker, "button[value=replace]")
    Client.objects.update(expires_at=timezone.now() + timedelta(days=3))
    walker.go(at("keys"))
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_an_owner_takes_a_member_in_and_changes_keys(live_server, browser, finance, width, language):
    Member.objects.update(role=MemberRole.OWNER)
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    walker.go(at("people"))
    walker.go(at("add_member"))
    press(walker, "main form button")
    walker.type(username="xin", name="辛对接", email="xin@finance.example")
    press(walker, "main form button")
    initial = walker.page.locator("pre").inner_text()
    press(walker, "main a.govuk-button")
    walker.go(at("keys"))
    press(walker, "main form button")
    press(walker, "main a.govuk-button")
    walker.go(at("revoke_key", Client.objects.get().client_id))
    press(walker, "main form button")
    walker.go(at("receipt_key"))
    walker.type(key="whpk_x")
    press(walker, "main form button")
    walker.go(at("acts"))
    press(walker, "form.sign-out button")
    walker.go(at("overview"))
    with_app(Account.objects.get(username="xin"))
    walker.type(login="xin", password=initial)
    press(walker, "main form button")
    walker.type(code=app_code())
    press(walker, "main form button")
    assert walker.page.url.endswith("/portal/password/")
    walker.type(old_password=initial, new_password1="another long phrase", new_password2="another long phrase")
    press(walker, "main form button")
    assert walker.page.url.endswith(at("overview"))
    walker.go(at("people"))
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_what_an_institution_was_told_is_followed_up(live_server, browser, finance, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    walker.go(at("institutions"))
    walker.go(at("add_institution"))
    press(walker, "main form button")
    walker.type(code="bank", name="某银行", uscc=cast.UNIT_NUMBER)
    press(walker, "main form button")
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    institutions.reach(finance.pk, listing.number, "bank", at=cast.NOW)
    cast.withdrawn(listing)
    telling.walk(now=cast.NOW)
    walker.go(at("owed"))
    walker.go(at("recall", Recall.objects.get().pk))
    press(walker, 'button[value="escalate"]')
    walker.go(at("institution", "bank"))
    press(walker, "main form button")
    assert walker.violations == []
