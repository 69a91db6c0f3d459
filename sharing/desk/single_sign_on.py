"""To the court's identity service and back: an officer signs in at the desk by it, or connects his account with it.

It stands for the password: whoever comes back by it is asked for his second factor like everybody else. Led there by links,
so that the forms of the desk stay on this site.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url, perform_login
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from registry import addresses
from registry.actions import signing_on
from registry.auditing import note_request
from registry.errors import Refusal, Text
from registry.models import Account, AuditKind
from registry.signing_in.adapter import AccountAdapter
from registry.signing_in.assurance import SINGLE_SIGN_ON, is_proved
from registry.signing_in.desk import DESK
from sharing import openid

KEPT = "single_sign_on"  # in the session, from going until coming back
FOR, ONWARD, SINCE = "account", "onward", "since"
LONGEST = 600  # seconds
SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
SILENT = _("The court’s identity service does not answer, or did not recognise you. Sign in with your password.")
REFUSED = _(
    "The court’s identity service opened nothing here. Sign in with your password, and look under “How you sign in” whether "
    "your account is connected with it."
)
CONNECTED = _("Your account is connected with the court’s identity service.")
DISCONNECTED = _("Your account is no longer connected with the court’s identity service.")
View = Callable[[HttpRequest], HttpResponse]


class _NotForThem(Exception):
    """The service is believed, and whom it names may not do what was begun."""


def _where_it_is_on(view: View) -> View:
    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        if not settings.REGISTRY_SINGLE_SIGN_ON_ISSUER:
            raise Http404
        return view(request)

    return opened


@require_safe
@never_cache
@_where_it_is_on
def go(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("account_login")
    try:
        begun = openid.begin(_provider(), _return_to())
    except openid.ProviderSilent:
        return _sent_back(request, SILENT)
    _keep(request, begun, {ONWARD: get_next_redirect_url(request) or ""})
    return redirect(begun.address)


@require_POST
@never_cache
@_where_it_is_on
def connect(request: HttpRequest) -> HttpResponse:
    """A page with the link that leads there. The service is asked to have him sign in to it anew: it may know somebody else
    who used the same browser.
    """
    if not is_proved(request):
        return redirect("mfa_index")
    try:
        begun = openid.begin(_provider(), _return_to(), prompt="login")
    except openid.ProviderSilent:
        return _sent_back(request, SILENT)
    _keep(request, begun, {FOR: request.user.pk})
    return render(request, "account/single_sign_on.html", {"address": begun.address})


@require_POST
@never_cache
@_where_it_is_on
def disconnect(request: HttpRequest) -> HttpResponse:
    account = request.user
    if not (isinstance(account, Account) and is_proved(request)):
        return redirect("mfa_index")
    if signing_on.disconnect(account, by=None, now=timezone.now()):
        AccountAdapter(request).send_notification_mail("single_sign_on_disconnected", account)
        messages.success(request, str(DISCONNECTED))
    return redirect("mfa_index")


@sensitive_variables()
@require_safe
@never_cache
@_where_it_is_on
def come_back(request: HttpRequest) -> HttpResponse:
    """What was kept is used once, whatever came back; and of whoever is refused, nothing tells why."""
    kept = request.session.pop(KEPT, {})
    try:
        subject = _subject(request, kept)
        return _connected(request, kept, subject) if FOR in kept else _signed_in(request, kept, subject)
    except openid.ProviderSilent:
        return _sent_back(request, SILENT)
    except (openid.NotBelieved, _NotForThem):
        note_request(request, AuditKind.SIGN_IN_REFUSED)
        return _sent_back(request, REFUSED)
    except Refusal as refusal:
        return _sent_back(request, refusal.text)


def _signed_in(request: HttpRequest, kept: Mapping[str, Any], subject: str) -> HttpResponse:
    """Onward to his second factor; whoever has none is not let in, for nothing would be asked of him."""
    found = signing_on.account_of(settings.REGISTRY_SINGLE_SIGN_ON_ISSUER, subject, now=timezone.now())
    if found is None or not DESK.admits(found) or not is_mfa_enabled(found, SECOND):
        raise _NotForThem
    record_authentication(request, found, SINGLE_SIGN_ON)
    answer: HttpResponse = perform_login(request, found, redirect_url=kept[ONWARD] or None)
    return answer


def _connected(request: HttpRequest, kept: Mapping[str, Any], subject: str) -> HttpResponse:
    """Only who asked for it, in the session in which he did."""
    account = request.user
    if not (isinstance(account, Account) and account.pk == kept[FOR] and is_proved(request)):
        raise _NotForThem
    issuer = settings.REGISTRY_SINGLE_SIGN_ON_ISSUER
    signing_on.connect(account, issuer=issuer, subject=subject, now=timezone.now())
    AccountAdapter(request).send_notification_mail("single_sign_on_connected", account)
    messages.success(request, str(CONNECTED))
    return redirect("mfa_index")


def _subject(request: HttpRequest, kept: Mapping[str, Any]) -> str:
    """NotBelieved, ProviderSilent."""
    if not 0 <= time.time() - kept.get(SINCE, 0) <= LONGEST:
        raise openid.NotBelieved
    claims = openid.finish(_provider(), request.GET.dict(), kept, return_to=_return_to(), now=timezone.now())
    subject = claims["sub"]
    if not isinstance(subject, str) or not subject:
        raise openid.NotBelieved
    return subject


def _keep(request: HttpRequest, begun: openid.Begun, further: Mapping[str, Any]) -> None:
    request.session[KEPT] = {**begun.kept, **further, SINCE: time.time()}


def _sent_back(request: HttpRequest, why: Text) -> HttpResponse:
    messages.error(request, str(why))
    return redirect("mfa_index" if request.user.is_authenticated else "account_login")


def _provider() -> openid.Provider:
    return openid.Provider(
        issuer=settings.REGISTRY_SINGLE_SIGN_ON_ISSUER,
        client_id=settings.REGISTRY_SINGLE_SIGN_ON_CLIENT_ID,
        client_secret=settings.REGISTRY_SINGLE_SIGN_ON_CLIENT_SECRET,
        scope=settings.REGISTRY_SINGLE_SIGN_ON_SCOPE,
        algorithms=tuple(settings.REGISTRY_SINGLE_SIGN_ON_ALGORITHMS),
    )


def _return_to() -> str:
    return addresses.absolute(reverse("single_sign_on_return"))
