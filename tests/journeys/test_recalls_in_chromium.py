"""Who does not confirm: a registrar puts an officer in charge and records a letter; and the wrong person takes her
clearance letter along. Both widths and languages.
"""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import WithdrawalCause
from sharing.departments import telling
from sharing.departments.models import Recall
from sharing.employers import recalling
from sharing.persons.identity import counter
from sharing.persons.identity.proving import Identity
from sharing.recalls import clearing, recipients
from sharing.recalls.models import ClearanceLetter
from tests import asking, cast
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.test_employers_desk_in_chromium import at, send
from tests.journeys.walking import GIVES_AGAIN, WINDOWS, Walker

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("the_court_has_decided"),
]
NOW = cast.NOW


@pytest.fixture
def listing():
    """Told to two departments, answered to the bank, and withdrawn since somebody else was meant."""
    for sector in ("finance", "telecom"):
        cast.measure(cast.department(sector))
    found = cast.in_force()
    telling.walk(now=NOW)
    asking.answered()
    cast.withdrawn(found, cause=WithdrawalCause.WRONG_PERSON)
    telling.walk(now=NOW)
    recalling.walk(now=NOW)
    return found


def put_in_charge(walker: Walker) -> None:
    tang = cast.second_high_court_registrar()
    walker.go(at("recalls"))
    walker.go(at("recalls_of", "bank"))
    walker.go(at("recalls_of", "finance-department"))
    walker.go(at("name_duty", "finance-department"))
    send(walker)  # nobody is chosen
    walker.choose(officer=str(tang.pk))
    walker.type(reason="熟悉该部门情况")
    send(walker)
    finance = cast.department("finance").organisation_id
    assert recipients.in_charge([finance]) == {finance: tang}


def record(walker: Walker) -> None:
    walker.go(at("record_on_paper", "finance-department"))
    walker.type(purged_on="2026-11-20", reference="金监函〔2026〕12号")
    walker.page.locator("[name=recalls]").first.check()
    send(walker)
    assert "R-464" in walker.page.locator(".problems").inner_text()
    assert walker.page.locator("[name=reference]").input_value() == "金监函〔2026〕12号"
    walker.type(purged_on="2026-11-24")
    send(walker)
    assert Recall.objects.filter(closed_by=None).count() == 1
    walker.go(at("recalls"))


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_registrar_sees_to_it_that_everybody_confirms(live_server, browser, listing, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.high_court_registrar())
    put_in_charge(walker)
    record(walker)
    walker.go(at("recipients", listing.number))
    walker.type(reason="清除通知逾期，核对接收单位")  # a case of another court
    send(walker)
    assert walker.page.locator(f'a[href="{at("clearance", listing.number)}"]').count() == 1
    walker.go(at("clearance", listing.number))
    with walker.page.expect_download() as download:
        walker.page.locator("form .buttons .default").click()
    assert download.value.suggested_filename == "clearance-letter.pdf"
    walker.page.wait_for_function(GIVES_AGAIN)
    with walker.page.expect_download() as download:
        walker.page.locator("form .buttons [value=signed]").click()
    assert download.value.suggested_filename == "clearance-letter.jwt", "the two are given out together"
    walker.go(at("clearance", listing.number))
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_the_wrong_person_takes_her_letter_along(live_server, browser, listing, width, language):
    identity = Identity(document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高䶮")
    code = counter.make(identity, officer=cast.clerk(), now=timezone.now())
    walker = walking.walker(browser, live_server.url, width, language)
    walker.go(reverse("person:clearance"))
    walker.go(reverse("person:counter"))
    walker.type(code=code.shown, last_four=cast.DEFENDANT_NUMBER[-4:])
    with walker.page.expect_navigation():
        walker.page.locator("main form .govuk-button").first.click()
    walker.look()
    assert listing.number in walker.page.locator("main").inner_text()
    with walker.page.expect_download() as download:
        walker.page.locator("button[value=signed]").click()
    signed = download.value.path().read_text()
    assert clearing.read(signed) is not None
    assert ClearanceLetter.objects.get().officer is None

    walker.go("/verify/")
    walker.type(result=signed)
    walker.press("Verify" if language == "en" else walking.chinese("Verify"))
    assert ClearanceLetter.objects.get().pk in walker.page.locator("section.outcome").inner_text()
    assert walker.violations == []
