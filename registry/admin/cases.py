"""The case register's pages: file a case, conclude it, say that no decision is to be entered from it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from registry import actions, changed_earlier
from registry.actions.cases import KEEPERS, WORDS_MOST
from registry.actions.concluding import outcome_of
from registry.admin.doors import done, officer_of, refuse_unless, said_no
from registry.admin.fields import Code, Day, Reason, Words
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.entries import CaseEntry
from registry.errors import NothingToLookAt, NotInTheBook
from registry.models import Case, Decision, Officer

KEEP = _("keep the case register")
NUMBER_MOST = 64


class CaseForm(SheetForm):
    sections = (
        (_("Case"), ("number", "court", "filed_on", "continues")),
        (_("How it ended, where it did"), ("outcome", "concluded_on", "effective_on")),
    )

    number = Words(label=_("Case number"), max_length=NUMBER_MOST, help_text=_("For example （2026）京0105刑初123号."))
    court = Code(
        "courts",
        retired_too=True,
        label=_("Court"),
        required=False,
        help_text=_("Only for case numbers from before 2016."),
    )
    filed_on = Day(label=_("Filed on"), help_text=_("As 2026-09-01 or 2026年9月1日."))
    continues = Words(
        label=_("Continues the case"),
        required=False,
        max_length=NUMBER_MOST,
        help_text=_("Number of the earlier case of the same matter."),
    )
    outcome = Code("case_outcomes", label=_("Outcome"), required=False)
    concluded_on = Day(label=_("Concluded on"), required=False)
    effective_on = Day(label=_("Effective on"), required=False)


class AsideForm(SheetForm):
    reason = Code("not_entered_reasons", label=_("Reason"))
    words = Words(
        label=_("In words"),
        required=False,
        max_length=WORDS_MOST,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("For whoever keeps the register after you. No name, and nothing where the law bars the entry."),
    )


class LookedAtForm(SheetForm):
    reason = Reason()


class ConclusionForm(SheetForm):
    outcome = Code("case_outcomes", label=_("Outcome"))
    concluded_on = Day(label=_("Concluded on"))
    effective_on = Day(label=_("Effective on"), required=False)


def file_case(request: HttpRequest) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, KEEPERS, KEEP)
    sheet = Sheet(CaseForm(request.POST or None))

    def act() -> HttpResponse:
        case = actions.file_case(CaseEntry(**sheet.form.cleaned_data), officer=officer, now=timezone.now())
        done(request, _("The case %(number)s is in the register.") % {"number": case.number})
        return redirect("admin:case", case.pk)

    return sheet_page(request, sheet, _("File a case"), act, button=_("File the case"))


def conclude_case(request: HttpRequest, case_id: int) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, KEEPERS, KEEP)
    case = own_case(officer, case_id)
    sheet = Sheet(ConclusionForm(request.POST or None, initial=_known(case)))

    def act() -> HttpResponse:
        actions.conclude_case(case_id, **sheet.form.cleaned_data, officer=officer, now=timezone.now())
        done(request, _("The case %(number)s is concluded.") % {"number": case.number})
        return redirect("admin:case", case_id)

    title = _("Conclude the case %(number)s") % {"number": case.number}
    return sheet_page(request, sheet, title, act, button=_("Conclude"), back=back_to(case))


def _known(case: Case) -> dict[str, Any]:
    """How it ended as far as the register has it; without that, the day of its decision and what follows from it."""
    known = {name: getattr(case, name) for name in ("outcome", "concluded_on", "effective_on")}
    decision = None if case.outcome else Decision.objects.filter(case=case).first()
    if decision is None:
        return known
    return {"outcome": outcome_of(case, decision, timezone.now()), "concluded_on": decision.pronounced_on}


def set_aside(request: HttpRequest, case_id: int) -> HttpResponse:
    """No decision is to be entered from it: why, so that it does not wait for ever."""
    officer = officer_of(request)
    refuse_unless(officer, KEEPERS, KEEP)
    case = own_case(officer, case_id)
    sheet = Sheet(AsideForm(request.POST or None))

    def act() -> HttpResponse:
        actions.set_case_aside(case_id, **sheet.form.cleaned_data, officer=officer, now=timezone.now())
        done(request, _("No decision is awaited from the case %(number)s any more.") % {"number": case.number})
        return redirect("admin:case", case_id)

    hint = _("Who keeps the register of this court reads the reason; on all other pages stands that it is not awaited.")
    title = _("Not to be entered: %(number)s") % {"number": case.number}
    button = _("It is not to be entered")
    return sheet_page(request, sheet, title, act, button=button, hint=hint, back=back_to(case))


def look_at_earlier(request: HttpRequest, case_id: int) -> HttpResponse:
    """Nothing more has to change in what this court has listed from earlier cases: why, so that it does not wait for ever."""
    officer = officer_of(request)
    refuse_unless(officer, KEEPERS, KEEP)
    case = changed_earlier.asking(Case.objects.filter(pk=case_id), officer.court).first()
    if case is None:
        raise NothingToLookAt
    sheet = Sheet(LookedAtForm(request.POST or None))

    def act() -> HttpResponse:
        actions.look_at_earlier(case_id, words=sheet["reason"], officer=officer, now=timezone.now())
        done(request, _("The outcome of the case %(number)s asks for nothing more.") % {"number": case.number})
        return redirect("admin:case", case_id)

    title = _("Looked at: %(number)s") % {"number": case.number}
    hint = _(
        "What must change is withdrawn, corrected or revised on the page of its listing first. This is said for your court alone."
    )
    button = _("Nothing more has to change")
    return sheet_page(request, sheet, title, act, button=button, hint=hint, back=back_to(case))


@require_POST
def take_back(request: HttpRequest, case_id: int) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, KEEPERS, KEEP)
    case = own_case(officer, case_id)
    if not said_no(request, lambda: actions.take_case_back(case_id, officer=officer, now=timezone.now())):
        done(request, _("A decision is awaited from the case %(number)s again.") % {"number": case.number})
    return redirect("admin:case", case_id)


def own_case(officer: Officer, case_id: int) -> Case:
    """A case of the officer's court. Raises `NotInTheBook`: another court's is as absent as one that never was."""
    case = Case.objects.filter(pk=case_id, court=officer.court_id).first()
    if case is None:
        raise NotInTheBook
    return case


def back_to(case: Case) -> dict[str, str]:
    return {"title": case.number, "address": reverse("admin:case", args=[case.pk])}
