"""The sheet of circumstances of one decision, and which decisions of a court still have none."""

from __future__ import annotations

from datetime import datetime

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import actions
from registry.actions.circumstances import recordable, written_at
from registry.admin.doors import done, officer_of, refuse_unless
from registry.admin.forms_circumstances import (
    circumstances_entry,
    circumstances_sheet,
    further_entry,
    further_parties,
    lay_out_people,
)
from registry.admin.party_pages import next_address, other_query, page_of
from registry.admin.pasted import circumstances_done, people_of
from registry.admin.sheets import Sheet, sheet_page
from registry.errors import ChangedMeanwhile, NoPartyYet, Text
from registry.lifecycle import ACTS
from registry.models import Decision, Listing, Role
from registry.reading import decision_for, record_reading


def record_circumstances(request: HttpRequest, decision_id: int) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), ACTS["record_circumstances"].label)
    decision = decision_for(officer, decision_id)
    listings = list(recordable(decision).select_related("party__person", "court").order_by("party__ordinal"))
    if not listings:
        raise NoPartyYet
    turned = page_of(request, listings)
    record_reading(list(turned), officer=officer, page="circumstances", now=timezone.now())
    sheet = _sheet(request, decision, turned)
    if request.method == "GET":
        lay_out_people(sheet, people_of(request))

    def act() -> HttpResponse:
        entry = circumstances_entry(sheet) if turned.number == 1 else further_entry(sheet, decision)
        actions.record_circumstances(
            decision.pk,
            entry,
            shown=_shown(request),
            officer=officer,
            now=timezone.now(),
            more=turned.has_next(),
        )
        return _onward(request, decision, turned)

    written = written_at(decision, listings)
    return sheet_page(
        request,
        sheet,
        _("Circumstances of the decision"),
        act,
        button=_button(turned),
        hint=_(
            "For the court’s report alone: nobody is told of them, and no approval waits for them. Leave empty what the decision does not say."
        ),
        decision=decision,
        carried={"shown": written.isoformat() if written else ""},
        turned=turned,
        query=other_query(request),
    )


def _sheet(request: HttpRequest, decision: Decision, turned: Page[Listing]) -> Sheet:
    parties = [row.party for row in turned]
    if turned.number == 1:
        return circumstances_sheet(request.POST or None, decision, parties)
    return further_parties(request.POST or None, parties)


def _button(turned: Page[Listing]) -> Text:
    if not turned.has_next():
        return _("Record the circumstances")
    return _("Record this page and go on to page %(page)s") % {"page": turned.next_page_number()}


def _onward(request: HttpRequest, decision: Decision, turned: Page[Listing]) -> HttpResponse:
    """Page by page: the sheet is recorded with its last one."""
    if turned.has_next():
        said = _("Page %(page)s of %(pages)s is recorded; the others are as they were.")
        done(request, said % {"page": turned.number, "pages": turned.paginator.num_pages})
        return redirect(next_address(request, "admin:circumstances", decision, turned))
    circumstances_done(request)
    done(request, _("The circumstances are recorded."))
    return redirect("admin:decision", decision.pk)


def _shown(request: HttpRequest) -> datetime | None:
    """When those were recorded that the officer had before him; a page made by hand had none that ever stood."""
    typed = request.POST.get("shown")
    if typed == "":
        return None
    try:
        return datetime.fromisoformat(typed or "")
    except ValueError:
        raise ChangedMeanwhile from None
