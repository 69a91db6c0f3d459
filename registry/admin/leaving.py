"""An officer leaves: what waits with him is shown in numbers, handed to somebody, and his account opens nothing more."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import actions
from registry.actions.acting import today
from registry.actions.deputising import colleagues
from registry.actions.handing_over import waits_with
from registry.admin.accounts import keeper_of
from registry.admin.doors import done
from registry.admin.fields import Day, Reason
from registry.admin.holding import OfficerChoice
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.errors import NoSuchOfficer, Text
from registry.models import Officer, Outcome, Proposal


class LeavingForm(SheetForm):
    field_order = ("last_day", "receiver", "reason")

    last_day = Day(label=_("Last day in office"), help_text=_("Today or earlier: he can sign in no more at once."))
    receiver = OfficerChoice(
        Officer.objects.none(),
        label=_("Who takes over"),
        required=False,
        help_text=_("Of the same court and role. Needed where something waits and there is such an officer."),
    )
    reason = Reason()

    def __init__(self, data: Any, leaving: Officer) -> None:
        super().__init__(data, initial={"last_day": today(timezone.now())})
        receiver = self.fields["receiver"]
        assert isinstance(receiver, forms.ModelChoiceField)
        receiver.queryset = colleagues(leaving)


def end_appointment(request: HttpRequest, officer_id: int) -> HttpResponse:
    officer = keeper_of(request)
    leaving = Officer.objects.select_related("court", "account").filter(pk=officer_id).first()
    if leaving is None:
        raise NoSuchOfficer
    sheet = Sheet(LeavingForm(request.POST or None, leaving))

    def act() -> HttpResponse:
        actions.end_appointment(
            leaving,
            last_day=sheet["last_day"],
            reason=sheet["reason"],
            receiver=sheet["receiver"],
            officer=officer,
            now=timezone.now(),
        )
        done(request, _("The appointment of %(number)s is ended.") % {"number": leaving.staff_number})
        return redirect("admin:registry_officer_changelist")

    return sheet_page(
        request,
        sheet,
        _("End the appointment of %(officer)s") % {"officer": leaving},
        act,
        button=_("End the appointment and hand over"),
        hint=_("His account opens nothing from this moment on. Everything he did stays on record under his name."),
        back={"title": _("Officers"), "address": reverse("admin:registry_officer_changelist")},
        notes=_what_waits(leaving),
    )


def _what_waits(leaving: Officer) -> list[Text]:
    """In numbers: what goes to the one who takes over, and what stays where it is."""
    counts = waits_with(leaving)
    pending = Proposal.objects.filter(proposed_by=leaving, outcome=Outcome.PENDING)
    proposals = pending.filter(listing__sealed_at=None).count()
    words = {
        _("Drafts that wait with him: %(count)s"): counts["drafts"],
        _("Decisions without a party: %(count)s"): counts["empty"],
        _("Listings submitted and not in force yet, which may come back to him: %(count)s"): counts["submitted"],
        _("Reviews assigned to him: %(count)s"): counts["reviews"],
        _("Proposals of his, which others decide as before: %(count)s"): proposals,
    }
    return [text % {"count": count} for text, count in words.items() if count] or [_("Nothing waits with him.")]
