"""Signed forms of a campaign, handed in as a list, or as a folder whose fingerprints the browser computes into one."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from registry.admin.fields import Day
from registry.errors import CampaignOver, Refusal
from registry.form_problems import problems_of
from sharing.employers import batch_files
from sharing.employers.batch import FaultsFound
from sharing.employers.campaigns import board
from sharing.employers.campaigns import forms as signed_forms
from sharing.employers.consent import LONGEST_DAYS
from sharing.employers.models import Campaign
from sharing.employers.portal.acts import Act, members_who_may
from sharing.employers.portal.campaigns import ACCEPTED, content_of
from sharing.employers.portal.form_file import said_on_pages
from sharing.employers.portal.frame import page
from sharing.employers.portal.one_campaign import employer_of, own
from sharing.employers.rows import Fault
from sharing.employers.taking_files import SpreadsheetInMemory, checked_for_forgery_after
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member
from sharing.tables import Table

FAULTS_SHOWN = 100


class FormsForm(forms.Form):
    manifest = forms.FileField(
        label=gettext_lazy("The list of signed forms"),
        help_text=gettext_lazy("CSV or Excel (.xlsx): your own key, fingerprint (SHA-256) and date of each form"),
        allow_empty_file=True,
        widget=forms.FileInput({"class": "govuk-file-upload", "accept": ACCEPTED}),
        error_messages={"required": gettext_lazy("Choose the list, or the folder of signed forms.")},
    )
    people = forms.FileField(
        label=gettext_lazy("The file of applicants that the campaign was begun with"),
        help_text=gettext_lazy("Not needed where the list itself has name and document number."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"class": "govuk-file-upload", "accept": ACCEPTED}),
    )
    signed_on = Day(
        label=gettext_lazy("Signed on"),
        required=False,
        help_text=format_lazy(
            gettext_lazy("For forms without a date in the list. At most {days} days ago. For example 2026-11-20"),
            days=LONGEST_DAYS,
        ),
    )
    anyway = forms.BooleanField(
        label=gettext_lazy("Take the rows that are right, though others are not"), required=False
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_who_may(Act.ASK)
@checked_for_forgery_after(SpreadsheetInMemory)
def hand_in(request: HttpRequest, member: Member, campaign_id: str) -> HttpResponse:
    found = own(member, campaign_id)
    if not board.takes_consents(found, timezone.now()):
        messages.error(request, str(CampaignOver()))
        return redirect("employer:campaign", found.pk)
    if request.method != "POST":
        return _page(request, member, found, FormsForm())
    form = FormsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, member, found, form)
    try:
        return _taken(request, member, found, form.cleaned_data)
    except FaultsFound as wrong:
        count = len(wrong.faults)
        said = ngettext(
            "Nothing was taken: %(count)s fault, listed below.",
            "Nothing was taken: %(count)s faults, listed below.",
            count,
        )
        form.add_error("manifest", said % {"count": count})
        return _page(request, member, found, form, wrong.faults)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else "manifest", str(refusal))
        return _page(request, member, found, form)


def _taken(request: HttpRequest, member: Member, found: Campaign, cleaned: dict[str, Any]) -> HttpResponse:
    now, day = timezone.now(), cleaned["signed_on"]
    people = content_of(cleaned["people"]) if cleaned["people"] else None
    raws = signed_forms.read(content_of(cleaned["manifest"]), people, day.isoformat() if day else "")
    taken = signed_forms.give(found.pk, raws, employer=employer_of(member), now=now, anyway=cleaned["anyway"])
    members.note(member, MemberActKind.HAND_IN_FORMS, found.pk, now=now)
    said = {"count": taken.count, "faults": len(taken.faults)}
    messages.success(request, _("Forms taken: %(count)s. Faults in rows left out: %(faults)s.") % said)
    return redirect("employer:campaign", found.pk)


def _page(
    request: HttpRequest, member: Member, found: Campaign, form: FormsForm, wrong: list[Fault] | None = None
) -> HttpResponse:
    shown = page(
        request,
        member,
        "campaign_forms",
        here="campaigns",
        campaign=found,
        form=form,
        problems=list(problems_of(form)),
        table=_faults_table(wrong) if wrong else None,
        shown=FAULTS_SHOWN,
        **said_on_pages(),
    )
    shown.status_code = 422 if form.errors else 200
    return shown


def _faults_table(wrong: list[Fault]) -> Table:
    rows = [
        (_place(fault), batch_files.head(fault.column), str(fault.refusal)) for fault in islice(wrong, FAULTS_SHOWN)
    ]
    return Table(_("What is wrong, by row and column"), (_("Row"), _("Column"), _("What is wrong")), rows)


def _place(fault: Fault) -> str:
    return _("%(row)s of the file of applicants") % {"row": fault.row} if fault.of_people else str(fault.row)
