"""Receipts owed: what is to be confirmed by when, who was told of it, and confirming it by hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from registry.assessment import rules
from registry.errors import NotDownloaded
from registry.form_problems import Problem, problems_of
from registry.models import EventType
from sharing.access import members_only
from sharing.departments import declaring, escalating, looking, owing
from sharing.departments.models import Escalation, Recall
from sharing.departments.owing import Duty
from sharing.departments.portal.forms import DeclareForm
from sharing.departments.portal.frame import page
from sharing.departments.portal.spoken import late
from sharing.parties.models import Member, OrganisationKind
from sharing.tables import Cell, Table, moment

PAGE = 25


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def owed(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member, DeclareForm(looking.downloaded(member.organisation_id)))


@require_POST
@members_only(OrganisationKind.DEPARTMENT)
def declare(request: HttpRequest, member: Member) -> HttpResponse:
    form = DeclareForm(looking.downloaded(member.organisation_id), request.POST)
    ticked = [each for each in request.POST.getlist("ticked")[:PAGE] if "\0" not in each]
    if form.is_valid() and form.position is None and not ticked:
        form.add_error("which", _("Nothing is ticked. Tick at least one row of the table."))
    if not form.is_valid():
        return _page(request, member, form, ticked)
    now = timezone.now()
    try:
        if form.position is None:
            new = declaring.declare(ticked, member=member, now=now)
        else:
            new = declaring.declare_up_to(form.position, member=member, now=now)
    except NotDownloaded as refusal:
        form.add_error("which", str(refusal))
        return _page(request, member, form, ticked)
    said = ngettext("%(count)s receipt is recorded.", "%(count)s receipts are recorded.", new)
    messages.success(request, said % {"count": new})
    return redirect("department:owed")


def _page(
    request: HttpRequest, member: Member, form: DeclareForm, ticked: Collection[str] = frozenset()
) -> HttpResponse:
    duties = owing.owed(member.organisation_id, PAGE)
    told = Escalation.objects.filter(department_id=member.organisation_id).order_by("-at")
    return page(
        request,
        member,
        "owed",
        here="owed",
        form=form,
        problems=[_short(problem) for problem in problems_of(form)],
        duties=duties,
        table=_table(member.organisation_id, duties, ticked),
        told=_told(list(told[:PAGE])),
    )


def _short(problem: Problem) -> Problem:
    """The declaration is a sentence: at the top of the page it is named, not repeated."""
    return replace(problem, label=_("Declaration")) if problem.target == "id_declared" else problem


def _table(department_id: int, duties: list[Duty], ticked: Collection[str]) -> Table:
    day, calendar = timezone.localdate(), rules().calendar
    recalls = _recalls(department_id, duties)
    rows = [
        (
            Cell(duty.listing_number, tick=duty.event_id, is_ticked=duty.event_id in ticked),
            _event(duty, recalls),
            Cell(duty.position, href=reverse("department:delivery", args=[duty.event_id])),
            moment(duty.since),
            duty.due_on,
            late(escalating.working_days_late(duty.due_on, day, calendar)),
            moment(duty.told_at),
        )
        for duty in duties
    ]
    columns = (_("Listing"), _("Event"), _("Position"), _("Yours since"), _("Due"), _("Overdue"), _("People told"))
    return Table(_("To be confirmed, the oldest first"), columns, rows, empty=_("All confirmed."))


def _recalls(department_id: int, duties: list[Duty]) -> dict[int, int]:
    """Of each withdrawal, by its position, the recall whose page says whom it waits for."""
    positions = [duty.position for duty in duties if duty.is_recall]
    recalls = Recall.objects.filter(department_id=department_id, position__in=positions)
    return dict(recalls.values_list("position", "pk"))


def _event(duty: Duty, recalls: dict[int, int]) -> Cell:
    label = EventType(duty.type).label
    recall = recalls.get(duty.position)
    return Cell(label, href=reverse("department:recall", args=[recall])) if recall else Cell(label)


def _told(told: list[Escalation]) -> Table:
    rows = [(moment(each.at), each.due, each.overdue, _whom(each)) for each in told]
    columns = (_("Told"), _("Due soon"), _("Overdue"), _("Who"))
    return Table(_("Who was told that something is due"), columns, rows, empty=_("Nobody, so far."))


def _whom(told: Escalation) -> object:
    if not told.court:
        return _("your members")
    return _("your members, and the court’s registry") if told.members else _("the court’s registry")
