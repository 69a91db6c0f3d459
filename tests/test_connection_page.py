"""The portal's page of a connection: what it takes, what it refuses beside the field, who may, and what is noted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from sharing import certificates
from sharing.delivery.models import ClientCertificate, Endpoint, TrustedAuthorities
from sharing.departments import connections
from sharing.parties import members
from sharing.parties.models import MemberAct
from tests import cast
from tests.certificates import Authority
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"
ADDRESS = "http://127.0.0.1:9999/webhooks"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"), "Finance CA")


@pytest.fixture
def finance():
    return cast.department()


@pytest.fixture
def endpoint(finance):
    return cast.add_endpoint(finance, ADDRESS, now=cast.NOW)[0]


def signed_in(department, username, language="en"):
    member = members.take_in(department.organisation, username=username, password=PASSWORD, name="魏对接")
    browser = Browser(headers={"accept-language": language})
    sign_in(browser, member.account)
    return browser


@pytest.fixture
def wei(finance):
    return signed_in(finance, "wei")


@pytest.fixture
def stranger():
    """Of another department."""
    return signed_in(cast.department("telecom"), "qin")


def at(endpoint):
    return reverse("department:connection", args=[endpoint.pk])


def press(browser, endpoint, do, **given):
    return browser.post(at(endpoint), {"do": do, **given}, follow=True)


def said(browser, endpoint, do, **given):
    return press(browser, endpoint, do, **given).content.decode()


def acts():
    return list(MemberAct.objects.order_by("at").values_list("act", "about"))


# Who


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_page(endpoint):
    answer = Browser().get(at(endpoint))
    assert (answer.status_code, answer["Location"]) == (302, f"/portal/sign-in/?next={at(endpoint)}")


def test_another_departments_connection_is_absent_and_changes_nothing(endpoint, stranger, authority):
    connections.prepare(endpoint.pk, now=timezone.now())
    assert stranger.get(at(endpoint)).status_code == 404
    for do in ("trust", "prepare_certificate", "present_certificate", "present_nothing", "set_pace"):
        assert press(stranger, endpoint, do, pem=authority.pem, in_flight="1").status_code == 404
    found = Endpoint.objects.get(pk=endpoint.pk)
    assert (found.in_flight_cap, TrustedAuthorities.objects.exists()) == (32, False)
    assert ClientCertificate.objects.get().presented_since is None
    assert acts() == []


def test_another_departments_certificate_and_request_are_absent_too(endpoint, wei, stranger):
    made = connections.prepare(endpoint.pk, now=timezone.now())
    own = cast.add_endpoint(cast.department("telecom"), ADDRESS, now=cast.NOW)[0]
    for name in ("client_certificate", "signing_request"):
        assert wei.get(reverse(f"department:{name}", args=[endpoint.pk, made.pk])).status_code == 200
        for through in (endpoint, own):
            page = reverse(f"department:{name}", args=[through.pk, made.pk])
            assert stranger.get(page).status_code == 404
            assert Browser().get(page).status_code == 302


def test_a_member_of_a_suspended_department_is_refused(finance, endpoint, wei):
    finance.organisation.suspended_at = timezone.now()
    finance.organisation.save()
    assert wei.get(at(endpoint)).status_code == 403


# Certificate authority


def test_an_authority_is_pasted_shown_and_taken_back(wei, endpoint, authority):
    page = said(wei, endpoint, "trust", pem=authority.pem)
    (parsed,) = certificates.parsed(authority.pem)
    assert "CN=Finance CA" in page
    assert certificates.fingerprint(parsed) in page
    assert TrustedAuthorities.objects.get().pem == authority.pem
    said(wei, endpoint, "trust_the_systems")
    assert not TrustedAuthorities.objects.exists()
    assert acts() == [("trust", endpoint.pk), ("trust_the_systems", endpoint.pk)]


def test_or_given_as_a_file(wei, endpoint, authority):
    said(wei, endpoint, "trust", file=SimpleUploadedFile("ca.pem", authority.pem.encode()))
    assert TrustedAuthorities.objects.get().pem == authority.pem


@pytest.mark.parametrize(
    ("pem", "words"),
    [
        ("", "one of the two"),
        ("hello", "R-431"),
        pytest.param("x" * 70_000, "R-434", id="too long"),
    ],
)
def test_what_is_no_authority_is_refused_beside_its_field_and_not_lost(wei, endpoint, pem, words):
    page = said(wei, endpoint, "trust", pem=pem)
    assert words in page
    assert "govuk-error-summary" in page
    assert pem in page
    assert not TrustedAuthorities.objects.exists()
    assert acts() == []


def test_a_servers_certificate_and_an_expired_authority_are_refused_by_name(wei, endpoint, authority):
    assert "CN=receiver.example" in said(wei, endpoint, "trust", pem=authority.client("receiver.example")[0].decode())
    old = Authority(authority.folder, "Old CA", days=-1)
    assert "R-433" in said(wei, endpoint, "trust", pem=old.pem)
    assert not TrustedAuthorities.objects.exists()


def test_a_file_and_a_text_at_once_and_a_file_too_long_are_refused(wei, endpoint, authority):
    file = SimpleUploadedFile("ca.pem", authority.pem.encode())
    assert "one of the two" in said(wei, endpoint, "trust", pem=authority.pem, file=file)
    assert "R-434" in said(wei, endpoint, "trust", file=SimpleUploadedFile("ca.pem", b"x" * 5_000_000))


@pytest.mark.parametrize(("days", "word"), [(-1, "expired"), (10, "ends soon"), (100, "valid")])
def test_the_end_of_a_certificate_is_said_in_time_on_both_pages(wei, endpoint, authority, days, word):
    ending = Authority(authority.folder, f"CA {days}", days=days)
    TrustedAuthorities.objects.create(endpoint=endpoint, pem=ending.pem)
    assert word in wei.get(at(endpoint)).content.decode()
    page = wei.get(reverse("department:endpoint", args=[endpoint.pk])).content.decode()
    assert ("A certificate of this connection ends soon" in page) == (days < 30)


# Client certificate


def test_a_certificate_is_made_downloaded_and_shown_from_now_on(wei, endpoint):
    assert "Prepared, not shown yet" in said(wei, endpoint, "prepare_certificate")
    made = ClientCertificate.objects.get()
    answer = wei.get(reverse("department:client_certificate", args=[endpoint.pk, made.pk]))
    assert answer.content.decode() == made.chain
    assert answer["Content-Disposition"] == f'attachment; filename="{endpoint.pk}-certificate.pem"'
    assert "no-store" in answer["Cache-Control"]
    assert "Shown to your side" in said(wei, endpoint, "present_certificate")
    assert ClientCertificate.objects.get().presented_since is not None
    said(wei, endpoint, "present_nothing")
    assert not ClientCertificate.objects.exists()
    assert [act for act, _ in acts()] == ["prepare_certificate", "present_certificate", "present_nothing"]


def test_a_signing_request_is_downloaded_and_its_certificate_pasted(wei, endpoint, authority):
    said(wei, endpoint, "prepare_certificate")
    made = ClientCertificate.objects.get()
    request = wei.get(reverse("department:signing_request", args=[endpoint.pk, made.pk])).content
    signed = authority.sign(request)
    page = said(wei, endpoint, "present_signed", chain=signed + authority.pem)
    assert "Shown to your side" in page
    assert "CN=Finance CA" in page
    assert ClientCertificate.objects.get().chain == signed + authority.pem
    assert acts()[-1] == ("present_signed", endpoint.pk)


def test_a_certificate_for_another_key_is_refused_and_what_is_shown_stays(wei, endpoint, authority):
    said(wei, endpoint, "prepare_certificate")
    said(wei, endpoint, "present_certificate")
    before = ClientCertificate.objects.get()
    other = authority.client("court")[0].decode()
    page = said(wei, endpoint, "present_signed", chain=other)
    assert "R-435" in page
    assert ClientCertificate.objects.get().chain == before.chain
    assert [act for act, _ in acts()] == ["prepare_certificate", "present_certificate"]


def test_a_private_key_is_on_no_page_and_in_no_file(wei, endpoint):
    said(wei, endpoint, "prepare_certificate")
    made = ClientCertificate.objects.get()
    pages = [at(endpoint)]
    pages += [
        reverse(f"department:{name}", args=[endpoint.pk, made.pk]) for name in ("client_certificate", "signing_request")
    ]
    for page in pages:
        assert b"PRIVATE" not in wei.get(page).content


def test_a_button_that_is_not_there_or_comes_twice_does_nothing(wei, endpoint):
    assert press(wei, endpoint, "present_certificate").status_code == 200
    assert press(wei, endpoint, "explode").status_code == 200
    assert not ClientCertificate.objects.exists()


# Pace


def test_a_pace_is_kept_and_taken_back(wei, endpoint):
    page = said(wei, endpoint, "set_pace", posts_per_second="50", in_flight="4")
    assert "holds within 20 seconds" in page
    found = Endpoint.objects.get()
    assert (found.posts_per_second, found.in_flight_cap) == (50, 4)
    said(wei, endpoint, "set_pace", posts_per_second="", in_flight="64")
    found = Endpoint.objects.get()
    assert (found.posts_per_second, found.in_flight_cap) == (None, 64)
    assert acts() == [("set_pace", endpoint.pk)] * 2


@pytest.mark.parametrize(
    ("per_second", "in_flight"),
    [("0", "1"), ("1001", "1"), ("1", "0"), ("1", "65"), ("1", ""), ("many", "1"), ("-1", "1")],
)
def test_a_pace_out_of_bounds_is_refused_and_what_was_typed_stands(wei, endpoint, per_second, in_flight):
    page = said(wei, endpoint, "set_pace", posts_per_second=per_second, in_flight=in_flight)
    assert "govuk-error-summary" in page
    assert f'value="{per_second}"' in page
    found = Endpoint.objects.get()
    assert (found.posts_per_second, found.in_flight_cap, acts()) == (None, 32, [])


def test_the_endpoints_page_says_the_pace_and_leads_here(wei, endpoint):
    Endpoint.objects.update(posts_per_second=7)
    page = wei.get(reverse("department:endpoint", args=[endpoint.pk])).content.decode()
    assert at(endpoint) in page
    assert "Posts per second, at most" in page


def test_of_a_client_certificate_that_ends_only_the_one_shown_is_warned_of(wei, endpoint):
    connections.prepare(endpoint.pk, now=timezone.now() - certificates.LIFE + timedelta(days=3))
    warning = "A certificate of this connection ends soon"
    page = reverse("department:endpoint", args=[endpoint.pk])
    assert warning not in wei.get(page).content.decode()
    connections.present(endpoint.pk, now=timezone.now())
    assert warning in wei.get(page).content.decode()
