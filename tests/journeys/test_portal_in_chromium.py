"""The department's portal in a real browser: every page, its errors and empty states, both widths, both languages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from sharing.delivery import slot
from sharing.delivery.models import Endpoint
from sharing.departments import stages, telling
from sharing.parties import members
from tests import cast
from tests.journeys import walking
from tests.receiving import receiver

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
PASSWORD = "a long enough phrase"
WINDOWS = [("wide", "en"), ("narrow", "zh-CN")]
OTHER_WINDOWS = [("wide", "zh-CN"), ("narrow", "en")]


@pytest.fixture(autouse=True)
def beside_playwright(monkeypatch, settings):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"


@pytest.fixture
def inbox():
    with receiver() as opened:
        yield opened


@pytest.fixture
def finance():
    department = cast.department()
    cast.measure(department)
    members.take_in(department.organisation, username="wei", password=PASSWORD, name="魏对接")
    return department


def at(name, *args):
    return reverse(f"department:{name}", args=args)


def press(walker, button):
    with walker.page.expect_navigation():
        walker.page.locator(button).first.click()
    walker.look()


def sign_in(walker):
    walker.go(at("overview"))
    press(walker, "main form button")
    assert walker.page.locator(".govuk-error-summary").count() == 1
    walker.type(username="wei", password=PASSWORD)
    press(walker, "main form button")


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
    walker.go(at("catch_up", endpoint.pk))
    press(walker, "main form button")
    walker.type(after="0")
    press(walker, "main form button")
    walker.go(at("move_endpoint", endpoint.pk))
    press(walker, "form.sign-out button")
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), OTHER_WINDOWS)
def test_the_pages_hold_at_the_other_widths_too(live_server, browser, finance, inbox, width, language):
    endpoint, _ = cast.add_endpoint(finance, inbox.url, now=cast.NOW)
    cast.in_force()
    telling.walk(now=cast.NOW)
    slot.run()
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    event_id = inbox.accepted[0].event["id"]
    for page in (
        at("overview"),
        at("endpoint", endpoint.pk),
        at("deliveries"),
        at("delivery", event_id),
        at("owed"),
        at("catch_up", endpoint.pk),
    ):
        walker.go(page)
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
