"""A proof of identity that ends while somebody writes: he proves again who he is in another tab, and goes on; an officer prints
the own record for an agent.
"""

from __future__ import annotations

import pytest
from django.utils import timezone

from registry.models import AccessRecord
from sharing.persons.identity import counter
from sharing.persons.models import CounterRecord, Objection, ProvenIdentity
from tests import cast, objecting
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.test_objections_in_chromium import (
    NAME,
    NUMBER,
    at,
    choose,
    desk,
    onward,
    press,
    prove,
    send,
    the_courts_decisions,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "刑期计算有误，请核对。\n判决书第三页写的是十八个月。"

__all__ = ["the_courts_decisions"]


def prove_in_another_tab(walker):
    made = counter.make(objecting.identity(), officer=cast.clerk(), now=timezone.now())
    with walker.page.context.expect_page() as opened:
        walker.page.locator('main a[target="_blank"]').click()
    tab = opened.value
    tab.locator(f'a[href="{at("counter")}"]').first.click()
    tab.locator('[name="code"]').fill(made.shown)
    tab.locator('[name="last_four"]').fill(NUMBER[-4:])
    with tab.expect_navigation():
        tab.locator("main form .govuk-button").click()
    tab.close()


@pytest.mark.parametrize(("language", "javascript", "width"), [("en", True, "wide"), ("zh-CN", False, "narrow")])
def test_what_was_typed_outlives_the_proof(browser, live_server, language, javascript, width):
    listing = cast.in_force()
    walker = walking.walker(browser, live_server.url, width, language, javascript=javascript)
    walker.go(at("objections"))
    prove(walker)
    press(walker, f'main a[href="{at("new_objection")}"]')
    for name, value in (("kind", "objection"), ("listing", listing.number), ("part", "term")):
        choose(walker, name, value)
        onward(walker)
    ProvenIdentity.objects.all().delete()
    walker.type(words=WORDS)
    onward(walker)
    assert not walker.page.locator("textarea").count()
    prove_in_another_tab(walker)
    onward(walker)
    assert "十八个月" in walker.page.locator("main").inner_text()
    send(walker)
    assert walker.violations == []
    assert Objection.objects.get().content["words"].replace("\r", "") == WORDS


@pytest.mark.parametrize(("language", "javascript", "width"), [("en", True, "narrow"), ("zh-CN", False, "wide")])
def test_what_the_higher_court_is_asked_outlives_the_proof(browser, live_server, language, javascript, width):
    found = objecting.served(cast.in_force(), now=timezone.now())
    walker = walking.walker(browser, live_server.url, width, language, javascript=javascript)
    walker.go(at("objections"))
    prove(walker)
    walker.go(at("ask_higher_court", found.number))
    ProvenIdentity.objects.all().delete()
    walker.type(words=WORDS)
    onward(walker)
    prove_in_another_tab(walker)
    onward(walker)
    assert walker.page.locator('textarea[name="words"]').input_value() == WORDS
    onward(walker)
    assert walker.violations == []
    assert objecting.fresh(found).steps.last().reason.replace("\r", "") == WORDS


@pytest.mark.parametrize(("language", "width"), [("en", "wide"), ("zh-CN", "narrow")])
def test_the_own_record_is_printed_for_an_agent(browser, live_server, language, width):
    cast.in_force()
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.clerk())
    walker.go(desk("own_record"))
    walker.type(name=NAME, document_number=NUMBER, asked_name="吴律师")
    walker.choose(asked_by="agent")
    press(walker, ".buttons .button")
    assert "R-768" in walker.page.locator("body").inner_text()
    assert walker.violations == []
    assert not CounterRecord.objects.exists()
    assert not AccessRecord.objects.exists()
