"""The court's gate: closed unless the table has a row for the address, the method and whoever comes.

Views ask again, and further: whose the one row is that they are about to show.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from config.error_pages import not_taken
from config.permissions.table import BY_ROUTE
from config.zones.routes import is_served
from registry.admin import doors
from registry.permissions.rows import Anybody, Officers, Row, Who
from sharing.access import turned_away
from sharing.permissions.callers import Holder, Machines, Members, Person

logger = logging.getLogger(__name__)


class GateMiddleware:
    """Asked once it is known who comes, and before whatever asks him for more (the order of the settings)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
        found = request.resolver_match
        route = found.view_name if found is not None else ""
        if route not in BY_ROUTE:
            logger.error("The route %s is closed: it has no row in the table of permissions.", route)
            raise Http404
        if not is_served(route, request.path):
            raise Http404
        return _asked(request, BY_ROUTE[route])


def _asked(request: HttpRequest, rows: Mapping[str, Row]) -> HttpResponseBase | None:
    """First who comes, then what he wants: a method is no secret, but nobody is told before he signed in."""
    method = "GET" if request.method == "HEAD" else str(request.method)
    row = rows.get(method)
    who = (row or next(iter(rows.values()))).who
    refusal = DOORS[type(who)](request, who)
    if refusal is None and row is None and not isinstance(who, Machines):
        return not_taken(request, sorted({*rows, *(["HEAD"] if "GET" in rows else [])}))
    return refusal


def _officers(request: HttpRequest, who: Officers) -> HttpResponseBase | None:
    if not admin.site.has_permission(request):
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if not who.admit(doors.officer_of(request)):
        return doors.refuse(request, who.refusal())
    return None


def _members(request: HttpRequest, who: Members) -> HttpResponseBase | None:
    return turned_away(request, who.kind, who.roles, even_suspended=who.even_suspended)


def _by_the_view(_request: HttpRequest, _who: Who) -> None:
    """Who brings no session is asked where what he brings is read: tokens by `sharing.callers` from the same table, proofs
    by `sharing.persons.pages.visit`, links and codes by the views.
    """


DOORS: Mapping[type[Who], Callable[[HttpRequest, Any], HttpResponseBase | None]] = {
    Officers: _officers,
    Members: _members,
    Machines: _by_the_view,
    Person: _by_the_view,
    Holder: _by_the_view,
    Anybody: _by_the_view,
}
