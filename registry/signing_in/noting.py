"""What a session keeps of a sign-in, whichever way it came: the door, what has to be proved there, and since when it lasts."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import authentication_step_completed
from allauth.mfa.signals import authenticator_added
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from registry.signing_in import lasting
from registry.signing_in.doors import door_of

RECOVERY = "recovery_codes"
DOOR, NEEDS = "door", "needs_passkey"  # in the session


def note(sender: object, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    door = door_of(user)
    request.session[DOOR] = door.name if door else ""
    request.session[NEEDS] = door.needs_passkey(user) if door else True
    lasting.begin(request.session)


def show_what_was_made(sender: object, request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """Who has just set a factor up has shown it: an app its code, a device its user. Recovery codes show nothing."""
    if authenticator.type != RECOVERY:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=str(authenticator.type))


def renew(sender: object, request: HttpRequest, reauthenticated: bool = False, **kwargs: Any) -> None:
    """Another name of the session after each confirmation, as after the sign-in (OWASP ASVS 5.0, 7.2.4)."""
    if not reauthenticated:
        return
    former = request.session.session_key
    request.session.cycle_key()
    keep_listed(request, former)


def keep_listed(request: HttpRequest, former: str | None) -> None:
    """The session goes on under another name: its owner sees it among his sessions as before.

    Between the two names another page of his may have taken it for ended, and have forgotten it: then it is listed anew.
    """
    present = request.session.session_key
    if not former or not present or present == former or UserSession.objects.filter(session_key=present).exists():
        return
    if not UserSession.objects.filter(session_key=former).update(session_key=present) and request.user.is_authenticated:
        UserSession.objects.create_from_request(request)


def connect() -> None:
    user_logged_in.connect(note, dispatch_uid="registry.signing_in.note")
    authenticator_added.connect(show_what_was_made, dispatch_uid="registry.signing_in.show_what_was_made")
    authentication_step_completed.connect(renew, dispatch_uid="registry.signing_in.renew")
