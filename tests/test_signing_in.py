"""Signing in: a password alone opens nothing; who approves shows a passkey; what has consequences is asked for again."""

from __future__ import annotations

import html
import json
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.translation import override

from config.confirmed import CONFIRMED
from registry import actions
from registry.keys import SealBroken, keyring
from registry.models import Account, AuditEntry, AuditKind, State
from registry.signing_in.lasting import SEEN, SINCE
from registry.signing_in.sealed_sessions import SealedSerializer
from registry.signing_in.templatetags.devices import device
from sharing.parties import members
from tests import asking, cast, desk
from tests.authenticator import FLAG, WEAK, Device
from tests.signing_in import DESK, PORTAL, app_code, factors, password_typed, recovery_codes, sign_in, with_app

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
ENGLISH = {"accept-language": "en"}
SECOND = "/desk/account/factors/authenticate/"
FACTORS = "/desk/account/factors/"
CONFIRM = "/desk/account/factors/reauthenticate/"
SESSIONS = "/desk/account/sessions/"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture(autouse=True)
def nobody_tried_before():
    cache.clear()


def known(officer):
    officer.account.set_password(desk.PASSWORD)
    officer.account.save()
    return officer.account


def browser():
    return Client(headers=ENGLISH)


def text(answer):
    return answer.content.decode()


# A password alone


def test_a_password_alone_leads_to_the_factors_and_opens_nothing_else():
    account, visitor = known(cast.clerk()), browser()
    assert password_typed(visitor, account.username, desk.PASSWORD, at=DESK)["Location"] == FACTORS
    assert "A password alone opens nothing here" in text(visitor.get(FACTORS))
    for page in ("/desk/", "/desk/find/", "/desk/decisions/new/", "/desk/registry/listing/"):
        assert visitor.get(page)["Location"].startswith("/desk/login/"), page
    assert visitor.get("/desk/login/?next=/desk/", follow=True).redirect_chain[-1][0] == FACTORS


def test_who_has_a_factor_is_asked_for_it_before_anything():
    account, visitor = with_app(known(cast.clerk())), browser()
    assert password_typed(visitor, account.username, desk.PASSWORD, at=DESK)["Location"] == SECOND
    assert visitor.get("/desk/").status_code == 302
    assert visitor.get(FACTORS).status_code == 302
    assert visitor.post(SECOND, {"code": app_code()})["Location"] == "/desk/"
    assert visitor.get("/desk/").status_code == 200


def test_a_code_opens_once_and_a_wrong_one_never():
    account, visitor = with_app(known(cast.clerk())), browser()
    password_typed(visitor, account.username, desk.PASSWORD, at=DESK)
    assert "was not accepted" in text(visitor.post(SECOND, {"code": "000000"}))
    now = app_code()
    assert visitor.post(SECOND, {"code": now}).status_code == 302
    other = browser()
    password_typed(other, account.username, desk.PASSWORD, at=DESK)
    assert "was not accepted" in text(other.post(SECOND, {"code": now}))


@pytest.mark.parametrize("steps", [-1, 2])
def test_a_code_of_another_time_opens_nothing(steps):
    account, visitor = with_app(known(cast.clerk())), browser()
    password_typed(visitor, account.username, desk.PASSWORD, at=DESK)
    assert "was not accepted" in text(visitor.post(SECOND, {"code": app_code(steps=steps)}))


def test_codes_cannot_be_tried_one_after_the_other():
    account, visitor = with_app(known(cast.clerk())), browser()
    password_typed(visitor, account.username, desk.PASSWORD, at=DESK)
    answers = [text(visitor.post(SECOND, {"code": f"{number:06d}"})) for number in range(12)]
    assert "Too many attempts" in answers[-1]
    assert "Too many attempts" in text(visitor.post(SECOND, {"code": app_code()})), "the right one, too"


def test_a_recovery_code_opens_once():
    account = with_app(known(cast.clerk()))
    first, *_others = recovery_codes(account)
    for opens in (True, False):
        visitor = browser()
        password_typed(visitor, account.username, desk.PASSWORD, at=DESK)
        assert (visitor.post(SECOND, {"code": first}).status_code == 302) is opens


def another_password(account):
    account.set_password("quite another phrase")
    account.save()


def an_invitation(account):
    actions.invite(account.officer, officer=cast.security_administrator(), now=timezone.now())


def the_end(account):
    actions.end_appointment(
        account.officer, last_day=cast.NOW.date(), reason="leaves", receiver=None,
        officer=cast.security_administrator(), now=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize("change", [another_password, an_invitation, the_end])
def test_a_sign_in_that_waits_for_its_second_factor_does_not_outlive_the_password(change):
    account, visitor = with_app(known(cast.clerk())), browser()
    password_typed(visitor, account.username, desk.PASSWORD, at=DESK)
    change(account)
    answer = visitor.post(SECOND, {"code": app_code()}, follow=True)
    assert "Your account has changed since you began to sign in" in text(answer)
    assert visitor.get("/desk/").status_code == 302
    assert not AuditEntry.objects.filter(kind=AuditKind.SIGN_IN).exists()


# Who approves


@pytest.mark.parametrize("officer", [cast.judge, cast.registrar, cast.high_court_registrar])
@pytest.mark.parametrize("factor", ["totp", "recovery_codes"])
def test_who_approves_opens_the_desk_with_a_passkey_only(officer, factor):
    visitor = browser()
    sign_in(visitor, officer().account, factor=factor)
    assert visitor.get("/desk/").status_code == 302
    assert "signs in with a passkey" in text(visitor.get(FACTORS))
    assert visitor.get(f"{FACTORS}webauthn/add/").status_code == 200
    sign_in(visitor, officer().account, factor="webauthn")
    assert visitor.get("/desk/").status_code == 200


def test_which_roles_these_are_is_a_setting(settings):
    settings.REGISTRY_PASSKEY_ROLES = []
    visitor = browser()
    sign_in(visitor, cast.judge().account, factor="totp")
    assert visitor.get("/desk/").status_code == 200


def test_the_last_factor_cannot_be_removed():
    visitor, account = browser(), with_app(cast.clerk().account)
    sign_in(visitor, account, factor="totp")
    assert "last one that opens the door" in text(visitor.post(f"{FACTORS}totp/deactivate/"))
    assert factors(account) == {"totp"}


# On record


def refusals(kind):
    return list(AuditEntry.objects.filter(kind=kind).values_list("who", flat=True))


def test_a_wrong_code_is_on_record_without_the_code():
    account, visitor = with_app(known(cast.clerk())), browser()
    password_typed(visitor, account.username, desk.PASSWORD, at=DESK)
    visitor.post(SECOND, {"code": "123456"})
    (entry,) = AuditEntry.objects.filter(kind=AuditKind.FACTOR_REFUSED)
    assert (entry.who, entry.door, entry.about) == (f"account:{account.pk}", "mfa_authenticate", "")
    visitor.post(SECOND, {"code": app_code()})
    assert len(refusals(AuditKind.FACTOR_REFUSED)) == 1
    assert refusals(AuditKind.SIGN_IN) == [f"account:{account.pk}"]


def test_so_is_a_wrong_code_where_somebody_confirms():
    account = with_app(known(cast.clerk()))
    visitor = signed_in_by_app(account, ago=301)
    visitor.post(CONFIRM, {"code": "123456"})
    assert refusals(AuditKind.FACTOR_REFUSED) == [f"account:{account.pk}"]


def test_so_is_a_passkey_that_is_not_accepted(court):
    device, account = Device(), known(cast.judge())
    with_passkey(account, device)
    assert not by_passkey(account, device, challenge=b"x" * 32)[0]
    assert refusals(AuditKind.FACTOR_REFUSED) == [f"account:{account.pk}"]


def test_so_is_a_right_password_at_the_wrong_door():
    wei = members.take_in(asking.bank().organisation, username="wei", password=desk.PASSWORD, name="魏对接")
    password_typed(browser(), "wei", desk.PASSWORD, at=DESK)
    assert refusals(AuditKind.SIGN_IN_REFUSED) == [f"account:{wei.account_id}"]
    password_typed(browser(), "wei", "a wrong password", at=DESK)
    assert refusals(AuditKind.SIGN_IN_REFUSED).count("") == 1


# At the other door


@pytest.mark.parametrize(
    ("username", "password"), [("wei", "wrong"), ("nobody", desk.PASSWORD), ("wei", desk.PASSWORD)]
)
def test_at_the_desk_nothing_tells_that_a_members_account_exists(username, password):
    members.take_in(asking.bank().organisation, username="wei", password=desk.PASSWORD, name="魏对接")
    answer = password_typed(browser(), username, password, at=DESK)
    assert answer.status_code == 200
    assert "User name or password is wrong, or the account is not for this door." in text(answer)


def test_a_member_who_is_signed_in_is_nobody_at_the_desk():
    member = members.take_in(asking.bank().organisation, username="wei", password=desk.PASSWORD, name="魏对接")
    visitor = browser()
    sign_in(visitor, member.account)
    assert visitor.get("/desk/")["Location"].startswith("/desk/login/")
    assert visitor.get("/desk/login/", follow=True).status_code == 200, "a form, and no circle"


def test_the_sign_in_of_the_desk_is_an_address_that_the_proxy_keeps_inside():
    for page in (DESK, SECOND, FACTORS, CONFIRM):
        assert page.startswith("/desk/")
    answer = browser().get(DESK)
    assert PORTAL not in text(answer)
    assert answer.status_code == 200


def test_nobody_registers_himself():
    for page in ("signup/", "password/reset/", "email/", "login/code/", "factors/webauthn/signup/"):
        for start in ("/desk/account/", "/portal/account/"):
            assert browser().get(start + page).status_code in {302, 404}
            assert browser().post(start + page, {"username": "x"}).status_code in {302, 403, 404}
    assert not Account.objects.filter(username="x").exists()


# How long it lasts


@pytest.mark.parametrize(("seen", "minutes"), [(14, True), (16, False)])
def test_at_the_desk_a_session_outlives_its_last_use_by_a_quarter_of_an_hour(seen, minutes):
    visitor = browser()
    sign_in(visitor, cast.clerk().account)
    session = visitor.session
    session[SEEN] = time.time() - seen * 60
    session.save()
    assert (visitor.get("/desk/").status_code == 200) is minutes
    if not minutes:
        assert "nothing was done for 15 minutes" in text(visitor.get("/desk/login/", follow=True))
        assert visitor.get("/desk/").status_code == 302, "for good"


def test_no_session_lasts_longer_than_twelve_hours():
    visitor = browser()
    sign_in(visitor, cast.clerk().account)
    session = visitor.session
    session[SINCE] = time.time() - 12 * 3600 - 1
    session.save()
    assert visitor.get("/desk/").status_code == 302
    assert "signed in for 12 hours" in text(visitor.get("/desk/login/", follow=True))


def test_who_types_without_asking_for_a_page_is_still_there():
    visitor = browser()
    sign_in(visitor, cast.clerk().account)
    session = visitor.session
    session[SEEN] = time.time() - 14 * 60
    session.save()
    assert visitor.get("/desk/account/alive/").status_code == 204
    assert time.time() - visitor.session[SEEN] < 5
    assert browser().get("/desk/account/alive/").status_code == 403


def test_the_session_has_another_name_after_the_sign_in():
    account, visitor = with_app(known(cast.clerk())), browser()
    visitor.get(DESK)
    password_typed(visitor, account.username, desk.PASSWORD, at=DESK)
    before = visitor.session.session_key
    visitor.post(SECOND, {"code": app_code()})
    assert visitor.session.session_key != before


def test_a_session_opens_nothing_once_the_account_is_shut_or_its_password_is_another():
    account = cast.clerk().account
    first, second = browser(), browser()
    for visitor in (first, second):
        sign_in(visitor, account)
        assert visitor.get("/desk/").status_code == 200
    account.set_password("quite another phrase")
    account.save()
    assert first.get("/desk/").status_code == 302
    sign_in(second, account)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert second.get("/desk/").status_code == 302


def test_after_signing_out_the_session_opens_nothing():
    visitor = browser()
    sign_in(visitor, cast.clerk().account)
    kept = visitor.cookies["sessionid"].value
    visitor.post("/desk/logout/")
    visitor.cookies["sessionid"] = kept
    assert visitor.get("/desk/").status_code == 302


def test_who_is_signed_in_elsewhere_sees_it_and_ends_it():
    account, here, there = with_app(known(cast.clerk())), browser(), browser()
    recovery, *_others = recovery_codes(account)
    for code, visitor in ((app_code(), here), (recovery, there)):
        password_typed(visitor, account.username, desk.PASSWORD, at=DESK)
        visitor.post(SECOND, {"code": code})
    assert UserSession.objects.filter(user=account).count() == 2
    page = text(here.get("/desk/account/sessions/"))
    assert page.count("127.0.0.1") == 2
    other = UserSession.objects.exclude(session_key=here.session.session_key).get()
    here.post("/desk/account/sessions/", {"session": str(other.pk)})
    assert there.get("/desk/").status_code == 302
    assert here.get("/desk/").status_code == 200


def next_code():
    """As if the app had gone on to another one: the one that it shows was not used yet."""
    cache.clear()
    return app_code()


def signed_in_by_app(account, *, ago=0):
    """By hand; ``ago``: seconds since then."""
    visitor = browser()
    password_typed(visitor, account.username, desk.PASSWORD, at=DESK)
    visitor.post(SECOND, {"code": next_code()})
    session = visitor.session
    for record in session["account_authentication_methods"]:
        record["at"] -= ago
    session.save()
    return visitor


def test_to_end_another_session_is_confirmed_first():
    account = with_app(known(cast.clerk()))
    there, here = signed_in_by_app(account), signed_in_by_app(account, ago=301)
    other = UserSession.objects.get(session_key=there.session.session_key)
    asked = here.post("/desk/account/sessions/", {"session": str(other.pk)})
    assert asked["Location"].startswith(CONFIRM)
    assert there.get("/desk/").status_code == 200
    here.post(asked["Location"], {"code": next_code(), "next": "/desk/account/sessions/"})
    assert there.get("/desk/").status_code == 302
    assert here.get("/desk/").status_code == 200


def test_the_session_has_another_name_after_each_confirmation():
    account = with_app(known(cast.clerk()))
    visitor = signed_in_by_app(account, ago=301)
    former = visitor.session.session_key
    assert visitor.post(CONFIRM, {"code": next_code()}).status_code == 302
    assert visitor.session.session_key != former
    assert visitor.get("/desk/").status_code == 200
    assert not Session.objects.filter(session_key=former).exists()
    assert UserSession.objects.get(user=account).session_key == visitor.session.session_key, "still listed as his own"


def test_nobody_ends_the_session_of_somebody_else():
    account, here = with_app(known(cast.clerk())), browser()
    password_typed(here, account.username, desk.PASSWORD, at=DESK)
    here.post(SECOND, {"code": app_code()})
    stranger = browser()
    sign_in(stranger, cast.judge().account)
    stranger.post("/desk/account/sessions/", {"session": str(UserSession.objects.get(user=account).pk)})
    assert here.get("/desk/").status_code == 200


# A passkey, with a device that does what browsers do


def at_the_court():
    return Client(headers=ENGLISH, SERVER_NAME="court.example")


def options(answer):
    shown = re.search(r'id="passkey-options" type="application/json">(.*?)</script>', text(answer), re.DOTALL)
    return json.dumps(json.loads(html.unescape(shown[1]))["publicKey"])


def with_passkey(account, device, name="Passkey 1"):
    """Made at the desk, as by hand."""
    visitor = at_the_court()
    sign_in(visitor, account, factor="webauthn" if factors(account) else "")
    page = visitor.get(f"{FACTORS}webauthn/add/", secure=True)
    made = device.make(options(page))
    answer = visitor.post(f"{FACTORS}webauthn/add/", {"name": name, "credential": made}, secure=True)
    assert answer.status_code == 302, text(answer)
    return account


@pytest.fixture
def court(settings):
    settings.ALLOWED_HOSTS = ["court.example"]


def test_a_passkey_is_made_and_opens_the_desk_to_who_approves(court):
    device, account = Device(), known(cast.judge())
    with_passkey(account, device)
    assert factors(account) == {"webauthn", "recovery_codes"}
    visitor = at_the_court()
    typed = {"login": account.username, "password": desk.PASSWORD}
    asked = visitor.get(visitor.post(DESK, typed, secure=True)["Location"], secure=True)
    used = visitor.post(SECOND, {"credential": device.use(options(asked))}, secure=True)
    assert used["Location"] == "/desk/"
    assert visitor.get("/desk/", secure=True).status_code == 200


@pytest.mark.parametrize("weak", WEAK, ids=["RS256", "PS256", "ES256K"])
def test_an_account_makes_no_passkey_below_128_bits_of_security(court, weak):
    device, account, visitor = Device(), known(cast.judge()), at_the_court()
    sign_in(visitor, account, factor="")
    made = device.make(options(visitor.get(f"{FACTORS}webauthn/add/", secure=True)), public_key=weak)
    assert device.asked_for == [-7, -8, -35, -36]
    answer = visitor.post(f"{FACTORS}webauthn/add/", {"name": "Passkey 1", "credential": made}, secure=True)
    assert "makes keys of another kind than the court takes" in text(answer)
    assert factors(account) == set()


def test_a_passkey_opens_without_a_password_and_only_its_own_door(court):
    device, account = Device(), known(cast.judge())
    with_passkey(account, device)
    for start, opens in (("/desk/", True), ("/portal/", False)):
        visitor = at_the_court()
        where = f"{start}account/factors/webauthn/login/"
        wanted = visitor.get(where, secure=True, headers={"accept": "application/json"}).json()
        used = device.use(json.dumps(wanted["request_options"]["publicKey"]))
        answer = visitor.post(where, {"credential": used}, secure=True)
        assert (answer["Location"] == "/desk/") is opens
        assert (visitor.get("/desk/", secure=True).status_code == 200) is opens


@pytest.mark.parametrize(
    "wrong", [{"origin": "https://court.example.evil"}, {"flags": FLAG.UP}, {"challenge": b"x" * 32}]
)
def test_an_answer_for_another_page_or_without_its_user_opens_nothing(court, wrong):
    device, account = Device(), known(cast.judge())
    with_passkey(account, device)
    visitor = at_the_court()
    typed = {"login": account.username, "password": desk.PASSWORD}
    asked = visitor.get(visitor.post(DESK, typed, secure=True)["Location"], secure=True)
    answer = visitor.post(SECOND, {"credential": device.use(options(asked), **wrong)}, secure=True)
    assert "was not accepted" in text(answer)
    assert visitor.get("/desk/", secure=True).status_code == 302


def by_passkey(account, device, **wrong):
    """Whether it opens the desk, and what is said."""
    visitor = at_the_court()
    typed = {"login": account.username, "password": desk.PASSWORD}
    asked = visitor.get(visitor.post(DESK, typed, secure=True)["Location"], secure=True)
    answer = visitor.post(SECOND, {"credential": device.use(options(asked), **wrong)}, secure=True)
    return visitor.get("/desk/", secure=True).status_code == 200, text(answer)


@pytest.mark.parametrize(
    ("counts", "opens"),
    [([2, 3, 9], [True, True, True]), ([5, 5], [True, False]), ([5, 4], [True, False]), ([0], [False]), ([1], [False])],
)
def test_a_passkey_whose_count_does_not_go_on_was_copied_and_opens_nothing(court, counts, opens):
    device, account = Device(), known(cast.judge())
    with_passkey(account, device)  # the first signature
    assert [by_passkey(account, device, count=count)[0] for count in counts] == opens


def test_a_device_that_does_not_count_opens_as_often_as_it_likes(court):
    device, account = Device(counts=False), known(cast.judge())
    with_passkey(account, device)
    assert [by_passkey(account, device)[0] for _ in range(2)] == [True, True]


def test_an_answer_that_is_sent_twice_at_once_opens_once_and_tells_of_no_copy(court):
    device, account, visitor, twin = Device(), known(cast.judge()), at_the_court(), at_the_court()
    with_passkey(account, device)
    typed = {"login": account.username, "password": desk.PASSWORD}
    asked = visitor.get(visitor.post(DESK, typed, secure=True)["Location"], secure=True)
    waiting = dict(visitor.session.items())
    answer = {"credential": device.use(options(asked))}
    assert visitor.post(SECOND, answer, secure=True)["Location"] == "/desk/"
    as_it_was_read = SessionStore()
    as_it_was_read.update(waiting)
    as_it_was_read.save(must_create=True)
    twin.cookies["sessionid"] = as_it_was_read.session_key
    assert "was not accepted" in text(twin.post(SECOND, answer, secure=True))
    assert not AuditEntry.objects.filter(kind=AuditKind.PASSKEY_COPIED).exists()
    assert by_passkey(account, device)[0]


def test_a_copied_passkey_stays_shut_and_is_told_of_and_on_record(court, django_capture_on_commit_callbacks):
    device, account = Device(), known(cast.judge())
    Account.objects.filter(pk=account.pk).update(email="zhao@court.example")
    with_passkey(account, device)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert "somebody may have copied it" in by_passkey(account, device, count=1)[1]
    assert not by_passkey(account, device, count=99)[0], "whichever of the two it was"
    (letter,) = mail.outbox
    assert letter.to == ["zhao@court.example"]
    entry = AuditEntry.objects.get(kind=AuditKind.PASSKEY_COPIED)
    assert entry.who == f"account:{account.pk}"
    assert factors(account) == {"webauthn", "recovery_codes"}, "a password alone sets up no other one"


def test_a_copied_passkey_is_shown_as_such_and_does_not_count_as_the_one_that_is_left(court):
    device, other, account = Device(), Device(), known(cast.judge())
    with_passkey(account, device)
    with_passkey(account, other, name="Passkey 2")
    by_passkey(account, device, count=1)
    visitor = at_the_court()
    sign_in(visitor, account)
    assert text(visitor.get(FACTORS, secure=True)).count("opens nothing any more") == 1
    copied, good = Authenticator.objects.filter(user=account, type="webauthn").order_by("pk")
    for key, gone in ((good, False), (copied, True)):
        visitor.post(f"{FACTORS}webauthn/keys/{key.pk}/remove/", secure=True)
        assert Authenticator.objects.filter(pk=key.pk).exists() is not gone


def in_by_passkey(account, device):
    """By hand."""
    visitor = at_the_court()
    typed = {"login": account.username, "password": desk.PASSWORD}
    asked = visitor.get(visitor.post(DESK, typed, secure=True)["Location"], secure=True)
    assert visitor.post(SECOND, {"credential": device.use(options(asked))}, secure=True)["Location"] == "/desk/"
    return visitor


def is_in(visitor):
    return visitor.get("/desk/", secure=True).status_code == 200


def test_sessions_of_a_copied_passkey_end_and_those_of_another_one_go_on(court):
    device, other, account = Device(), Device(), known(cast.judge())
    with_passkey(account, device)
    with_passkey(account, other, name="Passkey 2")
    there, elsewhere = in_by_passkey(account, device), in_by_passkey(account, other)
    assert not by_passkey(account, device, count=1)[0]
    assert not is_in(there)
    assert is_in(elsewhere)


def test_who_confirms_with_a_copied_passkey_is_signed_out(court):
    device, account = Device(), known(cast.judge())
    with_passkey(account, device)
    visitor = in_by_passkey(account, device)
    confirm = f"{FACTORS}webauthn/reauthenticate/"
    asked = visitor.get(confirm, secure=True)
    answer = visitor.post(confirm, {"credential": device.use(options(asked), count=1)}, secure=True, follow=True)
    assert "somebody may have copied it" in text(answer)
    assert "You were signed out" in text(answer)
    assert not is_in(visitor)


def test_sessions_of_a_passkey_that_was_removed_end(court):
    device, other, account = Device(), Device(), known(cast.judge())
    with_passkey(account, device)
    with_passkey(account, other, name="Passkey 2")
    there, here = in_by_passkey(account, device), in_by_passkey(account, other)
    lost = Authenticator.objects.filter(user=account, type="webauthn").earliest("pk")
    assert here.post(f"{FACTORS}webauthn/keys/{lost.pk}/remove/", secure=True).status_code == 302
    assert not Authenticator.objects.filter(pk=lost.pk).exists()
    assert not is_in(there)
    assert is_in(here)


def test_who_removes_the_passkey_that_he_came_with_signs_in_with_another_one(court):
    device, other, account = Device(), Device(), known(cast.judge())
    with_passkey(account, device)
    with_passkey(account, other, name="Passkey 2")
    visitor = in_by_passkey(account, device)
    own = Authenticator.objects.filter(user=account, type="webauthn").earliest("pk")
    answer = visitor.post(f"{FACTORS}webauthn/keys/{own.pk}/remove/", secure=True, follow=True)
    assert "You were signed out" in text(answer)
    assert not is_in(visitor)
    assert is_in(in_by_passkey(account, other))


def test_sessions_of_an_app_that_was_removed_end(settings):
    settings.ALLOWED_HOSTS = ["court.example", "testserver"]
    account, device = with_app(known(cast.clerk())), Device()
    there = signed_in_by_app(account)
    with_passkey(account, device)
    here = in_by_passkey(account, device)
    assert here.post(f"{FACTORS}totp/deactivate/", secure=True).status_code == 302
    assert factors(account) == {"webauthn", "recovery_codes"}
    assert there.get("/desk/").status_code == 302
    assert is_in(here)


def test_after_a_change_of_factors_all_other_sessions_are_one_press_away():
    account = with_app(known(cast.clerk()))
    there, here = signed_in_by_app(account), signed_in_by_app(account)
    page = text(here.get(FACTORS))
    assert f'<form method="post" action="{SESSIONS}">' in page
    assert "End all other sessions" in page
    assert here.post(SESSIONS).status_code == 302
    assert there.get("/desk/").status_code == 302
    assert here.get("/desk/").status_code == 200


def test_the_last_passkey_cannot_be_removed(court):
    account, visitor = with_passkey(known(cast.judge()), Device()), at_the_court()
    sign_in(visitor, account)
    key = Authenticator.objects.get(user=account, type="webauthn")
    refused = visitor.post(f"{FACTORS}webauthn/keys/{key.pk}/remove/", secure=True, follow=True)
    assert "last one that opens the door" in text(refused)
    assert factors(account) == {"webauthn", "recovery_codes"}


@pytest.mark.parametrize("answer", ["", "null", "[]", "{}", '{"id": 1}', "not json"])
def test_what_is_no_answer_of_a_device_is_refused_in_words(court, answer):
    device, account = Device(), known(cast.judge())
    with_passkey(account, device)
    visitor = at_the_court()
    visitor.post(DESK, {"login": account.username, "password": desk.PASSWORD}, secure=True)
    refused = visitor.post(SECOND, {"credential": answer}, secure=True)
    assert refused.status_code == 200
    assert "There is a problem" in text(refused)


# Asked again


def test_what_has_consequences_is_asked_for_again_and_goes_on_where_it_was(court):
    listing, device, judge = cast.submitted(), Device(), cast.judge()
    with_passkey(judge.account, device)
    visitor = at_the_court()
    sign_in(visitor, judge.account, ago=301)
    where = reverse("admin:approve", args=[listing.party.decision_id])
    typed = {
        "approve": listing.pk,
        f"number-{listing.pk}": cast.DEFENDANT_NUMBER,
        f"revision-{listing.pk}": listing.revision,
    }
    asked = visitor.post(where, typed, secure=True)
    assert asked["Location"].startswith(f"{FACTORS}webauthn/reauthenticate/?next=")
    assert cast.fresh(listing).state == State.IN_REVIEW
    page = visitor.get(asked["Location"], secure=True)
    assert "Confirm that it is you" in text(page)
    shown = device.use(options(page))
    visitor.post(asked["Location"], {"credential": shown, "next": where}, secure=True)
    assert cast.fresh(listing).state == State.ACTIVE


def test_who_has_just_shown_it_is_not_asked_again(court):
    listing, judge = cast.submitted(), cast.judge()
    visitor = browser()
    visitor.defaults["SERVER_NAME"] = "court.example"
    sign_in(visitor, judge.account, ago=10)
    where = reverse("admin:approve", args=[listing.party.decision_id])
    answer = visitor.post(where, {"approve": listing.pk})
    assert "<title>Error: Review" in text(answer), "the page itself has answered"


def test_a_stolen_session_without_the_passkey_changes_nothing(court):
    listing, judge = cast.submitted(), cast.judge()
    with_passkey(judge.account, Device())
    thief = at_the_court()
    sign_in(thief, judge.account, ago=301)
    asked = thief.post(reverse("admin:approve", args=[listing.party.decision_id]), {}, secure=True)
    thief.post(asked["Location"], {"credential": '{"id": 1}'}, secure=True)
    shown = text(thief.get(asked["Location"], secure=True))
    assert "was not accepted" in shown
    assert "account/confirm/" not in shown, "no weaker way is offered"
    assert thief.get("/desk/account/confirm/", secure=True)["Location"].startswith(f"{FACTORS}webauthn/reauthenticate/")
    assert cast.fresh(listing).state == State.IN_REVIEW


def test_every_route_that_is_confirmed_is_one():
    found = {f"{space}:{name}".removeprefix(":") for space, name in routes()}
    assert found >= CONFIRMED


def routes(patterns=None, space=""):
    for each in patterns if patterns is not None else get_resolver("config.urls").url_patterns:
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, each.namespace or space)
        elif each.name:
            yield space, each.name


# What lies in the database


def test_sessions_and_secrets_of_apps_lie_sealed():
    account, visitor = known(cast.clerk()), browser()
    password_typed(visitor, account.username, desk.PASSWORD, at=DESK)
    page = text(visitor.get(f"{FACTORS}totp/activate/"))
    secret = page.split('class="secret">')[1].split("<")[0]
    (row,) = Session.objects.all()
    opened = row.get_decoded()
    assert opened["mfa.totp.secret"] == secret
    assert SealedSerializer().loads(SealedSerializer().dumps({"a": "一"})) == {"a": "一"}
    with pytest.raises(SealBroken):
        keyring().open(SealedSerializer().dumps({}), bound_to="another place")
    app = with_app(account)
    stored = Authenticator.objects.get(user=app).data["secret"]
    assert "JBSWY3DP" not in stored
    assert "JBSWY3DP" not in bytes.fromhex(stored).decode("latin-1")


def test_an_app_is_set_up_and_recovery_codes_are_shown_once(django_capture_on_commit_callbacks):
    account, visitor = known(cast.clerk()), browser()
    Account.objects.filter(pk=account.pk).update(email="lin@court.example")
    password_typed(visitor, account.username, desk.PASSWORD, at=DESK)
    visitor.get(f"{FACTORS}totp/activate/")
    secret = visitor.session["mfa.totp.secret"]
    with django_capture_on_commit_callbacks(execute=True):
        answer = visitor.post(f"{FACTORS}totp/activate/", {"code": app_code(secret=secret)})
    assert answer["Location"] == f"{FACTORS}recovery-codes/"
    shown = text(visitor.get(answer["Location"]))
    assert shown.count("<li><code>") == 10
    assert "<li><code>" not in text(visitor.get(answer["Location"]))
    assert factors(account) == {"totp", "recovery_codes"}
    (letter,) = mail.outbox
    assert letter.to == ["lin@court.example"]
    assert "An authenticator app was added" in letter.body


@pytest.mark.parametrize("door", [DESK, PORTAL])
def test_the_title_says_error_only_once_something_was_wrong(door):
    visitor = browser()
    assert "<title>Error:" not in text(visitor.get(door))
    assert "<title>Error: Sign in - " in text(password_typed(visitor, "nobody", "nothing at all", at=door))


def test_the_title_says_error_where_the_code_was_wrong():
    account = with_app(known(cast.clerk()))
    visitor = browser()
    password_typed(visitor, account.username, desk.PASSWORD, at=DESK)
    assert "<title>Error:" not in text(visitor.get(SECOND))
    assert "<title>Error: " in text(visitor.post(SECOND, {"code": "wrong"}))


@pytest.mark.parametrize(
    ("calls_itself", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36 Edg/143.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/26.0 Safari/604.1", "Safari on iOS"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "curl"),
        ("", "a program that does not say its name"),
    ],
)  # fmt: skip
def test_where_one_is_signed_in_is_said_as_people_call_it(calls_itself, shown):
    with override("en"):
        assert device(calls_itself) == shown
