"""A case that never was one: proposed to be struck out of the register, and the second officer's word; the group of My work."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import actions
from registry.actions.cases import KEEPERS
from registry.actions.striking import why_to_be_struck
from registry.admin.cases import KEEP, LookedAtForm, back_to, own_case
from registry.admin.decisions import AssuranceForm
from registry.admin.doors import done, officer_of, refuse_unless
from registry.admin.groups import Group, Item, first_of
from registry.admin.sheets import Sheet, sheet_page
from registry.errors import NoStrikingProposed
from registry.lifecycle import is_high_court_registrar
from registry.models import Case, Officer

TITLE = _("Cases to be struck out of the register")


def propose(request: HttpRequest, case_id: int) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, KEEPERS, KEEP)
    case = own_case(officer, case_id)
    sheet = Sheet(LookedAtForm(request.POST or None))

    def act() -> HttpResponse:
        actions.propose_striking(case_id, reason=sheet["reason"], officer=officer, now=timezone.now())
        done(request, _("Proposed. Another officer of the court decides; until then the case stands and is counted."))
        return redirect("admin:case", case_id)

    title = _("Filed by mistake: %(number)s") % {"number": case.number}
    hint = _(
        "Only where no such case was ever filed, as with a mistyped number: it is taken out of the figures. The right one is filed as any other. Name nobody in the reason."
    )
    button = _("Propose to strike it out")
    return sheet_page(request, sheet, title, act, button=button, hint=hint, back=back_to(case))


def strike(request: HttpRequest, case_id: int) -> HttpResponse:
    officer, case = _asked(request, case_id)
    sheet = Sheet(AssuranceForm(request.POST if request.method == "POST" else None))

    def act() -> HttpResponse:
        actions.strike_case(case_id, officer=officer, now=timezone.now())
        done(request, _("Struck out. It counts no more, and its page stays."))
        return redirect("admin:case", case_id)

    title = _("Strike out the case %(number)s") % {"number": case.number}
    said = {"who": case.strike_proposed_by, "why": why_to_be_struck(case)}
    hint = _(
        "%(who)s says: “%(why)s” Compare with the court's files. Cases that continue it wait for its number again; the figures follow when they are counted next."
    )
    return sheet_page(request, sheet, title, act, button=_("Strike it out"), hint=hint % said, back=back_to(case))


def keep(request: HttpRequest, case_id: int) -> HttpResponse:
    officer, case = _asked(request, case_id)
    sheet = Sheet(LookedAtForm(request.POST or None))

    def act() -> HttpResponse:
        actions.keep_case(case_id, reason=sheet["reason"], officer=officer, now=timezone.now())
        done(request, _("The case stays in the register."))
        return redirect("admin:case", case_id)

    title = _("Do not strike out the case %(number)s") % {"number": case.number}
    return sheet_page(request, sheet, title, act, button=_("It stays"), back=back_to(case))


def groups(officer: Officer) -> Iterator[Group]:
    """What waits for the second officer of the court that keeps the register; the High Court's own is kept by its clerks."""
    if officer.role not in KEEPERS or is_high_court_registrar(officer):
        return
    waiting = Case.objects.filter(court=officer.court_id, strike_proposed_by__isnull=False)
    rows = waiting.exclude(strike_proposed_by=officer).select_related("strike_proposed_by").order_by("pk")
    found, count = first_of(rows)
    notes = _("proposed by %(officer)s")
    items = [
        Item(reverse("admin:case", args=[row.pk]), row.number, [notes % {"officer": row.strike_proposed_by}])
        for row in found
    ]
    yield Group(TITLE, items, count)


def _asked(request: HttpRequest, case_id: int) -> tuple[Officer, Case]:
    """Who decides, and on which case. NotInTheBook, NoStrikingProposed."""
    officer = officer_of(request)
    refuse_unless(officer, KEEPERS, KEEP)
    case = own_case(officer, case_id)
    if case.strike_proposed_by_id is None:
        raise NoStrikingProposed(number=case.number)
    return officer, case
