"""Anybody reads how fast the court and the departments together are; a department alone, only where it lets them."""

from __future__ import annotations

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry.models import Account
from sharing.departments import telling
from sharing.parties import members
from sharing.parties.models import MemberAct, MemberRole
from sharing.public import timeliness
from tests import cast
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"
ADDRESS = "/timeliness/"


@pytest.fixture(autouse=True)
def few_are_enough(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SMALLEST_PUBLISHED = 1
    timeliness._published.cache_clear()


def read(language="en"):
    timeliness._published.cache_clear()
    return Browser(headers={"accept-language": language}).get(ADDRESS).content.decode()


def signed_in(department, role):
    members.take_in(department.organisation, username=f"wei-{role}", password=PASSWORD, name="魏", role=role)
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, Account.objects.get(username=f"wei-{role}"))
    return browser


def press(browser, do):
    return browser.post(reverse("department:publish_timeliness"), {"do": do}, follow=True)


def test_before_anything_was_told_the_page_says_so():
    assert read().count("Nothing in the last twelve months.") == 2
    assert "过去十二个月没有数据" in read("zh-hans")


def test_anybody_reads_the_court_and_all_departments_together(finance):
    cast.in_force(now=timezone.now())
    telling.walk(now=timezone.now())
    html = read()
    assert "All departments together" in html
    assert f"{timezone.localdate():%B %Y}" in html
    assert "finance-department" not in html


def test_nobody_who_is_listed_occurs_in_it(finance):
    listing = cast.in_force(now=timezone.now())
    telling.walk(now=timezone.now())
    for personal in ("高䶮", cast.DEFENDANT_NUMBER, listing.number, "（2026）京0105刑初123号"):
        assert personal not in read()


def test_a_month_with_few_listings_is_left_out(finance, settings):
    settings.SHARING_SMALLEST_PUBLISHED = 2
    cast.in_force(now=timezone.now())
    telling.walk(now=timezone.now())
    html = read()
    assert "fewer than 2" in html
    assert html.count("left out</") == 7, "four steps of the court, three of the departments"
    assert not re.search(r"second|days? ·", html.split("<table")[2].split("</table>")[0])


def test_one_listing_told_to_many_departments_is_still_one(finance, settings):
    settings.SHARING_SMALLEST_PUBLISHED = 2
    telecom = cast.department("telecom")
    cast.measure(telecom, code="information", basis="", information_only=True, facts=())
    cast.in_force(now=timezone.now())
    telling.walk(now=timezone.now())
    assert read().count("left out</") == 7


def test_who_publishes_no_longer_is_not_shown_from_that_moment_on(finance):
    cast.in_force(now=timezone.now())
    telling.walk(now=timezone.now())
    owner = signed_in(finance, MemberRole.OWNER)
    press(owner, "publish")
    assert "finance-department" in read()
    press(owner, "withhold")
    assert "finance-department" not in Browser().get(ADDRESS).content.decode(), "the figures at hand are still fresh"


def test_an_owner_lets_anybody_read_the_departments_own_figures_and_takes_it_back(finance):
    cast.in_force(now=timezone.now())
    telling.walk(now=timezone.now())
    owner = signed_in(finance, MemberRole.OWNER)
    assert "Your department’s figures are public." in press(owner, "publish").content.decode()
    assert "finance-department" in read()
    press(owner, "publish")
    assert "Your department’s figures are not public." in press(owner, "withhold").content.decode()
    assert "finance-department" not in read()
    acts = list(MemberAct.objects.order_by("at").values_list("act", flat=True))
    assert acts == ["publish_timeliness", "withhold_timeliness"], "pressing twice is one act"


def test_who_is_no_owner_and_a_stranger_may_not_publish_it(finance):
    integrator = signed_in(finance, MemberRole.INTEGRATOR)
    assert "Publish your department’s figures" not in integrator.get(reverse("department:timeliness")).content.decode()
    assert press(integrator, "publish").status_code == 403
    assert press(Browser(), "publish").redirect_chain[0][0].startswith("/portal/sign-in/")
    finance.refresh_from_db()
    assert finance.timeliness_public_since is None


def test_many_readers_cost_no_more_than_one(finance, django_assert_num_queries):
    read()
    with django_assert_num_queries(1):
        Browser().get(ADDRESS)
