"""Who signs in for the department: an owner takes members in, gives roles and shuts them out; everybody reads the list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sharing.access import members_only
from sharing.departments.portal.frame import PORTAL
from sharing.parties import acts_page
from sharing.parties import people as pages
from sharing.parties.models import Member, MemberRole, OrganisationKind

ABOUT_ROLES = _("An owner also takes members in and registers the key for receipts")


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def people(request: HttpRequest, member: Member) -> HttpResponse:
    return pages.people(request, member, PORTAL, oversees=member.role == MemberRole.OWNER)


@require_safe
@members_only(OrganisationKind.DEPARTMENT, MemberRole.OWNER)
def person(request: HttpRequest, member: Member, member_id: int) -> HttpResponse:
    return pages.person(request, member, PORTAL, member_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only(OrganisationKind.DEPARTMENT, MemberRole.OWNER)
def add(request: HttpRequest, member: Member) -> HttpResponse:
    return pages.add(request, member, PORTAL, about_roles=ABOUT_ROLES)


@require_POST
@never_cache
@members_only(OrganisationKind.DEPARTMENT, MemberRole.OWNER)
def act(request: HttpRequest, member: Member, member_id: int) -> HttpResponse:
    return pages.act(request, member, PORTAL, member_id)


@require_safe
@never_cache
@members_only(OrganisationKind.DEPARTMENT, MemberRole.OWNER)
def acts(request: HttpRequest, member: Member) -> HttpResponse:
    return acts_page.acts(request, member, PORTAL)


@require_safe
@never_cache
@members_only(OrganisationKind.DEPARTMENT, MemberRole.OWNER)
def export_acts(request: HttpRequest, member: Member) -> HttpResponseBase:
    return acts_page.export(request, member, PORTAL)
