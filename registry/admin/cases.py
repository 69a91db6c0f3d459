"""The case register's pages: file a case, conclude it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import actions
from registry.admin.doors import done, officer_of, refuse_unless
from registry.admin.fields import Code, Day, Words
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.entries import CaseEntry
from registry.errors import AnotherCourt, NotInTheBook
from registry.models import Case, Role

KEEPERS = (Role.CLERK, Role.REGISTRAR)
KEEP = _("keep the case register")
LIST = "admin:registry_case_changelist"
NUMBER_MOST = 64


class CaseForm(SheetForm):
    sections = (
        (_("Case"), ("number", "court", "filed_on", "continues")),
        (_("How it ended, where it did"), ("outcome", "concluded_on")),
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


class ConclusionForm(SheetForm):
    outcome = Code("case_outcomes", label=_("Outcome"))
    concluded_on = Day(label=_("Concluded on"))


def file_case(request: HttpRequest) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, KEEPERS, KEEP)
    sheet = Sheet(CaseForm(request.POST or None))

    def act() -> HttpResponse:
        case = actions.file_case(CaseEntry(**sheet.form.cleaned_data), officer=officer, now=timezone.now())
        done(request, _("The case %(number)s is in the register.") % {"number": case.number})
        return redirect(LIST)

    return sheet_page(request, sheet, _("File a case"), act, button=_("File the case"))


def conclude_case(request: HttpRequest, case_id: int) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, KEEPERS, KEEP)
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise NotInTheBook
    if case.court_id != officer.court_id:
        raise AnotherCourt
    initial: dict[str, Any] = {"outcome": case.outcome, "concluded_on": case.concluded_on}
    sheet = Sheet(ConclusionForm(request.POST or None, initial=initial))

    def act() -> HttpResponse:
        actions.conclude_case(case_id, **sheet.form.cleaned_data, officer=officer, now=timezone.now())
        done(request, _("The case %(number)s is concluded.") % {"number": case.number})
        return redirect(LIST)

    title = _("Conclude the case %(number)s") % {"number": case.number}
    return sheet_page(request, sheet, title, act, button=_("Conclude"))
