"""The counter: an officer who has a person's document before him makes a code by which that person proves who he is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from registry import codes, once
from registry.addresses import absolute
from registry.admin.checking import Back
from registry.admin.doors import door, officer_of
from registry.admin.fields import Choice, Words
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.errors import Refusal
from registry.identity import MOST_NAME_TYPED, MOST_TYPED
from sharing.employers import lookup
from sharing.persons.identity import counter
from sharing.persons.identity.proving import Identity

# Where a refusal of a number or a name belongs in the form.
PLACES = {
    "applicant.name": "name",
    "applicant.document.type": "document_type",
    "applicant.document.number": "document_number",
}


class DocumentForm(SheetForm):
    """What stands on the document. It is kept sealed for a day, and only until the code is used."""

    name = Words(
        label=gettext_lazy("Name"), max_length=MOST_NAME_TYPED, widget=forms.TextInput({"autocomplete": "off"})
    )
    document_type = Choice((), label=gettext_lazy("Document type"), initial="resident_id")
    document_number = Words(
        label=gettext_lazy("Document number"), max_length=MOST_TYPED, widget=forms.TextInput({"autocomplete": "off"})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = [(code, codes.label("document_types", code)) for code in lookup.document_types()]
        self.fields["document_type"].widget.choices = known


@sensitive_post_parameters()
@sensitive_variables()
@door
def counter_code(request: HttpRequest) -> HttpResponse:
    """The code is on the page that answers, to be printed, and nowhere else."""
    officer = officer_of(request)
    counter.refuse_unless_at_counter(officer)
    sheet = Sheet(DocumentForm(request.POST or None))

    def act() -> HttpResponse:
        identity = Identity(
            name=sheet["name"], document_type=sheet["document_type"], document_number=sheet["document_number"]
        )
        try:
            with transaction.atomic():
                if not once.is_first(request, officer):
                    return _sent_before(request)
                made = counter.make(identity, officer=officer, now=timezone.now())
        except Refusal as refusal:
            refusal.field = PLACES.get(refusal.field, "")
            raise
        where = absolute(reverse("person:counter"))
        shown = {"made": made, "where": where, "hours": counter.HOURS, "tongues": ("zh-hans", "en")}
        return render(request, "desk/counter_code.html", shown)

    shown: dict[str, Any] = {
        "button": _("Make the code"),
        "carried": {once.FIELD: once.key_of(request)},
        "back": Back(_("My work"), reverse("admin:index")),
        "beside": Back(_("Print a person’s own record"), reverse("sharing_desk:own_record")),
        "hint": _(
            "Only with the document in your hand and its holder before you. The code names this person for one day, once."
        ),
    }
    return sheet_page(request, sheet, _("Counter code"), act, **shown)


def _sent_before(request: HttpRequest) -> HttpResponse:
    """By a reload of the page that shows the code: nobody is to have a second one for it."""
    messages.info(
        request, _("This was sent before, and the code was shown then. If the paper is lost, make another code.")
    )
    return redirect("sharing_desk:counter_code")
