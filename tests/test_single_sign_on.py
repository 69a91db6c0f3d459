"""Officers sign in by the court's identity service: it stands for the password, and everything else is asked as before."""

from __future__ import annotations

import html
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone, translation

from registry import actions
from registry.actions import signing_on
from registry.errors import SignOnTaken
from registry.keys import digest_keys
from registry.models import Account, AccountAct, AuditEntry, SingleSignOn
from registry.signing_in.assurance import SINGLE_SIGN_ON
from sharing.desk.single_sign_on import KEPT, LONGEST, SINCE
from sharing.parties import members
from tests import asking, cast, desk, identity_provider
from tests.id_tokens import SPOILT, right
from tests.identity_provider import CLIENT, SECRET
from tests.signing_in import DESK, PORTAL, app_code, password_typed, sign_in, with_app

pytestmark = pytest.mark.django_db
ROOM = "/desk/account/single-sign-on/"
FACTORS, SECOND = "/desk/account/factors/", "/desk/account/factors/authenticate/"
CONFIRM = f"{FACTORS}reauthenticate/?next="
NAME = "法院统一身份认证"
SUBJECT = "person 1"  # whom `right` speaks of


@pytest.fixture(autouse=True)
def nobody_tried_before():
    cache.clear()


@pytest.fixture
def provider(settings):
    with identity_provider.running() as server:
        settings.REGISTRY_SINGLE_SIGN_ON_NAME = NAME
        settings.REGISTRY_SINGLE_SIGN_ON_ISSUER = server.issuer
        settings.REGISTRY_SINGLE_SIGN_ON_CLIENT_ID = CLIENT
        settings.REGISTRY_SINGLE_SIGN_ON_CLIENT_SECRET = SECRET
        yield server


def browser(**how):
    return Client(headers={"accept-language": "en"}, **how)


def known(account):
    account.set_password(desk.PASSWORD)
    account.email = "c@court.example"
    account.save()
    return with_app(account)


def connected(account, provider):
    """As if by hand, a while ago."""
    signing_on.connect(account, issuer=provider.issuer, subject=SUBJECT, now=timezone.now())
    return account


def question(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def gone(visitor, onward=""):
    answer = visitor.get(ROOM, {"next": onward})
    assert answer.status_code == 302
    return question(answer["Location"])


def gone_to_connect(visitor):
    page = visitor.post(f"{ROOM}connect/")
    assert page.status_code == 200
    return question(page.context["address"])


def back(visitor, provider, asked, spoil=right, **answer):
    provider.claims = spoil(provider, asked)
    return visitor.get(f"{ROOM}return/", {"state": asked["state"], "code": "a code", **answer})


def words(visitor, answer):
    return html.unescape(visitor.get(answer["Location"], follow=True).content.decode())


def is_refused(visitor, answer):
    refused = answer["Location"] == DESK and "opened nothing here" in words(visitor, answer)
    return refused and visitor.get("/desk/")["Location"].startswith("/desk/login/")


def done_to(account):
    return list(AccountAct.objects.filter(account=account).order_by("at").values_list("act", flat=True))


def test_it_works(provider):
    clerk, visitor = known(cast.clerk().account), browser()
    sign_in(visitor, clerk)
    asked = gone_to_connect(visitor)
    assert (asked["scope"], asked["prompt"], asked["response_type"]) == ("openid", "login", "code")
    assert "connected with the court’s identity service" in words(visitor, back(visitor, provider, asked))
    visitor.post("/desk/account/sign-out/")
    page = visitor.get(DESK, {"next": "/desk/find/"}).content.decode()
    assert f"Sign in with {NAME}" in page
    assert f'href="{ROOM}?next=%2Fdesk%2Ffind%2F"' in page
    answer = back(visitor, provider, gone(visitor, "/desk/find/"))
    assert answer["Location"] == SECOND
    assert visitor.get("/desk/").status_code == 302, "the service alone opens nothing"
    assert "was not accepted" in visitor.post(SECOND, {"code": "000000"}).content.decode()
    assert visitor.post(SECOND, {"code": app_code()})["Location"] == "/desk/find/"
    assert visitor.get("/desk/").status_code == 200
    assert [each["method"] for each in visitor.session[RECORDS]] == [SINGLE_SIGN_ON, "mfa"]


def test_of_whom_the_service_calls_him_a_keyed_digest_is_kept_and_no_claim(provider):
    clerk = connected(known(cast.clerk().account), provider)
    row = SingleSignOn.objects.get(account=clerk)
    assert bytes(row.subject_digest) == signing_on.subject_digests(provider.issuer, SUBJECT)[0]
    assert SUBJECT.encode() not in bytes(row.subject_digest)


def test_after_signing_out_nothing_remains(provider):
    connected(known(cast.clerk().account), provider)
    visitor = browser()
    back(visitor, provider, gone(visitor))
    assert visitor.post(SECOND, {"code": app_code()})["Location"] == "/desk/"
    visitor.post("/desk/account/sign-out/")
    assert visitor.get("/desk/").status_code == 302
    assert not {RECORDS, KEPT, "_auth_user_id"} & set(visitor.session.keys())


# What is not believed


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_token_that_cannot_be_relied_on_opens_nothing(provider, spoil):
    connected(known(cast.clerk().account), provider)
    visitor = browser()
    assert is_refused(visitor, back(visitor, provider, gone(visitor), spoil))
    assert visitor.get(SECOND).status_code == 302, "nor is a second factor asked for"
    assert AuditEntry.objects.filter(kind="sign_in_refused", door="single_sign_on_return").count() == 1


@pytest.mark.parametrize("answer", [{"state": "another"}, {"state": ""}, {"iss": "https://another.example"}])
def test_an_answer_to_another_sign_in_is_refused_before_anything_is_asked(provider, answer):
    connected(known(cast.clerk().account), provider)
    visitor = browser()
    assert is_refused(visitor, back(visitor, provider, gone(visitor), **answer))
    assert provider.asked == []


def test_an_answer_counts_once_and_in_the_browser_that_was_led_away(provider):
    connected(known(cast.clerk().account), provider)
    visitor, stranger = browser(), browser()
    asked = gone(visitor)
    assert is_refused(stranger, back(stranger, provider, asked))
    assert back(visitor, provider, asked)["Location"] == SECOND
    again = browser()
    again.cookies = visitor.cookies
    assert back(again, provider, asked)["Location"] == DESK


def test_what_the_persons_service_answers_opens_nothing_at_the_desk(provider, settings):
    connected(known(cast.clerk().account), provider)
    settings.SHARING_IDENTITY_WAYS = ["oidc"]
    settings.SHARING_IDENTITY_OIDC_ISSUER, settings.SHARING_IDENTITY_OIDC_CLIENT_ID = provider.issuer, CLIENT
    visitor = browser()
    asked = question(visitor.get("/identity/service/")["Location"])
    assert asked["redirect_uri"].endswith("/identity/return/")
    assert is_refused(visitor, back(visitor, provider, asked))


@pytest.mark.parametrize("ago", [LONGEST + 5, -60])
def test_an_answer_that_comes_too_late_or_too_early_is_none(provider, ago):
    connected(known(cast.clerk().account), provider)
    visitor = browser()
    asked = gone(visitor)
    session = visitor.session
    session[KEPT] = {**session[KEPT], SINCE: time.time() - ago}
    session.save()
    assert is_refused(visitor, back(visitor, provider, asked))


@pytest.mark.parametrize("subject", [5, "", None, ["person 1"]])
def test_a_subject_that_is_no_text_is_nobodys(provider, subject):
    connected(known(cast.clerk().account), provider)
    visitor = browser()
    assert is_refused(visitor, back(visitor, provider, gone(visitor), lambda *its: right(*its, sub=subject)))


def nobody_connected(provider):
    known(cast.clerk().account)


def shut(provider):
    account = connected(known(cast.clerk().account), provider)
    Account.objects.filter(pk=account.pk).update(is_active=False)


def a_members(provider):
    bank = asking.bank().organisation
    member = members.take_in(bank, username="wei", password=desk.PASSWORD, name="魏人事", role=members.MemberRole.HR)
    connected(with_app(member.account), provider)


def without_a_second_factor(provider):
    connected(cast.clerk().account, provider)


def of_another_service(provider):
    account = known(cast.clerk().account)
    signing_on.connect(account, issuer="https://former.example", subject=SUBJECT, now=timezone.now())


@pytest.mark.parametrize("whose", [nobody_connected, shut, a_members, without_a_second_factor, of_another_service])
def test_whom_it_opens_nothing_for_is_answered_alike_and_on_record(provider, whose):
    whose(provider)
    visitor = browser()
    assert is_refused(visitor, back(visitor, provider, gone(visitor)))
    assert AuditEntry.objects.filter(kind="sign_in_refused").count() == 1


def test_a_name_or_a_mail_address_that_the_service_sends_is_nobodys(provider):
    account, visitor = known(cast.clerk().account), browser()
    named = {"sub": account.username, "preferred_username": account.username, "email": account.email}
    assert is_refused(visitor, back(visitor, provider, gone(visitor), lambda *its: right(*its, **named)))


def test_nobody_is_led_elsewhere_afterwards(provider):
    connected(known(cast.clerk().account), provider)
    visitor = browser()
    back(visitor, provider, gone(visitor, "https://elsewhere.example/"))
    assert visitor.post(SECOND, {"code": app_code()})["Location"] == "/desk/"


def test_a_judge_shows_a_passkey_all_the_same(provider):
    connected(known(cast.judge().account), provider)
    visitor = browser()
    back(visitor, provider, gone(visitor))
    assert visitor.post(SECOND, {"code": app_code()})["Location"] == FACTORS
    assert visitor.get("/desk/").status_code == 302


def test_what_has_consequences_is_asked_for_again_whatever_the_service_said(provider):
    clerk, visitor = connected(known(cast.clerk().account), provider), browser()
    sign_in(visitor, clerk, factor="totp", ago=400)
    session = visitor.session
    session[RECORDS] = [*session[RECORDS], {"method": SINGLE_SIGN_ON, "at": time.time()}]
    session.save()
    assert visitor.post("/desk/account/sessions/")["Location"].startswith("/desk/account/factors/reauthenticate/")


def test_a_service_that_is_silent_is_told_of_and_the_password_opens(provider, settings):
    clerk, visitor = connected(known(cast.clerk().account), provider), browser()
    asked = gone(visitor)
    refused = visitor.get(f"{ROOM}return/", {"state": asked["state"], "error": "access_denied"})
    assert "does not answer, or did not recognise you" in words(visitor, refused)
    settings.REGISTRY_SINGLE_SIGN_ON_ISSUER = "http://127.0.0.1:9"
    assert "does not answer" in words(visitor, visitor.get(ROOM))
    assert password_typed(visitor, clerk.username, desk.PASSWORD, at=DESK)["Location"] == SECOND


# Connecting


def test_who_has_not_confirmed_of_late_is_asked_to_and_goes_on(provider):
    clerk, visitor = known(cast.clerk().account), browser()
    sign_in(visitor, clerk, factor="totp", ago=400)
    asked = visitor.post(f"{ROOM}connect/")
    assert asked["Location"].startswith(CONFIRM)
    page = visitor.post(asked["Location"], {"password": desk.PASSWORD, "code": app_code()})
    assert "connected" in words(visitor, back(visitor, provider, question(page.context["address"])))
    assert SingleSignOn.objects.filter(account=clerk).exists()


def test_a_password_alone_connects_and_disconnects_nothing(provider):
    clerk, visitor = known(cast.clerk().account), browser()
    sign_in(visitor, clerk, factor="")
    assert visitor.post(f"{ROOM}connect/")["Location"].startswith(CONFIRM)
    connected(clerk, provider)
    assert visitor.post(f"{ROOM}disconnect/")["Location"].startswith(CONFIRM)
    assert SingleSignOn.objects.exists()


def test_nobody_elses_page_connects_an_account(provider):
    clerk, visitor = known(cast.clerk().account), browser(enforce_csrf_checks=True)
    sign_in(visitor, clerk)
    assert visitor.post(f"{ROOM}connect/").status_code == 403
    assert visitor.get(f"{ROOM}connect/").status_code == 405
    assert KEPT not in visitor.session


@pytest.mark.parametrize("spoil", SPOILT)
def test_what_is_not_believed_connects_nobody(provider, spoil):
    visitor = browser()
    sign_in(visitor, known(cast.clerk().account))
    assert "opened nothing here" in words(visitor, back(visitor, provider, gone_to_connect(visitor), spoil))
    assert not SingleSignOn.objects.exists()


def test_an_answer_that_one_officer_began_connects_no_other(provider):
    visitor = browser()
    sign_in(visitor, known(cast.clerk().account))
    asked, kept = gone_to_connect(visitor), visitor.session[KEPT]
    for other, factor in ((cast.stranger().account, "totp"), (cast.clerk().account, "")):
        sign_in(visitor, other, factor=factor)
        session = visitor.session
        session[KEPT] = kept
        session.save()
        assert "opened nothing here" in words(visitor, back(visitor, provider, asked))
    assert not SingleSignOn.objects.exists()


def test_one_subject_is_one_officer(provider):
    connected(known(cast.clerk().account), provider)
    visitor = browser()
    sign_in(visitor, known(cast.judge().account))
    assert "connected with another account" in words(visitor, back(visitor, provider, gone_to_connect(visitor)))
    assert SingleSignOn.objects.get().account == cast.clerk().account
    with pytest.raises(SignOnTaken):
        connected(cast.judge().account, provider)


def test_it_is_told_of_and_on_record_and_ends_as_it_began(provider):
    clerk, visitor = known(cast.clerk().account), browser()
    sign_in(visitor, clerk)
    back(visitor, provider, gone_to_connect(visitor))
    assert "Disconnect" in visitor.get(FACTORS).content.decode()
    assert "no longer connected" in words(visitor, visitor.post(f"{ROOM}disconnect/"))
    assert [(letter.to, "identity service was" in letter.body) for letter in mail.outbox] == [([clerk.email], True)] * 2
    visitor.post(f"{ROOM}disconnect/")
    assert done_to(clerk) == ["connected", "disconnected"]
    stranger = browser()
    assert is_refused(stranger, back(stranger, provider, gone(stranger)))


def reset(officer):
    actions.reset_factors(officer, officer=cast.security_administrator(), now=timezone.now())


def invited(officer):
    actions.invite(officer, officer=cast.security_administrator(), now=timezone.now())


def ended(officer):
    keeper, now = cast.security_administrator(), timezone.now()
    last = timezone.localdate(now)
    actions.end_appointment(officer, last_day=last, reason="调离", receiver=None, officer=keeper, now=now)


@pytest.mark.parametrize("loses", [reset, invited, ended])
def test_who_loses_his_means_loses_this_one(provider, loses):
    officer = cast.clerk()
    connected(known(officer.account), provider)
    loses(officer)
    assert not SingleSignOn.objects.exists()
    assert AccountAct.objects.get(act="disconnected").by == cast.security_administrator()


def test_a_digest_follows_the_key_with_the_next_sign_in(provider, settings):
    connected(known(cast.clerk().account), provider)
    former = bytes(SingleSignOn.objects.get().subject_digest)
    number = digest_keys().current + 1
    settings.REGISTRY_DIGEST_KEYS = f"{number}:{'QUJD' * 10}QUI=,{settings.REGISTRY_DIGEST_KEYS}"
    visitor = browser()
    assert back(visitor, provider, gone(visitor))["Location"] == SECOND
    row = SingleSignOn.objects.get()
    assert bytes(row.subject_digest) == signing_on.subject_digests(provider.issuer, SUBJECT)[0] != former
    assert row.digested_at > row.connected_at


# Off, and where it is not


def test_it_is_off_unless_the_settings_say_so():
    visitor = browser()
    assert visitor.get(ROOM).status_code == visitor.get(f"{ROOM}return/").status_code == 404
    assert ROOM not in visitor.get(DESK).content.decode()
    sign_in(visitor, known(cast.clerk().account))
    assert visitor.post(f"{ROOM}connect/").status_code == visitor.post(f"{ROOM}disconnect/").status_code == 404
    assert ROOM not in visitor.get(FACTORS).content.decode()


def test_the_portal_knows_nothing_of_it(provider):
    visitor = browser()
    assert NAME not in visitor.get(PORTAL).content.decode()
    assert visitor.get("/portal/account/single-sign-on/").status_code == 404


def test_in_chinese_the_service_has_its_own_name(provider):
    with translation.override("zh-hans"):
        assert NAME in Client(headers={"accept-language": "zh-CN"}).get(DESK).content.decode()
