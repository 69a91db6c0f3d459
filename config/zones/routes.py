"""Which zone serves an address. What no zone serves is closed, as what has no row of permissions is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.zones.zone import Zone

BY_ROOM: Mapping[str, Zone] = {
    "admin": Zone.DESK,
    "sharing_desk": Zone.DESK,
    "department": Zone.PORTAL,
    "employer": Zone.PORTAL,
    "portal": Zone.PORTAL,
    "person": Zone.PORTAL,
    "public": Zone.PUBLIC,
    "demo": Zone.ALL,
}
# Pages for everybody that are made from what the public's role may not read: what was asked, and each listing's way.
ELSEWHERE: Mapping[str, Zone] = {"public:verify": Zone.PORTAL, "public:timeliness": Zone.PORTAL}
OF_NO_ROOM: Mapping[str, Zone] = dict.fromkeys(
    ("keys", "webhook_keys", "status_list", "schema", "docs", "console"), Zone.PUBLIC
) | {"ready": Zone.DESK}
SESSION_KEY = re.compile(r"[a-z0-9]{32}", re.ASCII)  # as Django makes them
EVERYWHERE = frozenset({"health", "metrics", "set_language"})
# Of the desk's own name too: what browsers report of its pages.
ALSO: Mapping[str, Zone] = {"csp_report": Zone.DESK}
SIGNING_IN = ("account_", "mfa_", "usersessions_", "single_sign_on")


def zone_of(route: str, path: str = "") -> Zone | None:
    """``route``: as in ``resolver_match.view_name``; ``path`` tells at which door somebody signs in. None: every zone."""
    if route in EVERYWHERE:
        return None
    if route.startswith(SIGNING_IN):
        return Zone.DESK if path.startswith("/desk/") else Zone.PORTAL
    room, colon, _name = route.rpartition(":")
    if not colon:
        return OF_NO_ROOM.get(route, Zone.PORTAL)
    return ELSEWHERE.get(route) or BY_ROOM.get(room, Zone.OWNER)


def is_served(route: str, path: str) -> bool:
    """Whether the process of this zone answers there."""
    here = Zone(settings.REGISTRY_ZONE)
    return here is Zone.ALL or zone_of(route, path) in (None, here) or ALSO.get(route) is here


class ForgetSessionsMiddleware:
    """In the public's zone nobody is anybody: what a browser brings of the portals' session is not looked for. Nor is, in any
    zone, what cannot be a session's key: PostgreSQL cannot even be asked for one with a NUL in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = settings.SESSION_COOKIE_NAME
        if settings.REGISTRY_ZONE == Zone.PUBLIC or not SESSION_KEY.fullmatch(request.COOKIES.get(name, "")):
            request.COOKIES.pop(name, None)
        return self.get_response(request)
