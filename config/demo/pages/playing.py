"""Playing a part: who is signed in, whose pages open, and what outlives a change of part."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from config.demo.pages import parts
from config.demo.pages.banner import ACTING
from config.demo.pages.parts import Part
from config.demo.playbill import Playbill
from registry.models import Account

KEPT = ("tour",)  # in the session: who is played changes, the tour goes on
FACTOR = "webauthn"  # as if a passkey had been shown: the demonstration has none of the visitor's

View = Callable[[HttpRequest], HttpResponse]
PartView = Callable[[HttpRequest, Part, Playbill], HttpResponse]


def playbill() -> Playbill:
    return Playbill.read(settings.DEMO_PLAYBILL)


def become(request: HttpRequest, part: Part) -> bool:
    """Sign out whoever was, and play the part from here on. False: its account is not there."""
    account = None
    if part.account_id is not None:
        account = Account.objects.filter(pk=part.account_id, is_active=True).first()
        if account is None:
            return False
    kept = {name: request.session[name] for name in KEPT if name in request.session}
    logout(request)
    if account is not None:
        record_authentication(request, account, "mfa", type=FACTOR)
        login(request, account, settings.AUTHENTICATION_BACKENDS[0])
        UserSession.objects.create_from_request(request)  # stands among those of "Where you are signed in"
    request.session.update({**kept, ACTING: part.key})
    return True


def only_as(*kinds: str) -> Callable[[PartView], View]:
    """The page is for who plays such a part; everybody else is shown the choice."""

    def decorate(view: PartView) -> View:
        @wraps(view)
        def opened(request: HttpRequest) -> HttpResponse:
            played = playbill()
            part = _part_of(request, played)
            if part is None or not part.key.startswith(kinds):
                messages.info(request, str(_("This page belongs to another part. Choose it here.")))
                return redirect("demo:act_as")
            return view(request, part, played)

        return opened

    return decorate


def _part_of(request: HttpRequest, played: Playbill) -> Part | None:
    """The part that is played, by the account that belongs to it or by none; who signed in otherwise plays none."""
    part = parts.find(str(request.session.get(ACTING, "")), played)
    account_id = request.user.pk if request.user.is_authenticated else None
    return part if part is not None and part.account_id == account_id else None
