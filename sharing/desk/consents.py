"""Consents that a registrar of the High Court judges: what waits, the form as it was shown, and the verdict."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from registry import codes
from registry.admin.checking import Back
from registry.admin.doors import done, door, officer_of, page
from registry.admin.facts import Fact, spoken_day
from registry.admin.saving import to_save
from registry.admin.sheets import Sheet, sheet_page
from registry.assessment import rules
from registry.errors import NoSuchConsentCheck
from registry.lifecycle import is_high_court_registrar
from registry.terms.clocks import due
from sharing.desk.cut import cut
from sharing.desk.employer_forms import NO, YES, ComparedForm, RefusedForm
from sharing.desk.evidence import evidence_of
from sharing.desk.gate import reader_of, registrar_of
from sharing.desk.spoken import NOTHING, moment
from sharing.employers import judging
from sharing.employers.judging import Compared
from sharing.employers.models import (
    ConsentCall,
    ConsentKind,
    ConsentVerdict,
    Monitoring,
    Screening,
    ShownForm,
    Verdict,
)
from sharing.employers.purposes import purposes
from sharing.tables import Cell, Table

SHOWN = 100


def every_consent() -> Back:
    return Back(_("Consents to judge"), reverse("sharing_desk:consents"))


@require_safe
@door
def consents(request: HttpRequest) -> HttpResponse:
    reader_of(request)
    tables = (_waiting(), _waiting_codes(), _called(), _judged())
    return page(request, "consents", _("Consents to judge"), tables=tables)


@require_safe
@door
def show_consent(request: HttpRequest, screening_id: str) -> HttpResponse:
    reader_of(request)
    call = _called_in(screening_id)
    verdict = judging.verdict_of(call.screening)
    return page(
        request,
        "consent",
        call.pk,
        call=call,
        facts=_facts(call),
        form=ShownForm.objects.filter(pk=call.pk).first(),
        by_code=judging.by_code(call.screening),
        evidence=evidence_of(call.screening),
        enrolled=_enrolled(call.screening),
        verdict=verdict,
        by_whom=by_whom(verdict) if verdict else "",
        may=is_high_court_registrar(officer_of(request)),
        trail=[every_consent()],
    )


@require_POST
@door
def look(request: HttpRequest, screening_id: str) -> HttpResponse:
    """The form as a file to save: nothing in it runs in the desk's pages. The look is on record."""
    shown = judging.form_of(screening_id, officer=registrar_of(request), now=timezone.now())
    return to_save(shown.content, shown.media_type, str(shown.pk))


@require_POST
@door
def look_at_person(request: HttpRequest, screening_id: str) -> HttpResponse:
    """Whom a question named that was asked on the applicant's own code. The look is on record."""
    named = judging.person_of(screening_id, officer=registrar_of(request), now=timezone.now())
    facts = [
        Fact(_("Name"), named.name),
        Fact(_("Document type"), codes.label("document_types", named.document_type)),
        Fact(_("Document number"), named.document_number),
    ]
    trail = [every_consent(), _back_to(_called_in(screening_id))]
    return page(request, "consent_person", _("Whom it was asked about"), facts=facts, trail=trail)


@door
def confirm(request: HttpRequest, screening_id: str) -> HttpResponse:
    officer, call = registrar_of(request), _called_in(screening_id)
    sheet = Sheet(ComparedForm(request.POST or None))

    def act() -> HttpResponse:
        same = {YES: True, NO: False}.get(sheet["same_person"])
        compared = Compared(
            document_type=sheet["document_type"],
            document_number=sheet["document_number"],
            name=sheet["name"],
            same_person=same,
        )
        kept = judging.confirm(call.pk, compared, officer=officer, reason=sheet["reason"], now=timezone.now())
        done(request, _done(kept))
        return redirect("sharing_desk:consents")

    hint = _("Type what stands on the form. Whether it is what was asked about is compared without showing either.")
    if judging.by_code(call.screening):
        hint = _(
            "Type whom it was asked about, as it was shown to you. The applicant’s identity was proved; decide whether the listing is of the same person."
        )
    shown: dict[str, Any] = {
        "button": _("The form fits the question"),
        "back": _back_to(call),
        "hint": hint,
    }
    return sheet_page(request, sheet, _("Confirm the consent"), act, **shown)


@door
def refuse(request: HttpRequest, screening_id: str) -> HttpResponse:
    officer, call = registrar_of(request), _called_in(screening_id)
    sheet = Sheet(RefusedForm(request.POST or None))

    def act() -> HttpResponse:
        verdict = Verdict(sheet["verdict"])
        judging.refuse(call.pk, verdict, officer=officer, reason=sheet["reason"], now=timezone.now())
        done(request, _("Refused. The answer is void."))
        return redirect("sharing_desk:consents")

    shown: dict[str, Any] = {"button": _("Refuse the consent"), "back": _back_to(call)}
    return sheet_page(request, sheet, _("Refuse the consent"), act, **shown)


def _done(kept: ConsentVerdict) -> str:
    if kept.verdict == Verdict.FITS:
        return _("Confirmed. The employer has its answer.")
    if kept.verdict == Verdict.REVOKED:
        return _("The applicant revoked the consent before there was an answer: the question gets none.")
    return _("The question gets no answer: %(why)s.") % {"why": Verdict(kept.verdict).label}


def waits_since(call: ConsentCall) -> datetime:
    """Since the form was shown; on the applicant's own code, since it was asked for."""
    return call.form.shown_at if hasattr(call, "form") else call.called_at


def judge_by(call: ConsentCall) -> date:
    return decide_by(call.form) if hasattr(call, "form") else call.due_on


def decide_by(shown: ShownForm) -> date:
    """The last day on which a registrar judges in time."""
    by = rules()
    return due("consent_decided", timezone.localdate(shown.shown_at), by.calendar, by.clocks)


def waiting() -> QuerySet[ShownForm]:
    """Forms shown and not judged, the oldest first."""
    rows = ShownForm.objects.filter(call__screening__verdict=None).select_related("call__screening__employer")
    return rows.defer("content_sealed").order_by("shown_at", "pk")


def to_be_judged() -> QuerySet[ConsentCall]:
    """Those of `waiting` and of `waiting_codes`, without what is in the forms; the oldest first."""
    by_code = Q(screening__consent__kind=ConsentKind.CODE)
    rows = ConsentCall.objects.filter(by_code | Q(form__isnull=False), screening__verdict=None)
    rows = rows.order_by(Coalesce("form__shown_at", "called_at"), "pk")
    return rows.select_related("form", "screening__employer").defer("form__content_sealed")


def _waiting() -> Table:
    found, total = cut(waiting(), SHOWN)
    rows = [
        (_link(each.pk), each.call.screening.employer.spoken_name, moment(each.shown_at), _due(decide_by(each)))
        for each in found
    ]
    columns = (_("Screening"), _("Employer"), _("Shown at"), _("To be judged by"))
    return Table(_("Forms shown, to be judged"), columns, rows, empty=_("Nothing waits for you."), total=total)


def waiting_codes() -> QuerySet[ConsentCall]:
    """Questions on the applicant's own code that wait for a registrar, the oldest first."""
    return to_be_judged().filter(screening__consent__kind=ConsentKind.CODE).order_by("due_on", "pk")


def _waiting_codes() -> Table:
    found, total = cut(waiting_codes(), SHOWN)
    rows = [
        (_link(each.pk), each.screening.employer.spoken_name, moment(each.screening.asked_at), _due(each.due_on))
        for each in found
    ]
    columns = (_("Screening"), _("Employer"), _("Asked at"), _("To be judged by"))
    caption, empty = _("Asked on the applicant’s own code, to be judged"), _("Nothing waits for you.")
    return Table(caption, columns, rows, empty=empty, total=total)


def _called() -> Table:
    calls = ConsentCall.objects.filter(form=None, screening__verdict=None).select_related("screening__employer")
    found, total = cut(calls.exclude(screening__consent__kind=ConsentKind.CODE).order_by("due_on", "pk"), SHOWN)
    rows = [
        (_link(each.pk), each.screening.employer.spoken_name, moment(each.called_at), _due(each.due_on))
        for each in found
    ]
    columns = (_("Screening"), _("Employer"), _("Called in at"), _("To be shown by"))
    return Table(_("Forms called in, not shown yet"), columns, rows, empty=_("None."), total=total)


def _judged() -> Table:
    verdicts = ConsentVerdict.objects.select_related("screening__employer", "officer__account")
    rows = [
        (
            _link(each.pk),
            each.screening.employer.spoken_name,
            moment(each.decided_at),
            Verdict(each.verdict).label,
            by_whom(each),
        )
        for each in verdicts.order_by("-decided_at", "pk")[:SHOWN]
    ]
    columns = (_("Screening"), _("Employer"), _("Judged at"), _("Verdict"), _("By"))
    return Table(_("Judged lately"), columns, rows, empty=_("None."))


def by_whom(verdict: ConsentVerdict) -> str:
    if verdict.officer is None and verdict.verdict == Verdict.REVOKED:
        return _("by the applicant")
    return str(verdict.officer or _("by the clock"))


def _due(day: date) -> Cell:
    return Cell(spoken_day(day), colour="red" if day < timezone.localdate() else None)


def _link(screening_id: str) -> Cell:
    return Cell(screening_id, href=reverse("sharing_desk:consent", args=[screening_id]))


def _back_to(call: ConsentCall) -> Back:
    return Back(call.pk, reverse("sharing_desk:consent", args=[call.pk]))


def _called_in(screening_id: str) -> ConsentCall:
    rows = ConsentCall.objects.select_related(
        "screening__employer", "screening__consent__code", "screening__monitoring"
    )
    call = rows.filter(pk=screening_id).first()
    if call is None:
        raise NoSuchConsentCheck
    return call


def _enrolled(screening: Screening) -> Monitoring | None:
    """Who is told of changes on this form, as long as he is: it has to say so."""
    found: Monitoring | None = getattr(screening, "monitoring", None)
    return found if found is not None and found.ended_at is None else None


def _facts(call: ConsentCall) -> list[Fact]:
    """Nothing about the applicant: nothing is kept."""
    screening, consent = call.screening, call.screening.consent
    enrolled = _enrolled(screening)
    purpose = purposes().get(screening.purpose)
    post = purpose.posts.get(screening.post) if purpose else None
    return [
        Fact(_("Employer"), screening.employer.spoken_name),
        Fact(_("Purpose"), purpose.label if purpose else screening.purpose),
        Fact(_("Post"), post.label if post else screening.post),
        Fact(_("Asked at"), moment(screening.asked_at)),
        *([Fact(_("Monitoring until"), spoken_day(enrolled.until))] if enrolled else []),
        Fact(_("Signed on"), spoken_day(consent.signed_on) if consent else NOTHING),
        Fact(_("SHA-256 of the signed form"), (consent.document_sha256 if consent else "") or NOTHING),
        Fact(_("Called in at"), moment(call.called_at)),
        Fact(_("To be shown by"), spoken_day(call.due_on)),
        *([Fact(_("The person says that he never agreed, at"), moment(call.denied_at))] if call.denied_at else []),
    ]
