"""Campaigns: the list, the template, and a new one from a file of applicants."""

from __future__ import annotations

from collections.abc import Set
from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from registry import codes
from registry.actions.acting import today
from registry.admin.fields import Day, Words
from registry.errors import Refusal
from registry.form_problems import problems_of
from registry.identity import MOST_NAME_TYPED
from sharing.access import suspended
from sharing.employers import batch_files, examples, standing
from sharing.employers.batch_files import TYPES, Form
from sharing.employers.campaigns import making
from sharing.employers.campaigns.files import FORMS, PEOPLE
from sharing.employers.campaigns.making import Plan
from sharing.employers.models import Campaign, CampaignState, Employer
from sharing.employers.portal.acts import Act, may, members_who_may
from sharing.employers.portal.forms import BETWEEN, TYPED_PLAIN, PurposeForm
from sharing.employers.portal.frame import page
from sharing.employers.rows import RESIDENT
from sharing.employers.spoken import post_label
from sharing.employers.taking_files import SpreadsheetInMemory, checked_for_forgery_after
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member
from sharing.tables import Cell, Table, moment

PAGE = 25
USUAL = timedelta(days=30)
COLOURS = {CampaignState.CHECKED: "yellow", CampaignState.OPEN: "blue", CampaignState.DONE: "green"}
# Where a refusal of the upload belongs; the file is to blame for all others.
PLACES = {"purpose": "post", "post": "post", "title": "title", "last_day": "last_day"}
TEMPLATES = {"applicants": PEOPLE, "forms": FORMS}
ACCEPTED = f".csv,.xlsx,text/csv,{TYPES[Form.XLSX]}"


class CampaignForm(PurposeForm):
    title = Words(
        label=gettext_lazy("Title"),
        max_length=MOST_NAME_TYPED,
        help_text=gettext_lazy("Your own, for your members: for example spring intake 2027. No person belongs in it."),
        widget=forms.TextInput(TYPED_PLAIN),
    )
    last_day = Day(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Until when applicants may consent, at most 90 days from now. For example 2026-12-24"),
    )
    file = forms.FileField(
        label=gettext_lazy("The file of applicants"),
        help_text=gettext_lazy("CSV or Excel (.xlsx), the template filled in: at most 10,000 rows and 10 MB"),
        allow_empty_file=True,
        widget=forms.FileInput({"class": "govuk-file-upload", "accept": ACCEPTED}),
        error_messages={"required": gettext_lazy("Choose the file.")},
    )
    field_order = ("title", "post", "last_day", "file")

    def plan(self) -> Plan:
        purpose, _between, post = str(self.cleaned_data["post"]).partition(BETWEEN)
        given = {name: self.cleaned_data[name] for name in ("title", "last_day")}
        return Plan(purpose=purpose, post=post, **given)


@require_safe
@never_cache
@members_who_may(Act.READ)
def campaigns(request: HttpRequest, member: Member) -> HttpResponse:
    own = Campaign.objects.filter(employer=member.organisation_id).select_related("member").order_by("-made_at", "-pk")
    found = Paginator(own, PAGE).get_page(request.GET.get("page"))
    table = _table(list(found), standing.standing_still(list(found), timezone.now()))
    may_ask = may(member, Act.ASK) and not suspended(member)
    return page(request, member, "campaigns", here="campaigns", table=table, found=found, may_ask=may_ask)


@require_safe
@never_cache
@members_who_may(Act.READ)
def template(request: HttpRequest, member: Member, kind: str, form: str) -> HttpResponse:
    """The heads alone, to be filled in."""
    if form not in Form or kind not in TEMPLATES:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="campaign-{kind}.{form}"'}
    return HttpResponse(batch_files.template(Form(form), TEMPLATES[kind]), content_type=TYPES[form], headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_who_may(Act.ASK)
@checked_for_forgery_after(SpreadsheetInMemory)
def new(request: HttpRequest, member: Member) -> HttpResponse:
    employer = Employer.objects.select_related("organisation").get(pk=member.organisation_id)
    if request.method != "POST":
        usual = {"last_day": today(timezone.now()) + USUAL}
        return _page(request, member, CampaignForm(employer=employer, initial=usual))
    form = CampaignForm(request.POST, request.FILES, employer=employer)
    if not form.is_valid():
        return _page(request, member, form)
    try:
        made = _checked(form, employer, member)
    except Refusal as refusal:
        form.add_error(PLACES.get(refusal.field, "file"), str(refusal))
        return _page(request, member, form, status=refusal.status)
    return redirect("employer:campaign", made.pk)


def _checked(form: CampaignForm, employer: Employer, member: Member) -> Campaign:
    now = timezone.now()
    made = making.check(content_of(form.cleaned_data["file"]), form.plan(), employer=employer, member=member, now=now)
    members.note(member, MemberActKind.UPLOAD_CAMPAIGN, made.pk, now=now)
    return made


def content_of(file: Any) -> bytes:
    """Of an uploaded file, which is in memory alone."""
    file.seek(0)
    return bytes(file.read())


def _page(request: HttpRequest, member: Member, form: CampaignForm, *, status: int = 200) -> HttpResponse:
    problems = list(problems_of(form))
    shown = page(request, member, "new_campaign", here="campaigns", form=form, problems=problems, example=_example())
    shown.status_code = status
    return shown


def _example() -> Table:
    key, name, number = examples.APPLICANTS[0]
    row = (key, Cell(name, lang="zh"), codes.label("document_types", RESIDENT), number)
    caption = _("How a row looks: an invented person, who is not in the template")
    return Table(caption, batch_files.heads(PEOPLE), [row])


def _table(found: list[Campaign], still: Set[str]) -> Table:
    rows = [
        (
            Cell(each.title, href=reverse("employer:campaign", args=[each.pk])),
            state(each, stands_still=each.pk in still),
            post_label(each.purpose, each.post),
            moment(each.made_at),
            date_format(each.last_day),
            each.member.name if each.member else _("a program"),
            each.total,
        )
        for each in found
    ]
    columns = (_("Title"), _("State"), _("Post"), _("Made at"), _("Last day"), _("By"), _("Rows"))
    return Table(_("Campaigns, the newest first"), columns, rows, empty=_("No campaign yet."), figures=frozenset({6}))


def state(found: Campaign, *, stands_still: bool) -> Cell:
    """Where the campaign is, as a tag."""
    if stands_still:
        return Cell(_("stands still"), colour="red")
    return Cell(CampaignState(found.state).label, colour=COLOURS.get(CampaignState(found.state), ""))
