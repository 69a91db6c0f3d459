"""Where somebody is signed in he is listed: a session that gets another name stays in the list of his sessions."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client as Browser

from registry.signing_in import middleware
from sharing.parties import members
from sharing.parties.models import MemberRole
from tests import asking, cast, desk
from tests.signing_in import DESK, PORTAL, app_code, password_typed, with_app

pytestmark = pytest.mark.django_db
ANOTHER = "quite another long phrase"
SECOND = {DESK: "/desk/account/factors/authenticate/", PORTAL: "/portal/account/factors/authenticate/"}
SESSIONS = {DESK: "/desk/account/sessions/", PORTAL: "/portal/account/sessions/"}
PASSWORD = {DESK: "/desk/password_change/", PORTAL: "/portal/password/"}


@pytest.fixture
def officer():
    account = cast.clerk().account
    account.set_password(desk.PASSWORD)
    account.save()
    return with_app(account)


@pytest.fixture
def member():
    organisation = asking.bank().organisation
    made = members.take_in(
        organisation, username="owner", password=desk.PASSWORD, name="某owner", role=MemberRole.OWNER
    )
    return with_app(made.account)


def signed_in(account, door):
    cache.clear()  # an app's code opens once; this one was not used yet
    browser = Browser(headers={"accept-language": "en"})
    password_typed(browser, account.username, desk.PASSWORD, at=door)
    assert browser.post(SECOND[door], {"code": app_code()}).status_code == 302
    return browser


def listed_at(browser, door):
    """How many sessions the page shows, and whether this one is among them."""
    page = browser.get(SESSIONS[door])
    assert page.status_code == 200
    text = page.content.decode()
    return text.count("127.0.0.1"), text.count("this one")


def choose_another(browser, door):
    chosen = {"old_password": desk.PASSWORD, "new_password1": ANOTHER, "new_password2": ANOTHER}
    former = browser.session.session_key
    assert browser.post(PASSWORD[door], chosen).status_code == 302
    assert browser.session.session_key != former


@pytest.fixture(params=[DESK, PORTAL], ids=["desk", "portal"])
def door(request):
    return request.param


@pytest.fixture
def account(request, door):
    return request.getfixturevalue("officer" if door == DESK else "member")


def test_after_another_password_ones_own_session_is_listed_still(account, door):
    here = signed_in(account, door)
    assert listed_at(here, door) == (1, 1)
    choose_another(here, door)
    assert listed_at(here, door) == (1, 1)


def test_what_was_known_of_it_stays_known(account, door):
    here = signed_in(account, door)
    began = UserSession.objects.get(user=account)
    choose_another(here, door)
    kept = UserSession.objects.get(user=account)
    assert (kept.pk, kept.created_at, kept.session_key) == (began.pk, began.created_at, here.session.session_key)


def test_the_sessions_that_another_password_ended_are_not_listed(account, door):
    here, there = signed_in(account, door), signed_in(account, door)
    assert listed_at(here, door) == (2, 1)
    choose_another(here, door)
    assert listed_at(here, door) == (1, 1)
    assert there.get(SESSIONS[door]).status_code == 302


def test_one_that_another_page_took_for_ended_meanwhile_is_listed_anew(account, door, monkeypatch):
    """Between the two names of a session another page may look for the former one, and forgets it."""
    here = signed_in(account, door)

    def forgotten(request, former):
        UserSession.objects.filter(session_key=former).delete()
        kept(request, former)

    kept = middleware.keep_listed
    monkeypatch.setattr(middleware, "keep_listed", forgotten)
    choose_another(here, door)
    monkeypatch.undo()
    assert listed_at(here, door) == (1, 1)


def test_who_signs_out_is_not_listed(account, door):
    here = signed_in(account, door)
    here.post("/desk/logout/" if door == DESK else "/portal/account/sign-out/")
    other = signed_in(account, door)
    assert listed_at(other, door) == (1, 1)
