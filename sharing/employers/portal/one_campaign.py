"""One campaign: what is wrong with its file before it begins, then its board, its links and its results."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.errors import NoSuchCampaign, Refusal
from registry.form_problems import problems_of
from sharing.access import suspended
from sharing.employers import standing, taking_over, trail
from sharing.employers.batch_asking import more_days
from sharing.employers.batch_files import TYPES, Form
from sharing.employers.campaigns import allowances, board, ending, files, links, making
from sharing.employers.models import Campaign, CampaignState, Employer, RowState
from sharing.employers.portal.acts import Act, may, members_who_may
from sharing.employers.portal.campaign_board import (
    FAULTS_SHOWN,
    about,
    allowance,
    allowed,
    counts_table,
    faults_table,
    rows_of,
    rows_table,
    waits_until,
)
from sharing.employers.portal.campaigns import state
from sharing.employers.portal.frame import page
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member

PAGE = 50
PLACE_MOST = 9  # digits


class BeginForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Ask the registry for more questions, and why"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3, "class": "govuk-textarea"}),
        help_text=gettext_lazy(
            "As many as there are rows, for this campaign alone. Left empty, it goes on with your questions of each day."
        ),
    )
    declared = forms.BooleanField(
        label=gettext_lazy(
            "I declare that every applicant in this file applies for this post, and that the answers are used for nothing else."
        ),
        error_messages={"required": gettext_lazy("Tick the declaration. Without it nobody can be asked.")},
    )


class WhyForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Why more questions are needed"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3, "class": "govuk-textarea"}),
        error_messages={"required": gettext_lazy("Say why.")},
    )


@require_safe
@never_cache
@members_who_may(Act.READ)
def show(request: HttpRequest, member: Member, campaign_id: str) -> HttpResponse:
    found = own(member, campaign_id)
    if found.state == CampaignState.CHECKED:
        return _check_page(request, member, found, BeginForm())
    if "HX-Request" in request.headers:
        now = timezone.now()
        return render(request, "employer/campaign_progress.html", _progress(found, board.counts(found, now), now))
    return _board_page(request, member, found, WhyForm())


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_who_may(Act.ASK)
def begin(request: HttpRequest, member: Member, campaign_id: str) -> HttpResponse:
    found, form = own(member, campaign_id), BeginForm(request.POST)
    if request.method != "POST" or found.state != CampaignState.CHECKED:
        return redirect("employer:campaign", found.pk)
    if not form.is_valid():
        return _check_page(request, member, found, form)
    now = timezone.now()
    try:
        with transaction.atomic():
            making.begin(found.pk, form.cleaned_data["why"], employer=employer_of(member), now=now)
            members.note(member, MemberActKind.BEGIN_CAMPAIGN, found.pk, now=now)
            taking_over.take_over_campaign(found.pk, by=member, now=now)  # where who uploaded it is shut out
    except Refusal as refusal:
        form.add_error("why" if refusal.field == "why" else None, str(refusal))
        return _check_page(request, member, found, form)
    return redirect("employer:campaign", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_who_may(Act.ASK)
def stop(request: HttpRequest, member: Member, campaign_id: str) -> HttpResponse:
    """For good, so it is asked once more; a file that was only checked is thrown away from its own page."""
    found, now = own(member, campaign_id), timezone.now()
    if request.method != "POST":
        return _stop_page(request, member, found)
    with transaction.atomic():
        if not ending.stop(found.pk, employer_id=member.organisation_id, now=now):
            return redirect("employer:campaign", found.pk)
        members.note(member, MemberActKind.STOP_CAMPAIGN, found.pk, now=now)
    if found.state == CampaignState.CHECKED:
        messages.success(request, _("The file is thrown away; nobody was asked."))
        return redirect("employer:new_campaign")
    messages.success(request, _("Stopped. Links lead nowhere any more, and what was answered stays."))
    return redirect("employer:campaign", found.pk)


@require_POST
@never_cache
@members_who_may(Act.ASK)
def withdraw(request: HttpRequest, member: Member, campaign_id: str) -> HttpResponse:
    """The rows that are ticked."""
    found, now = own(member, campaign_id), timezone.now()
    try:
        with transaction.atomic():
            count = ending.withdraw(found.pk, ticked(request), employer_id=member.organisation_id, now=now)
            if count:
                members.note(member, MemberActKind.WITHDRAW_CAMPAIGN_ROWS, found.pk, now=now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Rows withdrawn: %(count)s. Their links lead nowhere any more.") % {"count": count})
    return redirect("employer:campaign", found.pk)


@require_POST
@never_cache
@members_who_may(Act.ASK)
def want(request: HttpRequest, member: Member, campaign_id: str) -> HttpResponse:
    """More questions than the day's quota."""
    found, form, now = own(member, campaign_id), WhyForm(request.POST), timezone.now()
    if not form.is_valid():
        return _board_page(request, member, found, form)
    try:
        with transaction.atomic():
            allowances.want(making.going_on(member.organisation_id, found.pk), form.cleaned_data["why"], now=now)
            members.note(member, MemberActKind.WANT_ALLOWANCE, found.pk, now=now)
    except Refusal as refusal:
        form.add_error("why", str(refusal))
        return _board_page(request, member, found, form)
    messages.success(request, _("Asked. The registry’s answer comes by mail, and stands here."))
    return redirect("employer:campaign", found.pk)


@require_safe
@never_cache
@members_who_may(Act.READ)
def faults(request: HttpRequest, member: Member, campaign_id: str) -> HttpResponse:
    """Everything that is wrong with the file's rows, as CSV."""
    found = own(member, campaign_id)
    headers = {"Content-Disposition": f'attachment; filename="{found.pk}-faults.csv"'}
    return HttpResponse(b"".join(files.faults_file(found)), content_type=TYPES[Form.CSV], headers=headers)


@require_safe
@never_cache
@members_who_may(Act.READ)
def results(request: HttpRequest, member: Member, campaign_id: str, form: str) -> HttpResponseBase:
    """What is answered by now, while the campaign goes on and after."""
    found, now = own(member, campaign_id), timezone.now()
    if form not in Form or found.begun_at is None:
        raise Http404
    members.note(member, MemberActKind.EXPORT_CAMPAIGN, found.pk, now=now)
    headers = {"Content-Disposition": f'attachment; filename="{found.pk}.{form}"'}
    return StreamingHttpResponse(files.results_file(found, Form(form), now), content_type=TYPES[form], headers=headers)


def ticked(request: HttpRequest) -> list[int]:
    """The places of the rows that are ticked."""
    found = request.POST.getlist("ticked")[:PAGE]
    return [int(each) for each in found if each.isascii() and each.isdigit() and len(each) <= PLACE_MOST]


def own(member: Member, campaign_id: str) -> Campaign:
    """Another employer's campaign is as absent as one that never was."""
    try:
        return making.own(member.organisation_id, campaign_id)
    except NoSuchCampaign as refusal:
        raise Http404 from refusal


def employer_of(member: Member) -> Employer:
    return Employer.objects.select_related("organisation").get(pk=member.organisation_id)


def may_act(member: Member) -> bool:
    return may(member, Act.ASK) and not suspended(member)


def _check_page(request: HttpRequest, member: Member, found: Campaign, form: BeginForm) -> HttpResponse:
    employer, now = employer_of(member), timezone.now()
    left = trail.left_today(employer, now)
    faulty = found.rows.filter(number_digest=None).count()
    valid = found.total - faulty
    return page(
        request,
        member,
        "check_campaign",
        here="campaigns",
        campaign=found,
        form=form,
        problems=list(problems_of(form)),
        rows=rows_of(about(found)),
        valid=valid,
        faulty=faulty,
        left=left,
        days=more_days(valid, left, employer.daily_quota),
        until=found.made_at + making.KEPT,
        table=faults_table(found) if faulty else None,
        shown=FAULTS_SHOWN,
        may_ask=may_act(member),
    )


def _stop_page(request: HttpRequest, member: Member, found: Campaign) -> HttpResponse:
    if found.state != CampaignState.OPEN:
        return redirect("employer:campaign", found.pk)
    now = timezone.now()
    ends = {"alive": links.alive(found, now), "waiting": board.counts(found, now)[RowState.GIVEN]}
    return page(request, member, "stop_campaign", here="campaigns", campaign=found, **ends)


def _progress(found: Campaign, counts: Mapping[RowState, int], now: datetime) -> dict[str, object]:
    """What the page fetches again by itself, and nothing else of it: it is fetched every few seconds."""
    still = bool(standing.standing_still([found], now))
    tag = state(found, stands_still=still)
    return {
        "campaign": found,
        "word": tag.text,
        "colour": tag.colour,
        "goes_on": found.state == CampaignState.OPEN,
        "every": "2s" if counts[RowState.GIVEN] and not still else "10s",
        "stands_still": still,
        "answered": counts[RowState.ANSWERED],
        "waits": None if still else waits_until(found, counts[RowState.GIVEN], now),
        "counts": counts_table(found, {each: count for each, count in counts.items() if count}),
    }


def _board_page(request: HttpRequest, member: Member, found: Campaign, form: WhyForm) -> HttpResponse:
    now = timezone.now()
    sought = request.GET.get("state", "")
    sought = sought if sought in RowState else ""
    shown = Paginator(board.rows(found, now, sought), PAGE).get_page(request.GET.get("page"))
    goes_on, may_ask = found.state == CampaignState.OPEN, may_act(member)
    takes_consents = may_ask and board.takes_consents(found, now)
    return page(
        request,
        member,
        "campaign",
        here="campaigns",
        **_progress(found, board.counts(found, now), now),
        table=rows_table(shown, sought, may_withdraw=may_ask and goes_on),
        found=shown,
        query=urlencode({"state": sought}) if sought else "",
        rows=rows_of([*about(found), *allowed(found)]),
        form=form,
        problems=list(problems_of(form)),
        takes_consents=takes_consents,
        missing=links.missing(found, now) if takes_consents else 0,
        alive=links.alive(found, now) if takes_consents else 0,
        may_ask=may_ask and goes_on,
        may_want=may_ask and goes_on and allowance(found) is None,
    )
