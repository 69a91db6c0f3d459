"""At the counter: an officer who has a person's document before him prints that person's own record, and leaves a record of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from registry.admin.checking import Back
from registry.admin.doors import door, officer_of
from registry.admin.fields import Choice, Words
from registry.admin.sheets import Sheet, sheet_page
from registry.errors import Refusal
from registry.identity import MOST_NAME_TYPED
from sharing.desk.counter import PLACES, DocumentForm
from sharing.persons.identity import counter
from sharing.persons.identity.proving import Identity
from sharing.persons.models import Authority, Raiser
from sharing.persons.models.record import ASKERS, SEEN
from sharing.persons.record import at_counter
from sharing.persons.record.at_counter import Asked

AS_FILE = {"Content-Disposition": 'inline; filename="record.pdf"'}
HINT = gettext_lazy(
    "Only with the document in your hand and its holder before you, or one who may speak for him. The sheet is for the person alone; that you printed it, and for whom, is on record, and the person can see it."
)


class RecordForm(DocumentForm):
    sections = (
        (gettext_lazy("Whose record"), ("name", "document_type", "document_number")),
        (gettext_lazy("Who asks for it"), ("asked_by", "authority", "asked_name")),
    )

    asked_by = Choice(ASKERS, label=gettext_lazy("Asked for by"), initial=Raiser.PERSON)
    authority = Choice(
        SEEN,
        label=gettext_lazy("Authority seen"),
        help_text=gettext_lazy("The document that you have before you."),
        initial=Authority.DOCUMENT,
    )
    asked_name = Words(
        label=gettext_lazy("Name of the agent or the relative"),
        max_length=MOST_NAME_TYPED,
        required=False,
        help_text=gettext_lazy("Not where the person himself asks. Kept sealed."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )


@sensitive_post_parameters()
@sensitive_variables()
@door
def own_record(request: HttpRequest) -> HttpResponse:
    """The sheet is the answer, and is kept nowhere."""
    officer = officer_of(request)
    counter.refuse_unless_at_counter(officer, _("print a person’s own record"))
    sheet = Sheet(RecordForm(request.POST or None))

    def act() -> HttpResponse:
        identity = Identity(
            name=sheet["name"], document_type=sheet["document_type"], document_number=sheet["document_number"]
        )
        try:
            asked = Asked(by=sheet["asked_by"], authority=sheet["authority"], name=sheet["asked_name"])
            printed = at_counter.printed(identity, asked, officer=officer, now=timezone.now())
        except Refusal as refusal:
            refusal.field = PLACES.get(refusal.field, refusal.field)
            raise
        return HttpResponse(printed, content_type="application/pdf", headers=AS_FILE)

    shown: dict[str, Any] = {
        "button": _("Print the record"),
        "back": Back(_("My work"), reverse("admin:index")),
        "beside": Back(_("Counter code"), reverse("sharing_desk:counter_code")),
        "hint": HINT,
        "gives_file": True,
    }
    return sheet_page(request, sheet, _("A person’s own record"), act, **shown)
