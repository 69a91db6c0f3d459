"""What is raised at the counter or by post: an officer enters it, and hands over the slip."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_safe

from registry.admin.doors import done, door, officer_of, page
from registry.admin.sheets import Sheet, attempt
from registry.errors import FieldMissing, Refusal
from sharing.desk import objections
from sharing.desk.objections_forms import EntryForm
from sharing.persons.identity.proving import Identity
from sharing.persons.models import Arrival, ObjectionKind, Part, Raiser
from sharing.persons.objections import finding, papers, raising
from sharing.persons.objections.again import Said
from sharing.persons.objections.raising import Brought
from sharing.persons.pages.objections_forms import taking_files
from sharing.persons.pages.objections_slip import pdf, slip_says

# Where a refusal of a number or a name belongs in the form.
PLACES = {
    "applicant.name": "whose_name",
    "applicant.document.type": "document_type",
    "applicant.document.number": "document_number",
}


@sensitive_post_parameters()
@sensitive_variables()
@door
@taking_files
def enter(request: HttpRequest) -> HttpResponse:
    officer = officer_of(request)
    raising.refuse_unless_office(officer)
    sent = request.method == "POST"
    sheet = Sheet(EntryForm(request.POST, request.FILES) if sent else EntryForm())

    def act() -> HttpResponse:
        said, brought = _said(sheet, request.POST.get("key", "")), _brought(sheet)
        try:
            found = raising.by_officer(said, brought, officer=officer, now=timezone.now())
        except Refusal as refusal:
            refusal.field = PLACES.get(refusal.field, refusal.field)
            raise
        done(request, _("Entered. Print the slip and hand it over."))
        return redirect("sharing_desk:objection", found.number)

    answer = attempt(sheet, act) if sent else None
    key = request.POST.get("key", "") if sent else secrets.token_urlsafe(16)
    shown: dict[str, Any] = {"sheet": sheet, "key": key, "back": objections.every_objection()}
    return answer or page(request, "objection_entry", _("Enter what was raised"), **shown)


@require_safe
@door
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """For whoever stands at the counter, or for the post. It names nobody."""
    officer = officer_of(request)
    found = finding.for_officer(officer, number)
    raising.refuse_unless_office(officer)
    return render(request, "desk/objection_slip.html", slip_says(found))


@require_safe
@door
def slip_pdf(request: HttpRequest, number: str) -> HttpResponse:
    officer = officer_of(request)
    found = finding.for_officer(officer, number)
    raising.refuse_unless_office(officer)
    return pdf(papers.slip(found), f"{number}-slip")


def _said(sheet: Sheet, key: str) -> Said:
    """Raises `FieldMissing`."""
    if sheet["kind"] not in ObjectionKind.values:
        raise FieldMissing("kind", name=_("What is asked"))
    return Said(
        kind=ObjectionKind(sheet["kind"]),
        form_key=f"desk:{key}"[:64],
        listing=sheet["listing"].strip().upper(),
        part=sheet["part"],
        words=sheet["words"],
        language=sheet["language"],
        files=sheet["attached"],
    )


def _brought(sheet: Sheet) -> Brought:
    """Raises `FieldMissing`."""
    if sheet["raised_by"] not in Raiser.values:
        raise FieldMissing("raised_by", name=_("Raised by"))
    if sheet["arrival"] not in (Arrival.COUNTER, Arrival.POST):
        raise FieldMissing("arrival", name=_("Arrived"))
    return Brought(
        raised_by=Raiser(sheet["raised_by"]),
        arrival=Arrival(sheet["arrival"]),
        received_on=sheet["received_on"],
        authority=sheet["authority"],
        late_because=sheet["late_because"],
        name=sheet["name"],
        contact=sheet["contact"],
        mail=sheet["mail"],
        whose=_whose(sheet),
    )


def _whose(sheet: Sheet) -> Identity | None:
    """Of who says that he is not the one; None where nothing was typed."""
    if sheet["part"] != Part.IDENTITY or not (sheet["document_number"] and sheet["whose_name"]):
        return None
    return Identity(
        document_type=sheet["document_type"], document_number=sheet["document_number"], name=sheet["whose_name"]
    )
