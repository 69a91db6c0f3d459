"""One result at the desk: found by its id, its facts without anything about the person, and its recall as erroneous."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from registry.admin.checking import Back
from registry.admin.doors import done, door, page
from registry.admin.facts import Fact
from registry.admin.fields import Reason, Words
from registry.admin.sheets import Sheet, SheetForm, attempt, sheet_page
from registry.errors import NoSuchResult
from registry.lifecycle import is_high_court_registrar
from registry.models import Officer
from sharing.desk.evidence import evidence_of
from sharing.desk.gate import reader_of, registrar_of
from sharing.desk.spoken import moment
from sharing.employers import calling, recalling
from sharing.employers.models import (
    RESULTS,
    ConsentCall,
    ConsentKind,
    RecallCause,
    RecallConfirmation,
    RecallDecision,
    ResultRecall,
    Screening,
    ScreeningOutcome,
)
from sharing.employers.purposes import labels

ID_MOST = 30


class FindForm(SheetForm):
    id = Words(
        label=gettext_lazy("Screening"),
        max_length=40,
        help_text=gettext_lazy("Its id as on the paper: scr_ and 26 letters and digits."),
    )


class RecallForm(SheetForm):
    reason = Words(
        label=gettext_lazy("Reason"),
        required=False,  # the act says what it needs
        max_length=recalling.REASON_MOST,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Kept inside the court. Name nobody in it."),
    )


class CallInOneForm(SheetForm):
    reason = Reason()


@require_http_methods(["GET", "HEAD", "POST"])
@door
def find_result(request: HttpRequest) -> HttpResponse:
    reader_of(request)
    sheet = Sheet(FindForm(request.POST if request.method == "POST" else None))
    if request.method == "POST":
        found = attempt(sheet, lambda: _called(sheet["id"].strip()))
        if found is not None:
            return redirect("sharing_desk:result", found.pk)
    return page(request, "sheet", _("Find a result"), sheet=sheet, button=_("Find it"), to=request.path)


@require_http_methods(["GET", "HEAD", "POST"])
@door
def show_result(request: HttpRequest, screening_id: str) -> HttpResponse:
    officer = reader_of(request)
    screening = _called(screening_id)
    sheet = Sheet(RecallForm(request.POST if request.method == "POST" else None))
    if request.method == "POST" and attempt(sheet, lambda: _recall(screening, sheet, officer)):
        done(request, _("Recalled. The status list says so, and the employer is told."))
        return redirect("sharing_desk:result", screening.pk)
    recall = ResultRecall.objects.select_related("officer").filter(pk=screening.pk).first()
    shown: dict[str, Any] = {
        "screening_id": screening.pk,
        "facts": _facts(screening),
        "evidence": evidence_of(screening),
        "recall": recall,
        "recalled": _recalled(recall) if recall else [],
    }
    may = is_high_court_registrar(officer) and screening.latest.outcome in RESULTS
    can_call_in = is_high_court_registrar(officer) and _may_be_called_in(screening)
    return page(
        request, "result", screening.pk, sheet=sheet, trail=[_back()], may=may, can_call_in=can_call_in, **shown
    )


@door
def call_in_form(request: HttpRequest, screening_id: str) -> HttpResponse:
    """The signed form of this one question, for whoever denies it reads the id on his page."""
    officer, screening = registrar_of(request), _called(screening_id)
    sheet = Sheet(CallInOneForm(request.POST or None))

    def act() -> HttpResponse:
        if calling.call_in_one(screening, officer=officer, reason=sheet["reason"], now=timezone.now()):
            done(request, _("Called in. The employer is told by mail."))
        return redirect("sharing_desk:consent", screening.pk)

    back = Back(screening.pk, reverse("sharing_desk:result", args=[screening.pk]))
    shown: dict[str, Any] = {"button": _("Call in this form"), "back": back}
    hint = _("The form is due in five working days. The employer does not learn why it was called in.")
    return sheet_page(request, sheet, _("Call in this form"), act, hint=hint, **shown)


def _may_be_called_in(screening: Screening) -> bool:
    is_form = screening.consent is not None and screening.consent.kind == ConsentKind.ATTESTED
    return is_form and not ConsentCall.objects.filter(pk=screening.pk).exists()


def _called(screening_id: str) -> Screening:
    found = Screening.objects.select_related("employer", "consent__code").filter(pk=screening_id[:ID_MOST]).first()
    if found is None:
        raise NoSuchResult("id")
    return found


def _recall(screening: Screening, sheet: Sheet, officer: Officer) -> bool:
    recalling.recall_as_erroneous(screening, officer=officer, reason=sheet["reason"], now=timezone.now())
    return True


def _back() -> Back:
    return Back(_("Find a result"), reverse("sharing_desk:find_result"))


def _facts(screening: Screening) -> list[Fact]:
    """What was asked and answered; who was asked about is not in the register."""
    purpose, post = labels(screening.purpose, screening.post)
    return [
        Fact(_("Employer"), screening.employer.spoken_name),
        Fact(_("Purpose"), purpose),
        Fact(_("Post"), post),
        Fact(_("Outcome"), str(ScreeningOutcome(screening.latest.outcome).label)),
        Fact(_("Asked at"), moment(screening.asked_at)),
        Fact(_("May be relied on until"), moment(screening.latest.expires_at)),
        Fact(_("As of position"), str(screening.as_of)),
    ]


def _recalled(recall: ResultRecall) -> list[Fact]:
    """Why, when, by whom, and what the employer heard and said."""
    told, said = recall.tellings.order_by("step"), recall.confirmations.order_by("at")
    return [
        Fact(_("Cause"), str(RecallCause(recall.cause).label)),
        Fact(_("Recalled at"), moment(recall.opened_at)),
        *([Fact(_("By"), str(recall.officer)), Fact(_("Reason"), recall.reason)] if recall.officer else []),
        *([Fact(_("Position of the event"), str(recall.position))] if recall.position else []),
        *(Fact(_("Employer told"), moment(each.at)) for each in told),
        *(Fact(_("Employer said"), _word(each)) for each in said),
    ]


def _word(said: RecallConfirmation) -> str:
    removed = _("removed") if said.removed else _("not removed yet")
    return f"{moment(said.at)} · {removed} · {RecallDecision(said.decision).label}"
