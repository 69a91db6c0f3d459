"""What rests on a factor that counts no more, since it was copied or removed: the sessions in which it was shown end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.actions.inviting import sessions_of
from registry.models import Account
from registry.signing_in.assurance import is_proved

GONE = _("You were signed out, because what you had signed in with opens nothing any more. Sign in again.")


def end_what_rests_on(factor: int, account: Account, request: HttpRequest) -> None:
    """``factor``: the number of the account's factor. The session of ``request`` goes on where it has shown another one."""
    held = sessions_of(account, now=timezone.now())
    ended = [key for key, session in held.items() if _others(session, factor) != session.get(RECORDS, [])]
    Session.objects.filter(pk__in=set(ended) - {request.session.session_key}).delete()
    if request.user.pk != account.pk or request.session.session_key not in ended:
        return
    request.session[RECORDS] = _others(request.session, factor)
    if not is_proved(request):
        logout(request)
        messages.info(request, str(GONE))


def _others(session: Mapping[str, Any], factor: int) -> list[dict[str, Any]]:
    """What it has shown beside this factor."""
    shown: list[dict[str, Any]] = session.get(RECORDS, [])
    return [each for each in shown if each["method"] != "mfa" or each.get("id") != factor]
