"""The tour and acting as anybody in a real browser: every part's page, all nine steps, with and without JavaScript."""

from __future__ import annotations

import pytest
from django.urls import reverse

from config.demo.touring import WATCHED, Step
from tests import cast, playing
from tests.journeys import walking
from tests.journeys.walking import WINDOWS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.demo_urls"),
    pytest.mark.django_db(transaction=True),
]
PARTS = ("integrator-finance", "applicant", "listed-person", "hr")


@pytest.fixture
def played(settings, tmp_path, monkeypatch):
    return playing.demonstration(settings, tmp_path, monkeypatch)


def at(step):
    return reverse("demo:tour_step", args=[step])


def send(walker, button):
    with walker.page.expect_navigation():
        walker.page.locator(button).first.click()
    walker.look()


def begin(walker):
    walker.go("/tour/")
    send(walker, "main form button")


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_every_part_has_a_page(live_server, browser, played, settings, width, language):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    cast.in_force()
    playing.deliver(played)
    walker = walking.walker(browser, live_server.url, width, language)
    for part in ("clerk", *PARTS):
        walker.go("/act-as/")
        send(walker, f'button[value="{part}"]')
        if part == "listed-person":
            send(walker, 'button[value="person:record"]')
    for chosen in ("listed", "unlisted"):
        send(walker, f'button[value="{chosen}"]')
        send(walker, "form[novalidate] button")
        assert walker.page.locator(".govuk-panel").count() == 1
    send(walker, "form[novalidate] button")
    assert walker.page.locator(".govuk-error-summary").count() == 1
    assert walker.violations == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_all_nine_steps_are_walked(live_server, browser, played, width, language, javascript):
    walker = walking.walker(browser, live_server.url, width, language, javascript=javascript)
    walker.go(at(Step.GONE))
    begin(walker)
    walker.go(at(Step.GONE))
    for step in Step:
        walker.go(at(step))
        if step not in WATCHED:
            send(walker, 'button[value="for-me"]')
        playing.deliver(played)
        walker.go(at(step))
        assert walker.page.locator('button[value="for-me"]').count() == 0
    walker.go("/tour/")
    assert walker.page.locator("main .govuk-tag--green").count() == len(Step)
    assert walker.violations == []


def test_what_arrives_is_shown_without_a_press(live_server, browser, played):
    walker = walking.walker(browser, live_server.url, "wide", "en")
    begin(walker)
    send(walker, 'button[value="for-me"]')
    walker.go(at(Step.APPROVE))
    send(walker, 'button[value="for-me"]')
    walker.go(at(Step.TOLD))
    playing.deliver(played)
    walker.page.get_by_text("Every department has confirmed.").wait_for()
    assert walker.page.locator("#lists tbody tr", has_text="Version 1").count() == len(played.departments)
    walker.look()
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_step_by_hand_opens_the_desk_filled_in(live_server, browser, played, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    begin(walker)
    send(walker, 'button[value="by-hand"]')
    assert walker.page.locator("#id_number").input_value()
    send(walker, "main form button.default")
    assert walker.page.locator(".demonstration__who").count() == 1
    assert walker.violations == []
