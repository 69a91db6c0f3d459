"""Monitoring: who is enrolled until when, what changed, taking note of it, and ending it."""

from __future__ import annotations

import re
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.actions.acting import today
from registry.errors import Text
from sharing.access import suspended
from sharing.employers.models import Employer, EndedBecause, Monitoring, MonitoringChange, Screening, ScreeningOutcome
from sharing.employers.monitoring import confirming, ending
from sharing.employers.monitoring_shapes import state
from sharing.employers.portal.acts import Act, may, members_who_may
from sharing.employers.portal.frame import page
from sharing.employers.spoken import SCOPE_MEANINGS, Line, post_label, purpose_label, word
from sharing.employers.trail import told_on
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member
from sharing.tables import Cell, Table, moment

PAGE = 25
CHANGE_ID = re.compile(r"mch_[0-9A-Z]{26}", re.ASCII)
# What `word` reads of the answer now and of the one before.
ANSWERS = ("screening__verdict", "screening__recall", "before__verdict", "before__recall")
COLOURS = {"on": "green", "paused": "orange", "ended": "grey"}


@require_safe
@never_cache
@members_who_may(Act.READ)
def monitorings(request: HttpRequest, member: Member) -> HttpResponse:
    day, employer = today(timezone.now()), Employer.objects.get(pk=member.organisation_id)
    own = _of(employer.pk).annotate(changed_at=Max("changes__at")).order_by("-enrolled_at", "-pk")
    found = Paginator(own, PAGE).get_page(request.GET.get("page"))
    waiting = confirming.to_confirm(employer.pk, day).select_related("monitoring", *ANSWERS)
    waiting = waiting.order_by("-at", "-number")[:PAGE]
    return page(
        request,
        member,
        "monitorings",
        here="monitorings",
        table=_table(list(found), day),
        waiting=_waiting(list(waiting)),
        has_waiting=bool(waiting),
        found=found,
        most=employer.monitored_most,
        enrolled=_of(employer.pk).filter(ended_at=None, until__gte=day).count(),
        may_enrol=may(member, Act.ASK) and not suspended(member),
    )


@require_safe
@never_cache
@members_who_may(Act.READ)
def monitoring(request: HttpRequest, member: Member, monitoring_id: str) -> HttpResponse:
    found, now = _own(member, monitoring_id), timezone.now()
    members.note(member, MemberActKind.READ_MONITORING, found.pk, now=now)
    related = ("screening__applicant_told", "confirmation__member", *ANSWERS)
    changes = found.changes.select_related(*related).order_by("-number")
    ends = state(found, today(now)) == "ended"
    to_confirm = [each for each in changes if not ends and not hasattr(each, "confirmation")]
    return page(
        request,
        member,
        "monitoring",
        here="monitorings",
        monitoring=found,
        state=_state(found, today(now)),
        rows=[{"label": each.label, "value": each.value, "href": ""} for each in _facts(found)],
        changes=_changes(list(changes)),
        to_confirm=to_confirm,
        owes=any(_owes(each.screening) for each in changes),
        may_confirm=may(member, Act.TELL),
        may_end=may(member, Act.END) and not ends,
    )


@require_POST
@members_who_may(Act.TELL)
def confirm(request: HttpRequest, member: Member, monitoring_id: str) -> HttpResponse:
    """Take note of one change; of another employer's, or one that is not there, nobody does."""
    found = _own(member, monitoring_id)
    change_id = request.POST.get("change", "")
    own = MonitoringChange.objects.filter(monitoring=found)
    change = own.filter(pk=change_id).first() if CHANGE_ID.fullmatch(change_id) else None
    if change is None:
        raise Http404
    confirming.confirm(change, member=member, now=timezone.now())
    messages.success(request, _("Written down."))
    return redirect("employer:monitoring", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_who_may(Act.END)
def end(request: HttpRequest, member: Member, monitoring_id: str) -> HttpResponse:
    found, now = _own(member, monitoring_id), timezone.now()
    if request.method != "POST":
        return page(request, member, "end_monitoring", here="monitorings", monitoring=found)
    with transaction.atomic():
        if ending.end(found.pk, EndedBecause.EMPLOYER, by=member, now=now):
            members.note(member, MemberActKind.END_MONITORING, found.pk, now=now)
    messages.success(request, _("Ended. Nothing is told any more, and whom it was about is destroyed."))
    return redirect("employer:monitorings")


def _of(employer_id: int) -> QuerySet[Monitoring]:
    return Monitoring.objects.filter(employer=employer_id).select_related("employer", "latest__verdict")


def _own(member: Member, monitoring_id: str) -> Monitoring:
    """Another employer's is as absent as one that never was."""
    own = _of(member.organisation_id).select_related("member", "consent", "ended_by_member")
    found = own.filter(pk=monitoring_id).first()
    if found is None:
        raise Http404
    return found


def _state(found: Monitoring, day: date) -> Cell:
    words: dict[str, Text] = {"on": _("goes on"), "paused": _("paused"), "ended": _("ended")}
    now = state(found, day)
    return Cell(words[now], colour=COLOURS[now])


def _table(found: list[Monitoring], day: date) -> Table:
    rows = [
        (
            Cell(each.reference, href=reverse("employer:monitoring", args=[each.pk])),
            capfirst(purpose_label(each.purpose)),
            capfirst(post_label(each.purpose, each.post)),
            date_format(each.until, "DATE_FORMAT"),
            moment(each.changed_at),  # type: ignore[attr-defined]  # annotated
            _state(each, day),
        )
        for each in found
    ]
    columns = (_("Your reference"), _("Purpose"), _("Post"), _("Until"), _("Last change"), _("State"))
    return Table(_("Employees enrolled, the newest first"), columns, rows, empty=_("Nobody is enrolled."))


def _waiting(changes: list[MonitoringChange]) -> Table:
    rows = [
        (
            Cell(each.monitoring.reference, href=reverse("employer:monitoring", args=[each.monitoring_id])),
            moment(each.at),
            capfirst(str(word(each.before))),
            capfirst(str(word(each.screening))),
        )
        for each in changes
    ]
    columns = (_("Your reference"), _("Changed at"), _("Answer before"), _("Answer now"))
    return Table(_("Changes that nobody has taken note of yet"), columns, rows)


def _changes(changes: list[MonitoringChange]) -> Table:
    rows = [
        (
            Cell(moment(each.at), href=reverse("employer:screening", args=[each.screening_id])),
            capfirst(str(word(each.before))),
            capfirst(str(word(each.screening))),
            _told(each),
            _confirmed(each),
        )
        for each in changes
    ]
    columns = (_("Changed at"), _("Answer before"), _("Answer now"), _("Told the employee on"), _("Noted by"))
    return Table(_("How the answer changed, the newest first"), columns, rows, empty=_("It has not changed."))


def _owes(screening: Screening) -> bool:
    """Whether the employee is still to be told of a listing; not of one that was recalled since."""
    listed = screening.outcome == ScreeningOutcome.LISTED
    return listed and not screening.is_recalled and told_on(screening) is None


def _told(change: MonitoringChange) -> Cell:
    if change.outcome != ScreeningOutcome.LISTED:
        return Cell("—", quiet=True)
    day = told_on(change.screening)
    return Cell(date_format(day, "DATE_FORMAT")) if day else Cell(_("not yet"), colour="orange")


def _confirmed(change: MonitoringChange) -> Cell:
    confirmation = getattr(change, "confirmation", None)
    return Cell(confirmation.member.name) if confirmation else Cell(_("nobody yet"), colour="orange")


def _facts(found: Monitoring) -> list[Line]:
    facts = [
        Line(_("Id"), found.pk),
        Line(_("Your reference"), found.reference),
        Line(_("Purpose"), capfirst(purpose_label(found.purpose))),
        Line(_("Post"), capfirst(post_label(found.purpose, found.post))),
        Line(_("What this purpose lets you learn"), str(SCOPE_MEANINGS[found.scope])),
        Line(_("Until"), date_format(found.until, "DATE_FORMAT")),
        Line(_("Enrolled at"), moment(found.enrolled_at)),
        Line(_("Enrolled by"), found.member.name if found.member else _("a program")),
        Line(_("Consent signed on"), date_format(found.consent.signed_on, "DATE_FORMAT")),
        Line(_("Fingerprint of the signed form"), found.consent.document_sha256),
    ]
    if found.ended_at is not None:
        words = EndedBecause(found.ended_because).label
        facts += [Line(_("Ended at"), moment(found.ended_at)), Line(_("Why it ended"), capfirst(str(words)))]
    return facts
