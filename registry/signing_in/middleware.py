"""Before any page: a session that is over is ended, and one that has not proved enough is nobody's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject

from registry.addresses import DESK, is_elsewhere
from registry.signing_in import lasting
from registry.signing_in.adapter import AccountAdapter
from registry.signing_in.assurance import is_fresh, is_full, is_proved
from registry.signing_in.doors import door_at, door_called
from registry.signing_in.interrupted import interrupt
from registry.signing_in.noting import DOOR, keep_listed

View = Callable[[HttpRequest], HttpResponseBase]


class DeskAddressesMiddleware:
    """At the desk, the names of the sign-in's pages mean those of the desk, which are never published outside the court."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(DESK):
            request.urlconf = f"{settings.ROOT_URLCONF}_at_the_desk"
        return self.get_response(request)


class SignedInMiddleware:
    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Judged when somebody asks: pages that are kept for everybody never open a session."""
        claimed, former = request.user, request.session.session_key
        request.user = SimpleLazyObject(lambda: _judged(request, claimed))  # type: ignore[assignment]
        response = self.get_response(request)
        keep_listed(request, former)  # whoever gave the session another name: a new password does
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """What has consequences is asked for again, and goes on from where it was interrupted."""
        route = request.resolver_match.view_name if request.resolver_match else ""
        fully = route in settings.REGISTRY_CONFIRMED_FULLY
        if not fully and (request.method != "POST" or route not in settings.REGISTRY_CONFIRMED):
            return None
        if not request.user.is_authenticated or (is_full(request, request.user) if fully else is_fresh(request)):
            return None
        ways = AccountAdapter(request).get_reauthentication_methods(request.user)
        return interrupt(request, ways[0]["url"])


def _judged(request: HttpRequest, claimed: Any) -> Any:
    if not claimed.is_authenticated:
        return claimed
    door, here = door_called(request.session.get(DOOR, "")), door_at(request.path)
    if request.path.startswith(here.account) and here is not door:
        return AnonymousUser()  # his factors are at the door by which he came in
    if door is not None and is_elsewhere(door.prefix, request):
        return AnonymousUser()  # no browser sends a session to the other name; whoever carried it there is nobody
    why = lasting.ended(request.session, door) if door else ""
    if why is not None:
        request.user = claimed  # whom `logout` asks for
        logout(request)
        if why:
            messages.info(request, str(why))
        return AnonymousUser()
    if not is_proved(request):
        # Where factors are set up, who has shown a password alone is himself.
        return claimed if door and request.path.startswith(door.account) else AnonymousUser()
    lasting.use(request.session)
    return claimed
