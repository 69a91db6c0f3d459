"""What a session has proved of who uses it (NIST SP 800-63B-4, AAL2): a password alone opens nothing but the own factors."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from registry.models import Account
from registry.signing_in.noting import NEEDS

PASSKEY = frozenset({Authenticator.Type.WEBAUTHN.value})
SINGLE_SIGN_ON = "single_sign_on"  # what a session records of who came by the court's identity service
ANY = frozenset(each.value for each in Authenticator.Type)


def is_proved(request: HttpRequest) -> bool:
    """Whether a second factor was shown that is enough for who it is."""
    return any(True for _record in _shown(request))


def is_fresh(request: HttpRequest) -> bool:
    """Whether he has proved it again within ``ACCOUNT_REAUTHENTICATION_TIMEOUT`` seconds.

    Who has no factor yet that is enough, has his password or another factor to show for it.
    """
    return bool(_lately(list(_shown(request)) or _records(request)))


def is_full(request: HttpRequest, account: Account) -> bool:
    """Whether he has shown all that he has within that time (OWASP ASVS 5.0, 7.5.1).

    A passkey is two factors: its device opens it to him alone. With a code goes the password, or what stood for it.
    """
    shown = _lately(_records(request))
    kinds = {record.get("type") for record in shown if record["method"] == "mfa"}
    if PASSKEY & kinds:
        return True
    known = any(record["method"] != "mfa" for record in shown) or not account.has_usable_password()
    return known and (bool(kinds) or not Authenticator.objects.filter(user=account).exists())


def asks_fully(path: str) -> bool:
    """``path``: where a confirmation leads on to. Whether `is_full` is asked there."""
    try:
        return resolve(urlsplit(path).path).view_name in settings.REGISTRY_CONFIRMED_FULLY
    except Resolver404:
        return False


def came_by_single_sign_on(request: HttpRequest) -> bool:
    """Whether that was shown last, by who is signed in or is asked for his second factor."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return bool(records) and records[-1]["method"] == SINGLE_SIGN_ON


def enough_for(needs_passkey: bool) -> frozenset[str]:
    return PASSKEY if needs_passkey else ANY


def _shown(request: HttpRequest) -> Iterator[Mapping[str, Any]]:
    enough = enough_for(request.session.get(NEEDS, True))
    return (record for record in _records(request) if record["method"] == "mfa" and record.get("type") in enough)


def _lately(records: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return [record for record in records if record["at"] > since]


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    who = Account(pk=request.session.get(SESSION_KEY))
    found: list[dict[str, Any]] = get_authentication_records(request, who)
    return found
