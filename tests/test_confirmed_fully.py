"""What changes how somebody signs in is preceded by all that he has: a passkey, or his password and a code."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from config.confirmed import CONFIRMED_FULLY
from config.permissions.table import BY_ROUTE
from registry.signing_in.recovery import HashedCodes
from tests import cast, desk
from tests.signing_in import app_code, factors, recovery_codes, sign_in

pytestmark = pytest.mark.django_db
FACTORS = "/desk/account/factors/"
CONFIRM = f"{FACTORS}reauthenticate/"
REMOVE = f"{FACTORS}totp/deactivate/"
ANEW = f"{FACTORS}recovery-codes/generate/"
STALE = 301  # seconds


@pytest.fixture(autouse=True)
def nobody_tried_before():
    cache.clear()


@pytest.fixture
def clerk():
    return desk.with_app_and_password(cast.clerk().account)


def showed(account, **ago):
    """Signed in; ``ago``: how many seconds since each kind of factor, or the password, was shown."""
    visitor = Client(headers={"accept-language": "en"})
    sign_in(visitor, account, factor="totp")
    session = visitor.session
    records = session["account_authentication_methods"]
    for record in records:
        record["at"] -= ago.get(record.get("type", record["method"]), 0)
    session.save()
    return visitor


def confirm(visitor, onward=REMOVE, **typed):
    return visitor.post(CONFIRM, {"next": onward, **typed})


def addresses(method):
    """Of pages that are read, and of what is only sent."""
    for name in sorted(each for each in CONFIRMED_FULLY if method.upper() in BY_ROUTE[each]):
        needs_key = name in {"mfa_edit_webauthn", "mfa_remove_webauthn"}
        yield reverse(name, args=[1] if needs_key else [], urlconf="config.urls_at_the_desk")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("ago", [{"password": STALE}, {"totp": STALE}])
def test_neither_the_code_nor_the_password_alone_opens_what_changes_a_factor(clerk, method, ago):
    visitor = showed(clerk, **ago)
    for where in addresses(method):
        asked = getattr(visitor, method)(where)
        assert asked["Location"].startswith(f"{CONFIRM}?next="), where
    assert factors(clerk) == {"totp"}


def test_who_signed_in_a_moment_ago_with_both_is_not_asked_again(clerk):
    assert showed(clerk).get(REMOVE).status_code == 200


def test_both_are_asked_for_on_one_page_and_it_goes_on_where_it_was(clerk):
    old, visitor = recovery_codes(clerk), showed(clerk, password=STALE)
    asked = visitor.post(ANEW)
    page = visitor.get(asked["Location"]).content.decode()
    assert 'name="password"' in page
    assert page.index('name="password"') < page.index('name="code"')
    assert confirm(visitor, onward=ANEW, password=desk.PASSWORD, code=app_code()).status_code == 302
    assert not HashedCodes.activate(clerk).validate_code(old[0]), "the old ones are void"


def test_a_code_without_the_password_changes_nothing(clerk):
    visitor = showed(clerk, password=STALE)
    visitor.post(REMOVE)
    assert confirm(visitor, code=app_code()).status_code == 200
    assert visitor.get(REMOVE).status_code == 302


def test_a_code_that_confirmed_something_else_does_not_stand_for_the_password(clerk):
    visitor = showed(clerk, password=STALE, totp=STALE)
    visitor.post(REMOVE)
    assert confirm(visitor, onward="/desk/", code=app_code()).status_code == 302
    assert visitor.get("/desk/").status_code == 200
    assert visitor.post(REMOVE)["Location"].startswith(CONFIRM)
    assert factors(clerk) == {"totp"}


def test_a_wrong_password_leaves_the_code_unused(clerk):
    visitor, code = showed(clerk, password=STALE), app_code()
    assert "The password is wrong." in confirm(visitor, password="wrong", code=code).content.decode()
    assert confirm(visitor, password=desk.PASSWORD, code=code).status_code == 302


def test_a_recovery_code_with_the_password_will_do(clerk):
    visitor, code = showed(clerk, password=STALE), recovery_codes(clerk)[0]
    assert confirm(visitor, password=desk.PASSWORD, code=code).status_code == 302
    assert visitor.get(REMOVE).status_code == 200


def test_a_passkey_is_both(clerk):
    visitor = Client()
    sign_in(visitor, clerk, factor="webauthn")
    session = visitor.session
    session["account_authentication_methods"][0]["at"] -= STALE
    session.save()
    assert visitor.get(REMOVE).status_code == 200


def test_who_has_no_factor_yet_makes_one_with_the_password_that_he_has():
    account, visitor = cast.clerk().account, Client()
    sign_in(visitor, account, factor="")
    assert visitor.get(f"{FACTORS}totp/activate/").status_code == 200
    sign_in(visitor, account, factor="", ago=STALE)
    assert visitor.get(f"{FACTORS}totp/activate/")["Location"].startswith("/desk/account/confirm/?next=")
