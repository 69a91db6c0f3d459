"""One batch: what is wrong with its rows before anything is asked, then how far it is, and its results as files."""

from __future__ import annotations

from itertools import islice

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.errors import NoSuchBatch, Refusal
from registry.form_problems import problems_of
from sharing.access import suspended
from sharing.employers import batch, batch_files, standing, taking_over, trail
from sharing.employers.batch_asking import ends_in, more_days
from sharing.employers.batch_files import TYPES, Form
from sharing.employers.models import GOING_ON, Batch, BatchState, Employer
from sharing.employers.portal.acts import Act, may, members_who_may
from sharing.employers.portal.batches import state
from sharing.employers.portal.frame import page
from sharing.employers.spoken import Line, post_label, purpose_label
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member
from sharing.tables import Table, moment

FAULTS_SHOWN = 100
MINUTE, HOUR = 60, 3600


class AskForm(forms.Form):
    declared = forms.BooleanField(
        label=gettext_lazy(
            "I declare that every applicant in this file applies for this post, consented to this purpose by a code or a signed form, and that the answers are used for nothing else."
        ),
        error_messages={"required": gettext_lazy("Tick the declaration. Without it nothing can be asked.")},
    )


@require_safe
@never_cache
@members_who_may(Act.READ)
def show(request: HttpRequest, member: Member, batch_id: str) -> HttpResponse:
    found = _own(member, batch_id)
    if found.state == BatchState.CHECKED:
        return _check_page(request, member, found, AskForm())
    return _progress_page(request, member, found)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_who_may(Act.ASK)
def ask(request: HttpRequest, member: Member, batch_id: str) -> HttpResponse:
    """Every row that can be asked is: once, whatever is pressed how often."""
    found, form = _own(member, batch_id), AskForm(request.POST)
    if request.method != "POST" or found.state != BatchState.CHECKED:
        return redirect("employer:batch", found.pk)
    if not form.is_valid():
        return _check_page(request, member, found, form)
    employer, now = _employer(member), timezone.now()
    try:
        with transaction.atomic():
            if batch.begin(found.pk, employer=employer, now=now):
                members.note(member, MemberActKind.ASK_BATCH, found.pk, now=now)
                taking_over.take_over_batch(found.pk, by=member, now=now)  # where who uploaded it is shut out
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("employer:batch", found.pk)


@require_POST
@never_cache
@members_who_may(Act.ASK)
def stop(request: HttpRequest, member: Member, batch_id: str) -> HttpResponse:
    """What was not asked yet is destroyed. Of a batch that was not begun, that is all: another file is next."""
    found, now = _own(member, batch_id), timezone.now()
    with transaction.atomic():
        if not batch.stop(found.pk, employer_id=member.organisation_id, now=now):
            return redirect("employer:batch", found.pk)
        members.note(member, MemberActKind.STOP_BATCH, found.pk, now=now)
    if found.state == BatchState.CHECKED:
        messages.success(request, _("The file is thrown away; nothing was asked."))
        return redirect("employer:new_batch")
    messages.success(request, _("Stopped. What was answered stays."))
    return redirect("employer:batch", found.pk)


@require_safe
@never_cache
@members_who_may(Act.READ)
def faults(request: HttpRequest, member: Member, batch_id: str) -> HttpResponse:
    """Everything that is wrong with the rows, as CSV."""
    found = _own(member, batch_id)
    headers = {"Content-Disposition": f'attachment; filename="{found.pk}-faults.csv"'}
    return HttpResponse(b"".join(batch_files.faults_file(found)), content_type=TYPES[Form.CSV], headers=headers)


@require_safe
@never_cache
@members_who_may(Act.READ)
def results(request: HttpRequest, member: Member, batch_id: str, form: str) -> HttpResponseBase:
    """What is answered by now, while the batch goes on and after."""
    found = _own(member, batch_id)
    if form not in Form or found.begun_at is None:
        raise Http404
    members.note(member, MemberActKind.EXPORT_BATCH, found.pk, now=timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="{found.pk}.{form}"'}
    file = batch_files.results_file(found, Form(form))
    return StreamingHttpResponse(file, content_type=TYPES[form], headers=headers)


def _check_page(request: HttpRequest, member: Member, found: Batch, form: AskForm) -> HttpResponse:
    employer, now = _employer(member), timezone.now()
    left = trail.left_today(employer, now)
    return page(
        request,
        member,
        "check_batch",
        here="batches",
        batch=found,
        form=form,
        problems=list(problems_of(form)),
        rows=_rows(_about(found)),
        valid=found.left,
        faulty=found.refused,
        left=left,
        days=more_days(found.left, left, employer.daily_quota),
        table=_faults_table(found) if found.refused else None,
        shown=FAULTS_SHOWN,
        may_ask=may(member, Act.ASK) and not suspended(member),
    )


def _progress_page(request: HttpRequest, member: Member, found: Batch) -> HttpResponse:
    now = timezone.now()
    still = bool(standing.standing_still([found], now))
    tag, waits = state(found, stands_still=still), found.state == BatchState.WAITING and not still
    return page(
        request,
        member,
        "batch",
        here="batches",
        batch=found,
        word=tag.text,
        colour=tag.colour,
        goes_on=found.state in GOING_ON,
        every="2s" if found.state == BatchState.ASKING and not still else "60s",
        stands_still=still,
        may_go_on=may(member, Act.ASK) and not suspended(member),
        waits=waits,
        waits_for_codes=waits and trail.left_today(_employer(member), now) > 0,
        settled=found.settled,
        time_left=_time(None if still else ends_in(found, now)),
        rows=_rows(_about(found)),
        table=_faults_table(found) if found.refused and found.begun_at else None,
        shown=FAULTS_SHOWN,
        may_stop=found.state in GOING_ON and may(member, Act.ASK) and not suspended(member),
    )


def _about(found: Batch) -> list[Line]:
    return [
        Line(_("Id"), found.pk),
        Line(_("Purpose"), capfirst(purpose_label(found.purpose))),
        Line(_("Post"), capfirst(post_label(found.purpose, found.post))),
        Line(_("Uploaded at"), moment(found.uploaded_at)),
        Line(_("By"), found.member.name if found.member else _("a program")),
    ]


def _rows(lines: list[Line]) -> list[dict[str, str]]:
    return [{"label": each.label, "value": each.value, "href": ""} for each in lines]


def _faults_table(found: Batch) -> Table:
    rows = [
        (row, column, f"{code} {text}") for row, column, code, text in islice(batch_files.faults(found), FAULTS_SHOWN)
    ]
    return Table(_("What is wrong, by row and column"), (_("Row"), _("Column"), _("What is wrong")), rows)


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < MINUTE:
        return _("less than a minute")
    if seconds < HOUR:
        minutes = round(seconds / MINUTE)
        return ngettext("about %(count)s minute", "about %(count)s minutes", minutes) % {"count": minutes}
    hours = round(seconds / HOUR)
    return ngettext("about %(count)s hour", "about %(count)s hours", hours) % {"count": hours}


def _employer(member: Member) -> Employer:
    return Employer.objects.select_related("organisation").get(pk=member.organisation_id)


def _own(member: Member, batch_id: str) -> Batch:
    """Another employer's batch is as absent as one that never was."""
    try:
        return batch.own(member.organisation_id, batch_id)
    except NoSuchBatch as refusal:
        raise Http404 from refusal
