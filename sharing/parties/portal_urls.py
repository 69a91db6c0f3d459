"""The way to the sign-in of the portal, and choosing a password, for members of every kind of organisation."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.generic import RedirectView

from sharing.parties.invitations import InvitationView
from sharing.parties.passwords import choose

app_name = "portal"
urlpatterns = [
    path("sign-in/", RedirectView.as_view(pattern_name="account_login", query_string=True), name="sign_in"),
    path("password/", choose, name="password"),
    path("invitation/<uidb64>/<token>/", InvitationView.as_view(), name="invitation"),
    path("sign-out/", LogoutView.as_view(next_page="/"), name="sign_out"),
]
