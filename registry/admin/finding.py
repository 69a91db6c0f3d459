"""Finding a listing by a document number: typed in full, sent in the body of the request, never part of an address."""

from __future__ import annotations

import re
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import identity
from registry.actions.acting import today
from registry.actions.people import entered_under
from registry.admin.doors import officer_of, page, refuse_unless
from registry.admin.fields import Code, Words, tidy
from registry.admin.sheets import Sheet, SheetForm, attempt
from registry.models import Listing, Officer
from registry.reading import NUMBER_READERS, closed_to, listings_open_to, record_reading

# Or its end: no number of a person begins with such a year.
LISTING_NUMBER = re.compile(r"(L-?[0-9]{4}-?|(19|20)[0-9]{2}-)[0-9]{1,6}", re.ASCII | re.IGNORECASE)
LONG_RUN = re.compile(r"[0-9A-Z]{8,}", re.ASCII | re.IGNORECASE)


class DocumentNumberForm(SheetForm):
    type = Code("document_types", retired_too=True, label=_("Document type"), initial="resident_id")
    number = Words(
        label=_("Number"),
        max_length=100,
        help_text=_("In full: parts of a number find nothing."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


def looks_like_document_number(typed: str) -> bool:
    """Whether a search text may be a document number, so that it must not stay in an address.

    Case numbers and document numbers of authorities hold Chinese characters between short runs of digits.
    """
    text = "".join(tidy(typed).split())
    return not LISTING_NUMBER.fullmatch(text) and bool(LONG_RUN.search(text.replace("-", "")))


def find(request: HttpRequest) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, NUMBER_READERS, _("find by document number"))
    sheet = Sheet(DocumentNumberForm(request.POST or None))
    now = timezone.now()
    found = attempt(sheet, lambda: _listings(sheet, officer, now)) if request.method == "POST" else None
    closed: list[Listing] = []
    if found:
        record_reading(found, officer=officer, page="find", now=now, reason_needed=False)
        closed = closed_to(found, officer=officer, now=now)
    title = _("Find by document number")
    return page(request, "find", title, sheet=sheet, found=found, closed=closed, button=_("Find"))


def _listings(sheet: Sheet, officer: Officer, now: datetime) -> list[Listing]:
    number = identity.canonical(sheet["type"], sheet["number"], today=today(now))
    persons = {each.person_id for each in entered_under(sheet["type"], number)}
    return list(listings_open_to(officer).filter(party__person__in=persons).order_by("number"))
