"""An entry of a code list is proposed, carried out and retired, and the yearly notice entered, in a real browser."""

from __future__ import annotations

import pytest
from django.utils import timezone

from registry import codes
from registry.models import CodeProposal
from tests import cast, code_lists
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, chinese

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def _say(language: str):
    return chinese if language == "zh-CN" else str


def _decide(walker, say) -> None:
    address = walker.page.url.removeprefix(walker.address)
    sign_in(walker, cast.second_high_court_registrar())
    walker.first_of_my_work()
    assert walker.page.url.endswith(address)
    walker.press(say("Carry out"))


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_kind_of_data_is_added_and_retired(live_server, browser, width, language):
    cast.in_force()
    walker, say = walking.walker(browser, live_server.url, width, language), _say(language)
    sign_in(walker, cast.high_court_registrar())
    walker.go("/desk/codes/")
    walker.go("/desk/codes/data_kinds/")
    walker.press(say("Add an entry"))
    walker.press(say("Propose"))
    assert walker.page.locator(".problems").is_visible()
    walker.type(code="voiceprint", zh="声纹信息", en="voice prints", threshold="500")
    walker.choose(tier="sensitive")
    walker.type(source=code_lists.SOURCE, reason=say("Reason"))
    walker.press(say("Propose"))
    _decide(walker, say)
    assert codes.require("data_kinds", "voiceprint", "kind").extra == {"tier": "sensitive", "threshold": 500}
    walker.go("/desk/codes/data_kinds/entries/phone_number/")
    walker.go("/desk/codes/data_kinds/entries/voiceprint/")
    walker.press(say("Propose to retire it"))
    walker.type(source=code_lists.SOURCE, reason=say("Reason"))
    walker.press(say("Propose"))
    sign_in(walker, cast.high_court_registrar())
    walker.first_of_my_work()
    walker.press(say("Carry out"))
    assert codes.entries("data_kinds")["voiceprint"].retired
    walker.go("/desk/codes/articles/entries/CL%20253-1/retire/")
    walker.go("/desk/codes/document_types/new/")
    walker.go("/desk/codes/courts/new/")
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_the_yearly_notice_is_entered(live_server, browser, width, language):
    walker, say = walking.walker(browser, live_server.url, width, language), _say(language)
    sign_in(walker, cast.high_court_registrar())
    walker.go("/desk/codes/calendar_days/")
    walker.press(say("Enter the yearly holidays"))
    walker.type(
        year="2027",
        source="国办发明电〔2026〕7号",
        days="国庆节 / National Day: 2027-10-01 – 2027-10-07",
        worked="2027-10-09",
    )
    walker.press(say("Propose"))
    _decide(walker, say)
    assert CodeProposal.objects.get().version == 1
    walker.go("/desk/codes/calendar_days/")
    assert "2027-10-09" in walker.page.content()
    assert walker.violations == []
