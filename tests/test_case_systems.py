"""A registrar of the High Court registers a court's case management and gives it keys, each shown once."""

from __future__ import annotations

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from registry.errors import CreditCodeTaken, HighCourtRegistrarNeeded, OrganisationCodeTaken, UnknownCode
from registry.models import Role
from sharing.courts import registering
from sharing.courts.models import CaseSystem, CaseSystemAct
from sharing.parties.models import Client
from tests import asking, cast, desk, docket

pytestmark = pytest.mark.django_db

NEW = "sharing_desk:new_case_system"
TYPED = {"court": "京0105", "name": "朝阳法院办案系统", "name_en": "", "code": "chaoyang-cases"}


def typed() -> dict[str, str]:
    return {**TYPED, "uscc": cast._unit_number("chaoyang")}


def page_of(browser: Browser, system: CaseSystem) -> str:
    return browser.get(reverse("sharing_desk:case_system", args=[system.organisation.code])).content.decode()


def test_it_works():
    registrar = desk.at_the_desk(cast.high_court_registrar())
    assert "None yet" in registrar.get(reverse("sharing_desk:case_systems")).content.decode()
    assert registrar.post(reverse(NEW), typed()).status_code == 302
    answer = registrar.post(f"{reverse(NEW)}?check")
    system = CaseSystem.objects.get()
    assert answer.headers["Location"] == reverse("sharing_desk:case_system", args=["chaoyang-cases"])
    key = registrar.post(reverse("sharing_desk:add_case_key", args=["chaoyang-cases"])).content.decode()
    client_id, secret = re.findall(r"<code>([^<]+)</code>", key)
    assert "access_token" in asking.token(client_id, secret).json()
    page = page_of(registrar, system)
    assert client_id[:8] in page
    assert secret not in page
    assert list(CaseSystemAct.objects.values_list("act", flat=True)) == ["register", "add_key"]


def test_a_key_is_revoked_after_asking_once_more():
    system = docket.system()
    client_id, secret = registering.add_key(system, officer=cast.high_court_registrar(), now=cast.NOW)
    registrar = desk.at_the_desk(cast.high_court_registrar())
    place = reverse("sharing_desk:revoke_case_key", args=["chaoyang-cases", client_id])
    assert "Revoke the key" in registrar.get(place).content.decode()
    assert registrar.post(place).status_code == 302
    assert asking.token(client_id, secret).status_code == 401
    assert "ended" in page_of(registrar, system)


def test_a_key_of_another_organisation_is_not_revoked_here():
    docket.system()
    asking.bearer(asking.bank().organisation)
    other = Client.objects.get()
    registrar = desk.at_the_desk(cast.high_court_registrar())
    place = reverse("sharing_desk:revoke_case_key", args=["chaoyang-cases", other.client_id])
    assert registrar.post(place).status_code == 404


def test_only_a_registrar_of_the_high_court_registers_and_an_auditor_looks():
    docket.system()
    places = [
        reverse("sharing_desk:case_systems"),
        reverse(NEW),
        reverse("sharing_desk:case_system", args=["chaoyang-cases"]),
        reverse("sharing_desk:add_case_key", args=["chaoyang-cases"]),
    ]
    for officer in (cast.clerk(), cast.judge(), cast.registrar(), cast.statistician()):
        browser = desk.at_the_desk(officer)
        assert {browser.get(place).status_code for place in places[:3]} == {403}
        assert browser.post(places[3]).status_code == 403
    auditor = desk.at_the_desk(cast.officer("A-1", Role.AUDITOR, court="京"))
    assert [auditor.get(place).status_code for place in places[:3]] == [200, 403, 200]
    assert auditor.post(places[3]).status_code == 403
    assert {Browser().get(place).status_code for place in places[:3]} == {302}
    assert not Client.objects.exists()


def test_each_mistake_is_refused_by_name():
    docket.system()
    good = {"code": "other", "uscc": cast._unit_number("other"), "court": "京0108"}
    officer = cast.high_court_registrar()
    with pytest.raises(HighCourtRegistrarNeeded):
        registering.examine(**good, officer=cast.registrar(), now=cast.NOW)
    for change, refusal in (
        ({"court": "京9999"}, UnknownCode),
        ({"code": "chaoyang-cases"}, OrganisationCodeTaken),
        ({"uscc": docket.system().organisation.uscc}, CreditCodeTaken),
    ):
        with pytest.raises(refusal):
            registering.examine(**{**good, **change}, officer=officer, now=cast.NOW)


def test_there_is_no_page_for_what_is_not_registered():
    registrar = desk.at_the_desk(cast.high_court_registrar())
    assert registrar.get(reverse("sharing_desk:case_system", args=["nobody"])).status_code == 404
