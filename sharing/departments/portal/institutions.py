"""The institutions that the department supervises, and what is still to be had from those a recall reached."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.errors import Refusal
from registry.form_problems import problems_of
from sharing.access import members_only
from sharing.departments import institutions as flow
from sharing.departments import untaken
from sharing.departments.models import Department, Institution, Recall
from sharing.departments.portal import spoken
from sharing.departments.portal.forms import InstitutionForm
from sharing.departments.portal.frame import page
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member, OrganisationKind
from sharing.tables import Cell, Table, moment

NOT_TAKEN = 100


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def institutions(request: HttpRequest, member: Member) -> HttpResponse:
    found = Institution.objects.filter(department_id=member.organisation_id).order_by("ended_at", "code")
    return page(request, member, "institutions", here="institutions", table=_table(list(found)))


@require_http_methods(["GET", "HEAD", "POST"])
@members_only(OrganisationKind.DEPARTMENT)
def add(request: HttpRequest, member: Member) -> HttpResponse:
    form = InstitutionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        department, now = Department.objects.get(pk=member.organisation_id), timezone.now()
        try:
            with transaction.atomic():
                made = flow.register(department, **form.cleaned_data, now=now)
                members.note(member, MemberActKind.ADD_INSTITUTION, made.code, now=now)
            messages.success(request, _("Registered. It may be named in what you report from now on."))
            return redirect("department:institutions")
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
    return page(request, member, "add_institution", here="institutions", form=form, problems=list(problems_of(form)))


@require_http_methods(["GET", "HEAD", "POST"])
@members_only(OrganisationKind.DEPARTMENT)
def institution(request: HttpRequest, member: Member, code: str) -> HttpResponse:
    """One institution, and the end of its supervision."""
    found = _own(member, code)
    if request.method == "POST":
        now = timezone.now()
        with transaction.atomic():
            flow.end(found, now=now)
            members.note(member, MemberActKind.END_INSTITUTION, found.code, now=now)
        messages.success(request, _("Ended. What it was told already is still followed up."))
        return redirect("department:institutions")
    return page(request, member, "institution", here="institutions", institution=found)


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def recall(request: HttpRequest, member: Member, recall_id: int) -> HttpResponse:
    """Who was reached with what is to be purged, and who has not answered."""
    found = _recall(member, recall_id)
    answers = found.onward.select_related("institution").order_by("received_at")
    rows = [(each.institution.name, each.get_kind_display(), moment(each.at)) for each in answers]
    columns = (_("Institution"), _("What became of it"), _("When"))
    answered = Table(_("Answered"), columns, rows, empty=_("None has answered."))
    return page(
        request,
        member,
        "recall",
        here="owed",
        recall=found,
        outstanding=flow.outstanding(found),
        not_taken=spoken.not_taken(untaken.of(member.organisation_id, limit=NOT_TAKEN, recall=found)),
        table=answered,
    )


@require_POST
@members_only(OrganisationKind.DEPARTMENT)
def answer(request: HttpRequest, member: Member, recall_id: int) -> HttpResponse:
    """By hand: the institution has purged, or does not answer and the court is told its name."""
    found = _recall(member, recall_id)
    institution = _own(member, request.POST.get("institution", "").replace("\0", ""))
    do, now = request.POST.get("do", ""), timezone.now()
    if institution in flow.outstanding(found) and do in {"purged", "escalate"}:
        if do == "purged":
            flow.note_confirmed(found, [institution], at=now)
        elif not flow.escalate(found, institution, now=now):
            messages.error(request, _("The court could not be told: its mail is disturbed. Try again later."))
            return redirect("department:recall", found.pk)
        members.note(member, MemberActKind(f"onward_{do}"), institution.code, now=now)
        messages.success(request, _("Done. It holds from now on."))
    return redirect("department:recall", found.pk)


def _own(member: Member, code: str) -> Institution:
    """Another department's institution is as absent as one that never was."""
    found = Institution.objects.filter(department_id=member.organisation_id, code=code).first()
    if found is None:
        raise Http404
    return found


def _recall(member: Member, recall_id: int) -> Recall:
    recalls = Recall.objects.filter(department_id=member.organisation_id).select_related("listing", "department")
    found = recalls.filter(pk=recall_id).first()
    if found is None:
        raise Http404
    return found


def _table(found: list[Institution]) -> Table:
    rows = [
        (
            Cell(each.name, href=reverse("department:institution", args=[each.code])),
            Cell(each.code, lang="en"),
            Cell(each.uscc, lang="en"),
            Cell(_("ended"), colour="grey") if each.ended_at else Cell(_("supervised"), colour="green"),
        )
        for each in found
    ]
    columns = (_("Name"), _("Code"), _("Unified social credit code"), _("State"))
    return Table(_("Institutions"), columns, rows, empty=_("None yet. Register those that ask you about customers."))
