"""Many questions from one file: the template, the upload, and the list of what was uploaded."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from registry import codes
from registry.errors import Refusal, Text
from registry.form_problems import problems_of
from sharing.access import suspended
from sharing.employers import batch, batch_files, examples, standing, trail
from sharing.employers.batch_files import TYPES, Form
from sharing.employers.consent import LONGEST_DAYS
from sharing.employers.models import Batch, BatchState, Employer
from sharing.employers.portal.acts import Act, may, members_who_may
from sharing.employers.portal.forms import BETWEEN, PurposeForm
from sharing.employers.portal.frame import page
from sharing.employers.rows import RESIDENT
from sharing.employers.signed_form import HOW_LONG, WHICH_FILE
from sharing.employers.spoken import post_label
from sharing.employers.taking_files import SpreadsheetInMemory, checked_for_forgery_after
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member
from sharing.tables import Cell, Table, moment

PAGE = 25
COLOURS = {BatchState.CHECKED: "yellow", BatchState.ASKING: "blue", BatchState.WAITING: "yellow"}
# One with a signed form, whose fingerprint is shortened, and one with a code.
EXAMPLES = (
    (*examples.APPLICANTS[0], "9f86d081884c7d65…", examples.SIGNED_ON, ""),
    (*examples.APPLICANTS[1], "", "", examples.CONSENT_CODE),
)
# Where a refusal of the upload belongs; the file is to blame for all others.
PLACES = {"purpose": "post", "post": "post"}


class UploadForm(PurposeForm):
    file = forms.FileField(
        label=gettext_lazy("The file"),
        help_text=gettext_lazy("CSV or Excel (.xlsx), the template filled in: at most 10,000 rows and 10 MB"),
        allow_empty_file=True,
        widget=forms.FileInput({"class": "govuk-file-upload", "accept": f".csv,.xlsx,text/csv,{TYPES[Form.XLSX]}"}),
        error_messages={"required": gettext_lazy("Choose the file.")},
    )


@require_safe
@never_cache
@members_who_may(Act.READ)
def batches(request: HttpRequest, member: Member) -> HttpResponse:
    own = Batch.objects.filter(employer=member.organisation_id).select_related("member").order_by("-uploaded_at", "-pk")
    found = Paginator(own, PAGE).get_page(request.GET.get("page"))
    table = _table(list(found), standing.standing_still(list(found), timezone.now()))
    may_ask = may(member, Act.ASK) and not suspended(member)
    return page(request, member, "batches", here="batches", table=table, found=found, may_ask=may_ask)


@require_safe
@never_cache
@members_who_may(Act.READ)
def template(request: HttpRequest, member: Member, form: str) -> HttpResponse:
    """The heads alone, to be filled in."""
    if form not in Form:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="batch.{form}"'}
    return HttpResponse(batch_files.template(Form(form)), content_type=TYPES[form], headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_who_may(Act.ASK)
@checked_for_forgery_after(SpreadsheetInMemory)
def new(request: HttpRequest, member: Member) -> HttpResponse:
    employer = Employer.objects.select_related("organisation").get(pk=member.organisation_id)
    if request.method != "POST":
        return _page(request, member, employer, UploadForm(employer=employer))
    form = UploadForm(request.POST, request.FILES, employer=employer)
    if not form.is_valid():
        return _page(request, member, employer, form)
    try:
        made = _checked(form.cleaned_data, employer, member)
    except Refusal as refusal:
        form.add_error(PLACES.get(refusal.field, "file"), str(refusal))
        return _page(request, member, employer, form, status=refusal.status)
    return redirect("employer:batch", made.pk)


def _checked(cleaned: dict[str, Any], employer: Employer, member: Member) -> Batch:
    purpose, _between, post = cleaned["post"].partition(BETWEEN)
    file, now = cleaned["file"], timezone.now()
    file.seek(0)
    made = batch.check(file.read(), purpose=purpose, post=post, employer=employer, member=member, now=now)
    members.note(member, MemberActKind.UPLOAD_BATCH, made.pk, now=now)
    return made


def _page(
    request: HttpRequest, member: Member, employer: Employer, form: UploadForm, *, status: int = 200
) -> HttpResponse:
    shown = page(
        request,
        member,
        "new_batch",
        here="batches",
        form=form,
        problems=list(problems_of(form)),
        example=_example(),
        left=trail.left_today(employer, timezone.now()),
        consent_days=LONGEST_DAYS,
        which_file=WHICH_FILE,
        how_long=HOW_LONG,
    )
    shown.status_code = status
    return shown


def _example() -> Table:
    kind = codes.label("document_types", RESIDENT)
    rows = [(key, Cell(name, lang="zh"), kind, *others) for key, name, *others in EXAMPLES]
    return Table(_("How rows look: invented persons, who are not in the template"), batch_files.heads(), rows)


def _table(found: list[Batch], still: Set[str]) -> Table:
    rows = [
        (
            Cell(moment(each.uploaded_at), href=reverse("employer:batch", args=[each.pk])),
            state(each, stands_still=each.pk in still),
            post_label(each.purpose, each.post),
            each.member.name if each.member else _("a program"),
            each.total,
            each.answered,
            each.refused,
        )
        for each in found
    ]
    columns: tuple[Text, ...] = (
        _("Uploaded at"),
        _("State"),
        _("Post"),
        _("By"),
        _("Rows"),
        _("Answered"),
        _("Rows refused"),
    )
    return Table(_("Batches, the newest first"), columns, rows, empty=_("No batch yet."), figures=frozenset({4, 5, 6}))


def state(found: Batch, *, stands_still: bool) -> Cell:
    """Where the batch is, as a tag."""
    if stands_still:
        return Cell(_("stands still"), colour="red")
    return Cell(BatchState(found.state).label, colour=COLOURS.get(BatchState(found.state), ""))
