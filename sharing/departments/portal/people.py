"""Who signs in for the department: an owner takes members in, gives roles and shuts them out; everybody reads the list."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.errors import Refusal
from registry.form_problems import problems_of
from sharing.access import members_only
from sharing.departments.portal.forms import MemberForm
from sharing.departments.portal.frame import page
from sharing.departments.portal.spoken import moment
from sharing.parties import members
from sharing.parties.models import Member, MemberRole, OrganisationKind
from sharing.tables import Cell, Table

Deed = Callable[[Member], object]


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def people(request: HttpRequest, member: Member) -> HttpResponse:
    return page(request, member, "people", here="people", table=_table(_of(member)), is_owner=_owns(member))


@require_safe
@members_only(OrganisationKind.DEPARTMENT, MemberRole.OWNER)
def person(request: HttpRequest, member: Member, member_id: int) -> HttpResponse:
    """One member, and what an owner may do."""
    return page(request, member, "person", here="people", person=_one(member, member_id))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only(OrganisationKind.DEPARTMENT, MemberRole.OWNER)
def add(request: HttpRequest, member: Member) -> HttpResponse:
    form = MemberForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made, password = members.invite(member.organisation, **form.cleaned_data)
            members.note(member, "add_member", str(made.pk), now=timezone.now())
            return page(request, member, "initial_password", here="people", person=made, password=password)
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
    return page(request, member, "add_member", here="people", form=form, problems=list(problems_of(form)))


@require_POST
@never_cache
@members_only(OrganisationKind.DEPARTMENT, MemberRole.OWNER)
def act(request: HttpRequest, member: Member, member_id: int) -> HttpResponse:
    """What a button of the member's page does; a button that is not there does nothing."""
    person, do = _one(member, member_id), request.POST.get("do", "")
    if do == "password":
        password = members.give_initial_password(person)
        members.note(member, "initial_password", str(person.pk), now=timezone.now())
        return page(request, member, "initial_password", here="people", person=person, password=password)
    if do in DEEDS:
        try:
            DEEDS[do](person)
            members.note(member, do, str(person.pk), now=timezone.now())
            messages.success(request, _("Done. It holds from now on."))
        except Refusal as refusal:
            messages.error(request, str(refusal))
    return redirect("department:people")


DEEDS: dict[str, Deed] = {
    "shut_out": members.shut_out,
    "let_in_again": members.let_in_again,
    "make_owner": lambda person: members.give_role(person, MemberRole.OWNER),
    "make_integrator": lambda person: members.give_role(person, MemberRole.INTEGRATOR),
}


def _of(member: Member) -> list[Member]:
    found = Member.objects.filter(organisation=member.organisation).select_related("account")
    return list(found.order_by("-account__is_active", "pk"))


def _one(member: Member, member_id: int) -> Member:
    """Another organisation's member is as absent as one that never was."""
    found = Member.objects.filter(organisation=member.organisation, pk=member_id).select_related("account").first()
    if found is None:
        raise Http404
    return found


def _owns(member: Member) -> bool:
    return member.role == MemberRole.OWNER


def _table(found: list[Member]) -> Table:
    rows = [
        (
            Cell(each.name, href=reverse("department:person", args=[each.pk])),
            Cell(each.account.username, lang="en"),
            MemberRole(each.role).label,
            each.account.email or "—",
            moment(each.account.last_login),
            _standing(each),
        )
        for each in found
    ]
    columns = (_("Name"), _("User name"), _("Role"), _("E-mail"), _("Last signed in"), _("State"))
    return Table(_("Members"), columns, rows)


def _standing(member: Member) -> Cell:
    if not member.account.is_active:
        return Cell(_("shut out"), colour="grey")
    if member.has_initial_password:
        return Cell(_("has not chosen a password yet"), colour="yellow")
    return Cell(_("may sign in"), colour="green")
