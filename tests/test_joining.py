"""A department joins on an instrument of two officers, with an endpoint that leads where it may, or not at all."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import override

from registry.errors import (
    BasisNeeded,
    CheckDigit,
    DatesOutOfOrder,
    EndpointNotPublic,
    EndpointUrlShape,
    FourEyes,
    HighCourtRegistrarNeeded,
    UnknownArticle,
    UnknownCode,
)
from sharing.delivery.models import Endpoint, EndpointSecret, EndpointStage
from sharing.departments import joining
from sharing.departments.models import Department, Instrument, Measure
from tests import cast

pytestmark = pytest.mark.django_db

TERMS = {"number": "京高法共享〔2026〕1号", "signed_on": date(2026, 1, 5), "expires_on": date(2029, 1, 4)}


@pytest.fixture
def production(settings):
    """Nothing is allowed that a developer is allowed."""
    settings.SHARING_ALLOWED_NETWORKS = []
    settings.SHARING_ALLOW_HTTP = False


def test_it_works(settings):
    department = cast.department()
    endpoint, secret = joining.add_endpoint(department, "http://127.0.0.1:8600/webhooks", now=cast.NOW)
    assert endpoint.pk.startswith("ep_")
    assert Endpoint.objects.get().stage == EndpointStage.TRIAL
    assert secret.startswith("whsec_")
    assert secret.encode() not in bytes(EndpointSecret.objects.get().secret_sealed)


@pytest.mark.parametrize("url", ["https://127.0.0.1/webhooks", "https://10.1.2.3/webhooks", "https://[::1]/webhooks"])
def test_an_endpoint_at_a_private_address_is_refused_in_both_languages(production, url):
    department = cast.department()
    with pytest.raises(EndpointNotPublic) as caught:
        joining.add_endpoint(department, url, now=cast.NOW)
    assert caught.value.code == "R-402"
    with override("en"):
        assert "private or reserved network" in caught.value.text
    with override("zh-hans"):
        assert "专用或保留网络" in caught.value.text
    assert not Endpoint.objects.exists()


def test_an_endpoint_without_tls_is_refused_in_production(production):
    with pytest.raises(EndpointUrlShape):
        joining.add_endpoint(cast.department(), "http://receiver.example.cn/webhooks", now=cast.NOW)


def test_a_wrong_credit_code_or_sector_is_refused():
    names = {"code": "x", "name": "某局", "name_en": "X", "now": cast.NOW}
    with pytest.raises(CheckDigit):
        joining.join(uscc="111100000000000001", sector="finance", **names)
    with pytest.raises(UnknownCode):
        joining.join(uscc=cast.UNIT_NUMBER, sector="fishing", **names)
    assert not Department.objects.exists()


def test_an_instrument_needs_two_registrars_of_the_high_court():
    department = cast.department()
    he, tang, sun = cast.high_court_registrar(), cast.second_high_court_registrar(), cast.registrar()
    with pytest.raises(FourEyes):
        joining.register_instrument(department, **TERMS, entered_by=he, approved_by=he)
    with pytest.raises(HighCourtRegistrarNeeded):
        joining.register_instrument(department, **TERMS, entered_by=he, approved_by=sun)
    with pytest.raises(DatesOutOfOrder):
        joining.register_instrument(
            department, **(TERMS | {"expires_on": date(2026, 1, 5)}), entered_by=he, approved_by=tang
        )
    assert not Instrument.objects.exists()


def test_a_measure_rests_on_an_article_or_is_openly_information_only():
    department = cast.department()
    with pytest.raises(BasisNeeded):
        cast.measure(department, basis="")
    with pytest.raises(BasisNeeded):
        cast.measure(department, information_only=True)
    with pytest.raises(UnknownArticle):
        cast.measure(department, articles=("CL 999",))
    with pytest.raises(UnknownCode):
        cast.measure(department, facts=("bad_mood",))
    assert not Measure.objects.exists()
