"""The demonstration's identity service, with the product's own relying party at its other end."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client as Browser
from django.utils import timezone

from config.demo.period import live
from registry.actions.acting import today
from sharing.openid import asking
from sharing.persons.models import ProvenIdentity

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.demo_urls"),
]
RETURN = "/identity/return/"


@pytest.fixture
def served(settings, live_server):
    asking._metadata.clear()
    settings.REGISTRY_ADDRESS = live_server.url
    settings.SHARING_IDENTITY_WAYS = ["oidc", "counter"]
    settings.SHARING_IDENTITY_OIDC_ISSUER = f"{live_server.url}/demo/identity"
    settings.SHARING_IDENTITY_OIDC_CLIENT_ID = "registry"
    settings.SHARING_IDENTITY_OIDC_CLIENT_SECRET = "demonstration"
    return live_server.url


@pytest.fixture
def phone():
    return Browser(headers={"accept-language": "en"})


def inside(address, served):
    assert address.startswith(served)
    return address.removeprefix(served)


def hidden(page):
    fields = re.findall(r'type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"}


def chosen(phone, served, who):
    away = inside(phone.get("/identity/service/")["Location"], served)
    page = phone.get(away).content.decode()
    return phone.post("/demo/identity/authorize", {**hidden(page), "who": who})["Location"]


def test_the_whole_way(served, phone):
    come_back = chosen(phone, served, "unlisted")
    assert phone.get(inside(come_back, served))["Location"] == "/record/"
    applicant = live(today(timezone.now())).unlisted_applicant
    assert applicant.name in html.unescape(phone.get("/record/").content.decode())
    assert applicant.documents[0].number not in come_back


def test_a_code_counts_once(served, phone):
    come_back = inside(chosen(phone, served, "unlisted"), served)
    (code,) = parse_qs(urlsplit(come_back).query)["code"]
    assert phone.get(come_back).status_code == 302
    away = inside(phone.get("/identity/service/")["Location"], served)
    (state,) = parse_qs(urlsplit(away).query)["state"]
    assert phone.get(RETURN, {"state": state, "code": code}).status_code == 502
    assert ProvenIdentity.objects.count() == 1


def test_whoever_would_rather_not_say_is_led_back(served, phone):
    assert phone.get(inside(chosen(phone, served, "nobody"), served)).status_code == 502


def test_another_client_or_another_way_back_is_refused(served, phone):
    asked = {"client_id": "registry", "redirect_uri": f"{served}{RETURN}", "response_type": "code"}
    for changed in ({"client_id": "other"}, {"redirect_uri": "https://evil.example/"}, {"code_challenge": ""}):
        sent = {**asked, "code_challenge": "x", **changed}
        assert phone.get("/demo/identity/authorize", sent).status_code == 400
        assert phone.post("/demo/identity/authorize", {**sent, "who": "unlisted"}).status_code == 400
    assert phone.post("/demo/identity/token", {"code": "x"}).status_code == 401


@pytest.mark.urls("config.urls")
def test_a_product_that_is_no_demonstration_has_no_such_service(phone):
    assert phone.get("/demo/identity/jwks").status_code == 404
