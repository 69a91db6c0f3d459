"""A key with a client certificate is worth nothing without it, and a token only with the certificate it was asked for with
(RFC 8705).
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from registry.errors import CertificateExpired, CertificateShape, KeyCertificatesTooMany
from sharing.parties import binding, clients, members
from sharing.parties.models import Client, MemberAct, RefusedCalls, TokenCertificate
from tests import cast
from tests.certificates import Authority
from tests.machines import ELSEWHERE, Program, forwarded, shown
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
HERE = forwarded("203.0.113.9")


@pytest.fixture(autouse=True)
def mutual(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SHARING_MUTUAL_TLS = True
    return settings


@pytest.fixture(scope="module")
def issued(tmp_path_factory):
    """Three client certificates: the one in use, the next one, somebody else's."""
    authority = Authority(tmp_path_factory.mktemp("authority"), "Finance CA")
    return [authority.client(name)[0] for name in ("now", "next", "strangers")]


@pytest.fixture
def finance():
    return cast.department().organisation


@pytest.fixture
def program(finance, issued):
    made = Program(finance, **HERE)
    binding.add(made.client, issued[0], now=timezone.now(), field="certificate")
    return made


def test_with_its_certificate_it_gets_a_token_and_calls(program, issued):
    assert program.ask_for_token(**shown(issued[0])).status_code == 200
    assert program.call(**shown(issued[0])).status_code == 200


def test_the_right_secret_alone_is_not_enough(program, issued):
    for said in ({}, shown(issued[2])):
        answer = program.ask_for_token(**said)
        assert (answer.status_code, answer.json()) == (
            401,
            {"error": "invalid_client", "error_description": "R-952 client-certificate-wrong"},
        )
    assert get_access_token_model().objects.count() == 0


def test_a_stolen_token_is_refused_without_the_certificate_and_with_another(program, issued):
    program.ask_for_token(**shown(issued[0]))
    for said in ({}, shown(issued[2]), shown(issued[1])):
        answer = program.call(**said)
        assert (answer.status_code, answer.json()["code"]) == (401, "R-952")
        assert answer["WWW-Authenticate"].startswith("Bearer")
    (noted,) = RefusedCalls.objects.all()
    assert (noted.kind, noted.calls) == ("certificate", 3)


def test_during_a_change_of_certificates_each_token_belongs_to_its_own(program, issued):
    binding.add(program.client, issued[1], now=timezone.now(), field="certificate")
    program.ask_for_token(**shown(issued[0]))
    assert program.call(**shown(issued[0])).status_code == 200
    assert program.call(**shown(issued[1])).status_code == 401
    program.ask_for_token(**shown(issued[1]))
    assert program.call(**shown(issued[1])).status_code == 200
    assert program.call(**shown(issued[0])).status_code == 401


def test_a_certificate_that_was_taken_away_ends_its_tokens(program, issued):
    binding.add(program.client, issued[1], now=timezone.now(), field="certificate")
    program.ask_for_token(**shown(issued[0]))
    binding.remove(program.client, program.client.certificates[0])
    assert program.call(**shown(issued[0])).status_code == 401


def test_with_the_last_certificate_taken_away_the_key_and_its_tokens_open_nothing_until_there_is_another(
    program, issued
):
    program.ask_for_token(**shown(issued[0]))
    binding.remove(program.client, program.client.certificates[0])
    for said in ({}, shown(issued[0])):
        assert program.call(**said).json()["code"] == "R-950"
        assert program.ask_for_token(**said).status_code == 401
    binding.add(program.client, issued[1], now=timezone.now(), field="certificate")
    assert program.ask_for_token(**shown(issued[1])).status_code == 200
    assert program.call(**shown(issued[1])).status_code == 200


def test_nor_does_a_key_that_is_made_in_its_place(program):
    binding.remove(program.client, program.client.certificates[0])
    clients.replace(program.client, overlap_days=7, now=timezone.now())
    assert [each.is_bound for each in Client.objects.all()] == [True, True]


def test_tokens_from_before_the_key_had_a_certificate_are_refused(finance, issued):
    program = Program(finance, **HERE)
    program.ask_for_token()
    binding.add(program.client, issued[0], now=timezone.now(), field="certificate")
    assert program.call(**shown(issued[0])).status_code == 401
    assert program.call().status_code == 401


def test_the_header_of_a_stranger_counts_for_nothing(program, issued):
    program.ask_for_token(**shown(issued[0]))
    past_the_proxy = {"REMOTE_ADDR": ELSEWHERE}
    assert program.call(**shown(issued[0]), **past_the_proxy).status_code == 401
    assert program.ask_for_token(**shown(issued[0]), **past_the_proxy).status_code == 401


def test_where_mutual_tls_is_off_or_there_is_no_proxy_such_a_key_is_closed(program, issued, mutual):
    program.ask_for_token(**shown(issued[0]))
    mutual.SHARING_MUTUAL_TLS = False
    assert program.call(**shown(issued[0])).status_code == 401
    mutual.SHARING_MUTUAL_TLS = True
    mutual.SECURE_PROXY_SSL_HEADER = None
    assert program.call(**shown(issued[0])).status_code == 401


def test_a_certificate_that_has_expired_since_is_refused(program, tmp_path):
    soon, _ = Authority(tmp_path, "soon").client(days=1)
    binding.add(program.client, soon, now=timezone.now() - timedelta(days=1), field="certificate")
    over, _ = Authority(tmp_path, "over").client(days=-1)
    binding.add(Program(program.organisation).client, over, now=timezone.now() - timedelta(days=3), field="certificate")
    Client.objects.update(certificates=Client.objects.latest("pk").certificates)
    assert program.ask_for_token(**shown(over)).status_code == 401


def test_keys_without_certificates_are_used_as_before(finance, issued):
    program = Program(finance, **HERE)
    program.ask_for_token(**shown(issued[0]))
    assert program.call().status_code == 200
    assert not TokenCertificate.objects.exists()


def test_where_certificates_are_required_a_key_without_one_gets_no_token(finance, issued, settings):
    settings.SHARING_CLIENT_CERTIFICATES = "required"
    bare = Program(finance, **HERE)
    for said in ({}, shown(issued[0])):
        answer = bare.ask_for_token(**said)
        assert (answer.status_code, answer.json()) == (
            401,
            {"error": "invalid_client", "error_description": "R-950 client-certificate-needed"},
        )
    assert get_access_token_model().objects.count() == 0
    (noted,) = RefusedCalls.objects.all()
    assert (noted.kind, noted.calls) == ("certificate", 2)


def test_where_certificates_are_required_a_token_without_one_opens_nothing(finance, issued, settings):
    bare = Program(finance, **HERE)
    bare.ask_for_token()
    assert bare.call().status_code == 200
    settings.SHARING_CLIENT_CERTIFICATES = "required"
    for said in ({}, shown(issued[0])):
        answer = bare.call(**said)
        assert (answer.status_code, answer.json()["code"]) == (401, "R-950")
    binding.add(bare.client, issued[0], now=timezone.now(), field="certificate")
    assert bare.call(**shown(issued[0])).json()["code"] == "R-952", "the token is from before"


def test_where_certificates_are_required_a_key_with_one_is_used_as_before(program, issued, settings):
    settings.SHARING_CLIENT_CERTIFICATES = "required"
    assert program.ask_for_token(**shown(issued[0])).status_code == 200
    assert program.call(**shown(issued[0])).status_code == 200
    assert program.call().status_code == 401


def test_the_page_says_that_a_key_without_a_certificate_opens_nothing_where_it_is_so(browser, finance, settings):
    program = Program(finance, **HERE)
    assert "None: the secret is enough." in browser.get(page_of(program)).content.decode()
    Client.objects.update(is_bound=True)
    assert "None: the key was bound to a certificate" in browser.get(page_of(program)).content.decode()
    settings.SHARING_CLIENT_CERTIFICATES = "required"
    assert "None: the key opens nothing until there is one" in browser.get(page_of(program)).content.decode()


def test_a_token_that_ends_takes_its_bond_along(program, issued):
    program.ask_for_token(**shown(issued[0]))
    assert TokenCertificate.objects.count() == 1
    get_access_token_model().objects.all().delete()
    assert TokenCertificate.objects.count() == 0


# The page


@pytest.fixture
def browser(finance):
    member = members.take_in(finance, username="wei", password="a long enough phrase", name="魏某")
    opened = Browser(headers={"accept-language": "en"})
    sign_in(opened, member.account)
    return opened


def page_of(program):
    return reverse("department:key", args=[program.client_id])


def test_certificates_are_added_and_taken_away_in_the_portal(browser, finance, issued):
    program = Program(finance, **HERE)
    for certificate in issued[:2]:
        browser.post(page_of(program), {"do": "add_certificate", "certificate": certificate.decode()})
    kept = program.client.certificates
    assert len(kept) == 2
    text = browser.get(page_of(program)).content.decode()
    assert text.count("SHA-256 ") == 2
    browser.post(page_of(program), {"do": "remove_certificate", "thumbprint": kept[0]})
    assert program.client.certificates == kept[1:]
    acts = list(MemberAct.objects.order_by("at").values_list("act", flat=True))
    assert acts == ["add_certificate", "add_certificate", "remove_certificate"]


def test_a_third_certificate_is_refused(browser, program, issued):
    binding.add(program.client, issued[1], now=timezone.now(), field="certificate")
    with pytest.raises(KeyCertificatesTooMany):
        binding.add(program.client, issued[2], now=timezone.now(), field="certificate")
    answer = browser.post(page_of(program), {"do": "add_certificate", "certificate": issued[2].decode()})
    assert "R-959" in answer.content.decode()
    assert len(program.client.certificates) == 2


def test_the_same_certificate_twice_is_one(program, issued):
    binding.add(program.client, issued[0], now=timezone.now(), field="certificate")
    assert len(program.client.certificates) == 1


@pytest.mark.parametrize("wrong", ["x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "-----BEGIN"])
def test_what_is_no_certificate_is_refused_by_name(program, wrong):
    with pytest.raises(CertificateShape):
        binding.add(program.client, wrong.encode(), now=timezone.now(), field="certificate")


def test_an_expired_certificate_is_refused_by_name(program, tmp_path):
    over, _ = Authority(tmp_path, "over").client(days=-1)
    with pytest.raises(CertificateExpired):
        binding.add(program.client, over, now=timezone.now(), field="certificate")


def test_the_page_names_the_address_where_the_key_is_taken(browser, program, mutual):
    mutual.SHARING_PROGRAMS_ADDRESS = "https://registry.court.example:8443"
    assert "https://registry.court.example:8443/<" in browser.get(page_of(program)).content.decode()


def test_where_mutual_tls_is_off_the_page_says_nothing_of_it(browser, program, issued, mutual):
    mutual.SHARING_MUTUAL_TLS = False
    before = program.client.certificates
    assert "Client certificates" not in browser.get(page_of(program)).content.decode()
    browser.post(page_of(program), {"do": "add_certificate", "certificate": issued[1].decode()})
    browser.post(page_of(program), {"do": "remove_certificate", "thumbprint": before[0]})
    assert program.client.certificates == before
