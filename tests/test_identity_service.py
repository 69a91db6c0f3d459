"""Proving who one is with an OpenID Connect provider: what is believed, and everything that is not."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from joserfc.jwk import OctKey, RSAKey

from sharing import openid
from sharing.persons.identity import proving
from sharing.persons.models import ProvenIdentity
from sharing.persons.pages.visit import PROOF
from sharing.transport import Egress, Rules, Wanted, fetch
from tests import cast, identity_provider
from tests.id_tokens import SPOILT, right
from tests.identity_provider import CLIENT, SECRET

pytestmark = pytest.mark.django_db
NUMBER, NAME = cast.DEFENDANT_NUMBER, "高䶮"
RETURN = "/identity/return/"


@pytest.fixture
def provider(settings):
    with identity_provider.running() as server:
        settings.SHARING_IDENTITY_WAYS = ["oidc", "counter"]
        settings.SHARING_IDENTITY_OIDC_ISSUER = server.issuer
        settings.SHARING_IDENTITY_OIDC_CLIENT_ID = CLIENT
        settings.SHARING_IDENTITY_OIDC_CLIENT_SECRET = SECRET
        yield server


@pytest.fixture
def phone():
    return Browser(headers={"accept-language": "en"})


def gone(phone):
    """What the browser was led away with."""
    answer = phone.get("/identity/service/")
    assert answer.status_code == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}


def back(phone, asked, **answer):
    return phone.get(RETURN, {"state": asked["state"], "code": "a code", **answer})


def test_it_works(provider, phone):
    asked = gone(phone)
    assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", CLIENT, "openid profile")
    assert asked["redirect_uri"] == f"http://127.0.0.1:8000{RETURN}"
    provider.claims = right(provider, asked)
    before = phone.session.session_key
    assert back(phone, asked)["Location"] == "/record/"
    (form,) = provider.asked
    assert openid.challenge(form["code_verifier"]) == asked["code_challenge"]
    assert (form["code"], form["redirect_uri"]) == ("a code", asked["redirect_uri"])
    assert provider.authorized == ["registry:a+secret%3A+with+%2Fsigns"]
    assert phone.session.session_key != before
    identity = proving.proven(phone.session[PROOF], now=cast.NOW)
    assert (identity.name, identity.document_number) == (NAME, NUMBER)
    evidence = proving.evidence(phone.session[PROOF], now=cast.NOW)
    assert (evidence.way, evidence.issuer, evidence.counter_code) == ("oidc", provider.issuer, None)
    assert evidence.is_about(provider.claims["sub"])
    for session in Session.objects.all():
        assert NUMBER not in json.dumps(session.get_decoded())


def test_the_service_is_asked_to_prove_anew_who_sits_there(provider, phone):
    assert gone(phone)["prompt"] == "login"


def test_an_answer_to_nothing_that_was_begun_ends_no_login_under_way(provider, phone):
    asked = gone(phone)
    provider.claims = right(provider, asked)
    forged = phone.get("/identity/return/", {"state": "x", "code": "a code"})
    assert "R-" in forged.content.decode()
    assert back(phone, asked)["Location"] == "/record/"


def test_an_answer_is_used_once(provider, phone):
    asked = gone(phone)
    provider.claims = right(provider, asked)
    back(phone, asked)
    assert back(phone, asked).status_code != 302


@pytest.mark.parametrize(
    "strange",
    [
        {"kty": "EC", "crv": "SM2", "kid": "two", "x": "AA", "y": "AA"},
        {"kty": "RSA", "kid": "two"},
        {"kty": "lattice", "kid": "two"},
        {"kid": "two"},
    ],
)
def test_a_key_that_cannot_be_read_is_left_out_and_hides_no_other(provider, phone, strange):
    provider.other_keys = [strange]
    asked = gone(phone)
    provider.claims = right(provider, asked)
    assert back(phone, asked)["Location"] == "/record/"


def test_a_provider_that_signs_with_rsa_2048_vouches_for_nobody_and_is_told_of(provider, phone, caplog):
    provider.signs_with = provider.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    provider.header["alg"] = "RS256"
    asked = gone(phone)
    provider.claims = right(provider, asked)
    answer = back(phone, asked)
    assert (answer.status_code, PROOF in phone.session) == (502, False)
    assert "R-709" in answer.content.decode()
    assert "a key of the identity service is left out: RSA 2048" in caplog.text


def test_rsa_of_3072_bits_is_enough(provider, phone):
    provider.signs_with = provider.key = RSAKey.generate_key(3072, {"kid": "one", "use": "sig"})
    provider.header["alg"] = "RS256"
    asked = gone(phone)
    provider.claims = right(provider, asked)
    assert back(phone, asked)["Location"] == "/record/"


@pytest.mark.parametrize("weak", [RSAKey.generate_key(2048, {"kid": "two"}), OctKey.generate_key(256, {"kid": "two"})])
def test_a_weak_key_beside_a_strong_one_vouches_for_nobody_and_hides_no_other(provider, phone, weak):
    provider.other_keys = [weak.as_dict(private=isinstance(weak, OctKey))]
    asked = gone(phone)
    provider.claims = right(provider, asked)
    assert back(phone, asked)["Location"] == "/record/"
    provider.signs_with, provider.header = weak, {"alg": "RS256" if isinstance(weak, RSAKey) else "HS256", "kid": "two"}
    asked = gone(phone)
    provider.claims = right(provider, asked)
    assert "R-705" in back(phone, asked).content.decode()


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_token_that_cannot_be_relied_on_recognises_nobody(provider, phone, spoil):
    asked = gone(phone)
    provider.claims = spoil(provider, asked)
    answer = back(phone, asked)
    assert (answer.status_code, "R-705" in answer.content.decode()) == (403, True)
    assert not ProvenIdentity.objects.exists()


@pytest.mark.parametrize("answer", [{"state": "another"}, {"state": ""}, {"iss": "https://another.example"}])
def test_an_answer_to_another_login_is_refused_before_anything_is_asked(provider, phone, answer):
    asked = gone(phone)
    provider.claims = right(provider, asked)
    assert "R-705" in back(phone, asked, **answer).content.decode()
    assert provider.asked == []


def test_what_was_kept_counts_once_and_for_one_browser(provider, phone):
    asked = gone(phone)
    provider.claims = right(provider, asked)
    stranger = Browser(headers={"accept-language": "en"})
    assert back(stranger, asked).status_code == 403
    assert back(phone, asked).status_code == 302
    assert back(phone, asked).status_code == 403
    assert ProvenIdentity.objects.count() == 1


def test_whoever_is_refused_by_the_provider_is_told_so(provider, phone):
    asked = gone(phone)
    answer = phone.get(RETURN, {"state": asked["state"], "error": "access_denied"})
    assert (answer.status_code, "R-704" in answer.content.decode()) == (502, True)


def test_a_provider_that_fails_or_describes_another_is_no_provider(provider, phone, settings):
    provider.issuer_said = "https://another.example"
    assert phone.get("/identity/service/").status_code == 502
    provider.issuer_said, provider.status = "", 500
    assert phone.get("/identity/service/").status_code == 502
    settings.SHARING_IDENTITY_OIDC_ISSUER = "http://127.0.0.1:9"
    assert phone.get("/identity/service/").status_code == 502


def test_the_settings_say_which_claim_is_what(provider, phone, settings):
    settings.SHARING_IDENTITY_OIDC_CLAIMS = {
        "name": "xm", "document_type": "zjlx", "document_number": "zjhm",
    }  # fmt: skip
    settings.SHARING_IDENTITY_OIDC_DOCUMENT_TYPES = {"111": "resident_id"}
    asked = gone(phone)
    provider.claims = right(provider, asked, xm=NAME, zjlx="111", zjhm=NUMBER, name=None, document_number=None)
    assert back(phone, asked).status_code == 302
    settings.SHARING_IDENTITY_OIDC_CLAIMS = {"name": "xm", "document_type": "=resident_id", "document_number": "zjhm"}
    asked = gone(phone)
    provider.claims = right(provider, asked, xm=NAME, zjhm=NUMBER)
    assert back(phone, asked).status_code == 302


@pytest.mark.parametrize(
    "changed",
    [{"name": None}, {"document_number": 5}, {"document_number": "110105"}, {"document_type": "library_card"}],
)
def test_a_document_that_the_register_does_not_know_proves_nobody(provider, phone, changed):
    asked = gone(phone)
    provider.claims = right(provider, asked, **changed)
    assert "R-706" in back(phone, asked).content.decode()
    assert not ProvenIdentity.objects.exists()


def test_it_is_off_unless_the_settings_say_so(provider, phone, settings):
    settings.SHARING_IDENTITY_WAYS = ["counter"]
    assert phone.get("/identity/service/").status_code == 404
    assert phone.get(RETURN, {"state": "x", "code": "y"}).status_code == 404
    assert "/identity/service/" not in phone.get("/identity/").content.decode()


# The one module that opens connections


def test_an_address_that_may_not_be_connected_to_is_not(provider):
    assert fetch(Wanted(provider.issuer), Rules(allow_http=True)).failure == "blocked"
    assert fetch(Wanted(provider.issuer), Rules()).failure == "blocked"


def test_through_the_courts_proxy_nothing_goes_another_way(provider, settings):
    rules = Rules(settings.SHARING_ALLOWED_NETWORKS, allow_http=True, egress=Egress.read("http://127.0.0.1:9"))
    assert fetch(Wanted(f"{provider.issuer}/jwks"), rules).failure == "proxy"
    unallowed = Rules(allow_http=True, egress=Egress.read("http://127.0.0.1:9"))
    assert fetch(Wanted(f"{provider.issuer}/jwks"), unallowed).failure == "blocked"
