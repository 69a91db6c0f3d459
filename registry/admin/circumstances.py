"""The sheet of circumstances of one decision, and which decisions of a court still have none."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import actions
from registry.actions.circumstances import recordable
from registry.admin.doors import done, officer_of, refuse_unless
from registry.admin.forms_circumstances import circumstances_entry, circumstances_sheet, lay_out_people
from registry.admin.pasted import circumstances_done, people_of
from registry.admin.sheets import sheet_page
from registry.errors import ChangedMeanwhile, NoPartyYet
from registry.lifecycle import ACTS
from registry.models import Role
from registry.reading import decision_for, record_reading


def record_circumstances(request: HttpRequest, decision_id: int) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), ACTS["record_circumstances"].label)
    decision = decision_for(officer, decision_id)
    listings = list(recordable(decision).select_related("party__person", "court").order_by("party__ordinal"))
    if not listings:
        raise NoPartyYet
    record_reading(listings, officer=officer, page="circumstances", now=timezone.now())
    sheet = circumstances_sheet(request.POST or None, decision, [row.party for row in listings])
    if request.method == "GET":
        lay_out_people(sheet, people_of(request))

    def act() -> HttpResponse:
        actions.record_circumstances(
            decision.pk, circumstances_entry(sheet), shown=_shown(request), officer=officer, now=timezone.now()
        )
        circumstances_done(request)
        done(request, _("The circumstances are recorded."))
        return redirect("admin:decision", decision.pk)

    return sheet_page(
        request,
        sheet,
        _("Circumstances of the decision"),
        act,
        button=_("Record the circumstances"),
        hint=_(
            "For the court’s report alone: nobody is told of them, and no approval waits for them. Leave empty what the decision does not say."
        ),
        decision=decision,
        carried={"shown": decision.circumstances_at.isoformat() if decision.circumstances_at else ""},
    )


def _shown(request: HttpRequest) -> datetime | None:
    """When those were recorded that the officer had before him; a page made by hand had none that ever stood."""
    typed = request.POST.get("shown")
    if typed == "":
        return None
    try:
        return datetime.fromisoformat(typed or "")
    except ValueError:
        raise ChangedMeanwhile from None
