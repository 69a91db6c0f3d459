"""The pages of signing in that are our own, and what all of them have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.views import DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import admin, messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from registry import whole_numbers
from registry.form_problems import problems_of
from registry.models import Account, SingleSignOn
from registry.signing_in.assurance import came_by_single_sign_on, is_proved
from registry.signing_in.doors import Door, door_at
from registry.signing_in.resting import end_what_rests_on
from registry.strength import PASSKEY_ALGORITHMS

# By the names that allauth gives its routes.
TITLES: Mapping[str, Promise] = {
    "account_login": _("Sign in"),
    "account_logout": _("Sign out"),
    "account_reauthenticate": _("Confirm that it is you"),
    "mfa_authenticate": _("Second factor"),
    "mfa_reauthenticate": _("Confirm that it is you"),
    "mfa_reauthenticate_webauthn": _("Confirm that it is you"),
    "mfa_index": _("How you sign in"),
    "mfa_activate_totp": _("Set up an authenticator app"),
    "mfa_deactivate_totp": _("Remove the authenticator app"),
    "mfa_list_webauthn": _("Your passkeys"),
    "mfa_add_webauthn": _("Make a passkey"),
    "mfa_edit_webauthn": _("Rename a passkey"),
    "mfa_remove_webauthn": _("Remove a passkey"),
    "mfa_view_recovery_codes": _("Recovery codes"),
    "mfa_generate_recovery_codes": _("New recovery codes"),
    "single_sign_on_connect": _("Connect with the court’s identity service"),
    "usersessions_list": _("Where you are signed in"),
}


class SignInView(LoginView):  # type: ignore[misc]  # the library has no types
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Who is signed in already goes on; who has shown a password alone is led to his factors."""
        door = door_at(request.path)
        if isinstance(request.user, Account) and door.admits(request.user):
            onward = get_next_redirect_url(request) or door.home(request.user)
            return redirect(onward if is_proved(request) else "mfa_index")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


class NewPasskeyView(AddWebAuthnView):  # type: ignore[misc]  # the library has no types
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The library offers what it can judge, which is more than the court takes."""
        shown: dict[str, Any] = super().get_context_data(**kwargs)
        asked = shown["js_data"]["creation_options"]["publicKey"]
        taken = [each for each in asked["pubKeyCredParams"] if each["alg"] in PASSKEY_ALGORITHMS]
        shown["js_data"] = {"creation_options": {"publicKey": {**asked, "pubKeyCredParams": taken}}}
        return shown


class ConfirmByPasskeyView(ReauthenticateWebAuthnView):  # type: ignore[misc]  # the library has no types
    def form_invalid(self, form: Form) -> HttpResponse:
        """The question again: what was interrupted still waits for its answer."""
        for text in form.errors.get("credential", []):
            messages.error(self.request, str(text))
        return redirect(self.request.get_full_path())


class RemovePasskeyView(RemoveWebAuthnView):  # type: ignore[misc]  # the library has no types
    """The library asks for an app whether it may go, and not for a passkey."""

    def form_valid(self, form: Form) -> HttpResponse:
        removed = self.get_object()
        if get_adapter().can_delete_authenticator(removed):
            answer: HttpResponse = super().form_valid(form)
            end_what_rests_on(removed.pk, removed.user, self.request)
            return answer
        messages.error(self.request, str(get_adapter().error_messages["cannot_delete_authenticator"]))
        return redirect("mfa_index")


class RemoveAppView(DeactivateTOTPView):  # type: ignore[misc]  # the library has no types
    def form_valid(self, form: Form) -> HttpResponse:
        removed = self.authenticator.pk  # which the row has no more once it is gone
        answer: HttpResponse = super().form_valid(form)
        end_what_rests_on(removed, self.authenticator.user, self.request)
        return answer


class SessionsView(ListUserSessionsView):  # type: ignore[misc]  # the library has no types
    """Ends one of the other sessions, or all of them."""

    def form_valid(self, form: Form) -> HttpResponse:
        which = self.request.POST.get("session", "")
        if not which:
            answer: HttpResponse = super().form_valid(form)
            return answer
        if (number := whole_numbers.sent_back(which)) is not None:
            for session in UserSession.objects.filter(user=self.request.user, pk=number):
                session.end()
        return redirect(self.get_success_url())


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Somebody types on a page and has asked for no other: 204 while the session lasts, 403 when it is over."""
    return HttpResponse(status=204 if request.user.is_authenticated else 403)


def framed(request: HttpRequest) -> dict[str, Any]:
    """For every template: for how many seconds a session outlives its last use. For those of the sign-in also their frame."""
    door = door_at(request.path)
    route = request.resolver_match.view_name if request.resolver_match else ""
    if route not in TITLES:
        return {"idle_seconds": int(door.idle().total_seconds())}
    account = request.user if isinstance(request.user, Account) else None
    proved = account is not None and is_proved(request)
    desk = admin.site.each_context(request) if door.name == "desk" else {}
    return {
        **desk,
        **({} if proved else {"navigation": []}),
        "title": TITLES[route],
        "proved": proved,
        "at": door,
        "home": door.home(account) if account is not None and door.admits(account) else "",
        **_single_sign_on(request, account, door),
        "needs_passkey": account is not None and door.needs_passkey(account),
        "idle_seconds": int(door.idle().total_seconds()),
        "problems_of": problems_of,
        **{name: f"account/{door.parts}/{name}.html" for name in ("frame", "field", "button", "summary")},
    }


def _single_sign_on(request: HttpRequest, account: Account | None, door: Door) -> dict[str, Any]:
    """Where it is on: the name of the court's identity service, and what the account is connected as, if it is."""
    issuer = settings.REGISTRY_SINGLE_SIGN_ON_ISSUER
    if not issuer or door.name != "desk":
        return {}
    return {
        "single_sign_on": settings.REGISTRY_SINGLE_SIGN_ON_NAME,
        "came_by_it": came_by_single_sign_on(request),
        "connected": account and SingleSignOn.objects.filter(account=account, issuer=issuer).first(),
    }
