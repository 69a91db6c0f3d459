"""The parties of a decision, one after another: add, amend."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import actions
from registry.admin.decisions import ENTER
from registry.admin.doors import TWICE_WITHIN, done, officer_of, refuse_unless
from registry.admin.forms_party import party_entry, party_sheet
from registry.admin.meeting import meet
from registry.admin.pasted import party_done
from registry.admin.remarks import put_on_record
from registry.admin.sheets import sheet_page
from registry.errors import DuplicateListing, Juvenile
from registry.models import Listing, Officer, Role
from registry.reading import decision_for, listing_for, record_reading

ANOTHER = "another"


def add_party(request: HttpRequest, decision_id: int) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), ENTER)
    decision = decision_for(officer, decision_id)
    sheet = party_sheet(request.POST or None, decision.kind)

    def act() -> HttpResponse:
        put_on_record(sheet, officer, timezone.now())
        try:
            listing = actions.add_party(decision.pk, party_entry(sheet), officer=officer, now=timezone.now())
        except Juvenile as refusal:
            party_done(request)
            return _not_recorded(request, refusal, decision.pk)
        except DuplicateListing as refusal:
            listing = _just_entered(refusal, officer)
        party_done(request)
        done(request, _("Entered as draft %(number)s.") % {"number": listing.number})
        return redirect("admin:add_party" if ANOTHER in request.POST else "admin:decision", decision.pk)

    return sheet_page(
        request,
        sheet,
        _("Add a party"),
        act,
        button=_("Add the party"),
        further={ANOTHER: _("Add it, and enter another")},
        decision=decision,
        remarks=reverse("admin:remarks_on_party", args=[decision.pk]),
    )


def amend_party(request: HttpRequest, number: str) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), ENTER)
    listing = listing_for(officer, number)
    decision = listing.party.decision
    record_reading([listing], officer=officer, page="amend", now=timezone.now())
    meeting = meet(
        request,
        lambda typed: party_sheet(typed, decision.kind, listing),
        revision=listing.revision,
        bound_to=f"shown.{number}.{officer.pk}",
        numbers=[number],
    )
    sheet = meeting.sheet

    def act() -> HttpResponse:
        put_on_record(sheet, officer, timezone.now(), of=listing)
        try:
            entry, revision = party_entry(sheet), meeting.revision
            actions.amend_party(listing.pk, entry, revision=revision, officer=officer, now=timezone.now())
        except Juvenile as refusal:
            return _not_recorded(request, refusal, decision.pk)
        done(request, _("The draft %(number)s is amended.") % {"number": number})
        return redirect("admin:decision", decision.pk)

    return sheet_page(
        request,
        sheet,
        _("Amend the party"),
        act,
        button=_("Save"),
        decision=decision,
        returned_because=listing.returned_because,
        remarks=reverse("admin:remarks_on_draft", args=[listing.number]),
        carried=meeting.carried,
        meeting=meeting,
    )


def _not_recorded(request: HttpRequest, refusal: Juvenile, decision_id: int) -> HttpResponse:
    """Back to the decision and its other parties; what was typed about a juvenile ends with this request."""
    messages.warning(request, str(refusal))
    return redirect("admin:decision", decision_id)


def _just_entered(refusal: DuplicateListing, officer: Officer) -> Listing:
    """A button pressed twice is answered like one pressed once; any other duplicate is refused."""
    just = timezone.now() - TWICE_WITHIN
    held = Listing.objects.filter(number=refusal.facts["number"], entered_by=officer, entered_at__gte=just).first()
    if held is None:
        raise refusal
    return held
