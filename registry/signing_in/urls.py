"""Signing in, one's factors and one's sessions, under the names that allauth looks for. Both doors have them, each its own."""

from __future__ import annotations

from allauth.account.views import logout, reauthenticate
from allauth.mfa.totp.views import activate_totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path

from registry.signing_in.pages import (
    ConfirmByPasskeyView,
    NewPasskeyView,
    RemoveAppView,
    RemovePasskeyView,
    SessionsView,
    SignInView,
    alive,
)

urlpatterns = [
    path("sign-in/", SignInView.as_view(), name="account_login"),
    path("sign-out/", logout, name="account_logout"),
    path("confirm/", reauthenticate, name="account_reauthenticate"),
    path("factors/", include("allauth.mfa.base.urls")),
    path("factors/totp/activate/", activate_totp, name="mfa_activate_totp"),
    path("factors/totp/deactivate/", RemoveAppView.as_view(), name="mfa_deactivate_totp"),
    path("factors/recovery-codes/", include("allauth.mfa.recovery_codes.urls")),
    path("factors/webauthn/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("factors/webauthn/add/", NewPasskeyView.as_view(), name="mfa_add_webauthn"),
    path("factors/webauthn/login/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("factors/webauthn/reauthenticate/", ConfirmByPasskeyView.as_view(), name="mfa_reauthenticate_webauthn"),
    path("factors/webauthn/keys/<int:pk>/edit/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("factors/webauthn/keys/<int:pk>/remove/", RemovePasskeyView.as_view(), name="mfa_remove_webauthn"),
    path("sessions/", SessionsView.as_view(), name="usersessions_list"),
    path("alive/", alive, name="account_alive"),
]
