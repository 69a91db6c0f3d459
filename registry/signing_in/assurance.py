"""What a session has proved of who uses it (NIST SP 800-63B-4, AAL2): a password alone opens nothing but the own factors."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

from registry.models import Account
from registry.signing_in.remembering import NEEDS

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
    shown = list(_shown(request)) or _records(request)
    return any(record["at"] > time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for record in shown)


def came_by_single_sign_on(request: HttpRequest) -> bool:
    """Whether that was shown last, by who is signed in or is asked for his second factor."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return bool(records) and records[-1]["method"] == SINGLE_SIGN_ON


def enough_for(needs_passkey: bool) -> frozenset[str]:
    return PASSKEY if needs_passkey else ANY


def _shown(request: HttpRequest) -> Iterator[Mapping[str, Any]]:
    enough = enough_for(request.session.get(NEEDS, True))
    return (record for record in _records(request) if record["method"] == "mfa" and record.get("type") in enough)


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    who = Account(pk=request.session.get(SESSION_KEY))
    found: list[dict[str, Any]] = get_authentication_records(request, who)
    return found
