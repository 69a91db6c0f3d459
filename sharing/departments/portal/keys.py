"""The department's keys: those of its programs, the one that signs its receipts, and the court's public ones."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.form_problems import problems_of
from sharing import signing
from sharing.access import members_only
from sharing.departments import receipts
from sharing.departments.models import Department
from sharing.departments.portal.forms import ReceiptKeyForm
from sharing.departments.portal.frame import PORTAL, page
from sharing.parties import key_page, members, network_page
from sharing.parties import keys as pages
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member, MemberRole, OrganisationKind


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def keys(request: HttpRequest, member: Member) -> HttpResponse:
    return page(
        request,
        member,
        "keys",
        here="keys",
        **pages.shown(member, PORTAL, empty=_("None yet. Make one for your receiver.")),
        department=Department.objects.get(pk=member.organisation_id),
        is_owner=member.role == MemberRole.OWNER,
        public_keys=[signing.public_key_text(key.public_key()) for key in signing.webhook_keys()],
    )


@require_POST
@never_cache
@members_only(OrganisationKind.DEPARTMENT)
def add(request: HttpRequest, member: Member) -> HttpResponse:
    return pages.add(request, member, PORTAL)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only(OrganisationKind.DEPARTMENT)
def key(request: HttpRequest, member: Member, client_id: str) -> HttpResponse:
    return key_page.key(request, member, PORTAL, client_id)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only(OrganisationKind.DEPARTMENT, MemberRole.OWNER)
def networks(request: HttpRequest, member: Member) -> HttpResponse:
    return network_page.set_networks(request, member, PORTAL)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only(OrganisationKind.DEPARTMENT)
def revoke(request: HttpRequest, member: Member, client_id: str) -> HttpResponse:
    return pages.revoke(request, member, PORTAL, client_id)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only(OrganisationKind.DEPARTMENT, MemberRole.OWNER)
def receipt_key(request: HttpRequest, member: Member) -> HttpResponse:
    department = Department.objects.get(pk=member.organisation_id)
    initial = {"key": department.receipt_key}
    form = ReceiptKeyForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            receipts.register_key(department, form.cleaned_data["key"])
            members.note(member, MemberActKind.RECEIPT_KEY, member.organisation.code, now=timezone.now())
        messages.success(request, _("Receipts are checked with this key from now on."))
        return redirect("department:keys")
    return page(request, member, "receipt_key", here="keys", form=form, problems=list(problems_of(form)))
