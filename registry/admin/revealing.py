"""One document number in full, for a reason: for auditors and the High Court's registry, who see none otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.actions.acting import given
from registry.admin.doors import officer_of, page
from registry.admin.fields import Choice, Reason
from registry.admin.sheets import Sheet, SheetForm, attempt
from registry.borne import documents_of
from registry.models import IdentityDocument, Listing
from registry.reading import listing_for, numbers_left, refuse_number, reveal


class NumberForm(SheetForm):
    """Documents by their type alone: what is not asked for is not shown, not even masked."""

    reason = Reason()

    def __init__(self, data: Mapping[str, Any] | None, documents: list[IdentityDocument]) -> None:
        super().__init__(data)
        choices = [(str(each.pk), codes.label("document_types", each.type)) for each in documents]
        first = choices[0][0] if choices else ""
        self.fields = {"document": Choice(choices, label=_("Document"), initial=first), **self.fields}


def show_number(request: HttpRequest, number: str) -> HttpResponse:
    """Asks why; the answer to that, and no other page, holds the number."""
    officer, now = officer_of(request), timezone.now()
    refuse_number(officer)
    listing = listing_for(officer, number)
    documents = list(documents_of(listing).order_by("type", "pk"))
    sheet = Sheet(NumberForm(request.POST or None, documents))
    if request.method == "POST":
        found = attempt(
            sheet, lambda: reveal(listing, _id(sheet), officer=officer, reason=given(sheet["reason"]), now=now)
        )
        if found is not None:
            return _shown(request, listing, found)
    left = numbers_left(officer, now=now)
    hint = _(
        "For comparing with the judgment or with who stands before you. The person can read that you were shown it, when, and the reason that you give here. You may be shown %(left)s more within a day."
    ) % {"left": left}
    title = _("%(number)s: one document number in full") % {"number": number}
    button = _("Show this number once")
    return page(request, "sheet", title, sheet=sheet, button=button, hint=hint, listing=listing)


def _id(sheet: Sheet) -> UUID | None:
    try:
        return UUID(sheet["document"])
    except ValueError:
        return None


def _shown(request: HttpRequest, listing: Listing, document: IdentityDocument) -> HttpResponse:
    title = _("%(number)s: one document number in full") % {"number": listing.number}
    return page(
        request,
        "number",
        title,
        listing=listing,
        label=codes.label("document_types", document.type),
        number=document.number,
        again=reverse("admin:number", args=[listing.number]),
    )
