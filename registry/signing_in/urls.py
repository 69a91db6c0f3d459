"""Signing in, one's factors and one's sessions, under the names that allauth looks for. Both doors have them, each its own."""

from __future__ import annotations

from allauth.account.views import logout, reauthenticate
from django.urls import include, path

from registry.signing_in.pages import ConfirmByPasskeyView, SessionsView, SignInView, alive

urlpatterns = [
    path("sign-in/", SignInView.as_view(), name="account_login"),
    path("sign-out/", logout, name="account_logout"),
    path("confirm/", reauthenticate, name="account_reauthenticate"),
    path("factors/webauthn/reauthenticate/", ConfirmByPasskeyView.as_view(), name="mfa_reauthenticate_webauthn"),
    path("factors/", include("allauth.mfa.urls")),
    path("sessions/", SessionsView.as_view(), name="usersessions_list"),
    path("alive/", alive, name="account_alive"),
]
