"""The public pages on which an organisation registers itself and follows what becomes of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sharing.employers import registering, registrations
from sharing.employers.models import Registration, RegistrationState, RegistrationTry
from sharing.employers.registering import BY_MAIL, BY_SECRET
from tests import asking, cast, papers
from tests.registering import LICENCE, USCC, confirmed, sent, typed

pytestmark = pytest.mark.django_db

REGISTER, ENTER = "/employer/register/", "/employer/register/state/"
ORGANISATION = {"name": "某银行", "name_en": "Some Bank", "uscc": USCC.lower(), "address": "示范市示范路2号"}
PURPOSES = {"legal_basis": "刑法第三十七条之一", "purposes": ["finance_recruitment", "telecom_recruitment"]}
CONTACT = {"contact_name": "某联系人", "email": "contact@bank.example", "phone": "010-5550 1234"}
SEALED = re.compile(r'name="sealed"\s+value="([^"]*)"')


@pytest.fixture(autouse=True)
def at_ten(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def browser():
    return Client(headers={"accept-language": "en"})


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def sealed(response):
    return SEALED.search(response.content.decode())[1]


def step(browser, before, name, /, **sent):
    return browser.post(REGISTER, {"sealed": sealed(before), "step": name, **sent})


def licence(content=LICENCE):
    return SimpleUploadedFile("licence.pdf", content, content_type="application/pdf")


def check_page(browser, **changes):
    page = step(browser, browser.get(REGISTER), "organisation", **{**ORGANISATION, **changes})
    page = step(browser, page, "purposes", **PURPOSES)
    return step(browser, page, "contact", **{**CONTACT, **changes})


def send(browser, page, file=None, **more):
    return step(browser, page, "check", licence=file or licence(), declared="on", **more)


def secret_of(page):
    return re.search(r'<pre class="terminal" tabindex="0">([^<]+)</pre>', page.content.decode())[1]


def link(found, came_by=BY_MAIL):
    return reverse("employer:registration", args=[registering.link_of(found, came_by)])


# Sending


def test_it_works(browser):
    page = check_page(browser)
    assert "Check before you send it" in text(page)
    assert "Some Bank" in text(page)
    page = send(browser, page)
    found = Registration.objects.get()
    assert found.pk in text(page)
    assert (found.uscc, found.purposes) == (USCC, ["finance_recruitment", "telecom_recruitment"])
    assert found.contact == {"name": "某联系人", "email": "contact@bank.example", "phone": "010-5550 1234"}
    assert found.enclosures.get().content == LICENCE
    shown = browser.post(ENTER, {"number": found.pk.lower(), "secret": secret_of(page)}, follow=True)
    assert "Waiting for the confirmation of the e-mail address" in text(shown)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_anybody_may_open_it_in_both_languages_and_nobody_keeps_it(language):
    page = Client(headers={"accept-language": language}).get(REGISTER)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert 'name="uscc"' in page.content.decode()


def test_a_wrong_check_character_is_said_beside_the_field_and_nothing_typed_is_lost(browser):
    page = step(browser, browser.get(REGISTER), "organisation", **{**ORGANISATION, "uscc": USCC[:-1] + "Y"})
    assert "R-102" in text(page)
    for value in ("某银行", "Some Bank", USCC[:-1] + "Y", "示范市示范路2号"):
        assert f'value="{value}"' in page.content.decode()


def test_every_purpose_says_its_posts_its_article_and_what_it_would_let_one_learn(browser, settings):
    settings.SHARING_SCOPE_LISTING = True
    page = step(browser, browser.get(REGISTER), "organisation", **ORGANISATION)
    said = text(page)
    assert "Criminal Law of the PRC, art. 37-1" in said
    assert "You learn whether a listing is in force" in said
    assert "You learn only whether a prohibition" in said
    assert "loan officer" in said


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("purposes", {**PURPOSES, "purposes": []}),
        ("purposes", {**PURPOSES, "purposes": ["curiosity"]}),
        ("purposes", {**PURPOSES, "legal_basis": " "}),
        ("contact", {**CONTACT, "email": "nowhere"}),
        ("contact", {**CONTACT, "phone": "call me"}),
        ("contact", {**CONTACT, "contact_name": "\u202e"}),
        ("contact", {}),
    ],
)
def test_what_is_wrong_at_a_step_keeps_one_there(browser, name, wrong):
    page = step(browser, browser.get(REGISTER), "organisation", **ORGANISATION)
    if name == "contact":
        page = step(browser, page, "purposes", **PURPOSES)
    page = step(browser, page, name, **wrong)
    assert "govuk-error-summary" in page.content.decode()
    assert f'name="step" value="{name}"' in page.content.decode()


def test_one_goes_back_and_what_was_typed_is_there(browser):
    page = check_page(browser)
    page = browser.post(REGISTER, {"sealed": sealed(page), "step": "check", "go": "purposes"})
    assert page.content.decode().count(" checked>") == 2
    page = browser.post(REGISTER, {"sealed": sealed(page), "step": "purposes", "go": "organisation", **PURPOSES})
    assert 'value="某银行"' in page.content.decode()


@pytest.mark.parametrize(
    ("file", "declared", "words"),
    [
        (licence(b"MZ"), {"declared": "on"}, "R-592"),
        (None, {"declared": "on"}, "R-592"),
        (licence(), {}, "Tick the declaration"),
    ],
)
def test_without_a_licence_or_the_declaration_nothing_is_sent(browser, file, declared, words):
    files = {"licence": file} if file else {}
    page = step(browser, check_page(browser), "check", **files, **declared)
    assert words in text(page)
    assert ".: " not in text(page)
    assert not Registration.objects.exists()


def test_the_check_digit_of_an_organisation_is_not_compared_with_a_judgment(browser):
    wrong = ORGANISATION["uscc"][:-1] + ("0" if ORGANISATION["uscc"][-1] != "0" else "1")
    page = text(step(browser, browser.get(REGISTER), "organisation", **{**ORGANISATION, "uscc": wrong}))
    assert "R-102" in page
    assert "the paper that the number stands on" in page


def test_pressed_twice_it_is_one_registration(browser):
    page = check_page(browser)
    first, again = send(browser, page), send(browser, page)
    assert Registration.objects.count() == 1
    assert secret_of(first) not in again.content.decode()


def test_a_form_that_was_sent_and_is_sent_again_with_something_else_is_not_taken_for_the_first(browser):
    """An address that was mistyped, and put right after going back, would wait for a message that goes elsewhere."""
    page = check_page(browser)
    send(browser, page)
    put_right = step(browser, page, "contact", **{**CONTACT, "email": "put-right@bank.example"})
    again = send(browser, put_right)
    found = Registration.objects.get()
    assert again.status_code == 409
    assert "R-240" in text(again)
    assert found.pk in text(again)
    assert found.contact["email"] == CONTACT["email"]
    assert "put-right@bank.example" in again.content.decode(), "what was typed is not lost"


def test_the_last_step_cannot_be_jumped_to(browser):
    page = step(browser, browser.get(REGISTER), "organisation", **ORGANISATION)
    page = send(browser, page)
    assert 'name="step" value="purposes"' in page.content.decode()
    page = step(browser, step(browser, page, "purposes", **PURPOSES), "check", licence=licence(), declared="on")
    assert 'name="step" value="contact"' in page.content.decode()
    assert not Registration.objects.exists()


def test_who_is_known_is_told_to_sign_in_or_call_and_nothing_else(browser):
    asking.bank()
    page = send(browser, check_page(browser, uscc=asking.BANK_USCC))
    assert page.status_code == 409
    assert "Sign in, or call" in text(page)


def test_who_sends_too_often_is_refused_and_keeps_what_was_typed(browser, settings):
    settings.SHARING_REGISTRATIONS_BY_NETWORK = 0
    page = send(browser, check_page(browser))
    assert page.status_code == 429
    assert "Some Bank" in text(page)


def test_what_is_sent_sooner_than_it_can_be_read_is_refused_in_words_and_keeps_what_was_typed(
    browser, settings, monkeypatch
):
    settings.SHARING_LEAST_SECONDS = 3
    page = check_page(browser)
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(seconds=2.9))
    page = send(browser, page)
    assert page.status_code == 409
    assert "R-599" in text(page)
    assert "Some Bank" in text(page)
    assert not Registration.objects.exists()
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(seconds=3))
    send(browser, page)
    assert Registration.objects.get().contact["name"] == "某联系人"


def test_what_is_typed_is_in_no_session_and_no_address(browser):
    page = check_page(browser)
    assert "sessionid" not in browser.cookies
    assert page.request["QUERY_STRING"] == ""
    assert "contact@bank.example" not in browser.get(REGISTER).content.decode()


def test_an_altered_or_late_field_opens_nothing(browser, monkeypatch):
    page = check_page(browser)
    broken = browser.post(REGISTER, {"sealed": sealed(page)[:-4] + "AAA=", "step": "check"})
    assert broken.status_code == 409
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(minutes=31))
    assert send(browser, page).status_code == 409


def test_a_forged_request_is_refused():
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(REGISTER, {"step": "organisation"}).status_code == 403
    assert strict.post(ENTER, {}).status_code == 403
    assert strict.post(link(sent()[0]), {"do": "confirm"}).status_code == 403


@pytest.mark.parametrize(
    ("behind_proxy", "headers", "counted"),
    [
        (False, {"x-forwarded-for": "198.51.100.9"}, 1),
        (True, {"x-forwarded-for": "198.51.100.9"}, 2),
        (True, {"x-forwarded-for": "127.0.0.200"}, 1),
        (True, {"x-forwarded-for": "::ffff:127.0.0.200"}, 1),
        (True, {"x-forwarded-for": "2001:db8::1"}, 2),
    ],
)
def test_only_the_proxy_says_whose_network_it_is(browser, settings, behind_proxy, headers, counted):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if behind_proxy else None
    send(browser, check_page(browser))
    page = check_page(browser, email="other@bank.example")
    sent = {"sealed": sealed(page), "step": "check", "licence": licence(), "declared": "on"}
    browser.post(REGISTER, sent, headers=headers)
    assert len({bytes(each.source_digest) for each in RegistrationTry.objects.all()}) == counted


# Its page


def test_the_mailed_link_confirms_by_a_button_and_not_by_being_opened(browser):
    found, _secret = sent()
    page = browser.get(link(found))
    assert Registration.objects.get().state == RegistrationState.UNCONFIRMED
    assert "Confirm the e-mail address" in text(page)
    shown = browser.post(link(found), {"do": "confirm"}, follow=True)
    assert "The registry has it" in text(shown)
    assert "2 working days" in text(shown)


def test_by_the_secret_one_sees_and_does_not_confirm(browser):
    found, _secret = sent()
    assert "Confirm the e-mail address" not in text(browser.get(link(found, BY_SECRET)))
    assert browser.post(link(found, BY_SECRET), {"do": "confirm"}).status_code == 404
    assert Registration.objects.get().state == RegistrationState.UNCONFIRMED


def test_the_page_names_no_person_in_any_state(browser):
    he = cast.high_court_registrar()
    found = confirmed()
    pages = [text(browser.get(link(found)))]
    registrations.ask_more(found.pk, officer=he, reason="a letter of authority, please", now=cast.NOW)
    pages.append(text(browser.get(link(found))))
    assert "a letter of authority, please" in pages[-1]
    registering.answer(found.pk, "it is attached", b"", now=cast.NOW)
    registrations.refuse(found.pk, officer=he, reason="no such organisation", now=cast.NOW)
    pages.append(text(browser.get(link(found))))
    assert "no such organisation" in pages[-1]
    for said in (typed().contact_name, typed().email, typed().phone, "it is attached"):
        assert not any(said in page for page in pages)


def test_what_was_asked_for_is_answered_on_the_page(browser):
    found = confirmed()
    registrations.ask_more(found.pk, officer=cast.high_court_registrar(), reason="a letter", now=cast.NOW)
    assert "Write an answer or choose a file" in text(browser.post(link(found), {"words": ""}))
    wrong = browser.post(link(found), {"words": "here it is", "licence": licence(b"MZ")})
    assert "R-592" in text(wrong)
    assert "here it is" in wrong.content.decode()
    browser.post(link(found), {"words": "here it is", "licence": licence(papers.pdf("letter"))})
    assert found.enclosures.order_by("-sent_at", "-media_type").count() == 2
    assert Registration.objects.get().state == RegistrationState.RECEIVED
    assert browser.post(link(found), {"words": "once more"}).status_code == 409


@pytest.mark.parametrize("typed_in", [("", ""), ("7K2P-QW4M", "x"), ("7K2P-QW4M", "0000-0000-0000-0000-0000")])
def test_a_number_and_secret_that_do_not_fit_open_nothing(browser, typed_in):
    sent()
    number, secret = typed_in
    page = browser.post(ENTER, {"number": number, "secret": secret})
    assert page.status_code in (200, 404)
    assert "govuk-error-summary" in page.content.decode()


def test_a_link_that_is_none_is_absent(browser):
    found, _secret = sent()
    whole = link(found).removesuffix("/")
    assert browser.get(f"{whole}/").status_code == 200
    assert browser.get(f"{whole[:-1]}{'x' if whole[-1] != 'x' else 'y'}/").status_code == 404


def test_a_registration_that_is_decided_invites_to_sign_in_or_to_try_again(browser):
    found = confirmed()
    registrations.refuse(found.pk, officer=cast.high_court_registrar(), reason="no such organisation", now=cast.NOW)
    assert "register again" in text(browser.get(link(found)))


def test_the_help_leads_to_it(browser):
    assert f'href="{REGISTER}"' in browser.get("/help/").content.decode()
