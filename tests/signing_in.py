"""Somebody signed in, in the tests: with a second factor shown a moment ago, as if by hand; or by hand."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext

from registry.models import Account
from registry.signing_in.recovery import HashedCodes

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP, TO_TYPE = 30, 5  # seconds
DESK, PORTAL = "/desk/account/sign-in/", "/portal/account/sign-in/"


def sign_in(browser: Client, account: Account, *, factor: str = "webauthn", ago: float = 0) -> None:
    """``factor``: the kind of the second factor; "" for who has shown a password alone. ``ago``: seconds since then."""
    browser.force_login(account)
    session = browser.session
    at = time.time() - ago
    records: list[dict[str, Any]] = [{"method": "password", "at": at, "username": account.username}]
    if factor:
        records.append({"method": "mfa", "type": factor, "id": 0, "at": at})
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(account.pk)
    session.save()


def walk_in(
    context: BrowserContext, account: Account, address: str, *, factor: str = "webauthn", ago: float = 0
) -> None:
    """The session in a real browser; whoever was signed in there before is gone."""
    client = Client()
    sign_in(client, account, factor=factor, ago=ago)
    context.clear_cookies()
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])


def with_app(account: Account) -> Account:
    """An authenticator app that knows `SECRET`."""
    TOTP.activate(account, SECRET)
    return account


def app_code(*, secret: str = SECRET, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later; never in the last seconds, for a code opens while it is shown."""
    left = STEP - time.time() % STEP
    if left < TO_TYPE:
        time.sleep(left)
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // STEP + steps)))


def recovery_codes(account: Account) -> list[str]:
    """New ones, as they are shown."""
    Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).delete()
    made = HashedCodes.activate(account)
    made.mark_as_viewed()
    return made.get_unused_codes()


def password_typed(browser: Client, username: str, password: str, *, at: str = PORTAL, **more: str) -> Any:
    return browser.post(at, {"login": username, "password": password, **more})


def factors(account: Account) -> set[str]:
    return set(Authenticator.objects.filter(user=account).values_list("type", flat=True))
