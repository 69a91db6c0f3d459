"""Passkeys on the person's pages: offered to whoever proved who he is, used in place of a code, and bound to one browser's session."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from sharing.persons.models import Passkey, ProvenIdentity
from tests import cast, objecting, visiting
from tests.authenticator import HERE, Device
from tests.returning import made
from tests.visiting import main_of, shape_of, text_of, visitor

pytestmark = pytest.mark.django_db
PAGE, DOOR = "/identity/passkeys/", "/identity/passkey/"


@pytest.fixture(autouse=True)
def the_court_is_at_its_address(settings):
    settings.REGISTRY_ADDRESS = HERE
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"


def make(browser, device, **wrong):
    options = browser.post(f"{PAGE}begin/").content.decode()
    return browser.post(PAGE, {"answer": device.make(options, **wrong)}, follow=True)


def come_back(browser, device, **wrong):
    options = browser.post(f"{DOOR}begin/").content.decode()
    return browser.post(DOOR, {"answer": device.use(options, **wrong)})


def test_the_whole_way():
    cast.in_force()
    device, browser = Device(), visitor()
    assert "Come back without a new code" in main_of(browser.get("/record/"))
    assert "Your passkey is made." in main_of(make(browser, device))
    page = main_of(browser.get(PAGE))
    for words in ("in the device on which it was made", "not used yet", "Remove this passkey"):
        assert words in page
    browser.post("/identity/leave/")
    assert browser.get("/record/").headers["Location"] == "/identity/"
    assert DOOR in text_of(browser.get("/identity/"))
    before = browser.session.session_key
    assert come_back(browser, device).headers["Location"] == "/record/"
    assert browser.session.session_key != before
    assert visiting.NAME in main_of(browser.get("/record/"))
    page = main_of(browser.get(PAGE))
    assert "R-778" not in page
    assert "You came with a passkey" in page
    row = Passkey.objects.get()
    removed = main_of(browser.post(f"{PAGE}{row.pk}/remove/", follow=True))
    assert "Removed." in removed
    assert "Who are you?" in removed, "whoever came with it is out"
    refused = come_back(browser, device)
    assert (refused.status_code, "R-774" in text_of(refused)) == (403, True)


def test_no_session_no_cookie_and_no_address_names_anybody():
    cast.in_force()
    device, browser = Device(), visitor()
    make(browser, device)
    browser.post("/identity/leave/")
    come_back(browser, device)
    for session in Session.objects.all():
        held = json.dumps(session.get_decoded(), ensure_ascii=False)
        for secret in (visiting.NUMBER, visiting.NAME):
            assert secret not in held
    assert all(visiting.NUMBER not in cookie.value for cookie in browser.cookies.values())


def test_a_challenge_is_given_up_with_the_first_answer_whatever_it_is():
    cast.in_force()
    device, browser = Device(), visitor("")
    made(device, now=timezone.now())
    options = browser.post(f"{DOOR}begin/").content.decode()
    answer = device.use(options)
    assert browser.post(DOOR, {"answer": "{}"}).status_code == 403
    assert browser.post(DOOR, {"answer": answer}).status_code == 403
    answer = device.use(browser.post(f"{DOOR}begin/").content.decode())
    assert browser.post(DOOR, {"answer": answer}).status_code == 302
    browser.post("/identity/leave/")
    assert browser.post(DOOR, {"answer": answer}).status_code == 403, "replayed"


def test_an_answer_of_one_browser_opens_nothing_in_another():
    cast.in_force()
    device, own, other = Device(), visitor(""), visitor("")
    made(device, now=timezone.now())
    answer = device.use(own.post(f"{DOOR}begin/").content.decode())
    other.post(f"{DOOR}begin/")
    assert other.post(DOOR, {"answer": answer}).status_code == 403
    assert visitor("").post(DOOR, {"answer": answer}).status_code == 403
    assert own.post(DOOR, {"answer": answer}).status_code == 302


def test_a_challenge_for_the_one_ceremony_is_none_for_the_other():
    cast.in_force()
    device, browser = Device(), visitor()
    made(device, now=timezone.now())
    options = json.loads(browser.post(f"{PAGE}begin/").content)
    answer = device.use(json.dumps({"challenge": options["challenge"], "rpId": options["rp"]["id"]}))
    assert browser.post(DOOR, {"answer": answer}).status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"origin": "https://evil.example"}, {"challenge": b"x" * 32}, {"rp_id": "evil.example"}]
)
def test_what_is_not_right_makes_none_and_the_page_says_so(wrong):
    cast.in_force()
    page = make(visitor(), Device(), **wrong)
    assert (page.status_code, "R-775" in main_of(page)) == (422, True)
    assert not Passkey.objects.exists()


def test_to_make_one_is_for_whoever_proved_who_he_is():
    for path in (PAGE, f"{PAGE}begin/", f"{PAGE}00000000-0000-4000-8000-000000000000/remove/"):
        assert visitor("").post(path).headers["Location"] == "/identity/"
    assert visitor("").get(PAGE).headers["Location"] == "/identity/"


def test_another_persons_is_as_absent_as_none():
    cast.in_force()
    row = made(now=timezone.now())
    other = visitor(cast.APPLICANT_NUMBER, "王小明")
    assert "Remove this passkey" not in main_of(other.get(PAGE))
    for key in (row.pk, "00000000-0000-4000-8000-000000000000"):
        refused = other.post(f"{PAGE}{key}/remove/")
        assert (refused.status_code, "R-781" in text_of(refused)) == (404, True)
    assert Passkey.objects.exists()


def test_who_has_nothing_here_is_told_so_on_a_page_of_the_same_shape():
    cast.in_force()
    of_nobody, listed = visitor(cast.APPLICANT_NUMBER, "王小明").get(PAGE), visitor().get(PAGE)
    assert "there is nothing to come back for" in main_of(of_nobody)
    assert shape_of(of_nobody) == shape_of(listed)
    assert len(of_nobody.content) == len(listed.content)
    refused = make_nothing(visitor(cast.APPLICANT_NUMBER, "王小明"))
    assert (refused.status_code, "R-776" in main_of(refused)) == (409, True)


def make_nothing(browser):
    """The script sends the form without an answer where it could not begin."""
    assert browser.post(f"{PAGE}begin/").status_code == 409
    return browser.post(PAGE, {"answer": ""})


def test_it_is_offered_with_an_objection_and_its_receipt():
    found = objecting.raised(cast.in_force(), now=timezone.now())
    browser = visitor()
    for path in ("/objections/", f"/objections/{found.number}/", f"/objections/{found.number}/sent/"):
        assert PAGE in text_of(browser.get(path))


def test_an_objection_that_is_raised_under_one_keeps_the_first_proof():
    cast.in_force()
    device, browser = Device(), visitor("")
    row = made(device, now=timezone.now() - timedelta(days=3))
    come_back(browser, device)
    proof = ProvenIdentity.objects.get()
    assert (proof.counter_code, proof.proved_at, proof.passkey) == (row.counter_code, row.proved_at, row.pk)
    assert proof.passkey_at > row.proved_at


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "https://192.0.2.7"])
def test_where_browsers_have_none_it_is_not_offered_and_every_door_is_closed(settings, address):
    settings.REGISTRY_ADDRESS = address
    cast.in_force()
    browser = visitor()
    assert DOOR not in text_of(browser.get("/identity/"))
    assert PAGE not in text_of(browser.get("/record/"))
    assert browser.get(PAGE).status_code == 404
    assert browser.post(f"{PAGE}begin/").status_code == 404
    assert browser.get(DOOR).status_code == 404
    assert browser.post(f"{DOOR}begin/").status_code == 404


def test_a_court_that_does_not_want_them_has_none(settings):
    settings.SHARING_IDENTITY_WAYS = ["counter", "notice"]
    cast.in_force()
    device = Device()
    browser = visitor("")
    assert DOOR not in text_of(browser.get("/identity/"))
    assert browser.post(f"{DOOR}begin/").status_code == 404
    assert browser.post(DOOR, {"answer": "{}"}).status_code == 404
    assert device.signatures == 0


def test_doors_are_opened_by_forms_of_this_site_alone():
    strict = visitor("", language="en").__class__(enforce_csrf_checks=True)
    for path in (f"{DOOR}begin/", DOOR):
        assert strict.post(path).status_code == 403
