"""The department's keys: those of its programs, the one that signs its receipts, and the court's public ones."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
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
from sharing.departments.portal.frame import page
from sharing.departments.portal.spoken import moment
from sharing.parties import clients, members
from sharing.parties.models import Client, Member, MemberRole, OrganisationKind
from sharing.tables import Cell, Table

SCOPES = ("events", "receipts")


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def keys(request: HttpRequest, member: Member) -> HttpResponse:
    found = list(Client.objects.filter(organisation=member.organisation).order_by("-created"))
    return page(
        request,
        member,
        "keys",
        here="keys",
        table=_table(found),
        department=Department.objects.get(pk=member.organisation_id),
        is_owner=member.role == MemberRole.OWNER,
        public_keys=[signing.public_key_text(key.public_key()) for key in signing.webhook_keys()],
    )


@require_POST
@never_cache
@members_only(OrganisationKind.DEPARTMENT)
def add(request: HttpRequest, member: Member) -> HttpResponse:
    now = timezone.now()
    client_id, secret = clients.issue(member.organisation, SCOPES, now=now)
    members.note(member, "add_key", client_id, now=now)
    return page(request, member, "client_secret", here="keys", client_id=client_id, secret=secret)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only(OrganisationKind.DEPARTMENT)
def revoke(request: HttpRequest, member: Member, client_id: str) -> HttpResponse:
    """Asked once more: a program that still uses it stands still."""
    found = Client.objects.filter(organisation=member.organisation, client_id=client_id).first()
    if found is None:
        raise Http404
    now = timezone.now()
    if request.method == "POST":
        clients.revoke(found, now=now)
        members.note(member, "revoke_key", found.client_id, now=now)
        messages.success(request, _("Revoked. Programs that use it are refused from now on."))
        return redirect("department:keys")
    return page(request, member, "revoke_key", here="keys", client=found, is_live=found.is_live(now))


@require_http_methods(["GET", "HEAD", "POST"])
@members_only(OrganisationKind.DEPARTMENT, MemberRole.OWNER)
def receipt_key(request: HttpRequest, member: Member) -> HttpResponse:
    department = Department.objects.get(pk=member.organisation_id)
    initial = {"key": department.receipt_key}
    form = ReceiptKeyForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        receipts.register_key(department, form.cleaned_data["key"])
        members.note(member, "receipt_key", member.organisation.code, now=timezone.now())
        messages.success(request, _("Receipts are checked with this key from now on."))
        return redirect("department:keys")
    return page(request, member, "receipt_key", here="keys", form=form, problems=list(problems_of(form)))


def _table(found: list[Client]) -> Table:
    now = timezone.now()
    rows = [
        (
            Cell(f"{each.client_id[:8]}…", lang="en", href=reverse("department:revoke_key", args=[each.client_id])),
            ", ".join(each.scopes),
            moment(each.created),
            each.last_used_on or "—",
            moment(each.expires_at),
            Cell(_("live"), colour="green") if each.is_live(now) else Cell(_("ended"), colour="grey"),
        )
        for each in found
    ]
    columns = (_("Client id"), _("Scopes"), _("Made"), _("Last used"), _("Ends"), _("State"))
    return Table(_("Keys of your programs"), columns, rows, empty=_("None yet. Make one for your receiver."))
