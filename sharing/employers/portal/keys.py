"""The keys of the employer's programs, with which they ask over the API; everybody sees them, an owner makes and revokes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sharing.access import suspended
from sharing.employers.portal.acts import Act, may, members_who_may
from sharing.employers.portal.frame import PORTAL, page
from sharing.parties import key_page, network_page
from sharing.parties import keys as pages
from sharing.parties.models import Member

NONE_YET = _("None yet. You need one only if a program of yours asks the court.")


@require_safe
@members_who_may(Act.READ)
def keys(request: HttpRequest, member: Member) -> HttpResponse:
    may_change = may(member, Act.KEYS) and not suspended(member)
    shown = pages.shown(member, PORTAL, empty=NONE_YET, leads=may_change)
    return page(request, member, "keys", here="keys", may_change=may_change, **shown)


@require_POST
@never_cache
@members_who_may(Act.KEYS)
def add(request: HttpRequest, member: Member) -> HttpResponse:
    return pages.add(request, member, PORTAL)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_who_may(Act.KEYS)
def key(request: HttpRequest, member: Member, client_id: str) -> HttpResponse:
    return key_page.key(request, member, PORTAL, client_id)


@require_http_methods(["GET", "HEAD", "POST"])
@members_who_may(Act.KEYS)
def networks(request: HttpRequest, member: Member) -> HttpResponse:
    return network_page.set_networks(request, member, PORTAL)


@require_http_methods(["GET", "HEAD", "POST"])
@members_who_may(Act.KEYS)
def revoke(request: HttpRequest, member: Member, client_id: str) -> HttpResponse:
    return pages.revoke(request, member, PORTAL, client_id)
